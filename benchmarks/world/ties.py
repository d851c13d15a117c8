"""Who knows whom: families, teams, towns; and the circles that people keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from benchmarks.world.people import AT_THE_END, People
from benchmarks.world.plan import HOUR, NONE, Marks, Numbers, World
from benchmarks.world.sorting import distinct, holds
from benchmarks.world.words import Coded

LARGEST_GROUP = 6
"""Of a family, and of a team: together they give nobody more friends than the fewest that people have."""
IN_TOWN = 0.75
ALIASES = ["", "二姨", "老同学", "班长", "楼上的"]
ROUNDS = 10


class Fate(IntEnum):
    """What becomes of a friendship at the end, and who does it."""

    NONE = 0
    MUTED = 1
    HIDDEN_FROM = 2
    BLOCKED = 3
    UNFRIENDED = 4


FATES = (0.02, 0.02, 0.01, 0.005)


@dataclass(frozen=True, slots=True)
class Edges:
    """One row a friendship, the oldest first: who asked whom, and who of them did what became of it."""

    asked: Numbers
    accepted: Numbers
    kind: Numbers
    """0 of the same family, 1 of the same team, 2 otherwise."""
    at: Numbers
    alias: Coded
    """What the one who asked calls the other, if anything; said soon afterwards."""
    fate: Numbers
    by_asker: Marks
    fate_at: Numbers

    def __len__(self) -> int:
        return len(self.asked)

    @property
    def is_over(self) -> Marks:
        return (self.fate == Fate.BLOCKED) | (self.fate == Fate.UNFRIENDED)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Friends:
    """The friends of each person side by side: family, team, others. Rows `first[p]` to `first[p + 1]`."""

    first: Numbers
    who: Numbers
    edge: Numbers
    families: Numbers
    teams: Numbers
    """How many of each person's friends are family, and of a team."""

    @property
    def number(self) -> Numbers:
        return np.diff(self.first)


@dataclass(frozen=True, slots=True)
class Apart:
    """Somebody keeps away from somebody whom they do not know."""

    owner: Numbers
    other: Numbers
    at: Numbers

    def of(self, others: Marks) -> Apart:
        """Only where the other is one of these."""
        kept = others[self.other]
        return Apart(self.owner[kept], self.other[kept], self.at[kept])


