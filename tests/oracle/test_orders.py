"""A host shop tells the states of orders late, out of order and more than once: the world is the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.core.money import Money
from kith.notices.models import Notice
from kith.sharing.deliver import find_differences
from kith.sharing.models import Delivery, Share
from kith.sharing.services import take_in_orders
from kith.shop.models import LineStatus, OrderLine
from kith.shop.records import LineRecord, OrderRecord
from tests.oracle.pair import START, Pair, undone

pytestmark = pytest.mark.django_db

WHY = "the test compares all there is"
STATES = st.lists(
    st.tuples(st.sampled_from(LineStatus), st.integers(0, 8), st.sampled_from(["1", "2"])),
    min_size=1,
    max_size=6,
)
State = tuple[LineStatus, int, str]


def record(pair: Pair, buyer: int, state: State) -> OrderRecord:
    """What is heard of one line at one instant: `hour` after the order was placed."""
    status, hour, line = state
    at = START + timedelta(hours=hour)
    listing = list(pair.plain.listings)[int(line) - 1]
    said = LineRecord(line, listing, 1, Money(4200), status, at, "it leaks" if status == "refunded" else "")
    return OrderRecord("host", "o1", buyer, START, (said,))


def world_after(mode: str, heard: list[list[State]], now: datetime) -> dict[str, Any]:
    """What there is after these batches of states were taken in, one batch after the other."""
    with undone():
        pair = Pair()
        mei, bo = pair.add_person("Mei"), pair.add_person("Bo")
        pair.add_shop()
        for who in (mei, bo):
            pair.do("open_circles", who, text_version="1", surface="test")
        pair.befriend(mei, bo)
        family = pair.do("create_circle", mei, name="Family", window="all", weight=3, is_default=True)
        pair.do("add_members", mei, circle_id=family, person_ids=[bo])
        pair.do("set_sharing", mei, mode=mode, hold=timedelta(minutes=30), excluded_categories=[])
        for batch in heard:
            take_in_orders([record(pair, mei, state) for state in batch], now=now)
        assert find_differences() == []
        return everything()


def everything() -> dict[str, Any]:
    lines = OrderLine.objects.unguarded(WHY).order_by("external_id")
    numbers = {line.pk: line.external_id for line in lines}
    shares = Share.objects.unguarded(WHY).order_by("line__external_id")
    return {
        "lines": list(
            lines.values_list("external_id", "status", "status_at", "reason", "delivered_at", "placed_at")
        ),
        "shares": list(shares.values_list("line__external_id", "outcome", "visible_from", "by_itself")),
        "delivered": sorted(
            Delivery.objects.unguarded(WHY).values_list("outcome", "visible_from", "visible_until")
        ),
        "asked": sorted(numbers[subject] for subject in _asked()),
    }


def _asked() -> list[int]:
    return list(Notice.objects.unguarded(WHY).filter(kind="may_share").values_list("subject", flat=True))


@settings(suppress_health_check=list(HealthCheck))
@given(
    mode=st.sampled_from(["after_delivery", "ask", "off"]),
    states=STATES,
    later=st.sampled_from([timedelta(hours=9), timedelta(days=30)]),
    data=st.data(),
)
def test_the_order_of_arrival_changes_nothing(
    mode: str, states: list[State], later: timedelta, data: st.DataObject
) -> None:
    now = START + later
    in_order = sorted(states, key=lambda state: (state[1], state[0].rank))
    shuffled = data.draw(
        st.permutations([*states, *data.draw(st.lists(st.sampled_from(states), max_size=3))])
    )
    cut = data.draw(st.integers(0, len(shuffled)))
    ought = world_after(mode, [[state] for state in in_order], now)
    assert world_after(mode, [shuffled[:cut], shuffled[cut:]], now) == ought
    assert world_after(mode, [[state] for state in shuffled], now) == ought
