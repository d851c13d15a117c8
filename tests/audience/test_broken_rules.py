"""Each clause of the rule is taken away on purpose, and the oracle must notice.

A clause that can go without anything failing is either not tested or not needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db.models import F, Q, Value

from kith.audience import comments, shares
from kith.core.guard import Guarded, Side, Viewer
from kith.notices.models import Notice, NoticeKind
from kith.sharing import models
from kith.sharing.models import Comment, Like, Share, SharePhoto
from kith.sharing.queries import cards, corrections, evidence, notices, trust
from kith.shop.cards import HoldCard
from kith.shop.models import HoldState
from kith.ties.models import Relationship
from tests.audience.cast import Cast
from tests.audience.cut import Cut
from tests.oracle.compare import (
    compare_deliveries,
    compare_everything,
    compare_evidence,
    compare_feeds,
    compare_merchants,
    compare_notices,
    compare_what_is_seen,
)
from tests.oracle.pair import undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The cast, made once: nothing here changes it."""
    with django_db_blocker.unblock():
        database: AbstractContextManager[None] = undone()
        with database:
            yield Cast()


def compare(cast: Cast) -> None:
    compare_deliveries(cast.pair)
    for who in [None, *cast.pair.plain.people]:
        compare_what_is_seen(cast.pair, cast.pair.viewer(who))


def test_unbroken_it_is_what_the_oracle_says(cast: Cast) -> None:
    compare(cast)


def test_and_so_is_every_read_of_everybody(cast: Cast) -> None:
    compare_everything(cast.pair, closely=list(cast.pair.plain.people))


# --- A condition left out ---------------------------------------------------------------

CONDITIONS = [
    "shares._is_shown: viewer",
    "shares._is_shown: visible_from__gt",
    "shares._is_shown: visible_until__gt",
    "shares.sees_delivery: muted",
    "shares._authors_who_show: owner",
    "shares._authors_who_show: other",
    "shares._authors_who_show: friend_at__isnull",
    "shares._authors_who_show: blocked",
    "shares._authors_who_show: blocked_by",
    "shares._authors_who_show: hidden_by",
    "shares._authors_who_show: shows",
    "shares.sees_share: author",
    "shares.is_public: to_everyone",
    "shares.is_public: withdrawn_at",
    "shares.is_public: visible_from__lte",
    "shares.is_public: pk",
    "shares.is_public: shows",
    "shares.shut_out: blocked",
    "shares.shut_out: blocked_by",
    "shares.shut_out: other",
    "comments.is_heard: hidden_at",
    "comments.sees_comment: pk",
]


