"""Marks that the standard asks for, and the listing does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Find marks that an edition meant by the listing asks for, and its words do not show.

    Many listings show the same marks: what is missing is worked out for each list and edition once.
    """
    meant = tables.meant.select("listing", "standard")
    rows = tables.listings.select("listing", shown="marks").join(meant, "listing")
    pairs = rows.select("shown", "standard").distinct()
    lists = pairs.select("shown").distinct()
    shown = lists.select("shown", mark=lists["shown"].split("|").unnest())
    missing = pairs.join(tables.marks, "standard").anti_join(shown, ["shown", "mark"])
    wanting = rows.join(missing, ["shown", "standard"])
    return found(wanting, standard=wanting.standard, words=wanting.mark)


RULE = Rule(
    code="marks-missing",
    act=Act.SUSPECT,
    name=_("Marks missing"),
    looks_at=_("The marks that the standard asks for, and the words of the listing."),
    says=_("It does not show what %(standard)s asks for: %(mark)s."),
    provision=_("Product Quality Law, art. 27: a product is marked as its standard asks."),
    find=find,
)
