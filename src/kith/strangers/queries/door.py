"""The door: why somebody is not outside, and what they can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kith.audience.viewer import STRANGERS
from kith.core.guard import Viewer
from kith.people.models import Person, Purpose, grown_up_since
from kith.people.queries import has_consented
from kith.rollout.models import State
from kith.rollout.queries import Opening, last_day, lets_in, openings, position
from kith.strangers.queries.personas import my_persona

Word = Literal["closed", "winding-down", "suspended", "too-young", "waiting", "no-year", "new", "open"]


@dataclass(frozen=True, slots=True)
class Door:
    """How the channel stands for its reader.

    `word`: closed (for all), winding-down, suspended, too-young, waiting, no-year (of birth), new (they have
    not agreed yet, or agreed once and left), or open.
    """

    word: Word
    until: date | None = None
    """The last day, while the channel is being wound down."""
    place: int | None = None
    """Among those who wait, from 1."""
    has_persona: bool = False


def find_door(viewer: Viewer, person: Person) -> Door:
    """How the channel stands for its viewer, who is this person."""
    opening = openings([STRANGERS], viewer.now)[STRANGERS]
    persona = my_persona(viewer)
    word = _word(person, viewer, opening, has_persona=persona is not None)
    return Door(
        word,
        until=last_day(opening, viewer.now),
        place=position(STRANGERS, person.pk, viewer.now) if word == "waiting" else None,
        has_persona=persona is not None,
    )


def _word(person: Person, viewer: Viewer, opening: Opening, *, has_persona: bool) -> Word:
    """What stands in the way, the first thing first."""
    if opening.state == State.CLOSED:
        return "closed"
    if opening.state == State.WINDING_DOWN:
        return "winding-down"
    if person.suspended_at is not None:
        return "suspended"
    if person.born is not None and person.born > grown_up_since(viewer.now):
        return "too-young"
    if not lets_in(opening, person.pk):
        return "waiting"
    if person.born is None:
        return "no-year"
    agreed = has_consented(person.pk, Purpose.STRANGERS)
    return "open" if agreed and has_persona else "new"
