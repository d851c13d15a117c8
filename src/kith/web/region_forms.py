"""Forms that ask where somebody lives."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kith.people.regions import cities, provinces
from kith.web.plain_forms import PlainForm


def province_widget() -> forms.Select:
    """A choice that fetches the cities of what was chosen."""
    return forms.Select(
        attrs={
            "hx-post": "",
            "hx-trigger": "change",
            "hx-vals": '{"cities": "1"}',
            "hx-target": "#city",
            "hx-swap": "outerHTML",
        }
    )


class RegionForm(PlainForm):
    """A form with a province and a city of it, both free to be left open.

    The cities are those of the province chosen last; without a script they come with the next page.
    """

    province = forms.ChoiceField(label=_("Province"), required=False, widget=province_widget())
    city = forms.ChoiceField(
        label=_("City"), help_text=_("Leave it open to say only the province."), required=False
    )

    def __init__(self, *args: Any, reader_language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose_from("province", (("", _("I would rather not say")), *provinces(reader_language)))
        below = cities(str(self["province"].value() or ""), reader_language)
        self._choose_from("city", (("", _("The whole province")), *below))
        self.has_cities = bool(below)

    def _choose_from(self, name: str, choices: tuple[tuple[str, Any], ...]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @property
    def region(self) -> str:
        """The code of what was chosen; "" if nothing was."""
        return str(self.cleaned_data["city"] or self.cleaned_data["province"])
