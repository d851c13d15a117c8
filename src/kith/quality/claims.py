"""What a listing's words claim, in Chinese or English, as people write them. Pure, and quick.

A text is folded once (`detectors.folding`, by a table of characters), then read by a few regular
expressions. How codes, classes and marks are written comes from the standards, so that one that
an operator adds is read, too. What is denied is not claimed: 非医用, not KN95, 不适合儿童.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from zlib import crc32

from kith.detectors.folding import fold
from kith.quality.reading.denial import affirmed, children_claimed, medical_claimed
from kith.quality.reading.printed import read_batch, read_date, read_figures, read_pieces
from kith.quality.reading.wording import HAS_EDITION, Wording, is_of, is_plain_code
from kith.quality.standards import Standard, key_of, standards
from kith.quality.standards.shape import LEVEL

READER = 3
"""Raise it when the reader reads differently."""
MOST_CODES = 12
"""Of one listing; whoever names more, names none in earnest."""
MANY = 100_000
"""Characters that the table of folding remembers at most."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a text claims, each in the order in which it is first said."""

    standards: tuple[str, ...]
    """Keys such as "GB 2626-2019"; the code alone where no edition is named; unknown ones, too."""
    grades: tuple[str, ...]
    levels: tuple[str, ...]
    figures: tuple[tuple[str, float], ...]
    medical: bool
    children: bool
    produced_on: date | None
    batch: str
    marks: tuple[str, ...]
    pieces: int


def read_claims(title: str, description: str) -> Claims:
    """Read what a listing claims, by the standards that are loaded."""
    return _reader().read(title, description)


def reading_version() -> int:
    """Number what a reading rests on beside the text: `READER`, and the standards' wording (15 bits)."""
    return _reader().version


_built: list[Reader] = []


def _reader() -> Reader:
    """Build a reader once for the standards of the day; `standards` answers with the same tuple."""
    if not _built or _built[0].known is not standards():
        _built[:] = [Reader(standards())]
    return _built[0]


class _Folded(dict[int, str]):
    """What `fold` makes of each character, found out when it first comes up."""

    def __missing__(self, code: int) -> str:
        folded = fold(chr(code)).text
        folded = " " if folded.isspace() else folded
        if len(self) < MANY:
            self[code] = folded
        return folded


_FOLDED = _Folded()
_OFTEN = tuple((char, fold(char).text) for char in "，：；！？（）％＋／－—–～")
_RARE = re.compile("[^\u4e00-\u9fff -~、。“”《》·×≥≤]+")
"""What folding may change, beside what is replaced as often met; Chinese characters it leaves alone."""


def _one_text(title: str, description: str) -> str:
    """Fold both into one text of single spaces; the title stands first, and apart."""
    text = f"{title} ; {description}".lower()
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    for char, folded in _OFTEN:
        text = text.replace(char, folded)
    return " ".join(_RARE.sub(lambda some: some[0].translate(_FOLDED), text).split())


class Reader:
    """Reads claims by given standards; made once for them, then used for many texts."""

    def __init__(self, known: Sequence[Standard]) -> None:
        self.known = known
        self._wording = Wording(known)
        self.version = crc32(f"{READER} {self._wording.written}".encode()) & 0x7FFF

    def read(self, title: str, description: str) -> Claims:
        text = _one_text(title, description)
        ends: set[int] = set()
        named = self._read_standards(text, ends)
        grades = self._read_grades(text, named, ends)
        classes = tuple(name for kind, name in grades if kind != LEVEL)
        levels = tuple(name for kind, name in grades if kind == LEVEL)
        produced_on, batch = read_date(text), read_batch(text)
        shown = {
            "standard": any(HAS_EDITION.search(key) for key in named),
            "class": bool(classes),
            "level": bool(levels),
            "production-date": produced_on is not None,
            "batch": bool(batch),
        }
        marks = [code for code, is_shown in shown.items() if is_shown]
        marks += [code for _, _, codes in self._wording.marks.find(text) for code in codes]
        return Claims(
            standards=named,
            grades=classes,
            levels=levels,
            figures=tuple(dict.fromkeys(read_figures(text))),
            medical=medical_claimed(text),
            children=children_claimed(text),
            produced_on=produced_on,
            batch=batch,
            marks=tuple(dict.fromkeys(marks)),
            pieces=read_pieces(text, ends),
        )

    def _read_standards(self, text: str, ends: set[int]) -> tuple[str, ...]:
        found = [*self._by_number(text), *self._wording.names.find(text)]
        keys = list(islice(dict.fromkeys(affirmed(text, sorted(found), ends)), MOST_CODES))
        return tuple(
            key for key in keys if not any(other != key and is_of(other, key) for other in keys)
        )  # "GB 2626" says nothing beside "GB 2626-2019"

    def _by_number(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in self._wording.numbered.finditer(text):
            family, voluntary, number, between, year, amended = match.groups()
            family = family.replace(" ", "")
            code = self._wording.codes.get((family.replace("/", ""), number))
            before, behind = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
            if before.isascii() and before.isalpha():
                continue
            if code is None:
                if not year and not is_plain_code(family, number, before, behind):
                    continue
                code = f"{family.upper()}{'/' + voluntary.upper() if voluntary else ''} {number}"
            key = self._key(code, year, amended, surely=bool(between and between.strip()))
            yield match.start(), match.end(), key

    def _key(self, code: str, year: str | None, amended: str | None, *, surely: bool) -> str:
        """Name the edition; one year of an amended one stands for it (EN 149:2001 for 2001+A1:2009).

        Behind a space alone, a year is an edition only where there is such a one (GB2626 2020新款).
        """
        wanted = f"{year or ''}{amended or ''}".replace(" ", "").upper()
        for edition in self._wording.editions.get(code, ()) if year else ():
            if wanted == edition or (str(year) in edition and "+" in edition):
                return key_of(code, edition)
        return key_of(code, wanted) if year and surely else code

    def _read_grades(self, text: str, named: Sequence[str], ends: set[int]) -> list[tuple[str, str]]:
        """Kinds and names; what is one thing in one standard and another in the next, by what is named."""
        found: dict[tuple[str, str], None] = {}
        for may_be in affirmed(text, self._wording.grades.find(text), ends):
            for grade, codes in may_be:
                if len(may_be) == 1 or any(is_of(key, code) for key in named for code in codes):
                    found[grade] = None
        return list(found)
