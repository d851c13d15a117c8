"""What is a record and what is none: the parser and the published schema say the same."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kith.sharing.intake import SCHEMA, schema_text
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.parsing import PARSERS, parse
from tests.intake.told import NEIGHBOURHOOD, at

VALIDATOR = Draft202012Validator(SCHEMA)

GOOD: list[dict[str, Any]] = [
    *NEIGHBOURHOOD,
    {"type": "person", "id": "u1", "name": "王秀兰", "phone": "+8613800138000", "region": "310000",
     "born": 1966, "handle": "xiulan", "language": "zh-hans", "care_mode": True, "sharing": "ask",
     "sharing_since": at(3), "hold_minutes": 60, "excluded_categories": ["toys"], "paused": False,
     "suspended": False,
     "consent": {"sharing": {"version": "1", "at": "2020-02-20T08:00:00Z", "given": False}}},
    {"type": "tie", "owner": "u1", "other": "u2", "muted": True, "hidden_from": False, "alias": "Mum"},
    {"type": "category", "id": "toys", "name_zh": "玩具", "name_en": "Toys", "sensitive": False,
     "position": 3},
    {"type": "order", "id": "o", "buyer": "u1", "placed_at": at(1), "ship_to": "130600", "lines": [
        {"id": "1", "listing": "l", "quantity": 2, "price": "0", "currency": "JPY", "status": "refunded",
         "at": at(2), "reason": "too small", "refund_reason": "not-as-described", "gift": True},
        {"id": "2", "listing": "l", "quantity": 1, "price": "5.5", "status": "placed", "at": at(2),
         "reason": None, "refund_reason": None}]},
    {"type": "purchase", "id": "p", "author": "u1", "order": "o", "line": "1", "at": at(3),
     "circles": ["Family"]},
    {"type": "question", "id": "q", "author": "u1", "category": "toys", "text": "Which?", "at": at(3)},
    {"type": "tip", "id": "t", "author": "u1", "text": "Soak it.", "at": at(3), "withdrawn": True},
    {"type": "comment", "id": "c", "share": "q", "author": "u2", "text": "This one.", "at": at(4)},
    {"type": "like", "share": "t", "person": "u2", "at": at(4)},
]  # fmt: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    ["", " ", "\x00", "\ud800", "9" * 5000, -1, 0, 1.5, 10**30, True, None, [], {},
     "2020-02-30T00:00:00Z", "2020-01-01T00:00:00", "9999-12-31T23:59:59-12:00",
     "0001-01-01T00:00:00+14:00", "-1", "1e3", "١٢٣", [[]]]
)  # fmt: skip


def is_valid(record: Any) -> bool:
    return bool(VALIDATOR.is_valid(record))


def test_the_schema_is_a_schema_and_is_published_as_it_is_used() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    published = Path(__file__).parents[2] / "docs" / "reference" / "records.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text()


def test_every_type_of_record_is_in_the_schema_and_in_the_examples() -> None:
    types = set(SCHEMA["properties"]["type"]["enum"])
    assert types == set(PARSERS) == {record["type"] for record in GOOD}


@pytest.mark.parametrize("record", GOOD, ids=lambda record: record["type"])
def test_a_good_record_is_good_for_both(record: dict[str, Any]) -> None:
    VALIDATOR.validate(record)
    parse(record)


@pytest.mark.parametrize("record", GOOD, ids=lambda record: record["type"])
def test_what_is_required_is_required_by_both(record: dict[str, Any]) -> None:
    for name in record:
        less = {key: value for key, value in record.items() if key != name}
        assert is_valid(less) == accepts(less), name


@pytest.mark.parametrize("record", GOOD, ids=lambda record: record["type"])
def test_a_field_that_is_not_in_the_format_is_refused(record: dict[str, Any]) -> None:
    odd: tuple[dict[str, Any], ...] = ({"circle": ["Family"]}, {"Circles": []}, {"": None})
    for more in odd:
        with pytest.raises(RecordRefused, match="unknown field"):
            parse(record | more)
        assert not is_valid(record | more)


def accepts(record: Any) -> bool:
    try:
        parse(record)
    except RecordRefused:
        return False
    return True


@given(JSON)
def test_junk_is_refused_and_never_breaks_the_parser(junk: Any) -> None:
    assert not accepts(junk)


@given(st.sampled_from(GOOD), st.data())
def test_a_record_with_a_strange_value_is_accepted_only_if_the_schema_does(
    record: dict[str, Any], data: st.DataObject
) -> None:
    """The schema may be more lenient (it cannot say what a date of the calendar is), never stricter."""
    changed = copy.deepcopy(record)
    place = data.draw(st.sampled_from(list(_places(changed))))
    parent, key = place
    parent[key] = data.draw(STRANGE | JSON)
    if accepts(changed):
        assert is_valid(changed), changed


def _places(record: Any) -> Any:
    entries = record.items() if isinstance(record, dict) else enumerate(record)
    for key, value in list(entries):
        yield record, key
        if isinstance(value, (dict, list)):
            yield from _places(value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "persons"}, "unknown type"),
        ({"name": ""}, "name is not 1 to 40 characters long"),
        ({"name": "x" * 41}, "name is not 1 to 40 characters long"),
        ({"phone": "12"}, "phone is not a"),
        ({"born": "1966"}, "born is not a whole number"),
        ({"born": True}, "born is not a whole number"),
        ({"sharing": "yes"}, "sharing is not one of off, ask, after_delivery"),
        ({"consent": {"sharing": {"version": "1"}}}, "consent.sharing.at is missing"),
        ({"consent": {"shopping": {}}}, "unknown field consent.shopping"),
        ({"consent": {"sharing": {"version": "1", "at": "2020-02-20"}}}, "is not an instant such as"),
        ({"hold_minutes": 2}, "hold_minutes is not a whole number from 3"),
    ],
)
def test_a_reason_says_which_field_and_what_is_wrong(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RecordRefused, match=reason):
        parse({"type": "person", "id": "u1", "name": "Mei"} | change)


def test_two_lines_of_an_order_with_one_id_are_refused() -> None:
    line = {"id": "1", "listing": "l", "quantity": 1, "price": "1", "status": "placed", "at": at(1)}
    with pytest.raises(RecordRefused, match="same id"):
        parse({"type": "order", "id": "o", "buyer": "u", "placed_at": at(0), "lines": [line, line]})


def test_json_of_the_schema_can_be_read_by_anybody() -> None:
    assert json.loads(schema_text())["$schema"].endswith("2020-12/schema")
