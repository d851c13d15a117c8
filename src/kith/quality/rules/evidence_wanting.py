"""What all evidence-rules ask alike: reports that are there, and none of which is any good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.quality.rules.lazily import ibis
from kith.quality.rules.tables import Tables, found

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import ibis.expr.types.logical as logical


def bearing(tables: Tables) -> ir.Table:
    """Which reports say anything of what each listing claims, good or bad: `listing`, `report`.

    Of a class, a report by a standard that has it: one for a surgical mask proves no KN95. Where no
    class is claimed, a report by a standard that the listing names; a code alone means any edition.
    """
    uses = tables.reports.select("listing", "report", "standard")
    grades, levels = tables.said("grades"), tables.said("levels")
    classes = grades.union(levels).select("listing", grade="said")
    of_class = uses.join(classes, "listing").semi_join(tables.limits, ["standard", "grade"])
    named = tables.said("standards").anti_join(classes, "listing").select("listing", "said")
    editions = named.join(tables.names, "said").select("listing", "standard")
    of_standard = uses.semi_join(editions, ["listing", "standard"])
    return of_class.select("listing", "report").union(of_standard.select("listing", "report")).distinct()


def of_other_batch(uses: ir.Table) -> logical.BooleanValue:
    """Both the listing (`made`) and the report say their batch, and it is not the same."""
    return (uses.made != "") & (uses.batch != "") & (uses.made != uses.batch)


def judged(tables: Tables) -> ir.Table:
    """Every use of a report for what a listing claims, with each thing that may be wrong with it."""
    listings = tables.listings.select("listing", "merchant", made="batch")
    uses = listings.join(tables.reports, "listing").semi_join(bearing(tables), ["listing", "report"])
    return uses.mutate(
        another=(uses.owner != uses.merchant) | ~uses.first,
        not_covered=uses.covered.notnull() & ~uses.covered,
        other_batch=of_other_batch(uses),
        expired=uses.valid_until.notnull() & (uses.valid_until < tables.today),
    )


def wanting(tables: Tables, fault: str, *graver: str) -> ir.Table:
    """Listings of which no report is in order, and one has this fault and none of the graver ones."""
    uses = judged(tables)
    good = uses.filter(~(uses.another | uses.not_covered | uses.other_batch | uses.expired))
    faulty: logical.BooleanValue = uses[fault]
    for worse in graver:
        faulty &= ~uses[worse]
    wrong = uses.filter(faulty).anti_join(good, "listing")
    claimed = ibis.ifelse(wrong.grade == "", wrong.standard, wrong.grade)
    return found(wrong, standard=wrong.standard, claimed=claimed, other=wrong.report, words=wrong.batch)
