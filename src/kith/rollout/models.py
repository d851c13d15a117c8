"""What opens a feature, to whom, since when, and who changed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar, Protocol, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from waffle.models import AbstractBaseFlag

from kith.core.ledger import Ledger
from kith.people.models import Person
from kith.rollout.rules import PLACES, HasTerms, Kind, Opening, lets_in, rule_of, unite

FEATURES: dict[str, Promise] = {
    "circles": _("Circles of trust"),
    "strangers": _("Strangers' channel"),
}
"""All that can be opened, by name, with what people call it."""


class State(models.TextChoices):
    OPEN = "open", _("open to its batches")
    CLOSED = "closed", _("closed for all")
    WINDING_DOWN = "winding_down", _("winding down")


class Feature(AbstractBaseFlag):
    """A flag of django-waffle that batches open.

    Waffle's own switches are gone, so that there is one truth; its cache never answers, so that
    what is closed is closed at the next request.
    """

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    wound_down_on = models.DateField(_("last day for taking what is one's own"), null=True, blank=True)
    purged_at = models.DateTimeField(_("purged"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    everyone = None
    percent = None
    testing = None  # type: ignore[assignment]
    superusers = None  # type: ignore[assignment]
    staff = None  # type: ignore[assignment]
    authenticated = None  # type: ignore[assignment]
    languages = None  # type: ignore[assignment]
    rollout = None  # type: ignore[assignment]
    note = None  # type: ignore[assignment]
    created = None  # type: ignore[assignment]
    modified = None  # type: ignore[assignment]

    objects: ClassVar[models.Manager[Self]] = models.Manager()  # type: ignore[assignment]

    class Meta:
        verbose_name, verbose_name_plural = _("feature"), _("features")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.WINDING_DOWN, wound_down_on__isnull=False)
                | (~Q(state=State.WINDING_DOWN) & Q(wound_down_on=None, purged_at=None)),
                name="winding_down_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return str(FEATURES.get(self.name, self.name))

    @classmethod
    def get(cls, name: str) -> Self:
        """Read it anew. One that nobody has set up is open to nobody."""
        return cls.objects.filter(name=name).first() or cls(name=name)

    @classmethod
    def get_all(cls) -> list[Self]:
        return list(cls.objects.order_by("name"))

    def flush(self) -> None:
        """Nothing of it is in a cache."""

    def opening(self, batches: Iterable[Batch], now: datetime) -> Opening:
        """Say whom it is open to now. :param batches: all of the feature's."""
        return opening_of(self.state, self.wound_down_on, batches, now)

    def is_active(self, request: HttpRequest, read_only: bool = False) -> bool:
        """Answer waffle's decorators and template tags by the same rule as everything else."""
        viewer = getattr(request, "viewer", None)
        if viewer is None or viewer.person_id is None:
            return False
        return lets_in(self.opening(self.batches.all(), viewer.now), viewer.person_id)

    def is_active_for_user(  # type: ignore[override]
        self, user: Person | AnonymousUser, *, now: datetime
    ) -> bool:
        """Answer for somebody at an instant, which waffle leaves to the clock and we do not."""
        return user.pk is not None and lets_in(self.opening(self.batches.all(), now), user.pk)


class Batch(models.Model):
    """Some people to whom a feature is open from an instant on, unless paused."""

    feature = models.ForeignKey(Feature, models.CASCADE, related_name="batches")
    kind = models.CharField(_("whom"), max_length=8, choices=Kind)
    per_ten_thousand = models.PositiveSmallIntegerField(null=True, blank=True)
    region = models.CharField(max_length=6, blank=True)
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)
    joined_before = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(_("from"))
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("batch"), _("batches")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=Kind.SHARE) | Q(per_ten_thousand__gte=1, per_ten_thousand__lte=PLACES),
                name="share_of_ten_thousand",
            ),
        ]

    def is_running(self, now: datetime) -> bool:
        return is_running(self, now)

    def rule(self, now: datetime) -> Q:
        """Match the people whom it lets in while it runs."""
        return rule_of_batch(self, now)


class HoldsBatch(HasTerms, Protocol):
    """A batch, or a row of a query that holds what one does."""

    @property
    def id(self) -> int: ...
    @property
    def feature_id(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def paused_at(self) -> datetime | None: ...


def is_running(batch: HoldsBatch, now: datetime) -> bool:
    return batch.paused_at is None and batch.starts_at <= now


def rule_of_batch(batch: HoldsBatch, now: datetime) -> Q:
    """Match the people whom a batch lets in while it runs."""
    return rule_of(batch, feature=batch.feature_id, listed=lambda: _is_on_list(batch.id), now=now)


def _is_on_list(batch_id: int) -> Q:
    return Q(Exists(Listed.objects.filter(batch=batch_id, person=OuterRef("pk"))))


def opening_of(
    state: str, wound_down_on: date | None, batches: Iterable[HoldsBatch], now: datetime
) -> Opening:
    """Say whom a feature is open to now. :param batches: all of its."""
    if state != State.OPEN:
        return Opening(state, None, wound_down_on)
    return Opening(state, unite([rule_of_batch(batch, now) for batch in batches if is_running(batch, now)]))


class Listed(models.Model):
    """Somebody on the list of a batch."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("person"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "person"], name="listed_once_in_a_batch")]


class Waiting(models.Model):
    """Somebody who asked to be let in; first come, first served."""

    feature = models.ForeignKey(Feature, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("person"))
    since = models.DateTimeField(_("since"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feature", "person"], name="waits_once")]
        indexes = [models.Index(fields=["feature", "since", "id"], name="waiting_in_turn")]


class What(models.TextChoices):
    """What was done to a feature. The codes are stable."""

    SET_UP = "set-up", _("set up")
    BATCH_OPENED = "batch-opened", _("opened to a batch")
    BATCH_CHANGED = "batch-changed", _("batch changed")
    BATCH_PAUSED = "batch-paused", _("batch paused")
    BATCH_RESUMED = "batch-resumed", _("batch goes on")
    BATCH_REMOVED = "batch-removed", _("batch removed")
    ADMITTED = "admitted", _("let in from the waiting list")
    CLOSED = "closed", _("closed for all")
    REOPENED = "reopened", _("opened again")
    WINDING_DOWN = "winding-down", _("began to wind down")
    PURGED = "purged", _("content purged")


class Change(Ledger):
    """One entry of the log: who did what to a feature, and why.

    Lists stand in it as numbers, for who was on them may ask to be forgotten, and the log does
    not forget. For the same reason somebody's account may go, and leaves the entry without a name.
    """

    feature = models.ForeignKey(Feature, models.PROTECT, related_name="+", verbose_name=_("feature"))
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    surface = models.CharField(_("where"), max_length=10)
    """web, api, cli or job."""
    what = models.CharField(_("what"), max_length=20, choices=What)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    why = models.TextField(_("why"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("change of a feature"), _("log of features")
        indexes = [models.Index(fields=["feature", "-at", "-id"], name="log_of_a_feature")]
