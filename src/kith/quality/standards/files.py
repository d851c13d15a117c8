"""Reading the files of standards, and refusing what is not whole: an unknown field is a mistake, too."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from kith.detectors.folding import fold
from kith.quality.standards.shape import (
    CLAIMS,
    CLASS,
    KINDS,
    READ_MARKS,
    Forbidden,
    Grade,
    Limit,
    Mark,
    Standard,
    StandardBroken,
)
from kith.shop.shelves import shelves

CODE = re.compile(r"(?:[A-Z0-9]+(?:/[A-Z]+)* )+[A-Z]?\d+(?:\.\d+)*")
"""A family and a number: GB 2626, GB/T 32610, YY/T 0969, GB 4943.1, 42 CFR 84."""
EDITION = re.compile(r"(?:19|20)\d\d(?:\+A[C\d]*:(?:19|20)\d\d)?")
WORD = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
LONGEST = {"code": 24, "edition": 20, "name": 20, "quantity": 40, "unit": 12, "claim": 20}
"""As long as the columns are that keep them."""
Made = TypeVar("Made")


def load(folders: Iterable[Path]) -> tuple[Standard, ...]:
    """Load every *.toml of the folders.

    An edition that says no end of its own ends when the next of its code begins, so that a new
    one can be added beside a shipped one.

    :raises StandardBroken: naming the file and the field.
    """
    read: list[tuple[str, Standard]] = []
    for folder in folders:
        if not folder.is_dir():
            raise StandardBroken(str(folder), "folder", "there is no such folder of standards")
        read.extend((path.name, _read_file(path)) for path in sorted(folder.glob("*.toml")))
    _check_keys(read)
    _check_units(read)
    return _in_sequence(read)


def _read_file(path: Path) -> Standard:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise StandardBroken(path.name, "file", str(problem)) from problem
    return _Fields(path.name, "", written).whole(_standard)


def _check_keys(read: Sequence[tuple[str, Standard]]) -> None:
    seen: dict[str, str] = {}
    for file, standard in read:
        if standard.key in seen:
            raise StandardBroken(file, "edition", f"{standard.key} is also in {seen[standard.key]}")
        seen[standard.key] = file


def _check_units(read: Sequence[tuple[str, Standard]]) -> None:
    """Reports keep a quantity's value without its unit, so that there can be only one."""
    units: dict[str, tuple[str, str]] = {}
    for file, standard in read:
        for limit in (*standard.limits, *(each for grade in standard.grades for each in grade.limits)):
            unit, where = units.setdefault(limit.quantity, (limit.unit, file))
            if unit != limit.unit:
                problem = f"{limit.quantity} is in {limit.unit} here and in {unit} in {where}"
                raise StandardBroken(file, "unit", problem)


def _in_sequence(read: Sequence[tuple[str, Standard]]) -> tuple[Standard, ...]:
    """Put the editions of each code one behind the other, and see that they do not overlap."""
    ordered = sorted(read, key=lambda each: (each[1].code, each[1].in_force_from))
    found: list[Standard] = []
    for file, standard in ordered:
        before = found[-1] if found and found[-1].code == standard.code else None
        if before is not None:
            begin = standard.in_force_from
            if begin == before.in_force_from or (before.in_force_until or begin) > begin:
                raise StandardBroken(file, "in_force_from", f"{before.key} is in force on {begin}, too")
            found[-1] = replace(before, in_force_until=before.in_force_until or begin)
        found.append(standard)
    return tuple(found)


