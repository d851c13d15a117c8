"""Each clause of the strangers' rule is taken away on purpose, and the oracle must notice.

The towns are those of the oracle's own test: a clause whose loss none of the first hundred shows is
either not tested or not needed.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, Q

from kith.audience import outside
from kith.core.guard import Guarded, Side, Viewer
from kith.strangers import models
from kith.strangers.models import Exchange, Letter, OutsidePhoto, Persona, Post, PostComment, Reaction
from tests.audience.cut import Cut
from tests.oracle.compare_outside import compare_rows
from tests.oracle.pair import undone
from tests.oracle.towns import Town

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TOWNS = 100


def somebody_notices() -> None:
    """Draw towns until one shows too much or too little."""
    for seed in range(TOWNS):
        with undone():
            town = Town(seed)
            try:
                for viewer in list(town.plain.people)[:3]:
                    compare_rows(town, town.viewer(viewer))
            except AssertionError:
                return
    pytest.fail(f"nobody noticed in {TOWNS} towns")


# --- A condition left out ---------------------------------------------------------------

CONDITIONS = [
    "outside.sees_persona: person",
    "outside.sees_persona: shows",
    "outside._is_out_there: born__lte",
    "outside._is_out_there: is_active",
    "outside._is_out_there: suspended_at",
    "outside._is_out_there: pk",
    "outside._are_strangers: owner",
    "outside._are_strangers: person",
    "outside._are_strangers: circle__in",
    "outside.sees_post: author",
    "outside.sees_post: person",
    "outside.sees_post: hidden_at",
    "outside.sees_post: withdrawn_at",
    "outside.sees_answer: pk",
    "outside.is_by_somebody_seen: person",
    "outside.sees_exchange: person",
    "outside.sees_exchange: starter",
    "outside.sees_exchange: greeted",
    "outside.sees_exchange: declined_at",
    "outside.sees_letter: pk",
]
if connection.vendor == "postgresql":  # SQLite is asked for all at once of whom the viewer knows something
    CONDITIONS.append("outside._are_strangers: other")


@pytest.mark.parametrize("where", CONDITIONS)
def test_no_condition_can_be_left_out(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Cut(where, monkeypatch)
    somebody_notices()
    assert cut.cuts, f"the rule does not say {where} any more"


# --- A whole part left out ------------------------------------------------------------------


def anything(*_: object, **__: object) -> Q:
    return Q()


def nothing(*_: object, **__: object) -> Q:
    return Q(pk__in=[])


def whoever(*_: object, **__: object) -> tuple[Any, ...]:
    return (Q(pk__isnull=False),)


def whoever_shares_no_circle(*who: Any) -> tuple[Any, ...]:
    return are_strangers(*who)[1:]


def whoever_is_no_friend(*who: Any) -> tuple[Any, ...]:
    return are_strangers(*who)[:1]


def even_if_closed(viewer: Viewer) -> Q:
    return sees_persona(Viewer(viewer.person_id, viewer.now, outside=Side.OPEN, let_in=viewer.let_in))


def whomever_it_is_open_to(viewer: Viewer) -> Exists:
    return is_out_there(Viewer(viewer.person_id, viewer.now, outside=viewer.outside))


sees_persona, is_out_there = outside.sees_persona, outside._is_out_there
are_strangers = outside._are_strangers
PARTS: dict[str, tuple[Any, str, Any]] = {
    "everybody is a stranger": (outside, "_are_strangers", whoever),
    "friends are strangers": (outside, "_are_strangers", whoever_shares_no_circle),
    "who shares a circle is a stranger": (outside, "_are_strangers", whoever_is_no_friend),
    "authors need not be let in": (outside, "_is_out_there", whomever_it_is_open_to),
    "the channel need not be open": (models, "sees_persona", even_if_closed),
    "every post is seen": (models, "sees_post", anything),
    "every comment is seen": (models, "sees_answer", anything),
    "every exchange is seen": (models, "sees_exchange", anything),
    "every letter is seen": (models, "sees_letter", anything),
}


@pytest.mark.parametrize("part", PARTS)
def test_no_part_can_be_left_out(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PARTS[part])
    somebody_notices()


@pytest.mark.parametrize(
    "model",
    [Persona, Post, PostComment, Reaction, OutsidePhoto, Exchange, Letter],
    ids=lambda model: model.__name__,
)
@pytest.mark.parametrize("rule", [anything, nothing], ids=lambda rule: rule.__name__)
def test_every_model_asks_its_own_rule(
    model: type[Guarded], rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "sees", rule)
    somebody_notices()
