"""Buying, sending, receiving, giving back: who may do what, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kith.core.errors import NotThere
from kith.shop import queries
from kith.shop import services as shop
from kith.shop.models import HoldState, LineStatus, Listing, Order, OrderLine, Source
from kith.shop.services import MOVES, BuyRefused, Delivery, KeyUsed, MoveRefused, ReasonMissing, Side
from kith.shop.services.holds import hold_listing
from tests.shop import goods
from tests.shop.goods import HOME, NOON, looks

pytestmark = pytest.mark.django_db
LOOK = "a test looks at what was written"


@pytest.fixture(autouse=True)
def stage(request: pytest.FixtureRequest) -> None:
    """Mei buys a kettle from a shop that Chen works in; Eve has nothing to do with it."""
    it = request.instance
    it.mei, it.chen, it.eve = goods.person("Mei"), goods.person("Chen"), goods.person("Eve")
    it.kettle = goods.listing(of=goods.merchant(staff=(it.chen,)))


class TestBuying:
    mei: Any
    chen: Any
    eve: Any
    kettle: Any

    def buy(self, **changes: Any) -> OrderLine:
        given = {"listing_id": self.kettle.pk, "quantity": 2, "delivery": HOME, "key": "k1"} | changes
        return shop.place_order(looks(self.mei), **given).line

    def test_makes_an_order_with_its_address(self) -> None:
        line = self.buy()
        assert (line.status, line.quantity, line.price_minor) == (LineStatus.PLACED, 2, 7990)
        order = Order.objects.unguarded(LOOK).get()
        assert (order.buyer_id, order.phone, order.ship_to) == (self.mei.pk, "+8613800138000", "130600")
        assert str(self.mei.pk) not in (order.external_id or "")

    def test_a_second_click_orders_nothing_more(self) -> None:
        assert self.buy().pk == self.buy().pk
        assert OrderLine.objects.unguarded(LOOK).count() == 1

    def test_a_second_click_is_answered_even_when_it_has_gone_off_sale_meanwhile(self) -> None:
        line = self.buy()
        Listing.objects.update(on_sale=False)
        assert self.buy().pk == line.pk

    def test_the_same_key_for_something_else_is_refused(self) -> None:
        self.buy()
        with pytest.raises(KeyUsed):
            self.buy(quantity=3)

    def test_another_persons_key_is_their_own(self) -> None:
        self.buy()
        goods.bought(self.eve, self.kettle, key="k1")
        assert OrderLine.objects.unguarded(LOOK).count() == 2

    @pytest.mark.parametrize(
        ("field", "changes"),
        [
            ("quantity", {"quantity": 0}),
            ("quantity", {"quantity": 100}),
            ("recipient", {"delivery": Delivery(" ", HOME.phone, HOME.region, HOME.address)}),
            ("phone", {"delivery": Delivery("Li", "call me", HOME.region, HOME.address)}),
            ("phone", {"delivery": Delivery("Li", "12", HOME.region, HOME.address)}),
            ("region", {"delivery": Delivery("Li", HOME.phone, "999999", HOME.address)}),
            ("address", {"delivery": Delivery("Li", HOME.phone, HOME.region, "")}),
            ("key", {"key": ""}),
        ],
    )
    def test_says_which_field_is_wrong(self, field: str, changes: dict[str, Any]) -> None:
        with pytest.raises(BuyRefused) as refusal:
            self.buy(**changes)
        assert refusal.value.field == field
        assert not Order.objects.unguarded(LOOK).exists()

    def test_what_is_not_on_sale_cannot_be_bought(self) -> None:
        gone = goods.listing("旧水壶", of=self.kettle.merchant, on_sale=False)
        with pytest.raises(BuyRefused):
            self.buy(listing_id=gone.pk)

    def test_nobody_buys_without_an_account(self) -> None:
        with pytest.raises(NotThere):
            shop.place_order(looks(None), listing_id=self.kettle.pk, quantity=1, delivery=HOME, key="k")


Deed = Callable[..., Any]
DEEDS: dict[str, Deed] = {
    "ship": shop.ship_line,
    "deliver": shop.deliver_line,
    "confirm": shop.confirm_line,
    "cancel": shop.cancel_line,
    "request_refund": lambda viewer, line_id: shop.request_refund(
        viewer, line_id=line_id, reason="too small"
    ),
    "recall_refund": shop.recall_refund,
    "accept_refund": lambda viewer, line_id: shop.answer_refund(viewer, line_id=line_id, accept=True),
    "refuse_refund": lambda viewer, line_id: shop.answer_refund(
        viewer, line_id=line_id, accept=False, reason="it was used"
    ),
}


class TestMoves:
    mei: Any
    chen: Any
    eve: Any
    kettle: Any

    def line_in(self, status: LineStatus) -> OrderLine:
        line = goods.bought(self.mei, self.kettle)
        OrderLine.objects.unguarded(LOOK).filter(pk=line.pk).update(status=status)
        return line

    @pytest.mark.parametrize("status", list(LineStatus))
    @pytest.mark.parametrize("side", list(Side))
    @pytest.mark.parametrize("name", list(DEEDS))
    def test_the_table_is_what_happens(self, name: str, side: Side, status: LineStatus) -> None:
        line = self.line_in(status)
        move = MOVES[name]
        if move.needs_gone:
            hold_listing(
                listing_id=self.kettle.pk, state=HoldState.RECALLED, since=NOON, decision=1, rule="x"
            )
        actor = looks(self.mei if side == Side.BUYER else self.chen, NOON + timedelta(days=1))
        if side in move.sides and status in move.begin:
            change = DEEDS[name](actor, line_id=line.pk)
            assert (change.before, change.line.status) == (status, move.end)
        else:
            with pytest.raises(MoveRefused):
                DEEDS[name](actor, line_id=line.pk)

    @pytest.mark.parametrize("name", list(DEEDS))
    def test_to_anybody_else_the_line_is_not_there(self, name: str) -> None:
        line = goods.bought(self.mei, self.kettle)
        for stranger in (looks(self.eve), looks(None)):
            with pytest.raises(NotThere):
                DEEDS[name](stranger, line_id=line.pk)

    def test_every_move_has_its_deed(self) -> None:
        assert DEEDS.keys() == MOVES.keys()

    def test_pages_offer_what_may_be_done_and_nothing_else(self) -> None:
        line = self.line_in(LineStatus.SHIPPED)
        assert queries.get_line(looks(self.mei), line_id=line.pk).may == {"confirm"}
        [card] = queries.desk_lines(looks(self.chen), merchant_id=line.merchant_id, tray="on-the-way").items
        assert card.may == {"deliver"}

    def test_delivery_is_known_once_and_stays_through_a_refused_refund(self) -> None:
        line = self.line_in(LineStatus.SHIPPED)
        first = shop.confirm_line(looks(self.mei, NOON + timedelta(days=1)), line_id=line.pk)
        assert first.became_delivered
        shop.request_refund(looks(self.mei, NOON + timedelta(days=2)), line_id=line.pk, reason="noisy")
        answer = shop.answer_refund(
            looks(self.chen, NOON + timedelta(days=3)), line_id=line.pk, accept=False, reason="It works."
        )
        assert not answer.became_delivered
        assert answer.line.delivered_at == NOON + timedelta(days=1)
        card = queries.get_line(looks(self.mei), line_id=line.pk)
        assert (card.refund_refused, card.reason) == (True, "It works.")

    def test_an_accepted_refund_keeps_why_it_came_back(self) -> None:
        line = self.line_in(LineStatus.DELIVERED)
        shop.request_refund(looks(self.mei), line_id=line.pk, reason="too small")
        assert shop.answer_refund(looks(self.chen), line_id=line.pk, accept=True).line.reason == "too small"

    def test_a_refund_needs_a_reason(self) -> None:
        line = self.line_in(LineStatus.DELIVERED)
        with pytest.raises(ReasonMissing):
            shop.request_refund(looks(self.mei), line_id=line.pk, reason="  ")

    def test_what_a_host_shop_looks_after_is_moved_there_only(self) -> None:
        line = self.line_in(LineStatus.SHIPPED)
        Source.objects.create(name="tmall", secret="whsec_x")
        Order.objects.unguarded(LOOK).update(source="tmall")
        with pytest.raises(MoveRefused):
            shop.confirm_line(looks(self.mei), line_id=line.pk)
        assert queries.get_line(looks(self.mei), line_id=line.pk).may == frozenset()

    def test_only_the_buyer_says_that_it_is_a_gift(self) -> None:
        line = goods.bought(self.mei, self.kettle)
        assert shop.mark_gift(looks(self.mei), line_id=line.pk, is_gift=True).line.is_gift
        with pytest.raises(MoveRefused):
            shop.mark_gift(looks(self.chen), line_id=line.pk, is_gift=False)
        with pytest.raises(NotThere):
            shop.mark_gift(looks(self.eve), line_id=line.pk, is_gift=False)


class TestSeeingOrders:
    mei: Any
    chen: Any
    eve: Any
    kettle: Any

    def test_mine_are_mine_newest_first_across_pages(self) -> None:
        lines = [
            goods.bought(self.mei, self.kettle, key=f"k{n}", now=NOON + timedelta(days=n)) for n in range(5)
        ]
        goods.bought(self.eve, self.kettle)
        seen, cursor = [], None
        while True:
            page = queries.my_lines(looks(self.mei), cursor=cursor, size=2)
            seen += [card.id for card in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == [line.pk for line in reversed(lines)]
        assert queries.my_lines(looks(None)).items == ()
        assert queries.my_lines(looks(self.chen)).items == ()

    def test_a_line_of_mine_is_nobody_elses_not_even_the_merchants_by_this_door(self) -> None:
        line = goods.bought(self.mei, self.kettle)
        for other in (self.chen, self.eve):
            with pytest.raises(NotThere):
                queries.get_line(looks(other), line_id=line.pk)

    def test_a_desk_is_for_its_staff(self) -> None:
        with pytest.raises(NotThere):
            queries.desk_lines(looks(self.mei), merchant_id=self.kettle.merchant_id, tray="to-send")
        with pytest.raises(NotThere):
            queries.desk_lines(looks(self.chen), merchant_id=self.kettle.merchant_id, tray="nonsense")

    def test_the_merchant_sees_the_address_only_while_something_has_to_be_sent(self) -> None:
        line = goods.bought(self.mei, self.kettle)
        desk = {"merchant_id": line.merchant_id}
        [waiting] = queries.desk_lines(looks(self.chen), tray="to-send", **desk).items
        assert (waiting.recipient, waiting.address) == (HOME.recipient, HOME.address)
        assert queries.desk_counts(looks(self.chen), **desk)["to-send"] == 1
        shop.ship_line(looks(self.chen), line_id=line.pk)
        shop.deliver_line(looks(self.chen), line_id=line.pk)
        [done] = queries.desk_lines(looks(self.chen), tray="done", **desk).items
        assert (done.recipient, done.phone, done.address, done.region) == ("", "", "", "")
