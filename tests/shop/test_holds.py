"""What was decided about a listing or a shop: what is listed and found, and what is sold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kith.core import fulltext
from kith.core.errors import NotThere
from kith.core.money import Money
from kith.core.paging import Page
from kith.shop import queries, search
from kith.shop import services as shop
from kith.shop.cards import HoldCard, ListingCard
from kith.shop.models import HoldState, LineStatus, Listing, ListingHold, Merchant, OrderLine, RefundReason
from kith.shop.records import LineRecord, ListingRecord, OrderRecord
from kith.shop.services import BuyRefused, MoveRefused, ReasonMissing
from kith.shop.services.holds import close_merchant, hold_listing, release_listing, reopen_merchant
from tests.shop import goods
from tests.shop.goods import NOON, looks

pytestmark = pytest.mark.django_db
LOOK = "a test looks at what was written"
WHY: dict[str, Any] = {"since": NOON, "decision": 41, "rule": "measured-below-claim"}
FIGURES: dict[str, Any] = {
    "standard": "GB 2626-2019",
    "claimed": "KN95",
    "figure": 71.0,
    "bound": 95.0,
    "words": "",
}
ALL = list(HoldState)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


class Stage:
    """Chen's shop sells masks and a kettle; Mei buys there, Eve looks around."""

    def __init__(self) -> None:
        self.mei, self.chen, self.eve = goods.person("Mei"), goods.person("Chen"), goods.person("Eve")
        self.merchant = goods.merchant("防护用品店", staff=(self.chen,))
        self.mask = goods.listing("KN95 口罩", of=self.merchant, category="protection")
        self.other = goods.listing("KN90 口罩", of=self.merchant, category="protection")

    def hold(self, state: HoldState = HoldState.REMOVED, what: Listing | None = None) -> None:
        hold_listing(listing_id=(what or self.mask).pk, state=state, **WHY, **FIGURES)

    def close(self) -> None:
        close_merchant(merchant_id=self.merchant.pk, at=NOON)

    def bought(self, status: LineStatus, key: str = "k1") -> OrderLine:
        """A mask that Mei bought before anything was decided about it."""
        line = goods.bought(self.mei, self.mask, key=key)
        OrderLine.objects.unguarded(LOOK).filter(pk=line.pk).update(status=status)
        return line


@pytest.fixture
def stage() -> Stage:
    return Stage()


Read = Callable[[Stage, Any], Page[ListingCard]]
LISTS: dict[str, Read] = {
    "newest": lambda stage, viewer: queries.newest_listings(viewer),
    "shelf": lambda stage, viewer: queries.newest_listings(viewer, category="health"),
    "merchant": lambda stage, viewer: queries.listings_of(viewer, merchant_id=stage.merchant.pk),
    "search": lambda stage, viewer: queries.search(viewer, query="口罩"),
    "loose search": lambda stage, viewer: queries.search(viewer, query="K95 口"),
}


def titles(page: Page[ListingCard]) -> set[str]:
    return {card.title for card in page.items}


@pytest.fixture(autouse=True)
def masks_lie_below_health(stage: Stage) -> None:
    shelf = queries.get_listing(looks(None), listing_id=stage.mask.pk).path[0].code
    LISTS["shelf"] = lambda stage, viewer: queries.newest_listings(viewer, category=shelf)


