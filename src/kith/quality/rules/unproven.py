"""A claim for which there is no evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.core.lazily import ibis
from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Find claims of a class or a known standard, without a single verified report that bears on them.

    Of several standards named, the first that is known, by its name, is the one said to be unproven.
    An unknown one alone is another rule's: nobody could hand in a report for it.
    """
    bare = tables.listings.semi_join(tables.covered, "category").anti_join(tables.bearing, "listing")
    said = tables.said_standards.semi_join(bare, "listing").semi_join(tables.names, "said")
    known = said.group_by("listing").agg(named=said.said.min())
    shelf = bare.select("listing", "grades", "levels").left_join(known, "listing")
    claims = shelf.filter((shelf.grades != "") | (shelf.levels != "") | shelf.named.notnull())
    first = ibis.coalesce(
        claims.grades.split("|")[0].nullif(""), claims.levels.split("|")[0].nullif(""), claims.named
    )
    return found(claims, standard=claims.named.fill_null(""), claimed=first)


RULE = Rule(
    code="unproven",
    act=Act.REMOVE,
    name=_("Claim without evidence"),
    looks_at=_("What the listing claims, and the verified reports attached to it."),
    says=_("It claims %(claimed)s, and no laboratory report proves it."),
    provision=_("E-Commerce Law, art. 38: a platform keeps what does not meet safety requirements off sale."),
    find=find,
)
