"""Answers kept so that a request which is sent again is not done again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kith.core.guard import Guarded, Viewer
from kith.people.models import Person
from kith.shop.models import Source


class KeptAnswer(Guarded):
    """What a person's program was answered under an Idempotency-Key."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    """SHA-256 of it. The key itself, which the person's program has, opens the body."""
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of the method, the path and the body."""
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="answer_once_per_key")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(person=viewer.person_id)


class TakenBatch(models.Model):
    """What a host shop was answered for a batch of records, by the batch's webhook-id."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="+", db_index=False)
    webhook_id = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "webhook_id"], name="batch_once")]
