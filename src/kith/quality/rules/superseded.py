"""An old edition, and no word of when the thing was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.not_in_force import dated, out_of_force
from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Find editions that are not in force today, where no day of production is told.

    It may have been made while the edition was, and be in order: nobody can know before the merchant says it.
    """
    wrong = out_of_force(tables).anti_join(dated(tables), "listing")
    return found(wrong, standard=wrong.standard, claimed=wrong.said)


RULE = Rule(
    code="superseded",
    act=Act.SUSPECT,
    name=_("Old edition, and no date of production"),
    looks_at=_("The edition of the standard that is named, where no date of production is told."),
    says=_("It names %(standard)s, which is not in force today, and does not say when it was made."),
    provision=_(
        "Standardization Law, art. 25: what does not meet the mandatory standard in force is not sold."
    ),
    find=find,
)
