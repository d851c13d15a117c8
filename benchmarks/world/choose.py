"""Whom and what the rows of the bench ask for: chosen by seed, as ids, and for all it is known what is right.

What is right is worked out here from the story by the words of the rule, not by the program's. It holds from
the world's own instant on until `KEPT_FOR` is over: nothing that is chosen begins or ends between.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.world.left_outside import withdrawn_at
from benchmarks.world.outside import HARD_TOPIC, TOPICS
from benchmarks.world.people import Stand
from benchmarks.world.plan import KEPT_FOR, NONE, Marks, Numbers
from benchmarks.world.shares import Seen, shown_to
from benchmarks.world.sorting import holds
from benchmarks.world.story import Story
from benchmarks.world.ties import Fate
from kith.people.regions import province_of

PEOPLE = 400
PAIRS = 4_000
"""Of those that may be seen, and of those that may not."""
TOGETHER = 20
MATES = 300


@dataclass(frozen=True, slots=True)
class Pair:
    """A viewer, a share, whether they may see it, and what decides that."""

    viewer: int
    share: int
    may: bool
    because: str


@dataclass(frozen=True, slots=True)
class Known:
    """A viewer and a listing of which some circle's share tells them, with its merchant."""

    viewer: int
    listing: int
    merchant: int


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody outside, and a region (a province's code) and topic that they list."""

    viewer: int
    province: str
    topic: str


@dataclass(frozen=True, slots=True)
class Choices:
    """All ids are those of the database.

    :param by_friends: of people whose circle side is open, by `median`, `p99`, `most` and `mates` (some 300).
    :param by_deliveries: likewise, by how much is shown to them.
    :param many: viewers, each with twenty shares of which some may be seen.
    """

    viewers: list[int]
    by_friends: dict[str, list[int]]
    by_deliveries: dict[str, list[int]]
    pairs: list[Pair]
    many: list[tuple[int, list[int]]]
    known: list[Known]
    strangers: list[Looked]
    hard: Looked
    hard_posts: int
    """So many of the newest and hottest are by people whom the viewer of `hard` knows."""

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)))


def read_choices(file: Path) -> Choices:
    told: dict[str, Any] = json.loads(file.read_text())
    told |= {
        "pairs": [Pair(**pair) for pair in told["pairs"]], "known": [Known(**one) for one in told["known"]],
        "strangers": [Looked(**one) for one in told["strangers"]], "hard": Looked(**told["hard"]),
        "many": [(viewer, shares) for viewer, shares in told["many"]],
    }  # fmt: skip
    return Choices(**told)


def choose(story: Story) -> Choices:
    people = story.inside.people
    rule = _Rule(story)
    sight, dice = _judged(story, rule), story.world.dice("choices")
    is_open = np.flatnonzero(rule.is_open)
    number = np.bincount(rule.seen.person, minlength=len(people))
    edges = story.inside.edges
    befriended = np.concatenate([edges.asked[~edges.is_over], edges.accepted[~edges.is_over]])
    friends = np.bincount(befriended, minlength=len(people))
    hard = story.outside.hard
    region = story.inside.people.region.pool[hard.region]
    return Choices(
        viewers=_ids(people.ids, dice.permutation(is_open[number[is_open] >= TOGETHER])[:PEOPLE]),
        by_friends=_classes(people.ids, is_open, friends, mates=MATES),
        by_deliveries=_classes(people.ids, is_open, number),
        pairs=list(_pairs(story, rule.seen, sight)),
        many=list(_many(story, sight)),
        known=list(_known(story, sight)),
        strangers=list(_strangers(story)),
        hard=Looked(int(people.ids[hard.viewer]), province_of(region), TOPICS[HARD_TOPIC]),
        hard_posts=hard.number,
    )


def _ids(ids: Numbers, rows: Numbers) -> list[int]:
    return [int(one) for one in ids[rows]]