def draw_edges(world: World, people: People) -> Edges:
    dice = world.dice("edges")
    families = _groups(dice, np.arange(world.people), people.town)
    teams = _groups(dice, np.lexsort((dice.random(world.people), people.town)), people.town)
    known = distinct(families)
    teams = teams[~holds(known, teams)]
    teams = distinct(teams)
    near = np.concatenate([known, teams])
    pairs = _fill(world, people, near)
    kind = np.where(holds(known, pairs), 0, np.where(holds(teams, pairs), 1, 2))
    pairs, kind = _shuffled(dice, pairs, kind)
    one, two = np.divmod(pairs, world.people)
    turned = dice.random(len(pairs)) < 0.5
    fate = dice.choice(len(Fate), len(pairs), p=world.odds(*FATES))
    return Edges(
        asked=np.where(turned, two, one),
        accepted=np.where(turned, one, two),
        kind=kind,
        at=np.sort(world.times("befriending", len(pairs), begin=690, end=400)) + HOUR,
        alias=Coded(np.where(dice.random(len(pairs)) < 0.05, dice.integers(1, 5, len(pairs)), 0), ALIASES),
        fate=fate,
        by_asker=dice.random(len(pairs)) < 0.5,
        fate_at=np.where(fate > 0, world.end - 2 * dice.integers(1, AT_THE_END // 2, len(pairs)), NONE),
    )


def _shuffled(dice: np.random.Generator, pairs: Numbers, kind: Numbers) -> tuple[Numbers, Numbers]:
    order = dice.permutation(len(pairs))
    return pairs[order], kind[order]


def _groups(dice: np.random.Generator, order: Numbers, town: Numbers) -> Numbers:
    """Cut a row of people into groups of 2 to 6 who all know one another; return the pairs, as codes."""
    number = len(order)
    ends = np.cumsum(dice.integers(2, LARGEST_GROUP + 1, number // 2 + 1))
    group = np.searchsorted(ends, np.arange(number), side="right")
    found = []
    for apart in range(1, LARGEST_GROUP):
        same = group[apart:] == group[:-apart]
        found.append(code(order[:-apart][same], order[apart:][same], number))
    pairs = np.concatenate(found)
    one, two = np.divmod(pairs, number)
    return pairs[town[one] == town[two]]  # type: ignore[no-any-return]


def code(one: Numbers, two: Numbers, number: int) -> Numbers:
    """One number for each pair, whoever of them is named first. :param number: of all people."""
    return np.minimum(one, two).astype(np.int64) * number + np.maximum(one, two)


def _fill(world: World, people: People, near: Numbers) -> Numbers:
    """Give everybody about as many friends as a power law wants, most of them of their own town."""
    dice, number = world.dice("friends"), world.people
    wanted = _power_law(dice, world)
    pairs = np.sort(near)
    for _ in range(ROUNDS):
        missing = np.maximum(wanted - _degrees(pairs, number), 0)
        pairs = distinct(pairs, _matched(dice, missing, people.town, number))
    while len(few := np.flatnonzero(_degrees(pairs, number) < world.least_friends)):
        room = np.flatnonzero(_degrees(pairs, number) < (world.least_friends + world.most_friends) // 2)
        others = dice.choice(room, len(few))
        apart = few != others
        pairs = distinct(pairs, code(few[apart], others[apart], number))
    return pairs


def _power_law(dice: np.random.Generator, world: World) -> Numbers:
    """Draw by the inverse of its distribution."""
    power = 1 - world.steepness
    least, most = world.least_friends**power, (world.most_friends + 1) ** power
    drawn = (least + dice.random(world.people) * (most - least)) ** (1 / power)
    return np.minimum(drawn.astype(np.int64), world.most_friends)  # type: ignore[no-any-return]


def _degrees(pairs: Numbers, number: int) -> Numbers:
    one, two = np.divmod(pairs, number)
    return np.bincount(np.concatenate([one, two]), minlength=number)


def _matched(dice: np.random.Generator, missing: Numbers, town: Numbers, number: int) -> Numbers:
    """Put everybody into a row as often as they want friends, by town or not; each knows the next."""
    row = np.repeat(np.arange(number), missing)
    place = np.where(dice.random(len(row)) < IN_TOWN, town[row], NONE)
    order = np.lexsort((dice.random(len(row)), place))
    row, place = row[order], place[order]
    one, two = row[0:-1:2], row[1::2]
    fit = (one != two) & (place[0:-1:2] == place[1::2])
    return code(one[fit], two[fit], number)


def friends_of(world: World, edges: Edges) -> Friends:
    """Put both halves of each friendship beside the others of the same person."""
    number, rows = world.people, np.arange(len(edges))
    owner = np.concatenate([edges.asked, edges.accepted])
    other = np.concatenate([edges.accepted, edges.asked])
    edge, kind = np.concatenate([rows, rows]), np.concatenate([edges.kind, edges.kind])
    by_chance = world.dice("order of friends").integers(0, 2**32, len(owner))
    order = np.argsort((owner * 4 + kind) * 2**32 + by_chance)
    first = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=number))])
    families, teams = (np.bincount(owner[kind == which], minlength=number) for which in (0, 1))
    return Friends(first, other[order], edge[order], families, teams)


def draw_apart(world: World, what: str, known: Numbers) -> Apart:
    """One in a hundred does something at the end that keeps a stranger away. :param known: other pairs."""
    dice, number = world.dice(what), max(4, world.people // 100)
    owner, other = dice.integers(0, world.people, (2, number))
    pairs = code(owner, other, world.people)
    _, first = np.unique(pairs, return_index=True)
    chosen = first[~holds(np.sort(known), pairs[first]) & (owner[first] != other[first])]
    at = world.end - 2 * dice.integers(1, AT_THE_END // 2, len(chosen))
    return Apart(owner[chosen], other[chosen], at)
