from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.paging import BadCursor, read_cursor, write_cursor

PLACES = st.lists(st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=40), max_size=4)


@given(PLACES)
def test_a_place_comes_back_as_it_was(place: list[object]) -> None:
    text = write_cursor(*place)
    assert read_cursor(text) == place
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text(max_size=200))
def test_what_we_did_not_write_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(text)


@given(PLACES, st.data())
def test_a_changed_cursor_is_refused(place: list[object], data: st.DataObject) -> None:
    text = write_cursor(*place)
    spot = data.draw(st.integers(0, len(text) - 2))  # the last letter may hold bits that say nothing
    letter = data.draw(st.sampled_from("Aq0_-").filter(lambda letter: letter != text[spot]))
    with pytest.raises(BadCursor):
        read_cursor(text[:spot] + letter + text[spot + 1 :])


def test_a_cursor_does_not_tell_the_instant() -> None:
    text = write_cursor("2026-03-14T09:26:53.589793", 4242424242424242)
    plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert b"2026" not in plain
    assert b"4242" not in plain


def test_a_cursor_of_another_installation_is_refused(settings: pytest.FixtureRequest) -> None:
    from kith.core import paging

    text = write_cursor(1)
    paging._box.cache_clear()
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    try:
        with pytest.raises(BadCursor):
            read_cursor(text)
    finally:
        paging._box.cache_clear()
