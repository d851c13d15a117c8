"""Standards that nobody knows, where there are some for such things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Find listings on a shelf that has standards, of whose own standards none is known.

    Beside a known one others may be named that we have no file for, such as those of a material.
    """
    said = tables.said_standards
    known = said.semi_join(tables.names, said.said == tables.names.said)
    strange = said.anti_join(known, "listing")
    here = tables.listings.semi_join(tables.covered, "category").select("listing")
    odd = strange.semi_join(here, "listing")
    return found(odd, claimed=odd.said)


RULE = Rule(
    code="unknown-standard",
    act=Act.SUSPECT,
    name=_("Unknown standard"),
    looks_at=_("The standards that the listing names, and those that are known for such things."),
    says=_("It names %(claimed)s. No such standard is known for things of this kind."),
    provision=_("Standardization Law, art. 27: a seller names the standard that a product is made to."),
    find=find,
)
