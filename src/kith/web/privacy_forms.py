"""Forms about what is shown to whom, and about leaving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kith.core.ids import read_id, write_id
from kith.people.models import Person, SharingMode
from kith.ties.queries import CircleSummary
from kith.web.circles_forms import WINDOWS
from kith.web.friends_forms import circle_choices
from kith.web.plain_forms import PlainForm

MODES: dict[str, str | Promise] = {
    SharingMode.OFF: _("Nothing. What I buy stays with me."),
    SharingMode.ASK: _("Ask me each time, when the thing has arrived."),
    SharingMode.AFTER_DELIVERY: _("Show it by itself after it has arrived. I can still stop each thing."),
}

HOLDS = (3, 30, 120, 24 * 60, 3 * 24 * 60, 7 * 24 * 60)
"""The waits offered, in minutes."""


def write_hold(minutes: int) -> str:
    if minutes % (24 * 60) == 0:
        days = minutes // (24 * 60)
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    if minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}
    return ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}


class OpenForm(PlainForm):
    version = forms.CharField(max_length=20, widget=forms.HiddenInput)
    agree = forms.BooleanField(
        error_messages={"required": _("Please tick the box if you agree. Without it nothing is opened.")}
    )


class SharingForm(PlainForm):
    mode = forms.ChoiceField(
        label=_("When I have bought something"), choices=list(MODES.items()), widget=forms.RadioSelect
    )
    hold = forms.TypedChoiceField(
        label=_("How long to wait after it has arrived"),
        help_text=_("Until then you alone see it, and can stop it."),
        coerce=int,
    )
    defaults = forms.TypedMultipleChoiceField(
        label=_("Show it to these circles"),
        coerce=read_id,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    excluded = forms.MultipleChoiceField(
        label=_("Never show anything from these shelves"),
        help_text=_("Presents and private things are never shown, whatever you tick here."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        circles: Sequence[CircleSummary],
        shelves: Mapping[str, str],
        hold: timedelta,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        waits = sorted({*HOLDS, int(hold / timedelta(minutes=1))})
        self._choose_from("hold", [(str(wait), write_hold(wait)) for wait in waits])
        self._choose_from("defaults", circle_choices(circles))
        self._choose_from("excluded", list(shelves.items()))
        self.windows: dict[int, str] = {}
        for circle in circles:
            self.windows[circle.id] = name = f"window_{write_id(circle.id)}"
            self.fields[name] = forms.ChoiceField(
                label=circle.name, choices=list(WINDOWS.items()), initial=circle.window, required=False
            )

    def _choose_from(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Something that is shown by itself has to be shown to somebody."""
        wanted = super().clean() or self.cleaned_data
        if wanted.get("mode") == SharingMode.AFTER_DELIVERY and not wanted.get("defaults"):
            self.add_error("defaults", _("Tick at least one circle, or nobody would see it."))
        return wanted

    def window_of(self, circle: CircleSummary) -> str:
        """The window chosen for a circle; as it was, if the page did not ask."""
        return self.cleaned_data.get(self.windows[circle.id]) or circle.window


class DeleteForm(PlainForm):
    """Ask whoever leaves to show that it is them: by password, or, without one, by their Kith name."""

    password = forms.CharField(
        label=_("If you are sure, type your password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    handle = forms.CharField(
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        del self.fields["handle" if person.has_usable_password() else "password"]
        if "handle" in self.fields:
            label = gettext("If you are sure, type your Kith name: %(name)s")
            self.fields["handle"].label = label % {"name": person.handle}

    def clean_password(self) -> str:
        """Ask as signing in does, so that wrong tries count toward the same lock."""
        typed: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.person, typed):
            raise ValidationError(_("That is not your password. Nothing has been deleted."))
        return typed

    def clean_handle(self) -> str:
        typed: str = self.cleaned_data["handle"].strip().removeprefix("@").lower()
        if typed != self.person.handle:
            raise ValidationError(_("That is not your Kith name. Nothing has been deleted."))
        return typed
