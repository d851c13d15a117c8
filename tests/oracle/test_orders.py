"""A host shop tells the states of orders late, out of order and more than once: the world is the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.core.guard import Viewer
from kith.core.money import Money
from kith.sharing.deliver import find_differences
from kith.sharing.models import Delivery, Share
from kith.sharing.queries import lines_to_ask_about, unread_notices
from kith.sharing.services import take_in_orders
from kith.shop.models import LineStatus, OrderLine
from kith.shop.records import LineRecord, OrderRecord
from tests.oracle.pair import START, Pair, undone

pytestmark = pytest.mark.django_db

WHY = "the test compares all there is"
State = tuple[LineStatus, int, str]
"""What was heard, at which hour after the order was placed, of which line."""
ANYTHING = st.lists(
    st.tuples(st.sampled_from(LineStatus), st.integers(0, 8), st.sampled_from(["1", "2"])),
    min_size=1,
    max_size=6,
)
P, S, D, R, B, C = LineStatus
LIVES = ([P, S, D], [P, C], [P, S, D, R, B], [P, S, D, R, D], [P, S, D, R], [D, B], [P, S])
"""How it goes with an order line in a shop: it does not arrive after it was cancelled or refunded."""


@st.composite
def lives(draw: st.DrawFn) -> list[State]:
    told: list[State] = []
    for line in ("1", "2"):
        hour = draw(st.integers(0, 3))
        for status in draw(st.sampled_from(LIVES)):
            told.append((status, hour, line))
            hour += draw(st.integers(1, 3))
    return told


def record(pair: Pair, buyer: int, state: State) -> OrderRecord:
    status, hour, line = state
    at = START + timedelta(hours=hour)
    listing = list(pair.plain.listings)[int(line) - 1]
    reason = "it leaks" if status == LineStatus.REFUNDED else ""
    said = LineRecord(line, listing, 1, Money(4200), status, at, reason)
    return OrderRecord("host", "o1", buyer, START, (said,))


class Neighbourhood:
    """Mei shows Bo what she buys, as she chose; the host shop tells what she bought."""

    def __init__(self, mode: str) -> None:
        self.pair = pair = Pair()
        self.mei, bo = pair.add_person("Mei"), pair.add_person("Bo")
        pair.add_shop()
        for who in (self.mei, bo):
            pair.do("open_circles", who, text_version="1", surface="test")
        pair.befriend(self.mei, bo)
        family = pair.do("create_circle", self.mei, name="Family", window="all", weight=3, is_default=True)
        pair.do("add_members", self.mei, circle_id=family, person_ids=[bo])
        pair.do("set_sharing", self.mei, mode=mode, hold=timedelta(minutes=30), excluded_categories=[])

    def after(self, heard: list[list[State]], now: datetime) -> dict[str, Any]:
        """What there is after these batches were taken in, one after the other."""
        with undone():
            for batch in heard:
                take_in_orders([record(self.pair, self.mei, state) for state in batch], now=now)
            assert find_differences() == []
            return everything(Viewer(self.mei, now))


def everything(mei: Viewer) -> dict[str, Any]:
    lines = OrderLine.objects.unguarded(WHY).order_by("external_id")
    shares = Share.objects.unguarded(WHY).order_by("line__external_id")
    shown = Delivery.objects.unguarded(WHY).values_list("outcome", "visible_from", "visible_until")
    return {
        "lines": list(
            lines.values_list("external_id", "status", "status_at", "reason", "delivered_at", "placed_at")
        ),
        "shares": list(shares.values_list("line__external_id", "outcome", "visible_from", "by_itself")),
        "delivered": sorted(shown),
        "asked": sorted(line.external_id for line in lines_to_ask_about(mei)),
        "notices": unread_notices(mei),
    }


@st.composite
def shuffles(draw: st.DrawFn, states: list[State]) -> list[State]:
    """The same in another order, some of it more than once."""
    again = draw(st.lists(st.sampled_from(states), max_size=3))
    return draw(st.permutations([*states, *again]))


NOWS = st.sampled_from([START + timedelta(hours=30), START + timedelta(days=30)])


@settings(suppress_health_check=list(HealthCheck))
@given(mode=st.sampled_from(["after_delivery", "ask"]), states=lives(), now=NOWS, data=st.data())
def test_the_order_of_arrival_changes_nothing(
    mode: str, states: list[State], now: datetime, data: st.DataObject
) -> None:
    shuffled = data.draw(shuffles(states))
    cut = data.draw(st.integers(0, len(shuffled)))
    with undone():
        neighbourhood = Neighbourhood(mode)
        ought = neighbourhood.after([[state] for state in states], now)
        assert neighbourhood.after([shuffled[:cut], shuffled[cut:]], now) == ought
        assert neighbourhood.after([[state] for state in shuffled], now) == ought


@settings(suppress_health_check=list(HealthCheck))
@given(states=ANYTHING, data=st.data())
def test_even_of_a_history_that_makes_no_sense_the_newest_is_kept(
    states: list[State], data: st.DataObject
) -> None:
    now = START + timedelta(days=30)
    in_order = sorted(states, key=lambda state: (state[1], state[0].rank))
    shuffled = data.draw(shuffles(states))
    with undone():
        neighbourhood = Neighbourhood("off")
        ought = neighbourhood.after([[state] for state in in_order], now)
        assert neighbourhood.after([[state] for state in shuffled], now) == ought
        newest = {line: (LineStatus(status), hour) for status, hour, line in in_order}
        found = {line[0]: (line[1], line[2]) for line in ought["lines"]}
        assert found == {
            line: (status, START + timedelta(hours=hour)) for line, (status, hour) in newest.items()
        }
