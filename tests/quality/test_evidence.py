"""Reports that merchants hand in, and what buyers report: who may, what is refused, who sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from kith.core.clock import local_day
from kith.core.errors import NotThere
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Complaint, Finding, LabReport, Measure, ReportState, ReportUse
from kith.quality.queries import get_report
from kith.quality.services import ComplaintRefused, ReportRefused
from kith.shop.models import LineStatus, Merchant, OrderLine, RefundReason
from tests.quality.cast import MEASURED, NOW, later, looks, paper, proven, sells, shop, somebody, swept
from tests.shop.goods import bought

pytestmark = pytest.mark.django_db

TODAY = local_day(NOW)
READS = "reads it back"


# --- Reports -----------------------------------------------------------------------------------


def test_handed_in_as_it_was_written(masks: Merchant, lin: Person) -> None:
    one, two = sells(masks), sells(masks, "另一款 KN95口罩 GB 2626-2006")
    said = paper(batch=" 20200105a ", number=" 2020-zj-0117 ", measures={MEASURED: 97.2})
    made = quality.hand_in_report(looks(lin), merchant_id=masks.pk, listing_ids=[one.pk, two.pk], paper=said)
    kept = LabReport.objects.visible_to(looks(lin)).get(pk=made.pk)
    assert (kept.state, kept.batch, kept.number) == (ReportState.SUBMITTED, "20200105A", "2020-ZJ-0117")
    assert list(Measure.objects.filter(report=kept).values_list("quantity", "value")) == [(MEASURED, 97.2)]
    uses = ReportUse.objects.filter(report=kept).values_list("listing", "covered")
    assert dict(uses) == {one.pk: None, two.pk: None}


@pytest.mark.parametrize(
    ("laboratory", "number"),
    [
        ("SGS Laboratory (Beijing)", "2020-ZJ-7"),
        ("  sgs LABORATORY (beijing) ", " 2020-zj-7 "),
        ("ＳＧＳ\u3000Laboratory（Beijing）", "２０２０－ＺＪ－７"),
        ("SGS  Labor\u200batory(Beijing)", "2020–ZJ–7"),
    ],
)
def test_the_same_report_is_known_again_however_it_is_written(
    masks: Merchant, lin: Person, desk: Person, mei: Person, laboratory: str, number: str
) -> None:
    """Another merchant shows it under the name of the same laboratory, written in another way."""
    proven(lin, sells(masks), by=desk, laboratory="SGS Laboratory (Beijing)", number="2020-ZJ-7")
    others = sells(shop("Others", mei), "KN95口罩 GB 2626-2006 别家")
    theirs = proven(mei, others, by=desk, now=later(hours=1), laboratory=laboratory, number=number)
    assert get_report(theirs.pk).also_of == (masks.name,)
    assert get_report(theirs.pk).number == "2020-ZJ-7"
    assert get_report(theirs.pk).laboratory == " ".join(laboratory.split())
    found = Finding.objects.filter(sweep=swept(now=later(hours=2)), rule="evidence-of-another")
    assert list(found.values_list("listing", flat=True)) == [others.pk]
    with pytest.raises(ReportRefused):
        proven(lin, sells(masks), by=desk, laboratory=laboratory, number=number)


def test_two_laboratories_are_two(masks: Merchant, lin: Person, desk: Person, mei: Person) -> None:
    proven(lin, sells(masks), by=desk, laboratory="SGS Laboratory (Beijing)")
    others = sells(shop("Others", mei), "KN95口罩 GB 2626-2006 别家")
    theirs = proven(mei, others, by=desk, now=later(hours=1), laboratory="SGS Laboratory (Tianjin)")
    assert get_report(theirs.pk).also_of == ()


def test_reports_of_before_are_folded_and_of_twins_one_stays_another(
    masks: Merchant, lin: Person, desk: Person, mei: Person
) -> None:
    others = shop("Others", mei)
    written = ("SGS Lab", "sgs lab", "sgslab", "ＳＧＳ Lab", "质检所")
    rows = [
        proven(person, sells(merchant, name), by=desk, now=later(hours=hour), number=f"R{hour}")
        for hour, (person, merchant, name) in enumerate(
            [(lin, masks, "1"), (lin, masks, "2"), (lin, masks, "3"), (mei, others, "4"), (mei, others, "5")]
        )
    ]
    for row, name in zip(rows, written, strict=True):
        number = "2020-ZJ" if name == "质检所" else "2020–zj"
        as_before = {"laboratory": name, "laboratory_written": "", "number": number}
        LabReport.objects.unguarded(READS).filter(pk=row.pk).update(**as_before)
    migration = import_module("kith.quality.migrations.0002_laboratories")
    then = MigrationLoader(connection).project_state(("quality", "0002_laboratories")).apps
    migration.fold_what_is_there(then, None)
    kept = LabReport.objects.unguarded(READS).order_by("submitted_at")
    assert [row.laboratory_name for row in kept] == list(written)
    assert [row.laboratory for row in kept] == [
        "sgslab", f"sgslab {rows[1].pk}", f"sgslab {rows[2].pk}", "sgslab", "质检所",
    ]  # fmt: skip
    assert {row.number for row in kept} == {"2020-ZJ"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"standard": "GB 1"}, "standard"),
        ({"laboratory": "\u200b"}, "laboratory"),
        ({"number": "\u200b"}, "number"),
        ({"number": "ß" * 60}, "number"),
        ({"grade": "A"}, "grade"),
        ({"laboratory": " "}, "laboratory"),
        ({"number": ""}, "number"),
        ({"number": "1" * 61}, "number"),
        ({"sample": ""}, "sample"),
        ({"batch": "B" * 61}, "batch"),
        ({"accreditation": "C" * 41}, "accreditation"),
        ({"tested_on": TODAY + timedelta(days=1)}, "tested_on"),
        ({"produced_on": date(2020, 1, 21)}, "produced_on"),
        ({"valid_until": date(2020, 1, 19)}, "valid_until"),
        ({"measures": {}}, "measures"),
        ({"measures": {"weight": 3.0}}, "weight"),
        ({"measures": {MEASURED: 100.1}}, MEASURED),
        ({"measures": {MEASURED: -0.1}}, MEASURED),
        ({"measures": {MEASURED: float("nan")}}, MEASURED),
        ({"measures": {MEASURED: float("inf")}}, MEASURED),
    ],
)
def test_what_a_report_cannot_say(masks: Merchant, lin: Person, change: dict[str, Any], field: str) -> None:
    one = sells(masks)
    with pytest.raises(ReportRefused) as refused:
        quality.hand_in_report(
            looks(lin), merchant_id=masks.pk, listing_ids=[one.pk], paper=replace(paper(), **change)
        )
    assert refused.value.field == field
    assert not LabReport.objects.unguarded(READS).exists()


def test_the_last_days_that_are_right(masks: Merchant, lin: Person) -> None:
    said = paper(tested_on=TODAY, produced_on=TODAY, valid_until=TODAY, measures={MEASURED: 100.0})
    assert quality.hand_in_report(
        looks(lin), merchant_id=masks.pk, listing_ids=[sells(masks).pk], paper=said
    ).pk


def test_only_for_ones_own_listings_and_once(masks: Merchant, lin: Person, mei: Person) -> None:
    wang = somebody("Wang")
    theirs = sells(shop("王记口罩", wang), "别家 KN95口罩 GB 2626-2006")
    one = sells(masks)
    for person, merchant_id, listings in (
        (mei, masks.pk, [one.pk]),
        (wang, masks.pk, [one.pk]),
        (lin, masks.pk, [one.pk, theirs.pk]),
        (lin, theirs.merchant_id, [theirs.pk]),
    ):
        with pytest.raises(NotThere):
            quality.hand_in_report(
                looks(person), merchant_id=merchant_id, listing_ids=listings, paper=paper()
            )
    with pytest.raises(ReportRefused):
        quality.hand_in_report(looks(lin), merchant_id=masks.pk, listing_ids=[], paper=paper())
    quality.hand_in_report(looks(lin), merchant_id=masks.pk, listing_ids=[one.pk], paper=paper())
    with pytest.raises(ReportRefused):
        quality.hand_in_report(
            looks(lin), merchant_id=masks.pk, listing_ids=[one.pk], paper=paper(number="2020-zj-0117")
        )


def test_another_merchant_sees_nothing_of_it(masks: Merchant, lin: Person, desk: Person, mei: Person) -> None:
    made = proven(lin, sells(masks), by=desk)
    assert LabReport.objects.visible_to(looks(lin)).filter(pk=made.pk).exists()
    assert not LabReport.objects.visible_to(looks(mei)).exists()


def test_verified_for_some_of_its_listings_and_refused_with_a_reason(
    masks: Merchant, lin: Person, desk: Person
) -> None:
    one, two = sells(masks), sells(masks, "另一款 KN95口罩 GB 2626-2006")
    made = quality.hand_in_report(
        looks(lin), merchant_id=masks.pk, listing_ids=[one.pk, two.pk], paper=paper()
    )
    with pytest.raises(ReportRefused):
        quality.decide_report(made.pk, actor_id=desk.pk, now=NOW, verified=False)
    with pytest.raises(NotThere):
        quality.decide_report(1, actor_id=desk.pk, now=NOW, verified=True)
    quality.decide_report(made.pk, actor_id=desk.pk, now=NOW, verified=True, covers=[one.pk])
    found = swept(now=later(hours=1))
    rules = {
        pk: set(Finding.objects.filter(sweep=found, listing=pk).values_list("rule", flat=True))
        for pk in (one.pk, two.pk)
    }
    assert rules[one.pk] <= {"marks-missing"}
    assert "evidence-not-covering" in rules[two.pk]

    quality.decide_report(made.pk, actor_id=desk.pk, now=later(days=1), verified=False, reason="Forged.")
    again = swept(now=later(days=2))
    assert Finding.objects.filter(sweep=again, rule="unproven").count() == 2


# --- What buyers report ------------------------------------------------------------------------


def sent(person: Person, masks: Merchant, key: str = "k") -> OrderLine:
    line = bought(person, sells(masks), key=key, now=later(days=-3))
    rows = OrderLine.objects.unguarded("it is on its way")
    rows.filter(pk=line.pk).update(status=LineStatus.SHIPPED)
    return rows.get(pk=line.pk)


def test_only_what_one_bought_and_was_sent(masks: Merchant, mei: Person) -> None:
    line = bought(mei, sells(masks), now=later(days=-3))
    bo = somebody("Bo")
    for person in (mei, bo):
        with pytest.raises(NotThere):
            quality.report_listing(looks(person), listing_id=line.listing_id, reason=RefundReason.UNSAFE)
    sent(bo, masks, key="b")
    quality.report_listing(
        looks(bo), listing_id=line.listing_id, reason=RefundReason.UNSAFE, words="It tears."
    )
    assert not Complaint.objects.visible_to(looks(mei)).exists()
    assert Complaint.objects.visible_to(looks(bo)).get().words == "It tears."


@pytest.mark.parametrize("reason", [RefundReason.CHANGED_MIND, RefundReason.LATE, RefundReason.RECALLED])
def test_only_what_speaks_against_the_thing(masks: Merchant, mei: Person, reason: RefundReason) -> None:
    with pytest.raises(ComplaintRefused):
        quality.report_listing(looks(mei), listing_id=sent(mei, masks).listing_id, reason=reason)


def test_three_people_are_heard_and_one_who_says_it_thrice_is_one(masks: Merchant, mei: Person) -> None:
    bo, chen = somebody("Bo"), somebody("Chen")
    listing = sent(mei, masks, "m").listing_id
    for key, person in (("b", bo), ("c", chen)):
        sent(person, masks, key)
    for _again in range(3):
        quality.report_listing(looks(mei), listing_id=listing, reason=RefundReason.NOT_GENUINE)
    quality.report_listing(looks(bo), listing_id=listing, reason=RefundReason.UNSAFE)
    assert not heard(1)
    quality.report_listing(looks(chen), listing_id=listing, reason=RefundReason.UNSAFE)
    assert heard(2)
    quality.take_back_report(looks(bo), listing_id=listing)
    assert not heard(3)
    quality.report_listing(looks(bo), listing_id=listing, reason=RefundReason.UNSAFE)
    assert quality.dismiss_complaints(listing_id=listing, now=NOW) == 3
    assert not heard(4)


def heard(hours: int) -> bool:
    return Finding.objects.filter(sweep=swept(now=later(hours=hours)), rule="complained-of").exists()
