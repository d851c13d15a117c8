"""A class that none of the standards named has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Find claimed classes and levels that no edition meant by the listing has, if it means any.

    A standard without classes has none of them: what meets YY 0469 is no KN95 for that. A protection
    level said to be a filtration class is another matter, and not found here.
    """
    strange = tables.claims.anti_join(tables.graded, ["listing", "said"])
    named = strange.join(tables.meant.select("listing", "standard"), "listing")
    return found(named, standard=named.standard, claimed=named.said)


RULE = Rule(
    code="no-such-class",
    act=Act.SUSPECT,
    name=_("Class that the standard does not have"),
    looks_at=_("The class that the listing claims, and the classes of the standards that it names."),
    says=_("It claims %(claimed)s, but %(standard)s has no such class."),
    provision=_("E-Commerce Law, art. 17: what is told of a product is complete, true and timely."),
    find=find,
)
