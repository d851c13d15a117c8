"""Every read of the strangers' channel equals the oracle, in worlds that hypothesis builds on both sides."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.strangers.ranking import find_misplaced
from kith.ties.contacts import find_contradictions
from tests.oracle.both_sides import MINOR, BothSides
from tests.oracle.compare_outside import compare_outside, compare_rows
from tests.oracle.moves import Deed
from tests.oracle.outside_moves import OUTSIDE, play_both
from tests.oracle.pair import undone
from tests.oracle.towns import Town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]

N = st.integers(0, 63)
NAMES = ("Mei", "Bo", "Chen", "Dan")
BETWEEN = ["befriend", "unfriend", "block", "unblock", "include", "exclude", "suspend", "advance", "make_up"]
STORY = st.lists(
    st.tuples(st.sampled_from([*sorted(OUTSIDE), *sorted(OUTSIDE), *BETWEEN]), N, N, N),
    min_size=5,
    max_size=25,
)


@st.composite
def towns(draw: st.DrawFn) -> list[Deed]:
    """Who is outside, what they wrote, and a third person's circle that may hold two of them."""
    story: list[Deed] = [("persona", who, draw(N), 0) for who in range(5) if draw(N) % 6]
    story += [("befriend", 4, who, 0) for who in range(4) if draw(N) % 3 == 0]
    story += [("create_circle", 4, 0, 0), ("include", 4, 0, draw(N)), ("include", 4, 0, draw(N))]
    said = st.tuples(st.sampled_from(["post", "post", "say", "say", "like_post", "greet", "write"]), N, N, N)
    return story + draw(st.lists(said, min_size=10, max_size=24))


def new_town() -> BothSides:
    pair = BothSides()
    for name in NAMES:
        pair.add_person(name)
    pair.add_person("Eve")
    pair.add_person("Kid", born=MINOR)
    return pair


@settings(suppress_health_check=list(HealthCheck))
@given(town=towns(), story=STORY, who=st.integers(0, 4))
def test_everybody_sees_exactly_what_the_oracle_says(town: list[Deed], story: list[Deed], who: int) -> None:
    with undone():
        pair = new_town()
        play_both(pair, town)
        play_both(pair, story)
        compare_outside(pair, closely=[list(pair.plain.people)[who]])
        assert list(find_misplaced()) == []
        assert list(find_contradictions()) == []


WORLDS = int(os.environ.get("KITH_ORACLE_WORLDS", "300"))
"""How many towns are drawn; the long run draws 10,000 (`KITH_ORACLE_WORLDS=10000`)."""
AT_ONCE = 50


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, WORLDS, AT_ONCE))
def test_no_town_shows_too_much_or_too_little(first: int) -> None:
    """Of each town three people, and now and then somebody who is not signed in, look at everything."""
    for seed in range(first, min(first + AT_ONCE, WORLDS)):
        with undone():
            town = Town(seed)
            who = town.random.sample(list(town.plain.people), 3)
            for viewer in [*who, None] if seed % 10 == 0 else who:
                compare_rows(town, town.viewer(viewer))
