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
    CORRECTED = "corrected"
    """What a share speaks of, that I showed, commented on or found useful, was taken down: the share."""
    RECALLED = "recalled"
    """Something I bought was taken down or recalled: the order line."""
    DECIDED = "decided"
    """Something was decided about a listing of my shop, or the shop: the decision."""
    SWEPT = "swept"
    """A sweep found something against listings of my shop: the sweep."""

    POST_COMMENT = "post_comment"
    """Outside: a stranger said something under my post: the comment."""
    POST_ANSWER = "post_answer"
    """Outside: a stranger answered what I said under a post: the comment."""
    POST_FOLLOWED = "post_follow"
    """Outside: something was said under a post that I follow: the comment."""
    GREETING = "greeting"
    """Outside: a stranger greets me: the exchange."""
    LETTER = "letter"
    """Outside: an answer to my greeting, or a letter: the exchange."""
    WISH = "wish"
    """Outside: the other end of an exchange wants us to know each other: the exchange."""
    POST_HIDDEN = "post_hidden"
    """Outside: the shop has hidden my post: the post."""


OUTSIDE = frozenset(
    {
        NoticeKind.POST_COMMENT,
        NoticeKind.POST_ANSWER,
        NoticeKind.POST_FOLLOWED,
        NoticeKind.GREETING,
        NoticeKind.LETTER,
        NoticeKind.WISH,
        NoticeKind.POST_HIDDEN,
    }
)
"""What is told outside only: nothing on the circle side may speak of it."""


class Notice(Guarded):
    """One thing that its recipient is told. It vanishes with what it points to."""

    id = RandomIdField()
    recipient = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=NoticeKind)
    subject = models.BigIntegerField()
    """The id of what it points to; the kind says of which table."""
    actor = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind", "subject"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-at", "-id"], name="notice_newest"),
            models.Index(fields=["actor"], name="notices_of_actor", condition=Q(actor__isnull=False)),
            # By it they are found when what they point to is gone (`services.forget`).
            models.Index(fields=["subject"], name="notices_of_subject"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(recipient=viewer.person_id)
