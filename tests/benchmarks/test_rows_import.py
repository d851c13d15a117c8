"""The row "import": both leave the same rows; a limit that leaves some out is refused."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from psycopg import connect

from benchmarks.contest import Stage, Unlike, require_alike
from benchmarks.rows import import_


@pytest.fixture
def stage(small_stage: Stage, tmp_path: Path) -> Stage:
    return replace(small_stage, scratch=tmp_path)


def test_both_leave_the_same_rows_in_every_table_turn_by_turn(stage: Stage) -> None:
    row = import_.Import()
    with row.open(stage) as contenders:
        ours = contenders[0]
        for _turn in range(2):
            assert require_alike(row, stage, contenders) == len(import_.tables(0))
            made = {table: ours.answer(table)[0] for table in import_.tables(0)}
            assert all(made.values()), "each table has something to load"
            samples = [one.run(0) for one in contenders]
            assert [sample.requests for sample in samples] == [made["shop_order"]] * 2
            assert samples[0].more["rows"] == samples[1].more["rows"]
            assert not any(sample.wrong for sample in samples)


def test_a_limit_that_leaves_rows_out_is_refused(stage: Stage) -> None:
    row = import_.Import()
    with row.open(stage) as contenders:
        contenders[0].answer("sharing_delivery")
        kept = stage.scratch / "import.0.rows"
        rows = pickle.loads(kept.read_bytes())  # noqa: S301 (the row wrote it)
        columns, _ = rows["sharing_delivery"]
        kept.write_bytes(
            pickle.dumps(rows | {"sharing_delivery": (columns, [] if stage.kind == "sqlite" else b"")})
        )
        with pytest.raises(Unlike, match="sharing_delivery"):
            require_alike(row, stage, contenders)


def test_the_limit_waits_for_what_ours_has_made(stage: Stage) -> None:
    with import_.Import().open(stage) as (ours, limit):
        ours.run(0)
        limit.run(0)
        with pytest.raises(CalledProcessError):
            limit.run(0)


def test_copies_are_gone_when_the_row_is_over(stage: Stage) -> None:
    with import_.Import().open(stage) as (ours, _limit):
        ours.run(0)
    assert not list(stage.scratch.glob("import_*"))
    if stage.kind == "postgres":
        with connect(stage.url) as connection:
            left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'import%'")
            assert not left.fetchall()


def test_orders_are_drawn_alike_from_one_seed() -> None:
    def drawn(seed: int, turn: int = 1) -> list[str]:
        orders = import_.draw_orders(seed, turn, 50, ["p1", "p2"], [("l1", 990), ("l2", 1990)])
        return [f"{order['id']} {order['buyer']} {len(order['lines'])}" for order in orders]

    assert drawn(5) == drawn(5) != drawn(6)
    assert not set(drawn(5)) & set(drawn(5, turn=2))
