"""Small catalogues, as the rows of the tables that the rules look at: made by hand, or by chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from kith.core.columns import KINDS
from kith.quality.engine import find, opened
from kith.quality.rules import BY_CODE, RULES, Rule
from kith.quality.rules.tables import SCHEMAS
from kith.quality.standards import Limit, Standard, standards
from kith.quality.writing import for_duckdb
from tests.quality.oracle import GRAVEST_FIRST, Row, World, findings

TODAY = date(2020, 2, 5)
OF_STANDARDS = ("names", "editions", "limits", "needs", "covered", "marks", "forbidden")
NO_LIMIT = Limit("", None, None, "", "", "")


# --- Made by hand ------------------------------------------------------------------------------


def listing(pk: int = 1, **said: Any) -> Row:
    """Something on sale that claims nothing and that nobody has anything against."""
    told: Row = {
        "merchant": 1, "category": "protection", "price": 2000, "currency": "CNY", "digest": pk,
        "standards": "", "grades": "", "levels": "", "marks": "standard|class|level|registration|approval|ce",
        "figure": None, "medical": False, "children": False, "produced_on": None, "batch": "", "pieces": 1,
        "text_print": 0, "text_check": 0, "picture_print": 0,
    }  # fmt: skip
    return {"listing": pk} | told | said


def report(pk: int = 100, of: int = 1, **said: Any) -> Row:
    """A verified report of a mask of KN95 that is in order."""
    told: Row = {
        "owner": 1, "standard": "GB 2626-2006", "grade": "KN95", "batch": "", "valid_until": None,
        "covered": True, "first": True,
    }  # fmt: skip
    return {"report": pk, "listing": of} | told | said


def measure(value: float, quantity: str = "filtration-salt", report: int = 100) -> Row:
    return {"report": report, "quantity": quantity, "value": value}


def world(
    *listings: Row, today: date = TODAY, known: Sequence[Standard] | None = None, **rows: list[Row]
) -> World:
    """A catalogue under the shipped standards, or others. What reports measured is good, if not told."""
    empty: World = {name: [] for name in SCHEMAS}
    empty["measures"] = [measure(99.99, report=row["report"]) for row in rows.get("reports", [])]
    given = rows_of(standards() if known is None else known)
    return empty | given | {"listings": list(listings), "calendar": [{"day": today}]} | rows


def rows_of(known: Iterable[Standard]) -> World:
    """What standards say, row by row."""
    told: World = {name: [] for name in OF_STANDARDS}
    for one in known:
        key, since, until = one.key, one.in_force_from, one.in_force_until
        told["names"].append({"said": key, "standard": key, "since": date(1000, 1, 1), "until": None})
        told["names"].append({"said": one.code, "standard": key, "since": since, "until": until})
        told["editions"].append({"standard": key, "since": since, "until": one.allowed_until or until})
        told["covered"] += [{"category": shelf, "standard": key} for shelf in one.covers]
        told["marks"] += [{"standard": key, "mark": mark.code} for mark in one.marks]
        claims = {each.claim for each in one.forbidden} | (set() if one.medical else {"medical"})
        told["forbidden"] += [{"standard": key, "claim": claim} for claim in sorted(claims)]
        parts = [(grade.name, grade.kind, grade.limits) for grade in one.grades] + [("", "", one.limits)]
        for name, kind, limits in parts:
            for each in limits or (NO_LIMIT,):
                figures = {"quantity": each.quantity, "at_least": each.at_least, "at_most": each.at_most}
                told["limits"].append({"standard": key, "grade": name, "kind": kind} | figures)
        for grade in one.grades:
            told["needs"] += [{"standard": key, "level": grade.name, "grade": each} for each in grade.needs]
    return told


# --- Looked at ---------------------------------------------------------------------------------


def tables_of(rows: World) -> dict[str, pa.Table]:
    kinds = {name: pa.schema([(key, KINDS[kind]) for key, kind in SCHEMAS[name].items()]) for name in SCHEMAS}
    return {name: pa.Table.from_pylist(rows[name], schema=kinds[name]) for name in SCHEMAS}


def run_in_duckdb(data: dict[str, pa.Table], rules: tuple[Rule, ...] = RULES) -> pa.Table:
    with opened(data) as duck:
        return find(duck, for_duckdb(rules))


def found_in(rows: World, rules: tuple[Rule, ...] = RULES) -> list[Row]:
    told: list[Row] = run_in_duckdb(tables_of(rows), rules).to_pylist()
    return told


def differences(rows: World, rules: tuple[Rule, ...] = RULES) -> list[str]:
    """Where the rules and the oracle do not say the same: nothing, if both are right."""
    return _differences(found_in(rows, rules), findings(rows, {rule.code for rule in rules}))


def _differences(here: list[Row], there: list[Row]) -> list[str]:
    keys = [[(row["listing"], row["rule"]) for row in some] for some in (here, there)]
    told = [f"only the rules find {key}" for key in sorted(set(keys[0]) - set(keys[1]))]
    told += [f"only the oracle finds {key}" for key in sorted(set(keys[1]) - set(keys[0]))]
    if keys[0] != sorted(set(keys[0])):
        told.append("not once each, in order")
    by_key = dict(zip(keys[1], there, strict=True))
    for key, row in zip(keys[0], here, strict=True):
        if key in by_key and not is_same(row, by_key[key]):
            told.append(f"{key}: {row} is not {by_key[key]}")
    return told


def is_same(one: Row, other: Row) -> bool:
    return one.keys() == other.keys() and all(_is_near(one[name], other[name]) for name in one)


def _is_near(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    return bool(one == other)


def found_by(code: str, rows: World) -> list[Row]:
    """What a rule alone finds, once the oracle has said the same."""
    here = found_in(rows, (BY_CODE[code],))
    assert _differences(here, findings(rows, {code})) == []
    return here


def finds(code: str, rows: World, **figures: object) -> None:
    [one] = found_by(code, rows)
    assert {name: one[name] for name in figures} == figures


def lets_be(code: str, rows: World) -> None:
    assert found_by(code, rows) == []


# --- Made by chance ----------------------------------------------------------------------------

DAYS = [
    TODAY,
    *(date(2020, 7, 1) + timedelta(days) for days in (-1, 0, 1)),
    date(2025, 12, 1),
    date(2006, 12, 1),
]
UNKNOWN = ("GB 9999-2001", "GB/T 12704.1")
TEXTS = (0, 0x1234_5678_9ABC_DEF0, 0x7FFF_0000_FFFF_0000, 1)
BATCHES = ("", "", "A1", "B2")


class Chance:
    """Draws a catalogue: values from few, so that they meet."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.known = rows_of(standards()) if random.random() < 0.5 else self.invented()
        self.keys = [row["standard"] for row in self.known["editions"]]
        self.said = [row["said"] for row in self.known["names"]]
        self.grades = {row["grade"]: row["kind"] for row in self.known["limits"] if row["grade"]}

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, of: Sequence[Any], most: int = 2) -> list[Any]:
        return self.random.sample(of, min(len(of), self.random.randint(0, most)))

    def invented(self) -> World:
        """Standards whose classes, levels, bounds and days are such as no shipped one has."""
        told: World = {name: [] for name in OF_STANDARDS}
        begin, change = sorted(self.random.sample(DAYS, 2))
        for code, edition, since, until in (
            ("X 1", "A", begin, change), ("X 1", "B", change, None), ("Y 2", "C", begin, None),
        ):  # fmt: skip
            key = f"{code}-{edition}"
            told["names"].append({"said": key, "standard": key, "since": date(1000, 1, 1), "until": None})
            told["names"].append({"said": code, "standard": key, "since": since, "until": until})
            told["editions"].append({"standard": key, "since": since, "until": until})
            told["covered"] += [
                {"category": shelf, "standard": key} for shelf in self.some(["tea", "protection"])
            ]
            told["marks"] += [{"standard": key, "mark": mark} for mark in self.some(["class", "level", "ce"])]
            told["forbidden"] += [
                {"standard": key, "claim": each} for each in self.some(["medical", "children"])
            ]
            for grade in ["", *self.some(["A", "B", "K9", "II"], 4)]:
                self.invent_grade(told, key, grade)
        return told

    def invent_grade(self, told: World, key: str, grade: str) -> None:
        kind = self.random.choice(["class", "level"]) if grade else ""
        if kind == "level":
            told["needs"] += [
                {"standard": key, "level": grade, "grade": each} for each in self.some(["A", "II"])
            ]
        for quantity in self.some(["salt", "oil"]) or [""]:
            both = (90.0, 175.0) if quantity else (None, None)
            least, most = self.random.choice([both, (both[0], None), (None, both[1])])
            told["limits"].append({
                "standard": key, "grade": grade, "kind": kind, "quantity": quantity, "at_least": least,
                "at_most": most,
            })  # fmt: skip

    def world(self) -> World:
        told: World = {name: [] for name in SCHEMAS} | self.known
        told["calendar"] = [{"day": self.random.choice(DAYS)}]
        number = self.random.choice([0, 1, 3, 8, 16])
        told["listings"] = [self.listing(pk) for pk in self.random.sample(range(100), number)]
        if self.often(0.4):
            self.add_crowd(told["listings"])
        for row in told["listings"]:
            self.add_evidence(told, row)
            self.add_past(told, row)
        told["gone"] = [
            {
                "listing": pk,
                "text_print": self.text(),
                "text_check": self.check(),
                "picture_print": self.random.randint(0, 4),
            }
            for pk in self.random.sample(range(300, 400), self.random.randint(0, 4))
        ]
        told["sold"] += [
            {"listing": pk, "category": "protection", "sold": 400, "bad": 300}
            for pk in self.some(range(300, 310))
        ]
        return told

    def listing(self, pk: int) -> Row:
        random = self.random
        classes = [grade for grade, kind in self.grades.items() if kind == "class" or self.often(0.2)]
        levels = [grade for grade, kind in self.grades.items() if kind == "level"]
        return listing(
            pk, merchant=random.randint(1, 4),
            category=random.choice(["protection", "protection", "digital", "tea"]),
            price=random.choice([0, 500, 1990, 2000]), currency=random.choice(["CNY", "CNY", "JPY", "KWD"]),
            digest=random.randint(1, 3), standards="|".join(self.some([*self.said, *UNKNOWN])),
            grades="|".join(self.some(classes)), levels="|".join(self.some(levels, 1)),
            marks="|".join(self.some(["standard", "class", "level", "registration", "ce"], 5)),
            medical=self.often(0.3), children=self.often(0.3), produced_on=random.choice([None, None, *DAYS]),
            batch=random.choice(BATCHES), pieces=random.choice([1, 1, 10, 50, 0]), text_print=self.text(),
            text_check=self.check(), picture_print=random.randint(0, 6),
        )  # fmt: skip

    def text(self) -> int:
        """One of few texts, with up to six bits changed, here and there or side by side."""
        number: int = self.random.choice(TEXTS)
        width = self.random.choice([10, 62])
        for place in self.some(range(width), self.random.choice([0, 0, 3, 5, 6])) if number else ():
            number ^= 1 << place
        return number

    def check(self) -> int:
        """Of one text, with up to three bits changed."""
        return sum(1 << place for place in self.some(range(62), self.random.choice([0, 0, 2, 3])))

    def add_crowd(self, listings: list[Row]) -> None:
        """So many of one class that their prices say something, and how few that is."""
        classes = [grade for grade, kind in self.grades.items() if kind == "class"] or ["KN95"]
        grade, spread = self.random.choice(classes), self.random.choice([0.0, 0.04, 0.3])
        for pk in range(200, 200 + self.random.choice([28, 29, 30, 31, 34])):
            price = round(2000 * (1 + self.random.uniform(-spread, spread)))
            cheap = self.random.choice([100, 700, 1000, 1500, 1800]) if self.often(0.1) else price
            listings.append(listing(pk, grades=grade, price=cheap, digest=1))

    def add_evidence(self, told: World, row: Row) -> None:
        random, today = self.random, told["calendar"][0]["day"]
        for count in range(random.choice([0, 1, 1, 2]) if row["listing"] < 200 or self.often(0.1) else 0):
            named = [key for key in row["standards"].split("|") if key in self.keys]
            key = random.choice(named) if named and self.often(0.7) else random.choice(self.keys)
            limits = [limit for limit in told["limits"] if limit["standard"] == key]
            pk = 1000 + 2 * row["listing"] + count
            told["reports"].append(report(
                pk, row["listing"], owner=random.choice([row["merchant"]] * 5 + [9]), standard=key,
                grade=random.choice(["", *(limit["grade"] for limit in limits)]),
                batch=random.choice(BATCHES),
                valid_until=random.choice([None, None, *(today + timedelta(days) for days in (-1, 0, 1))]),
                covered=random.choice([None, True, True, True, False]), first=not self.often(0.15),
            ))  # fmt: skip
            for quantity in self.some(sorted({limit["quantity"] for limit in limits} - {""}), 3):
                near = [limit[end] for limit in limits for end in ("at_least", "at_most")
                        if limit["quantity"] == quantity and limit[end] is not None]  # fmt: skip
                value = random.choice(near) + random.choice([-20.0, -0.01, 0.0, 0.01, 1.0])
                told["measures"].append(measure(value, quantity, pk))

    def add_past(self, told: World, row: Row) -> None:
        random, pk = self.random, row["listing"]
        if self.often(0.7):
            sold = random.choice([0, 1, 5, 20, 100, 1000])
            rate = random.choice([0.0, 0.01, 0.03, 0.03, 0.2, 1.0])
            bad = min(sold, round(sold * rate) + random.choice([0, 0, 1, 4, 5]))
            told["sold"].append({"listing": pk, "category": row["category"], "sold": sold, "bad": bad})
        if self.often(0.3):
            told["complaints"].append({"listing": pk, "buyers": random.randint(1, 4)})
        for code in self.some([code for code, _ in GRAVEST_FIRST], 2) if self.often(0.3) else ():
            told["cleared"].append({"listing": pk, "rule": code, "digest": random.randint(1, 3)})


def by_chance(random: Random) -> World:
    return Chance(random).world()
