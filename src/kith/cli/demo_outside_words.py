"""What is written outside in the demonstration: posts, what is said of them, letters, and complaints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from kith.cli.demo_outside_crowd import Crowd, Event, Record
from kith.cli.demo_outside_talk import Talk
from kith.cli.demo_pictures import draw
from kith.core.guard import Viewer
from kith.media.services import take_in_photo
from kith.strangers import services as outside

NEWS = timedelta(hours=36)
"""How long letters are new to them; older ones they have read."""


class Words:
    """Everything of `neighbourhood/outside_posts.toml`."""

    def __init__(self, told: Record, crowd: Crowd) -> None:
        self._told, self._crowd, self._talk = told, crowd, Talk(crowd)
        self._posts: dict[str, int] = {}
        self._letters: dict[str, int] = {}
        """Ids by the words, which a file of ours names by how they begin."""
        self._exchanges: list[tuple[Record, int]] = []

    def events(self) -> Iterator[Event]:
        for number, post in enumerate(self._told["post"]):
            at = self._crowd.ago(hours=post["hours"])
            yield at, partial(self._post, number, post)
        yield self._crowd.now, self._talk
        for exchange in self._told["exchange"]:
            yield from self._exchange(exchange)
        for report in self._told["report"]:
            yield from self._complaint(report)

    # --- Posts and what is said of them ------------------------------------------------

    def _post(self, number: int, post: Record, at: datetime) -> None:
        viewer, text = self._crowd.viewer(post["who"], at), post["text"].strip()
        photos = self._photos(viewer, post.get("photos", []))
        written = outside.write_post(viewer, topic=post["topic"], text=text, photo_ids=photos)
        self._posts[text] = written.pk
        self._talk.add(number, post, written)

    def _photos(self, viewer: Viewer, names: list[str]) -> list[int]:
        return [take_in_photo(viewer, file=draw(name), outside=True).pk for name in names]

    # --- Letters -----------------------------------------------------------------------

    def _exchange(self, told: Record) -> Iterator[Event]:
        begun: list[int] = []
        yield self._crowd.ago(hours=told["hours"]), partial(self._greet, told, begun)
        for turn, (who, hours, text) in enumerate(told.get("letters", [])):
            photos = told.get("photos", {}).get(str(turn + 1), [])
            yield self._crowd.ago(hours=hours), partial(self._letter, begun, who, text, photos)
        if "declined" in told:
            yield self._crowd.ago(hours=told["declined"]), partial(self._decline, told, begun)
        if "wish" in told:
            who, hours = told["wish"]
            yield self._crowd.ago(hours=hours), partial(self._wish, who, begun)

    def _greet(self, told: Record, begun: list[int], at: datetime) -> None:
        exchange = outside.greet(
            self._crowd.viewer(told["from"], at),
            persona_id=self._crowd.personas[told["to"]],
            text=told["text"],
            post_id=_beginning(self._posts, told["about"]) if "about" in told else None,
        )
        begun.append(exchange.pk)
        self._exchanges.append((told, exchange.pk))

    def _letter(self, begun: list[int], who: str, text: str, photos: list[str], at: datetime) -> None:
        viewer = self._crowd.viewer(who, at)
        photo_ids = self._photos(viewer, photos)
        letter = outside.write_letter(viewer, exchange_id=begun[0], text=text, photo_ids=photo_ids)
        self._letters[text] = letter.pk

    def _decline(self, told: Record, begun: list[int], at: datetime) -> None:
        outside.decline(self._crowd.viewer(told["to"], at), exchange_id=begun[0])

    def _wish(self, who: str, begun: list[int], at: datetime) -> None:
        outside.wish_to_know(self._crowd.viewer(who, at), exchange_id=begun[0], on=True)

    def read_what_is_old(self) -> None:
        """Let both ends have read letters that came a while ago, so that "new" means new."""
        for told, exchange_id in self._exchanges:
            latest = min([told["hours"], *(hours for _who, hours, _text in told.get("letters", []))])
            if "declined" in told or timedelta(hours=latest) < NEWS:
                continue
            for name in (told["from"], told["to"]):
                outside.mark_letters_read(self._crowd.viewer(name, self._crowd.now), exchange_id=exchange_id)

    # --- Complaints --------------------------------------------------------------------

    def _complaint(self, told: Record) -> Iterator[Event]:
        made: list[int] = []
        yield self._crowd.ago(hours=told["hours"]), partial(self._report, told, made)
        if "upheld" in told:
            yield self._crowd.ago(hours=told["upheld"]), partial(self._uphold, made)

    def _report(self, told: Record, made: list[int], at: datetime) -> None:
        about = next(about for about in ("persona", "post", "letter") if about in told)
        by_name = {"persona": self._crowd.personas, "post": self._posts, "letter": self._letters}[about]
        complaint = outside.report(
            self._crowd.viewer(told["who"], at),
            about=about,
            subject_id=_beginning(by_name, told[about]),
            why=told["why"],
            words=told.get("words", ""),
        )
        made.append(complaint.pk)

    def _uphold(self, made: list[int], at: datetime) -> None:
        outside.decide(complaint_id=made[0], upheld=True, actor=self._crowd.staff, now=at)


def _beginning(ids: dict[str, int], words: str) -> int:
    """The id of what begins with these words."""
    return next(pk for text, pk in ids.items() if text.startswith(words))
