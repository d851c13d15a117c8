"""Very many rows at once are the same rows: whatever their texts hold, on both databases."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from django.db import OperationalError, connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.core import bulk, columns
from kith.core.columns import KINDS, Wanted, read_at_one_moment, read_columns, write_columns
from kith.quality.models import Finding, Reading
from tests.oracle.pair import undone

pytestmark = pytest.mark.django_db

READING = {
    "listing_id": "int64", "digest": "int64", "reader": "int64", "standards": "string", "grades": "string",
    "levels": "string", "marks": "string", "figure": "float64", "medical": "boolean", "children": "boolean",
    "produced_on": "date", "batch": "string", "pieces": "int64", "text_print": "int64",
    "text_check": "int64", "picture_print": "int64",
}  # fmt: skip
FINDING = {
    "sweep_id": "int64", "listing_id": "int64", "rule": "string", "act": "string", "main": "boolean",
    "merchant_id": "int64", "digest": "int64", "standard": "string", "claimed": "string",
    "figure": "float64", "bound": "float64", "other": "int64", "words": "string",
}  # fmt: skip
STRANGE = [
    "", " ", "null", "NULL", "None", "NaN", "true", "1", '"', '""', "'", "\\", "\\\\", '\\"', "\\n",
    "\\u0041", "a,b", 'a"b', ",", "|", "a\nb", "a\r\nb", "\n", "\r", "\t", "\b\f", "\x01", "\x1f",
    "\x7f", "\\.", "[1]", "批号“20200201甲”", "Ａ－１", "𠮷", "e\u0301", "\u2028", "\ufeff", "%s", "100%",
    "{}", "a;b", "--", "0x10",
]  # fmt: skip


def reading(listing: int, **said: Any) -> dict[str, Any]:
    told: dict[str, Any] = {name: "" for name, kind in READING.items() if kind == "string"}
    told |= {"digest": 1, "reader": 1, "figure": None, "medical": False, "children": False}
    told |= {"produced_on": None, "pieces": 1, "text_print": 0, "text_check": 0, "picture_print": 0}
    return told | {"listing_id": listing} | said


def table(rows: list[dict[str, Any]], schema: dict[str, str]) -> pa.Table:
    return pa.Table.from_pylist(
        rows, schema=pa.schema([(name, KINDS[kind]) for name, kind in schema.items()])
    )


def round_trip(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    write_columns(Reading, table(rows, READING))
    read = read_columns(Reading.objects.order_by("listing_id").values_list(*READING), READING)
    assert read.schema == table([], READING).schema
    told: list[dict[str, Any]] = read.to_pylist()
    return told


def test_whatever_a_text_holds() -> None:
    rows = [reading(number, batch=text, marks=text) for number, text in enumerate(STRANGE)]
    assert round_trip(rows) == rows
    kept = Reading.objects.order_by("listing_id").values_list("batch", flat=True)
    assert list(kept) == STRANGE


def test_numbers_days_and_nothing() -> None:
    rows = [
        reading(2**63 - 1, digest=-(2**63), figure=99.97, medical=True, produced_on=date(2020, 2, 29)),
        reading(0, figure=0.0, children=True, produced_on=date(1, 1, 1), text_print=2**63 - 1),
        reading(7, figure=None, produced_on=None),
        reading(8, figure=1e-300, produced_on=date(9999, 12, 31)),
    ]
    assert round_trip(rows) == sorted(rows, key=lambda row: row["listing_id"])


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_text(texts: list[str]) -> None:
    with undone():
        rows = [reading(number, batch=text) for number, text in enumerate(texts)]
        assert round_trip(rows) == rows


def test_no_rows() -> None:
    assert round_trip([]) == []
    nothing = read_columns(Reading.objects.none().values_list(*READING), READING)
    assert nothing.schema == table([], READING).schema
    assert len(nothing) == 0


def test_more_rows_than_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "ROWS_AT_ONCE", 70)
    rows = [reading(number, batch=f"{number}\n") for number in range(223)]
    assert round_trip(rows) == rows


def test_a_single_column_of_nothing() -> None:
    write_columns(Reading, table([reading(1, figure=None), reading(2, figure=2.5)], READING))
    one = read_columns(Reading.objects.order_by("pk").values_list("figure"), {"figure": "float64"})
    assert one["figure"].to_pylist() == [None, 2.5]


def test_what_is_reckoned_by_the_database() -> None:
    write_columns(Reading, table([reading(1, batch="A")], READING))
    there = ExpressionWrapper(~Exists(Reading.objects.filter(batch="B%")), output_field=BooleanField())
    rows = Reading.objects.annotate(no=there, word=Value("a|b%")).values_list("no", "word")
    assert read_columns(rows, {"no": "boolean", "word": "string"}).to_pylist() == [
        {"no": True, "word": "a|b%"}
    ]


def test_null_and_the_empty_text_are_two_things() -> None:
    told = {"rule": "r", "act": "remove", "main": True, "merchant_id": 1, "digest": 0, "standard": "",
            "claimed": "null", "sweep_id": 3, "words": "", "bound": 0.5}  # fmt: skip
    rows = [
        told | {"listing_id": 1, "figure": None, "other": 5},
        told | {"listing_id": 2, "figure": 0.0, "other": None},
    ]
    write_columns(Finding, table(rows, FINDING))
    read = read_columns(Finding.objects.order_by("listing_id").values_list(*FINDING), FINDING)
    assert read.to_pylist() == table(rows, FINDING).to_pylist()
    assert connection.vendor in {"postgresql", "sqlite"}


# --- By several connections ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keys", [[], [7], [*range(50)], [2**63 - 1, 0, 5, 2**62, 2**61]])
def test_cut_into_parts_nothing_is_missed_or_read_twice(keys: list[int]) -> None:
    rows = [reading(key, batch=str(key)) for key in keys]
    write_columns(Reading, table(rows, READING))
    both = dict.fromkeys("ab", Wanted(Reading.objects.values_list(*READING), READING))
    for read in read_at_one_moment(both).values():
        assert sorted(read.to_pylist(), key=lambda row: row["listing_id"]) == sorted(
            rows, key=lambda row: row["listing_id"]
        )


@pytest.mark.django_db(transaction=True)
def test_all_is_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes as soon as the first of many parts has been read."""
    write_columns(Reading, table([reading(1), reading(1000)], READING))
    wanted = {name: Wanted(Reading.objects.values_list("pk"), {"pk": "int64"}) for name in "abcdef"}
    writer, read_one = threading.Thread(target=write_one_more), columns.read_columns
    begun = threading.Event()

    def read_and_write(*args: Any) -> pa.Table:
        read = read_one(*args)
        if not begun.is_set():
            begun.set()
            writer.start()
            writer.join(timeout=1)
        return read

    monkeypatch.setattr(columns, "read_columns", read_and_write)
    assert [len(read) for read in read_at_one_moment(wanted).values()] == [2] * 6
    writer.join(timeout=30)


def write_one_more() -> None:
    """On SQLite it waits until all is read, or does not get its turn."""
    try:
        with suppress(OperationalError):
            Reading.objects.bulk_create([Reading(**reading(500))])
    finally:
        connection.close()


def test_within_a_transaction_its_own_writes_are_read() -> None:
    write_columns(Reading, table([reading(1)], READING))
    read = read_at_one_moment({"a": Wanted(Reading.objects.values_list("pk"), {"pk": "int64"})})
    assert read["a"].to_pylist() == [{"pk": 1}]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_the_room_of_a_connection_is_as_it_was() -> None:
    before = its_room()
    with bulk.in_bulk():
        assert its_room() != before
    assert its_room() == before


def its_room() -> list[Any]:
    with connection.cursor() as cursor:
        names = ("cache_size", "mmap_size", "wal_autocheckpoint")
        return [cursor.execute(f"PRAGMA {name}").fetchone() for name in names]
