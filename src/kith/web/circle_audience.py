"""Who would see what somebody is about to show: said, with names, before it is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kith.core.guard import Viewer
from kith.ties import queries as ties
from kith.ties.models import MOST_FRIENDS
from kith.ties.queries import Face


@dataclass(frozen=True, slots=True)
class CircleChoice:
    """One of the viewer's circles, with those in it to whom they show what they show."""

    id: int
    name: str
    is_default: bool
    people: tuple[Face, ...]

    @property
    def size(self) -> int:
        return len(self.people)

    @property
    def some_names(self) -> tuple[str, ...]:
        return tuple(face.name for face in self.people[:3])


def circle_choices(viewer: Viewer) -> tuple[CircleChoice, ...]:
    """The viewer's circles and their people, without the friends they hide from. Six queries at most."""
    friends = ties.friends(viewer, size=MOST_FRIENDS).items
    shown = [friend.face for friend in friends if not friend.hidden_from]
    return tuple(
        CircleChoice(
            circle.id,
            circle.name,
            circle.is_default,
            tuple(face for face in shown if circle.name in face.circles),
        )
        for circle in ties.circles(viewer)
    )


def reached(choices: Sequence[CircleChoice], circle_ids: Collection[int]) -> tuple[Face, ...]:
    """Everybody in these circles, each once."""
    people = {face.id: face for choice in choices if choice.id in circle_ids for face in choice.people}
    return tuple(people.values())
