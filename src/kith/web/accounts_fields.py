"""Fields that take what people type: numbers and codes with spaces, dashes and full-width digits."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kith.people.phones import read_phone


class PhoneField(forms.CharField):
    """A phone number in E.164. A number without a country code is taken to be in China."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
        given = {"label": _("Phone number"), "max_length": 40, "widget": widget, **options}
        super().__init__(**{**given, "label": _("Phone number")})

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        if not text:
            return ""
        try:
            return read_phone(text)
        except ValueError:
            raise ValidationError(
                _("This is not a mobile number that we can read. For example: 138 0013 8000"), code="phone"
            ) from None


class CodeField(forms.CharField):
    """The digits of a code, however they were typed or pasted."""

    def __init__(self, **options: Any) -> None:
        attributes = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "none"}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(
            **{"label": _("The code that we sent"), "max_length": 40, "widget": widget, **options}
        )

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        return "".join(unicodedata.normalize("NFKC", text).split())
