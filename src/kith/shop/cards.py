"""What the shop's reads hand out: frozen, and with nothing left to decide for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.core.money import Money
from kith.shop.models import LineStatus


@dataclass(frozen=True, slots=True)
class ShelfCard:
    code: str
    name: str
    sensitive: bool
    children: tuple[ShelfCard, ...] = ()


@dataclass(frozen=True, slots=True)
class MerchantCard:
    id: int
    name: str
    about: str
    region: str
    source: str | None
    external_id: str | None


@dataclass(frozen=True, slots=True)
class ListingCard:
    id: int
    title: str
    picture: str
    price: Money
    merchant_id: int
    merchant_name: str
    category_code: str
    category_name: str
    sensitive: bool
    on_sale: bool
    source: str | None
    external_id: str | None


@dataclass(frozen=True, slots=True)
class ListingDetail:
    card: ListingCard
    description: str
    path: tuple[ShelfCard, ...]
    """The shelves it lies on, the widest first."""


@dataclass(frozen=True, slots=True)
class LineCard:
    """An order line as one of its two sides sees it, with what that side may do now."""

    id: int
    listing: ListingCard
    quantity: int
    total: Money
    status: LineStatus
    status_at: datetime
    reason: str
    placed_at: datetime
    delivered_at: datetime | None
    is_gift: bool
    may: frozenset[str]
    """Names of moves."""
    refund_refused: bool
    recipient: str
    phone: str
    region: str
    address: str
    """Empty for the merchant once nothing has to be sent or fetched any more."""

    @property
    def may_be_shown(self) -> bool:
        """Whether its buyer may show it to a circle at all, or review it."""
        arrived = self.delivered_at is not None and self.status != LineStatus.CANCELLED
        return arrived and not self.is_gift and not self.listing.sensitive
