"""What a form says where it refuses something: sentences a neighbour would say, in one place.

Django's own sentences speak of values and choices. Every form of ours has `PlainWords` before it;
whatever a form says in words of its own stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentences = Mapping[str, str | Promise]

_ANY: Sentences = {
    "required": _("Please fill this in."),
    "max_length": _("That is too long: at most %(limit_value)s characters, and these are %(show_value)s."),
    "min_length": _("That is too short: at least %(limit_value)s characters."),
    "null_characters_not_allowed": _("There is a character in it that cannot be read. Please type it again."),
}
_NUMBER: Sentences = {
    "invalid": _("Please write a number, in digits."),
    "min_value": _("At least %(limit_value)s, please."),
    "max_value": _("At most %(limit_value)s, please."),
}
_DAY: Sentences = {"invalid": _("Please write the day like this: 2026-01-31.")}
_GONE = _("This cannot be chosen any more. Please choose again.")
_CHOICE: Sentences = {
    "required": _("Please choose one."),
    "invalid_choice": _GONE,
    "invalid_list": _GONE,
}
_TICK: Sentences = {"required": _("Please tick this.")}

_BY_KIND: tuple[tuple[type[forms.Field], Sentences], ...] = (
    (forms.Field, _ANY),
    (forms.IntegerField, _NUMBER),
    (forms.DateField, _DAY),
    (forms.ChoiceField, _CHOICE),
    (forms.BooleanField, _TICK),
)
"""From the general to the particular: the last that fits a field and knows the case speaks."""


class PlainWords(forms.BaseForm):
    """Stands before Django's, or allauth's, form class."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            _speak_plainly(field)
        super().full_clean()


class PlainForm(PlainWords, forms.Form):
    """A form that refuses in plain words."""


def _speak_plainly(field: forms.Field) -> None:
    """Put our sentences where a field still has those of its class, which its author did not choose."""
    given: dict[str, Any] = field.error_messages
    inherited = dict(_inherited(type(field)))
    for kind, sentences in _BY_KIND:
        if isinstance(field, kind):
            ours = {code: said for code, said in sentences.items() if given.get(code) is inherited.get(code)}
            given.update(ours)
            inherited.update(ours)


def _inherited(kind: type[forms.Field]) -> Iterator[tuple[str, Any]]:
    """What Django gives a field of this class to say: the class's own, then that of those above it."""
    for above in reversed(kind.__mro__):
        yield from getattr(above, "default_error_messages", {}).items()
