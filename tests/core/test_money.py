from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from kith.core.money import Money, read_money

CURRENCIES = st.sampled_from(["CNY", "USD", "JPY", "KWD", "EUR"])
MINOR = st.integers(0, 10**15)


@given(MINOR, CURRENCIES)
def test_an_amount_is_read_as_it_is_written(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert read_money(str(money.amount), currency) == money
    assert money.amount * 10 ** get_currency_precision(currency) == minor


@given(MINOR, st.integers(0, 10_000), CURRENCIES)
def test_times_is_adding_again_and_again(minor: int, times: int, currency: str) -> None:
    assert (Money(minor, currency) * times).amount == Money(minor, currency).amount * times


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("19.90", "CNY", 1990),
        ("19.9", "CNY", 1990),
        ("0", "CNY", 0),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
    ],
)
def test_the_smallest_coin_is_the_currencys(text: str, currency: str, minor: int) -> None:
    assert read_money(text, currency).minor == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("19.999", "CNY"), ("1.5", "JPY"), ("-1", "CNY"), ("", "CNY"), ("1,5", "CNY"), ("ten", "CNY"),
        ("NaN", "CNY"), ("Infinity", "CNY"), ("-Infinity", "CNY"), ("sNaN", "CNY"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        read_money(text, currency)


@given(st.text(max_size=12))
def test_no_text_is_read_as_a_fraction_of_a_coin(text: str) -> None:
    try:
        money = read_money(text, "CNY")
    except ValueError:
        return
    assert money.amount == Decimal(text)


def test_it_is_written_as_the_reader_writes_it() -> None:
    assert Money(3990).written("zh-hans") == "¥39.90"
    assert Money(3990).written("en") == "¥39.90"
    assert Money(500, "JPY").written("en") == "¥500"
