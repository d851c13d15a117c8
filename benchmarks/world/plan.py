"""How large a world is, when it is, and the dice that everything in it is drawn with."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Marks = NDArray[np.bool_]

NONE = -1
"""Stands in a column of numbers where there is nothing."""
MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class World:
    """Sizes. Instants are in whole even seconds since 1970, reckoned back from `now`."""

    people: int
    merchants: int
    listings: int
    shares: int
    purchases: int
    posts: int
    seed: int = 5
    now: datetime = datetime(2026, 3, 14, tzinfo=UTC)
    least_friends: int = 10
    most_friends: int = 500
    steepness: float = 1.2
    """The exponent of the power law of the numbers of friends: their mean is 100."""
    rare: float = 1.0
    """How much commoner everything rare is than it ought to be: a small world would have none of it."""

    @property
    def end(self) -> int:
        """The instant `now`."""
        return int(self.now.timestamp())

    def ago(self, days: float) -> int:
        return self.end - 2 * round(days * DAY / 2)

    def dice(self, what: str) -> np.random.Generator:
        """Dice for one thing: what is drawn for another does not change what they show."""
        return np.random.default_rng([self.seed, crc32(what.encode())])

    def ids(self, what: str, number: int) -> Numbers:
        """Random ids, as `core.ids` draws them."""
        return self.dice(f"ids of {what}").integers(0, 2**63, number, dtype=np.int64)

    def odds(self, *rare: float) -> list[float]:
        """The odds of what is usual, and of each rare thing."""
        each = [self.rare * one for one in rare]
        return [1 - sum(each), *each]

    def times(self, what: str, number: int, *, begin: float, end: float) -> Numbers:
        """Even instants between so and so many days ago."""
        first, last = self.ago(begin), self.ago(end)
        return first + 2 * self.dice(f"times of {what}").integers(0, (last - first) // 2, number)

    def describe(self) -> dict[str, Any]:
        """All that it is drawn from, to be written beside what was made of it."""
        return json.loads(json.dumps(asdict(self) | {"now": self.now.isoformat()}))  # type: ignore[no-any-return]

    def part(self, of: float) -> World:
        """The same with a part of everything, but as many friends to each person."""
        sizes = ("people", "merchants", "listings", "shares", "purchases", "posts")
        return replace(self, **{name: max(1, round(getattr(self, name) * of)) for name in sizes})


WHOLE = World(
    people=100_000, merchants=5_000, listings=50_000, shares=2_000_000, purchases=3_000_000, posts=50_000
)
QUICK = WHOLE.part(0.1)
SMALL = World(
    people=36,
    merchants=4,
    listings=24,
    shares=150,
    purchases=220,
    posts=50,
    least_friends=3,
    most_friends=14,
    rare=4.0,
)
KEPT_FOR = timedelta(days=1)
"""A world that is older is drawn anew: nothing in it would be new or still held."""


def read_world(told: dict[str, Any]) -> World:
    """Read what `describe` wrote."""
    return World(**(told | {"now": datetime.fromisoformat(told["now"])}))


FEWEST = 1_000
"""People, in a world that is sized by its deliveries: of fewer everybody would know everybody."""
DELIVERIES = 5 * WHOLE.shares
"""About so many there are in the whole world."""


def with_deliveries(number: int) -> World:
    """A world of about so many deliveries: of fewer people, and from a thousand on of fewer shares each."""
    of = number / DELIVERIES
    world = WHOLE.part(max(of, FEWEST / WHOLE.people))
    few = WHOLE.part(of)
    return replace(world, shares=few.shares, purchases=few.purchases)


def world_of(size: str, *, seed: int, now: datetime) -> World:
    """Read `quick`, `whole`, `small`, a number of people, or one of deliveries such as `deliveries=10000`."""
    named = {"quick": QUICK, "whole": WHOLE, "small": SMALL}
    kind, _, number = size.rpartition("=")
    if size in named:
        found = named[size]
    else:
        found = with_deliveries(int(number)) if kind else WHOLE.part(int(number) / WHOLE.people)
    return replace(found, seed=seed, now=now)
