"""Several people who bought it say that something is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir

FEWEST_BUYERS = 3


def find(tables: Tables) -> ir.Table:
    """Find what at least three distinct people complain of, each of whom bought it."""
    many = tables.complaints.filter(tables.complaints.buyers >= FEWEST_BUYERS)
    return found(many, figure=many.buyers, bound=FEWEST_BUYERS)


RULE = Rule(
    code="complained-of",
    act=Act.SUSPECT,
    name=_("Reported by buyers"),
    looks_at=_("What people who bought it have reported."),
    says=_("%(figure)s people who bought it have reported it."),
    provision=_("E-Commerce Law, art. 59: a platform deals with complaints in good time."),
    find=find,
)
