"""The circles that people keep: a family, friends, colleagues; here and there twenty, or one of 150."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.world.plan import DAY, Marks, Numbers, World
from benchmarks.world.sorting import distinct, holds, spread
from benchmarks.world.ties import Edges, Friends
from benchmarks.world.words import Coded
from kith.core.clock import FOREVER
from kith.ties.models import MOST_CIRCLES, MOST_MEMBERS, Window

KINDS = ["family", "friends", "colleagues", "classmates", "neighbours", "other"]
WINDOWS = list(Window.values)
NAMES = ["家人", "朋友", "同事", "同学", "邻居", *(f"圈子{number}" for number in range(6, MOST_CIRCLES + 1))]
DAYS = np.array([3, 30, 183, 0])
"""How long each window is; the last is without end."""
FAMILY, FRIENDS, COLLEAGUES = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Circles:
    """One row a circle, those of one owner side by side. `first[p]` is the first of a person's."""

    ids: Numbers
    owner: Numbers
    name: Coded
    kind: Coded
    weight: Numbers
    window: Coded
    default: Marks
    at: Numbers
    first: Numbers

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Members:
    """One row for each who was put into a circle, by circle. `gone`: parting took them out."""

    circle: Numbers
    person: Numbers
    gone: Marks
    first: Numbers

    def __len__(self) -> int:
        return len(self.circle)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The circles of one name: whose, and which stretch of their friends is in it."""

    owner: Numbers
    begin: Numbers
    size: Numbers


def draw_circles(world: World, friends: Friends, edges: Edges) -> tuple[Circles, Members]:
    layers = list(_layers(world, friends))
    owner, begin, size = (
        np.concatenate([getattr(layer, name) for layer in layers]) for name in ("owner", "begin", "size")
    )
    name = np.repeat(np.arange(len(layers)), [len(layer.owner) for layer in layers])
    order = np.lexsort((name, owner))
    owner, begin, size, name = owner[order], begin[order], size[order], name[order]
    circles = _described(world, owner, name)
    return circles, _members(friends, edges, owner, begin, size)


def _layers(world: World, friends: Friends) -> Iterator[_Layer]:
    dice, everybody = world.dice("circles"), np.arange(world.people)
    family, team, number = friends.families, friends.teams, friends.number

    def layer(some: Numbers, begin: Numbers, size: Numbers) -> _Layer:
        begin = np.minimum(begin, number)
        size = np.minimum(np.minimum(size, number - begin), MOST_MEMBERS)
        return _Layer(some, begin[some], size[some])

    def some(part: float) -> Numbers:
        return np.flatnonzero(dice.random(world.people) < part)

    def draw(least: int, most: int) -> Numbers:
        return dice.integers(least, most + 1, world.people)

    many = np.flatnonzero(dice.random(world.people) < 0.01)
    large = np.isin(everybody, many)
    yield layer(everybody, np.zeros_like(family), family + draw(0, 1))
    yield layer(distinct(some(0.85), many), family, np.where(large, MOST_MEMBERS, draw(8, 32)))
    yield layer(some(0.6), family, team + draw(0, 5))
    yield layer(some(0.2), family + team, draw(5, 20))
    yield layer(some(0.15), family + team + 3, draw(3, 10))
    for nth in range(len(NAMES) - 5):
        yield layer(many, family + team + 5 * nth, draw(5, 20))


def _described(world: World, owner: Numbers, name: Numbers) -> Circles:
    dice, number = world.dice("what circles are"), len(owner)
    is_family, is_friends = name == FAMILY, name == FRIENDS
    chance = dice.random(number)
    default = np.where(is_family, chance < 0.85, np.where(is_friends, chance < 0.06, chance < 0.01))
    of_family = dice.choice(4, number, p=(0.0, 0.05, 0.15, 0.8))
    of_others = dice.choice(4, number, p=(0.1, 0.2, 0.3, 0.4))
    return Circles(
        ids=world.ids("circles", number),
        owner=owner,
        name=Coded(name, NAMES),
        kind=Coded(np.minimum(name, len(KINDS) - 1), KINDS),
        weight=np.where(is_family, 5, dice.integers(1, 5, number)),
        window=Coded(np.where(is_family, of_family, of_others), WINDOWS),
        default=default,
        at=world.times("circles", number, begin=398, end=396.5),
        first=np.searchsorted(owner, np.arange(world.people + 1)),
    )


def _members(friends: Friends, edges: Edges, owner: Numbers, begin: Numbers, size: Numbers) -> Members:
    rows = spread(friends.first[owner] + begin, size)
    return Members(
        circle=np.repeat(np.arange(len(owner)), size),
        person=friends.who[rows],
        gone=edges.is_over[friends.edge[rows]],
        first=np.concatenate([[0], np.cumsum(size)]),
    )


def ends(windows: Numbers, start: Numbers) -> Numbers:
    """Until when circles with these windows see what is visible from `start` on."""
    return np.where(DAYS[windows] == 0, int(FOREVER.timestamp()), start + DAYS[windows] * DAY)


class Acquaintance:
    """Whether two people know each other: they are friends, or a third person's circle holds both."""

    def __init__(self, world: World, edges: Edges, members: Members) -> None:
        self._people, self._circles = world.people, int(members.circle.max(initial=-1)) + 1
        both = np.concatenate([edges.asked, edges.accepted]), np.concatenate([edges.accepted, edges.asked])
        self._friends = np.sort(both[0] * world.people + both[1])
        order = np.argsort(members.person, kind="stable")
        self._held_by = members.circle[order]
        self._first = np.searchsorted(members.person[order], np.arange(world.people + 1))
        self._holds = np.sort(members.circle * world.people + members.person)

    def of(self, one: Numbers, two: Numbers) -> Marks:
        """Of each pair, whether they know each other. Nobody is a stranger to themselves."""
        known = (one == two) | holds(self._friends, one * self._people + two)
        left = np.flatnonzero(~known)
        size = np.diff(self._first)[one[left]]
        circles = self._held_by[spread(self._first[one[left]], size)]
        together = holds(self._holds, circles * self._people + np.repeat(two[left], size))
        known[np.repeat(left, size)[together]] = True
        return known  # type: ignore[no-any-return]