def _classes(ids: Numbers, among: Numbers, size: Numbers, **named: float) -> dict[str, list[int]]:
    """People whose number is next to each of these."""
    sizes = size[among]
    wanted = {
        "median": float(np.median(sizes)), "p99": float(np.percentile(sizes, 99)), "most": float(sizes.max()),
        **named,
    }  # fmt: skip
    few = max(1, min(50, len(among) // 200))
    return {
        name: _ids(ids, among[np.argsort(np.abs(sizes - number), kind="stable")[:few]])
        for name, number in wanted.items()
    }


# --- Who may see what -----------------------------------------------------------------------------------


class _Rule:
    """The rule for a share, asked of the story."""

    def __init__(self, story: Story) -> None:
        people, edges = story.inside.people, story.inside.edges
        self._story, number = story, len(people)
        self.seen = shown_to(story.inside.audiences, story.inside.members, of=~story.inside.members.gone)
        self.is_open = np.isin(people.stand, (Stand.OPEN, Stand.PAUSED))
        codes = np.concatenate([edges.asked * number + edges.accepted, edges.accepted * number + edges.asked])
        order = np.argsort(codes)
        self._codes, self._edge, self._is_asker = codes[order], order % len(edges), order < len(edges)

    def why_not(self, rows: Numbers) -> tuple[Numbers, list[str]]:
        """For some of what is shown, which clause forbids it, as a place in the list; 0: none."""
        inside, world = self._story.inside, self._story.world
        share, viewer = self.seen.share[rows], self.seen.person[rows]
        author, shares = inside.shares.author[share], inside.shares
        place = np.searchsorted(self._codes, viewer * len(inside.people) + author)
        edge, by_viewer = self._edge[place], self._is_asker[place] == inside.edges.by_asker[self._edge[place]]
        fate, later = inside.edges.fate[edge], world.end + int(KEPT_FOR.total_seconds())
        clauses: dict[str, Marks] = {
            "withdrawn": shares.is_withdrawn[share],
            "held": shares.visible_from[share] > later,
            "past": self.seen.until[rows] <= world.end,
            "muted": (fate == Fate.MUTED) & by_viewer,
            "hidden": (fate == Fate.HIDDEN_FROM) & ~by_viewer,
            "author not open": ~inside.people.shows[author],
            "viewer not open": ~self.is_open[viewer],
        }
        return np.select(list(clauses.values()), range(1, len(clauses) + 1), 0), ["", *clauses]

    def is_lasting(self, rows: Numbers) -> Marks:
        """Whether nothing of it begins or ends while the world is kept, and it is not shown to everyone."""
        shares, end = self._story.inside.shares, self._story.world.end
        start, until = shares.visible_from[self.seen.share[rows]], self.seen.until[rows]
        later = end + int(KEPT_FOR.total_seconds())
        crossing = ((start > end) & (start <= later)) | ((until > end) & (until <= later))
        return ~crossing & ~shares.to_everyone[self.seen.share[rows]]


@dataclass(frozen=True, slots=True)
class _Sight:
    """Some of what is shown to somebody, drawn, with the clause that forbids it."""

    share: Numbers
    viewer: Numbers
    clause: Numbers
    clauses: list[str]


def _judged(story: Story, rule: _Rule, *, most: int = 1_000_000) -> _Sight:
    seen: Seen = rule.seen
    rows = story.world.dice("sight").permutation(len(seen.share))[:most]
    rows = rows[rule.is_lasting(rows)]
    clause, clauses = rule.why_not(rows)
    return _Sight(seen.share[rows], seen.person[rows], clause, clauses)


def _pairs(story: Story, seen: Seen, sight: _Sight) -> Iterator[Pair]:
    """As many that may be seen as may not; of those, as many for each reason, as far as there are."""
    people, shares = story.inside.people.ids, story.inside.shares.ids
    each = PAIRS // len(sight.clauses)
    for number, clause in enumerate(sight.clauses):
        rows = np.flatnonzero(sight.clause == number)[: each if number else PAIRS]
        for row in rows.tolist():
            may = number == 0
            yield Pair(int(people[sight.viewer[row]]), int(shares[sight.share[row]]), may=may, because=clause)
    parted = shown_to(story.inside.audiences, story.inside.members, of=story.inside.members.gone)
    rows = np.flatnonzero(~story.inside.shares.to_everyone[parted.share])[:each]
    for share, viewer in zip(parted.share[rows].tolist(), parted.person[rows].tolist(), strict=True):
        yield Pair(int(people[viewer]), int(shares[share]), may=False, because="parted")
    yield from _not_shown(story, seen, each)


def _not_shown(story: Story, seen: Seen, number: int) -> Iterator[Pair]:
    """Shares of people who show them to circles that do not hold the viewer."""
    inside, dice = story.inside, story.world.dice("not shown")
    people, shares = len(inside.people), inside.shares
    known = np.sort(seen.share * people + seen.person)
    share, viewer = dice.integers(0, len(shares), 4 * number), dice.integers(0, people, 4 * number)
    shown = (
        holds(known, share * people + viewer) | shares.to_everyone[share] | (shares.author[share] == viewer)
    )
    for row in np.flatnonzero(~shown)[:number].tolist():
        yield Pair(
            int(inside.people.ids[viewer[row]]), int(shares.ids[share[row]]), may=False, because="not shown"
        )


def _many(story: Story, sight: _Sight) -> Iterator[tuple[int, list[int]]]:
    people, shares = story.inside.people.ids, story.inside.shares.ids
    order = np.argsort(sight.viewer, kind="stable")
    first = np.flatnonzero(np.diff(sight.viewer[order], prepend=NONE))
    sizes = np.diff(np.append(first, len(order)))
    for begin in first[sizes >= TOGETHER][:PEOPLE].tolist():
        rows = order[begin : begin + TOGETHER]
        yield int(people[sight.viewer[rows[0]]]), _ids(shares, sight.share[rows])


def _known(story: Story, sight: _Sight) -> Iterator[Known]:
    """What somebody in a viewer's circles bought or spoke of, and the viewer may know it."""
    inside = story.inside
    listing = inside.shares.listing[sight.share]
    for row in np.flatnonzero((sight.clause == 0) & (listing != NONE))[:PAIRS].tolist():
        merchant = inside.listings.merchant[listing[row]]
        yield Known(
            int(inside.people.ids[sight.viewer[row]]), int(inside.listings.ids[listing[row]]),
            int(inside.merchants.ids[merchant]),
        )  # fmt: skip


# --- Outside --------------------------------------------------------------------------------------------


def _strangers(story: Story) -> Iterator[Looked]:
    """People who are outside, each with a region and a topic of which there is something."""
    people, personas, posts = story.inside.people, story.outside.personas, story.outside.posts
    dice = story.world.dice("strangers")
    fit = np.flatnonzero(personas.shows & (people.stand[personas.person] != Stand.SUSPENDED))
    shown = np.flatnonzero((withdrawn_at(story) == NONE) & (posts.hidden_at == NONE))
    chosen = dice.permutation(fit)[:PEOPLE]
    about = dice.choice(shown, len(chosen))
    for persona, post in zip(chosen.tolist(), about.tolist(), strict=True):
        province = province_of(people.region.pool[posts.region[post]])
        yield Looked(int(people.ids[personas.person[persona]]), province, TOPICS[posts.topic[post]])
