"""What the limits are kept by where nothing else is left. A model of this app: `models` takes it in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kith.core.guard import Guarded, Viewer
from kith.people.models import Person


class Erasure(Guarded):
    """That somebody wrote a post, a comment or a letter then, and has erased it.

    Kept for a day, so that erasing makes no room for more.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    """Of `limits.Kind`."""
    at = models.DateTimeField()
    """When it was written."""

    class Meta:
        indexes = [models.Index(fields=["person", "kind", "at"], name="erasures_of_person")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(person=viewer.person_id)
