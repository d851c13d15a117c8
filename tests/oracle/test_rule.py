"""Every read of every viewer equals the oracle, in worlds that hypothesis builds through the services."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.compare import compare_everything
from tests.oracle.moves import MOVES, Deed, play
from tests.oracle.pair import Pair, undone

pytestmark = pytest.mark.django_db

N = st.integers(0, 63)
STORY = st.lists(st.tuples(st.sampled_from(sorted(MOVES)), N, N, N), min_size=5, max_size=25)
NAMES = ("Mei", "Bo", "Chen", "Dan", "Eve")
TROUBLE = ["unfriend", "block", "mute", "hide_from", "exclude", "pause", "hide", "refund", "change_window"]
HOLDS = ["take_down", "take_down", "recall", "freeze", "release"]
PAIRS = [(one, two) for one in range(5) for two in range(one)]


@st.composite
def villages(draw: st.DrawFn) -> list[Deed]:
    """How people came to know each other: who is whose friend, in which circle, and what each showed."""
    story: list[Deed] = [("open_circles", who, 0, 0) for who in range(5 if draw(N) % 4 else 4)]
    story += [("befriend", one, two, 0) for one, two in PAIRS if draw(N) % 8]
    for who in range(5):
        story += [("create_circle", who, number, draw(N)) for number in range(1 + draw(N) % 2)]
        story += [("include", who, draw(N) % 14, draw(N)) for _ in range(6)]
        story += [("choose", who, draw(N), draw(N))]
    said = st.tuples(st.sampled_from(["arrive", "review", "question", "tip"]), N, N, N)
    spoken = st.tuples(st.sampled_from(["comment", "comment", "like", "share_purchase"]), N, N, N)
    story += draw(st.lists(said, min_size=14, max_size=18))
    story += [("advance", draw(N) % 3, 0, 0), ("advance", draw(N) % 2, 0, 0)]
    story += draw(st.lists(spoken, min_size=12, max_size=18))
    story += draw(st.lists(st.tuples(st.sampled_from(HOLDS), N, N, N), max_size=3))
    return story + draw(st.lists(st.tuples(st.sampled_from(TROUBLE), N, N, N), min_size=2, max_size=6))


def new_pair() -> Pair:
    pair = Pair()
    for name in NAMES:
        pair.add_person(name)
    pair.add_shop()
    return pair


@settings(suppress_health_check=list(HealthCheck), max_examples=settings().max_examples // 3)
@given(village=villages(), story=STORY, who=st.integers(0, 4))
def test_everybody_sees_exactly_what_the_oracle_says(
    village: list[Deed], story: list[Deed], who: int
) -> None:
    with undone():
        pair = new_pair()
        play(pair, village)
        play(pair, story)
        people = list(pair.plain.people)
        compare_everything(pair, closely=[people[who]])
