"""What is read in listings, proven of them, found against them and decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kith.audience.quality import sees_own, sees_papers
from kith.core.guard import Guarded, Viewer
from kith.core.ids import RandomIdField
from kith.core.ledger import Ledger
from kith.people.models import Person
from kith.quality.transitions import Act
from kith.shop.models import Category, Listing, Merchant, MerchantStaff, OrderLine, RefundReason

BETWEEN = "|"
"""Stands between the members of a list that is kept as one text, so that both engines can take it apart."""


def _staffed(viewer: Viewer) -> models.QuerySet[MerchantStaff, dict[str, int]]:
    return MerchantStaff.objects.filter(person=viewer.person_id).values("merchant")  # type: ignore[return-value]


# --- What a listing claims -----------------------------------------------------------------


class Reading(models.Model):
    """What a listing claims, as `claims.read_claims` read it in the words of `digest`.

    Derived: it can be thrown away and read again. One whose digest or reader is not that of
    today is stale, and is read anew before it is used.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="reading", db_constraint=False
    )
    digest = models.BigIntegerField()
    reader = models.PositiveSmallIntegerField()
    standards = models.CharField(max_length=500, blank=True)
    grades = models.CharField(max_length=200, blank=True)
    levels = models.CharField(max_length=40, blank=True)
    marks = models.CharField(max_length=500, blank=True)
    """Lists, kept as one text each (`BETWEEN`)."""
    figure = models.FloatField(null=True)
    """The share of particles that it says to hold back, in per cent; the highest of several."""
    medical = models.BooleanField()
    children = models.BooleanField()
    produced_on = models.DateField(null=True)
    batch = models.CharField(max_length=60, blank=True)
    pieces = models.PositiveIntegerField(default=1)
    text_print = models.BigIntegerField()
    text_check = models.BigIntegerField(default=0)
    """Of title and description (`detectors.near_text`); 0 for a text too short to be known again."""
    picture_print = models.BigIntegerField()
    """Of the picture's address at the host shop; 0 for none, or a drawing of ours."""


# --- Evidence ------------------------------------------------------------------------------


class ReportState(models.TextChoices):
    SUBMITTED = "submitted", _("waits to be looked at")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("refused")


class LabReport(Guarded):
    """A laboratory's report that a merchant has handed in."""

    id = RandomIdField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+", verbose_name=_("merchant"))
    standard = models.CharField(_("standard"), max_length=60)
    """Its key, such as "GB 2626-2019"."""
    grade = models.CharField(_("class"), max_length=20, blank=True)
    laboratory = models.CharField(max_length=120)
    """Folded (`laboratories.fold_laboratory`): by it and the number the same report is known again."""
    laboratory_written = models.CharField(_("laboratory"), max_length=120, blank=True)
    accreditation = models.CharField(_("accreditation number"), max_length=40, blank=True)
    number = models.CharField(_("report number"), max_length=60)
    sample = models.CharField(_("sample"), max_length=120)
    batch = models.CharField(_("batch"), max_length=60, blank=True)
    produced_on = models.DateField(_("produced on"), null=True, blank=True)
    tested_on = models.DateField(_("tested on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    file = models.CharField(max_length=80, blank=True)
    """Name of the stored file; its end tells what it is."""
    state = models.CharField(_("state"), max_length=9, choices=ReportState, default=ReportState.SUBMITTED)
    submitted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("handed in"))
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("laboratory report"), _("laboratory reports")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "laboratory", "number"], name="report_once"),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="report_queue"),
            models.Index(fields=["decided_at"], name="reports_decided"),
            models.Index(fields=["laboratory", "number"], name="report_by_number"),
        ]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_papers(viewer, staffed=_staffed(viewer))

    def __str__(self) -> str:
        return f"{self.laboratory_name} {self.number}"

    @property
    def laboratory_name(self) -> str:
        """As the report itself writes it."""
        return self.laboratory_written or self.laboratory


class Measure(models.Model):
    """One value that the laboratory measured: `quantity` and its unit are those of the standards."""

    report = models.ForeignKey(LabReport, models.CASCADE, related_name="measures", db_index=False)
    quantity = models.CharField(max_length=40)
    value = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "quantity"], name="measured_once")]


