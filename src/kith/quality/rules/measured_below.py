"""A laboratory measured less than the class needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.core.lazily import ibis
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
    uses = tables.uses
    about = uses.filter((uses.covered.isnull() | uses.covered) & ~uses.other_batch)
    measured = about.select("listing", "report", "standard").join(tables.measures, "report")
    judged = measured.join(tables.limits, ["standard", "quantity"])
    apart = judged.filter((judged.value < judged.at_least) | (judged.value > judged.at_most))
    every, of_class = apart.filter(apart.grade == ""), apart.semi_join(_held(tables), _KEY)
    below = every.union(of_class)
    bound = ibis.ifelse(below.value < below.at_least, below.at_least, below.at_most)
    claimed = ibis.ifelse(below.grade == "", below.standard, below.grade)
    return found(below, standard=below.standard, claimed=claimed, figure=below.value, bound=bound,
                 other=below.report, words=below.quantity)  # fmt: skip


_KEY = ["listing", "report", "grade"]


def _held(tables: Tables) -> ir.Table:
    """To which classes each report holds each listing."""
    claimed = tables.proving.select("listing", "report", grade="said")
    named = tables.uses.filter(tables.uses.grade != "").anti_join(claimed, ["listing", "report"])
    return claimed.union(named.select(*_KEY))


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
