"""Forms about who one is outside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.core.ids import read_id
from kith.strangers.models import LookingFor
from kith.strangers.names import LONGEST_NAME
from kith.strangers.queries.personas import TELLS
from kith.strangers.services.personas import LONGEST_INTRO, MOST_INTERESTS
from kith.web.plain_forms import PlainForm
from kith.web.region_forms import RegionForm

TOLD: dict[str, tuple[str | Promise, str | Promise]] = {
    "age": (_("How old I am, in tens"), _("“In their 50s”, never the year.")),
    "years": (
        _("How long I have shopped here"),
        _("“For more than 3 years”. It takes time to become a customer of many years: swindlers have none."),
    ),
    "region": (
        _("That my parcels really go to the place I name"),
        _("Only whether they do. Never an address."),
    ),
    "confirmed": (_("That my telephone is confirmed"), _("Only that it is. Never the number.")),
    "persona_age": (_("Since when I am here under this name"), _("“For 8 months”.")),
    "answers": (
        _("How often I answer greetings"),
        _("“Most of them”. Whoever answers often is written to more."),
    ),
}
"""What can be told of somebody, each with what others read then."""


class ConsentForm(PlainForm):
    version = forms.CharField(max_length=20, widget=forms.HiddenInput)
    agree = forms.BooleanField(
        error_messages={"required": _("Please tick the box if you agree. Without it nothing happens.")}
    )


class PersonaForm(RegionForm):
    """Who somebody wants to be outside. The domain settles names; the form only asks."""

    field_order = ("name", "intro", "interests", "looks_for", "province", "city")

    name = forms.CharField(
        label=_("What shall people call you here?"),
        help_text=_("Not your own name, and not one that friends call you by. For example: Lotus Pond."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    intro = forms.CharField(
        label=_("A few words about you"),
        help_text=_("What do you like, how do you spend your days? You may leave it empty."),
        max_length=LONGEST_INTRO,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    interests = forms.CharField(
        label=_("What you like to do"),
        help_text=_("Up to ten words with commas between them: gardening, dumplings, evening walks."),
        max_length=300,
        required=False,
    )
    looks_for = forms.MultipleChoiceField(
        label=_("What you hope to find here"),
        choices=LookingFor.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tells = forms.MultipleChoiceField(choices=[(name, name) for name in TELLS], required=False)
    veils_faces = forms.BooleanField(
        label=_("Blur the faces on my photos until I have answered somebody"),
        help_text=_("Also on your picture. Whom you write to sees them clearly."),
        required=False,
    )
    kept_avatar = forms.TypedChoiceField(coerce=read_id, required=False, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["province"].help_text = _(
            "Where people should think of you as living. You choose it; nobody measures it."
        )
        # Whose photo it is is asked by the service; here it need only be an id.
        sent = str(self["kept_avatar"].value() or "")
        self._choose_from("kept_avatar", ((sent, sent),))

    def clean_interests(self) -> list[str]:
        """The words, whatever sign somebody puts between them."""
        text = str(self.cleaned_data["interests"])
        for sign in "，、;；\n":
            text = text.replace(sign, ",")
        words = [word.strip() for word in text.split(",") if word.strip()]
        if len(words) > MOST_INTERESTS:
            raise forms.ValidationError(_("At most ten, please."))
        return words

    @property
    def told(self) -> list[tuple[str, Any, Any, bool]]:
        """What can be told: its name, in words, what others read, and whether it is ticked."""
        ticked = self["tells"].value() or ()
        return [(name, *words, name in ticked) for name, words in TOLD.items()]
