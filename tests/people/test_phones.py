"""Numbers as people write them."""

from __future__ import annotations

import pytest

from kith.people.phones import read_phone, write_phone


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "138–0013–8000",
        "１３８００１３８０００",
        "＋８６ １３８００１３８０００",
        "+8613800138000",
        "0086 138 0013 8000",
        "8613800138000",
        "(+86) 138.0013.8000",
        "\u202d13800138000\u202c\u200b",
        "\t13800138000\n",
    ],
)
def test_the_same_number_in_many_ways(text: str) -> None:
    assert read_phone(text) == "+8613800138000"


def test_numbers_from_elsewhere_keep_their_country() -> None:
    assert read_phone("+44 7911 123456") == "+447911123456"
    assert read_phone("+852 5123 4567") == "+85251234567"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1380013800",
        "138001380000",
        "010-62345678",
        "+86",
        "110",
        "mei",
        "1800FLOWERS",
        "1" * 500,
        "١٣٨",
    ],
)
def test_what_takes_no_text_messages(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        read_phone(text)


def test_a_number_is_written_to_be_checked() -> None:
    assert write_phone("+8613800138000") == "+86 138 0013 8000"
