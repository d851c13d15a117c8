"""Writes the facts of how people stand to one another, and nothing that follows from them.

Called by `sharing.services`, inside its transaction and under its locks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from kith.people.models import Person
from kith.ties.models import Circle, Member, Relationship

WRITING = "writes the facts that the rule reads"

MIRROR = {
    "friend_at": "friend_at",
    "blocked": "blocked_by",
    "muted": "muted_by",
    "hidden_from": "hidden_by",
}
"""Under which name each fact stands on the other's row."""

FACTS = ("blocked", "blocked_by", "muted", "muted_by", "hidden_from", "hidden_by")


def write_facts(owner: Person, other: Person, **facts: Any) -> None:
    """Set facts of a pair on both rows, and remove the rows when nothing is left to say.

    :param facts: as `owner` would say them: `friend_at`, `blocked`, `muted`, `hidden_from`.
    """
    mirrored = {MIRROR[name]: value for name, value in facts.items()}
    _write_row(owner, other, facts)
    _write_row(other, owner, mirrored)
    pair = Q(owner=owner, other=other) | Q(owner=other, other=owner)
    said = dict.fromkeys(FACTS, False)
    Relationship.objects.unguarded(WRITING).filter(pair, friend_at=None, **said).delete()


def _write_row(owner: Person, other: Person, facts: dict[str, Any]) -> None:
    Relationship.objects.unguarded(WRITING).update_or_create(
        owner=owner, other=other, defaults=facts, create_defaults={**facts, "shows": other.shows}
    )


def part(one: Person, two: Person) -> None:
    """Take each of two people out of the other's circles."""
    held = Q(owner=one, person=two) | Q(owner=two, person=one)
    Member.objects.unguarded(WRITING).filter(held).delete()


def copy_openness(person: Person) -> None:
    """Write `person.shows` on every relationship row that points at them. At most 5,000 rows."""
    Relationship.objects.unguarded(WRITING).filter(other=person).update(shows=person.shows)


def put_in(circle: Circle, person_ids: Iterable[int]) -> None:
    """Put friends of the circle's owner into it; those already there stay."""
    members = [Member(owner_id=circle.owner_id, circle=circle, person_id=one) for one in person_ids]
    Member.objects.bulk_create(members, ignore_conflicts=True)


def take_out(circle: Circle, person_ids: Iterable[int]) -> None:
    Member.objects.unguarded(WRITING).filter(circle=circle, person__in=list(person_ids)).delete()


def befriend(one: Person, two: Person, *, now: datetime) -> None:
    write_facts(one, two, friend_at=now)
