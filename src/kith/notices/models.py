from __future__ import annotations

from django.db import models
from django.db.models import Q

from kith.core.guard import Guarded, Viewer
from kith.core.ids import RandomIdField
from kith.people.models import Person


class NoticeKind(models.TextChoices):
    """What happened. Each kind points to one thing, named beside it."""

    COMMENT = "comment"
    """Somebody commented on my share: the comment."""
    ANSWER = "answer"
    """Somebody answered my question: the comment."""
    REPLY = "reply"
    """Somebody wrote after me under the same share: the comment."""
    REQUEST = "request"
    """Somebody wants to be friends: the request."""
    ACCEPTED = "accepted"
    """Somebody accepted my request: the person."""
    CORRECTION = "correction"
    """A share that I commented on or found useful was corrected: the share."""
    MAY_SHARE = "may_share"
    """Something I bought has arrived, shall it be shown? The order line."""


class Notice(Guarded):
    """One thing that its recipient is told. It vanishes with what it points to."""

    id = RandomIdField()
    recipient = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=NoticeKind)
    subject = models.BigIntegerField()
    """The id of what it points to; the kind says of which table."""
    actor = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind", "subject"], name="notice_once"),
        ]
        indexes = [models.Index(fields=["recipient", "-at", "-id"], name="notice_newest")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(recipient=viewer.person_id)
