"""What a profile may say: the rules for names, handles, years and places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.people.models import Person, birth_years
from kith.people.regions import is_region

LONGEST_NAME = 40
HANDLE = re.compile(r"[a-z][a-z0-9_]{2,19}")
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
_JOINER = "\u200d"
"""Not seen itself, but holds some emoji and some scripts together."""
RESERVED = frozenset(
    "about accounts admin administrator all anonymous api app circle circles contact customer_service demo "
    "everyone everybody feed guest help home host info kefu kith kith_team lost_and_found mail me merchant "
    "merchants moderation moderator nobody null official order orders owner password police postmaster "
    "privacy root search security settings shop signin signup someone staff strangers superuser support "
    "system team test trust undefined user users webmaster www xitong guanfang guanliyuan".split()
)
"""Names that somebody could be taken in by, or that addresses of ours may need."""


class ProfileRefused(Refused):
    """Something in a profile cannot be so. `field` says what."""

    code: ClassVar[str] = "profile-refused"

    def __init__(self, sentence: str | Promise, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class ProfileChanges(TypedDict, total=False):
    """What to change; what is left out stays."""

    display_name: str
    handle: str
    region: str
    born: int | None
    language: str
    care_mode: bool
    found_by_phone: bool


def read_display_name(text: str) -> str:
    """Settle the name that others see.

    :raises ProfileRefused: empty, longer than 40 characters, or with characters that are not seen.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise ProfileRefused(_("Please say what your friends call you."), field="display_name")
    if len(name) > LONGEST_NAME:
        raise ProfileRefused(_("That is too long. 40 characters at most."), field="display_name")
    if any(unicodedata.category(letter) in _UNSEEN and letter != _JOINER for letter in name):
        raise ProfileRefused(_("There is a sign in this name that cannot be shown."), field="display_name")
    if not any(unicodedata.category(letter)[0] in "LNS" for letter in name):
        raise ProfileRefused(_("Please use at least one letter."), field="display_name")
    return name


def read_handle(text: str) -> str:
    """Settle a Kith name: 3 to 20 small letters, digits and underscores, a letter first.

    :raises ProfileRefused: anything else, or a name that could be taken for the shop's own.
    """
    handle = unicodedata.normalize("NFKC", text).strip().removeprefix("@").lower()
    if not HANDLE.fullmatch(handle):
        sentence = _("Use 3 to 20 letters a–z, digits and _, beginning with a letter.")
        raise ProfileRefused(sentence, field="handle")
    if handle in RESERVED or handle.startswith("kith_"):
        raise ProfileRefused(_("This name is kept for the shop. Please choose another."), field="handle")
    return handle


def read_changes(changes: ProfileChanges, *, now: datetime) -> dict[str, Any]:
    """Check every change and return what is to be written.

    :raises ProfileRefused: the first that cannot be.
    """
    readers: dict[str, Callable[[Any], Any]] = {
        "display_name": read_display_name,
        "handle": read_handle,
        "region": _read_region,
        "born": lambda year: _read_born(year, now),
        "language": _read_language,
        "care_mode": bool,
        "found_by_phone": bool,
    }
    return {name: readers[name](value) for name, value in changes.items()}


def _read_region(code: str) -> str:
    if code and not is_region(code):
        raise ProfileRefused(_("Please choose a province or a city from the list."), field="region")
    return code


def _read_born(year: int | None, now: datetime) -> int | None:
    years = birth_years(now)
    if year is not None and year not in years:
        sentence = _("The year must be between %(first)d and %(last)d.")
        raise ProfileRefused(sentence % {"first": years[0], "last": years[-1]}, field="born")
    return year


def _read_language(language: str) -> str:
    if language not in Person.Language:
        raise ProfileRefused(_("Kith does not speak this language yet."), field="language")
    return language
