"""The end of the circle side: what was shown is gone after the last day, and not an hour before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from kith.audience.viewer import CIRCLES, viewer_of
from kith.people.models import Person, Purpose
from kith.people.queries import agreed_to, ledger_of
from kith.rights.purging import purge_what_is_due
from kith.rollout.models import Change, Feature
from kith.rollout.services import close, reopen, wind_down
from kith.sharing import services as sharing
from kith.sharing.models import Comment, Delivery, Share
from kith.sharing.queries import circle_feed, my_shares
from kith.sharing.services import purging
from kith.ties.queries import friends
from tests.conftest import Clock
from tests.web.cast import befriend, circle_of, open_to_all, somebody

WHY = "counts what is left"


@pytest.fixture
def mei(db: None, clock: Clock) -> Person:
    return somebody("Mei")


@pytest.fixture
def bo(db: None, clock: Clock) -> Person:
    return somebody("Bo")


@pytest.fixture
def shown(mei: Person, bo: Person, now: datetime) -> int:
    """A tip of Mei's that Bo has answered."""
    open_to_all()
    befriend(mei, bo)
    family = circle_of(mei, "Family", bo)
    for person in (mei, bo):
        sharing.open_circles(viewer_of(person, now), text_version="1", surface="test")
    tip = sharing.give_tip(viewer_of(mei, now), text="Buy the pan", circle_ids=[family.pk])
    sharing.comment(viewer_of(bo, now), share_id=tip.pk, text="I will")
    return tip.pk


def _end(now: datetime) -> None:
    who: Any = {"actor": None, "why": "It ends.", "surface": "test", "now": now}
    close(CIRCLES, **who)
    wind_down(CIRCLES, until=now.date() + timedelta(days=7), **who)


def test_until_the_last_day_everybody_has_their_own_and_nothing_else(
    shown: int, mei: Person, bo: Person, now: datetime
) -> None:
    _end(now)
    assert purge_what_is_due(now=now + timedelta(days=7)) == {}
    assert [card.id for card in my_shares(viewer_of(mei, now)).items] == [shown]
    assert circle_feed(viewer_of(bo, now)).items == ()


def test_after_it_what_was_shown_is_gone_and_the_log_says_what(
    shown: int, mei: Person, bo: Person, now: datetime
) -> None:
    _end(now)
    over = now + timedelta(days=9)
    purged = purge_what_is_due(now=over)[CIRCLES]
    assert (purged["shares"], purged["comments"], purged["people_who_showed"]) == (1, 1, 2)
    assert not Share.objects.unguarded(WHY).exists()
    assert not Comment.objects.unguarded(WHY).exists()
    assert not Delivery.objects.unguarded(WHY).exists()
    assert Purpose.SHARING not in agreed_to(ledger_of(mei.pk))
    assert not Person.objects.get(pk=mei.pk).shows
    latest = Change.objects.filter(feature=CIRCLES).latest("pk")
    assert (latest.surface, latest.after) == ("job", purged)
    assert len(friends(viewer_of(mei, over)).items) == 1
    assert purge_what_is_due(now=over) == {}


def test_what_is_opened_again_meanwhile_keeps_what_is_left(
    shown: int, mei: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _end(now)
    over = now + timedelta(days=9)
    erase = purging._STEPS["comments"]

    def erase_and_open(at: datetime) -> int:
        erased = erase(at)
        reopen(CIRCLES, actor=None, why="It goes on.", surface="test", now=at)
        return erased

    monkeypatch.setitem(purging._STEPS, "comments", erase_and_open)
    purged = purge_what_is_due(now=over)[CIRCLES]
    assert (purged["comments"], purged["shares"], purged["people_who_showed"]) == (1, 0, 0)
    assert [card.id for card in my_shares(viewer_of(mei, over)).items] == [shown]
    latest = Change.objects.filter(feature=CIRCLES).latest("pk")
    assert (latest.what, latest.after) == ("purged", purged), "the log says what is gone"
    assert Feature.objects.get(name=CIRCLES).purged_at is None
