"""What a merchant is told of a decision: every field of the statement of reasons, as things stand now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kith.core.errors import NotThere
from kith.people.models import Person
from kith.quality import queries, services
from kith.quality.models import Decision, Sweep
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.shop.models import Listing, Merchant
from tests.quality.cast import (
    GOOD,
    LAB,
    MEASURED,
    NOW,
    carried_out,
    later,
    looks,
    paper,
    sells,
    shop,
    somebody,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def bad(masks: Merchant, lin: Person, desk: Person) -> Listing:
    """A mask that claims KN95, and of which a laboratory measured 71 %."""
    one = sells(masks, GOOD)
    report = services.hand_in_report(
        looks(lin), merchant_id=masks.pk, listing_ids=[one.pk], paper=paper(measures={MEASURED: 71.0})
    )
    services.decide_report(report.pk, actor_id=desk.pk, now=NOW, verified=True, covers=[one.pk])
    return one


def decided(act: Act, listing: Listing, by: Person, words: str = "Looked at.", **more: object) -> Decision:
    grounds = Grounds(words=words)
    now = later(**more.pop("later", {}))  # type: ignore[arg-type]
    return services.decide(act=act, listing_id=listing.pk, actor_id=by.pk, now=now, grounds=grounds)


def of(listing: Listing, person: Person, **time: float) -> queries.Statement:
    last = Decision.objects.filter(listing=listing).latest("pk")
    return queries.get_statement(looks(person, later(**time)), decision_id=last.pk)


def test_every_field_of_what_a_sweep_took_down(bad: Listing, lin: Person, desk: Person) -> None:
    carried_out(by=desk)
    told = of(bad, lin)
    assert (told.act, told.is_against, told.stands, told.title) == ("remove", True, True, GOOD)
    assert told.since == NOW
    assert "nobody can buy it" in told.what
    assert "all countries" in told.where
    assert told.duration == "No end is set: it holds until it is taken back."
    assert told.facts == (
        "It claims KN95, but a laboratory measured filtration of salt particles of 71 %, "
        "where GB 2626-2006 asks for 95 %."
    )
    assert told.evidence == (
        "What the listing said of itself: KN95",
        f"Report 2020-ZJ-0117 of {LAB} by GB 2626-2006, tested on 20 January 2020",
    )
    assert told.found_by_machine
    assert told.decided_by_machine
    assert told.decided == "A program decided it, by fixed rules. A person had it carried out."
    assert told.provision.startswith("Product Quality Law, art. 26")
    assert "GB 2626-2006" in told.clause
    assert ", clause " in told.clause
    assert told.appeal_until == NOW + timedelta(days=settings.QUALITY_APPEAL_DAYS)
    assert told.may_appeal
    assert told.words == ""
    assert len(told.elsewhere) == 2


def test_in_the_readers_language(bad: Listing, lin: Person, desk: Person) -> None:
    carried_out(by=desk)
    english = of(bad, lin)
    with translation.override("zh-hans"):
        chinese = of(bad, lin)
    assert "2020年1月20日" in chinese.evidence[1]
    assert "呼吸防护" in chinese.clause
    assert chinese.decision_id == english.decision_id


def test_it_says_whether_a_sample_was_looked_at_and_this_listing_in_it(
    bad: Listing, lin: Person, desk: Person
) -> None:
    sweep = services.scan(services.plan_sweep(actor_id=None, now=NOW).pk, now=NOW)
    services.draw_sample(sweep.pk, number=5)
    services.judge(sweep.pk, listing_id=bad.pk, right=True, actor_id=desk.pk, now=NOW)
    services.decide_sweep(sweep.pk, actor_id=desk.pk, now=NOW, why="All of it was right.")
    services.carry_out(sweep.pk, now=NOW)
    told = of(bad, lin)
    assert "looked at a sample" in told.decided
    assert told.evidence[-1] == "A person looked at this very listing beforehand, and found the same."


def test_a_persons_decision_rests_on_the_terms_and_their_words(
    masks: Merchant, lin: Person, desk: Person
) -> None:
    one = sells(masks)
    decided(Act.SUSPECT, one, desk, words="Two buyers sent photos of mould.")
    told = of(one, lin)
    assert told.words == "Two buyers sent photos of mould."
    assert (told.facts, told.found, told.decided) == ("", "A person found it.", "A person decided it.")
    assert told.provision.startswith("The shop's terms")
    assert (told.clause, told.evidence, told.claimed) == ("", (), "")


def test_a_persons_words_are_no_quantity(masks: Merchant, lin: Person, desk: Person) -> None:
    """What a person wrote never stands where the rule's sentence names what was measured."""
    one = sells(masks)
    grounds = Grounds("measured-below", "GB 2626-2006", "KN95", 71.0, 95.0, None, "filtration-salt")
    services.decide(act=Act.REMOVE, listing_id=one.pk, actor_id=desk.pk, now=NOW, grounds=grounds)
    told = of(one, lin)
    assert "filtration of salt" not in told.facts
    assert told.words == "filtration-salt"