class TestLists:
    @pytest.mark.parametrize("name", ["newest", "shelf", "merchant", "search"])
    @pytest.mark.parametrize("state", ALL)
    def test_what_is_gone_is_in_none_and_what_is_frozen_says_so(
        self, stage: Stage, name: str, state: HoldState
    ) -> None:
        stage.hold(state)
        for who in (None, stage.mei, stage.eve):
            page = LISTS[name](stage, looks(who))
            held = {card.title: card.hold.state if card.hold else "" for card in page.items}
            if state.is_gone:
                assert held == {"KN90 口罩": ""}
            else:
                assert held == {"KN90 口罩": "", "KN95 口罩": "suspected"}
        release_listing(listing_id=stage.mask.pk)
        assert titles(LISTS[name](stage, looks(None))) == {"KN90 口罩", "KN95 口罩"}

    @pytest.mark.parametrize("name", ["newest", "shelf", "merchant", "search"])
    def test_of_a_closed_shop_there_is_nothing(self, stage: Stage, name: str) -> None:
        elsewhere = goods.listing("别家的口罩", of=goods.merchant("别家"), category="protection")
        stage.close()
        own = set() if name == "merchant" else {elsewhere.title}
        assert titles(LISTS[name](stage, looks(stage.mei))) == own
        reopen_merchant(merchant_id=stage.merchant.pk)
        assert titles(LISTS[name](stage, looks(stage.mei))) == own | {"KN90 口罩", "KN95 口罩"}

    @pytest.mark.parametrize("state", ALL)
    def test_those_who_act_for_the_merchant_see_theirs_with_its_state(
        self, stage: Stage, state: HoldState
    ) -> None:
        stage.hold(state)
        stage.close()
        page = queries.listings_of(looks(stage.chen), merchant_id=stage.merchant.pk)
        held = {card.title: card.hold.state if card.hold else "" for card in page.items}
        assert held == {"KN90 口罩": "", "KN95 口罩": state}
        assert not any(card.for_sale for card in page.items)
        assert titles(queries.newest_listings(looks(stage.chen))) == set()

    @pytest.mark.parametrize("state", ALL)
    def test_its_own_page_stays_and_says_why(self, stage: Stage, state: HoldState) -> None:
        stage.hold(state)
        card = queries.get_listing(looks(None), listing_id=stage.mask.pk).card
        assert card.hold == HoldCard(state=state, **WHY, **FIGURES)
        assert (card.on_sale, card.for_sale, card.is_gone) == (True, False, state.is_gone)
        [again] = queries.listing_cards(looks(None), listing_ids=[stage.mask.pk]).values()
        assert again == card

    def test_the_page_of_a_closed_shop_stays(self, stage: Stage) -> None:
        stage.close()
        assert queries.get_merchant(looks(None), merchant_id=stage.merchant.pk).closed_at == NOON
        card = queries.get_listing(looks(None), listing_id=stage.mask.pk).card
        assert (card.hold, card.merchant_closed, card.for_sale) == (None, True, False)

    def test_the_index_stays_about_what_is_on_sale(self, stage: Stage) -> None:
        stage.hold()
        stage.close()
        assert not search.find_unindexed()
        assert fulltext.every_id(search.INDEX) == {stage.mask.pk, stage.other.pk}


def many(stage: Stage, number: int, *, title: str = "龙井茶", shelf: str = "tea") -> list[int]:
    records = [
        ListingRecord("host", f"m{at}", stage.merchant.pk, shelf, f"{title} {at}", Money(100))
        for at in range(number)
    ]
    return shop.record_listings(records)


@pytest.mark.parametrize("read", ["search", "newest"])
def test_pages_are_full_and_go_on_without_a_gap(stage: Stage, read: str) -> None:
    """Two of three are gone, some are of a closed shop: no page is short but the last."""
    ids = many(stage, 30)
    for place, pk in enumerate(ids):
        if place % 3:
            hold_listing(listing_id=pk, state=HoldState.REMOVED if place % 2 else HoldState.RECALLED, **WHY)
    closed = goods.merchant("关门")
    for number in range(5):
        goods.listing(f"龙井茶 关 {number}", of=closed, category="tea")
    close_merchant(merchant_id=closed.pk, at=NOON)
    seen: list[int] = []
    sizes: list[int] = []
    cursor = None
    while True:
        page = (
            queries.search(looks(None), query="龙井", cursor=cursor, size=4)
            if read == "search"
            else queries.newest_listings(looks(None), category="tea", cursor=cursor, size=4)
        )
        seen += [card.id for card in page.items]
        sizes.append(len(page.items))
        cursor = page.next
        if cursor is None:
            break
    assert sizes == [4, 4, 2]
    assert sorted(seen) == sorted(ids[::3])


