"""What the process beside reads is what is there, and it appends all or nothing."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection, transaction

from kith.core.beside import Beside, HasEnded, beside, beside_file
from kith.core.columns import Wanted, append_if, read_at_one_moment, read_columns, write_columns
from kith.quality.models import Finding, Reading
from tests.core.test_columns import FINDING, READING, STRANGE, reading, table

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

CLAIM = "UPDATE claims SET holder = %(holder)s WHERE id = %(id)s AND holder = '' RETURNING id"


def rows_of_every_kind() -> list[dict[str, Any]]:
    texts = [reading(number, batch=text, marks=text) for number, text in enumerate(STRANGE)]
    return [
        *texts,
        reading(2**63 - 1, digest=-(2**63), figure=99.97, medical=True, produced_on=date(2020, 2, 29)),
        reading(1000, figure=0.0, children=True, produced_on=date(1, 1, 1), text_print=2**63 - 1),
        reading(1001, figure=1e-300, produced_on=date(9999, 12, 31)),
        reading(1002, figure=95.0),
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with what the test's own database holds by now."""
    place = tmp_path / "里外 kith?.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(place)])
    with sqlite3.connect(place) as own:
        own.execute("PRAGMA journal_mode=WAL")
        own.execute("CREATE TABLE claims (id integer PRIMARY KEY, holder text NOT NULL)")
        own.execute("INSERT INTO claims VALUES (7, '')")
    own.close()
    return place


@pytest.fixture
def filled(request: pytest.FixtureRequest, db: None) -> Any:
    write_columns(Reading, table(rows_of_every_kind(), READING))
    return request.getfixturevalue("file")


def found(listing: int, **said: Any) -> dict[str, Any]:
    told = {
        "sweep_id": 3, "listing_id": listing, "rule": "r", "act": "remove", "main": True, "merchant_id": 1,
        "digest": 0, "standard": "", "claimed": "甲", "figure": None, "bound": 0.5, "other": None,
        "words": "",
    }  # fmt: skip
    return told | said


def kept(place: Path, what: str = "listing_id, main, claimed, figure FROM quality_finding") -> list[Any]:
    with sqlite3.connect(place) as own:
        rows = own.execute(f"SELECT {what} ORDER BY 1").fetchall()
    own.close()
    return rows


def append(by: Beside, *rows: dict[str, Any], holder: str = "me") -> bool:
    return append_if(CLAIM, {"id": 7, "holder": holder}, Finding, table(list(rows), FINDING), by)


def test_it_reads_what_is_there(filled: Path) -> None:
    wanted = {
        "all": Wanted(Reading.objects.values_list(*READING), READING),
        "some": Wanted(
            Reading.objects.filter(batch="100%").values_list("batch"), {"batch": "string"}, parts=1
        ),
        "none": Wanted(Reading.objects.none().values_list(*READING), READING),
    }
    with beside_file(filled) as by:
        read = read_at_one_moment(wanted, by)
        again = read_at_one_moment({"all": wanted["all"]}, by)
    here = read_columns(Reading.objects.order_by("pk").values_list(*READING), READING)
    assert read["all"].schema == here.schema
    assert read["all"].sort_by("listing_id").to_pylist() == here.to_pylist()
    assert again["all"].sort_by("listing_id") == read["all"].sort_by("listing_id")
    assert read["some"].to_pylist() == [{"batch": "100%"}]
    assert (len(read["none"]), read["none"].schema) == (0, here.schema)


def test_where_nothing_is(file: Path) -> None:
    with beside_file(file) as by:
        read = read_at_one_moment({"a": Wanted(Reading.objects.values_list(*READING), READING)}, by)
    assert (len(read["a"]), read["a"].schema) == (0, table([], READING).schema)


def test_what_is_appended_with_a_claim(file: Path) -> None:
    with beside_file(file) as by:
        assert append(by, found(1, figure=2.5), found(2, main=False, words="\n"))
        assert not append(by, found(3), holder="somebody else")
    assert kept(file) == [(1, 1, "甲", 2.5), (2, 0, "甲", None)]
    assert kept(file, "id, holder FROM claims") == [(7, "me")]


def test_all_or_nothing(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with beside_file(file) as by, pytest.raises(HasEnded):
        append(by, found(1), found(2), found(1))
    assert "UNIQUE" in capfd.readouterr().err, "why, is said where errors are written"
    assert kept(file) == []
    assert kept(file, "id, holder FROM claims") == [(7, "")]


def test_it_may_be_ended_at_any_moment(file: Path) -> None:
    with beside_file(file) as by:
        assert append(by, found(1))
        by._process.kill()
        by._process.wait()
        with pytest.raises(HasEnded):
            append(by, found(2))
        with pytest.raises(HasEnded):
            by.read([("SELECT 1", [])])
    assert kept(file) == [(1, 1, "甲", None)]


def test_what_it_has_written_is_seen_at_once_and_nobody_is_locked_out(file: Path) -> None:
    with beside_file(file) as by:
        assert append(by, found(1))
        with sqlite3.connect(file, timeout=5) as own:
            assert own.execute("SELECT count(*) FROM quality_finding").fetchone() == (1,)
            own.execute("UPDATE claims SET holder = ''")
        own.close()
        assert append(by, found(2))
    assert [row[0] for row in kept(file)] == [1, 2]


def test_none_within_a_transaction() -> None:
    with transaction.atomic(), beside() as by:
        assert by is None
    with beside() as by:
        assert (by is None) == connection.is_in_memory_db()  # type: ignore[attr-defined]


def test_without_it_the_claim_counts_as_much() -> None:
    claim = "UPDATE quality_reading SET batch = %(batch)s WHERE pieces = 1 AND batch = '' RETURNING pieces"
    write_columns(Reading, table([reading(1)], READING))
    rows = table([found(1)], FINDING)
    assert append_if(claim, {"batch": "mine"}, Finding, rows)
    assert not append_if(claim, {"batch": "another's"}, Finding, pa.concat_tables([rows]))
    assert Finding.objects.count() == 1
