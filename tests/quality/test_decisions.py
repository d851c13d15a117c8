"""What a person decides about one listing or a shop, what follows, and the way back."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest
from django.conf import settings

from kith.core.errors import NotThere
from kith.notices.models import Notice, NoticeKind
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Appeal, AppealState, Decision
from kith.quality.services import AppealRefused, DecisionRefused, Grounds
from kith.quality.transitions import OF_SHOPS, STATES_OF_LISTINGS, TRANSITIONS, Act, may_follow
from kith.shop.models import Listing, Merchant
from tests.quality.cast import (
    LIVE,
    MEASURED,
    NOW,
    REMOVED,
    carried_out,
    later,
    looks,
    paper,
    proven,
    sells,
    shop,
    somebody,
    state_of,
    swept,
)
from tests.shop.goods import bought

pytestmark = pytest.mark.django_db

WAY_TO = {
    "": (),
    "suspected": (Act.SUSPECT,),
    "removed": (Act.REMOVE,),
    "recalled": (Act.RECALL,),
}


def decide(
    act: Act, listing: Listing, by: Person, now: datetime = NOW, words: str = "Looked at."
) -> Decision:
    return quality.decide(
        act=act, listing_id=listing.pk, actor_id=by.pk, now=now, grounds=Grounds(words=words)
    )


def told(person: Person, kind: NoticeKind) -> list[int]:
    rows = Notice.objects.unguarded("what somebody was told").filter(recipient=person, kind=kind)
    return list(rows.values_list("subject", flat=True))


# --- Steps -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "act"), [*product(STATES_OF_LISTINGS, [act for act in Act if act not in OF_SHOPS])]
)
def test_only_legal_steps(masks: Merchant, desk: Person, state: str, act: Act) -> None:
    one = sells(masks)
    for step in WAY_TO[state]:
        decide(step, one, desk)
    before = Decision.objects.count()
    if may_follow(act, state):
        assert decide(act, one, desk).before == state
        assert state_of(one) == TRANSITIONS[act].end
    else:
        with pytest.raises(DecisionRefused):
            decide(act, one, desk)
        assert (state_of(one), Decision.objects.count()) == (state, before)


def test_the_table_of_steps_itself() -> None:
    """Written out once more, so that a change of it is meant."""
    assert {(act, begin) for act in Act for begin in TRANSITIONS[act].begin} == {
        (Act.SUSPECT, ""),
        (Act.REMOVE, ""), (Act.REMOVE, "suspected"),
        (Act.RECALL, ""), (Act.RECALL, "suspected"), (Act.RECALL, "removed"),
        (Act.REINSTATE, "suspected"), (Act.REINSTATE, "removed"), (Act.REINSTATE, "recalled"),
        (Act.CLOSE, ""), (Act.REOPEN, "closed"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "grounds", [Grounds(), Grounds(words="  "), Grounds(rule="no-such-rule", words="So.")]
)
def test_nothing_without_a_reason(masks: Merchant, desk: Person, grounds: Grounds) -> None:
    one = sells(masks)
    with pytest.raises(DecisionRefused):
        quality.decide(act=Act.REMOVE, listing_id=one.pk, actor_id=desk.pk, now=NOW, grounds=grounds)
    assert state_of(one) == LIVE


def test_what_is_written_stays_written(masks: Merchant, desk: Person) -> None:
    made = decide(Act.REMOVE, sells(masks), desk)
    made.words = "Something else."
    with pytest.raises(TypeError):
        made.save()
    with pytest.raises(TypeError):
        Decision.objects.update(words="Something else.")
    with pytest.raises(TypeError):
        made.delete()


def test_the_merchant_is_told_and_nobody_else(
    masks: Merchant, lin: Person, mei: Person, desk: Person
) -> None:
    other = somebody("Wang")
    shop("王记口罩", other)
    made = decide(Act.SUSPECT, sells(masks), desk)
    assert told(lin, NoticeKind.DECIDED) == [made.pk]
    assert told(other, NoticeKind.DECIDED) == told(mei, NoticeKind.DECIDED) == []


# --- Buyers --------------------------------------------------------------------------------


@pytest.mark.parametrize("by_sweep", [True, False])
def test_buyers_of_the_last_six_months_are_told(
    masks: Merchant, mei: Person, desk: Person, by_sweep: bool
) -> None:
    bo, chen, dan = somebody("Bo"), somebody("Chen"), somebody("Dan")
    one, other = sells(masks), sells(masks, "棉布口罩 可清洗")
    long_ago = later(days=-settings.QUALITY_BUYERS_TOLD_DAYS)
    line = bought(mei, one, key="m", now=later(days=-3))
    bought(bo, one, key="b", now=long_ago)
    bought(chen, other, key="c", now=later(days=-3))
    gone = bought(dan, one, key="d", now=later(days=-3))
    quality_cancels(dan, gone.pk)
    if by_sweep:
        carried_out(by=desk)
    else:
        decide(Act.REMOVE, one, desk)
    assert told(mei, NoticeKind.RECALLED) == [line.pk]
    assert [told(person, NoticeKind.RECALLED) for person in (bo, chen, dan)] == [[], [], []]


def quality_cancels(person: Person, line_id: int) -> None:
    from kith.shop.services import cancel_line

    cancel_line(looks(person, later(days=-2)), line_id=line_id)


def test_what_is_frozen_alarms_nobody(masks: Merchant, mei: Person, desk: Person) -> None:
    one = sells(masks)
    bought(mei, one, now=later(days=-3))
    decide(Act.SUSPECT, one, desk)
    assert told(mei, NoticeKind.RECALLED) == []


# --- Appeals --------------------------------------------------------------------------------


@pytest.fixture
def taken_down(masks: Merchant, lin: Person, desk: Person) -> Decision:
    """A mask with a report of 71 %, found and taken down."""
    proven(lin, one := sells(masks), by=desk, measures={MEASURED: 71.0})
    carried_out(by=desk, now=later(hours=1))
    return Decision.objects.get(listing=one)


def appeals(
    lin: Person, decision: Decision, now: datetime | None = None, report: int | None = None
) -> Appeal:
    viewer = looks(lin, now or later(days=1))
    return quality.appeal(viewer, decision_id=decision.pk, words="The sample was damp.", report_id=report)


def test_a_better_report_and_somebody_else(
    taken_down: Decision, lin: Person, desk: Person, wei: Person
) -> None:
    listing = Listing.objects.get(pk=taken_down.listing_id)
    better = quality.hand_in_report(
        looks(lin, later(days=1)), merchant_id=listing.merchant_id, listing_ids=[listing.pk],
        paper=paper(number="2020-ZJ-0209", measures={MEASURED: 96.8}),
    )  # fmt: skip
    made = appeals(lin, taken_down, report=better.pk)
    with pytest.raises(AppealRefused):
        quality.decide_appeal(made.pk, actor_id=desk.pk, now=later(days=2), overturn=True, reasons="Good.")
    quality.decide_report(better.pk, actor_id=wei.pk, now=later(days=2), verified=True, covers=[listing.pk])
    quality.decide_appeal(made.pk, actor_id=wei.pk, now=later(days=2), overturn=True, reasons="Proven now.")
    assert state_of(listing) == LIVE
    last = Decision.objects.filter(listing=listing).latest("pk")
    assert (last.act, last.ends, last.actor_id) == (Act.REINSTATE, taken_down.pk, wei.pk)
    assert "measured-below" not in found_rules(listing, later(days=3))


def found_rules(listing: Listing, now: datetime) -> set[str]:
    from kith.quality.models import Finding

    sweep = swept(now=now)
    return set(Finding.objects.filter(sweep=sweep, listing=listing).values_list("rule", flat=True))


def test_an_appeal_that_fails_changes_nothing(taken_down: Decision, lin: Person, wei: Person) -> None:
    made = appeals(lin, taken_down)
    quality.decide_appeal(made.pk, actor_id=wei.pk, now=later(days=2), overturn=False, reasons="No evidence.")
    assert Decision.objects.count() == 1
    upheld = Appeal.objects.unguarded("reads it back").get(pk=made.pk)
    assert (upheld.state, upheld.reasons) == (AppealState.UPHELD, "No evidence.")


def test_decided_once(taken_down: Decision, lin: Person, wei: Person) -> None:
    made = appeals(lin, taken_down)
    for overturn in (False, True):
        if overturn:
            with pytest.raises(AppealRefused):
                quality.decide_appeal(made.pk, actor_id=wei.pk, now=NOW, overturn=overturn, reasons="So.")
        else:
            quality.decide_appeal(made.pk, actor_id=wei.pk, now=NOW, overturn=overturn, reasons="So.")
    assert Decision.objects.count() == 1


def test_not_by_who_acts_for_the_merchant(taken_down: Decision, lin: Person) -> None:
    made = appeals(lin, taken_down)
    Person.objects.filter(pk=lin.pk).update(is_staff=True)
    with pytest.raises(AppealRefused):
        quality.decide_appeal(made.pk, actor_id=lin.pk, now=NOW, overturn=True, reasons="It is mine.")


def test_made_once_in_time_by_the_merchant_with_words(taken_down: Decision, lin: Person, mei: Person) -> None:
    last_moment = taken_down.at.replace() + (later(days=settings.QUALITY_APPEAL_DAYS) - NOW)
    with pytest.raises(NotThere):
        appeals(mei, taken_down)
    with pytest.raises(AppealRefused):
        quality.appeal(looks(lin, later(days=1)), decision_id=taken_down.pk, words=" ")
    with pytest.raises(AppealRefused):
        appeals(lin, taken_down, now=last_moment.replace(microsecond=1))
    appeals(lin, taken_down, now=last_moment)
    with pytest.raises(AppealRefused):
        appeals(lin, taken_down)


def test_not_with_somebody_elses_report(taken_down: Decision, lin: Person, desk: Person) -> None:
    wang = somebody("Wang")
    theirs = proven(wang, sells(shop("王记口罩", wang), "别家 KN95口罩 GB 2626-2006"), by=desk, number="W-1")
    with pytest.raises(NotThere):
        appeals(lin, taken_down, report=theirs.pk)


def test_no_appeal_against_what_does_not_stand(taken_down: Decision, lin: Person, desk: Person) -> None:
    listing = Listing.objects.get(pk=taken_down.listing_id)
    decide(Act.REINSTATE, listing, desk, later(days=1))
    with pytest.raises(AppealRefused):
        appeals(lin, taken_down)


def test_an_appeal_does_not_undo_a_later_recall(
    taken_down: Decision, lin: Person, desk: Person, wei: Person
) -> None:
    listing = Listing.objects.get(pk=taken_down.listing_id)
    made = appeals(lin, taken_down)
    decide(Act.RECALL, listing, desk, later(days=2))
    quality.decide_appeal(made.pk, actor_id=wei.pk, now=later(days=3), overturn=True, reasons="It was dry.")
    assert state_of(listing) == "recalled"


# --- Shops ----------------------------------------------------------------------------------


def test_a_shop_is_closed_by_a_person_and_opened_by_another(
    masks: Merchant, lin: Person, desk: Person, wei: Person
) -> None:
    how = {"merchant_id": masks.pk, "actor_id": desk.pk, "now": NOW}
    with pytest.raises(DecisionRefused):
        quality.decide_shop(act=Act.CLOSE, grounds=Grounds(), **how)
    closed = quality.decide_shop(act=Act.CLOSE, grounds=Grounds(words="Half of it was false."), **how)
    with pytest.raises(DecisionRefused):
        quality.decide_shop(act=Act.CLOSE, grounds=Grounds(words="Again."), **how)
    assert Merchant.objects.get(pk=masks.pk).closed_at == NOW

    made = appeals(lin, closed)
    quality.decide_appeal(made.pk, actor_id=wei.pk, now=later(days=2), overturn=True, reasons="A mistake.")
    assert Merchant.objects.get(pk=masks.pk).closed_at is None
    assert Decision.objects.latest("pk").ends == closed.pk


def test_nothing_is_decided_of_what_is_not_there(desk: Person) -> None:
    with pytest.raises(NotThere):
        quality.decide(act=Act.REMOVE, listing_id=1, actor_id=desk.pk, now=NOW, grounds=Grounds(words="So."))
    with pytest.raises(NotThere):
        quality.decide_shop(
            act=Act.CLOSE, merchant_id=1, actor_id=desk.pk, now=NOW, grounds=Grounds(words="So.")
        )


def test_taken_down_stays_removed_until_then(taken_down: Decision, lin: Person) -> None:
    appeals(lin, taken_down)
    assert state_of(Listing.objects.get(pk=taken_down.listing_id)) == REMOVED
