"""What a host shop tells us, parsed and checked, before it is written. Ids in `id` are the source's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.core.money import Money
from kith.shop.models import LineStatus

STOREFRONT = "storefront"
"""The source of the orders that are placed in the built-in storefront."""


@dataclass(frozen=True, slots=True)
class MerchantRecord:
    source: str
    id: str
    name: str
    about: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """`merchant_id` is ours; `category` is a code of ours (`queries.find_category` reads a shop's words)."""

    source: str
    id: str
    merchant_id: int
    category: str
    title: str
    price: Money
    description: str = ""
    picture: str = ""
    on_sale: bool = True


@dataclass(frozen=True, slots=True)
class LineRecord:
    """What a source says of one line of an order at the instant `at`. `listing_id` is ours."""

    id: str
    listing_id: int
    quantity: int
    price: Money
    status: LineStatus
    at: datetime
    reason: str = ""
    refund_reason: str = ""
    """One of `RefundReason`, or empty."""
    is_gift: bool = False
    """Said once, it stays so: whoever no longer says it may not know what the buyer told us."""


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as a source knows it. `buyer_id` is ours; `ship_to` is a region, and never shared."""

    source: str
    id: str
    buyer_id: int
    placed_at: datetime
    lines: tuple[LineRecord, ...]
    ship_to: str = ""


def newest_instant(record: OrderRecord) -> datetime:
    """The time of an order record: that of the newest thing it tells."""
    return max((line.at for line in record.lines), default=record.placed_at)
