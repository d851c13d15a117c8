"""Relationships, circles and what leads to them. Each row is its owner's and nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from kith.core.clock import FOREVER, utc_now
from kith.core.guard import Guarded, Viewer
from kith.core.ids import RandomIdField
from kith.people.models import Person

MOST_MEMBERS = 150
MOST_CIRCLES = 20
MOST_FRIENDS = 5000
"""Bounds by design: what one change touches stays under 3,000 rows, so it can be exact at once."""


class Relationship(Guarded):
    """How `owner` stands to `other`. Two rows a pair, written together; no row: strangers.

    Each fact stands on both rows, so that a rule reads only rows of one owner.
    """

    owner = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    friend_at = models.DateTimeField(null=True, blank=True)
    blocked = models.BooleanField(default=False)
    blocked_by = models.BooleanField(default=False)
    muted = models.BooleanField(default=False)
    """I do not want to see what they show."""
    muted_by = models.BooleanField(default=False)
    hidden_from = models.BooleanField(default=False)
    """I do not show them what I show others."""
    hidden_by = models.BooleanField(default=False)
    shows = models.BooleanField(default=False)
    """The other's circle sharing is open: a copy of `other.shows`."""
    contact = models.BooleanField(default=False)
    """Their number is among those that I never want to meet outside."""
    contact_of = models.BooleanField(default=False)
    avoids = models.BooleanField(default=False)
    """I have shut them out outside. It must tell nothing inside, where they have another name."""
    avoided_by = models.BooleanField(default=False)
    alias = models.CharField(max_length=40, blank=True)
    """What I call them: "Mum"."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "other"], name="relationship_pair"),
            models.CheckConstraint(condition=~Q(owner=F("other")), name="relationship_with_another"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(owner=viewer.person_id)


class Window(models.TextChoices):
    """For how long a circle sees what is shown to it."""

    THREE_DAYS = "3d"
    ONE_MONTH = "1m"
    SIX_MONTHS = "6m"
    ALL = "all"

    def end(self, start: datetime) -> datetime:
        """The instant at which what became visible at `start` is gone again."""
        days = {self.THREE_DAYS: 3, self.ONE_MONTH: 30, self.SIX_MONTHS: 183}.get(self)
        return FOREVER if days is None else start + timedelta(days=days)


class CircleKind(models.TextChoices):
    FAMILY = "family"
    FRIENDS = "friends"
    CLASSMATES = "classmates"
    COLLEAGUES = "colleagues"
    NEIGHBOURS = "neighbours"
    OTHER = "other"


class Circle(Guarded):
    """One person's named list of friends. Nobody else learns its name, its size or its members."""

    id = RandomIdField()
    owner = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=CircleKind, default=CircleKind.OTHER)
    weight = models.PositiveSmallIntegerField(default=3)
    """How much the owner trusts it, 1 to 5; it weighs in their trusted merchants only."""
    window = models.CharField(max_length=3, choices=Window, default=Window.ALL)
    is_default = models.BooleanField(default=False)
    """What the owner buys goes here by itself when sharing is on."""
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="circle_name"),
            models.CheckConstraint(condition=Q(weight__range=(1, 5)), name="circle_weight_1_to_5"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(owner=viewer.person_id)


class Member(Guarded):
    """A friend in a circle."""

    owner = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    circle = models.ForeignKey(Circle, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["circle", "person"], name="member_once"),
        ]
        indexes = [models.Index(fields=["owner", "person", "circle"], name="member_of_owner")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(owner=viewer.person_id)


class FriendRequest(Guarded):
    """A wish to be friends, waiting for an answer. Answered or withdrawn, it is gone.

    A declined one stays, so that it cannot be repeated at once; to its sender it looks as before, and
    is gone from their sight when they take it back.
    """

    id = RandomIdField()
    sender = models.ForeignKey(Person, models.CASCADE, related_name="+")
    recipient = models.ForeignKey(Person, models.CASCADE, related_name="+")
    note = models.CharField(max_length=100, blank=True)
    circle = models.ForeignKey(Circle, models.SET_NULL, null=True, blank=True, related_name="+")
    """The sender's circle that the recipient goes into on accepting; the recipient never learns it."""
    suggested = models.ForeignKey(Circle, models.SET_NULL, null=True, blank=True, related_name="+")
    """The recipient's circle for which they made the invitation that this answers."""
    sent_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "recipient"], name="request_once"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        sent = Q(sender=viewer.person_id, taken_back_at=None)
        return sent | Q(recipient=viewer.person_id, declined_at=None)


class Invitation(Guarded):
    """A link or QR code. Whoever opens it may send its owner a request; it opens nothing by itself."""

    id = RandomIdField()
    owner = models.ForeignKey(Person, models.CASCADE, related_name="+")
    token = models.CharField(max_length=43, unique=True)
    circle = models.ForeignKey(Circle, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(owner=viewer.person_id)


class HiddenContact(Guarded):
    """A number that its owner never wants to meet outside, as a keyed hash: whose it is cannot be read.

    Whether the number belongs to anybody stands on the relationship rows of the two, and nowhere else.
    """

    owner = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, db_index=True)
    """HMAC-SHA256 of the number in E.164, in hexadecimal."""
    key = models.CharField(max_length=8)
    """Which key made it: the beginning of that key's own hash."""
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "digest"], name="hidden_contact_once")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(owner=viewer.person_id)
