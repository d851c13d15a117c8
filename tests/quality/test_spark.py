"""Spark finds what DuckDB finds, row for row: in worlds made by chance, and in a cluster.

A sweep takes Spark some hundred small jobs however little there is to look at, so many worlds are
looked at in one go. Java is started for it, as a process of the test's own.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from click.testing import CliRunner
from django.utils.translation import override
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kith.cli import main
from kith.quality.rules import BY_CODE, RULES, Rule
from tests.quality.oracle import Row, World
from tests.quality.worlds import TODAY, by_chance, is_same, listing, run_in_duckdb, tables_of, world

CHANGE = date(2020, 7, 1)
NUMBERS = 10_000
"""From one world to the next: what is numbered within one has fewer."""
NUMBERED = ("listing", "merchant", "owner", "report")


def side_by_side(seeds: list[int], today: date = TODAY) -> World:
    """Many worlds as one: numbers are made distinct, and shelves; standards are those of all of them."""
    told: World = {**world(), "calendar": [{"day": today}]}
    for nth, seed in enumerate(seeds):
        for name, rows in by_chance(Random(seed)).items():
            if name != "calendar":
                told[name] += [moved(row, nth) for row in rows if moved(row, nth) not in told[name]]
    return told


def moved(row: Row, nth: int) -> Row:
    apart = {name: row[name] + nth * NUMBERS for name in NUMBERED if name in row}
    return row | apart


def differences(there: pa.Table, here: pa.Table) -> list[tuple[Row, Row]]:
    """Rows that are not the same; logarithms may differ in their last digit."""
    assert there.schema == here.schema
    pairs = zip(there.to_pylist(), here.to_pylist(), strict=False)
    told = [(one, other) for one, other in pairs if not is_same(one, other)]
    return told + [({"rows": len(there)}, {"rows": len(here)})] * (len(there) != len(here))


# --- On this machine --------------------------------------------------------------------------

PLAIN = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""Spark without its own cleverness, which takes longer than the work; the cluster is as it comes."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from kith.quality.spark import open_session
    from scripts.spark import FOR_LITTLE, write_settings

    folder = tmp_path_factory.mktemp("spark")
    write_settings(folder, FOR_LITTLE | PLAIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        patch.setenv("SECRET_KEY", "not for Spark")
        with open_session("local[2]") as opened:
            yield opened


def carried_out(session: object, rows: World, rules: tuple[Rule, ...] = RULES) -> pa.Table:
    from kith.quality.spark import Session, carry_out

    assert isinstance(session, Session)
    return carry_out(session, tables_of(rows), rules=rules)


@pytest.mark.spark
@pytest.mark.slow
@settings(max_examples=2, derandomize=True, database=None, phases=[Phase.generate])
@given(
    st.lists(st.integers(0, 10**6), min_size=30, max_size=40, unique=True), st.sampled_from([TODAY, CHANGE])
)
def test_finds_what_duckdb_finds(session: object, seeds: list[int], today: date) -> None:
    rows = side_by_side(seeds, today)
    here = run_in_duckdb(tables_of(rows))
    assert differences(carried_out(session, rows), here) == []
    assert len(set(here["rule"].to_pylist())) > len(RULES) / 2


@pytest.mark.spark
@pytest.mark.slow
def test_nothing_is_found_in_nothing(session: object) -> None:
    some = (BY_CODE["price-too-low"], BY_CODE["returned-often"])
    assert (
        differences(carried_out(session, world(), some), run_in_duckdb(tables_of(world()), rules=some)) == []
    )


SPLIT = (BY_CODE["unknown-standard"],)
"""A rule that takes a list apart."""
TWO_NAMED = world(listing(standards="GB 2626-2019|GB 9999-2001"), listing(2, standards="GB 9999-2001"))


@pytest.mark.spark
@pytest.mark.slow
def test_what_means_something_else_in_spark_is_noticed(
    session: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ibis' own compiler for Spark splits at a pattern, of which | is nothing: each letter is a standard."""
    from kith.quality.spark import sql

    here = run_in_duckdb(tables_of(TWO_NAMED), rules=SPLIT)
    assert differences(carried_out(session, TWO_NAMED, SPLIT), here) == []
    monkeypatch.setattr(
        sql._Compiler, "visit_StringSplit", lambda self, op, *, arg, delimiter: self.f.split(arg, delimiter)
    )
    sql.statements.cache_clear()
    try:
        assert differences(carried_out(session, TWO_NAMED, SPLIT), here) != []
    finally:
        sql.statements.cache_clear()


