"""What a host shop tells of its orders, in whatever order it tells it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kith.core.money import Money
from kith.shop.models import LineStatus, Order, OrderLine
from kith.shop.records import LineRecord, OrderRecord
from kith.shop.services import record_orders
from tests.shop import goods
from tests.shop.goods import NOON

LOOK = "a test looks at what was written"
HOUR = timedelta(hours=1)


def told(
    status: LineStatus,
    *,
    at: datetime,
    buyer_id: int,
    listing_id: int,
    order: str = "o1",
    line: str = "1",
    **more: Any,
) -> OrderRecord:
    price = Money(more.get("price", 7990))
    said = LineRecord(line, listing_id, more.get("quantity", 1), price, status, at, more.get("reason", ""))
    placed_at = more.get("placed_at", NOON)
    return OrderRecord("host", order, buyer_id, placed_at, (said,), more.get("ship_to", "130600"))


def rows() -> list[tuple[Any, ...]]:
    """All that was written, but for our own ids."""
    lines = OrderLine.objects.unguarded(LOOK).order_by("order__external_id", "external_id")
    return list(
        lines.values_list(
            "order__external_id", "order__buyer", "order__ship_to", "order__placed_at", "external_id",
            "buyer", "merchant", "listing", "quantity", "price_minor", "status", "status_at", "reason",
            "placed_at", "delivered_at", "refund_requested_at",
        )
    )  # fmt: skip


@pytest.mark.django_db
class TestOneLine:
    @pytest.fixture(autouse=True)
    def stage(self) -> None:
        self.mei = goods.person("Mei")
        self.kettle = goods.listing(of=goods.merchant())

    def tell(self, status: LineStatus, at: datetime, **more: Any) -> Any:
        record = told(status, at=at, buyer_id=self.mei.pk, listing_id=self.kettle.pk, **more)
        return record_orders([record])

    def line(self) -> OrderLine:
        return OrderLine.objects.unguarded(LOOK).get()

    def test_a_new_line_is_a_change_from_nothing(self) -> None:
        [change] = self.tell(LineStatus.PLACED, NOON)
        assert (change.before, change.became_delivered) == (None, False)
        assert (change.line.buyer_id, change.line.merchant_id) == (self.mei.pk, self.kettle.merchant_id)

    def test_told_again_nothing_changes(self) -> None:
        self.tell(LineStatus.PLACED, NOON)
        assert self.tell(LineStatus.PLACED, NOON) == []

    def test_the_newest_by_its_own_time_wins(self) -> None:
        self.tell(LineStatus.SHIPPED, NOON + HOUR)
        assert self.tell(LineStatus.PLACED, NOON) == []
        assert self.line().status == LineStatus.SHIPPED

    def test_of_the_same_instant_the_further_state_wins(self) -> None:
        self.tell(LineStatus.DELIVERED, NOON)
        self.tell(LineStatus.SHIPPED, NOON)
        assert self.line().status == LineStatus.DELIVERED

    def test_a_delivery_heard_of_late_is_known_now_though_the_state_stays(self) -> None:
        self.tell(LineStatus.REFUND_REQUESTED, NOON + 2 * HOUR)
        [change] = self.tell(LineStatus.DELIVERED, NOON + HOUR)
        assert change.became_delivered
        assert self.line().status == LineStatus.REFUND_REQUESTED
        assert self.line().delivered_at == NOON + HOUR

    def test_an_earlier_delivery_moves_it_and_says_from_where(self) -> None:
        self.tell(LineStatus.DELIVERED, NOON + 2 * HOUR)
        [change] = self.tell(LineStatus.DELIVERED, NOON + HOUR)
        assert not change.became_delivered
        assert change.delivered_before == NOON + 2 * HOUR
        assert self.line().delivered_at == NOON + HOUR

    def test_when_the_money_was_asked_back_stays_known(self) -> None:
        self.tell(LineStatus.REFUND_REQUESTED, NOON + 2 * HOUR)
        self.tell(LineStatus.REFUNDED, NOON + 4 * HOUR)
        assert self.line().refund_requested_at == NOON + 2 * HOUR
        self.tell(LineStatus.REFUND_REQUESTED, NOON + 3 * HOUR)
        self.tell(LineStatus.REFUND_REQUESTED, NOON + HOUR)
        assert self.line().refund_requested_at == NOON + 3 * HOUR
        assert (self.line().status, self.line().status_at) == (LineStatus.REFUNDED, NOON + 4 * HOUR)

    def test_several_records_of_one_order_in_one_call_are_one_change(self) -> None:
        records = [
            told(status, at=NOON + at * HOUR, buyer_id=self.mei.pk, listing_id=self.kettle.pk)
            for at, status in enumerate([LineStatus.PLACED, LineStatus.SHIPPED, LineStatus.DELIVERED])
        ]
        [change] = record_orders(records)
        assert (change.before, change.became_delivered) == (None, True)

    def test_an_erased_buyer_stays_erased(self) -> None:
        self.tell(LineStatus.PLACED, NOON)
        buyer_id = self.mei.pk
        self.mei.delete()
        late = told(LineStatus.DELIVERED, at=NOON + HOUR, buyer_id=buyer_id, listing_id=self.kettle.pk)
        record_orders([late])
        assert self.line().buyer_id is None
        assert self.line().status == LineStatus.DELIVERED

    def test_as_many_queries_for_five_hundred_orders_as_for_fifty(self) -> None:
        def queries(count: int, start: int) -> int:
            records = [
                told(LineStatus.PLACED, at=NOON, order=f"o{start + number}", buyer_id=self.mei.pk,
                     listing_id=self.kettle.pk)
                for number in range(count)
            ]  # fmt: skip
            with CaptureQueriesContext(
                connection,
            ) as seen:
                record_orders(records)
            reads = [query for query in seen if not query["sql"].startswith("INSERT")]
            return len(reads)

        assert queries(50, 0) == queries(500, 1000)
        assert Order.objects.unguarded(LOOK).count() == 550


STATUSES = st.sampled_from(list(LineStatus))
SAID = st.tuples(
    st.sampled_from(["o1", "o2"]),
    st.sampled_from(["1", "2"]),
    STATUSES,
    st.integers(0, 3),
    st.sampled_from(["", "too small", "broken"]),
    st.sampled_from(["130600", "310000"]),
    st.integers(-1, 1),
    st.sampled_from([7990, 8990]),
)


class TestAnyOrderOfArrival(TestCase):
    def setUp(self) -> None:
        self.mei = goods.person("Mei")
        self.kettle = goods.listing(of=goods.merchant())

    @given(said=st.lists(SAID, min_size=1, max_size=8), data=st.data())
    def test_gives_the_same_rows(self, said: list[tuple[Any, ...]], data: st.DataObject) -> None:
        records = [
            told(status, at=NOON + at * HOUR, order=order, line=line, reason=reason, ship_to=ship_to,
                 price=price, placed_at=NOON + placed * HOUR, buyer_id=self.mei.pk, listing_id=self.kettle.pk)
            for order, line, status, at, reason, ship_to, placed, price in said
        ]  # fmt: skip
        outcomes = []
        for _ in range(3):
            shuffled = data.draw(
                st.permutations(records + data.draw(st.lists(st.sampled_from(records), max_size=3)))
            )
            at_once = data.draw(st.integers(1, len(shuffled)))
            Order.objects.unguarded(LOOK).all().delete()
            delivered = 0
            for start in range(0, len(shuffled), at_once):
                changes = record_orders(shuffled[start : start + at_once])
                delivered += sum(change.became_delivered for change in changes)
            outcomes.append((rows(), delivered))
        assert outcomes[0] == outcomes[1] == outcomes[2]
