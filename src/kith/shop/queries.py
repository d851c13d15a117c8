"""All reads of the shop. The catalogue is public; orders go through the rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.core.replica import may_be_old
from kith.shop.cards import (
    LineCard,
    ListingCard,
    ListingDetail,
    MerchantCard,
    ShelfCard,
    find_hold,
)
from kith.shop.models import Category, LineStatus, Listing, Merchant, MerchantStaff, Order, OrderLine, Source
from kith.shop.search import is_listed, search_listings
from kith.shop.services.moves import MOVES, Side
from kith.shop.services.purchase import Delivery
from kith.shop.shelves import read_shelf

__all__ = [
    "category_tree",
    "desk_counts",
    "desk_lines",
    "find_category",
    "get_desk_line",
    "get_line",
    "get_listing",
    "get_merchant",
    "last_delivery",
    "listing_cards",
    "listings_of",
    "merchants_of",
    "my_lines",
    "newest_listings",
    "search",
    "sensitive_categories",
    "with_children",
]

NEEDS_ADDRESS = frozenset({LineStatus.PLACED, LineStatus.SHIPPED, LineStatus.REFUND_REQUESTED})
"""Until then a merchant has to send something, or to fetch it back."""


# --- Shelves ----------------------------------------------------------------------


def category_tree(viewer: Viewer) -> tuple[ShelfCard, ...]:
    """All shelves, in the reader's language, each below the one it belongs to."""
    rows = list(may_be_old(Category.objects.order_by("position", "code"), viewer))

    def below(parent: str | None) -> tuple[ShelfCard, ...]:
        mine = (row for row in rows if row.parent_id == parent)
        return tuple(ShelfCard(row.code, _name(row), row.sensitive, below(row.code)) for row in mine)

    return below(None)


def sensitive_categories() -> tuple[ShelfCard, ...]:
    """The published list: what lies on these is never shown to a circle."""
    rows = Category.objects.filter(sensitive=True).order_by("position", "code")
    return tuple(ShelfCard(row.code, _name(row), True) for row in rows)  # noqa: FBT003


def find_category(text: str) -> str | None:
    """Find the code of the shelf that another shop's words mean, if it is one of ours.

    By its code or either name, whoever made it, or by Google's product taxonomy.
    """
    words = " ".join(text.split())
    named = Category.objects.filter(
        Q(code__iexact=words) | Q(name_zh__iexact=words) | Q(name_en__iexact=words)
    )
    found = named.order_by("position", "code").values_list("code", flat=True).first()
    return found or read_shelf(words)


def _name(category: Category) -> str:
    return category.name(get_language() or "zh-hans")


def with_children(code: str) -> list[str]:
    """A shelf and all that are below it.

    :raises NotThere: no such shelf.
    """
    parents = dict(Category.objects.values_list("code", "parent_id"))
    if code not in parents:
        raise NotThere
    found = [code]
    for shelf in found:
        found += [child for child, parent in parents.items() if parent == shelf]
    return found


# --- Listings ---------------------------------------------------------------------


def newest_listings(
    viewer: Viewer, *, category: str | None = None, cursor: str | None = None, size: int = 20
) -> Page[ListingCard]:
    """What is on sale, the newest first; on one shelf and those below it, or everywhere.

    What is frozen is among it, with its state; what is gone or of a closed shop is not.


    :raises NotThere: no such shelf.
    """
    rows = Listing.objects.filter(is_listed(), on_sale=True)
    if category is not None:
        rows = rows.filter(category__in=with_children(category))
    return _listing_page(may_be_old(rows, viewer), cursor, size)


def listings_of(
    viewer: Viewer, *, merchant_id: int, cursor: str | None = None, size: int = 20
) -> Page[ListingCard]:
    """What a merchant sells, the newest first; to those who act for it, also what it sold before, and
    what was taken down."""
    rows = Listing.objects.filter(merchant=merchant_id)
    if not _staffs(viewer, merchant_id):
        rows = rows.filter(is_listed(), on_sale=True)
    return _listing_page(may_be_old(rows, viewer), cursor, size)


def search(viewer: Viewer, *, query: str, cursor: str | None = None, size: int = 20) -> Page[ListingCard]:
    """Listings that hold all the words of a query, best first."""
    found = search_listings(viewer, query=query, cursor=cursor, size=size)
    cards = listing_cards(viewer, listing_ids=found.items)
    return Page(tuple(cards[pk] for pk in found.items if pk in cards and cards[pk].on_sale), found.next)


