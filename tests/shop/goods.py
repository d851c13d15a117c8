"""Things to sell in tests."""

from __future__ import annotations

from datetime import UTC, datetime

from kith.core.guard import Viewer
from kith.core.money import Money
from kith.people.models import Person
from kith.shop.models import Listing, Merchant, OrderLine
from kith.shop.records import ListingRecord, MerchantRecord
from kith.shop.services import (
    Delivery,
    load_categories,
    place_order,
    record_listings,
    record_merchants,
    set_merchant_staff,
)

NOON = datetime(2026, 3, 14, 4, 0, tzinfo=UTC)
HOME = Delivery(
    recipient="李梅", phone="13800138000", region="130600", address="莲池区东风路 12 号 3 单元 501"
)


def person(name: str) -> Person:
    return Person.objects.create_user(name.lower(), display_name=name)


def looks(somebody: Person | None, now: datetime = NOON) -> Viewer:
    return Viewer(somebody.pk if somebody else None, now)


def merchant(name: str = "邻里小家电", staff: tuple[Person, ...] = ()) -> Merchant:
    load_categories()
    [pk] = record_merchants([MerchantRecord("host", name, name)])
    set_merchant_staff(merchant_id=pk, person_ids=[somebody.pk for somebody in staff])
    return Merchant.objects.get(pk=pk)


def listing(
    title: str = "不锈钢电热水壶 1.7 升",
    *,
    of: Merchant,
    category: str = "kitchen-appliances",
    on_sale: bool = True,
) -> Listing:
    record = ListingRecord("host", title, of.pk, category, title, Money(7990), on_sale=on_sale)
    [pk] = record_listings([record])
    return Listing.objects.get(pk=pk)


def bought(somebody: Person, what: Listing, *, key: str = "k1", now: datetime = NOON) -> OrderLine:
    change = place_order(looks(somebody, now), listing_id=what.pk, quantity=1, delivery=HOME, key=key)
    return change.line
