"""Who somebody is, and what they agreed to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kith.core.clock import utc_now
from kith.core.ids import RandomIdField
from kith.core.ledger import Ledger

MINIMUM_HOLD = timedelta(minutes=3)
DEFAULT_HOLD = timedelta(minutes=30)


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, handle: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(handle=handle.lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, handle: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(handle, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(handle=(username or "").lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """The account of a shopper, or of somebody who works for the shop.

    `shows` is true while this person's circle sharing is open: consent live, not paused,
    not suspended. `sharing.services.standing` keeps it, here and on every relationship
    row that points at them, so that a rule need read only rows of one owner.
    """

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "简体中文"
        ENGLISH = "en", "English"

    id = RandomIdField()
    handle = models.CharField(_("Kith name"), max_length=30, unique=True)
    display_name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(max_length=16, unique=True, null=True, blank=True)
    """E.164, such as +8613800138000."""
    phone_verified = models.BooleanField(default=False)
    found_by_phone = models.BooleanField(default=False)
    region = models.CharField(max_length=6, blank=True)
    """GB/T 2260 code of a province or city; never finer."""
    born = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=10, choices=Language, default=Language.CHINESE)
    care_mode = models.BooleanField(default=False)
    shows = models.BooleanField(default=False)
    suspended_at = models.DateTimeField(_("closed since"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("works for the shop"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=utc_now)
    source = models.CharField(_("source"), max_length=40, null=True, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)

    USERNAME_FIELD = "handle"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("people")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="person_source_id"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


UNFINISHED = Q(phone_verified=False, last_login=None, source=None, password__startswith="!")
"""A sign-up by phone whose code was never entered: nobody can get into it, and it holds nothing."""


class Purpose(models.TextChoices):
    """What a person may agree to."""

    SHARING = "sharing", _("Circles of trust")
    """The circle side: seeing what friends show, and showing them what one chooses to."""
    STRANGERS = "strangers", _("Strangers' channel")
    """Outside: reading what strangers write, and writing to them under another name."""


class Consent(Ledger):
    """One entry of the ledger of consent: given or withdrawn."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("person"))
    purpose = models.CharField(_("to what"), max_length=20, choices=Purpose)
    text_version = models.CharField(_("wording"), max_length=20)
    surface = models.CharField(_("where"), max_length=40)
    """Where it was said: "web", "api", "import:tmall"."""
    given = models.BooleanField(_("given"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name, verbose_name_plural = _("consent"), _("ledger of consent")
        indexes = [models.Index(fields=["person", "purpose", "-at", "-id"], name="consent_latest")]


class SharingMode(models.TextChoices):
    OFF = "off"
    ASK = "ask"
    AFTER_DELIVERY = "after_delivery"


class SharingPreference(models.Model):
    """What a person wants done with what they buy. No row: sharing is off."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    mode = models.CharField(max_length=20, choices=SharingMode, default=SharingMode.OFF)
    mode_since = models.DateTimeField()
    """The mode applies to what is bought from this instant on, never to what was bought before."""
    hold = models.DurationField(default=DEFAULT_HOLD)
    excluded_categories = models.JSONField(default=list)
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hold__gte=MINIMUM_HOLD), name="hold_at_least_three_minutes"),
        ]


class AccessToken(models.Model):
    """A key to the API for one person's programs. Only its hash is kept."""

    id = RandomIdField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)


def grown_up_since(now: datetime) -> int:
    """The latest year of birth with which somebody is certainly 18: of the day nothing is known."""
    return now.year - 19


def birth_years(now: datetime) -> range:
    """The years of birth that an account may state: 14 to 120 years ago (PIPL art. 31)."""
    return range(now.year - 120, now.year - 13)
