"""The report was handed in by another merchant before."""

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
    return wanting(tables, "another")


RULE = Rule(
    code="evidence-of-another",
    act=Act.REMOVE,
    name=_("Evidence of another merchant"),
    looks_at=_("Who handed a report in first, and who uses it."),
    says=_("The report for %(claimed)s belongs to another merchant."),
    provision=_("E-Commerce Law, art. 17: what is told of a product is complete, true and timely."),
    find=find,
)
