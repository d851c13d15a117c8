"""Forms about circles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.core.ids import read_id, write_id
from kith.ties.models import Circle, CircleKind, Window
from kith.ties.queries import Face
from kith.web.plain_forms import PlainForm

KINDS: dict[str, str | Promise] = {
    CircleKind.FAMILY: _("Family"),
    CircleKind.FRIENDS: _("Friends"),
    CircleKind.CLASSMATES: _("Old classmates"),
    CircleKind.COLLEAGUES: _("Colleagues"),
    CircleKind.NEIGHBOURS: _("Neighbours"),
    CircleKind.OTHER: _("Others"),
}

WEIGHTS: dict[int, str | Promise] = {
    5: _("Completely: like my own experience"),
    4: _("A lot"),
    3: _("Quite"),
    2: _("A little"),
    1: _("Hardly: I only listen"),
}

WINDOWS: dict[str, str | Promise] = {
    Window.ALL: _("All of it"),
    Window.SIX_MONTHS: _("The last six months"),
    Window.ONE_MONTH: _("The last month"),
    Window.THREE_DAYS: _("The last three days"),
}


class CircleForm(PlainForm):
    name = forms.CharField(
        label=_("Name of the circle"),
        help_text=_("Only you see it. For example: Family, Old classmates, Building 3."),
        max_length=Circle._meta.get_field("name").max_length,
    )
    kind = forms.ChoiceField(
        label=_("What kind of people are they?"), choices=list(KINDS.items()), initial=CircleKind.OTHER
    )
    weight = forms.TypedChoiceField(
        label=_("How much do you trust what they say?"),
        help_text=_("It decides how much they count when we rank the shops you can trust."),
        choices=list(WEIGHTS.items()),
        coerce=int,
        initial=3,
    )
    window = forms.ChoiceField(
        label=_("How much of what you show can they look back on?"),
        choices=list(WINDOWS.items()),
        initial=Window.ALL,
    )
    is_default = forms.BooleanField(
        label=_("What I buy is shown to this circle unless I choose otherwise"),
        help_text=_("It counts only while you show what you buy. You switch that on elsewhere."),
        required=False,
    )


class MembersForm(PlainForm):
    """Who of my friends is in a circle. `was` is what the page showed, so that only taps count:
    somebody who came in meanwhile is not put out by an old page."""

    members = forms.TypedMultipleChoiceField(coerce=read_id, required=False)
    was = forms.TypedMultipleChoiceField(coerce=read_id, required=False)

    def __init__(self, *args: Any, friends: Sequence[Face], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("members", "was"):
            choices = [(write_id(face.id), face.name) for face in friends]
            cast(forms.ChoiceField, self.fields[name]).choices = choices
