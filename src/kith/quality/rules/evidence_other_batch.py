"""A report proves the batch that it names."""

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
    return wanting(tables, "other_batch", "another", "not_covered")


RULE = Rule(
    code="evidence-other-batch",
    act=Act.REMOVE,
    name=_("Evidence of another batch"),
    looks_at=_("The batch of the report, and that of the listing."),
    says=_("The report for %(claimed)s is of batch %(words)s, which is not the one on sale."),
    provision=_(
        "Product Quality Law, art. 26: a product is of the quality that its standard and label state."
    ),
    find=find,
)
