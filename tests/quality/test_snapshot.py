"""What the rules look at is what stands in the database, row for row, whatever its texts hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from kith.core.clock import local_day
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Complaint, Decision, LabReport, Measure, Reading, ReportUse
from kith.quality.readings import read_listings
from kith.quality.rules.tables import SCHEMAS
from kith.quality.services import Grounds
from kith.quality.snapshot import put_together, read_everything
from kith.quality.standards import standards
from kith.quality.transitions import Act
from kith.shop.models import Category, LineStatus, Listing, ListingHold, Merchant, OrderLine, RefundReason
from tests.quality.cast import GOOD, NOW, PLAIN, later, looks, paper, proven, sells, shop, somebody
from tests.quality.worlds import OF_STANDARDS, rows_of, tables_of
from tests.shop.goods import bought

pytestmark = pytest.mark.django_db
Rows = list[dict[str, Any]]

WHY = "the snapshot is compared with everything"
AGAINST = {"not-as-described", "not-genuine", "unsafe", "broken", "wrong-item"}
STRANGE = [
    "",
    "null",
    "NULL",
    '20"20',
    "20\\20",
    "\\",
    "A,B",
    "甲“一”",
    "A\nB",
    "A\tB",
    "A'B",
    "f",
    "0",
    "%S",
    "|",
]


@pytest.fixture
def town(masks: Merchant, lin: Person, desk: Person, mei: Person) -> Merchant:
    """Lin's shop, Wang's and a closed one; proven, frozen, taken down, bought and complained of."""
    wang = somebody("Wang")
    other, closed = shop("王记", wang), shop("关门", wang)
    good = sells(masks, "KN95口罩 GB 2626-2006 生产日期 2020-01-15 批号 20200115A 50只/盒 医用", name="good")
    copied, bare = sells(other, f"{GOOD} 同款"), sells(masks, picture="https://host.example/a.jpg")
    odd = sells(masks, PLAIN, description='"引号", \\反斜杠\\\n第二行 儿童')
    sells(closed, "KN95 关门了")
    strange_papers(lin, desk, good, bare)
    proven(wang, copied, by=desk, now=later(days=1), number="2020-zj-0117")
    for place, listing in enumerate((good, bare, odd, copied)):
        buy_in_all_ways(mei, listing, place)
    quality.decide_shop(
        act=Act.CLOSE, merchant_id=closed.pk, actor_id=desk.pk, now=NOW, grounds=Grounds(words="x")
    )
    for number, act in enumerate((Act.SUSPECT, Act.REMOVE, Act.RECALL)):
        held = sells(
            masks,
            f"KN95防护口罩 GB2626 第{number}号 独立包装 现货",
            picture=f"https://host.example/{number}.jpg",
        )
        step(act, held, desk)
    step(Act.SUSPECT, good, desk)
    step(Act.REINSTATE, good, desk)
    read_listings()
    say_strange_things(masks)
    Listing.objects.filter(pk=sells(masks, "刚刚改过").pk).update(digest=7)
    return masks


def step(act: Act, listing: Listing, desk: Person) -> None:
    grounds = Grounds(rule="unproven", words="seen")
    quality.decide(act=act, listing_id=listing.pk, actor_id=desk.pk, now=NOW, grounds=grounds)


def strange_papers(lin: Person, desk: Person, good: Listing, bare: Listing) -> None:
    """Reports with every strange batch; one is refused, one waits, one covers half of what it is said to."""
    proven(lin, good, by=desk, valid_until=date(2020, 12, 31), batch="20200115a")
    for nth, batch in enumerate(STRANGE):
        proven(lin, bare, by=desk, number=f"S-{nth}", batch=f"甲{batch}" if nth % 2 else batch, grade="")
    for number, verified in (("R-1", False), ("R-2", None), ("R-3", True)):
        report = quality.hand_in_report(
            looks(lin),
            merchant_id=good.merchant_id,
            listing_ids=[good.pk, bare.pk],
            paper=paper(number=number),
        )
        if verified is not None:
            quality.decide_report(report.pk, actor_id=desk.pk, now=NOW, verified=verified, covers=[good.pk],
                                  reason="" if verified else "blurred")  # fmt: skip
    ReportUse.objects.filter(report__number="S-3").update(covered=None)


def buy_in_all_ways(mei: Person, listing: Listing, place: int) -> None:
    """Lines that arrived lately or long ago, stayed, came back for every reason, or were complained of."""
    reasons = [*RefundReason.values, ""][place::2]
    for number, reason in enumerate(reasons):
        line = bought(mei, listing, key=f"{place}-{number}", now=later(days=-400))
        status = [LineStatus.REFUNDED, LineStatus.REFUND_REQUESTED, LineStatus.DELIVERED][number % 3]
        at = [later(days=-364), later(days=-1), later(days=-365), later(days=-366), None][
            (number + place) % 5
        ]
        rows = OrderLine.objects.unguarded(WHY).filter(pk=line.pk)
        rows.update(status=status, refund_reason=reason, delivered_at=at)
    for nth, (days, dismissed) in enumerate(((1, False), (179, False), (181, False), (2, True))[place:]):
        buyer = somebody(f"Buyer{place}{nth}")
        line = bought(buyer, listing, key="c", now=later(days=-200))
        OrderLine.objects.unguarded(WHY).filter(pk=line.pk).update(
            status=LineStatus.DELIVERED, delivered_at=later(days=-190)
        )
        quality.report_listing(
            looks(buyer, later(days=-days)), listing_id=listing.pk, reason=RefundReason.UNSAFE
        )
        if dismissed:
            Complaint.objects.unguarded(WHY).filter(person=buyer).update(dismissed_at=NOW)


def say_strange_things(masks: Merchant) -> None:
    """Batches, marks and a shelf such as no reader and no file would give, and days and figures."""
    odd = Category.objects.create(code='a,"b\\\n甲', name_zh="怪", name_en="odd")
    for number, batch in enumerate(STRANGE):
        pk = sells(masks, f"怪 {number}").pk
        Listing.objects.filter(pk=pk).update(category=odd)
        read_listings()
        Reading.objects.filter(listing=pk).update(
            batch=batch, marks=f"{batch}|{batch}", produced_on=date(2020, 2, 29) if number % 3 else None,
            figure=[None, 99.97, 0.0][number % 3], medical=number % 2, picture_print=2**63 - 1 - number,
        )  # fmt: skip


# --- The same by loops ---------------------------------------------------------------------------


def listings() -> Rows:
    """All that is not gone, of open shops, as far as it was read as it stands."""
    rows = []
    for one in Listing.objects.select_related("merchant"):
        reading = Reading.objects.filter(listing=one).first()
        hold = ListingHold.objects.filter(listing=one).first()
        if one.merchant.closed_at or reading is None or reading.digest != one.digest:
            continue
        if hold and hold.state in {"removed", "recalled"}:
            continue
        said = {name: getattr(reading, name) for name in SCHEMAS["listings"] if hasattr(reading, name)}
        said |= {"listing": one.pk, "merchant": one.merchant_id, "category": one.category_id}
        rows.append(said | {"price": one.price_minor, "currency": one.currency, "digest": one.digest})
    return rows


def papers() -> list[LabReport]:
    return [one for one in LabReport.objects.unguarded(WHY) if one.state == "verified"]


def reports() -> Rows:
    rows = []
    for use in ReportUse.objects.all():
        for one in papers():
            if one.pk != use.report_id:
                continue
            earlier = [
                other for other in papers()
                if (other.laboratory, other.number) == (one.laboratory, one.number)
                and other.merchant_id != one.merchant_id and other.submitted_at < one.submitted_at
            ]  # fmt: skip
            rows.append({
                "report": one.pk, "listing": use.listing_id, "owner": one.merchant_id,
                "standard": one.standard, "grade": one.grade, "batch": one.batch,
                "valid_until": one.valid_until, "covered": use.covered, "first": not earlier,
            })  # fmt: skip
    return rows


def sold() -> Rows:
    buyers: dict[tuple[int, str], dict[int, bool]] = {}
    complained = {
        one.line_id for one in Complaint.objects.unguarded(WHY) if one.dismissed_at is None and one.line_id
    }
    for line in OrderLine.objects.unguarded(WHY).select_related("listing"):
        if line.delivered_at is None or line.delivered_at <= NOW - timedelta(days=365):
            continue
        back = line.status in {"refunded", "refund_requested"} and line.refund_reason in AGAINST
        of_listing = buyers.setdefault((line.listing_id, line.listing.category_id), {})
        by = line.buyer_id or line.pk
        of_listing[by] = of_listing.get(by, False) or back or line.pk in complained
    return [
        {"listing": pk, "category": shelf, "sold": len(people), "bad": sum(people.values())}
        for (pk, shelf), people in buyers.items()
    ]


def complaints() -> Rows:
    buyers: dict[int, set[int]] = {}
    for one in Complaint.objects.unguarded(WHY):
        if one.dismissed_at is None and one.line_id and one.at > NOW - timedelta(days=180):
            buyers.setdefault(one.listing_id, set()).add(one.person_id)
    return [{"listing": pk, "buyers": len(people)} for pk, people in buyers.items()]


def expected() -> dict[str, Rows]:
    verified = {one.pk for one in papers()}
    gone = ListingHold.objects.filter(state__in=("removed", "recalled"))
    return rows_of(standards()) | {
        "calendar": [{"day": local_day(NOW)}],
        "listings": listings(), "reports": reports(), "sold": sold(), "complaints": complaints(),
        "measures": [
            {"report": one.report_id, "quantity": one.quantity, "value": one.value}
            for one in Measure.objects.all() if one.report_id in verified
        ],
        "gone": [
            {"listing": one.listing_id, "text_print": one.text_print, "text_check": one.text_check,
             "picture_print": one.picture_print}
            for one in Reading.objects.filter(listing__in=[hold.listing_id for hold in gone])
        ],
        "cleared": [
            {"listing": one.listing_id, "rule": one.rule, "digest": one.digest}
            for one in Decision.objects.filter(act="reinstate") if one.sweep_id is None
        ],
    }  # fmt: skip


def in_order(rows: Iterable[dict[str, Any]]) -> Rows:
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row.values()])


def test_everything_is_read_as_it_stands(town: Merchant) -> None:
    read, told = put_together(read_everything(NOW)), expected()
    assert read.keys() == told.keys() == SCHEMAS.keys()
    for name, rows in told.items():
        assert len(rows) > 0, name
        in_columns = [{column: row[column] for column in SCHEMAS[name]} for row in rows]
        assert in_order(read[name].to_pylist()) == in_order(in_columns), name
        assert read[name].schema == tables_of(told)[name].schema


def test_both_kinds_of_each_thing_are_there(town: Merchant) -> None:
    """What the comparison would not see if nobody had made it."""
    read = {name: table.to_pylist() for name, table in put_together(read_everything(NOW)).items()}
    assert {row["first"] for row in read["reports"]} == {True, False}
    assert {row["covered"] for row in read["reports"]} == {True, False, None}
    assert {row["batch"] for row in read["listings"]} >= set(STRANGE)
    assert {row["medical"] for row in read["listings"]} == {True, False}
    assert {row["bad"] > 0 for row in read["sold"]} == {True, False}
    assert {row["buyers"] for row in read["complaints"]} == {1, 2}
    assert len(read["gone"]) == 2


def test_a_report_looked_at_again_stays_its_owners(town: Merchant, desk: Person) -> None:
    [own] = LabReport.objects.unguarded(WHY).filter(number="2020-ZJ-0117", merchant=town)
    covers = [use.listing_id for use in ReportUse.objects.filter(report=own)]
    quality.decide_report(own.pk, actor_id=desk.pk, now=later(days=9), verified=True, covers=covers)
    read = put_together(read_everything(later(days=9)))
    first = {row["owner"]: row["first"] for row in read["reports"].to_pylist()}
    assert first == {own.merchant_id: True} | {pk: False for pk in first if pk != own.merchant_id}


def test_nothing_is_there(db: None) -> None:
    read = put_together(read_everything(NOW))
    for name in SCHEMAS.keys() - set(OF_STANDARDS) - {"calendar"}:
        assert len(read[name]) == 0
        assert read[name].column_names == list(SCHEMAS[name])
