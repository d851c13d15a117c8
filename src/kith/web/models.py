"""What the pages themselves have to remember."""

from __future__ import annotations

from django.db import models

from kith.people.models import Person


class SentForm(models.Model):
    """A form that was sent and did its work, so that the same form sent again does nothing."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    token = models.CharField(max_length=32)
    made = models.BigIntegerField()
    """The id of what it made."""
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "token"], name="form_sent_once")]