def listing_cards(viewer: Viewer, *, listing_ids: Collection[int]) -> dict[int, ListingCard]:
    rows = Listing.objects.filter(pk__in=listing_ids).select_related("merchant", "category", "hold")
    return {row.pk: _listing_card(row) for row in may_be_old(rows, viewer)}


def get_listing(viewer: Viewer, *, listing_id: int) -> ListingDetail:
    """One listing, on sale or not, gone or not: who bought it comes back to it.

    :raises NotThere: no such listing.
    """
    rows = Listing.objects.select_related("merchant", "category__parent__parent", "hold")
    listing = may_be_old(rows, viewer).filter(pk=listing_id).first()
    if listing is None:
        raise NotThere
    return ListingDetail(_listing_card(listing), listing.description, tuple(_path(listing.category))[::-1])


def _path(category: Category | None) -> Iterable[ShelfCard]:
    while category is not None:
        yield ShelfCard(category.code, _name(category), category.sensitive)
        category = category.parent


def _listing_page(rows: QuerySet[Listing], cursor: str | None, size: int) -> Page[ListingCard]:
    if cursor is not None:
        rows = rows.filter(_behind("created_at", cursor))
    rows = rows.select_related("merchant", "category", "hold").order_by("-created_at", "-pk")
    found = list(rows[: size + 1])
    following = _place_of(found[size - 1].created_at, found[size - 1].pk) if len(found) > size else None
    return Page(tuple(map(_listing_card, found[:size])), following)


def _behind(column: str, cursor: str) -> Q:
    """Match what comes after a place, newest first."""
    instant, pk = read_place(cursor)
    return Q(**{f"{column}__lte": instant}) & (Q(**{f"{column}__lt": instant}) | Q(pk__lt=pk))


def _place_of(at: datetime, pk: int) -> str:
    return write_cursor(at.isoformat(), pk)


def _listing_card(listing: Listing) -> ListingCard:
    return ListingCard(
        id=listing.pk,
        title=listing.title,
        picture=listing.picture,
        price=listing.price,
        merchant_id=listing.merchant_id,
        merchant_name=listing.merchant.name,
        category_code=listing.category_id,
        category_name=_name(listing.category),
        sensitive=listing.category.sensitive,
        on_sale=listing.on_sale,
        source=listing.source,
        external_id=listing.external_id,
        hold=find_hold(listing),
        merchant_closed=listing.merchant.closed_at is not None,
    )


# --- Merchants --------------------------------------------------------------------


def get_merchant(viewer: Viewer, *, merchant_id: int) -> MerchantCard:
    """:raises NotThere: no such merchant."""
    merchant = may_be_old(Merchant.objects.filter(pk=merchant_id), viewer).first()
    if merchant is None:
        raise NotThere
    return _merchant_card(merchant)


def merchants_of(viewer: Viewer) -> tuple[MerchantCard, ...]:
    """The merchants that the viewer acts for."""
    staffed = MerchantStaff.objects.filter(person=viewer.person_id).values("merchant")
    return tuple(map(_merchant_card, Merchant.objects.filter(pk__in=staffed).order_by("name", "pk")))


def _staffs(viewer: Viewer, merchant_id: int) -> bool:
    return MerchantStaff.objects.filter(merchant=merchant_id, person=viewer.person_id).exists()


def _merchant_card(row: Merchant) -> MerchantCard:
    return MerchantCard(row.pk, row.name, row.about, row.region, row.source, row.external_id, row.closed_at)


# --- Orders -----------------------------------------------------------------------


def my_lines(viewer: Viewer, *, cursor: str | None = None, size: int = 20) -> Page[LineCard]:
    """What the viewer bought, the newest first."""
    return _line_page(viewer, Q(buyer=viewer.person_id), Side.BUYER, cursor, size)


def get_line(viewer: Viewer, *, line_id: int) -> LineCard:
    """One line of an order that the viewer bought.

    :raises NotThere: not theirs.
    """
    lines = OrderLine.objects.visible_to(viewer).filter(pk=line_id, buyer=viewer.person_id)
    cards = _line_cards(lines.select_related(*_RELATED), Side.BUYER)
    if not cards:
        raise NotThere
    return cards[0]


