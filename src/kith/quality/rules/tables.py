"""The tables that rules look at, and the one that each of them returns: named the same in every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kith.core.lazily import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

LISTINGS = {
    "listing": "int64", "merchant": "int64", "category": "string", "price": "int64", "currency": "string",
    "digest": "int64", "standards": "string", "grades": "string", "levels": "string", "marks": "string",
    "figure": "float64", "medical": "boolean", "children": "boolean", "produced_on": "date",
    "batch": "string", "pieces": "int64", "text_print": "int64", "text_check": "int64",
    "picture_print": "int64",
}  # fmt: skip
"""What is live or frozen, with what was read in it."""
NAMES = {"said": "string", "standard": "string", "since": "date", "until": "date"}
"""By what a standard is called, with the edition or without: which edition is meant, on which days."""
EDITIONS = {"standard": "string", "since": "date", "until": "date"}
"""When each edition is in force: from the first day, until before the last."""
LIMITS = {
    "standard": "string", "grade": "string", "kind": "string", "quantity": "string",
    "at_least": "float64", "at_most": "float64",
}  # fmt: skip
"""What each class of a standard must keep to. A class without figures has a row too."""
NEEDS = {"standard": "string", "level": "string", "grade": "string"}
"""The classes that a protection level may go with."""
COVERED = {"category": "string", "standard": "string"}
MARKS = {"standard": "string", "mark": "string"}
FORBIDDEN = {"standard": "string", "claim": "string"}
REPORTS = {
    "report": "int64", "listing": "int64", "owner": "int64", "standard": "string", "grade": "string",
    "batch": "string", "valid_until": "date", "covered": "boolean", "first": "boolean",
}  # fmt: skip
"""Verified reports, a row for each listing that each is said to be about. `first`: no other merchant had
handed in the same report before."""
MEASURES = {"report": "int64", "quantity": "string", "value": "float64"}
GONE = {"listing": "int64", "text_print": "int64", "text_check": "int64", "picture_print": "int64"}
"""What is taken down or recalled."""
SOLD = {"listing": "int64", "category": "string", "sold": "int64", "bad": "int64"}
"""Of each listing, how many pieces were delivered in the last year, and how many came back, or were
complained of, because something was wrong with them."""
COMPLAINTS = {"listing": "int64", "buyers": "int64"}
"""By how many distinct people who bought it each listing is complained of now."""
CLEARED = {"listing": "int64", "rule": "string", "digest": "int64"}
"""What an appeal, or staff, have found to be in order, as long as the listing says the same."""
CALENDAR = {"day": "date"}
"""One row: the day of the sweep. A table like the others, so that the rules read the same on all days."""

SAID = {"listing": "int64", "said": "string", "day": "date"}
"""Each member of a list that listings keep as one text, and the day that counts: that of production, or
today where none is told."""
CLAIMS = {"listing": "int64", "said": "string"}
"""Each class and each protection level that a listing claims."""
MEANT = {"listing": "int64", "said": "string", "standard": "string", "day": "date"}
"""The editions that each listing's standards mean."""
GRADED = {"listing": "int64", "said": "string", "standard": "string"}
"""Each claim with every edition meant that has such a class or level."""
USES = REPORTS | {
    "another": "boolean", "not_covered": "boolean", "other_batch": "boolean", "expired": "boolean",
}  # fmt: skip
"""Reports of what can be found, with each thing that may be wrong with them."""
PROVING = {"listing": "int64", "report": "int64", "standard": "string", "said": "string"}
"""Each claim with every report by a standard that has such a class or level."""
BEARING = {"listing": "int64", "report": "int64"}
"""Which reports say anything of what each listing claims, good or bad."""
WANTING = {name: kind for name, kind in USES.items() if name not in REPORTS.keys() - {
    "listing", "report", "standard", "grade", "batch"}}  # fmt: skip
"""The bearing reports of each listing of which none is in order."""

FOUND = {
    "listing": "int64", "standard": "string", "claimed": "string", "figure": "float64", "bound": "float64",
    "other": "int64", "words": "string",
}  # fmt: skip

BROKEN = FOUND | {"rule": "string"}
"""What all rules have found, one after the other."""

SCHEMAS: dict[str, dict[str, str]] = {
    "listings": LISTINGS, "names": NAMES, "editions": EDITIONS, "limits": LIMITS, "needs": NEEDS,
    "covered": COVERED, "marks": MARKS, "forbidden": FORBIDDEN, "reports": REPORTS, "measures": MEASURES,
    "gone": GONE, "sold": SOLD, "complaints": COMPLAINTS, "cleared": CLEARED, "calendar": CALENDAR,
}  # fmt: skip

DERIVED: dict[str, dict[str, str]] = {
    "said_standards": SAID, "said_grades": SAID, "said_levels": SAID, "claims": CLAIMS, "meant": MEANT,
    "graded": GRADED, "uses": USES, "proving": PROVING, "bearing": BEARING, "wanting": WANTING,
}  # fmt: skip
"""What several rules ask alike, and is worked out once (`rules.derived`)."""


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables, as Ibis names them."""

    listings: ir.Table
    names: ir.Table
    editions: ir.Table
    limits: ir.Table
    needs: ir.Table
    covered: ir.Table
    marks: ir.Table
    forbidden: ir.Table
    reports: ir.Table
    measures: ir.Table
    gone: ir.Table
    sold: ir.Table
    complaints: ir.Table
    cleared: ir.Table
    calendar: ir.Table
    said_standards: ir.Table
    said_grades: ir.Table
    said_levels: ir.Table
    claims: ir.Table
    meant: ir.Table
    graded: ir.Table
    uses: ir.Table
    proving: ir.Table
    bearing: ir.Table
    wanting: ir.Table

    @classmethod
    def named(cls) -> Tables:
        return cls(**{name: ibis.table(schema, name=name) for name, schema in (SCHEMAS | DERIVED).items()})

    @property
    def today(self) -> ir.DateScalar:
        return self.calendar.day.as_scalar()


def found(rows: ir.Table, **columns: Any) -> ir.Table:
    """Bring what a rule has found to the one form: what it does not name is empty."""
    empty = {name: ibis.null(kind) if kind != "string" else ibis.literal("") for name, kind in FOUND.items()}
    given = {name: columns.get(name, empty[name]) for name in FOUND if name != "listing"}
    wanted = {name: value.cast(FOUND[name]) if hasattr(value, "cast") else ibis.literal(value, FOUND[name])
              for name, value in given.items()}  # fmt: skip
    return rows.select(listing=columns.get("listing", rows.listing), **wanted)
