"""Erasing all of the channel, once everybody has had time to take what is theirs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from kith.core.batches import BATCH, Step, do_all, erasing
from kith.media.models import Photo
from kith.media.services import erase_photos
from kith.notices.models import OUTSIDE, Notice
from kith.people.models import Person, Purpose
from kith.people.services import end_consents
from kith.strangers.erasures import Erasure
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
SURFACE = "wound down"


def purge(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Erase everything of the channel, and say how many of what.

    Begun again after it was cut short, it says what it found then. Consent ends with the channel.
    Topics stay, they are the shop's.
    """
    return do_all(_STEPS, now=now, goes_on=goes_on)


def _posts(_now: datetime) -> int:
    some = list(Post.objects.unguarded(PURGING).values_list("pk", flat=True)[:BATCH])
    erase_posts(some)
    return len(some)


def _photos(_now: datetime) -> int:
    some = list(Photo.objects.unguarded(PURGING).filter(outside=True)[:BATCH])
    erase_photos(some)
    return len(some)


def _personas(now: datetime) -> int:
    """Erase personas, and end the consent of whoever they are of."""
    rows = Persona.objects.unguarded(PURGING)
    some = dict(rows.values_list("pk", "person")[:BATCH])
    end_consents(list(some.values()), purpose=Purpose.STRANGERS, surface=SURFACE, at=now)
    rows.filter(pk__in=some).delete()
    return len(some)


def _hidden_numbers(_now: datetime) -> int:
    """Empty one person's list, however long it is."""
    owner = HiddenContact.objects.unguarded(PURGING).values_list("owner", flat=True).first()
    return 0 if owner is None else contacts.forget_all_numbers(owner)


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


_STEPS: dict[str, Step] = {
    "photos": _photos,
    "notices": erasing(Notice.objects.unguarded(PURGING).filter(kind__in=OUTSIDE)),
    "complaints": erasing(Complaint.objects.unguarded(PURGING)),
    "letters": erasing(Letter.objects.unguarded(PURGING)),
    "exchanges": erasing(Exchange.objects.unguarded(PURGING)),
    "likes": erasing(Reaction.objects.unguarded(PURGING)),
    "comments": erasing(PostComment.objects.unguarded(PURGING)),
    "posts_followed": erasing(PostFollow.objects.unguarded(PURGING)),
    "topics_followed": erasing(TopicFollow.objects.unguarded(PURGING)),
    "posts": _posts,
    "shut_out": erasing(ShutOut.objects.unguarded(PURGING)),
    "avoided": _avoided,
    "hidden_numbers": _hidden_numbers,
    "erasures": erasing(Erasure.objects.unguarded(PURGING)),
    "hidings": erasing(Hiding.objects.unguarded(PURGING)),
    "personas": _personas,
}
"""What hangs on something goes before it, or would not be counted under its own name."""
