"""A laboratory measured less than the class needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.evidence_wanting import of_other_batch
from kith.quality.rules.lazily import ibis
from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Compare each measured value with the limits of the class that the listing claims.

    A report says by which standard it was measured; a claimed class counts if that standard has it.
    Where the listing claims none of them, the class counts that the report names: it was handed in
    to prove that one. Limits for every class stand with the class that has no name. What was
    measured of another batch, or of another thing, says nothing of what is on sale.
    """
    measured = _held(tables).join(tables.measures, "report")
    judged = measured.join(
        tables.limits,
        (measured.standard == tables.limits.standard)
        & (measured.said == tables.limits.grade)
        & (measured.quantity == tables.limits.quantity),
    )
    below = judged.filter((judged.value < judged.at_least) | (judged.value > judged.at_most))
    bound = ibis.ifelse(below.value < below.at_least, below.at_least, below.at_most)
    claimed = ibis.ifelse(below.said == "", below.standard, below.said)
    return found(below, standard=below.standard, claimed=claimed, figure=below.value, bound=bound,
                 other=below.report, words=below.quantity)  # fmt: skip


def _held(tables: Tables) -> ir.Table:
    """To which classes each report holds each listing: `report`, `listing`, `standard`, `said`."""
    uses = tables.listings.select("listing", made="batch").join(tables.reports, "listing")
    about = (uses.covered.isnull() | uses.covered) & ~of_other_batch(uses)
    reports = uses.filter(about).select("report", "listing", "standard", "grade")
    has = tables.limits.filter(tables.limits.grade != "").select("standard", said="grade").distinct()
    claims = tables.said("grades").union(tables.said("levels")).select("listing", "said")
    claimed = reports.join(claims, "listing").semi_join(has, ["standard", "said"]).drop("grade")
    named = reports.filter(reports.grade != "").anti_join(claimed, ["report", "listing"])
    every = reports.drop("grade").mutate(said=ibis.literal(""))
    return claimed.union(named.rename(said="grade")).union(every).distinct()


RULE = Rule(
    code="measured-below",
    act=Act.REMOVE,
    name=_("Measured below the class"),
    looks_at=_("The values in verified laboratory reports, and the class that the listing claims."),
    says=_(
        "It claims %(claimed)s, but a laboratory measured %(quantity)s of %(figure)s, "
        "where %(standard)s asks for %(bound)s."
    ),
    provision=_(
        "Product Quality Law, art. 26: a product is of the quality that its standard and label state."
    ),
    find=find,
)
