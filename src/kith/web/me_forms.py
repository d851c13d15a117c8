"""Forms about the reader's own account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kith.people.models import Person, birth_years
from kith.people.profile import LONGEST_NAME
from kith.people.tokens import FOR_STAFF, Scope
from kith.people.tokens import LONGEST_NAME as LONGEST_KEY_NAME
from kith.web.plain_forms import PlainForm
from kith.web.region_forms import RegionForm

LIVES = {30: _("One month"), 90: _("Three months"), 365: _("One year")}
"""For how many days a key can open."""


class ProfileForm(RegionForm):
    """What one says of oneself. The domain settles names and handles; the form only asks."""

    field_order = ("display_name", "handle", "province", "city")

    display_name = forms.CharField(
        label=_("Your name, as friends know you"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    handle = forms.CharField(
        label=_("Your Kith name"),
        help_text=_("Friends find you by it. 3 to 20 letters a–z, digits and _."),
        max_length=21,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    born = forms.IntegerField(
        label=_("Year of birth"),
        help_text=_("You can leave this empty."),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Person.Language.choices)
    care_mode = forms.BooleanField(
        label=_("Care mode"),
        help_text=_("Larger letters, stronger colours, fewer things on a page."),
        required=False,
    )
    found_by_phone = forms.BooleanField(
        label=_("Who knows my phone number can find me by it"),
        help_text=_("They see your name and can ask to be friends. Your number is shown to nobody."),
        required=False,
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = birth_years(now)
        self.fields["born"].widget.attrs.update(min=years[0], max=years[-1])


class KeyForm(PlainForm):
    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("For example: my spreadsheet at home."),
        max_length=LONGEST_KEY_NAME,
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("How long does it open?"), choices=list(LIVES.items()), coerce=int, initial=90
    )

    def __init__(self, *args: Any, is_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_staff:
            offered = [(scope.value, scope.label) for scope in Scope if scope not in FOR_STAFF]
            cast("forms.MultipleChoiceField", self.fields["scopes"]).choices = offered

    def end(self, now: datetime) -> datetime:
        return now + timedelta(days=self.cleaned_data["days"])
