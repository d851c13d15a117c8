"""The row "deliver": after each act both leave the same deliveries; a limit that forgets some is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.contest import Stage, Unlike, require_alike
from benchmarks.rows import deliver

FORGETS = {
    "share": (
        "FROM ties_member WHERE circle_id = :circle",
        "FROM ties_member WHERE circle_id = :circle AND 1 = 0",
    ),
    "join": ("AND s.withdrawn_at IS NULL", ""),
    "leave": ("AND NOT EXISTS (", "OR NOT EXISTS ("),
    "show": ("AND s.withdrawn_at IS NULL", "AND s.withdrawn_at IS NULL AND s.kind <> 'review'"),
}
"""What is written into a statement, so that it leaves too much or too little."""


@pytest.fixture
def stage(small_stage: Stage, tmp_path: Path) -> Stage:
    return replace(small_stage, scratch=tmp_path)


@pytest.mark.parametrize("row", deliver.ROWS, ids=lambda row: row.part)
def test_both_leave_the_same(stage: Stage, row: deliver.Deliver) -> None:
    with row.open(stage) as contenders:
        assert require_alike(row, stage, contenders) >= 5


def test_all_play(stage: Stage) -> None:
    row = deliver.All()
    with row.open(stage) as contenders:
        assert all(one.run(0.1).requests for one in contenders)
        require_alike(row, stage, contenders)


@pytest.mark.parametrize("row", deliver.ROWS, ids=lambda row: row.part)
def test_the_floor_does_what_the_limit_does(stage: Stage, row: deliver.Deliver) -> None:
    with row.open(stage) as contenders:
        ours, _, floor = contenders
        for question in row.questions(stage)[:5]:
            assert not row.differ(question, ours.answer(question), floor.answer(question))


@pytest.mark.parametrize("act", FORGETS)
def test_a_limit_that_forgets_something_is_refused(
    stage: Stage, act: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = next(row for row in deliver.ROWS if row.part == act or (row.part, act) == ("all", "show"))
    forgetful = tmp_path_factory.mktemp("forgetful")
    for file in Path(deliver.__file__).parent.glob("deliver.*.sql"):
        (forgetful / file.name).write_text(file.read_text())
    right, wrong = FORGETS[act]
    file = forgetful / f"deliver.{act}.sql"
    assert right in file.read_text()
    file.write_text(file.read_text().replace(right, wrong))
    monkeypatch.setenv("KITH_BENCH_STATEMENTS", str(forgetful))
    with pytest.raises(Unlike, match="differ"), row.open(stage) as contenders:
        require_alike(row, stage, contenders)