class ReportUse(models.Model):
    """A listing that a report is said to be about."""

    report = models.ForeignKey(LabReport, models.CASCADE, related_name="uses", db_index=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+")
    covered = models.BooleanField(null=True)
    """Whether staff found that the sample is what this listing sells; None: not said yet."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "listing"], name="report_used_once")]


WRONG = (
    RefundReason.NOT_AS_DESCRIBED, RefundReason.NOT_GENUINE, RefundReason.UNSAFE, RefundReason.BROKEN,
    RefundReason.WRONG_ITEM,
)  # fmt: skip
"""Why something comes back that speaks against the thing. A recall's own refunds do not."""


class Complaint(Guarded):
    """What somebody who bought it says is wrong with a listing. The merchant is never told by whom."""

    id = RandomIdField()
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    line = models.ForeignKey(OrderLine, models.SET_NULL, null=True, related_name="+")
    """The purchase that verifies them."""
    reason = models.CharField(max_length=16)
    """A code of `shop.RefundReason`."""
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("complaint of a buyer"), _("complaints of buyers")
        constraints = [models.UniqueConstraint(fields=["listing", "person"], name="complains_once")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_own(viewer)


# --- Sweeps --------------------------------------------------------------------------------


class SweepState(models.TextChoices):
    PLANNED = "planned", _("waits to begin")
    SCANNED = "scanned", _("waits for a decision")
    APPLYING = "applying", _("being carried out")
    APPLIED = "applied", _("carried out")
    DROPPED = "dropped", _("dropped")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class Sweep(models.Model):
    """One pass of the rules over the catalogue, or a part of it."""

    id = RandomIdField()
    state = models.CharField(_("state"), max_length=8, choices=SweepState, default=SweepState.PLANNED)
    standard = models.CharField(_("standard"), max_length=60, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shelf")
    )
    rules = models.CharField(_("rule set"), max_length=20, blank=True)
    """Its version, once it is scanned."""
    created_at = models.DateTimeField(_("begun"))
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    dry_run = models.BooleanField(_("dry run"), default=False)
    """To look only: it can never be carried out."""
    by_worker = models.BooleanField(default=False)
    """Whether the worker scans it. Otherwise whoever planned it does, and the worker leaves it alone."""
    scan_began_at = models.DateTimeField(null=True)
    scanned_at = models.DateTimeField(_("scanned"), null=True)
    listings = models.PositiveIntegerField(_("listings"), default=0)
    flagged = models.PositiveIntegerField(_("listings with findings"), default=0)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    """Who had it carried out, or dropped it."""
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(_("why"), max_length=500, blank=True)
    done_to = models.BigIntegerField(default=-1)
    """It is carried out, or undone, up to and with this listing, in the order of their ids."""
    taken_down = models.PositiveIntegerField(_("decisions"), default=0)
    passed_over = models.PositiveIntegerField(_("changed meanwhile"), default=0)
    undone_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_why = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("sweep"), _("sweeps")


class Finding(models.Model):
    """One rule that one listing breaks, with the figures that show it. Written once, by the scan.

    Of the findings of one listing `main` is the gravest: what is decided rests on it. Many are
    written at once: what they point to is there, and is not looked for anew.
    """

    pk = models.CompositePrimaryKey("sweep_id", "listing_id", "rule")
    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    rule = models.CharField(max_length=40)
    act = models.CharField(max_length=9, choices=Act)
    main = models.BooleanField()
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    digest = models.BigIntegerField()
    """What the listing said then."""
    standard = models.CharField(max_length=60, blank=True)
    claimed = models.CharField(max_length=60, blank=True)
    figure = models.FloatField(null=True)
    """What was measured or counted, in the rule's unit."""
    bound = models.FloatField(null=True)
    """What it would have had to keep to."""
    other = models.BigIntegerField(null=True)
    """The id of the report, or of the listing taken down, that shows it."""
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("finding"), _("findings")


class SampleItem(models.Model):
    """A finding drawn by chance for people to look at, and what they said of it."""

    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="+", db_index=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    right = models.BooleanField(null=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sweep", "listing"], name="drawn_once")]


# --- Decisions -----------------------------------------------------------------------------


class Decision(Ledger):
    """One step of a listing, or of a shop: what was decided, since when, on what facts, by whom.

    Append-only. Numbered as they come: how many there are is published anyway. The statement of
    reasons is written from this row at every read, in the language of whoever reads it.
    """

    id = models.BigAutoField(primary_key=True)
    listing = models.ForeignKey(
        Listing, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    """None: it is about the shop."""
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    act = models.CharField(_("decision"), max_length=9, choices=Act)
    before = models.CharField(max_length=9, blank=True)
    """The state until then."""
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", db_index=False, verbose_name=_("who")
    )
    found_by_machine = models.BooleanField(default=False)
    decided_by_machine = models.BooleanField(default=False)
    sweep = models.ForeignKey(
        Sweep, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    ends = models.BigIntegerField(null=True)
    """Of a reinstatement or reopening: the id of the decision that it takes back."""
    rule = models.CharField(_("rule"), max_length=40, blank=True)
    digest = models.BigIntegerField(default=0)
    standard = models.CharField(max_length=60, blank=True)
    claimed = models.CharField(max_length=60, blank=True)
    figure = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    other = models.BigIntegerField(null=True)
    words = models.TextField(_("in words"), max_length=2000, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["sweep", "listing", "act"], condition=Q(sweep__isnull=False), name="swept_once"
            ),
        ]
        indexes = [
            models.Index(fields=["listing", "id"], name="decisions_of_listing"),
            models.Index(fields=["merchant", "-id"], name="decisions_of_merchant"),
        ]


class DecisionCount(models.Model):
    """How many decisions of one kind there were in a month: sums of the ledger, kept for the public page.

    Derived (`services.tallies`): thrown away, they are counted anew from the beginning. A decision is
    never changed, so what was counted stays right.
    """

    month = models.DateField()
    """Its first day, where the shop is."""
    standard = models.CharField(max_length=60, blank=True)
    act = models.CharField(max_length=9, choices=Act)
    found_by_machine = models.BooleanField()
    decided_by_machine = models.BooleanField()
    after_appeal = models.BooleanField()
    """Of what takes a decision back: that an appeal did."""
    number = models.PositiveIntegerField()
    up_to = models.BigIntegerField()
    """The last decision that is counted; the same in all rows, so that one query reads both."""


class AppealState(models.TextChoices):
    OPEN = "open", _("waits to be decided")
    UPHELD = "upheld", _("the decision stays")
    OVERTURNED = "overturned", _("the decision is taken back")


class Appeal(Guarded):
    """A merchant's word against a decision, answered once, with reasons, by somebody else."""

    id = RandomIdField()
    decision = models.OneToOneField(Decision, models.CASCADE, related_name="+")
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("made"))
    words = models.TextField(_("in the merchant's words"), max_length=4000)
    report = models.ForeignKey(LabReport, models.SET_NULL, null=True, related_name="+")
    """New evidence."""
    state = models.CharField(_("state"), max_length=10, choices=AppealState, default=AppealState.OPEN)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reasons = models.TextField(_("reasons"), max_length=4000, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("appeal"), _("appeals")
        indexes = [models.Index(fields=["state", "at"], name="appeal_queue")]

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_papers(viewer, staffed=_staffed(viewer))


class Remedy(models.TextChoices):
    """What a buyer of a recalled thing may choose."""

    REFUND = "refund", _("money back")
    REPLACEMENT = "replacement", _("another one that meets the standard")
    DISPOSAL = "disposal", _("nothing: it is thrown away")


class RecallClaim(Guarded):
    """What a buyer chose when told of a takedown or recall: once for each thing bought."""

    id = RandomIdField()
    line = models.OneToOneField(OrderLine, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    decision = models.ForeignKey(Decision, models.CASCADE, related_name="+", db_index=False)
    remedy = models.CharField(max_length=11, choices=Remedy)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("claim after a recall"), _("claims after recalls")

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        return sees_own(viewer)
