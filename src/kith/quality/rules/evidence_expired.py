"""The report is past the day until which it is valid."""

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
    return wanting(tables, "expired", "another", "not_covered", "other_batch")


RULE = Rule(
    code="evidence-expired",
    act=Act.SUSPECT,
    name=_("Evidence expired"),
    looks_at=_("Until when each report is valid."),
    says=_("The report for %(claimed)s is not valid any more."),
    provision=_("E-Commerce Law, art. 17: what is told of a product is complete, true and timely."),
    find=find,
)
