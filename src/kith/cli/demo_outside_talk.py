"""What is said under the demonstration's posts outside, and who likes them.

There are hundreds of these, and whoever starts the demonstration waits for them: so they are written as
the rows that the services would write, all at once. tests/cli/test_demo_outside.py holds that they are so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kith.cli.demo_outside_crowd import Crowd, Record
from kith.detectors.risk import risk_of
from kith.notices.models import Notice, NoticeKind
from kith.strangers.models import Persona, Post, PostComment, Reaction
from kith.strangers.ranking import FINEST, reweigh, standing_of

BREAK = timedelta(hours=3)
"""The longest that a talk pauses."""
LIKED_WITHIN = timedelta(hours=40)
LOADING = "the demonstration goes on from what it has just written"


@dataclass(slots=True)
class Did:
    """What one person did to one post."""

    at: datetime
    liked_at: datetime | None = None
    comments: int = 0


@dataclass(slots=True)
class Talk:
    """All of it, gathered post by post; called, it is written."""

    crowd: Crowd
    _posts: dict[int, Post] = field(default_factory=dict)
    _comments: list[PostComment] = field(default_factory=list)
    _notices: list[Notice] = field(default_factory=list)
    _did: dict[tuple[int, int], Did] = field(default_factory=dict)

    def add(self, number: int, told: Record, post: Post) -> None:
        """Take what is told of a post.

        :param number: which post it is; each is liked by others.
        """
        self._posts[post.pk] = post
        self._say(told, post)
        for at, name in self._likes(number, told, post.created_at):
            self._do(post, name, at).liked_at = at

    def __call__(self, now: datetime) -> None:
        PostComment.objects.bulk_create(self._comments)
        Notice.objects.bulk_create(self._notices)
        Reaction.objects.bulk_create(self._reactions())
        reweigh(self._posts)

    # --- Saying ------------------------------------------------------------------------

    def _say(self, told: Record, post: Post) -> None:
        """One after the other, between the post's time and now."""
        talk = told.get("talk", [])
        pause = min(BREAK, (self.crowd.now - post.created_at) / (len(talk) + 2))
        said: list[PostComment] = []
        for turn, (name, text, *answers) in enumerate(talk, start=1):
            answered = said[answers[0] - 1] if answers else None
            self._require_strangers(name, told["who"], *([talk[answers[0] - 1][0]] if answers else []))
            said.append(self._comment(post, name, text, answered, post.created_at + turn * pause))

    def _comment(
        self, post: Post, name: str, text: str, answered: PostComment | None, at: datetime
    ) -> PostComment:
        new = PostComment(
            post=post,
            post_author_id=post.author_id,
            author_id=self._id(name),
            root_id=(answered.root_id or answered.pk) if answered else None,
            answers=answered,
            text=text,
            at=at,
            risk=risk_of(text).score,
        )
        self._comments.append(new)
        self._tell(new, answered)
        self._do(post, name, at).comments += 1
        return new

    def _tell(self, new: PostComment, answered: PostComment | None) -> None:
        told = {new.author_id}
        for recipient, kind in (
            (answered.author_id if answered else new.author_id, NoticeKind.POST_ANSWER),
            (new.post_author_id, NoticeKind.POST_COMMENT),
        ):
            if recipient not in told:
                notice = Notice(recipient_id=recipient, kind=kind, subject=new.pk, actor_id=new.author_id)
                notice.at = new.at
                self._notices.append(notice)
                told.add(recipient)

    def _require_strangers(self, name: str, *others: str) -> None:
        for other in others:
            if self.crowd.know_each_other(name, other):
                raise RuntimeError(f"{name} cannot see {other}")

    # --- Liking ------------------------------------------------------------------------

    def _likes(self, number: int, told: Record, at: datetime) -> Iterator[tuple[datetime, str]]:
        """By as many as are told, each post by others, over its first days."""
        names, wanted = list(self.crowd.told), told.get("likes", 0)
        turned = [names[(7 * number + 5 * step) % len(names)] for step in range(len(names))]
        likers = [name for name in turned if self._may_like(name, told["who"], at)][:wanted]
        span = min(LIKED_WITHIN, self.crowd.now - at)
        for turn, name in enumerate(likers, start=1):
            yield at + span * turn / (wanted + 1), name

    def _may_like(self, name: str, author: str, at: datetime) -> bool:
        persona = self.crowd.told[name]["persona"]
        is_there = self.crowd.ago(days=persona["days"]) < at
        known = name == author or self.crowd.know_each_other(name, author)
        return is_there and bool(persona["tells"]) and not known

    # --- What Hot counts ---------------------------------------------------------------

    def _id(self, name: str) -> int:
        return self.crowd.ids[self.crowd.told[name]["handle"]]

    def _do(self, post: Post, name: str, at: datetime) -> Did:
        did = self._did.setdefault((post.pk, self._id(name)), Did(at))
        did.at = min(did.at, at)
        return did

    def _reactions(self) -> list[Reaction]:
        """What each did, the earliest first: the more often for one author, the less it counts."""
        rows = Persona.objects.unguarded(LOADING).select_related("person")
        personas = {persona.person_id: persona for persona in rows}
        reactions, earlier = [], Counter[tuple[int, int]]()
        for (post_id, person_id), did in sorted(self._did.items(), key=lambda item: item[1].at):
            post, persona = self._posts[post_id], personas[person_id]
            pair = (person_id, post.author_id)
            standing = standing_of(persona, confirmed=persona.person.phone_verified, now=did.at)
            worth = round(standing / 2 ** earlier[pair] / FINEST) * FINEST
            earlier[pair] += 1
            reactions.append(_reaction(post, person_id, did, worth if person_id != post.author_id else 0))
        return reactions


def _reaction(post: Post, person_id: int, did: Did, worth: float) -> Reaction:
    fields: dict[str, Any] = {"liked_at": did.liked_at, "comments": did.comments, "at": did.at}
    return Reaction(post=post, post_author_id=post.author_id, person_id=person_id, worth=worth, **fields)
