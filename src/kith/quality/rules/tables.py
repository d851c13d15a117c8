"""The tables that rules look at, and the one that each of them returns: named the same in every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kith.quality.rules.lazily import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

LISTINGS = {
    "listing": "int64", "merchant": "int64", "category": "string", "price": "int64", "currency": "string",
    "digest": "int64", "standards": "string", "grades": "string", "levels": "string", "marks": "string",
    "figure": "float64", "medical": "boolean", "children": "boolean", "produced_on": "date",
    "batch": "string", "pieces": "int64", "text_print": "int64", "picture_print": "int64",
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
GONE = {"listing": "int64", "text_print": "int64", "picture_print": "int64"}
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

FOUND = {
    "listing": "int64", "standard": "string", "claimed": "string", "figure": "float64", "bound": "float64",
    "other": "int64", "words": "string",
}  # fmt: skip

SCHEMAS: dict[str, dict[str, str]] = {
    "listings": LISTINGS, "names": NAMES, "editions": EDITIONS, "limits": LIMITS, "needs": NEEDS,
    "covered": COVERED, "marks": MARKS, "forbidden": FORBIDDEN, "reports": REPORTS, "measures": MEASURES,
    "gone": GONE, "sold": SOLD, "complaints": COMPLAINTS, "cleared": CLEARED, "calendar": CALENDAR,
}  # fmt: skip


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

    @classmethod
    def named(cls) -> Tables:
        return cls(**{name: ibis.table(schema, name=name) for name, schema in SCHEMAS.items()})

    @property
    def today(self) -> ir.DateScalar:
        return self.calendar.day.as_scalar()

    def said(self, what: str) -> ir.Table:
        """Each member of a list that listings keep as one text: `listing`, `said`, and the `day` that counts.

        That is the day of production, or today where none is told.
        """
        lists = self.listings.filter(self.listings[what] != "")
        day = ibis.coalesce(lists.produced_on, self.today)
        return lists.select("listing", day=day, said=lists[what].split("|").unnest())

    def standards_of(self) -> ir.Table:
        """The editions that each listing's standards mean: `listing`, `said`, `standard`, `day`.

        Named without its year, the edition in force on the day; named with it, that one, whether
        it was in force or not.
        """
        said = self.said("standards")
        named = said.join(self.names, said.said == self.names.said)
        meant = named.filter((named.since <= named.day) & (named.until.isnull() | (named.day < named.until)))
        return meant.select("listing", "said", "standard", "day")


def found(rows: ir.Table, **columns: Any) -> ir.Table:
    """Bring what a rule has found to the one form: what it does not name is empty."""
    empty = {name: ibis.null(kind) if kind != "string" else ibis.literal("") for name, kind in FOUND.items()}
    given = {name: columns.get(name, empty[name]) for name in FOUND if name != "listing"}
    wanted = {name: value.cast(FOUND[name]) if hasattr(value, "cast") else ibis.literal(value, FOUND[name])
              for name, value in given.items()}  # fmt: skip
    return rows.select(listing=columns.get("listing", rows.listing), **wanted)
