"""The strangers' channel: personas, what they post, and what strangers say and like of it.

One region and one topic are the hard case: their newest and hottest posts are all by friends of one person,
so that whoever lists them for that person goes past all of these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.world.circles import Acquaintance
from benchmarks.world.people import AT_THE_END, People, Stand
from benchmarks.world.plan import DAY, HOUR, NONE, Marks, Numbers, World
from benchmarks.world.ties import Edges, Fate, Friends, code
from benchmarks.world.words import PERSONA_WORDS, Coded, one_of, tales
from kith.people.models import grown_up_since

TOPICS = "meet hobbies food health home money children travel pets memories help".split()
HARD_TOPIC = TOPICS.index("help")
MOST_HARD = 520
"""Posts that one viewer sees nothing of: a little more than the 500 that the bench asks for."""
OTHERS_BEFORE = 20
"""Days ago until which others posted in the region and on the topic of the hard case."""
REMARKS = (
    "说得真好 我们这里也一样 羡慕 下次一起去 谢谢分享 想起小时候 拍张照看看 在哪里呀 保重身体 学到了".split()
)


@dataclass(frozen=True, slots=True)
class Personas:
    """One row a persona. `left_at`: since when its owner agrees no more; `closed_at`: by the shop's staff."""

    ids: Numbers
    person: Numbers
    name: Coded
    region: Coded
    tells_region: Marks
    at: Numbers
    left_at: Numbers
    closed_at: Numbers

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def shows(self) -> Marks:
        return (self.left_at == NONE) & (self.closed_at == NONE)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Posts:
    """One row a post, the oldest first; `author` is a persona's row."""

    ids: Numbers
    author: Numbers
    topic: Numbers
    region: Numbers
    text: pa.Array
    at: Numbers
    withdrawn_at: Numbers
    hidden_at: Numbers

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Remarks:
    """One row for what is said under a post, the oldest first; `answers` is the row that is answered."""

    ids: Numbers
    post: Numbers
    author: Numbers
    at: Numbers
    answers: Numbers
    text: pa.Array
    removed_at: Numbers
    """By the shop's staff."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Likes:
    post: Numbers
    person: Numbers
    at: Numbers


@dataclass(frozen=True, slots=True)
class Avoided:
    """Who has shut a persona out."""

    person: Numbers
    persona: Numbers
    at: Numbers


@dataclass(frozen=True, slots=True)
class PutAway:
    """Who (a persona's row) does not want to see a post again."""

    post: Numbers
    person: Numbers
    at: Numbers


@dataclass(frozen=True, slots=True)
class Follows:
    """Which topics a persona's owner follows."""

    person: Numbers
    topic: Numbers
    at: Numbers


@dataclass(frozen=True, slots=True)
class Hard:
    """The hard case: who knows all authors of what is newest and hottest in a region and on a topic."""

    viewer: int
    region: int
    number: int
    """Of posts that are by people whom they know."""
    known: Numbers
    """Those people."""


def hard_case(world: World, people: People, edges: Edges, friends: Friends) -> Hard:
    """Whoever has the most friends, of those who are grown up and whose account is in order."""
    fit = _may_go(world, people)
    viewer = int(np.where(fit, friends.number, 0).argmax())
    theirs = slice(friends.first[viewer], friends.first[viewer + 1])
    lasting = edges.fate[friends.edge[theirs]] != Fate.UNFRIENDED
    known = friends.who[theirs][lasting & fit[friends.who[theirs]]]
    return Hard(viewer, int(people.region.codes[viewer]), min(MOST_HARD, world.posts // 8), known)


def _may_go(world: World, people: People) -> Marks:
    grown_up = people.born <= grown_up_since(world.now)
    return grown_up & (people.stand == Stand.OPEN)  # type: ignore[no-any-return]


def draw_personas(world: World, people: People, hard: Hard) -> Personas:
    """A fifth of all, and the hard case with whom they know."""
    dice = world.dice("personas")
    chosen = (dice.random(world.people) < 0.2) & (people.born <= grown_up_since(world.now))
    chosen[np.append(hard.known, hard.viewer)] = True
    person = np.flatnonzero(chosen)
    number = len(person)
    fate = dice.choice(3, number, p=world.odds(0.03, 0.02))
    fate[np.isin(person, np.append(hard.known, hard.viewer))] = 0
    end = world.end - 2 * dice.integers(1, HOUR // 2, number)
    names = [f"{PERSONA_WORDS[row % len(PERSONA_WORDS)]}{row}" for row in range(number)]
    return Personas(
        ids=world.ids("personas", number), person=person, name=Coded(np.arange(number), names),
        region=people.region.take(person), tells_region=dice.random(number) < 0.5,
        at=world.times("personas", number, begin=380, end=62),
        left_at=np.where(fate == 1, end, NONE), closed_at=np.where(fate == 2, end, NONE),
    )  # fmt: skip


def draw_posts(world: World, people: People, personas: Personas, hard: Hard) -> Posts:
    dice, number = world.dice("posts"), world.posts - hard.number
    author = (len(personas) * dice.random(number) ** 1.7).astype(np.int64)
    author = dice.permutation(len(personas))[author]
    topic, region = dice.integers(0, len(TOPICS), number), personas.region.codes[author]
    same = _provinces(people)[region] == _provinces(people)[hard.region]
    late = np.where((topic == HARD_TOPIC) | same, OTHERS_BEFORE, 4 / 24)
    first, last = world.ago(60), world.end - (late * DAY).astype(np.int64) // 2 * 2
    at = first + 2 * (dice.random(number) ** 0.7 * (last - first) / 2).astype(np.int64)
    by_known = dice.permutation(np.flatnonzero(np.isin(personas.person, hard.known)))
    author = np.concatenate([author, np.resize(by_known, hard.number)])
    topic = np.concatenate([topic, np.full(hard.number, HARD_TOPIC)])
    region = np.concatenate([region, np.full(hard.number, hard.region)])
    at = np.concatenate([at, world.ago(0.7) + 2 * dice.integers(0, 6 * HOUR, hard.number)])
    return _posts(world, np.argsort(at, kind="stable"), author, topic, region, at)


def _provinces(people: People) -> Numbers:
    return np.array([int(code[:2]) for code in people.region.pool])


def _posts(
    world: World, order: Numbers, author: Numbers, topic: Numbers, region: Numbers, at: Numbers
) -> Posts:
    dice, number = world.dice("what is posted"), len(order)
    fate = np.where(at[order] > world.ago(1), 0, dice.choice(3, number, p=world.odds(0.02, 0.01)))
    end = world.end - HOUR - 2 * dice.integers(1, HOUR // 2, number)
    return Posts(
        ids=world.ids("posts", number), author=author[order], topic=topic[order], region=region[order],
        text=tales(dice, number), at=at[order],
        withdrawn_at=np.where(fate == 1, end, NONE), hidden_at=np.where(fate == 2, end, NONE),
    )  # fmt: skip


# --- What strangers say of it -------------------------------------------------------------------------


def _drawn_reactions(
    world: World, personas: Personas, posts: Posts, what: str, part: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Posts, who reacts (personas' rows), and when: some posts far more than others, mostly soon."""
    dice, number = world.dice(what), round(part * len(posts))
    liked = dice.pareto(1.3, len(posts)) + 0.1
    post = dice.choice(len(posts), number, p=liked / liked.sum())
    person = dice.integers(0, len(personas), number)
    at = posts.at[post] + 2 * (dice.exponential(DAY / 4, number) + 60).astype(np.int64)
    return post, person, at


def draw_likes(world: World, personas: Personas, posts: Posts, knows: Acquaintance) -> Likes:
    post, person, at = _drawn_reactions(world, personas, posts, "likes", 4.0)
    fit = at < world.ago(AT_THE_END / DAY)
    fit[fit] = ~knows.of(personas.person[person[fit]], personas.person[posts.author[post[fit]]])
    _, once = np.unique(post[fit] * len(personas) + person[fit], return_index=True)
    post, person, at = post[fit][once], person[fit][once], at[fit][once]
    order = np.argsort(at, kind="stable")
    return Likes(post[order], person[order], at[order])


def draw_remarks(world: World, personas: Personas, posts: Posts, knows: Acquaintance) -> Remarks:
    """Some answer what was said there last, and authors too say something under their own."""
    post, author, at = _drawn_reactions(world, personas, posts, "remarks", 2.0)
    dice = world.dice("what is said outside")
    author = np.where(dice.random(len(post)) < 0.05, posts.author[post], author)
    own = author == posts.author[post]
    fit = at < world.ago(AT_THE_END / DAY)
    strange = ~knows.of(personas.person[author], personas.person[posts.author[post]])
    rows = np.flatnonzero(fit & (own | strange))
    rows = rows[np.argsort(at[rows], kind="stable")]
    post, author, at = post[rows], author[rows], at[rows]
    answers = _answers(dice, personas, post, author, at, knows)
    number = len(post)
    taken_down = world.end - HOUR - 2 * dice.integers(1, HOUR // 2, number)
    return Remarks(
        ids=world.ids("remarks", number), post=post, author=author, at=at, answers=answers,
        text=_remarks(dice, number),
        removed_at=np.where(dice.random(number) < 0.01 * world.rare, taken_down, NONE),
    )  # fmt: skip


def _remarks(dice: np.random.Generator, number: int) -> pa.Array:
    told = tales(dice, number)
    return pa.compute.binary_join_element_wise(one_of(dice, REMARKS, number).arrow(), told, "。")


def _answers(
    dice: np.random.Generator,
    personas: Personas,
    post: Numbers,
    author: Numbers,
    at: Numbers,
    knows: Acquaintance,
) -> Numbers:
    """The row of what was said before under the same post, where it is answered."""
    order = np.lexsort((np.arange(len(post)), post))
    before = np.full(len(post), NONE)
    same = post[order][1:] == post[order][:-1]
    before[order[1:][same]] = order[:-1][same]
    may = np.flatnonzero((before != NONE) & (dice.random(len(post)) < 0.3))
    may = may[(author[may] != author[before[may]]) & (at[may] > at[before[may]])]
    known = knows.of(personas.person[author[may]], personas.person[author[before[may]]])
    answers = np.full(len(post), NONE)
    answers[may[~known]] = before[may[~known]]
    return answers


def draw_put_away(world: World, personas: Personas, posts: Posts, knows: Acquaintance) -> PutAway:
    """As many posts as there are personas are put away by somebody."""
    post, person, at = _drawn_reactions(world, personas, posts, "putting away", len(personas) / len(posts))
    fit = at < world.ago(AT_THE_END / DAY)
    fit[fit] = ~knows.of(personas.person[person[fit]], personas.person[posts.author[post[fit]]])
    _, once = np.unique(post[fit] * len(personas) + person[fit], return_index=True)
    order = once[np.argsort(at[fit][once], kind="stable")]
    return PutAway(post[fit][order], person[fit][order], at[fit][order])


def draw_follows(world: World, personas: Personas) -> Follows:
    """Everybody follows one topic, or two."""
    dice, number = world.dice("following"), len(personas)
    chosen = np.unique(dice.integers(0, len(TOPICS), (2, number)) + np.arange(number) * len(TOPICS))
    person, topic = np.divmod(chosen, len(TOPICS))
    order = np.argsort(personas.at[person], kind="stable")
    return Follows(person[order], topic[order], personas.at[person[order]] + HOUR)


def draw_avoided(world: World, personas: Personas, knows: Acquaintance, apart: Numbers) -> Avoided:
    """One in fifty personas is shut out by somebody outside. :param apart: pairs that are so already."""
    dice, number = world.dice("avoiding"), max(40, len(personas) // 50)
    one, two = dice.integers(0, len(personas), (2, number))
    person, other = personas.person[one], personas.person[two]
    pairs = code(person, other, world.people)
    _, first = np.unique(pairs, return_index=True)
    fit = ~knows.of(person[first], other[first]) & ~np.isin(pairs[first], apart)
    chosen = first[fit]
    at = world.end - 2 * HOUR - 2 * dice.integers(1, HOUR // 2, len(chosen))
    return Avoided(person[chosen], two[chosen], at)
