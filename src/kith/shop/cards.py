"""What the shop's reads hand out: frozen, and with nothing left to decide for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.core.money import Money
from kith.shop.models import HoldState, LineStatus, Listing, ListingHold, RefundReason


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
    closed_at: datetime | None
    """Since when staff have closed it. A closed shop sells nothing."""


@dataclass(frozen=True, slots=True)
class HoldCard:
    """What has been decided about a listing: `HoldState`, since when, and the figures to say why with."""

    state: str
    since: datetime
    decision: int
    rule: str
    standard: str
    claimed: str
    figure: float | None
    bound: float | None
    words: str

    @property
    def is_gone(self) -> bool:
        """Whether it is in no list any more."""
        return HoldState(self.state).is_gone


def hold_card(hold: ListingHold) -> HoldCard:
    return HoldCard(
        state=hold.state,
        since=hold.since,
        decision=hold.decision,
        rule=hold.rule,
        standard=hold.standard,
        claimed=hold.claimed,
        figure=hold.figure,
        bound=hold.bound,
        words=hold.words,
    )


def find_hold(listing: Listing) -> HoldCard | None:
    """What has been decided about a listing; None if it is live. Asks for it unless `hold` was selected."""
    row: ListingHold | None = getattr(listing, "hold", None)
    return None if row is None else hold_card(row)


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
    """What its merchant wants."""
    source: str | None
    external_id: str | None
    hold: HoldCard | None
    merchant_closed: bool

    @property
    def for_sale(self) -> bool:
        """Whether it can be bought now."""
        return self.on_sale and self.hold is None and not self.merchant_closed

    @property
    def is_gone(self) -> bool:
        """Whether it was taken down or recalled."""
        return self.hold is not None and self.hold.is_gone


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
    refund_reason: str
    """One of `RefundReason`, or empty."""
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
    def refund_words(self) -> str:
        """Why it comes back, in the reader's language; empty if nobody said."""
        return str(RefundReason(self.refund_reason).label) if self.refund_reason else ""

    @property
    def may_be_shown(self) -> bool:
        """Whether its buyer may show it to a circle at all, or review it."""
        arrived = self.delivered_at is not None and self.status != LineStatus.CANCELLED
        return arrived and not self.is_gift and not self.listing.sensitive
