"""What all evidence-rules ask alike: reports that are there, and none of which is any good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.core.lazily import ibis
from kith.quality.rules.tables import Tables, found

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import ibis.expr.types.logical as logical


def wanting(tables: Tables, fault: str, *graver: str) -> ir.Table:
    """Listings of which no report is in order, and one has this fault and none of the graver ones."""
    uses = tables.wanting
    faulty: logical.BooleanValue = uses[fault]
    for worse in graver:
        faulty &= ~uses[worse]
    wrong = uses.filter(faulty)
    claimed = ibis.ifelse(wrong.grade == "", wrong.standard, wrong.grade)
    return found(wrong, standard=wrong.standard, claimed=claimed, other=wrong.report, words=wrong.batch)
