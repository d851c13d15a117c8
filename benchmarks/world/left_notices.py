"""What people have been told of what happened, in the order in which they were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.world.columns import Rows
from benchmarks.world.goods import REFUNDED, wishes_of
from benchmarks.world.plan import NONE, Numbers
from benchmarks.world.shares import PURCHASE, QUESTION
from benchmarks.world.sorting import distinct
from benchmarks.world.story import Story
from benchmarks.world.words import Coded
from kith.notices.models import OUTSIDE, Notice, NoticeKind

KINDS = list(NoticeKind.values)
_OUTSIDE = np.isin(KINDS, list(OUTSIDE))


@dataclass(frozen=True, slots=True)
class Told:
    """One row for each who was told: people as rows of `People`, subjects as ids."""

    kind: Numbers
    recipient: Numbers
    subject: Numbers
    actor: Numbers
    at: Numbers


def told(kind: NoticeKind, recipient: Numbers, subject: Numbers, actor: Numbers | int, at: Numbers) -> Told:
    number = len(recipient)
    return Told(
        np.full(number, KINDS.index(kind.value)), recipient, subject, np.broadcast_to(actor, number), at
    )


def notices_left(story: Story, outside: list[Told]) -> Rows:
    """:param outside: what is told there."""
    inside = [_accepted(story), _may_share(story), *_of_comments(story), _corrections(story)]
    return _notices(story, [*inside, *outside])


def _notices(story: Story, parts: list[Told]) -> Rows:
    people = story.inside.people
    order = np.argsort(np.concatenate([part.at for part in parts]), kind="stable")
    kind, recipient, subject, actor, at = (
        np.concatenate([getattr(part, name) for part in parts])[order] for name in Told.__slots__
    )
    read = np.where(_OUTSIDE[kind], people.read_outside_at[recipient], people.read_at[recipient])
    return Rows(Notice, {
        "id": story.world.ids("notices", len(at)), "recipient_id": people.ids[recipient],
        "kind": Coded(kind, KINDS), "subject": subject,
        "actor_id": np.where(actor == NONE, NONE, people.ids[actor]), "at": at,
        "read_at": np.where(read >= at, read, NONE),
    })  # fmt: skip


def _accepted(story: Story) -> Told:
    """It stays, whatever becomes of the friendship."""
    people, edges = story.inside.people, story.inside.edges
    return told(NoticeKind.ACCEPTED, edges.asked, people.ids[edges.accepted], edges.accepted, edges.at)


def _may_share(story: Story) -> Told:
    """Asked of what arrived, until it is shown by hand or its money is given back."""
    people, lines, shares = story.inside.people, story.inside.lines, story.inside.shares
    asked = wishes_of(people, story.inside.listings, lines).asked & (lines.status != REFUNDED)
    asked[shares.line[(shares.kind == PURCHASE) & ~shares.by_itself]] = False
    rows = np.flatnonzero(asked)
    return told(NoticeKind.MAY_SHARE, lines.buyer[rows], lines.ids[rows], NONE, lines.delivered_at[rows])


def _of_comments(story: Story) -> list[Told]:
    """The share's author is told, and whoever has spoken there before."""
    shares, comments = story.inside.shares, story.inside.comments
    author, answer = shares.author[comments.share], shares.kind[comments.share] == QUESTION
    found = [
        told(kind, author[rows], comments.ids[rows], comments.person[rows], comments.at[rows])
        for kind, rows in ((NoticeKind.ANSWER, answer), (NoticeKind.COMMENT, ~answer))
    ]
    new, before = _pairs_of_one_share(comments.share)
    people = comments.person
    others = people[new] != people[before]
    new, before = new[others], before[others]
    _, once = np.unique(new * len(story.inside.people) + people[before], return_index=True)
    new, before = new[once], before[once]
    return [*found, told(NoticeKind.REPLY, people[before], comments.ids[new], people[new], comments.at[new])]


def _pairs_of_one_share(share: Numbers) -> tuple[Numbers, Numbers]:
    """All pairs of rows of the same share: a later one, and one before it."""
    order = np.argsort(share, kind="stable")
    later, earlier, apart = [share[:0]], [share[:0]], 1
    while (same := share[order][apart:] == share[order][:-apart]).any():
        later.append(order[apart:][same])
        earlier.append(order[:-apart][same])
        apart += 1
    return np.concatenate(later), np.concatenate(earlier)


def _corrections(story: Story) -> Told:
    """Whoever had spoken of what came back afterwards is told, once a share."""
    lines, shares, people = story.inside.lines, story.inside.shares, len(story.inside.people)
    parts = (story.inside.comments, story.inside.useful)
    share, person, at = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("share", "person", "at")
    )
    line = shares.line[share]
    misled = (line != NONE) & (lines.status[line] == REFUNDED) & (at < lines.moved_at[line])
    pairs = distinct(share[misled] * people + person[misled])
    share, person = np.divmod(pairs, people)
    at = lines.moved_at[shares.line[share]]
    return told(NoticeKind.CORRECTION, person, shares.ids[share], shares.author[share], at)
