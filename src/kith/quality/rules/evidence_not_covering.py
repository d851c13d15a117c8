"""The sample that was tested is not what is sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.evidence_wanting import wanting
from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    return wanting(tables, "not_covered", "another")


RULE = Rule(
    code="evidence-not-covering",
    act=Act.REMOVE,
    name=_("Evidence of another thing"),
    looks_at=_("Which listings staff found a report to be about."),
    says=_("The report for %(claimed)s is about another thing than this."),
    provision=_(
        "Product Quality Law, art. 26: a product is of the quality that its standard and label state."
    ),
    find=find,
)
