"""What several rules ask alike, worked out once: each from the tables given and those before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kith.core.lazily import ibis
from kith.quality.rules.tables import DERIVED, Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import ibis.expr.types.logical as logical


def derive(name: str, tables: Tables) -> ir.Table:
    """Say how a table of `tables.DERIVED` comes of others: the function of its name does."""
    how: Callable[[Tables], ir.Table] = globals()[name]
    return how(tables).select(*DERIVED[name])


def said_standards(tables: Tables) -> ir.Table:
    return _said(tables, "standards")


def said_grades(tables: Tables) -> ir.Table:
    return _said(tables, "grades")


def said_levels(tables: Tables) -> ir.Table:
    return _said(tables, "levels")


def _said(tables: Tables, what: str) -> ir.Table:
    lists = tables.listings.filter(tables.listings[what] != "")
    day = ibis.coalesce(lists.produced_on, tables.today)
    return lists.select("listing", day=day, said=lists[what].split("|").unnest())


def claims(tables: Tables) -> ir.Table:
    return tables.said_grades.union(tables.said_levels)


def meant(tables: Tables) -> ir.Table:
    """Named without its year, the edition in force on the day; named with it, that one, in force or not."""
    named = tables.said_standards.join(tables.names, "said")
    return named.filter((named.since <= named.day) & (named.until.isnull() | (named.day < named.until)))


def graded(tables: Tables) -> ir.Table:
    has = tables.limits.filter(tables.limits.grade != "").select("standard", said="grade").distinct()
    return tables.claims.join(tables.meant.select("listing", "standard"), "listing").semi_join(
        has, ["standard", "said"]
    )


def uses(tables: Tables) -> ir.Table:
    listings = tables.listings.select("listing", "merchant", made="batch")
    rows = tables.reports.join(listings, "listing")
    return rows.mutate(
        another=(rows.owner != rows.merchant) | ~rows.first,
        not_covered=rows.covered.notnull() & ~rows.covered,
        other_batch=of_other_batch(rows),
        expired=rows.valid_until.notnull() & (rows.valid_until < tables.today),
    )


def of_other_batch(rows: ir.Table) -> logical.BooleanValue:
    """Both the listing (`made`) and the report say their batch, and it is not the same."""
    return (rows.made != "") & (rows.batch != "") & (rows.made != rows.batch)


def proving(tables: Tables) -> ir.Table:
    has = tables.limits.filter(tables.limits.grade != "").select("standard", said="grade").distinct()
    reports = tables.uses.select("listing", "report", "standard")
    return reports.join(tables.claims, "listing").semi_join(has, ["standard", "said"])


def bearing(tables: Tables) -> ir.Table:
    """Of a class, a report by a standard that has it, which measured something that the class asks for.

    One for a surgical mask proves no KN95, and neither does one that measured nothing but resistance. Where
    no class is claimed, a report by a standard that the listing names; a code alone means any edition.
    """
    asked = tables.limits.filter(tables.limits.grade != "").select("standard", "quantity", said="grade")
    asks = tables.proving.join(asked, ["standard", "said"])
    measured = asks.semi_join(tables.measures, ["report", "quantity"])
    of_class = measured.union(asks.filter(asks.quantity == "")).select("listing", "report")
    named = tables.said_standards.anti_join(tables.claims, "listing").select("listing", "said")
    editions = named.join(tables.names, "said").select("listing", "standard")
    of_standard = tables.uses.semi_join(editions, ["listing", "standard"]).select("listing", "report")
    return of_class.union(of_standard).distinct()


def wanting(tables: Tables) -> ir.Table:
    bearing = tables.uses.semi_join(tables.bearing, ["listing", "report"])
    faulty = bearing.another | bearing.not_covered | bearing.other_batch | bearing.expired
    return bearing.filter(faulty).anti_join(bearing.filter(~faulty), "listing")
