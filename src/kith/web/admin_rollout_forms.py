"""What staff fill in to open and close a feature."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from kith.core.clock import utc_now
from kith.people.models import Person
from kith.people.regions import cities, provinces
from kith.rollout.models import Batch
from kith.rollout.rules import Kind, Terms
from kith.web.plain_forms import PlainForm


class WhyForm(PlainForm):
    """What every change asks for. A form may need more, and no reason for a simulation."""

    why = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("It stands in the log, with your name."),
    )


class AdmitForm(WhyForm):
    count = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=10_000, widget=UnfoldAdminIntegerFieldWidget()
    )
    field_order = ("count", "why")


class WindDownForm(WhyForm):
    until = forms.DateField(
        label=_("Last day"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=_("Until the end of this day, everyone can read, copy and erase what is theirs."),
    )
    field_order = ("until", "why")


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"})
    return forms.DateTimeField(
        label=label, required=False, widget=widget, help_text=help_text,
        error_messages={"invalid": _("Please write the time like this: 2026-01-31 08:00.")},
    )  # fmt: skip


class BatchForm(WhyForm):
    """Whom a batch shall let in. Each kind reads its own field and leaves the others."""

    kind = forms.ChoiceField(label=_("Whom"), choices=Kind.choices, widget=UnfoldAdminSelectWidget())
    share = forms.DecimalField(
        label=_("Share, in per cent"), required=False,
        error_messages={"invalid": _("Please write a number, in digits.")},
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
        help_text=_("For a share. A larger one later includes everybody of a smaller one."),
    )  # fmt: skip
    people = forms.CharField(
        label=_("Kith names"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("For a list: names with commas, blanks or lines between them."),
    )  # fmt: skip
    region = forms.ChoiceField(
        label=_("Region"), required=False, widget=UnfoldAdminSelectWidget(),
        help_text=_("For a region. A province includes its cities."),
    )  # fmt: skip
    age_from = forms.IntegerField(
        label=_("Youngest"), required=False, widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("For an age, which people reach in this year. One of the two may be left out."),
    )  # fmt: skip
    age_to = forms.IntegerField(
        label=_("Oldest"), required=False, widget=UnfoldAdminIntegerFieldWidget()
    )  # fmt: skip
    joined_before = _moment(_("Signed up before"), _("For who signed up before a date."))
    starts_at = _moment(_("Begins"), _("Left out, it begins at once."))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )
    field_order = (
        "kind", "share", "people", "region", "age_from", "age_to", "joined_before", "starts_at", "note",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        groups = [
            (name, [(code, name), *cities(code, language)]) for code, name in provinces(language)
        ]  # fmt: skip
        cast("forms.ChoiceField", self.fields["region"]).choices = [("", "–"), *groups]

    def show(self, batch: Batch) -> None:
        """Begin with the terms of a batch, which are to be changed."""
        self.initial = {
            name: getattr(batch, name) for name in ("kind", "region", "age_from", "age_to", "note")
        }
        if batch.per_ten_thousand is not None:
            self.initial["share"] = Decimal(batch.per_ten_thousand) / 100
        for name, at in (("joined_before", batch.joined_before), ("starts_at", batch.starts_at)):
            if at is not None and not (name == "starts_at" and at <= utc_now()):
                self.initial[name] = localtime(at).strftime("%Y-%m-%dT%H:%M")
        if batch.kind == Kind.PEOPLE:
            self.fields["people"].help_text = _("Who is on the list is not shown. Write all of it anew.")
        self.fields["starts_at"].help_text = _("Left out, it begins when it did.")

    def clean_share(self) -> int | None:
        """The share in ten thousandths."""
        share: Decimal | None = self.cleaned_data["share"]
        if share is None:
            return None
        if share * 100 != int(share * 100):
            raise ValidationError(_("A share has at most two digits after the point."))
        return int(share * 100)

    def clean_people(self) -> frozenset[int]:
        handles = {word.lower() for word in re.split(r"[\s,，、]+", self.cleaned_data["people"]) if word}
        found = dict(Person.objects.filter(handle__in=handles).values_list("handle", "pk"))
        if missing := sorted(handles - found.keys()):
            names = ", ".join(missing)
            raise ValidationError(_("Nobody has the Kith name %(names)s.") % {"names": names})
        return frozenset(found.values())

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(
            given["kind"],
            per_ten_thousand=given["share"],
            people=given["people"],
            region=given["region"],
            age_from=given["age_from"],
            age_to=given["age_to"],
            joined_before=given["joined_before"],
            starts_at=given["starts_at"],
            note=given["note"],
        )
