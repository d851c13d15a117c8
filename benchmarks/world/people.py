"""Who there is: names, towns, what they agreed to, and what they want done with what they buy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.world.plan import DAY, HOUR, MINUTE, NONE, Marks, Numbers, World
from benchmarks.world.words import Coded, numbered, one_of, people_names
from kith.people.models import grown_up_since
from kith.people.regions import cities, provinces

MODES = ("", "off", "ask", "after_delivery")
HOLDS = (30 * MINUTE, 3 * DAY, 14 * DAY)
TOWN = 5_000
"""People of one town, who know one another rather than others."""
EXCLUDED = ("staples", "fresh")
AT_THE_END = 3 * HOUR
"""So long before now begins what people do to what there is: they mute, hide, block, pause, leave."""


class Stand(IntEnum):
    """How somebody's circle side is."""

    OPEN = 0
    NEVER_ASKED = 1
    WITHDRAWN = 2
    PAUSED = 3
    SUSPENDED = 4


STANDS = (0.03, 0.02, 0.03, 0.01)


@dataclass(frozen=True, slots=True)
class People:
    """One row a person. `stand_at`: since when it is so; `read_at`, `read_outside_at`: when they last read
    what they were told."""

    ids: Numbers
    handle: pa.Array
    name: Coded
    town: Numbers
    region: Coded
    born: Numbers
    phone: pa.Array
    joined: Numbers
    stand: Numbers
    stand_at: Numbers
    mode: Numbers
    mode_at: Numbers
    hold: Numbers
    excludes: Numbers
    read_at: Numbers
    read_outside_at: Numbers

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def has_phone(self) -> Marks:
        return np.asarray(self.phone.is_valid())

    @property
    def agreed_at(self) -> Numbers:
        return self.joined + HOUR

    @property
    def has_agreed(self) -> Marks:
        """Who ever opened their circles."""
        return self.stand != Stand.NEVER_ASKED  # type: ignore[no-any-return]

    @property
    def shows(self) -> Marks:
        return self.stand == Stand.OPEN  # type: ignore[no-any-return]


def regions() -> list[str]:
    """The codes of all cities, and of the provinces that are one."""
    found = []
    for code, _ in provinces("en"):
        found += [city for city, _ in cities(code, "en")] or [code]
    return found


def draw_people(world: World) -> People:
    dice, number = world.dice("people"), world.people
    town = np.arange(number) // TOWN
    places = regions()
    home = dice.permutation(len(places))[town % len(places)]
    away = dice.random(number) < 0.1
    stand = dice.choice(len(Stand), number, p=world.odds(*STANDS))
    mode = dice.choice(len(MODES), number, p=(0.2, 0.1, 0.25, 0.45))
    agreed = stand != Stand.NEVER_ASKED
    reads, reads_outside = dice.random(number) < 0.9, dice.random(number) < 0.8
    grown_up = grown_up_since(world.now)
    phones = numbered("+86138", np.arange(number), width=8)
    return People(
        ids=world.ids("people", number),
        handle=numbered("p", np.arange(number), width=7),
        name=one_of(dice, people_names(), number),
        town=town,
        region=Coded(np.where(away, dice.integers(0, len(places), number), home), places),
        born=dice.integers(grown_up - 60, grown_up + 3, number),
        phone=pc.if_else(pa.array(dice.random(number) < 0.7), phones, pa.scalar(None, pa.string())),
        joined=world.times("joining", number, begin=1000, end=700),
        stand=stand,
        stand_at=world.end - 2 * dice.integers(1, AT_THE_END // 2, number),
        mode=np.where(agreed, mode, 0),
        mode_at=world.times("choosing", number, begin=396, end=391),
        hold=np.array(HOLDS)[dice.choice(len(HOLDS), number, p=world.odds(0.1, 0.05))],
        excludes=np.where(dice.random(number) < 0.1, dice.integers(0, len(EXCLUDED), number), NONE),
        read_at=np.where(reads, world.times("reading", number, begin=20, end=0) + 1, NONE),
        read_outside_at=np.where(
            reads_outside, world.times("reading outside", number, begin=20, end=0) + 1, NONE
        ),
    )
