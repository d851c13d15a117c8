"""A price that nobody could sell the real thing for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.numbers import get_currency_precision, list_currencies
from django.utils.translation import gettext_lazy as _

from kith.core.lazily import ibis
from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir

FEWEST = 30
"""Listings of a class that must be on sale before their prices say anything."""
FARTHEST = 3.5
"""Robust z-scores below the median (Iglewicz and Hoaglin, "How to detect and handle outliers", 1993)."""
_TO_SIGMA = 1.4826
"""Times the median absolute deviation is the standard deviation, of what is normal."""
_LEAST_SPREAD = 0.05
"""Of the logarithm: where nearly all ask the same, a few per cent less are nothing."""


def find(tables: Tables) -> ir.Table:
    """Compare the price of a piece with the others' of its shelf, class and currency.

    By the logarithm, for prices spread by shares and not by sums; by median and median absolute
    deviation, for those who ask too little must not shift the measure they are held against.
    """
    listings = tables.listings
    meant = (listings.grades != "") & (listings.price > 0) & (listings.pieces > 0)
    priced = listings.filter(meant).select(
        "listing", "category", "currency", grade=listings.grades.split("|")[0],
        piece=listings.price / listings.pieces, height=(listings.price / listings.pieces).ln(),
    )  # fmt: skip
    group = ["category", "currency", "grade"]
    middle = priced.group_by(group).agg(number=priced.count(), middle=priced.height.median())
    known = priced.join(middle.filter(middle.number >= FEWEST), group)
    apart = known.mutate(apart=(known.height - known.middle).abs())
    spread = apart.group_by(group).agg(spread=apart.apart.median())
    judged = apart.join(spread, group)
    sigma = ibis.greatest(judged.spread * _TO_SIGMA, ibis.literal(_LEAST_SPREAD))
    low = judged.filter(judged.middle - judged.height > FARTHEST * sigma)
    coins = _coins(low.currency)
    return found(low, claimed=low.grade, figure=low.piece / coins, bound=low.middle.exp() / coins,
                 words=low.currency)  # fmt: skip


def _coins(currency: ir.StringValue) -> ir.IntegerValue:
    """How many of its smallest coins make one of a currency: a price is told as people know it."""
    digits = {code: get_currency_precision(code) for code in sorted(list_currencies())}
    unusual = {count: [code for code in digits if digits[code] == count] for count in (0, 3)}
    return ibis.cases((currency.isin(unusual[0]), 1), (currency.isin(unusual[3]), 1000), else_=100)


RULE = Rule(
    code="price-too-low",
    act=Act.SUSPECT,
    name=_("Price implausibly low"),
    looks_at=_("The price of one piece, beside all others of the same class."),
    says=_("It costs %(figure)s a piece, where others of class %(claimed)s cost some %(bound)s."),
    provision=_("The shop's terms: what cannot be real at its price is looked at before it is sold."),
    find=find,
)
