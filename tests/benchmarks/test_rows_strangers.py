"""The row "strangers": ours and the limit show the same posts in the same order; one that errs is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.contest import Contender, Stage, Unlike, require_alike
from benchmarks.rows import strangers
from benchmarks.rows.statements import read_statement

CLAUSES = {
    "SELECT r.owner_id AS id FROM ties_relationship r WHERE": "SELECT 0 AS id FROM ties_relationship r WHERE",
    "SELECT theirs.person_id FROM": "SELECT 0 FROM",
    "s.person_id NOT IN (SELECT id FROM known) AND": "",
    "p.withdrawn_at IS NULL AND": "",
    "OVER (ORDER BY rank DESC, id DESC) AS place": "OVER (ORDER BY rank, id) AS place",
    "a.suspended_at IS NULL AND a.born": "a.born",
    "5 * place": "1 + place",
    "LIMIT 4": "LIMIT 3",
}
"""What is written into the statement, so that it shows something else."""


@pytest.mark.parametrize("row", strangers.ROWS, ids=lambda row: row.part)
def test_ours_and_the_limit_show_the_same(town_stage: Stage, row: strangers.Hottest) -> None:
    with row.open(town_stage) as contenders:
        assert require_alike(row, town_stage, contenders) >= row.least_questions
        shown = [contenders[0].answer(question) for question in row.questions(town_stage)]
    assert any(shown)
    if row.part == "usual":
        assert any(len(cards) == 20 for cards in shown)
        assert any(card["why"] == ["new", 0] for cards in shown for card in cards)


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_limit_that_shows_something_else_is_refused(
    town_stage: Stage, clause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = read_statement("strangers", town_stage.kind)
    assert clause in right
    monkeypatch.setattr(strangers, "read_statement", lambda *_: right.replace(clause, CLAUSES[clause]))
    row = Altered() if town_stage.kind == "sqlite" else strangers.Usual()
    with pytest.raises(Unlike), row.open(town_stage) as contenders:
        require_alike(row, town_stage, contenders)


class Altered(strangers.Usual):
    """Takes the limit into the test's own process, where what it says has been altered."""

    def beside(self, stage: Stage) -> Iterator[Contender]:
        yield InThisProcess({**stage.told(), "part": self.part, "number": 0})  # type: ignore[misc]


class InThisProcess(strangers.RawOnSqlite):
    name, judged = strangers.RAW, True

    def __enter__(self) -> InThisProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
