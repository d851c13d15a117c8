"""How much about a text asks for care, from plain signs that can each be said in a sentence.

Every sign has a weight between 0 and 1; signs together count as 1 − Π(1 − weight), so that each adds and
none reaches certainty. The weights are judgement, not measurement: what alone says "look twice" is near
0.5, what is common in honest talk near 0.15.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.detectors.contacts import find_contacts
from kith.detectors.folding import fold

CONTACT, ELSEWHERE, MONEY, BAIT, SHOUTING = "contact", "elsewhere", "money", "bait", "shouting"

HEAVY = {CONTACT: 0.4, ELSEWHERE: 0.4, MONEY: 0.5, BAIT: 0.5, SHOUTING: 0.15}
LIGHT = {ELSEWHERE: 0.15, MONEY: 0.15, BAIT: 0.15}
"""For words that mostly mean no harm. They are a reason only when several of them meet, or with others."""
ENOUGH_TO_SAY = 0.25
"""From this weight on a sign is given as a reason."""

_WORDS = Path(__file__).with_name("risk.json")
_LOUD = re.compile(r"(?:[!！][\s?？]*){3}")
_LATIN = re.compile(r"[A-Za-z]")
_SPACES = re.compile(r"\s+")
LOUD_LETTERS = 15
LOUD_SHARE = 0.8

_SENTENCES: dict[str, Promise | str] = {
    CONTACT: _("It gives a link, a number or a name to be reached by elsewhere."),
    ELSEWHERE: _("It asks you to move to another app."),
    MONEY: _("It speaks of earning, lending or sending money."),
    BAIT: _("It draws attention with sexual words."),
    SHOUTING: _("It shouts: many exclamation marks or capital letters."),
}


@dataclass(frozen=True, slots=True)
class Risk:
    """`score` from 0, nothing was noticed, towards 1; `reasons` are codes, the heaviest first."""

    score: float
    reasons: tuple[str, ...]


def risk_of(text: str) -> Risk:
    """Weigh a text's signs. The same text has the same risk at any time."""
    signs = _weigh_words(text)
    if find_contacts(text):
        signs[CONTACT] = HEAVY[CONTACT]
    if _shouts(text):
        signs[SHOUTING] = HEAVY[SHOUTING]
    score = 1 - prod((1 - weight for weight in signs.values()), start=1.0)
    told = [code for code, weight in signs.items() if weight >= ENOUGH_TO_SAY or code == SHOUTING]
    return Risk(round(score, 4), tuple(sorted(told, key=lambda code: (-signs[code], code))))


def reason_text(code: str) -> Promise | str:
    """Say a reason in a sentence.

    :raises KeyError: no such reason.
    """
    return _SENTENCES[code]


def _weigh_words(text: str) -> dict[str, float]:
    """The weight of each subject that the text's words are about: one heavy word, or light ones together."""
    plain = _SPACES.sub(" ", fold(text).text)
    weights: dict[str, float] = {}
    for subject, (heavy, light) in _lists().items():
        if heavy.search(plain):
            weights[subject] = HEAVY[subject]
        elif words := {found.group() for found in light.finditer(plain)}:
            together = 1 - (1 - LIGHT[subject]) ** len(words)
            weights[subject] = min(together, HEAVY[subject])
    return weights


def _shouts(text: str) -> bool:
    letters = _LATIN.findall(text)
    capitals = sum(letter.isupper() for letter in letters)
    loud = len(letters) >= LOUD_LETTERS and capitals >= LOUD_SHARE * len(letters)
    return loud or _LOUD.search(text) is not None


@cache
def _lists() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    lists = json.loads(_WORDS.read_text(encoding="utf-8"))
    return {subject: (_any_of(words["heavy"]), _any_of(words["light"])) for subject, words in lists.items()}


def _any_of(words: list[str]) -> re.Pattern[str]:
    """Chinese words anywhere, with a space between two characters or none; Latin ones as whole words."""
    return re.compile("|".join(_pattern(word) for word in sorted(words, key=len, reverse=True)))


def _pattern(word: str) -> str:
    if word.isascii():
        return rf"(?<![a-z]){re.escape(word)}(?![a-z])"
    return r"[\s.·*_-]?".join(re.escape(char) for char in word)
