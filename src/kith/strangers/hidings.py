"""What the bound on hidden numbers is kept by. A model of this app: `models` takes it in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kith.core.guard import Guarded, Viewer
from kith.people.models import Person


class Hiding(Guarded):
    """How many numbers somebody put on the list of those they hide from, and when.

    Kept for a day, so that taking numbers off the list gives no new tries.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    numbers = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="hidings_of_person")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(person=viewer.person_id)
