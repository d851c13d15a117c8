"""Buying in the storefront: one listing at a time, cash on delivery."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.core.ids import random_id
from kith.people.regions import is_region
from kith.shop.models import HoldState, LineStatus, Listing, ListingHold, Merchant, Order, OrderLine
from kith.shop.records import STOREFRONT
from kith.shop.services.orders import LineChange

MOST_PIECES = 99
LONGEST_KEY = 200

HELD: dict[HoldState, str | Promise] = {
    HoldState.SUSPECTED: _("The shop is checking this. It is not for sale until we know."),
    HoldState.REMOVED: _("This was taken down. It cannot be bought any more."),
    HoldState.RECALLED: _("This was called back. It cannot be bought any more."),
}
"""What somebody who wants to buy it is told."""


class BuyRefused(Refused):
    """Something about the order has to be put right first; `field` says what."""

    code = "order-refused"

    def __init__(self, sentence: object, *, field: str = "") -> None:
        super().__init__(sentence)  # type: ignore[arg-type]
        self.field = field


class KeyUsed(Refused):
    """The idempotency key already stands for another order."""

    code = "idempotency-key-used"
    status = 409


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where an order goes. Seen by its buyer and its merchant only, and never shared."""

    recipient: str
    phone: str
    region: str
    address: str


@transaction.atomic
def place_order(
    viewer: Viewer, *, listing_id: int, quantity: int, delivery: Delivery, key: str
) -> LineChange:
    """Order a listing, to be paid on delivery.

    :param key: drawn by the client for this order; sent again, the first order is returned
        with `before` set, and nothing is ordered twice.
    :raises BuyRefused: not for sale, a quantity out of 1 to 99, or no usable address.
    :raises KeyUsed: the key was used for another order.
    """
    if viewer.person_id is None:
        raise NotThere
    external_id = _order_number(viewer.person_id, key)
    # Held against whoever would freeze it, take it down or close its shop in this moment (`holds`).
    listing = Listing.objects.select_for_update(no_key=True).filter(pk=listing_id).first()
    if listing is None:
        raise NotThere
    earlier = _find_earlier(viewer, external_id)
    if earlier is not None:
        return _same_again(earlier, listing_id, quantity)
    _require_for_sale(listing)
    if not 1 <= quantity <= MOST_PIECES:
        raise BuyRefused(_("You can order between 1 and 99 pieces."), field="quantity")
    to = _check(delivery)
    order = Order(
        pk=random_id(), buyer_id=viewer.person_id, placed_at=viewer.now,
        source=STOREFRONT, external_id=external_id,
        recipient=to.recipient, phone=to.phone, ship_to=to.region, address=to.address,
    )  # fmt: skip
    Order.objects.bulk_create([order], ignore_conflicts=True)
    earlier = _find_earlier(viewer, external_id)
    if earlier is not None:
        return _same_again(earlier, listing_id, quantity)
    return LineChange(_first_line(order, listing, quantity), became_delivered=False, before=None)


def _require_for_sale(listing: Listing) -> None:
    """:raises BuyRefused: it is off sale or held, or its shop is closed. The listing is locked."""
    hold = ListingHold.objects.filter(listing=listing).first()
    if hold is not None:
        raise BuyRefused(HELD[HoldState(hold.state)])
    if Merchant.objects.filter(pk=listing.merchant_id, closed_at__isnull=False).exists():
        raise BuyRefused(_("This shop is closed. Nothing can be bought here."))
    if not listing.on_sale:
        raise BuyRefused(_("This is not on sale any more."))


def _order_number(buyer_id: int, key: str) -> str:
    """Turn the client's key into the order's number: the same for the same buyer and key only."""
    if not key or len(key) > LONGEST_KEY:
        raise BuyRefused(_("The order could not be read. Please open the listing again."), field="key")
    return salted_hmac("kith.shop.order", f"{buyer_id}:{key}", algorithm="sha256").hexdigest()[:32]


def _find_earlier(viewer: Viewer, external_id: str) -> OrderLine | None:
    """Find the order made with this key by an earlier click. An order is written with its line."""
    lines = OrderLine.objects.visible_to(viewer)
    found: OrderLine | None = lines.filter(order__source=STOREFRONT, order__external_id=external_id).first()
    return found


def _same_again(line: OrderLine, listing_id: int, quantity: int) -> LineChange:
    if (line.listing_id, line.quantity) != (listing_id, quantity):
        raise KeyUsed(_("This order was already placed. Open the listing again to order more."))
    return LineChange(
        line,
        became_delivered=False,
        before=LineStatus(line.status),
        delivered_before=line.delivered_at,
    )


def _first_line(order: Order, listing: Listing, quantity: int) -> OrderLine:
    line: OrderLine = OrderLine.objects.create(
        order=order, buyer_id=order.buyer_id, external_id="1",
        merchant_id=listing.merchant_id, listing=listing,
        quantity=quantity, price_minor=listing.price_minor, currency=listing.currency,
        status=LineStatus.PLACED, status_at=order.placed_at, placed_at=order.placed_at,
    )  # fmt: skip
    return line


def _check(delivery: Delivery) -> Delivery:
    recipient, address = delivery.recipient.strip(), delivery.address.strip()
    if not 1 <= len(recipient) <= 60:
        raise BuyRefused(_("Please write the name of the person who will receive it."), field="recipient")
    phone = read_courier_phone(delivery.phone)
    if not is_region(delivery.region):
        raise BuyRefused(_("Please choose a province or city."), field="region")
    if not 4 <= len(address) <= 300:
        raise BuyRefused(_("Please write the street and the number of the house."), field="address")
    return Delivery(recipient, phone, delivery.region, address)


def read_courier_phone(text: str) -> str:
    """Write a phone number, mobile or not, as E.164; one without a country is Chinese.

    :raises BuyRefused: nobody could call it.
    """
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise BuyRefused(_("Please check the phone number: the courier will call it."), field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
