"""Whatever happens, in whatever order: the deliveries stay exact, and everybody sees what they ought to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.oracle.compare import compare_deliveries, compare_reads, compare_what_is_seen
from tests.oracle.moves import MOVES, Move, play
from tests.oracle.pair import Pair, undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

N = st.integers(0, 63)


class Story(RuleBasedStateMachine):
    """A neighbourhood to which one thing after another happens. The rules are `moves.MOVES`."""

    def __init__(self) -> None:
        super().__init__()
        self.database: AbstractContextManager[None] = undone()
        self.database.__enter__()
        self.pair = Pair()
        for name in ("Mei", "Bo", "Chen", "Dan"):
            self.pair.add_person(name)
        self.pair.add_shop(merchants=2, listings=2)

    @initialize()
    def people_come_to_know_each_other(self) -> None:
        play(self.pair, [("open_circles", who, 0, 0) for who in range(4)])
        play(self.pair, [("befriend", one, two, 0) for one in range(4) for two in range(one)])
        for who in range(4):
            play(self.pair, [("create_circle", who, 0, who), ("choose", who, 0, 0)])
            play(self.pair, [("include", who, 0, one) for one in range(3)])
        play(self.pair, [("arrive", 0, 0, 0), ("review", 1, 1, 2), ("tip", 2, 1, 1), ("advance", 1, 0, 0)])

    @invariant()
    def deliveries_are_exact(self) -> None:
        compare_deliveries(self.pair)

    def teardown(self) -> None:
        try:
            for who in [None, *self.pair.plain.people]:
                compare_what_is_seen(self.pair, self.pair.viewer(who))
            turn = len(self.pair.plain.told) % len(self.pair.plain.people)
            compare_reads(self.pair, self.pair.viewer(list(self.pair.plain.people)[turn]))
        finally:
            self.database.__exit__(None, None, None)


def _as_rule(move: Move) -> Callable[..., None]:
    def happens(self: Story, a: int, b: int, c: int) -> None:
        move(self.pair, a, b, c)

    decorated: Any = rule(a=N, b=N, c=N)(happens)
    return decorated


for _name, _move in MOVES.items():
    setattr(Story, _name, _as_rule(_move))


def test_deliveries_are_exact_after_every_sequence() -> None:
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=max(8, settings().max_examples // 3), suppress_health_check=list(HealthCheck)
        ),
    )