@pytest.mark.spark
@pytest.mark.slow
def test_what_fails_is_told_and_the_session_goes_on(session: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from kith.quality import spark
    from kith.quality.engine import Statements

    broken = Statements({}, {"none": "SELECT nothing FROM nowhere"}, "SELECT 1")
    with monkeypatch.context() as patch:
        patch.setattr(spark, "statements", lambda rules: broken)
        with pytest.raises(spark.SparkFailed, match="nowhere"):
            carried_out(session, TWO_NAMED)
    assert len(carried_out(session, TWO_NAMED, SPLIT)) == 1


@pytest.mark.spark
@pytest.mark.slow
def test_secrets_stay_here_and_nothing_is_open_to_others(session: object) -> None:
    from kith.quality.spark import Session

    assert isinstance(session, Session)
    process = session.number
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    assert children
    for number in [str(process), *children]:
        assert b"not for Spark" not in Path(f"/proc/{number}/environ").read_bytes()
        listening = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=False).stdout
        for line in listening.splitlines():
            assert f"pid={number}," not in line or "127.0.0.1" in line.split()[3], line


# --- In a cluster ------------------------------------------------------------------------------


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.django_db
def test_a_cluster_finds_it_and_nothing_of_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.mask_load import load
    from benchmarks.masks import NOW, Plan
    from kith.quality.snapshot import put_together, read_everything
    from kith.quality.spark import run_in_spark
    from scripts.spark import FOR_LITTLE, throwaway_cluster

    list(load(Plan(listings=3000, merchants=500, seed=4)))
    data = put_together(read_everything(NOW))
    with throwaway_cluster(settings=FOR_LITTLE) as cluster:
        monkeypatch.setenv("SPARK_CONF_DIR", cluster.environment["SPARK_CONF_DIR"])
        found = run_in_spark(data, master=cluster.master, files=str(cluster.files))
        assert list(cluster.files.iterdir()) == []
    here = run_in_duckdb(data)
    assert differences(found, here) == []
    assert len(found) > 2500
    assert not cluster.files.exists()
    assert str(cluster.settings.parent) not in _running()


def _running() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


# --- Refused, chosen, handed on ------------------------------------------------------------------


def test_a_cluster_needs_a_folder_that_it_sees(tmp_path: Path) -> None:
    from kith.quality.spark import SparkFailed, run_in_spark

    with pytest.raises(SparkFailed):
        run_in_spark({}, master="spark://127.0.0.1:1")
    with pytest.raises(SparkFailed):
        run_in_spark({}, master="spark://127.0.0.1:1", files=str(tmp_path / "none"))


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from kith.quality.spark import SparkFailed, open_session

    for there, missing in ((object(), "Java"), (None, "PySpark")):
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
        monkeypatch.setattr(importlib.util, "find_spec", lambda _, there=there: there)
        with override("en"), pytest.raises(SparkFailed, match=missing), open_session("local[1]"):
            pass


def test_the_process_gets_none_of_our_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from kith.quality.spark.session import _environment

    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://kith:secret@127.0.0.1/kith")
    monkeypatch.setenv("JAVA_HOME", os.environ.get("JAVA_HOME", "/usr"))
    assert "secret" not in str(_environment(tmp_path))
    assert "JAVA_HOME" in _environment(tmp_path)


@pytest.mark.django_db
def test_who_sweeps_chooses_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    from kith.quality import spark

    asked = []

    def run(data: dict[str, pa.Table], *, master: str, files: str) -> pa.Table:
        asked.append((master, files))
        return run_in_duckdb(data)

    monkeypatch.setattr(spark, "run_in_spark", run)
    told = CliRunner().invoke(
        main, ["sweep", "--engine", "spark", "--spark-master", "spark://here:1", "--spark-files", "/there"]
    )
    assert (told.exit_code, asked) == (0, [("spark://here:1", "/there")]), told.output
    assert CliRunner().invoke(main, ["sweep"]).exit_code == 0
    assert len(asked) == 1


@pytest.mark.django_db
def test_an_engine_that_there_is_not() -> None:
    told = CliRunner().invoke(main, ["sweep", "--engine", "flink"])
    assert told.exit_code == 1
    assert "no engine called flink" in told.output
