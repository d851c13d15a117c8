"""New rows in one go, and `IN` with any number of members: as Django itself would have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, transaction

from kith.core.bulk import FEW, append
from kith.people.models import Person
from kith.shop.models import LineStatus, Listing, Merchant, Order, OrderLine
from kith.shop.services import load_categories

pytestmark = pytest.mark.django_db
WHY = "the test compares what is written"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def line_of(order: Order, listing: Listing, number: int) -> OrderLine:
    return OrderLine(
        order_id=order.pk, buyer_id=order.buyer_id, merchant_id=listing.merchant_id, listing_id=listing.pk,
        external_id=f"{number}\t\\N,“”\n", quantity=number + 1, price_minor=1990, status=LineStatus.DELIVERED,
        status_at=NOON + timedelta(microseconds=number),
        placed_at=NOON.astimezone(timezone(timedelta(hours=8))),
        delivered_at=NOON if number % 2 else None, is_gift=number % 3 == 0,
    )  # fmt: skip


@pytest.fixture
def sold() -> tuple[Order, Listing]:
    load_categories()
    mei = Person.objects.create(handle="mei", display_name="Mei")
    shop = Merchant.objects.create(name="Lamps")
    listing = Listing.objects.create(merchant=shop, category_id="fresh", title="Lamp", price_minor=1990)
    return Order.objects.create(buyer=mei, placed_at=NOON), listing


@pytest.mark.parametrize("number", [1, FEW + 5])
def test_rows_are_written_as_django_writes_them(sold: tuple[Order, Listing], number: int) -> None:
    lines = [line_of(*sold, each) for each in range(number)]
    fields = [field.attname for field in OrderLine._meta.concrete_fields]
    append(lines)
    rows = OrderLine.objects.unguarded(WHY).order_by("quantity").values_list(*fields)
    found = list(rows)
    OrderLine.objects.unguarded(WHY).delete()
    OrderLine.objects.bulk_create(lines)
    assert found == list(rows.all())
    assert not any(line._state.adding for line in lines)


def test_what_is_there_already_is_refused(sold: tuple[Order, Listing]) -> None:
    append([line_of(*sold, 1)])
    with pytest.raises(IntegrityError), transaction.atomic():
        append([line_of(*sold, number) for number in range(FEW + 5)])
    assert OrderLine.objects.unguarded(WHY).count() == 1


@pytest.mark.parametrize("more", [3, FEW + 5])
def test_what_is_there_already_may_be_left_out(sold: tuple[Order, Listing], more: int) -> None:
    append([line_of(*sold, 1)])
    append([line_of(*sold, number) for number in range(more)], unless_there=True)
    assert OrderLine.objects.unguarded(WHY).count() == more


def test_nothing_is_nothing() -> None:
    append([])
    assert not Person.objects.filter(pk__among=[]).exists()


def test_members_are_found_however_many_there_are(sold: tuple[Order, Listing]) -> None:
    order, listing = sold
    append([line_of(order, listing, number) for number in range(5)])
    lines = OrderLine.objects.unguarded(WHY)
    assert lines.filter(order__among=[order.pk, *range(300_000)]).count() == 5
    assert lines.filter(external_id__among=["1\t\\N,“”\n", "none", "王'\""]).count() == 1
    assert not lines.filter(listing__among=[order.pk]).exists()
