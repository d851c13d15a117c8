from __future__ import annotations

from django.db import models
from django.db.models import Q

from kith.core.guard import Guarded, Viewer
from kith.core.ids import RandomIdField
from kith.people.models import Person


class Photo(Guarded):
    """A photo as it was re-encoded; nothing of the upload is left.

    By itself it is its owner's alone. What it is attached to lets others see it.
    A photo never changes sides.
    """

    id = RandomIdField()
    owner = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(max_length=32, unique=True)
    """Random; the files are `<name>-<size>.webp` in MEDIA_ROOT."""
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    outside = models.BooleanField(default=False)
    """Taken in for the strangers' channel; else for the circle side."""
    fingerprint = models.BigIntegerField(null=True)
    """By which it is noticed on the other side (`detectors.alike`). NULL: not looked at yet."""
    veiled = models.CharField(max_length=32, blank=True)
    """Random too: the name of the copies with faces blurred. "" where there are no faces, or inside."""

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each set of copies that there is."""
        return (self.name, self.veiled) if self.veiled else (self.name,)

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(owner=viewer.person_id)