class _Fields:
    """The fields of one table of a file, taken one by one; what is left over is refused."""

    def __init__(self, file: str, place: str, written: Any) -> None:
        self.file, self.place = file, place
        if not isinstance(written, dict):
            raise StandardBroken(file, place, "is not a table")
        self.left = dict(written)

    def whole(self, make: Callable[[_Fields], Made]) -> Made:
        made = make(self)
        for name in self.left:
            raise self.broken(name, "is not a field of a standard here")
        return made

    def broken(self, name: str, problem: str) -> StandardBroken:
        return StandardBroken(self.file, f"{self.place}.{name}" if self.place else name, problem)

    def text(self, name: str, *, needed: bool = True, form: re.Pattern[str] | None = None) -> str:
        value = self.left.pop(name, None if needed else "")
        if value is None:
            raise self.broken(name, "is missing")
        if not isinstance(value, str) or (needed and not value.strip()) or value != value.strip():
            raise self.broken(name, "is not a text, or is empty or begins or ends with a space")
        if len(value) > LONGEST.get(name, 500):
            raise self.broken(name, f"is longer than {LONGEST.get(name, 500)} characters")
        if form is not None and not form.fullmatch(value):
            raise self.broken(name, f"{value!r} is not of the form that is asked for")
        return value

    def one_of(self, name: str, known: Sequence[str]) -> str:
        value = self.text(name)
        if value not in known:
            raise self.broken(name, f"{value!r} is none of {', '.join(known)}")
        return value

    def truth(self, name: str) -> bool:
        value = self.left.pop(name, None)
        if not isinstance(value, bool):
            raise self.broken(name, "is missing, or neither true nor false")
        return value

    def day(self, name: str, *, needed: bool = True) -> date | None:
        value = self.left.pop(name, None)
        if value is None and not needed:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.broken(name, "is missing, or not a day such as 2020-07-01 (without quotation marks)")
        return value

    def number(self, name: str) -> float | None:
        value = self.left.pop(name, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.broken(name, "is not a number")
        return float(value)

    def texts(self, name: str, *, folded: bool = False) -> tuple[str, ...]:
        value = self.left.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            raise self.broken(name, "is not a list of texts")
        if len(set(value)) < len(value):
            raise self.broken(name, "says something twice")
        for each in value if folded else ():
            single = each == " ".join(each.split()) and len(each) > 1
            if not single or fold(each).text != each or each.startswith("#"):
                problem = f"{each!r} is not folded (lower case, half width, single spaces, two characters)"
                raise self.broken(name, problem)
        return tuple(value)

    def tables(self, name: str, make: Callable[[_Fields], Made]) -> tuple[Made, ...]:
        value = self.left.pop(name, [])
        if not isinstance(value, list):
            raise self.broken(name, "is not a list of tables")
        place = f"{self.place}.{name}" if self.place else name
        return tuple(
            _Fields(self.file, f"{place}[{count}]", each).whole(make) for count, each in enumerate(value)
        )


def _standard(fields: _Fields) -> Standard:
    begin = fields.day("in_force_from")
    until = fields.day("in_force_until", needed=False)
    assert begin is not None
    if until is not None and until <= begin:
        raise fields.broken("in_force_until", "is not behind in_force_from")
    allowed = fields.day("allowed_until", needed=False)
    if allowed is not None and (until is None or allowed <= until):
        raise fields.broken("allowed_until", "is not behind in_force_until")
    standard = Standard(
        code=fields.text("code", form=CODE),
        edition=fields.text("edition", form=EDITION),
        title_zh=fields.text("title_zh"),
        title_en=fields.text("title_en"),
        in_force_from=begin,
        in_force_until=until,
        allowed_until=allowed,
        covers=fields.texts("covers"),
        medical=fields.truth("medical"),
        children=fields.truth("children"),
        grades=fields.tables("grades", _grade),
        limits=fields.tables("limits", _limit),
        marks=fields.tables("marks", _mark),
        forbidden=fields.tables("forbidden", _forbidden),
        source=fields.text("source"),
        says=fields.texts("says", folded=True),
    )
    _check_whole(fields, standard)
    return standard


def _check_whole(fields: _Fields, standard: Standard) -> None:
    """What holds between the fields of one standard."""
    unknown = set(standard.covers) - {shelf.code for shelf in shelves()}
    if unknown or not standard.covers:
        raise fields.broken("covers", f"no such shelf: {', '.join(sorted(unknown)) or 'none is named'}")
    _check_once(fields, "grades", [grade.name for grade in standard.grades])
    _check_once(fields, "marks", [mark.code for mark in standard.marks])
    _check_once(fields, "forbidden", [each.claim for each in standard.forbidden])
    _check_once(fields, "limits", [limit.quantity for limit in standard.limits])
    classes = {grade.name for grade in standard.grades if grade.kind == CLASS}
    for count, grade in enumerate(standard.grades):
        if not set(grade.needs) <= classes - {grade.name}:
            raise fields.broken(f"grades[{count}].needs", "names a class that this standard does not have")
    for count, each in enumerate(standard.forbidden):
        if getattr(standard, each.claim):
            problem = f"{each.claim} is true above, and forbidden here"
            raise fields.broken(f"forbidden[{count}].claim", problem)


def _check_once(fields: _Fields, name: str, named: Sequence[str]) -> None:
    if len(set(named)) < len(named):
        raise fields.broken(name, "has something twice")


def _grade(fields: _Fields) -> Grade:
    grade = Grade(
        name=fields.text("name"),
        kind=fields.one_of("kind", KINDS),
        says=fields.texts("says", folded=True),
        says_as_class=fields.texts("says_as_class", folded=True),
        limits=fields.tables("limits", _limit),
        needs=fields.texts("needs"),
    )
    if not grade.says:
        raise fields.broken("says", "is missing: how do people write it?")
    if grade.says_as_class and grade.kind == CLASS:
        raise fields.broken("says_as_class", "is for levels: how do people write it who take it for a class?")
    _check_once(fields, "limits", [limit.quantity for limit in grade.limits])
    return grade


def _limit(fields: _Fields) -> Limit:
    limit = Limit(
        quantity=fields.text("quantity", form=WORD),
        at_least=fields.number("at_least"),
        at_most=fields.number("at_most"),
        unit=fields.text("unit"),
        condition=fields.text("condition", needed=False),
        clause=fields.text("clause"),
    )
    bounds = [bound for bound in (limit.at_least, limit.at_most) if bound is not None]
    if not bounds or bounds != sorted(bounds):
        raise fields.broken("at_least", "is missing without at_most, or above it")
    if limit.unit == "%" and not 0 <= bounds[0] <= bounds[-1] <= 100:
        raise fields.broken("at_least" if limit.at_least is not None else "at_most", "is no share of 100 %")
    return limit


def _mark(fields: _Fields) -> Mark:
    mark = Mark(
        code=fields.text("code", form=WORD),
        zh=fields.text("zh"),
        en=fields.text("en"),
        says=fields.texts("says", folded=True),
        clause=fields.text("clause"),
    )
    if not mark.says and mark.code not in READ_MARKS:
        raise fields.broken("says", "is missing: how is the mark written?")
    return mark


def _forbidden(fields: _Fields) -> Forbidden:
    return Forbidden(
        claim=fields.one_of("claim", CLAIMS),
        zh=fields.text("zh"),
        en=fields.text("en"),
        clause=fields.text("clause"),
    )
