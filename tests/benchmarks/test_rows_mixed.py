"""The row "mixed": nothing that Kith answers is wrong, and a checker that would see it if it were."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from benchmarks.contest import Stage
from benchmarks.over_http import serve_kith
from benchmarks.rows import mixed
from benchmarks.rows.mixed_check import SIZE, Truth

OLD = ["old", "zoe", 0]


def truth(*events: list[Any]) -> Truth:
    """Mei shows to a circle with Bo and Chen."""
    found = Truth({"family": ["bo", "chen"]})
    found.learn(events)
    return found


def read(begin: int, *items: list[Any], by: str = "bo") -> list[Any]:
    return ["read", begin, begin + 10, by, list(items)]


SHARED = ["share", 100, 110, "mei", "s1", "family"]
S1 = ["s1", "mei", 0]


class TestChecker:
    def test_what_was_shown_before_a_read_began_must_be_there(self) -> None:
        told = truth(SHARED)
        assert told.judge([read(120, S1, OLD)]) == {}
        assert told.judge([read(120, OLD)]) == {"missing": 1}
        assert told.judge([read(120)]) == {"missing": 1}

    def test_what_overlaps_may_come_out_either_way(self) -> None:
        told = truth(SHARED)
        assert told.judge([read(105, OLD), read(105, S1), read(95, S1)]) == {}

    def test_what_newer_things_have_pushed_out_is_not_missed(self) -> None:
        later = [["share", 200 + n, 201 + n, "mei", f"n{n}", "family"] for n in range(SIZE)]
        told = truth(SHARED, *later)
        full = [[f"n{n}", "mei", 0] for n in reversed(range(SIZE))]
        assert told.judge([read(300, *full)]) == {}
        assert told.judge([read(300, *full[1:], S1)]) == {"missing": 1}

    @pytest.mark.parametrize("how", ["unfriend", "block"])
    def test_who_has_parted_is_gone_for_both_and_for_nobody_else(self, how: str) -> None:
        told = truth(SHARED, [how, 200, 210, "bo", "mei"])
        assert told.judge([read(220, OLD), read(205, S1), read(205, OLD)]) == {}
        assert told.judge([read(220, S1)]) == {f"shown after {how}": 1}
        assert told.judge([read(220, ["x", "bo", 0], by="mei")]) == {f"shown after {how}": 1}
        assert told.judge([read(220, S1, by="chen")]) == {}
        assert told.judge([read(220, OLD, by="chen")]) == {"missing": 1}

    def test_what_is_hidden_is_gone(self) -> None:
        told = truth(SHARED, ["hide", 200, 210, "mei", "s1"])
        assert told.judge([read(220, S1)]) == {"shown after it was hidden": 1}
        assert told.judge([read(220, OLD), read(205, S1), read(205)]) == {}

    def test_comments_are_counted_but_for_those_behind_a_block(self) -> None:
        said = ["comment", 200, 210, "chen", "s1"]
        one = ["s1", "mei", 1]
        assert truth(SHARED, said).judge([read(220, one), read(205, one), read(205, S1), read(150, S1)]) == {}
        assert truth(SHARED, said).judge([read(220, S1), read(150, one)]) == {"comments counted wrongly": 2}
        blocked = truth(SHARED, said, ["block", 300, 310, "chen", "bo"])
        assert blocked.judge([read(320, S1), read(305, S1), read(305, one), read(250, one)]) == {}
        assert blocked.judge([read(320, one)]) == {"comments counted wrongly": 1}


@pytest.fixture
def busy(town_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Two who ask at once, and half of it changes something; few people, so that much comes together."""
    for name, number in (("WRITES", 0.5), ("AUTHORS", 6), ("READERS", 3)):
        monkeypatch.setattr(mixed, name, number)
    return replace(town_stage, clients=2)


def test_nothing_is_wrong_at_the_moment_it_is_answered(busy: Stage) -> None:
    with mixed.Mixed().open(busy) as (ours, alone):
        samples, after = [ours.run(2) for _ in range(3)], alone.run(1)
    assert [sample.wrong for sample in (*samples, after)] == [0, 0, 0, 0]
    assert samples[-1].more["of share"] > 0
    assert after.more.keys() == {"reads"}


def test_a_feed_that_is_kept_for_a_moment_is_seen(busy: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed, "serve_kith", partial(serve_kith, settings="tests.benchmarks.stale"))
    with mixed.Mixed().open(busy) as (ours, _alone):
        assert any(ours.run(2).wrong for _ in range(10))  # the first turns go to waking up
