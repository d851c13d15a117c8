from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.ids import IdConverter, random_id, read_id, write_id

IDS = st.integers(0, 2**63 - 1)


@given(IDS)
def test_what_is_written_is_read_again(number: int) -> None:
    text = write_id(number)
    assert read_id(text) == number
    assert IdConverter().to_python(IdConverter().to_url(number)) == number
    assert len(text) == 13


@given(IDS, IDS)
def test_the_written_order_is_the_order_of_the_numbers(one: int, other: int) -> None:
    assert (write_id(one) < write_id(other)) == (one < other)


@given(st.text(max_size=20))
def test_anything_else_is_no_id(text: str) -> None:
    try:
        number = read_id(text)
    except ValueError:
        return
    assert write_id(number) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0" * 12,
        "0" * 14,
        "O" * 13,
        "-000000000001",
        "8000000000000",
        "zzzzzzzzzzzzz",
        "00000000000 1",
    ],
)
def test_no_second_way_to_write_an_id_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        read_id(text)


def test_ids_tell_neither_how_many_nor_when() -> None:
    drawn = [random_id() for _ in range(2000)]
    assert len(set(drawn)) == len(drawn)
    assert drawn != sorted(drawn)
    assert all(0 <= number < 2**63 for number in drawn)
    # Each of the 63 bits is set about half of the time: five standard deviations.
    for bit in range(63):
        assert 888 < sum(number >> bit & 1 for number in drawn) < 1112
