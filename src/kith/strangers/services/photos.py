"""Photos on posts, comments and letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import ngettext

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.media.services import erase_photos
from kith.people.signed_in import myself
from kith.strangers.models import OutsidePhoto, Persona

ATTACHING = "a photo is on one thing only, whoever may see that"
CLEARING = "photos that nothing shows are cleared away"
KEPT = timedelta(days=1)
"""For so long a form that was begun may still be sent."""


class TooManyPhotos(Refused):
    code: ClassVar[str] = "too-many-photos"


def attach(viewer: Viewer, photo_ids: Sequence[int], *, most: int, **on: Any) -> None:
    """Put photos of the viewer's on a post, a comment or a letter, in this order.

    :param on: `post`, `comment` or `letter`.
    :raises TooManyPhotos: more than `most`.
    :raises NotThere: one of them is not theirs, was taken in inside, or is on something else already.
    """
    me, wanted = myself(viewer), list(dict.fromkeys(photo_ids))
    if len(wanted) > most:
        sentence = ngettext("At most %(most)d photo.", "At most %(most)d photos.", most)
        raise TooManyPhotos(sentence % {"most": most})
    if not wanted:
        return
    free = Photo.objects.visible_to(viewer).filter(pk__in=wanted, owner=me, outside=True)
    if free.exclude(_is_used()).count() != len(wanted):
        raise NotThere
    OutsidePhoto.objects.bulk_create(
        OutsidePhoto(author_id=me, photo_id=photo_id, position=position, **on)
        for position, photo_id in enumerate(wanted)
    )


def _is_used() -> Q:
    """Match photos that are on something, or are the picture of a persona."""
    hung = OutsidePhoto.objects.unguarded(ATTACHING).filter(photo=OuterRef("pk"))
    pictured = Persona.objects.unguarded(ATTACHING).filter(avatar=OuterRef("pk"))
    return Q(Exists(hung)) | Q(Exists(pictured))


def erase_attached(on: Q) -> None:
    """Erase the photos, and their files, on what matches.

    :param on: a condition on `OutsidePhoto`.
    """
    hung = OutsidePhoto.objects.unguarded("what they are on is erased").filter(on)
    photos = Photo.objects.unguarded("what they are on is erased").filter(pk__in=hung.values("photo"))
    erase_photos(list(photos))


def erase_unused_outside_photos(*, now: datetime) -> int:
    """Erase photos for outside that are on nothing and were taken in more than a day ago; say how many."""
    old = Photo.objects.unguarded(CLEARING).filter(outside=True, created_at__lt=now - KEPT)
    photos = list(old.exclude(_is_used()))
    erase_photos(photos)
    return len(photos)
