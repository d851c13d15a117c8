"""After any sequence of what people do on both sides: deliveries, ranks and hidden numbers are exact,
and everybody sees, inside and outside, what the oracle says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kith.strangers.ranking import find_misplaced
from kith.ties.contacts import find_contradictions
from tests.oracle.both_sides import BothSides
from tests.oracle.compare import compare_deliveries, compare_what_is_seen
from tests.oracle.compare_outside import compare_rows
from tests.oracle.moves import MOVES
from tests.oracle.outside_moves import OUTSIDE, play_both
from tests.oracle.pair import undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]

N = st.integers(0, 63)
INSIDE = (
    "befriend", "make_up", "unfriend", "block", "unblock", "include", "exclude", "tip", "comment", "suspend",
)  # fmt: skip


class Neighbours(RuleBasedStateMachine):
    """Some are friends inside, all are strangers outside to begin with."""

    def __init__(self) -> None:
        super().__init__()
        self.database: AbstractContextManager[None] = undone()
        self.database.__enter__()
        self.pair = BothSides()
        for name in ("Mei", "Bo", "Chen", "Dan"):
            self.pair.add_person(name)
        self.pair.add_shop(merchants=1, listings=1)

    @initialize()
    def people_settle(self) -> None:
        everybody = range(4)
        play_both(self.pair, [("open_circles", who, 0, 0) for who in everybody])
        play_both(self.pair, [("persona", who, who, 0) for who in everybody])
        play_both(self.pair, [("create_circle", who, 0, 0) for who in everybody])
        play_both(self.pair, [("befriend", 0, 1, 0), ("include", 0, 0, 0), ("tip", 0, 1, 1)])
        play_both(self.pair, [("post", who, 0, 1) for who in everybody])
        play_both(self.pair, [("say", who, 0, 0) for who in everybody])
        play_both(self.pair, [("come_to_know", 2, 0, 0)])

    @invariant()
    def what_is_kept_is_exact(self) -> None:
        compare_deliveries(self.pair)
        assert list(find_misplaced()) == []
        assert list(find_contradictions()) == []

    def teardown(self) -> None:
        try:
            for who in [None, *self.pair.plain.people]:
                viewer = self.pair.viewer(who)
                compare_what_is_seen(self.pair, viewer)
                compare_rows(self.pair, viewer)
        finally:
            self.database.__exit__(None, None, None)


def _as_rule(name: str) -> Callable[..., None]:
    def happens(self: Neighbours, a: int, b: int, c: int) -> None:
        play_both(self.pair, [(name, a, b, c)])

    decorated: Any = rule(a=N, b=N, c=N)(happens)
    return decorated


for _name in (*OUTSIDE, *INSIDE):
    assert _name in OUTSIDE or _name in MOVES
    setattr(Neighbours, _name, _as_rule(_name))


def test_both_sides_are_exact_after_every_sequence() -> None:
    run_state_machine_as_test(
        Neighbours,
        settings=settings(
            max_examples=max(8, settings().max_examples // 3), suppress_health_check=list(HealthCheck)
        ),
    )
