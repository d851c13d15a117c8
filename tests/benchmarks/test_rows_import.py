"""The row "import": both leave the same rows; a limit that leaves some out is refused."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.contest import Stage, Unlike, require_alike
from benchmarks.rows import import_


@pytest.fixture
def stage(small_stage: Stage, tmp_path: Path) -> Stage:
    return replace(small_stage, scratch=tmp_path)


def test_both_leave_the_same_rows_in_every_table(stage: Stage) -> None:
    row = import_.Import()
    with row.open(stage) as contenders:
        assert require_alike(row, stage, contenders) == len(import_.tables())
        ours = {table: contenders[0].answer(table)[0] for table in import_.tables()}
        assert all(ours.values()), "each table has something to load"
        for one in contenders:
            sample = one.run(0)
            assert sample.requests == ours["shop_order"]
            assert not sample.wrong
        assert contenders[1].run(0).more["rows"] == sum(ours.values())


def test_a_limit_that_leaves_rows_out_is_refused(stage: Stage) -> None:
    row = import_.Import()
    with row.open(stage) as contenders:
        contenders[0].answer("sharing_delivery")
        kept = stage.scratch / "import.rows"
        rows = pickle.loads(kept.read_bytes())  # noqa: S301 (the row wrote it)
        columns, _ = rows["sharing_delivery"]
        kept.write_bytes(
            pickle.dumps(rows | {"sharing_delivery": (columns, [] if stage.kind == "sqlite" else b"")})
        )
        with pytest.raises(Unlike, match="sharing_delivery"):
            require_alike(row, stage, contenders)


def test_orders_are_drawn_alike_from_one_seed() -> None:
    def drawn(seed: int) -> list[str]:
        orders = import_.draw_orders(seed, 50, ["p1", "p2"], [("l1", 990), ("l2", 1990)])
        return [f"{order['id']} {order['buyer']} {len(order['lines'])}" for order in orders]

    assert drawn(5) == drawn(5) != drawn(6)
