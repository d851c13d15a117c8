"""Forms about letters, reports and hidden numbers."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kith.strangers.models import LONGEST_GREETING, LONGEST_LETTER, Grievance
from kith.strangers.services.complaints import LONGEST_COMPLAINT
from kith.web.outside_forms import WithPhotos
from kith.web.plain_forms import PlainForm

MOST_BYTES = 2 * 1024 * 1024
"""Of an address book."""
MOST_LETTERS = 200_000
"""Of an address book that is pasted."""


class GreetingForm(PlainForm):
    text = forms.CharField(
        label=_("Your first message"),
        max_length=LONGEST_GREETING,
        error_messages={"required": _("Write a few words first.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class LetterForm(WithPhotos):
    """Words, photos, or both."""

    text = forms.CharField(
        label=_("Your letter"),
        max_length=LONGEST_LETTER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class KnowForm(PlainForm):
    sure = forms.BooleanField(
        label=_("I have read this, and I want them to know who I am."),
        error_messages={"required": _("Please tick the box if you are sure. Without it nothing happens.")},
    )


class ReportForm(PlainForm):
    why = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Grievance.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what is wrong.")},
    )
    words = forms.CharField(
        label=_("In your own words"),
        help_text=_("You may leave it empty."),
        max_length=LONGEST_COMPLAINT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    also_avoid = forms.BooleanField(
        label=_("Also shut them out"),
        help_text=_("You don't see each other here any more. They are not told."),
        required=False,
    )


class NumbersForm(PlainForm):
    """An address book, typed, pasted or as a file: what is in it is sorted out by the domain."""

    text = forms.CharField(
        label=_("Type or paste the numbers"),
        help_text=_("One after the other, with or without names. You can paste a whole list."),
        max_length=MOST_LETTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    file = forms.FileField(
        label=_("Or take them from a file"),
        help_text=_("From your phone's address book: share or export contacts, then choose the file here."),
        required=False,
        allow_empty_file=True,
    )

    def clean_file(self) -> str:
        """The words of the file, whichever way they are written."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is None:
            return ""
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("That file is too large. 2 MB at most."))
        written: bytes = file.read()
        for encoding in ("utf-8-sig", "utf-16" if written[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
            try:
                return written.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise forms.ValidationError(_("This file could not be read. Please choose a vCard or CSV file."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned["text"].strip() or cleaned["file"].strip()):
            self.add_error("text", _("Please give at least one number."))
        return cleaned

    @property
    def parts(self) -> list[str]:
        """What was sent: the words of the file, and what was typed."""
        return [text for text in (self.cleaned_data["file"], self.cleaned_data["text"]) if text.strip()]


class ForgetForm(PlainForm):
    phone = forms.CharField(
        label=_("Take one number off the list"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class LeaveForm(PlainForm):
    KEEP, ERASE = "keep", "erase"
    ERASING = _("Erase everything: your name here, posts, comments, letters, photos. For good.")
    how = forms.ChoiceField(
        label=_("What shall become of what you wrote?"),
        choices=[
            (KEEP, _("Hide it from everybody. You keep it, and can come back.")),
            (ERASE, ERASING),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what shall become of it.")},
    )

    def __init__(self, *args: Any, only_erase: bool = False, **kwargs: Any) -> None:
        """:param only_erase: the channel is being wound down: nobody comes back."""
        super().__init__(*args, **kwargs)
        if only_erase:
            cast(forms.ChoiceField, self.fields["how"]).choices = [(self.ERASE, self.ERASING)]
