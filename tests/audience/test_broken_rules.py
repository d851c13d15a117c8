"""Each clause of the rule is taken away on purpose, and the oracle must notice.

A clause that can go without anything failing is either not tested or not needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db.models import Q

from kith.audience import comments, shares
from kith.core.guard import Guarded, Side, Viewer
from kith.sharing import models
from kith.sharing.models import Comment, Like, Share, SharePhoto
from kith.ties.models import Relationship
from tests.audience.cast import Cast
from tests.audience.cut import Cut
from tests.oracle.compare import compare_deliveries, compare_everything, compare_what_is_seen
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
    "shares._is_shown: visible_from__lte",
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
    "shares.is_public: author__shows",
    "shares.shut_out: blocked",
    "shares.shut_out: blocked_by",
    "shares.shut_out: other",
    "comments.sees_comment: hidden_at",
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
