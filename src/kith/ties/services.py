"""Writes the facts of how people stand to one another, and nothing that follows from them.

Called by the services of `sharing` and `strangers`, inside their transactions and under their locks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kith.core.bulk import append
from kith.core.compiled import Removal
from kith.people.models import Person
from kith.ties.models import MOST_FRIENDS, FriendRequest, Member, Relationship

WRITING = "writes the facts that the rule reads"

MIRROR = {
    "friend_at": "friend_at",
    "blocked": "blocked_by",
    "muted": "muted_by",
    "hidden_from": "hidden_by",
    "contact": "contact_of",
    "avoids": "avoided_by",
}
"""Under which name each fact stands on the other's row."""

FACTS = tuple(name for pair in MIRROR.items() for name in pair if name != "friend_at")


def write_facts(owner: Person, other: Person, **facts: Any) -> None:
    """Set facts of a pair on both rows, and remove the rows when nothing is left to say.

    :param facts: as `owner` would say them: `friend_at`, `blocked`, `muted`, `hidden_from`,
        `contact`, `avoids`.
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


def put_in(owner_id: int, circle_id: int, person_ids: Iterable[int]) -> None:
    """Put friends of a circle's owner into it; those already there stay."""
    members = [Member(owner_id=owner_id, circle_id=circle_id, person_id=one) for one in person_ids]
    append(members, unless_there=True)


def take_out(owner_id: int, circle_id: int, person_ids: Collection[int]) -> int:
    """Take people out of a circle, and say how many were in it."""
    return _take_out(owner=owner_id, circle=circle_id, people=person_ids)


@Removal
def _take_out(owner: int, circle: int, people: Collection[int]) -> QuerySet[Any, Any]:
    return Member.objects.unguarded(WRITING).filter(owner=owner, circle=circle, person__among=people)


def befriend(one: Person, two: Person, *, now: datetime) -> None:
    write_facts(one, two, friend_at=now)


def is_full(person_id: int) -> bool:
    """Whether somebody has as many friends as there can be."""
    rows = Relationship.objects.unguarded("a person's number of friends, to keep its bound")
    return rows.filter(owner=person_id, friend_at__isnull=False).count() >= MOST_FRIENDS


def drop_requests(one: int, two: int) -> list[int]:
    """Remove what the two have asked each other, and return the ids: notices of them are to be forgotten."""
    rows = FriendRequest.objects.unguarded("the two are friends, or will not be: nothing to ask any more")
    found = rows.filter(sender__in=[one, two], recipient__in=[one, two])
    ids = list(found.values_list("pk", flat=True))
    found.delete()
    return ids
