"""The strangers' channel of the demonstration: who is outside, to whom it is open, what is written there.

Who they are stands in `neighbourhood/outside.toml`, what they say in `neighbourhood/outside_posts.toml`.
They come in by the import like the neighbours; the rest happens through the services, each thing at its
time and one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from kith.cli.demo_outside_crowd import Crowd, Event, Record
from kith.cli.demo_outside_rollout import Openings
from kith.cli.demo_outside_words import Words

COURIER = timedelta(days=3)
YEAR = timedelta(days=365)


class Outside:
    """The channel as it is told, reckoned back from now."""

    def __init__(self, told: Record, written: Record, *, now: datetime, source: str) -> None:
        self._told, self._now = told, now
        self._crowd = Crowd(told, now=now, source=source)
        self._words = Words(written, self._crowd)
        self._openings = Openings(told["rollout"], self._crowd)

    # --- Who they are as shoppers: records of the import -----------------------------

    def people(self) -> Iterator[Record]:
        for number, one in enumerate(self._told["somebody"]):
            record = {"type": "person", "id": one["handle"]}
            plain = ("handle", "name", "born", "region", "language")
            record |= {name: one[name] for name in plain if name in one}
            yield record | ({"phone": f"+86138001381{number:02}"} if one.get("phone") else {})

    def ties(self) -> Iterator[Record]:
        for a, b in self._told["ties"]["friends"]:
            yield {"type": "friends", "a": a, "b": b, "at": (self._now - YEAR).isoformat()}
        for circle in self._told["ties"]["circles"]:
            yield {"type": "circle", "kind": "friends", **circle}

    def orders(self, prices: dict[str, str]) -> Iterator[Record]:
        """What was delivered to them, a thing a month."""
        for one in self._told["somebody"]:
            for turn, what in enumerate(one.get("got", [])):
                arrived = self._now - timedelta(days=30 * turn + len(one["handle"]))
                line = {"id": "1", "listing": what, "quantity": 1, "price": prices[what]}
                line |= {"status": "delivered", "at": arrived.isoformat()}
                order = {"type": "order", "id": f"{one['handle']}-{what}", "buyer": one["handle"]}
                order |= {"placed_at": (arrived - COURIER).isoformat(), "lines": [line]}
                yield order | {"ship_to": one.get("at", one["region"])}

    # --- What happens ----------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many things `happen` will do."""
        return len(self._events)

    def happen(self) -> Iterator[object]:
        """Let everything happen, the oldest first. The people are there."""
        self._crowd.settle()
        for at, event in self._events:
            event(at)
            yield at
        self._words.read_what_is_old()

    @cached_property
    def _events(self) -> list[Event]:
        events = [*self._openings.events(), *self._crowd.arrivals(), *self._words.events()]
        return sorted(events, key=lambda event: event[0])