@pytest.mark.parametrize("where", CONDITIONS)
def test_no_condition_can_be_left_out(where: str, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Cut(where, monkeypatch)
    with pytest.raises(AssertionError):
        compare(cast)
    assert cut.cuts, f"the rule does not say {where} any more"


# --- A whole part left out ------------------------------------------------------------------


def anything(*_: object, **__: object) -> Q:
    return Q()


def nothing(*_: object, **__: object) -> Q:
    return Q(pk__in=[])


def of_nobody(viewer: Viewer, who: str) -> Any:
    return Relationship.objects.unguarded("broken on purpose").none()


def even_if_closed(viewer: Viewer) -> Q:
    return sees_delivery(Viewer(viewer.person_id, viewer.now, inside=Side.OPEN))


sees_delivery = shares.sees_delivery
PARTS: dict[str, tuple[Any, str, Any]] = {
    "a delivery shows itself": (models, "sees_delivery", anything),
    "no delivery is shown": (models, "sees_delivery", nothing),
    "the circle side need not be open": (models, "sees_delivery", even_if_closed),
    "every share is seen": (models, "sees_share", anything),
    "no share is seen": (models, "sees_share", nothing),
    "no review is public": (shares, "is_public", nothing),
    "blocks do not count under shares": (comments, "shut_out", of_nobody),
    "blocks do not count for public reviews": (shares, "shut_out", of_nobody),
    "every comment is seen": (models, "sees_comment", anything),
    "no comment is seen": (models, "sees_comment", nothing),
}


@pytest.mark.parametrize("part", PARTS)
def test_no_part_can_be_left_out(part: str, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PARTS[part])
    with pytest.raises(AssertionError):
        compare(cast)


@pytest.mark.parametrize("model", [Share, SharePhoto, Comment, Like], ids=lambda model: model.__name__)
@pytest.mark.parametrize("rule", [anything, nothing], ids=lambda rule: rule.__name__)
def test_every_model_asks_its_own_rule(
    model: type[Guarded], rule: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "sees", rule)
    with pytest.raises(AssertionError):
        compare(cast)


# --- What was taken down --------------------------------------------------------------------


def as_it_was(*_: object) -> Any:
    """What the delivery or the share carries."""
    return F("outcome")


def same_as_before(_kind: str, outcome: str, _: object) -> str:
    return outcome


def removed_for_all(_kind: str, outcome: str, correction: HoldCard | None) -> str:
    """Tell of a purchase that nobody has shown."""
    return "removed" if correction else outcome


def removed_of_all() -> Any:
    """Count everything as removed, as if the holds were not asked."""
    return Value("removed")


def any_hold(hold: HoldCard | None) -> HoldCard | None:
    return hold


def no_correction(_: HoldCard | None) -> None:
    return None


def as_if_not_held(row: Any, _: HoldCard | None) -> Any:
    return thing(row, None)


thing = cards._thing


TAKEN_DOWN: dict[str, tuple[Any, str, Any]] = {
    "nothing is gone": (corrections, "GONE", ()),
    "what is suspected is gone": (corrections, "GONE", tuple(HoldState)),
    "what is recalled is not gone": (corrections, "GONE", (HoldState.REMOVED,)),
    "what is taken down is not gone": (corrections, "GONE", (HoldState.RECALLED,)),
    "evidence counts what deliveries carry": (evidence, "outcome_of_delivery", as_it_was),
    "merchants are ranked by what deliveries carry": (trust, "outcome_of_delivery", as_it_was),
    "evidence counts all as taken down": (evidence, "outcome_of_delivery", removed_of_all),
    "merchants are ranked as if all were taken down": (trust, "outcome_of_delivery", removed_of_all),
    "a card says what the share carries": (cards, "outcome_of", same_as_before),
    "a card says removed of what nobody said they bought": (cards, "outcome_of", removed_for_all),
    "no card is corrected": (cards, "correction_of", no_correction),
    "a card is corrected on suspicion": (cards, "correction_of", any_hold),
    "what is held is on sale": (cards, "_thing", as_if_not_held),
}


def compare_what_bo_knows(cast: Cast) -> None:
    bo = cast.pair.viewer(cast.ids["Bo"])
    compare_feeds(cast.pair, bo)
    compare_evidence(cast.pair, bo)
    compare_merchants(cast.pair, bo)


@pytest.mark.parametrize("part", TAKEN_DOWN)
def test_what_was_taken_down_is_said_everywhere(
    part: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*TAKEN_DOWN[part])
    with pytest.raises(AssertionError):
        compare_what_bo_knows(cast)


# --- What those are told whom a share misled -------------------------------------------------


def even_if_not_seen(_: Viewer, ids: set[int]) -> dict[int, notices.Target]:
    shares = Share.objects.unguarded("broken on purpose").filter(pk__in=ids, listing__hold__isnull=False)
    return {share.pk: notices.Target("", share.pk) for share in shares}


def even_if_in_order(viewer: Viewer, ids: set[int]) -> dict[int, notices.Target]:
    return notices._shares(viewer, ids)


def to_nobody(_: Viewer, __: set[int]) -> dict[int, notices.Target]:
    return {}


@pytest.fixture
def all_are_told(cast: Cast) -> Iterator[None]:
    """Everybody has a notice of every share: what each of them reads, the rule alone decides."""
    plain, before = cast.pair.plain, set(cast.pair.plain.told)
    of_all = [(person, share) for person in plain.people for share in plain.shares]
    kind = NoticeKind.CORRECTED
    with undone():
        Notice.objects.bulk_create(
            [Notice(recipient_id=who, kind=kind, subject=share, at=plain.now) for who, share in of_all],
            ignore_conflicts=True,
        )
        plain.told |= {(who, kind.value, share) for who, share in of_all}
        yield
    plain.told = before


def compare_what_all_are_told(cast: Cast) -> None:
    for who in cast.pair.plain.people:
        compare_notices(cast.pair, cast.pair.viewer(who))


@pytest.mark.usefixtures("all_are_told")
def test_unbroken_all_are_told_what_the_oracle_says(cast: Cast) -> None:
    compare_what_all_are_told(cast)


@pytest.mark.usefixtures("all_are_told")
@pytest.mark.parametrize(
    "broken", [even_if_not_seen, even_if_in_order, to_nobody], ids=lambda broken: broken.__name__
)
def test_of_a_takedown_only_who_sees_the_share_is_told(
    broken: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(notices._FIND, NoticeKind.CORRECTED, broken)
    with pytest.raises(AssertionError):
        compare_what_all_are_told(cast)
