"""Photos that were taken in for a share which was then never made."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from kith.media.models import Photo
from kith.media.services import erase_photos
from kith.sharing.models import SharePhoto

CLEARING = "photos that nothing shows are cleared away"
KEPT = timedelta(days=1)
"""For so long a form that was begun may still be sent."""


def erase_unused_photos(*, now: datetime) -> int:
    """Erase photos of the circle side on no share that were taken in more than a day ago; say how many."""
    attached = SharePhoto.objects.unguarded(CLEARING).filter(photo=OuterRef("pk"))
    inside = Photo.objects.unguarded(CLEARING).filter(outside=False)
    unused = inside.filter(~Exists(attached), created_at__lt=now - KEPT)
    photos = list(unused)
    erase_photos(photos)
    return len(photos)
