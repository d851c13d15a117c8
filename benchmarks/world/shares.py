"""What is shown to whom, and what is said under it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.world.circles import Circles, Members, ends
from benchmarks.world.goods import AFTER_DELIVERY, SENSITIVE, Lines, Listings, Wishes, wishes_of
from benchmarks.world.people import AT_THE_END, People
from benchmarks.world.plan import DAY, HOUR, NONE, Marks, Numbers, World
from benchmarks.world.sorting import distinct, spread
from benchmarks.world.words import Coded, one_of, sentences
from kith.sharing.models import ShareKind

KINDS = list(ShareKind.values)
PURCHASE, REVIEW, QUESTION, TIP = range(4)
STARS = (0.06, 0.06, 0.13, 0.3, 0.45)
"""How often one star is given, and two, and so on."""
SHARE_OF_WORDS = 0.03
"""So many of all shares are questions and tips."""
SOONEST = 150
SPOKEN_WITHIN = 60 * HOUR
"""After it is shown, and so before the shortest window closes."""


@dataclass(frozen=True, slots=True)
class Shares:
    """One row a share, the oldest first. `hidden_at`: by its author; `staff_at`: taken back by the shop."""

    ids: Numbers
    author: Numbers
    kind: Numbers
    line: Numbers
    listing: Numbers
    at: Numbers
    visible_from: Numbers
    by_itself: Marks
    to_everyone: Marks
    rating: Numbers
    text: Coded
    hidden_at: Numbers
    staff_at: Numbers

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_withdrawn(self) -> Marks:
        return (self.hidden_at != NONE) | (self.staff_at != NONE)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Audiences:
    """One row for each circle that a share is shown to, by share."""

    share: Numbers
    circle: Numbers
    until: Numbers


@dataclass(frozen=True, slots=True)
class Said:
    """One row for each who said something of a share (`text`) or found it useful."""

    ids: Numbers
    share: Numbers
    person: Numbers
    at: Numbers
    text: Coded


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Shares before they are put in order."""

    author: Numbers
    kind: Numbers
    line: Numbers
    listing: Numbers
    at: Numbers
    visible_from: Numbers
    by_itself: Marks


def draw_shares(world: World, people: People, listings: Listings, lines: Lines) -> Shares:
    wishes = wishes_of(people, listings, lines)
    drawn = _in_order(world, [
        _by_themselves(people, lines, wishes),
        *_by_hand(world, people, lines, wishes),
        _words(world, people, listings),
    ])  # fmt: skip
    dice, number = world.dice("what is shown"), len(drawn.author)
    chance, wordless = (
        dice.random(number),
        drawn.by_itself | ((drawn.kind == PURCHASE) & (dice.random(number) < 0.5)),
    )
    at_the_end = world.end - 2 * dice.integers(1, AT_THE_END // 2, number)
    text = one_of(dice, ["", *sentences()], number)
    return Shares(
        ids=world.ids("shares", number), author=drawn.author, kind=drawn.kind, line=drawn.line,
        listing=drawn.listing, at=drawn.at, visible_from=drawn.visible_from, by_itself=drawn.by_itself,
        to_everyone=(drawn.kind == REVIEW) & (dice.random(number) < 0.1),
        rating=np.where(drawn.kind == REVIEW, dice.choice(5, number, p=STARS) + 1, NONE),
        text=Coded(np.where(wordless, 0, np.maximum(text.codes, 1)), text.pool),
        hidden_at=np.where(chance < 0.02 * world.rare, at_the_end, NONE),
        staff_at=np.where(chance > 1 - 0.003 * world.rare, at_the_end, NONE),
    )  # fmt: skip


def _in_order(world: World, parts: list[_Drawn]) -> _Drawn:
    whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _Drawn.__slots__}
    chance = world.dice("order of shares").random(len(whole["at"]))
    order = np.lexsort((chance, whole["at"]))
    return _Drawn(**{name: column[order] for name, column in whole.items()})


def _by_themselves(people: People, lines: Lines, wishes: Wishes) -> _Drawn:
    """What is shown because its buyer has chosen so once and for all: held from when it arrives."""
    chosen = np.flatnonzero(wishes.shown)
    arrived, buyer = lines.delivered_at[chosen], lines.buyer[chosen]
    return _Drawn(
        buyer, np.full(len(chosen), PURCHASE), chosen, lines.listing[chosen], arrived,
        arrived + people.hold[buyer], np.ones(len(chosen), np.bool_),
    )  # fmt: skip


def _by_hand(world: World, people: People, lines: Lines, wishes: Wishes) -> list[_Drawn]:
    """Purchases shown by those who do not let it happen by itself, and as many reviews as are wanting."""
    dice = world.dice("by hand")
    at = lines.delivered_at + 2 * dice.integers(HOUR, 15 * DAY, len(lines))
    early = wishes.may_be_shown & (at < world.ago(AT_THE_END / DAY))
    others = people.mode[lines.buyer] != AFTER_DELIVERY
    shown = np.flatnonzero(early & others & (dice.random(len(lines)) < 0.3))
    wanting = world.shares - int(wishes.shown.sum()) - len(shown) - _number_of_words(world)
    later = at + 2 * HOUR
    may_be = early & (later < world.ago(AT_THE_END / DAY))
    reviewed = dice.permutation(np.flatnonzero(may_be))[: max(wanting, 0)]
    return [
        _of_lines(lines, shown, PURCHASE, at),
        _of_lines(lines, reviewed, REVIEW, later),
    ]


