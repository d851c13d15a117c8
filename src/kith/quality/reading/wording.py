"""How people write codes, classes and marks: the standards' `says` as regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Generic, TypeVar

from kith.quality.standards import Standard
from kith.quality.standards.shape import CLASS

Meant = TypeVar("Meant")
Found = tuple[int, int, Meant]
"""Where it begins, where it ends, what it means."""
Kinded = tuple[str, str]
"""A grade's kind and name."""

DASH = "-ー―─~_"
GAP = r"[ :(-]{0,3}(?:(?:为|是|达到?|级别|等级|分级)[ :]{0,2}){0,2}"
"""What a space in a `says` stands for: what people put between, or nothing."""
FAMILIES = ("GB", "YY", "EN", "FZ", "QB", "HG", "JB", "WS")
"""Read with any number, known or not; those of the standards come on top."""
COMMON = ("gb", "yy")
"""Of these, a number alone is a code; of others, there must be a year, or the code be known."""
SHORTEST = 3
EDITION = (
    rf"(?:( ?[{DASH}一:./(]{{0,3}} ?)((?:19|20)\d\d)(?!\d|[-./]\d\d?[-./]\d| ?年)"
    rf"( ?\+ ?a[c\d]? ?: ?(?:19|20)\d\d)?)?"
)
HAS_EDITION = re.compile(r"[-:](?:19|20)\d\d")


def is_of(key: str, code: str) -> bool:
    """Whether a key is that code, or an edition of it."""
    return key == code or key.startswith((f"{code}-", f"{code}:"))


def stands_alone(text: str, start: int) -> bool:
    """Whether no Latin word or number runs into what begins here."""
    if not start or not (text[start].isascii() and text[start].isalnum()):
        return True
    return not (text[start - 1].isascii() and text[start - 1].isalnum())


def say_pattern(say: str, begin: int = 0) -> str:
    """Write a `says`, from one of its characters on, as a regular expression.

    A space is any gap or none, # a digit; KN95 is also KN-95 and KN 95.
    """
    parts: list[str] = []
    before = say[begin - 1] if begin else ""
    for char in say[begin:]:
        if char == " ":
            parts.append(GAP)
        else:
            if before.isascii() and before.isalpha() and (char.isdigit() or char == "#"):
                parts.append("[ -]{0,2}")
            parts.append(r"\d" if char == "#" else re.escape(char))
        before = char
    if before.isdigit() or before == "#":
        parts.append(r"(?!\d|\.\d| ?(?:%|cm|mm|ml|kg|元|度))")
    elif before.isascii():
        parts.append(r"(?![a-z0-9])")
    return "".join(parts)


class Says(Generic[Meant]):
    """Many ways of writing things, as one regular expression; longer ones first.

    An empty group at the end of each tells which it was. With one around it, or a look behind
    before it, `re` would try all of them at every character, and take a hundred times as long.
    """

    def __init__(self, said: Mapping[str, Meant]) -> None:
        ways = sorted(said, key=lambda way: (way[0], -len(way), way))
        self._meant = [said[way] for way in ways]
        begins = [
            f"{re.escape(first)}(?:{'|'.join(f'{say_pattern(way, 1)}()' for way in same)})"
            for first, same in groupby(ways, key=lambda way: way[0])
        ]
        self._pattern = re.compile("|".join(begins)) if ways else None

    def find(self, text: str) -> Iterator[Found[Meant]]:
        for match in self._pattern.finditer(text) if self._pattern else ():
            if match.lastindex and stands_alone(text, match.start()):
                yield match.start(), match.end(), self._meant[match.lastindex - 1]


class Wording:
    """How everything is written that some standards know of."""

    def __init__(self, known: Sequence[Standard]) -> None:
        self.editions: dict[str, tuple[str, ...]] = {}
        for each in known:
            self.editions[each.code] = (*self.editions.get(each.code, ()), each.edition)
        self.numbered = _numbered(self.editions)
        self.codes: dict[Kinded, str] = {}
        """By family and number, however the family is written: GB/T 32610 and GB 32610 are one."""
        self.names = Says(self._take_names(known))
        self.grades = Says(_grades(known))
        self.marks = Says(_marks(known))
        self.written = repr([(each.key, each.says, each.grades, each.marks) for each in known])
        """All that this rests on, to tell when it has changed."""

    def _take_names(self, known: Iterable[Standard]) -> dict[str, str]:
        """Sort the ways of writing codes: family and number, or a name of another kind (NIOSH)."""
        names = {}
        for each in known:
            for way in (each.code.lower(), *each.says):
                match = self.numbered.fullmatch(way)
                if match:
                    self.codes[_letters(match[1]), match[3]] = each.code
                else:
                    names[way] = each.code
        return names


def _letters(family: str) -> str:
    return family.replace(" ", "").replace("/", "")


def _numbered(codes: Iterable[str]) -> re.Pattern[str]:
    """Match a family, whether voluntary (/T), a number, and an edition with what stands before it."""
    families = {code.rsplit(" ", 1)[0].removesuffix("/T").removesuffix("/Z") for code in codes}
    families = {family for family in families if not family[0].isdigit()} | set(FAMILIES)
    ways = [" ?".join(re.escape(char) for char in family.lower()) for family in families]
    ways.sort(key=lambda way: (-len(way), way))
    return re.compile(
        rf"({'|'.join(ways)}|t ?/ ?[a-z]{{2,8}})(?: ?[-/.]? ?([tz])(?![a-z]))?"
        rf" ?[-/:]{{0,2}} ?(\d{{1,6}}(?:\.\d{{1,2}})?)"
        rf"{EDITION}(?!\d)"
    )


def is_plain_code(family: str, number: str, before: str, behind: str) -> bool:
    """Whether an unknown family and number, without an edition, are a code (not 64GB 2022, GB 256g)."""
    whole = number.partition(".")[0]
    like_a_year = len(whole) == 4 and whole.startswith(("19", "20"))
    runs_on = (before.isascii() and before.isalnum()) or (behind.isascii() and behind.isalpha())
    return family in COMMON and len(whole) >= SHORTEST and not like_a_year and not runs_on


def _grades(known: Iterable[Standard]) -> dict[str, tuple[tuple[Kinded, frozenset[str]], ...]]:
    """Each way of writing a grade, with the grades that it may be and the codes that have them."""
    said: dict[str, dict[Kinded, set[str]]] = {}
    for each in known:
        for grade in each.grades:
            ways = [(way, grade.kind) for way in grade.says] + [(way, CLASS) for way in grade.says_as_class]
            for way, kind in ways:
                said.setdefault(way, {}).setdefault((kind, grade.name), set()).add(each.code)
    return {
        way: tuple((grade, frozenset(codes)) for grade, codes in meant.items()) for way, meant in said.items()
    }


def _marks(known: Iterable[Standard]) -> dict[str, tuple[str, ...]]:
    said: dict[str, dict[str, None]] = {}
    for each in known:
        for mark in each.marks:
            for way in mark.says:
                said.setdefault(way, {})[mark.code] = None
    return {way: tuple(codes) for way, codes in said.items()}
