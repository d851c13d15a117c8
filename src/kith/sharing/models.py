"""Shares, who they are shown to, and what is said of them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kith.audience.comments import sees_comment
from kith.audience.shares import sees_delivery, sees_share
from kith.core.guard import Guarded, Viewer
from kith.core.ids import RandomIdField
from kith.media.models import Photo
from kith.people.models import Person
from kith.shop.models import Category, Listing, Merchant, OrderLine
from kith.ties.models import Circle

MOST_PHOTOS = 9


class ShareKind(models.TextChoices):
    PURCHASE = "purchase", _("Purchase")
    REVIEW = "review", _("Review")
    QUESTION = "question", _("Question")
    TIP = "tip", _("Tip")


class Outcome(models.TextChoices):
    """What became of the thing bought."""

    NONE = ""
    KEPT = "kept"
    RETURNED = "returned"
    REMOVED = "removed"
    """Taken down by the shop."""


class Share(Guarded):
    """Something a person shows: a projection that holds no more than others may learn.

    `line` ties a purchase or review to the order line it came from, so that a refund can
    correct it; it is never shown. `bought_month` is all that is told of the time.
    """

    id = RandomIdField()
    author = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=ShareKind)
    listing = models.ForeignKey(
        Listing, models.CASCADE, null=True, related_name="+", verbose_name=_("listing")
    )
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, null=True, related_name="+", db_index=False, verbose_name=_("merchant")
    )
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+", db_index=False)
    line = models.ForeignKey(OrderLine, models.SET_NULL, null=True, related_name="+")
    bought_month = models.DateField(null=True)
    """The first of the month."""
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.NONE, blank=True)
    rating = models.PositiveSmallIntegerField(_("stars"), null=True)
    text = models.TextField(max_length=2000, blank=True)
    to_everyone = models.BooleanField(_("shown to everyone"), default=False)
    by_itself = models.BooleanField(default=False)
    """Made by the author's standing choice, not by hand."""
    created_at = models.DateTimeField()
    visible_from = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)
    """Its author shows it to nobody."""
    withdrawn_by_staff = models.BooleanField(_("taken back by the shop"), default=False)
    """The shop shows it to nobody. Either can be undone without undoing the other."""
    withdrawn_at = models.DateTimeField(null=True)
    """Since when it is shown to nobody, for either reason: what every rule reads."""
    source = models.CharField(max_length=40, null=True)
    external_id = models.CharField(max_length=120, null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("share"), _("shares")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="share_source_id"),
            models.UniqueConstraint(fields=["line", "kind"], name="share_once_per_line"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)), name="share_rating_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(to_everyone=False) | Q(kind=ShareKind.REVIEW), name="only_reviews_to_everyone"
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-visible_from", "-id"], name="share_newest_of_author"),
            models.Index(
                fields=["listing", "-visible_from", "-id"],
                condition=Q(to_everyone=True),
                name="public_reviews_of_listing",
            ),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_share(viewer, delivered=Delivery.objects.visible_to(viewer))

    def is_shown(self, now: datetime) -> bool:
        """Whether anybody but its author could see it: neither held nor withdrawn."""
        return self.withdrawn_at is None and self.visible_from <= now


class Audience(Guarded):
    """A circle that a share is shown to, and until when. Its author's knowledge only."""

    author = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    share = models.ForeignKey(Share, models.CASCADE, related_name="+", db_index=False)
    circle = models.ForeignKey(Circle, models.CASCADE, related_name="+")
    visible_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "circle"], name="audience_once")]
        indexes = [models.Index(fields=["author", "circle", "share"], name="audience_of_author")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(author=viewer.person_id)


class Delivery(Guarded):
    """One share shown to one viewer: the fact that lets them see it. Lies with the viewer.

    Carries what evidence counts, so that evidence too is a query over one viewer's rows.
    Written by `deliver` alone. It goes with its share, so the columns copied from the share need
    no constraints of their own, nor the indexes that would serve them.
    """

    pk = models.CompositePrimaryKey("viewer_id", "share_id")
    viewer = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    share = models.ForeignKey(Share, models.CASCADE, related_name="+")
    author = models.ForeignKey(
        Person, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=8, choices=ShareKind)
    listing = models.ForeignKey(
        Listing, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    merchant = models.ForeignKey(
        Merchant, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    visible_from = models.DateTimeField()
    visible_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["viewer", "-visible_from", "-share"], name="delivery_timeline"),
            models.Index(fields=["viewer", "listing"], name="delivery_listing"),
            models.Index(fields=["viewer", "merchant"], name="delivery_merchant"),
            models.Index(fields=["viewer", "author"], name="delivery_author"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_delivery(viewer)


class SharePhoto(Guarded):
    """A photo on a share; whoever may see the share may see it."""

    author = models.ForeignKey(Person, models.CASCADE, related_name="+")
    share = models.ForeignKey(Share, models.CASCADE, related_name="+", db_index=False)
    photo = models.OneToOneField(Photo, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "position"], name="photo_position")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return Q(Exists(Share.objects.visible_to(viewer).filter(pk=OuterRef("share"))))


class Comment(Guarded):
    """What somebody said under a share; under a question, an answer."""

    id = RandomIdField()
    share = models.ForeignKey(Share, models.CASCADE, related_name="+", db_index=False)
    share_author = models.ForeignKey(
        Person, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    author = models.ForeignKey(Person, models.CASCADE, related_name="+")
    text = models.TextField(max_length=1000)
    at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["share", "at", "id"], name="comments_of_share")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_comment(viewer, shares=Share.objects.visible_to(viewer))


class Like(Guarded):
    """Somebody found a share useful."""

    share = models.ForeignKey(Share, models.CASCADE, related_name="+", db_index=False)
    share_author = models.ForeignKey(
        Person, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "person"], name="like_once")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_comment(viewer, shares=Share.objects.visible_to(viewer), by="person", hidden=None)


class TakenIn(models.Model):
    """What a source's record said when it was last taken in, as two hashes and nothing else.

    A record that comes again word for word is left alone: it must not undo what people have
    changed since, nor bring back what they have erased.
    """

    key = models.BigIntegerField(primary_key=True)
    """Of the source, the type and what the record is about."""
    digest = models.BigIntegerField()
    """Of all that it says."""
