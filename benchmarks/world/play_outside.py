"""The outside of a story as it happens, each thing at its time, through the services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.world.left_outside import INTERESTS
from benchmarks.world.left_people import LEAVING_SURFACE, SURFACE, TEXT
from benchmarks.world.outside import TOPICS
from benchmarks.world.plan import NONE
from benchmarks.world.play import Event, Play, each, instant, word
from kith.core.guard import Viewer
from kith.strangers import services as outside


class PlayOutside:
    """By the rows of the story, the ids of what came to be. :param play: how the people came."""

    def __init__(self, play: Play) -> None:
        self._play, self._told = play, play.story.outside
        self.personas: dict[int, int] = {}
        self.posts: dict[int, int] = {}
        self.remarks: dict[int, int] = {}

    def events(self) -> Iterator[Event]:
        told = self._told
        yield from each(told.personas.at, self._come)
        yield from each(told.posts.at, self._post)
        yield from each(told.likes.at, self._like)
        yield from each(told.remarks.at, self._say)
        yield from each(told.put_away.at, self._put_away)
        yield from each(told.follows.at, self._follow)
        yield from each(told.posts.withdrawn_at, self._withdraw, where=told.posts.withdrawn_at != NONE)
        yield from each(told.posts.hidden_at, self._hide, where=told.posts.hidden_at != NONE)
        yield from each(told.remarks.removed_at, self._take_down, where=told.remarks.removed_at != NONE)
        yield from each(told.avoided.at, self._avoid)
        yield from each(self._play.story.inside.hidden.at, self._hide_from)
        yield from each(told.personas.left_at, self._leave, where=told.personas.left_at != NONE)
        yield from each(told.personas.closed_at, self._close, where=told.personas.closed_at != NONE)

    def _viewer(self, persona: Any, at: Any) -> Viewer:
        return self._play.viewer(self._told.personas.person[persona], at)

    def _come(self, row: int) -> None:
        personas = self._told.personas
        persona = outside.make_persona(
            self._viewer(row, personas.at[row]), text_version=TEXT, surface=SURFACE,
            name=word(personas.name, row), interests=INTERESTS, region=word(personas.region, row),
            tells=["region"] if personas.tells_region[row] else [],
        )  # fmt: skip
        self.personas[row] = persona.pk

    def _post(self, row: int) -> None:
        posts = self._told.posts
        region = self._play.story.inside.people.region.pool[posts.region[row]]
        post = outside.write_post(
            self._viewer(posts.author[row], posts.at[row]), topic=TOPICS[posts.topic[row]],
            text=posts.text[row].as_py(), region=region,
        )  # fmt: skip
        self.posts[row] = post.pk

    def _like(self, row: int) -> None:
        likes = self._told.likes
        viewer = self._viewer(likes.person[row], likes.at[row])
        outside.set_liked(viewer, post_id=self.posts[int(likes.post[row])], on=True)

    def _say(self, row: int) -> None:
        remarks, answered = self._told.remarks, int(self._told.remarks.answers[row])
        said = outside.comment(
            self._viewer(remarks.author[row], remarks.at[row]), post_id=self.posts[int(remarks.post[row])],
            text=remarks.text[row].as_py(), answers_id=None if answered == NONE else self.remarks[answered],
        )  # fmt: skip
        self.remarks[row] = said.pk

    def _put_away(self, row: int) -> None:
        away = self._told.put_away
        viewer = self._viewer(away.person[row], away.at[row])
        outside.set_away(viewer, post_id=self.posts[int(away.post[row])], on=True)

    def _follow(self, row: int) -> None:
        follows = self._told.follows
        viewer = self._viewer(follows.person[row], follows.at[row])
        outside.follow_topic(viewer, topic=TOPICS[follows.topic[row]], on=True)

    def _withdraw(self, row: int) -> None:
        posts = self._told.posts
        viewer = self._viewer(posts.author[row], posts.withdrawn_at[row])
        outside.set_withdrawn(viewer, post_id=self.posts[row], on=True)

    def _hide(self, row: int) -> None:
        outside.hide_post(post_id=self.posts[row], on=True, now=instant(self._told.posts.hidden_at[row]))

    def _take_down(self, row: int) -> None:
        now = instant(self._told.remarks.removed_at[row])
        outside.take_down_comment(comment_id=self.remarks[row], now=now)

    def _avoid(self, row: int) -> None:
        avoided = self._told.avoided
        viewer = self._play.viewer(avoided.person[row], avoided.at[row])
        outside.avoid(viewer, persona_id=self.personas[int(avoided.persona[row])])

    def _hide_from(self, row: int) -> None:
        hidden = self._play.story.inside.hidden
        phone = self._play.story.inside.people.phone[int(hidden.other[row])].as_py()
        outside.hide_contacts(self._play.viewer(hidden.owner[row], hidden.at[row]), text=phone)

    def _leave(self, row: int) -> None:
        outside.leave(self._viewer(row, self._told.personas.left_at[row]), surface=LEAVING_SURFACE)

    def _close(self, row: int) -> None:
        now = instant(self._told.personas.closed_at[row])
        outside.close_persona(persona_id=self.personas[row], now=now)
