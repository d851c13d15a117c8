"""Forms about what one shows and says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kith.core.ids import read_id, write_id
from kith.sharing.models import MOST_PHOTOS, ShareKind
from kith.web.circle_audience import CircleChoice
from kith.web.plain_forms import PlainForm

LONGEST_TEXT = 2000
LONGEST_COMMENT = 1000

KINDS = {
    ShareKind.PURCHASE: _("Purchases"),
    ShareKind.REVIEW: _("Reviews"),
    ShareKind.QUESTION: _("Questions"),
    ShareKind.TIP: _("Tips"),
}


class CommentForm(PlainForm):
    text = forms.CharField(
        max_length=LONGEST_COMMENT, error_messages={"required": _("Write a few words first.")}
    )


class AudienceForm(PlainForm):
    """Which of my circles. `everyone` counts for reviews only."""

    circles = forms.TypedMultipleChoiceField(coerce=read_id, required=False)
    everyone = forms.BooleanField(required=False)

    def __init__(self, *args: Any, choices: Sequence[CircleChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {write_id(choice.id): choice.name for choice in choices}
        cast(forms.ChoiceField, self.fields["circles"]).choices = list(self.known.items())

    def ticked(self) -> set[int]:
        """The circles that are ticked as the form is drawn: as sent, or as suggested."""
        if not self.is_bound:
            return set(self.initial.get("circles", ()))
        return {read_id(value) for value in self.sent("circles") if value in self.known}

    def sent(self, name: str) -> list[str]:
        """What was sent under a name, as it was."""
        return list(self.data.getlist(name)) if hasattr(self.data, "getlist") else []

    def for_everyone(self) -> bool:
        return bool(self.data.get("everyone")) if self.is_bound else bool(self.initial.get("everyone"))


class WriteForm(AudienceForm):
    """Words, and who may see them. What may be left out differs by what is written."""

    text = forms.CharField(max_length=LONGEST_TEXT, required=False)
    rating = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, 6)], coerce=int, required=False, empty_value=None
    )
    category = forms.CharField(max_length=40, required=False)
    kept_photos = forms.TypedMultipleChoiceField(coerce=read_id, required=False)

    def __init__(self, *args: Any, kind: ShareKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        # Whose photos they are is asked by the service; here they need only be ids.
        sent = self.sent("kept_photos")[:MOST_PHOTOS]
        cast(forms.ChoiceField, self.fields["kept_photos"]).choices = [(value, value) for value in sent]
        self.fields["text"].required = kind in (ShareKind.QUESTION, ShareKind.TIP)
        self.fields["text"].error_messages["required"] = _("Write a few words first.")
        self.fields["rating"].required = kind == ShareKind.REVIEW
        self.fields["rating"].error_messages["required"] = _("Give one to five stars.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        public = self.kind == ShareKind.REVIEW and cleaned.get("everyone")
        if not cleaned.get("circles") and not public:
            self.add_error("circles", _("Choose who may see it."))
        return cleaned


class PastForm(AudienceForm):
    """One change to many things shown before."""

    ACTIONS = (
        ("hide", _("Hide them: nobody sees them any more")),
        ("show", _("Show again what I have hidden")),
        ("audience", _("Show them to other circles instead")),
    )
    action = forms.ChoiceField(
        choices=ACTIONS, error_messages={"required": _("Choose what to do with them.")}
    )
    kinds = forms.MultipleChoiceField(
        choices=list(KINDS.items()), error_messages={"required": _("Choose at least one kind.")}
    )
    before = forms.DateField(required=False, error_messages={"invalid": _("Write the day as 2026-01-31.")})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("action") == "audience" and not cleaned.get("circles"):
            self.add_error("circles", _("Choose who may see it."))
        return cleaned