@pytest.mark.parametrize("name", list(LISTS))
def test_lists_ask_as_often_for_many_as_for_two_and_with_holds_as_without(stage: Stage, name: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            LISTS[name](stage, looks(stage.eve))
        return len(queries_made)

    for_two = asked()
    ids = many(stage, 12, title="KN95 口罩", shelf="protection")
    assert asked() == for_two
    for pk in ids[::2]:
        hold_listing(listing_id=pk, state=HoldState.SUSPECTED, **WHY)
    hold_listing(listing_id=ids[1], state=HoldState.REMOVED, **WHY)
    assert asked() == for_two


def test_orders_ask_as_often_for_many_as_for_one_and_with_holds_as_without(stage: Stage) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            queries.my_lines(looks(stage.mei))
            queries.desk_lines(looks(stage.chen), merchant_id=stage.merchant.pk, tray="to-send")
        return len(queries_made)

    goods.bought(stage.mei, stage.mask)
    for_one = asked()
    for number, pk in enumerate(many(stage, 6)):
        goods.bought(stage.mei, Listing.objects.get(pk=pk), key=f"more {number}")
    assert asked() == for_one
    stage.hold()
    assert asked() == for_one


class TestHolding:
    def test_what_is_decided_anew_takes_the_place_of_the_old(self, stage: Stage) -> None:
        stage.hold(HoldState.SUSPECTED)
        hold_listing(
            listing_id=stage.mask.pk, state=HoldState.RECALLED, since=NOON, decision=42, rule="complaints"
        )
        hold = ListingHold.objects.get()
        assert (hold.state, hold.decision, hold.rule, hold.claimed, hold.figure) == (
            "recalled", 42, "complaints", "", None,
        )  # fmt: skip

    def test_what_is_not_there_cannot_be_held(self) -> None:
        acts: list[Callable[[], None]] = [
            lambda: hold_listing(listing_id=5, state=HoldState.REMOVED, **WHY),
            lambda: release_listing(listing_id=5),
            lambda: close_merchant(merchant_id=5, at=NOON),
            lambda: reopen_merchant(merchant_id=5),
        ]
        for act in acts:
            with pytest.raises(NotThere):
                act()
        assert not ListingHold.objects.exists()

    def test_closed_twice_is_closed_since_the_first_time(self, stage: Stage) -> None:
        stage.close()
        close_merchant(merchant_id=stage.merchant.pk, at=NOON + timedelta(days=3))
        assert Merchant.objects.get(pk=stage.merchant.pk).closed_at == NOON

    def test_holding_says_nothing_else_of_a_listing(self, stage: Stage) -> None:
        before = Listing.objects.values().get(pk=stage.mask.pk)
        stage.hold()
        assert Listing.objects.values().get(pk=stage.mask.pk) == before

    def test_a_listing_told_again_stays_held(self, stage: Stage) -> None:
        stage.hold()
        goods.listing("KN95 口罩", of=stage.merchant, category="protection")
        assert titles(queries.newest_listings(looks(None))) == {"KN90 口罩"}


class TestBuying:
    @pytest.mark.parametrize(
        ("state", "sentence"),
        [("suspected", "checking"), ("removed", "taken down"), ("recalled", "called back")],
    )
    def test_what_is_held_is_not_sold_and_why_is_said(self, stage: Stage, state: str, sentence: str) -> None:
        stage.hold(HoldState(state))
        with pytest.raises(BuyRefused, match=sentence):
            goods.bought(stage.mei, stage.mask)
        assert not OrderLine.objects.unguarded(LOOK).exists()
        goods.bought(stage.mei, stage.other)
        release_listing(listing_id=stage.mask.pk)
        goods.bought(stage.mei, stage.mask, key="k2")

    def test_a_closed_shop_sells_nothing(self, stage: Stage) -> None:
        stage.close()
        with pytest.raises(BuyRefused, match="closed"):
            goods.bought(stage.mei, stage.mask)
        reopen_merchant(merchant_id=stage.merchant.pk)
        goods.bought(stage.mei, stage.mask)

    def test_the_second_click_is_answered_as_the_first_was(self, stage: Stage) -> None:
        line = goods.bought(stage.mei, stage.mask)
        stage.hold()
        stage.close()
        assert goods.bought(stage.mei, stage.mask).pk == line.pk
        with pytest.raises(BuyRefused):
            goods.bought(stage.mei, stage.mask, key="another")

    def test_what_a_host_shop_sold_is_recorded_all_the_same(self, stage: Stage) -> None:
        stage.hold()
        stage.close()
        line = LineRecord("1", stage.mask.pk, 1, Money(100), LineStatus.DELIVERED, NOON)
        shop.record_orders([OrderRecord("host", "o1", stage.mei.pk, NOON, (line,))])
        assert OrderLine.objects.unguarded(LOOK).get().listing_id == stage.mask.pk


class TestRefunds:
    @pytest.mark.parametrize("state", [*ALL, None])
    @pytest.mark.parametrize("status", list(LineStatus))
    def test_the_money_of_what_is_gone_is_asked_back_by_one_press(
        self, stage: Stage, status: LineStatus, state: HoldState | None
    ) -> None:
        line = stage.bought(status)
        if state is not None:
            stage.hold(state)
        may = state is not None and state.is_gone and status in (LineStatus.SHIPPED, LineStatus.DELIVERED)
        card = queries.get_line(looks(stage.mei), line_id=line.pk)
        assert ("recall_refund" in card.may) == may
        if not may:
            with pytest.raises(MoveRefused):
                shop.recall_refund(looks(stage.mei), line_id=line.pk)
            return
        change = shop.recall_refund(looks(stage.mei), line_id=line.pk)
        assert (change.before, change.line.status) == (status, LineStatus.REFUND_REQUESTED)
        assert change.line.refund_reason == RefundReason.RECALLED
        with pytest.raises(MoveRefused, match="already"):
            shop.recall_refund(looks(stage.mei), line_id=line.pk)

    def test_the_merchant_cannot_refuse_it_and_is_not_offered_to(self, stage: Stage) -> None:
        line = stage.bought(LineStatus.DELIVERED)
        stage.hold(HoldState.RECALLED)
        shop.recall_refund(looks(stage.mei), line_id=line.pk)
        card = queries.get_desk_line(looks(stage.chen), merchant_id=stage.merchant.pk, line_id=line.pk)
        assert card.may == frozenset({"accept_refund"})
        assert card.refund_reason == "recalled"
        with pytest.raises(MoveRefused, match="cannot be refused"):
            shop.answer_refund(looks(stage.chen), line_id=line.pk, accept=False, reason="It was fine")
        release_listing(listing_id=stage.mask.pk)
        with pytest.raises(MoveRefused):
            shop.answer_refund(looks(stage.chen), line_id=line.pk, accept=False, reason="It was fine")
        answered = shop.answer_refund(looks(stage.chen), line_id=line.pk, accept=True).line
        assert (answered.status, answered.refund_reason) == (LineStatus.REFUNDED, "recalled")

    def test_a_refund_refused_before_the_recall_is_asked_for_again(self, stage: Stage) -> None:
        line = stage.bought(LineStatus.DELIVERED)
        shop.request_refund(looks(stage.mei), line_id=line.pk, reason="", code=RefundReason.UNSAFE)
        refused = shop.answer_refund(looks(stage.chen), line_id=line.pk, accept=False, reason="It is fine")
        assert (refused.line.refund_reason, refused.line.reason) == ("", "It is fine")
        stage.hold()
        again = shop.recall_refund(looks(stage.mei), line_id=line.pk).line
        assert (again.refund_reason, again.reason) == ("recalled", "")

    def test_when_it_was_asked_for_stays_known(self, stage: Stage) -> None:
        line = stage.bought(LineStatus.DELIVERED)
        hours = [NOON + timedelta(hours=number) for number in range(1, 6)]
        shop.request_refund(looks(stage.mei, hours[0]), line_id=line.pk, reason="x")
        shop.answer_refund(looks(stage.chen, hours[1]), line_id=line.pk, accept=False, reason="y")
        stage.hold()
        assert shop.recall_refund(looks(stage.mei, hours[2]), line_id=line.pk).line.reason == ""
        shop.answer_refund(looks(stage.chen, hours[3]), line_id=line.pk, accept=True)
        kept = OrderLine.objects.unguarded(LOOK).get()
        assert (kept.refund_requested_at, kept.status_at) == (hours[2], hours[3])

    def test_an_installation_takes_over_what_is_asked_for_now(self, stage: Stage) -> None:
        asked = stage.bought(LineStatus.REFUND_REQUESTED)
        name = "0005_refund_requested_at"
        migration = import_module(f"kith.shop.migrations.{name}")
        then = MigrationLoader(connection).project_state(("shop", name)).apps
        for status, known in ((LineStatus.REFUNDED, None), (LineStatus.REFUND_REQUESTED, asked.status_at)):
            OrderLine.objects.unguarded(LOOK).update(status=status)
            migration.take_over(then, None)
            assert OrderLine.objects.unguarded(LOOK).get().refund_requested_at == known

    @pytest.mark.parametrize("code", [code for code in RefundReason if code != RefundReason.RECALLED])
    def test_a_code_says_it_and_something_else_needs_words(self, stage: Stage, code: RefundReason) -> None:
        line = stage.bought(LineStatus.DELIVERED)
        if code == RefundReason.OTHER:
            with pytest.raises(ReasonMissing):
                shop.request_refund(looks(stage.mei), line_id=line.pk, reason=" ", code=code)
            shop.request_refund(looks(stage.mei), line_id=line.pk, reason="A gift", code=code)
        else:
            shop.request_refund(looks(stage.mei), line_id=line.pk, reason=" ", code=code)
        kept = shop.answer_refund(looks(stage.chen), line_id=line.pk, accept=True).line
        assert kept.refund_reason == code
        assert OrderLine.objects.unguarded(LOOK).get().refund_reason == code

    def test_that_it_was_called_back_is_not_for_the_buyer_to_say(self, stage: Stage) -> None:
        line = stage.bought(LineStatus.DELIVERED)
        with pytest.raises(ReasonMissing):
            shop.request_refund(looks(stage.mei), line_id=line.pk, reason="x", code=RefundReason.RECALLED)

    def test_an_ordinary_refund_can_be_refused_though_the_thing_is_gone(self, stage: Stage) -> None:
        line = stage.bought(LineStatus.DELIVERED)
        shop.request_refund(looks(stage.mei), line_id=line.pk, reason="", code=RefundReason.CHANGED_MIND)
        stage.hold()
        shop.answer_refund(looks(stage.chen), line_id=line.pk, accept=False, reason="Too late")

    def test_a_delivery_heard_of_late_changes_no_reason(self, stage: Stage) -> None:
        """Records in any order come to the same, the coded reason too."""

        def said(status: LineStatus, days: int, code: str = "") -> OrderRecord:
            at = NOON + timedelta(days=days)
            line = LineRecord("1", stage.mask.pk, 1, Money(100), status, at, "", code)
            return OrderRecord("host", "o1", stage.mei.pk, NOON, (line,))

        shop.record_orders([said(LineStatus.REFUNDED, 3, "unsafe")])
        shop.record_orders([said(LineStatus.DELIVERED, 1), said(LineStatus.REFUNDED, 3)])
        assert OrderLine.objects.unguarded(LOOK).get().refund_reason == "unsafe"
