"""A claim for which there is no evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.evidence_wanting import bearing
from kith.quality.rules.lazily import ibis
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
    said = tables.said("standards")
    known = said.semi_join(tables.names, "said").group_by("listing").agg(named=said.said.min())
    shelf = tables.listings.semi_join(tables.covered, "category").left_join(known, "listing")
    claims = shelf.filter((shelf.grades != "") | (shelf.levels != "") | shelf.named.notnull())
    bare = claims.anti_join(bearing(tables), "listing")
    first = ibis.coalesce(
        bare.grades.split("|")[0].nullif(""), bare.levels.split("|")[0].nullif(""), bare.named
    )
    return found(bare, standard=bare.named.fill_null(""), claimed=first)


RULE = Rule(
    code="unproven",
    act=Act.REMOVE,
    name=_("Claim without evidence"),
    looks_at=_("What the listing claims, and the verified reports attached to it."),
    says=_("It claims %(claimed)s, and no laboratory report proves it."),
    provision=_("E-Commerce Law, art. 38: a platform keeps what does not meet safety requirements off sale."),
    find=find,
)
