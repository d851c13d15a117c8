"""Far more comes back, or is complained of, than of other things on its shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.core.lazily import ibis
from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir

FALSE_DISCOVERIES = 0.05
"""Of the listings found, the share that is found wrongly is at most this, on average."""
FEWEST = 5
"""Buyers who must have sent it back, or complained."""


def find(tables: Tables) -> ir.Table:
    """Test each listing against the rest of its shelf, and allow for how many are tested at once.

    Of all N buyers of the things on the shelf, each counted once for each thing, the share p sent it
    back: k of a listing's n, and y of the m of all others. Were it no worse than those, it would be
    chance who did, and that as many as k are among its n would have at most either probability

        exp(-n · D(k / n, p)),  exp(-m · D(y / m, p)),
        where D(x, p) = x · ln(x / p) + (1 - x) · ln((1 - x) / (1 - p))

    (W. Hoeffding, "Probability inequalities for sums of bounded random variables", JASA 58, 1963,
    theorems 1 and 4: drawn from a finite number without putting back). No share is estimated, so that
    it holds for small shelves and numbers as for large. Those found are the ones that Benjamini and
    Hochberg's step-up finds at 5 % (JRSS B 57, 1995): the false discovery rate is at most that, and
    less by as much as the bound exceeds the probability. Only what can be found is tested and compared
    with: what is gone would lend its certainty to what is not.
    """
    rows = _beside_the_rest(tables)
    chance = ibis.ifelse(rows.eligible, (-ibis.greatest(rows.here, rows.elsewhere)).exp(), 1.0)
    tested = rows.mutate(chance=chance)
    ranked = tested.mutate(rank=ibis.row_number().over(ibis.window(order_by=["chance", "listing"])) + 1)
    total = ranked.mutate(tests=ranked.count().over(ibis.window()))
    passing = total.filter(total.chance <= FALSE_DISCOVERIES * total.rank / total.tests)
    last = passing.agg(last=passing["rank"].max())
    often = total.cross_join(last).filter(lambda row: row["rank"] <= row["last"])
    return found(often, figure=often.share * 100, bound=often.usual * 100, words=often.bad.cast("string"))


def _beside_the_rest(tables: Tables) -> ir.Table:
    """Each listing's share beside that of the rest of its shelf, and how far both are from the whole."""
    sold = tables.sold.filter(tables.sold.sold > 0).semi_join(tables.listings, "listing")
    shelf = sold.group_by("category").agg(all_sold=sold.sold.sum(), all_bad=sold.bad.sum())
    rows = sold.join(shelf, "category")
    rows = rows.mutate(
        share=rows.bad / rows.sold, others=rows.all_sold - rows.sold, whole=rows.all_bad / rows.all_sold
    )
    usual = (rows.all_bad - rows.bad) / ibis.greatest(rows.others, ibis.literal(1))
    rows = rows.mutate(usual=usual)
    return rows.mutate(
        here=rows.sold * _divergence(rows.share, rows.whole),
        elsewhere=rows.others * _divergence(rows.usual, rows.whole),
        eligible=(rows.bad >= FEWEST) & (rows.share > rows.usual),
    )


def _divergence(share: ir.FloatingValue, whole: ir.FloatingValue) -> ir.FloatingValue:
    """Kullback and Leibler's, in nats. Of a share of 0 or 1, one of the terms is none."""
    least = ibis.literal(1e-12)
    came_back = share * (ibis.greatest(share, least) / ibis.greatest(whole, least)).ln()
    kept = (1 - share) * (ibis.greatest(1 - share, least) / ibis.greatest(1 - whole, least)).ln()
    return came_back + kept


RULE = Rule(
    code="returned-often",
    act=Act.SUSPECT,
    name=_("Comes back too often"),
    looks_at=_("Who bought it in the last year, and how many of them sent it back or complained."),
    says=_("%(figure)s of its buyers sent it back or complained; with other such things %(bound)s do."),
    provision=_("The shop's terms: what comes back far more often than others is looked at."),
    find=find,
)
