"""A claim that the standard does not allow, such as medical use of a mask that is none."""

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
    """Compare what a listing claims to be for with what its standards rule out.

    A claim is in order as soon as one of the standards named allows it: a mask may meet two.
    """
    listings = tables.listings
    claims = [
        listings.filter(listings[claim]).select("listing", claim=ibis.literal(claim))
        for claim in ("medical", "children")
    ]
    claimed = claims[0].union(claims[1])
    meant = tables.meant.select("listing", "standard")
    both = claimed.join(meant, "listing")
    out = tables.forbidden.mutate(forbidden=True)
    judged = both.left_join(out, ["standard", "claim"]).select("listing", "claim", "standard", "forbidden")
    allowed = judged.filter(judged.forbidden.isnull())
    wrong = judged.filter(judged.forbidden.notnull()).anti_join(allowed, ["listing", "claim"])
    return found(wrong, standard=wrong.standard, claimed=wrong.claim, words=wrong.claim)


RULE = Rule(
    code="forbidden-claim",
    act=Act.REMOVE,
    name=_("Claim that the standard does not allow"),
    looks_at=_("What the listing says it is for, and what its standards are not for."),
    says=_("It is offered %(purpose)s, but %(standard)s is not for that."),
    provision=_(
        "Advertising Law, art. 17 and 28: no medical words for what is not medical, nothing misleading."
    ),
    find=find,
)
