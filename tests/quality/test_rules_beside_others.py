"""What is seen only beside others: texts and pictures taken down, buyers' words, what comes back, prices."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from kith.quality.rules import BY_CODE
from tests.quality import oracle
from tests.quality.oracle import Row, World
from tests.quality.worlds import finds, found_by, found_in, lets_be, listing, world

# --- What was taken down, and what buyers say ----------------------------------------------------

TEXT = 0x1234_5678_9ABC_DEF0


@pytest.mark.parametrize(
    ("here", "check", "is_found"),
    [
        (TEXT, 0, True),
        (TEXT ^ 0b11111, 0b11, True),
        (TEXT ^ (1 | 1 << 20 | 1 << 40), 1 << 62, True),
        (TEXT ^ (1 << 62 | 1 << 47 | 1 << 31), 0, True),
        (TEXT ^ (0b111 | 1 << 20 | 1 << 40), 0, True),
        (TEXT ^ 0b111111, 0, False),
        (TEXT ^ 0b11111, 0b111, False),
        (TEXT, 0b111, False),
        (TEXT ^ (1 | 1 << 20 | 1 << 40 | 1 << 60), 0, False),
        (0, 0, False),
    ],
)
def test_texts_of_which_few_bits_differ(here: int, check: int, is_found: bool) -> None:
    """Five of the one print, some quarter of which is the same, and two of the other."""
    gone = [gone_text(pk, number) for pk, number in ((8, TEXT), (9, 0), (7, TEXT))]
    rows = world(listing(text_print=here, text_check=check), gone=gone)
    assert [row["other"] for row in found_by("relisted-text", rows)] == [7] * is_found


def gone_text(listing: int, number: int) -> Row:
    return {"listing": listing, "text_print": number, "text_check": 0, "picture_print": 0}


def test_the_very_same_text_is_found_in_a_crowd() -> None:
    """Each quarter of it is that of 501 others: such quarters are not compared, but the whole is."""
    random = Random(1)
    prints = [
        random.getrandbits(63) & ~(0xFFFF << place) | TEXT & 0xFFFF << place
        for place in (0, 16, 32, 48)
        for _ in range(501)
    ]
    gone = [gone_text(pk, one) for pk, one in enumerate([*prints, TEXT], 9)]
    rows = world(listing(text_print=TEXT), listing(2, text_print=TEXT ^ 1), gone=gone)
    told = found_in(rows, (BY_CODE["relisted-text"],))
    assert [(row["listing"], row["other"]) for row in told] == [(1, 2013)]


def test_pictures() -> None:
    gone = [gone_text(9, 0) | {"picture_print": 5}, gone_text(8, 0)]
    finds("same-picture", world(listing(picture_print=5), gone=gone), other=9)
    lets_be("same-picture", world(listing(picture_print=4), listing(2), gone=gone))


def test_three_buyers() -> None:
    finds("complained-of", world(listing(), complaints=[{"listing": 1, "buyers": 3}]), figure=3.0, bound=3.0)
    lets_be("complained-of", world(listing(), complaints=[{"listing": 1, "buyers": 2}]))


def shelf(*sold: tuple[int, int], category: str = "protection") -> World:
    """Listings from 1 on, of each of which so many were sold, and so many came back."""
    rows = [
        {"listing": pk, "category": category, "sold": many, "bad": bad}
        for pk, (many, bad) in enumerate(sold, 1)
    ]
    return world(*(listing(pk, category=category) for pk in range(1, len(sold) + 1)), sold=rows)


def test_what_comes_back_far_more_often_than_the_rest() -> None:
    finds(
        "returned-often",
        shelf((100, 30), (500, 10), (500, 10)),
        listing=1,
        figure=30.0,
        bound=2.0,
        words="30",
    )
    lets_be("returned-often", shelf((100, 3), (500, 10), (500, 10)))
    lets_be("returned-often", shelf((4, 4), (5000, 10)))
    finds("returned-often", shelf((5, 5), (5000, 10)), figure=100.0)
    lets_be("returned-often", shelf((20, 20)))
    lets_be("returned-often", shelf((20, 5), (10, 0)))
    lets_be("returned-often", shelf((100, 50), (100, 50)))
    lets_be("returned-often", shelf((0, 0), (0, 0)))
    lets_be("returned-often", shelf())


def test_many_are_tested_at_once() -> None:
    one = (60, 6), (2000, 60)
    assert found_by("returned-often", shelf(*one)) == []
    alone = (60, 8), (2000, 60)
    assert [row["listing"] for row in found_by("returned-often", shelf(*alone))] == [1]
    lets_be("returned-often", shelf(*alone, *[(60, 2)] * 60))


def test_what_is_gone_lends_its_certainty_to_nothing() -> None:
    rows = shelf((60, 7), (4000, 120), *[(60, 1)] * 40)
    lets_be("returned-often", rows)
    rows["sold"] += [{"listing": pk, "category": "tea", "sold": 500, "bad": 400} for pk in range(900, 940)]
    rows["sold"] += [{"listing": 950, "category": "tea", "sold": 90_000, "bad": 0}]
    lets_be("returned-often", rows)


def test_where_nobody_is_worse_hardly_anybody_is_found() -> None:
    """All that is found is found wrongly, and in at most one world of twenty anything is."""
    random, wrong = Random(5), 0
    for _ in range(300):
        sizes = [random.choice([5, 10, 20, 60]) for _ in range(random.randint(2, 12))]
        rate = random.choice([0.05, 0.2, 0.4])
        rows = shelf(*((size, sum(random.random() < rate for _ in range(size))) for size in sizes))
        wrong += any(True for _ in oracle.returned_often(rows))
    assert wrong <= 300 * 0.05


# --- Prices --------------------------------------------------------------------------------------


def priced(cheap: float, *others: float, **said: Any) -> World:
    prices = [cheap, *others]
    return world(*(listing(pk, grades="KN95", price=price, **said) for pk, price in enumerate(prices, 1)))


def test_prices_far_below_the_others() -> None:
    """Where all ask 20.00, the bound is at e to the -0.175: 16.789 a piece."""
    finds("price-too-low", priced(1678, *[2000] * 29), listing=1, figure=16.78, claimed="KN95", words="CNY")
    lets_be("price-too-low", priced(1679, *[2000] * 29))
    lets_be("price-too-low", priced(100, *[2000] * 28))
    lets_be("price-too-low", priced(0, *[2000] * 40))
    lets_be("price-too-low", priced(5000, *[2000] * 40))
    rows = priced(2000, *[2000] * 29)
    for pieces, is_found in ((1, False), (2, True), (0, False)):
        rows["listings"][0]["pieces"] = pieces
        assert bool(found_by("price-too-low", rows)) is is_found


def test_only_the_same_is_compared() -> None:
    for other in ({"grades": "KN90"}, {"category": "tea"}, {"currency": "EUR"}, {"grades": ""}):
        rows = priced(100, *[2000] * 30)
        rows["listings"][0] |= other
        lets_be("price-too-low", rows)
    rows = priced(100, *[2000] * 30)
    rows["listings"][0] |= {"grades": "KN95|FFP2"}
    finds("price-too-low", rows, claimed="KN95")


def test_those_who_ask_too_little_do_not_shift_the_measure() -> None:
    rows = priced(100, *[120, 90, 80, 110] * 3, *range(1900, 2100, 10))
    assert [row["listing"] for row in found_by("price-too-low", rows)] == list(range(1, 14))


def test_a_price_is_told_in_whole_money() -> None:
    finds("price-too-low", priced(100, *[2000] * 30, currency="JPY"), figure=100.0)
    finds("price-too-low", priced(100, *[2000] * 30, currency="KWD"), figure=0.1)
