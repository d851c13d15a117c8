"""Names outside: none that looks like another's, and none that says who somebody is inside."""

from __future__ import annotations

import re
import unicodedata
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.core.fulltext import normalise, runs
from kith.detectors.contacts import find_contacts
from kith.people.models import Person
from kith.people.profile import RESERVED, ProfileRefused, read_display_name

SHORTEST_NAME = 2
LONGEST_NAME = 20
LONGEST_KEY = 40
MOST_DIGITS = 6
"""More in a row could be rung, or looked up."""
_LOOK_ALIKE = str.maketrans("авекмнорстухіјѕοαβεζηικμνρτυχ0l1", "abekmhopctyxijsoabezhikmnptyxoii")
"""Cyrillic and Greek letters, and digits, that look like Latin letters (after Unicode TR 39, confusables)."""
_BLANK = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u2800"))
"""Signs that count as letters or pictures and show nothing."""
_OFFICIAL = ("官方", "客服", "管理员", "工作人员", "系统消息", "里外", "圈外")
"""In no name: somebody could be taken in by it."""


class PersonaRefused(Refused):
    """Something in a persona cannot be so. `field` says what."""

    code: ClassVar[str] = "persona-refused"

    def __init__(self, sentence: str | Promise, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


def name_key(name: str) -> str:
    """What of a name is compared: its letters and digits alone, in one form for all that look alike."""
    plain = normalise(name).translate(_BLANK).translate(_LOOK_ALIKE)
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] in "LN")


def read_name(text: str, *, owner: Person) -> tuple[str, str]:
    """Settle the name of a persona, and say by what it is compared.

    :raises PersonaRefused: too short or too long, not to be shown, one that says who its owner is or
        how to reach them, or one that could be taken for the shop's own.
    """
    try:
        name = read_display_name(text)
    except ProfileRefused as refusal:
        raise PersonaRefused(refusal.sentence, field="name") from None
    key = name_key(name)
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME or len(key) > LONGEST_KEY:
        raise PersonaRefused(_("Please use 2 to 20 characters."), field="name")
    if not key or any(ord(letter) in _BLANK for letter in name):
        raise PersonaRefused(_("Please use letters that everybody can read."), field="name")
    if find_contacts(name) or _has_number(name):
        sentence = _("Leave numbers and addresses out of the name: here nobody should be able to reach you.")
        raise PersonaRefused(sentence, field="name")
    if _is_official("".join(normalise(name).split())):
        raise PersonaRefused(_("This name is kept for the shop. Please choose another."), field="name")
    _refuse_own_names(key, owner)
    return name, key


def _is_official(plain: str) -> bool:
    return plain in RESERVED or plain.startswith("kith") or any(word in plain for word in _OFFICIAL)


def _has_number(name: str) -> bool:
    return bool(re.search(rf"\d{{{MOST_DIGITS + 1}}}", "".join(filter(str.isalnum, normalise(name)))))


def _refuse_own_names(key: str, owner: Person) -> None:
    """:raises PersonaRefused: people who know the owner would know the name."""
    known, handle = name_key(owner.display_name), name_key(owner.handle)
    holds = len(known) >= SHORTEST_NAME and (known in key or key in known)
    if key == known or holds or (handle and handle in key):
        sentence = _("Your friends know you by this name. Please choose one that nobody knows you by.")
        raise PersonaRefused(sentence, field="name")


def refuse_own_traces(text: str, *, owner: Person, field: str) -> None:
    """Keep out of what a persona says of itself how its owner is reached, and what they are called inside.

    :raises PersonaRefused: it says what is to be left out.
    """
    if find_contacts(text):
        sentence = _("Leave out numbers, addresses and links. Whom you like you can write to by letter.")
        raise PersonaRefused(sentence, field=field)
    if any(_is_told(name, text) for name in (owner.display_name, owner.handle, owner.phone or "")):
        sentence = _("Leave out the name and the number that your friends know you by.")
        raise PersonaRefused(sentence, field=field)


def _is_told(name: str, text: str) -> bool:
    """Whether a name stands in a text: of Chinese anywhere, of other letters as whole words."""
    wanted = [run.text for run in runs(name)]
    if len("".join(wanted)) < SHORTEST_NAME:
        return False
    found = [run.text for run in runs(text)]
    if all(run.is_ideographic for run in runs(name)):
        return "".join(wanted) in " ".join(found)
    places = range(len(found) - len(wanted) + 1)
    return any(found[at : at + len(wanted)] == wanted for at in places)
