"""The cast of the tests of the channel: people who are out there, and how they come to know each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from kith.audience.viewer import STRANGERS, viewer_of
from kith.core.guard import Viewer
from kith.core.ids import random_id, write_id
from kith.media.models import Photo
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.rollout import services as rollout
from kith.strangers.services.personas import make_persona
from kith.ties import services as ties
from kith.ties.models import Circle, Member

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
"""The `now` of tests/conftest.py."""
SURFACE = "test"

__all__ = [
    "NOW", "befriend", "inside_only", "open_channel", "outside_photo", "put_in_one_circle", "shut_out",
    "stranger", "unfriend", "viewer",
]  # fmt: skip


def open_channel(*, now: datetime = NOW) -> None:
    rollout.open_to_everyone(STRANGERS, now=now - timedelta(days=1000), why="for the test", surface="cli")


def inside_only(born: int | None = 1964, *, now: datetime = NOW, **fields: Any) -> Person:
    """A shopper without a persona, whose names no persona of a test has."""
    number = write_id(random_id())
    fields = {"language": "en", "joined_at": now - timedelta(days=100), **fields}
    return Person.objects.create_user(f"u{number}", display_name=f"Shopper {number}", born=born, **fields)


def stranger(
    name: str, born: int = 1964, region: str = "130600", *, person: Person | None = None, now: datetime = NOW,
    **persona: Any,
) -> Person:  # fmt: skip
    """Somebody 18 or older who agrees to the channel, and has a persona there.

    :param persona: as `make_persona` takes it. :param person: who; else a new shopper.
    """
    person = person or inside_only(born, now=now)
    make_persona(viewer(person, now), text_version="1", surface=SURFACE, name=name, region=region, **persona)
    return person


def viewer(person: Person | None, now: datetime = NOW) -> Viewer:
    """Made anew, as for each request."""
    if person is not None:
        person.refresh_from_db()
    return viewer_of(person, now)


def outside_photo(person: Person, *, now: datetime = NOW, seed: int | None = None) -> Photo:
    """A photo of somebody's, taken in outside. Each looks different unless its seed is the same."""
    rows = Image.effect_noise((160, 120), 90) if seed is None else Image.new("L", (160, 120), seed % 256)
    file = BytesIO()
    rows.convert("RGB").save(file, "PNG")
    file.seek(0)
    return take_in_photo(viewer(person, now), file=file, outside=True)


def befriend(one: Person, two: Person, *, now: datetime = NOW) -> None:
    ties.befriend(one, two, now=now)


def unfriend(one: Person, two: Person) -> None:
    ties.write_facts(one, two, friend_at=None)


def shut_out(owner: Person, other: Person, **facts: bool) -> None:
    """Write a fact of a pair: `contact=True`, `avoids=True`, `blocked=True`."""
    ties.write_facts(owner, other, **facts)


def put_in_one_circle(owner: Person, people: Sequence[Person]) -> None:
    """Let a third person's circle hold these people."""
    for person in people:
        ties.befriend(owner, person, now=NOW)
    circle = Circle.objects.create(owner=owner, name=f"Circle {random_id()}"[:20])
    Member.objects.bulk_create(Member(owner=owner, circle=circle, person=person) for person in people)
