"""All writes of the shop: its catalogue, orders that a host tells us of, and the storefront's own.

What happens to an order decides what a circle sees, so the entrances call
`kith.sharing.services`, which calls `record_orders` and the moves and then puts shares right.
"""

from kith.shop.services.catalogue import (
    ListingRefused,
    load_categories,
    record_listings,
    record_merchants,
    register_source,
    rename_merchant,
    save_listing,
    set_merchant_staff,
)
from kith.shop.services.moves import (
    MOVES,
    Move,
    MoveRefused,
    ReasonMissing,
    Side,
    answer_refund,
    cancel_line,
    confirm_line,
    deliver_line,
    mark_gift,
    recall_refund,
    request_refund,
    ship_line,
)
from kith.shop.services.orders import LineChange, record_orders
from kith.shop.services.purchase import MOST_PIECES, BuyRefused, Delivery, KeyUsed, place_order

__all__ = [
    "MOST_PIECES",
    "MOVES",
    "BuyRefused",
    "Delivery",
    "KeyUsed",
    "LineChange",
    "ListingRefused",
    "Move",
    "MoveRefused",
    "ReasonMissing",
    "Side",
    "answer_refund",
    "cancel_line",
    "confirm_line",
    "deliver_line",
    "load_categories",
    "mark_gift",
    "place_order",
    "recall_refund",
    "record_listings",
    "record_merchants",
    "record_orders",
    "register_source",
    "rename_merchant",
    "request_refund",
    "save_listing",
    "set_merchant_staff",
    "ship_line",
]
