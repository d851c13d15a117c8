"""What happens outside leaves in the tables: personas, posts in their places, what reactions count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.world.columns import Rows
from benchmarks.world.left_notices import Told, told
from benchmarks.world.outside import TOPICS
from benchmarks.world.plan import DAY, NONE, Marks, Numbers
from benchmarks.world.story import Story
from benchmarks.world.words import Coded
from kith.detectors.risk import risk_of
from kith.notices.models import NoticeKind
from kith.people.regions import province_of
from kith.strangers.models import (
    Persona,
    Post,
    PostComment,
    PostFollow,
    Reaction,
    ShutOut,
    TopicFollow,
)
from kith.strangers.names import name_key
from kith.strangers.ranking import (
    COMMENTED,
    EPOCH,
    FINEST,
    NEWCOMER,
    PAIR,
    RIPE,
    UNCONFIRMED,
    rank_of,
    weight_of,
)

INTERESTS = ["散步", "象棋"]


@dataclass(frozen=True, slots=True)
class Reactions:
    """One row for each post and who has reacted to it, by when they did first. `worth` as it counted then."""

    post: Numbers
    person: Numbers
    liked_at: Numbers
    comments: Numbers
    worth: np.typing.NDArray[np.float64]
    at: Numbers
    counts: Marks
    """Whether it is there still: they like it, or something they said stands there."""


def outside_left(story: Story) -> Iterator[Rows]:
    reactions = _reactions(story)
    yield _personas(story)
    yield _posts(story, reactions)
    yield _remarks(story)
    yield _reaction_rows(story, reactions)
    yield _shut_out(story)
    yield from _follows(story)


def _personas(story: Story) -> Rows:
    people, personas = story.inside.people, story.outside.personas
    keys = [name_key(name) for name in personas.name.pool]
    return Rows(Persona, {
        "id": personas.ids, "person_id": people.ids[personas.person], "name": personas.name,
        "name_key": Coded(personas.name.codes, keys), "interests": INTERESTS, "region": personas.region,
        "tells_region": personas.tells_region, "created_at": personas.at, "shows": personas.shows,
        "closed_at": personas.closed_at, "avatar_id": None,
    })  # fmt: skip


def withdrawn_at(story: Story) -> Numbers:
    """Since when each post is shown to nobody: its author withdrew it, or left."""
    posts, left = story.outside.posts, story.outside.personas.left_at[story.outside.posts.author]
    return np.where(posts.withdrawn_at != NONE, posts.withdrawn_at, left)


def removed_at(story: Story) -> Numbers:
    """Since when each remark is seen by nobody: staff took it down, or who said it left."""
    remarks, left = story.outside.remarks, story.outside.personas.left_at[story.outside.remarks.author]
    return np.where(remarks.removed_at != NONE, remarks.removed_at, left)


def _posts(story: Story, reactions: Reactions) -> Rows:
    people, posts = story.inside.people, story.outside.posts
    codes = people.region.pool
    weights, ranks, risks = _places(story, reactions)
    return Rows(Post, {
        "id": posts.ids, "author_id": people.ids[story.outside.personas.person[posts.author]],
        "topic_id": Coded(posts.topic, TOPICS), "region": Coded(posts.region, codes),
        "province": Coded(posts.region, [province_of(code) for code in codes]), "text": posts.text,
        "created_at": posts.at, "withdrawn_at": withdrawn_at(story), "hidden_at": posts.hidden_at,
        "risk": risks, "weight": weights, "rank": ranks,
    })  # fmt: skip


def _places(story: Story, reactions: Reactions) -> tuple[np.typing.NDArray[np.float64], ...]:
    """The weight and rank of each post, and the risk of its words."""
    posts = story.outside.posts
    own = reactions.person == posts.author[reactions.post]
    count = reactions.counts & ~own
    worth = reactions.worth * np.where(reactions.comments > 0, COMMENTED, 1.0)
    sums = np.bincount(reactions.post[count], weights=worth[count], minlength=len(posts))
    risks = _risks(posts.text)
    weights = [
        weight_of(float(total), risk=float(risk), open_reports=0)
        for total, risk in zip(sums, risks, strict=True)
    ]
    written = np.array(posts.at, "datetime64[s]").tolist()
    zone = EPOCH.tzinfo
    ranks = [rank_of(at.replace(tzinfo=zone), weight) for at, weight in zip(written, weights, strict=True)]
    return np.array(weights), np.array(ranks), risks


def _risks(texts: pa.Array) -> np.typing.NDArray[np.float64]:
    return np.array([risk_of(text).score for text in texts.to_pylist()])


def _remarks(story: Story) -> Rows:
    people, personas = story.inside.people, story.outside.personas
    remarks, posts = story.outside.remarks, story.outside.posts
    answers = remarks.answers
    roots = _roots(answers)
    return Rows(PostComment, {
        "id": remarks.ids, "post_id": posts.ids[remarks.post],
        "post_author_id": people.ids[personas.person[posts.author[remarks.post]]],
        "author_id": people.ids[personas.person[remarks.author]], "at": remarks.at, "text": remarks.text,
        "root_id": np.where(roots == NONE, NONE, remarks.ids[roots]),
        "answers_id": np.where(answers == NONE, NONE, remarks.ids[answers]),
        "removed_at": removed_at(story), "risk": _risks(remarks.text),
    })  # fmt: skip


def _roots(answers: Numbers) -> Numbers:
    """The remark that began each thread; none for that itself."""
    roots = answers.copy()
    while ((above := np.where(roots == NONE, NONE, answers[roots])) != NONE).any():
        roots = np.where(above == NONE, roots, above)
    return roots


# --- Reactions ----------------------------------------------------------------------------------------


def _reactions(story: Story) -> Reactions:
    """Put likes and remarks of the same person under the same post together."""
    likes, remarks = story.outside.likes, story.outside.remarks
    number = len(story.outside.personas)
    of_likes, of_remarks = likes.post * number + likes.person, remarks.post * number + remarks.author
    pairs, place = np.unique(np.concatenate([of_likes, of_remarks]), return_inverse=True)
    at = np.full(len(pairs), np.iinfo(np.int64).max)
    np.minimum.at(at, place, np.concatenate([likes.at, remarks.at]))
    liked_at = np.full(len(pairs), NONE)
    liked_at[place[: len(likes.at)]] = likes.at
    standing = removed_at(story) == NONE
    comments = np.bincount(place[len(likes.at) :][standing], minlength=len(pairs))
    order = np.argsort(at, kind="stable")
    post, person = (column[order] for column in np.divmod(pairs, number))
    liked_at = np.where(story.outside.personas.left_at[person] != NONE, NONE, liked_at[order])
    comments = comments[order]
    worth = _worths(story, post, person, at[order])
    return Reactions(post, person, liked_at, comments, worth, at[order], (comments > 0) | (liked_at != NONE))


def _worths(story: Story, post: Numbers, person: Numbers, at: Numbers) -> np.typing.NDArray[np.float64]:
    """What each counted when it was made: less of newcomers, less each time for the same author."""
    personas, author = story.outside.personas, story.outside.posts.author[post]
    age = np.clip((at - personas.at[person]) / RIPE.total_seconds(), 0.0, 1.0)
    confirmed = story.inside.people.has_phone[personas.person[person]]
    standing = (NEWCOMER + (1 - NEWCOMER) * age) * np.where(confirmed, 1, UNCONFIRMED)
    earlier = _earlier(person * len(personas) + author, at, int(PAIR.total_seconds()))
    worth = np.rint(standing / 2.0**earlier / FINEST) * FINEST
    return np.where(person == author, 0.0, worth)


def _earlier(pair: Numbers, at: Numbers, span: int) -> Numbers:
    """How many of the same pair there were within the span before each."""
    order = np.lexsort((at, pair))
    moment = at[order] - at.min(initial=0) + (np.unique(pair[order], return_inverse=True)[1]) * (10_000 * DAY)
    first = np.searchsorted(moment, moment - span, side="right")
    found = np.zeros(len(pair), np.int64)
    found[order] = np.arange(len(pair)) - first
    return found


def _reaction_rows(story: Story, reactions: Reactions) -> Rows:
    people, personas, posts = story.inside.people, story.outside.personas, story.outside.posts
    rows = np.flatnonzero(reactions.counts)
    post = reactions.post[rows]
    return Rows(Reaction, {
        "post_id": posts.ids[post], "post_author_id": people.ids[personas.person[posts.author[post]]],
        "person_id": people.ids[personas.person[reactions.person[rows]]],
        "liked_at": reactions.liked_at[rows], "comments": reactions.comments[rows],
        "worth": reactions.worth[rows], "at": reactions.at[rows],
    })  # fmt: skip


def _shut_out(story: Story) -> Rows:
    people, personas, avoided = story.inside.people, story.outside.personas, story.outside.avoided
    return Rows(ShutOut, {
        "person_id": people.ids[avoided.person], "persona_id": personas.ids[avoided.persona],
        "mark": personas.ids[avoided.persona], "name": personas.name.take(avoided.persona), "at": avoided.at,
    })  # fmt: skip


def _follows(story: Story) -> Iterator[Rows]:
    people, personas, outside = story.inside.people, story.outside.personas, story.outside
    yield Rows(PostFollow, {
        "person_id": people.ids[personas.person[outside.put_away.person]],
        "post_id": outside.posts.ids[outside.put_away.post], "away": True,
    })  # fmt: skip
    yield Rows(TopicFollow, {
        "person_id": people.ids[personas.person[outside.follows.person]],
        "topic_id": Coded(outside.follows.topic, TOPICS),
    })  # fmt: skip


# --- What is told -------------------------------------------------------------------------------------


def told_outside(story: Story) -> list[Told]:
    """Of remarks that staff have not taken down, and of posts that they have hidden."""
    personas, posts, remarks = story.outside.personas, story.outside.posts, story.outside.remarks
    stands = np.flatnonzero(remarks.removed_at == NONE)
    author, host = remarks.author[stands], posts.author[remarks.post[stands]]
    answered = np.where(remarks.answers[stands] == NONE, NONE, remarks.author[remarks.answers[stands]])
    to_answered = answered != NONE
    to_host = (host != author) & (host != answered)
    found = [
        told(kind, personas.person[whom[chosen]], remarks.ids[stands[chosen]],
             personas.person[author[chosen]], remarks.at[stands[chosen]])
        for kind, whom, chosen in ((NoticeKind.POST_ANSWER, answered, to_answered),
                                   (NoticeKind.POST_COMMENT, host, to_host))
    ]  # fmt: skip
    hidden = np.flatnonzero(posts.hidden_at != NONE)
    whose = personas.person[posts.author[hidden]]
    return [*found, told(NoticeKind.POST_HIDDEN, whose, posts.ids[hidden], NONE, posts.hidden_at[hidden])]