def last_delivery(viewer: Viewer) -> Delivery | None:
    """Where the viewer's newest order from this shop went: a form begins with it."""
    if not viewer.is_known:
        return None
    orders = Order.objects.visible_to(viewer).filter(buyer=viewer.person_id).exclude(address="")
    order = orders.order_by("-placed_at", "-pk").first()
    return Delivery(order.recipient, order.phone, order.ship_to, order.address) if order else None


DESK: dict[str, tuple[LineStatus, ...]] = {
    "to-send": (LineStatus.PLACED,),
    "on-the-way": (LineStatus.SHIPPED,),
    "refunds": (LineStatus.REFUND_REQUESTED,),
    "done": (LineStatus.DELIVERED, LineStatus.REFUNDED, LineStatus.CANCELLED),
}
"""The trays of a merchant's desk, and what lies in each."""


def desk_lines(
    viewer: Viewer, *, merchant_id: int, tray: str, cursor: str | None = None, size: int = 20
) -> Page[LineCard]:
    """What lies in one tray of a merchant's desk, for somebody who acts for it.

    :raises NotThere: not their merchant, or no such tray.
    """
    if tray not in DESK or not _staffs(viewer, merchant_id):
        raise NotThere
    here = Q(merchant=merchant_id, status__in=DESK[tray])
    return _line_page(viewer, here, Side.MERCHANT, cursor, size)


def get_desk_line(viewer: Viewer, *, merchant_id: int, line_id: int) -> LineCard:
    """One line that a merchant sold, for somebody who acts for it.

    :raises NotThere: not their merchant, or not its line.
    """
    if not _staffs(viewer, merchant_id):
        raise NotThere
    lines = OrderLine.objects.visible_to(viewer).filter(pk=line_id, merchant=merchant_id)
    cards = _line_cards(lines.select_related(*_RELATED), Side.MERCHANT)
    if not cards:
        raise NotThere
    return cards[0]


def desk_counts(viewer: Viewer, *, merchant_id: int) -> dict[str, int]:
    """How much lies in each tray that waits for somebody."""
    lines = OrderLine.objects.visible_to(viewer).filter(merchant=merchant_id)
    return {tray: lines.filter(status__in=DESK[tray]).count() for tray in DESK if tray != "done"}


_RELATED = ("order", "listing__merchant", "listing__category", "listing__hold")


def _line_page(viewer: Viewer, which: Q, side: Side, cursor: str | None, size: int) -> Page[LineCard]:
    lines = OrderLine.objects.visible_to(viewer).filter(which)
    if cursor is not None:
        lines = lines.filter(_behind("placed_at", cursor))
    lines = lines.select_related(*_RELATED).order_by("-placed_at", "-pk")
    found = list(lines[: size + 1])
    following = _place_of(found[size - 1].placed_at, found[size - 1].pk) if len(found) > size else None
    return Page(_line_cards(found[:size], side), following)


def _line_cards(lines: Iterable[OrderLine], side: Side) -> tuple[LineCard, ...]:
    hosts = set(Source.objects.values_list("name", flat=True))
    return tuple(_line_card(line, side, mirrored=line.order.source in hosts) for line in lines)


def _line_card(line: OrderLine, side: Side, *, mirrored: bool) -> LineCard:
    status = LineStatus(line.status)
    listing = _listing_card(line.listing)
    told = side == Side.BUYER or status in NEEDS_ADDRESS
    order = line.order
    return LineCard(
        id=line.pk,
        listing=listing,
        quantity=line.quantity,
        total=line.price * line.quantity,
        status=status,
        status_at=line.status_at,
        reason=line.reason,
        refund_reason=line.refund_reason,
        placed_at=line.placed_at,
        delivered_at=line.delivered_at,
        is_gift=line.is_gift,
        may=frozenset() if mirrored else _moves_of(line, side, listing),
        refund_refused=status == LineStatus.DELIVERED and bool(line.reason),
        recipient=order.recipient if told else "",
        phone=order.phone if told else "",
        region=order.ship_to if told else "",
        address=order.address if told else "",
    )


def _moves_of(line: OrderLine, side: Side, card: ListingCard) -> frozenset[str]:
    return frozenset(
        name
        for name, move in MOVES.items()
        if side in move.sides
        and line.status in move.begin
        and move.suits(line.refund_reason, is_gone=lambda: card.is_gone)
    )
