"""What a standard is made of. The files say the same words (docs/how-to/add-a-standard.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CLASS, LEVEL = "class", "level"
KINDS = (CLASS, LEVEL)
CLAIMS = ("medical", "children")
"""What a listing may say that a standard may forbid."""
READ_MARKS = ("standard", "class", "level", "production-date", "batch")
"""Marks that the reader of claims knows by what it reads; all others it knows by their `says`."""
COLON_FAMILIES = ("EN", "ISO", "IEC")
"""They write the edition behind a colon: EN 149:2001."""


class StandardBroken(ValueError):
    """A file of a standard cannot be used: says which file, which field of it, and why."""

    def __init__(self, file: str, field: str, problem: str) -> None:
        super().__init__(f"{file}: {field}: {problem}")
        self.file, self.field, self.problem = file, field, problem


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on one measured quantity; `condition` says how it is measured, `clause` where it is written."""

    quantity: str
    at_least: float | None
    at_most: float | None
    unit: str
    condition: str
    clause: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A class or level that a product may be sold as.

    `says` are the ways people write it, folded (`detectors.folding`); `says_as_class` those of who
    take a level for a class. `needs` are grades of the same standard of which one is presupposed.
    """

    name: str
    kind: str
    says: tuple[str, ...]
    says_as_class: tuple[str, ...]
    limits: tuple[Limit, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that must be shown with the product."""

    code: str
    zh: str
    en: str
    says: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A claim that may not be made together with the standard."""

    claim: str
    zh: str
    en: str
    clause: str


@dataclass(frozen=True, slots=True)
class Standard:
    """One edition of a standard, in force from its first day to the day before `in_force_until`.

    `limits` hold whatever the grade. `says` are further ways of writing the code.
    """

    code: str
    edition: str
    title_zh: str
    title_en: str
    in_force_from: date
    in_force_until: date | None
    allowed_until: date | None
    """Until when it may be chosen beside the next edition, which is in force already; None: until then."""
    covers: tuple[str, ...]
    medical: bool
    children: bool
    grades: tuple[Grade, ...]
    limits: tuple[Limit, ...]
    marks: tuple[Mark, ...]
    forbidden: tuple[Forbidden, ...]
    source: str
    says: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return key_of(self.code, self.edition)

    @property
    def last_allowed(self) -> date | None:
        """The first day on which nothing may be made by it any more."""
        return self.allowed_until or self.in_force_until

    def holds_on(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_until is None or day < self.in_force_until)


def key_of(code: str, edition: str) -> str:
    """Write code and edition as one: GB 2626-2019, EN 149:2001+A1:2009."""
    return f"{code}{':' if code.split(maxsplit=1)[0] in COLON_FAMILIES else '-'}{edition}"
