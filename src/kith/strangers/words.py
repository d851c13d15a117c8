"""What people write outside: brought into a form that can be kept and shown."""

from __future__ import annotations

import re
import unicodedata
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kith.core.errors import Refused
from kith.detectors.contacts import find_contacts

_TURNS_TEXT_ROUND = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks that turn the direction of writing: with them a text can look like another."""
_EMPTY_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*){2,}")


class WordsRefused(Refused):
    """There is nothing in it, too much, or something that cannot be shown."""

    code: ClassVar[str] = "words-refused"


def read_words(text: str, *, most: int) -> str:
    """Settle what somebody wrote: without control characters, at most one empty line at a time.

    :param most: characters it may have.
    :raises WordsRefused: it says why.
    """
    said = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if any(unicodedata.category(letter) == "Cs" for letter in said):
        raise WordsRefused(_("There is a sign in this text that cannot be shown. Please type it anew."))
    said = said.translate(_TURNS_TEXT_ROUND).replace("\t", " ")
    said = "".join(letter for letter in said if letter == "\n" or unicodedata.category(letter) != "Cc")
    said = _EMPTY_LINES.sub("\n\n", said).strip()
    if not any(unicodedata.category(letter)[0] in "LNPS" for letter in said):
        raise WordsRefused(_("Write a few words first."))
    if len(said) > most:
        sentence = ngettext(
            "That is too long. At most %(most)s character.",
            "That is too long. At most %(most)s characters.",
            most,
        )
        raise WordsRefused(sentence % {"most": f"{most:,}"})
    return said


def refuse_numbers(text: str) -> None:
    """:raises WordsRefused: a telephone number is in it, which everybody here could ring."""
    if any(contact.kind == "phone" for contact in find_contacts(text)):
        raise WordsRefused(
            _("Anybody could ring you. Leave the number out; write to each other by letter first.")
        )
