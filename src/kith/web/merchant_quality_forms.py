"""Forms of a merchant's side of quality: a laboratory report, and an appeal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.core.ids import read_id, write_id
from kith.quality.queries import ReportCard
from kith.quality.services import Paper
from kith.quality.standards import Standard
from kith.quality.words import QUANTITIES
from kith.web.plain_forms import PlainForm

ACCEPTED = "application/pdf,image/jpeg,image/png,image/webp,image/heic,image/heif"
MEASURE = "measure-"
"""Before the name of a quantity, in the name of its field."""


IN_ORDER = (
    "laboratory", "number", "accreditation", "sample", "batch", "produced_on", "tested_on", "valid_until",
)  # fmt: skip
"""As a report has it: the first page, then what was measured."""


class DayField(forms.DateField):
    """A day; where the browser has no calendar, it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)


class PaperForm(PlainForm):
    """What stands in a laboratory report by one standard, whose classes and quantities it asks for."""

    grade = forms.ChoiceField(label=_("Class that it was tested for"), required=False)
    laboratory = forms.CharField(label=_("Laboratory"), max_length=120)
    accreditation = forms.CharField(
        label=_("Accreditation number"),
        help_text=_("Such as CNAS L1234 or CMA 180000123456, if the report names one."),
        max_length=40,
        required=False,
    )
    number = forms.CharField(label=_("Number of the report"), max_length=60)
    sample = forms.CharField(
        label=_("Sample"), help_text=_("What was tested, as the report calls it."), max_length=120
    )
    batch = forms.CharField(label=_("Batch"), max_length=60, required=False)
    produced_on = DayField(label=_("Made on"), required=False)
    tested_on = DayField(label=_("Tested on"))
    valid_until = DayField(label=_("Valid until"), required=False)
    listings = forms.MultipleChoiceField(
        label=_("Which of your listings is it about?"),
        help_text=_("Only those that sell the very thing that was tested."),
        widget=forms.CheckboxSelectMultiple,
    )
    file = forms.FileField(
        label=_("The report itself"),
        help_text=_("A PDF or a photo, at most 10 MB. Buyers do not see it; those who check it do."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"empty": _("This file is empty. Please choose another one.")},
    )

    def __init__(self, *args: Any, standard: Standard, listings: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standard = standard
        grades = [(grade.name, grade.name) for grade in standard.grades]
        grade = cast(forms.ChoiceField, self.fields["grade"])
        grade.choices = [("", _("None is named")), *grades]
        if not grades:
            del self.fields["grade"]
        chosen = cast(forms.MultipleChoiceField, self.fields["listings"])
        chosen.choices = [(write_id(pk), title) for pk, title in listings.items()]
        for quantity, unit in _quantities(standard).items():
            self.fields[MEASURE + quantity] = _measure_field(quantity, unit)
        measures = [name for name in self.fields if name.startswith(MEASURE)]
        self.order_fields([*IN_ORDER, "grade", *measures])

    @property
    def listing_ids(self) -> list[int]:
        return [read_id(text) for text in self.cleaned_data["listings"]]

    @property
    def paper(self) -> Paper:
        given = self.cleaned_data
        measures = {
            name.removeprefix(MEASURE): value
            for name, value in given.items()
            if name.startswith(MEASURE) and value is not None
        }
        named = {name: given[name] for name in Paper.__dataclass_fields__ if name in given}
        return Paper(**named | {"standard": self.standard.key, "measures": measures})

    def say(self, refusal: Refused) -> None:
        """Say what the service refuses beside the field that it is about."""
        field = getattr(refusal, "field", "")
        if field == "measures":
            field = next(name for name in self.fields if name.startswith(MEASURE))
        known = next((name for name in (field, MEASURE + field) if name in self.fields), None)
        self.add_error(known, str(refusal))


def _quantities(standard: Standard) -> dict[str, str]:
    """What the standard has measured, and in which units."""
    limits = [limit for grade in standard.grades for limit in grade.limits] + list(standard.limits)
    return {limit.quantity: limit.unit for limit in limits}


def _measure_field(quantity: str, unit: str) -> forms.FloatField:
    name = QUANTITIES.get(quantity, quantity)
    return forms.FloatField(
        label=_("Measured: %(quantity)s, in %(unit)s") % {"quantity": name, "unit": unit},
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


class AppealForm(PlainForm):
    words = forms.CharField(
        label=_("Why is the decision wrong?"),
        help_text=_("In your own words. Those who look at it again read this."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    report = forms.ChoiceField(label=_("New laboratory report"), required=False)

    def __init__(self, *args: Any, reports: tuple[ReportCard, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(write_id(one.id), f"{one.number} · {one.laboratory}") for one in reports]
        cast(forms.ChoiceField, self.fields["report"]).choices = [("", _("None")), *told]

    @property
    def report_id(self) -> int | None:
        chosen = self.cleaned_data["report"]
        return read_id(chosen) if chosen else None
