"""Erasing all of the channel, once everybody has had time to take what is theirs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kith.core.guard import Guarded
from kith.media.models import Photo
from kith.media.services import erase_photos
from kith.notices.models import OUTSIDE, Notice
from kith.people.models import Person, Purpose
from kith.people.services import end_consents
from kith.strangers.hidings import Hiding
from kith.strangers.models import (
    Complaint,
    Exchange,
    Letter,
    Persona,
    Post,
    PostComment,
    PostFollow,
    Reaction,
    ShutOut,
    TopicFollow,
)
from kith.strangers.services.posts import erase_posts
from kith.ties import contacts
from kith.ties.models import HiddenContact, Relationship
from kith.ties.services import write_facts

PURGING = "the channel is over: all of it is erased"
BATCH = 500
SURFACE = "wound down"


def purge(*, now: datetime) -> dict[str, int]:
    """Erase everything of the channel, and say how many of what.

    Each batch is a transaction of its own: begun again after it was cut short, it goes on where it was,
    and says what it found then. Consent ends with the channel. Topics stay, they are the shop's.
    """
    counts = {}
    for kind, erase in _STEPS:
        counts[kind] = 0
        while number := erase(now):
            counts[kind] += number
    return counts


def _rows_of(model: type[Guarded], **which: Any) -> Callable[[datetime], int]:
    """Erase a batch of a model's rows, which nothing else hangs on any more."""

    @transaction.atomic
    def erase(_now: datetime) -> int:
        rows = model.objects.unguarded(PURGING)
        some = list(rows.filter(**which).values_list("pk", flat=True)[:BATCH])
        rows.filter(pk__in=some).delete()
        return len(some)

    return erase


@transaction.atomic
def _posts(_now: datetime) -> int:
    some = list(Post.objects.unguarded(PURGING).values_list("pk", flat=True)[:BATCH])
    erase_posts(some)
    return len(some)


@transaction.atomic
def _photos(_now: datetime) -> int:
    some = list(Photo.objects.unguarded(PURGING).filter(outside=True)[:BATCH])
    erase_photos(some)
    return len(some)


@transaction.atomic
def _personas(now: datetime) -> int:
    """Erase personas, and end the consent of whoever they are of."""
    rows = Persona.objects.unguarded(PURGING)
    some = dict(rows.values_list("pk", "person")[:BATCH])
    end_consents(list(some.values()), purpose=Purpose.STRANGERS, surface=SURFACE, at=now)
    rows.filter(pk__in=some).delete()
    return len(some)


@transaction.atomic
def _hidden_numbers(_now: datetime) -> int:
    """Empty one person's list, however long it is."""
    owner = HiddenContact.objects.unguarded(PURGING).values_list("owner", flat=True).first()
    return 0 if owner is None else contacts.forget_all_numbers(owner)


@transaction.atomic
def _avoided(_now: datetime) -> int:
    rows = Relationship.objects.unguarded(PURGING).filter(avoids=True)
    some = list(rows.values_list("owner", "other")[:BATCH])
    people = _hold({person_id for pair in some for person_id in pair})
    for owner, other in some:
        write_facts(people[owner], people[other], avoids=False)
    return len(some)


def _hold(person_ids: Collection[int]) -> Mapping[int, Person]:
    held = Person.objects.filter(pk__in=person_ids).order_by("pk").select_for_update(no_key=True)
    return {person.pk: person for person in held}


_STEPS: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("photos", _photos),
    ("notices", _rows_of(Notice, kind__in=OUTSIDE)),
    ("complaints", _rows_of(Complaint)),
    ("letters", _rows_of(Letter)),
    ("exchanges", _rows_of(Exchange)),
    ("likes", _rows_of(Reaction)),
    ("comments", _rows_of(PostComment)),
    ("posts_followed", _rows_of(PostFollow)),
    ("topics_followed", _rows_of(TopicFollow)),
    ("posts", _posts),
    ("shut_out", _rows_of(ShutOut)),
    ("avoided", _avoided),
    ("hidden_numbers", _hidden_numbers),
    ("hidings", _rows_of(Hiding)),
    ("personas", _personas),
)
"""What hangs on something goes before it, or would not be counted under its own name."""
