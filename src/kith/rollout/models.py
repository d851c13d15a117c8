from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.people.models import Person


class Feature(models.Model):
    """Something that can be open to all, to listed people, or to nobody."""

    class Openness(models.TextChoices):
        ALL = "all", _("everybody")
        LISTED = "listed", _("listed people")
        NONE = "none", _("nobody")

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    openness = models.CharField(_("open to"), max_length=6, choices=Openness, default=Openness.NONE)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name, verbose_name_plural = _("feature"), _("features")

    def __str__(self) -> str:
        return self.name


class Listed(models.Model):
    """Somebody to whom a feature is open while it is open to listed people."""

    feature = models.ForeignKey(Feature, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("person"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feature", "person"], name="listed_once")]
