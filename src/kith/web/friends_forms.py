"""Forms about friends: finding them, asking them, and where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kith.core.ids import read_id, write_id
from kith.ties.models import Circle, FriendRequest, Relationship
from kith.ties.queries import CircleSummary
from kith.web.plain_forms import PlainForm


def circle_choices(circles: Sequence[CircleSummary]) -> list[tuple[str, str]]:
    return [(write_id(circle.id), circle.name) for circle in circles]


class FindForm(PlainForm):
    who = forms.CharField(
        label=_("Their Kith name or phone number"),
        help_text=_("Their Kith name stands on their own page “Me”, after the @."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "type": "search"}),
    )


class AskForm(FindForm):
    """A request to somebody who was just found: by `who`, so that nobody is asked by a bare id."""

    note = forms.CharField(
        label=_("A word to them"),
        help_text=_("So that they know it is you. For example: It's me, Mei from next door."),
        max_length=FriendRequest._meta.get_field("note").max_length,
        required=False,
    )
    circle = forms.TypedChoiceField(
        label=_("Put them into this circle when they accept"),
        help_text=_("They never learn which circle it is."),
        coerce=read_id,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, circles: Sequence[CircleSummary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].widget = forms.HiddenInput()
        offered = cast(forms.ChoiceField, self.fields["circle"])
        offered.choices = [("", _("No circle yet")), *circle_choices(circles)]


class InviteForm(PlainForm):
    circle = forms.TypedChoiceField(
        label=_("Put whoever uses it into"),
        help_text=_("Ticked already when they ask you; you can still change it. They never learn which."),
        coerce=read_id,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, circles: Sequence[CircleSummary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = cast(forms.ChoiceField, self.fields["circle"])
        offered.choices = [("", _("I choose when they ask")), *circle_choices(circles)]


class AcceptForm(PlainForm):
    circles = forms.TypedMultipleChoiceField(
        label=_("Which circles do they belong to?"),
        help_text=_("You can tick several, or none for now. They never learn which."),
        coerce=read_id,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    new_circle = forms.CharField(
        label=_("Or make a new circle for them"),
        max_length=Circle._meta.get_field("name").max_length,
        required=False,
    )

    def __init__(self, *args: Any, circles: Sequence[CircleSummary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["circles"]).choices = circle_choices(circles)


class BelongForm(PlainForm):
    """In which of my circles a friend is. `was` is what the page showed, so that only taps count."""

    circles = forms.TypedMultipleChoiceField(
        label=_("In these circles of mine"),
        coerce=read_id,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    was = forms.TypedMultipleChoiceField(coerce=read_id, required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, circles: Sequence[CircleSummary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("circles", "was"):
            cast(forms.ChoiceField, self.fields[name]).choices = circle_choices(circles)


class AliasForm(PlainForm):
    alias = forms.CharField(
        label=_("What I call them"),
        help_text=_("Only you see this. Leave it empty to use their own name."),
        max_length=Relationship._meta.get_field("alias").max_length,
        required=False,
    )
