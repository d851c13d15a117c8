"""The row "check": everybody answers alike, and right; whoever would not is refused; nothing stale."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from benchmarks.contest import Stage, require_alike
from benchmarks.players import Players
from benchmarks.rows import check
from benchmarks.rows.check_revoked import Revoker, fresh_checks, revoke, run_revocations
from benchmarks.rows.check_scenes import Scene, find_sight
from benchmarks.stages import own_copy

CLAUSES = {
    " OR r.muted": "",
    " OR r.hidden_by": "",
    "AND r.friend_at IS NOT NULL AND r.shows": "AND r.friend_at IS NOT NULL",
    "c.given FROM": "true FROM",
    "s.author_id = ": "1 = 1 OR s.author_id = ",
}
"""What is written into the statement, so that it forgets a part of the rule or lets too many in."""


@pytest.mark.parametrize("row", check.ROWS, ids=lambda row: row.part)
def test_all_answer_alike_and_as_the_world_says(small_stage: Stage, row: check.Check) -> None:
    with row.open(small_stage) as contenders:
        assert [one.name for one in contenders[:2]] == ["Kith", check.RAW]
        assert require_alike(row, small_stage, contenders) >= row.least_questions


def test_the_world_asks_for_every_part_of_the_rule(small_stage: Stage) -> None:
    reasons = Counter(pair["because"] for pair in small_stage.choices["pairs"])
    assert {"", "withdrawn", "past", "muted", "hidden", "author not open", "viewer not open", "parted"} <= {
        *reasons
    }


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_limit_that_forgets_a_part_of_the_rule_is_refused(
    small_stage: Stage, clause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, right = check.One(), check.statement(small_stage.kind, "one")
    assert clause in right
    monkeypatch.setattr(check, "statement", lambda *_: right.replace(clause, CLAUSES[clause]))
    row.questions(small_stage)
    right_answers = {
        (pair["viewer"], pair["share"]): [pair["share"]] if pair["may"] else []
        for pair in small_stage.choices["pairs"]
    }
    with _limit(row, small_stage) as limit:
        found = [row.differ(asked, said, limit.answer(asked)) for asked, said in right_answers.items()]
    assert any(found)


class InThisProcess:
    """The limit on SQLite, in the test's own process, where what it says can be altered."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._player = check.RawOnSqlite(told)

    def __enter__(self) -> check.RawOnSqlite:
        return self._player

    def __exit__(self, *_: object) -> None:
        self._player.close()


def _limit(row: check.Check, stage: Stage) -> Any:
    if stage.kind == "postgres":
        return next(row.beside(stage))
    return InThisProcess({**stage.told(), "part": row.part, "number": 0})


# --- Revoking -------------------------------------------------------------------------------------------


def test_nothing_that_was_revoked_is_seen_by_whoever_asks_afterwards(small_stage: Stage) -> None:
    told = run_revocations(own_copy(small_stage, "revoked"), number=30, processes=2, lap=15)
    assert told["wrong"] == {}
    assert told["revocations"] >= 30
    assert told["checks"] == 4 * told["revocations"]
    assert told["revocations"] > told["acts"], "what an author does is asked of all who saw it"


@pytest.mark.parametrize("who", ["Forgetful", "ForgetfulOfAnother"])
def test_an_answer_that_is_kept_is_noticed(small_stage: Stage, who: str) -> None:
    stage = replace(own_copy(small_stage, "revoked"), clients=1)
    player = f"{__name__}:{who}"
    with Players("forgetful", "peer", player, stage, told={"mine": 0, "of": 1}, django=True) as forgetful:
        wrong = forgetful.answer({"revocations": 20})["wrong"]
    assert sum(number for what, number in wrong.items() if what.startswith("stale")) > 0


class Forgetful(Revoker):
    """Keeps what it was once answered."""

    def answer(self, question: dict[str, int]) -> dict[str, Any]:
        seen = fresh_checks()
        once = cache(lambda person, share: seen([(person, [share])]))
        for scene in self._scenes:
            once(scene.viewer, self._kept(scene))
        kept = lambda sight: sum(once(one, share) for one, shares in sight for share in shares)  # noqa: E731
        return revoke(self._scenes, [kept], number=question["revocations"], dice=self._dice)

    def _kept(self, scene: Scene) -> int:
        return scene.share


class ForgetfulOfAnother(Forgetful):
    """Keeps it of another share than the one that a scene is about."""

    def _kept(self, scene: Scene) -> int:
        return next(iter(find_sight(scene.viewer, [*scene.shares][1:])), scene.share)
