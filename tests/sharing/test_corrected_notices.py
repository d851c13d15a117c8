"""Those whom a share misled are told when what it speaks of is taken down, once, and as long as it is so.

Mei is in Bo's Family, who shows her what he buys; Zhao is in it too; Eve is a stranger.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from kith.notices.models import Notice, NoticeKind
from kith.quality import services as quality
from kith.quality.models import Sweep, SweepState
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.sharing import queries, services
from kith.sharing.models import Share
from kith.shop.models import HoldState, OrderLine
from kith.shop.services.holds import hold_listing, release_listing
from tests.oracle.compare import compare_notices
from tests.sharing.test_corrections import Village

pytestmark = pytest.mark.django_db
LOOK = "a test looks at what was written"


class Told(Village):
    """Bo shows the kettle; Mei says something of it; Zhao, whom he shows it too, finds it useful."""

    def __init__(self) -> None:
        super().__init__()
        self.zhao = self.pair.add_person("Zhao")
        self.circles[self.zhao] = self.opened(self.zhao)
        self.pair.befriend(self.bo, self.zhao)
        self.pair.do("add_members", self.bo, circle_id=self.circles[self.bo], person_ids=[self.zhao])
        self.share = self.buys(self.bo, self.kettle)
        self.pair.do("comment", self.mei, share_id=self.share, text="Is it good?")
        self.pair.do("set_useful", self.zhao, share_id=self.share, on=True)

    def decide(self, act: Act = Act.REMOVE, listing: int | None = None) -> None:
        now = self.pair.plain.now
        grounds = Grounds(words="It burns.")
        quality.decide(act=act, listing_id=listing or self.kettle, actor_id=None, now=now, grounds=grounds)

    def told(self, who: int) -> list[tuple[str, int | None]]:
        """What somebody reads now of what was taken down."""
        kinds = ("corrected", "recalled")
        page = queries.notices_of(self.pair.viewer(who))
        return [(one.kind, one.share_id) for one in page.items if one.kind in kinds]

    def written(self) -> int:
        return Notice.objects.unguarded(LOOK).filter(kind=NoticeKind.CORRECTED).count()


@pytest.fixture
def village() -> Told:
    return Told()


@pytest.mark.parametrize("act", [Act.REMOVE, Act.RECALL])
def test_who_spoke_of_it_is_told_and_the_buyer_not_twice(village: Told, act: Act) -> None:
    village.decide(act)
    told = [("corrected", village.share)]
    assert (village.told(village.mei), village.told(village.zhao)) == (told, told)
    assert village.told(village.bo) == [("recalled", None)]
    assert village.told(village.eve) == []
    items = queries.notices_of(village.pair.viewer(village.mei)).items
    [notice] = [one for one in items if one.kind == "corrected"]
    thing = village.card(village.share).thing
    assert thing is not None
    assert (notice.actor and notice.actor.id, notice.words) == (village.bo, thing.title)
    assert village.card(village.share).correction is not None


def test_a_thing_only_suspected_tells_nobody(village: Told) -> None:
    village.decide(Act.SUSPECT)
    assert village.written() == 0
    village.decide(Act.REMOVE)
    village.decide(Act.RECALL)
    assert village.written() == 2


def test_an_author_who_has_not_bought_it_is_told(village: Told) -> None:
    tip = village.says("give_tip", village.mei)
    village.decide()
    assert sorted(village.told(village.mei)) == sorted([("corrected", village.share), ("corrected", tip)])
    own = Notice.objects.unguarded(LOOK).get(recipient=village.mei, subject=tip)
    assert own.actor_id is None


def test_it_vanishes_when_the_thing_is_in_order_again(village: Told) -> None:
    village.decide()
    unread = queries.unread_notices(village.pair.viewer(village.mei))
    village.decide(Act.REINSTATE)
    assert village.told(village.mei) == village.told(village.bo) == []
    assert queries.unread_notices(village.pair.viewer(village.mei)) == unread - 1
    assert village.card(village.share).correction is None


def test_whoever_does_not_see_the_share_any_more_reads_nothing(village: Told) -> None:
    village.decide()
    village.pair.do("unfriend", village.mei, other_id=village.bo)
    village.pair.do("set_muted", village.zhao, other_id=village.bo, on=True)
    assert village.told(village.mei) == village.told(village.zhao) == []
    village.pair.do("set_muted", village.zhao, other_id=village.bo, on=False)
    assert village.told(village.zhao) == [("corrected", village.share)]
    village.pair.do("hide_share", village.bo, share_id=village.share)
    assert village.told(village.zhao) == []


def test_nothing_of_what_is_hidden_held_or_a_gift(village: Told) -> None:
    village.pair.do("hide_share", village.bo, share_id=village.share)
    village.decide()
    assert village.written() == 0
    assert village.told(village.mei) == []
    village.pair.do("show_share", village.bo, share_id=village.share)
    village.decide(Act.REINSTATE)
    Share.objects.unguarded(LOOK).filter(pk=village.share).update(
        visible_from=village.pair.plain.now + timedelta(hours=1)
    )
    village.decide()
    assert village.written() == 0
    village.decide(Act.REINSTATE)
    Share.objects.unguarded(LOOK).filter(pk=village.share).update(visible_from=village.pair.plain.now)
    OrderLine.objects.unguarded(LOOK).update(is_gift=True)
    village.decide()
    assert village.written() == 0


def test_a_purchase_that_was_not_shown_tells_nobody_but_its_buyer(village: Told) -> None:
    village.buys(village.eve, village.lamp, shows=False)
    village.decide(listing=village.lamp)
    assert village.written() == 0
    assert village.told(village.eve) == [("recalled", None)]


def test_who_speaks_of_it_after_the_takedown_was_not_misled(village: Told) -> None:
    share = village.buys(village.bo, village.lamp)
    village.decide(listing=village.lamp)
    village.pair.advance(timedelta(minutes=5))
    village.pair.do("comment", village.mei, share_id=share, text="Oh dear!")
    assert quality.tell_late(now=village.pair.plain.now) == 0
    assert village.told(village.mei) == []


def test_nobody_is_told_of_it_twice_or_anew(village: Told) -> None:
    village.decide()
    services_viewer = village.pair.viewer(village.mei)
    Notice.objects.unguarded(LOOK).update(read_at=village.pair.plain.now)
    for _again in range(2):
        quality.tell_late(now=village.pair.plain.now + timedelta(hours=1))
    assert village.written() == 2
    assert queries.unread_notices(services_viewer) == 0


def test_of_a_later_decision_they_are_told_anew(village: Told) -> None:
    for act in (Act.REMOVE, Act.REINSTATE, Act.RECALL):
        Notice.objects.unguarded(LOOK).update(read_at=village.pair.plain.now)
        village.pair.advance(timedelta(hours=1))
        village.decide(act)
    assert queries.unread_notices(village.pair.viewer(village.mei)) == 1
    assert village.written() == 2


def test_what_was_cut_short_is_done_later(village: Told) -> None:
    """The hold is there, and whoever should have told of it was killed."""
    now = village.pair.plain.now
    hold_listing(listing_id=village.kettle, state=HoldState.REMOVED, since=now, decision=1, rule="x")
    assert village.told(village.mei) == []
    assert services.tell_of_corrections(since=now + timedelta(seconds=1)) == 0
    assert quality.tell_late(now=now + timedelta(minutes=10)) > 0
    assert village.told(village.mei) == [("corrected", village.share)]


def test_a_sweep_that_is_carried_out_tells_of_all_its_takedowns(village: Told) -> None:
    """Its decisions are put there by hand: what a sweep finds is another test's."""
    now = village.pair.plain.now
    hold_listing(listing_id=village.kettle, state=HoldState.RECALLED, since=now, decision=1, rule="x")
    sweep = Sweep.objects.create(state=SweepState.APPLYING, created_at=now, decided_at=now, scanned_at=now)
    quality.go_on(now=now)
    sweep.refresh_from_db()
    assert sweep.state == SweepState.APPLIED
    assert village.told(village.mei) == [("corrected", village.share)]
    release_listing(listing_id=village.kettle)
    assert village.told(village.mei) == []


def test_it_goes_with_its_share(village: Told) -> None:
    village.decide()
    village.pair.do("delete_share", village.bo, share_id=village.share)
    assert village.written() == 0


def test_in_both_worlds(village: Told) -> None:
    """The oracle says who is told, and who reads it."""
    village.pair.put(removed=village.kettle)
    village.pair.do("block", village.zhao, other_id=village.bo)
    for who in (village.mei, village.bo, village.zhao, village.eve):
        compare_notices(village.pair, village.pair.viewer(who))
    assert village.told(village.mei)
    assert not village.told(village.zhao)


def test_many_listings_are_gone_through_in_pieces(village: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kith.sharing.services.corrections.AT_ONCE", 1)
    second = village.buys(village.bo, village.lamp)
    village.pair.do("set_useful", village.mei, share_id=second, on=True)
    now = village.pair.plain.now
    for listing in (village.kettle, village.lamp):
        hold_listing(listing_id=listing, state=HoldState.REMOVED, since=now, decision=1, rule="x")
    services.tell_of_corrections(since=now)
    assert {subject for _kind, subject in village.told(village.mei)} == {village.share, second}
