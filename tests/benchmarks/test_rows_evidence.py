"""The row "evidence": ours and the limit answer alike, of what was taken down too; who errs is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import psycopg
import pytest

from benchmarks.contest import Contender, Stage, Unlike, require_alike, sqlite_file
from benchmarks.rows import evidence
from benchmarks.stages import own_copy

CLAUSES = {
    " OR r.muted": "",
    " OR r.blocked_by)))": ")))",
    "h.state IN ('removed', 'recalled')": "false",
    "count(*) FILTER (WHERE bought AND came_to = 'kept')": "count(*) FILTER (WHERE bought)",
    "d.kind IN ('purchase', 'review') AND": "",
}
"""What is written into the statement, so that it says something else."""
HOLD = (
    "INSERT INTO shop_listinghold (listing_id, state, since, decision, rule, standard, claimed, words) "
    "SELECT id, CASE id % 3 WHEN 0 THEN 'removed' WHEN 1 THEN 'recalled' ELSE 'suspected' END, "
    "'2026-01-01 00:00:00+00:00', id, 'filters', 'GB 2626-2019', 'KN95', '' FROM shop_listing "
    "WHERE id % 2 = 0"
)
PARTED = "UPDATE ties_relationship SET blocked_by = (friend_at IS NULL OR id % 5 = 0), muted = (id % 7 = 0)"


@pytest.fixture
def stage(small_stage: Stage) -> Stage:
    """The small world, where half of the listings are held, and more people are blocked or muted."""
    copy = own_copy(small_stage, "held")
    if copy.kind == "sqlite":
        with sqlite3.connect(sqlite_file(copy.url)) as connection:
            connection.execute(HOLD)
            connection.execute(PARTED)
        connection.close()
    else:
        with psycopg.connect(copy.url) as server:
            server.execute(HOLD)
            server.execute(PARTED)
    return copy


@pytest.mark.parametrize("row", evidence.ROWS, ids=lambda row: row.part)
def test_ours_and_the_limit_answer_alike(stage: Stage, row: evidence.OfAny) -> None:
    with row.open(stage) as contenders:
        assert require_alike(row, stage, contenders) >= row.least_questions
        answers = [contenders[0].answer(question) for question in row.questions(stage)]
    assert any(one["tally"][4] for one in answers), "something was removed"
    assert any(one["reviews"] for one in answers)
    assert any(len(one["people"]) > 1 for one in answers)
    assert not all(one["people"] for one in answers), "the circle side is not open to everybody"


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_limit_that_says_something_else_is_refused(
    stage: Stage, clause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = evidence.statement(stage.kind, "merchant")
    assert clause in right
    monkeypatch.setattr(evidence, "statement", lambda *_: right.replace(clause, CLAUSES[clause]))
    row = Altered() if stage.kind == "sqlite" else evidence.OfMerchant()
    with pytest.raises(Unlike), row.open(stage) as contenders:
        require_alike(row, stage, contenders)


class Altered(evidence.OfMerchant):
    """Takes the limit into the test's own process, where what it says has been altered."""

    def beside(self, stage: Stage) -> Iterator[Contender]:
        yield InThisProcess({**stage.told(), "part": self.part, "number": 0})  # type: ignore[misc]


class InThisProcess(evidence.RawOnSqlite):
    name, judged = evidence.RAW, True

    def __enter__(self) -> InThisProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
