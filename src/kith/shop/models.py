"""What is sold, by whom, and who bought it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kith.audience.orders import sees_order, sees_order_line
from kith.core.clock import utc_now
from kith.core.guard import Guarded, Viewer
from kith.core.ids import RandomIdField
from kith.core.money import Money
from kith.people.models import Person


class Category(models.Model):
    """A shelf of the shop. What lies on a sensitive one is never shared."""

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("belongs to")
    )
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    sensitive = models.BooleanField(_("sensitive: never shared"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("shelf"), _("shelves")

    def __str__(self) -> str:
        return self.name_zh

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en


class Merchant(models.Model):
    id = RandomIdField()
    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("about"), max_length=2000, blank=True)
    region = models.CharField(_("region"), max_length=6, blank=True)
    source = models.CharField(_("source"), max_length=40, null=True, blank=True)
    external_id = models.CharField(_("id at the source"), max_length=120, null=True, blank=True)
    created_at = models.DateTimeField(_("since"), default=utc_now)
    closed_at = models.DateTimeField(_("closed since"), null=True, blank=True, editable=False)
    """Staff have closed the shop: nothing of it is listed, found or sold."""

    class Meta:
        verbose_name, verbose_name_plural = _("merchant"), _("merchants")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="merchant_source_id")]
        indexes = [
            # Few are closed, and every list asks which.
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="merchant_closed"),
        ]

    def __str__(self) -> str:
        return self.name


class MerchantStaff(models.Model):
    """Somebody who acts for a merchant: ships, answers refunds."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("person"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "person"], name="merchant_staff_once")]


class Listing(models.Model):
    id = RandomIdField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+", verbose_name=_("merchant"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("shelf"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    price_minor = models.PositiveBigIntegerField(_("price in the smallest unit"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    picture = models.CharField(_("picture"), max_length=500, blank=True)
    """The name of one of our drawings ("kettle"), or the address of a picture of the host shop."""
    on_sale = models.BooleanField(_("on sale"), default=True)
    """What its merchant wants. Whether it is sold depends on `ListingHold` and `Merchant.closed_at` too."""
    digest = models.BigIntegerField(default=0, editable=False)
    """Of all that it says (`digest_of`)."""
    source = models.CharField(_("source"), max_length=40, null=True, blank=True)
    external_id = models.CharField(_("id at the source"), max_length=120, null=True, blank=True)
    created_at = models.DateTimeField(_("since"), default=utc_now)

    class Meta:
        verbose_name, verbose_name_plural = _("listing"), _("listings")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="listing_source_id")]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="listing_newest"),
            models.Index(fields=["category", "-created_at", "-id"], name="listing_newest_in_category"),
            models.Index(fields=["merchant", "-created_at", "-id"], name="listing_newest_of_merchant"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class HoldState(models.TextChoices):
    """What has been decided about a listing. One without a hold is live."""

    SUSPECTED = "suspected", _("frozen")
    """Shown with a warning, and not for sale, until it is known."""
    REMOVED = "removed", _("taken down")
    RECALLED = "recalled", _("recalled")

    @property
    def is_gone(self) -> bool:
        """Whether it is in no list any more. Its own page stays, and says why."""
        return self is not HoldState.SUSPECTED


GONE = tuple(state for state in HoldState if state.is_gone)


class ListingHold(models.Model):
    """That a listing is frozen, taken down or recalled, since when, and the figures to say why with.

    Kept by `quality`, which decides. Everything that lists, finds, sells or counts asks it at every
    read. Many are written at once, so the listing, which is there, is not looked for anew.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="hold", db_constraint=False
    )
    state = models.CharField(max_length=9, choices=HoldState)
    since = models.DateTimeField()
    decision = models.BigIntegerField()
    """The id of the decision, which says the rest."""
    rule = models.CharField(max_length=40)
    standard = models.CharField(max_length=60, blank=True)
    claimed = models.CharField(max_length=60, blank=True)
    figure = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    words = models.CharField(max_length=200, blank=True)
    """The word of the finding that its rule's sentence needs: a quantity, a mark, a day, a batch."""

    class Meta:
        verbose_name, verbose_name_plural = _("hold"), _("holds")


class RefundReason(models.TextChoices):
    """Why money is asked back, in few words that can be counted."""

    CHANGED_MIND = "changed-mind", _("I don't want it any more")
    NOT_AS_DESCRIBED = "not-as-described", _("It is not as described")
    NOT_GENUINE = "not-genuine", _("It seems to be a fake")
    UNSAFE = "unsafe", _("It is dangerous, or does not protect")
    BROKEN = "broken", _("It is broken or something is missing")
    WRONG_ITEM = "wrong-item", _("Something else came")
    LATE = "late", _("It came too late, or never")
    RECALLED = "recalled", _("The shop has called it back")
    OTHER = "other", _("Something else")


class LineStatus(models.TextChoices):
    """Where an order line stands. `rank` decides between two states of the same instant."""

    PLACED = "placed", _("waits to be sent")
    SHIPPED = "shipped", _("on its way")
    DELIVERED = "delivered", _("arrived")
    REFUND_REQUESTED = "refund_requested", _("refund asked for")
    REFUNDED = "refunded", _("money given back")
    CANCELLED = "cancelled", _("cancelled")

    @property
    def rank(self) -> int:
        return list(type(self)).index(self)


class Order(Guarded):
    """One purchase: where it goes. Erasing the buyer's account empties the address and the name."""

    id = RandomIdField()
    buyer = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    placed_at = models.DateTimeField()
    ship_to = models.CharField(max_length=6, blank=True)
    """GB/T 2260 code of a region; never shared."""
    recipient = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=40, null=True, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="order_source_id")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_order(lines=OrderLine.objects.visible_to(viewer))


class OrderLine(Guarded):
    """One listing of an order, with the newest state that we have heard of.

    `delivered_at` is the earliest delivery heard of, `refund_requested_at` the last time that the money
    was asked back. They stay when a newer state comes, so that what follows from a line does not depend
    on the order in which its states arrive.
    """

    id = RandomIdField()
    order = models.ForeignKey(Order, models.CASCADE, related_name="+")
    buyer = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", db_index=False)
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("merchant")
    )
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+", verbose_name=_("listing"))
    external_id = models.CharField(max_length=120)
    """Its number within the order."""
    quantity = models.PositiveIntegerField(_("quantity"))
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    status = models.CharField(_("state"), max_length=16, choices=LineStatus, default=LineStatus.PLACED)
    status_at = models.DateTimeField(_("state since"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    refund_reason = models.CharField(_("why it comes back"), max_length=16, choices=RefundReason, blank=True)
    placed_at = models.DateTimeField(_("ordered"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    refund_requested_at = models.DateTimeField(_("refund asked for"), null=True, blank=True)
    is_gift = models.BooleanField(default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("order"), _("orders")
        constraints = [models.UniqueConstraint(fields=["order", "external_id"], name="order_line_once")]
        indexes = [
            models.Index(fields=["buyer", "-placed_at", "-id"], name="line_newest_of_buyer"),
            models.Index(fields=["merchant", "status", "-placed_at"], name="line_of_merchant"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        staffed = MerchantStaff.objects.filter(person=viewer.person_id).values("merchant")
        return sees_order_line(viewer, staffed=staffed)

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class Source(models.Model):
    """A host shop that sends us its records, and the secret it signs them with."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    secret = models.CharField(max_length=120)
    """Standard Webhooks form: `whsec_` and base64."""
    created_at = models.DateTimeField(_("since"), default=utc_now)

    class Meta:
        verbose_name, verbose_name_plural = _("host shop"), _("host shops")