def test_others_papers_are_not_told_of(bad: Listing, lin: Person, desk: Person) -> None:
    wang = somebody("Wang")
    other = shop("王记口罩", wang)
    sold = sells(other, name="other")
    theirs = services.hand_in_report(
        looks(wang), merchant_id=other.pk, listing_ids=[sold.pk], paper=paper(number="SECRET-1")
    )
    grounds = Grounds("evidence-of-another", "GB 2626-2006", "KN95", other=theirs.pk)
    services.decide(act=Act.REMOVE, listing_id=bad.pk, actor_id=desk.pk, now=NOW, grounds=grounds)
    told = of(bad, lin)
    assert told.report_id is None
    assert "SECRET-1" not in repr(told)


def test_only_those_who_act_for_the_shop(bad: Listing, lin: Person, mei: Person, desk: Person) -> None:
    carried_out(by=desk)
    wang = somebody("Wang")
    shop("王记口罩", wang)
    for person in (mei, wang, desk):
        with pytest.raises(NotThere):
            of(bad, person)
    nobody = looks(lin).__class__(None, NOW)
    with pytest.raises(NotThere):
        queries.get_statement(nobody, decision_id=Decision.objects.latest("pk").pk)


# --- How things stand by now -------------------------------------------------------------------


def test_what_came_after_ends_it(masks: Merchant, lin: Person, desk: Person) -> None:
    one = sells(masks)
    first = decided(Act.SUSPECT, one, desk)
    second = decided(Act.REMOVE, one, desk, later={"days": 2})
    told = queries.get_statement(looks(lin), decision_id=first.pk)
    assert (told.stands, told.may_appeal, told.until) == (False, False, later(days=2))
    assert (told.next_id, told.next_words) == (second.pk, "taken down")
    assert "7 February 2020" in told.duration
    assert of(one, lin).stands


def test_time_runs_out(bad: Listing, lin: Person, desk: Person) -> None:
    carried_out(by=desk)
    days = settings.QUALITY_APPEAL_DAYS
    assert of(bad, lin, days=days).may_appeal
    assert not of(bad, lin, days=days, seconds=1).may_appeal


def test_an_appeal_and_its_answer(bad: Listing, lin: Person, desk: Person, wei: Person) -> None:
    carried_out(by=desk)
    made = services.appeal(looks(lin), decision_id=of(bad, lin).decision_id, words="It was another batch.")
    told = of(bad, lin)
    assert told.appeal is not None
    assert (told.appeal.is_open, told.appeal.words, told.may_appeal) == (True, "It was another batch.", False)
    services.decide_appeal(
        made.pk, actor_id=wei.pk, now=later(days=3), overturn=True, reasons="You are right."
    )
    first = Decision.objects.earliest("pk")
    told = queries.get_statement(looks(lin), decision_id=first.pk)
    assert told.appeal is not None
    assert (told.appeal.state, told.appeal.reasons) == ("overturned", "You are right.")
    assert (told.stands, told.next_words) == (False, "reinstated")
    back = of(bad, lin)
    assert (back.is_against, back.may_appeal, back.takes_back) == (False, False, first.pk)
    assert (back.facts, back.evidence) == ("", ())


def test_a_shop_closed_and_opened_and_closed(masks: Merchant, lin: Person, desk: Person) -> None:
    def shops(act: Act, days: int) -> Decision:
        return services.decide_shop(
            act=act,
            merchant_id=masks.pk,
            actor_id=desk.pk,
            now=later(days=days),
            grounds=Grounds(words="So."),
        )

    one, two, three = shops(Act.CLOSE, 0), shops(Act.REOPEN, 1), shops(Act.CLOSE, 2)
    first, last = (queries.get_statement(looks(lin), decision_id=each.pk) for each in (one, three))
    assert (first.stands, first.next_id, first.title) == (False, two.pk, masks.name)
    assert (last.stands, last.may_appeal, last.listing_id) == (True, True, None)


def test_it_says_that_the_listing_has_changed_since(bad: Listing, lin: Person, desk: Person) -> None:
    carried_out(by=desk)
    assert not of(bad, lin).changed
    sells(Merchant.objects.get(pk=bad.merchant_id), "棉布口罩", name=GOOD)
    assert of(bad, lin).changed


def test_as_many_queries_for_many_as_for_one(masks: Merchant, lin: Person, desk: Person) -> None:
    for number in range(6):
        one = sells(masks, f"KN95口罩 {number}")
        decided(Act.SUSPECT, one, desk)
        decided(Act.REMOVE, one, desk)
    carried_out(by=desk)
    counts = []
    for some in (2, 12):
        rows = list(Decision.objects.order_by("pk")[:some])
        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries.statements_of(rows)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert not Sweep.objects.filter(state="planned").exists()
