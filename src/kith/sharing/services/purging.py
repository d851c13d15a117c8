"""Erasing what was shown on the circle side, once everybody has had time to take what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kith.core.batches import BATCH, Step, do_all, erasing
from kith.media.models import Photo
from kith.media.services import erase_photos
from kith.notices.models import OUTSIDE, Notice
from kith.people.locks import locked_people
from kith.people.models import Person, Purpose, SharingPreference
from kith.people.services import end_consents
from kith.sharing.models import Comment, Like, Share
from kith.sharing.services.standing import write_openness

PURGING = "the circle side is over: what was shown on it is erased"
SURFACE = "wound down"


def purge(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Erase every share with what was said of it, reviews shown to everyone too, and say how many of what.

    Consent ends with the side, and with it the choice to share by itself. Who is whose friend, and in
    which circle, stays: it is nobody's but their own, and tells the strangers' side who is a stranger.
    """
    return do_all(_STEPS, now=now, goes_on=goes_on)


def _photos(_now: datetime) -> int:
    some = list(Photo.objects.unguarded(PURGING).filter(outside=False)[:BATCH])
    erase_photos(some)
    return len(some)


def _consents(now: datetime) -> int:
    """End the consent of some people, and what they chose under it."""
    showing = list(Person.objects.filter(shows=True).order_by("pk").values_list("pk", flat=True)[:BATCH])
    paused = SharingPreference.objects.order_by("pk").values_list("pk", flat=True)
    some = showing or list(paused[:BATCH])
    people = locked_people(*some)
    SharingPreference.objects.filter(pk__in=some).delete()
    end_consents(some, purpose=Purpose.SHARING, surface=SURFACE, at=now)
    for person in people.values():
        write_openness(person)
    return len(some)


_STEPS: dict[str, Step] = {
    "photos": _photos,
    "notices": erasing(Notice.objects.unguarded(PURGING).exclude(kind__in=OUTSIDE)),
    "comments": erasing(Comment.objects.unguarded(PURGING)),
    "likes": erasing(Like.objects.unguarded(PURGING)),
    "shares": erasing(Share.objects.unguarded(PURGING)),
    "people_who_showed": _consents,
}
"""What hangs on something goes before it, or would not be counted under its own name."""
