"""Phone numbers, as people write them."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

HOME = "CN"
"""Where a number without a country code is taken to be."""
_WRITTEN = re.compile(r"[0-9+().\-/ ]+")
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
"""What comes along when a number is copied from an address book."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−·・", "-"))
_REACHED_BY_TEXT = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.UNKNOWN,
}


def read_phone(text: str) -> str:
    """Read a number such as "138 0013 8000", "+86-138…" or one in full-width digits as E.164.

    :raises ValueError: not a number that could be reached by a text message.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_DASHES)
    plain = " ".join(plain.split())
    if not _WRITTEN.fullmatch(plain) or len(plain) > 40:
        raise ValueError("not a phone number")
    try:
        number = phonenumbers.parse(plain, HOME)
    except phonenumbers.NumberParseException:
        raise ValueError("not a phone number") from None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _REACHED_BY_TEXT:
        raise ValueError("not a number that takes text messages")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def write_phone(phone: str) -> str:
    """Write an E.164 number so that its reader can check it: +86 138 0013 8000."""
    number = phonenumbers.parse(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
