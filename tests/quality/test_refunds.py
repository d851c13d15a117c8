"""How much comes back, against plain loops over the same lines; and when it is an alarm."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import comb
from random import Random
from typing import Any

import pytest
from django.utils import translation

from kith.core.ids import random_id
from kith.people.models import Person
from kith.quality.queries import refund_figures
from kith.quality.queries.refunds import MOST_SHOPS, Refunds, Tally, is_alarming
from kith.shop.models import LineStatus, Listing, Merchant, Order, OrderLine, RefundReason
from kith.shop.services import answer_refund, confirm_line, request_refund, ship_line
from tests.quality.cast import PLAIN, looks, sells, shop
from tests.shop.goods import bought

WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)
"""In Beijing the week began on Monday the 16th, at four in the afternoon of Sunday in UTC."""
MONDAY = datetime(2026, 11, 15, 16, tzinfo=UTC)
WEEK = timedelta(weeks=1)
BACK = ("refund_requested", "refunded")
SEED = "lines for counting"

Line = dict[str, Any]


def written(listings: list[Listing], told: list[Line]) -> None:
    """Write lines as a host shop would have told of them."""
    orders, lines = [], []
    for number, one in enumerate(told):
        listing = listings[one["listing"]]
        order = Order(pk=random_id(), source="host", external_id=str(number), placed_at=one["placed_at"])
        orders.append(order)
        lines.append(OrderLine(
            order=order, merchant_id=listing.merchant_id, listing=listing, external_id="1", quantity=1,
            price_minor=100, status=one["status"], status_at=one["status_at"], placed_at=one["placed_at"],
            refund_reason=one["why"], refund_requested_at=one.get("asked_at"),
        ))  # fmt: skip
    Order.objects.unguarded(SEED).bulk_create(orders)
    OrderLine.objects.unguarded(SEED).bulk_create(lines)


def line(placed: datetime, *, back: datetime | None = None, why: str = "", listing: int = 0) -> Line:
    return {
        "placed_at": placed, "status": "refunded" if back else "delivered", "status_at": back or placed,
        "why": why, "listing": listing,
    }  # fmt: skip


def refunds(number: int, at: datetime, **more: Any) -> list[Line]:
    return [line(at - timedelta(days=3), back=at, **more) for _ in range(number)]


def by_chance(random: Random) -> list[Line]:
    told: list[Line] = []
    for _ in range(600):
        placed = WEDNESDAY - timedelta(days=random.uniform(0, 480))
        status = random.choice([*LineStatus.values, "delivered", "refunded"])
        came_back = status in BACK
        told.append({
            "placed_at": placed, "status": status, "listing": random.randrange(4),
            "status_at": min(WEDNESDAY, placed + timedelta(days=random.uniform(0, 20))),
            "why": random.choice(["", *RefundReason.values]) if came_back else "",
        })  # fmt: skip
        if came_back and random.random() < 0.6:
            told[-1]["asked_at"] = told[-1]["status_at"] - timedelta(days=random.uniform(0, 15))
    edge = MONDAY - 3 * WEEK
    return [*told, line(edge - WEEK, back=edge), line(edge, back=edge - timedelta(microseconds=1))]


def asked_at(one: Line) -> datetime:
    """When the money was asked back, as far as it is known."""
    asked: datetime = one.get("asked_at") or one["status_at"]
    return asked


def counted(told: list[Line], begin: datetime, end: datetime, **only: Any) -> tuple[int, int, int]:
    """Orders, refunds and refunds of recalls from an instant to another, by walking through all."""
    orders = back = recalled = 0
    for one in told:
        if any(one[name] != value for name, value in only.items()):
            continue
        orders += begin <= one["placed_at"] < end and one["status"] != "cancelled"
        if one["status"] in BACK and begin <= asked_at(one) < end:
            recalled += one["why"] == "recalled"
            back += one["why"] != "recalled"
    return orders, back, recalled


def expected(told: list[Line], begin: datetime, end: datetime, **only: Any) -> Tally:
    year = timedelta(weeks=52)
    before = counted(told, begin - year, end - year, **only)
    return Tally(*counted(told, begin, end, **only), before[0], before[1])


@pytest.fixture
def four(db: None, lin: Person, mei: Person) -> list[Listing]:
    """Two shelves, two shops."""
    one, other = shop("甲", lin), shop("乙", mei)
    return [sells(one, f"{PLAIN} 1"), sells(one, f"{PLAIN} 2", category="tea"),
            sells(other, f"{PLAIN} 3"), sells(other, f"{PLAIN} 4", category="tea")]  # fmt: skip


def names(figures: Refunds, part: str) -> dict[str, Tally]:
    return {one.code: one.count for one in getattr(figures, part)}


@pytest.mark.parametrize("seed", range(4))
def test_against_plain_loops(four: list[Listing], seed: int) -> None:
    told = by_chance(Random(seed))
    written(four, told)
    figures = refund_figures(now=WEDNESDAY, weeks=10)
    assert [week.begins_on for week in figures.weeks] == [
        date(2026, 11, 16) - back * WEEK for back in range(9, -1, -1)
    ]
    for back, week in enumerate(reversed(figures.weeks)):
        begin = MONDAY - back * WEEK
        assert week.count == expected(told, begin, begin + WEEK)
        assert week.is_whole == (back > 0)
    begin, end = MONDAY - 9 * WEEK, MONDAY
    assert (figures.since, figures.until) == (date(2026, 9, 14), date(2026, 11, 15))
    assert figures.total == expected(told, begin, end)
    shelves = {"protection": (0, 2), "tea": (1, 3)}
    found = names(figures, "by_category")
    assert {code: found[code].refunds for code in shelves} == {
        code: sum(expected(told, begin, end, listing=one).refunds for one in ones)
        for code, ones in shelves.items()
    }
    shops = names(figures, "by_merchant")
    for merchant, ones in ((four[0].merchant_id, (0, 1)), (four[2].merchant_id, (2, 3))):
        each = [expected(told, begin, end, listing=one) for one in ones]
        assert shops[str(merchant)].orders == sum(one.orders for one in each)
        assert shops[str(merchant)].refunds_before == sum(one.refunds_before for one in each)
        assert shops[str(merchant)].recalled == sum(one.recalled for one in each)
    why = Counter(one["why"] for one in told if one["status"] in BACK and begin <= asked_at(one) < end)
    reasons = names(figures, "by_reason")
    assert {code: tally.refunds for code, tally in reasons.items() if tally.refunds} == dict(why)


def test_the_statements_do_not_grow_with_the_lines(
    four: list[Listing], django_assert_max_num_queries: Any
) -> None:
    written(four, by_chance(Random(9)))
    with django_assert_max_num_queries(12):
        refund_figures(now=WEDNESDAY)


# --- The alarm --------------------------------------------------------------------------------


def chance(now: int, before: int) -> float:
    """How likely at least so many of all of them fall into one of two weeks that are alike."""
    both = now + before
    return sum(comb(both, number) * 0.5**both for number in range(now, both + 1))


@pytest.mark.parametrize(("now", "before", "alarm"), [
    (0, 0, False), (6, 0, False), (7, 0, True), (9, 2, False), (11, 2, False), (12, 2, True),
    (22, 10, False), (24, 10, False), (25, 10, True), (220, 100, False), (221, 100, True),
    (2200, 1000, False), (2201, 1000, True), (5, 9, False),
])  # fmt: skip
def test_more_than_120_per_cent_and_not_by_chance(now: int, before: int, alarm: bool) -> None:
    assert is_alarming(now, before) is alarm
    if now + before < 400:
        assert alarm == (now > 2.2 * before and chance(now, before) <= 0.01)


def test_a_week_is_marked_and_a_recall_is_not(four: list[Listing]) -> None:
    last, before = MONDAY - WEEK + timedelta(hours=1), MONDAY - 53 * WEEK + timedelta(hours=1)
    written(four, [
        *refunds(12, before), *refunds(40, last, why="not-genuine"), *refunds(4, before - WEEK),
        *refunds(60, last - WEEK, why="recalled"),
    ])  # fmt: skip
    figures = refund_figures(now=WEDNESDAY, weeks=4)
    assert [(week.count.refunds, week.count.recalled, week.alarm) for week in figures.weeks] == [
        (0, 0, False), (0, 60, False), (40, 0, True), (0, 0, False),
    ]  # fmt: skip
    assert round(figures.alarms[0].count.rise or 0) == 233
    assert {one.code: one.alarm for one in figures.by_category} == {"protection": True}


def test_a_shop_younger_than_a_year_raises_no_alarm(four: list[Listing]) -> None:
    written(four, refunds(50, MONDAY - timedelta(days=2)))
    figures = refund_figures(now=WEDNESDAY, weeks=4)
    assert not figures.knows_year_before
    assert figures.alarms == ()
    assert not any(one.alarm for one in (*figures.by_category, *figures.by_merchant))
    assert figures.total.rise is None


def test_a_refund_stays_in_the_week_in_which_it_was_asked_for(lin: Person, mei: Person) -> None:
    """However long the merchant takes to agree; one that they refuse is in none."""
    listing = sells(shop("甲", lin), PLAIN)

    def by_week() -> list[int]:
        return [week.count.refunds for week in refund_figures(now=WEDNESDAY, weeks=5).weeks]

    lines = [bought(mei, listing, key=str(number), now=MONDAY - 6 * WEEK) for number in range(2)]
    for one in lines:
        ship_line(looks(lin, MONDAY - 5 * WEEK), line_id=one.pk)
        confirm_line(looks(mei, MONDAY - 4 * WEEK), line_id=one.pk)
        request_refund(looks(mei, MONDAY - 3 * WEEK), line_id=one.pk, reason="It broke")
    assert by_week() == [0, 2, 0, 0, 0]
    answer_refund(looks(lin, WEDNESDAY), line_id=lines[0].pk, accept=True)
    answer_refund(looks(lin, WEDNESDAY), line_id=lines[1].pk, accept=False, reason="It is whole")
    assert by_week() == [0, 1, 0, 0, 0]
    request_refund(looks(mei, WEDNESDAY), line_id=lines[1].pk, reason="It is not")
    assert by_week() == [0, 1, 0, 0, 1]


def test_nothing_at_all(db: None) -> None:
    figures = refund_figures(now=WEDNESDAY)
    assert len(figures.weeks) == 26
    assert figures.total == Tally(0, 0, 0, 0, 0)
    assert (figures.total.rate, figures.by_category, figures.by_merchant) == (None, (), ())


def test_only_the_shops_to_which_most_comes_back(lin: Person) -> None:
    sold: list[Listing] = []
    told: list[Line] = []
    for number in range(MOST_SHOPS + 3):
        sold.append(sells(shop(f"店 {number}", lin), f"{PLAIN} {number}"))
        told += refunds(number + 1, MONDAY - timedelta(days=2), listing=number)
    written(sold, told)
    figures = refund_figures(now=WEDNESDAY, weeks=4)
    assert [one.count.refunds for one in figures.by_merchant] == list(range(MOST_SHOPS + 3, 3, -1))
    assert Merchant.objects.get(pk=int(figures.by_merchant[0].code)).name == f"店 {MOST_SHOPS + 2}"


def test_names_in_the_readers_language(four: list[Listing]) -> None:
    written(four, refunds(1, MONDAY - timedelta(days=2), why="unsafe"))
    for language, words in (("en", "protection"), ("zh-hans", "口罩")):
        with translation.override(language):
            figures = refund_figures(now=WEDNESDAY, weeks=4)
            assert words in str(figures.by_category[0].name)