def _of_lines(lines: Lines, chosen: Numbers, kind: int, at: Numbers) -> _Drawn:
    return _Drawn(
        lines.buyer[chosen], np.full(len(chosen), kind), chosen, lines.listing[chosen], at[chosen],
        at[chosen], np.zeros(len(chosen), np.bool_),
    )  # fmt: skip


def _number_of_words(world: World) -> int:
    return round(world.shares * SHARE_OF_WORDS * world.rare)


def _words(world: World, people: People, listings: Listings) -> _Drawn:
    """Questions and tips, most of them of a listing."""
    dice, number = world.dice("questions"), _number_of_words(world)
    author = dice.choice(np.flatnonzero(people.has_agreed), number)
    listing = dice.choice(np.flatnonzero(~SENSITIVE[listings.shelf]), number)
    at = world.times("questions", number, begin=390, end=AT_THE_END / DAY)
    return _Drawn(
        author, dice.choice([QUESTION, TIP], number), np.full(number, NONE),
        np.where(dice.random(number) < 0.7, listing, NONE), at, at, np.zeros(number, np.bool_),
    )  # fmt: skip


# --- To whom ------------------------------------------------------------------------------------------


def draw_audiences(world: World, circles: Circles, shares: Shares) -> Audiences:
    share, circle = _of_standing_choice(circles, shares)
    chosen_share, chosen_circle = _chosen(world, circles, shares)
    share, circle = np.concatenate([share, chosen_share]), np.concatenate([circle, chosen_circle])
    order = np.lexsort((circle, share))
    share, circle = share[order], circle[order]
    return Audiences(share, circle, ends(circles.window.codes[circle], shares.visible_from[share]))


def _of_standing_choice(circles: Circles, shares: Shares) -> tuple[Numbers, Numbers]:
    """All the author's circles that are theirs by default."""
    by_themselves = np.flatnonzero(shares.by_itself)
    size = np.diff(circles.first)[shares.author[by_themselves]]
    circle = spread(circles.first[shares.author[by_themselves]], size)
    kept = circles.default[circle]
    return np.repeat(by_themselves, size)[kept], circle[kept]


def _chosen(world: World, circles: Circles, shares: Shares) -> tuple[Numbers, Numbers]:
    """The family mostly, or another circle, or two; of reviews to everyone half are shown to no circle."""
    dice = world.dice("audiences")
    rows = np.flatnonzero(~shares.by_itself)
    rows = rows[~(shares.to_everyone[rows] & (dice.random(len(rows)) < 0.5))]
    first, number = circles.first[shares.author[rows]], np.diff(circles.first)[shares.author[rows]]
    one = np.where(dice.random(len(rows)) < 0.8, 0, (dice.random(len(rows)) * number).astype(np.int64))
    two = (one + 1) % number
    both = (number > 1) & (dice.random(len(rows)) < 0.08)
    return np.concatenate([rows, rows[both]]), np.concatenate([first + one, (first + two)[both]])


@dataclass(frozen=True, slots=True)
class Seen:
    """One row for each who is shown a share, by share, and until when."""

    share: Numbers
    person: Numbers
    until: Numbers


def shown_to(audiences: Audiences, members: Members, *, of: Marks | None = None) -> Seen:
    """Who is in the circles that each share is shown to. :param of: only these members."""
    size = np.diff(members.first)[audiences.circle]
    rows = spread(members.first[audiences.circle], size)
    share, person = np.repeat(audiences.share, size), members.person[rows]
    until = np.repeat(audiences.until, size)
    several = np.repeat(np.bincount(audiences.share)[audiences.share] > 1, size)
    if of is not None:
        kept = of[rows]
        share, person, until, several = share[kept], person[kept], until[kept], several[kept]
    return _once(share, person, until, several)


def _once(share: Numbers, person: Numbers, until: Numbers, several: Marks) -> Seen:
    """Keep the later end for somebody in two of a share's circles. :param several: where that can be."""
    kept = np.ones(len(share), np.bool_)
    rows = np.flatnonzero(several)
    rows = rows[np.lexsort((until[rows], person[rows], share[rows]))]
    same = (share[rows][1:] == share[rows][:-1]) & (person[rows][1:] == person[rows][:-1])
    kept[rows[:-1][same]] = False
    return Seen(share[kept], person[kept], until[kept])


# --- What is said of it -------------------------------------------------------------------------------


def draw_said(world: World, people: People, shares: Shares, seen: Seen, *, what: str, part: float) -> Said:
    """Let some of those who see shares say something, each once a share, all before the end of the story.

    :param part: how many for each share.
    """
    dice = world.dice(what)
    may = np.flatnonzero(people.has_agreed[seen.person])
    number = min(round(part * len(shares)), len(may))
    rows = may[distinct(dice.integers(0, len(may), number))] if number else may[:0]
    share, person = seen.share[rows], seen.person[rows]
    at = shares.visible_from[share] + 2 * dice.integers(SOONEST, SPOKEN_WITHIN // 2, len(rows))
    in_time = np.flatnonzero(at < world.ago(AT_THE_END / DAY))
    order = in_time[np.argsort(at[in_time], kind="stable")]
    text = one_of(dice, sentences(), len(order))
    return Said(world.ids(what, len(order)), share[order], person[order], at[order], text)
