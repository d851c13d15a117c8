from __future__ import annotations

from django.db import models
from django.db.models import Q

from kith.core.guard import Guarded, Viewer
from kith.core.ids import RandomIdField
from kith.people.models import Person


class Photo(Guarded):
    """A photo as it was re-encoded; nothing of the upload is left.

    By itself it is its owner's alone. What it is attached to lets others see it.
    """

    id = RandomIdField()
    owner = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(max_length=32, unique=True)
    """Random; the files are `<name>-<size>.webp` in MEDIA_ROOT."""
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(owner=viewer.person_id)
