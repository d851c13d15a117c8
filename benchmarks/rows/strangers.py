"""Strangers: the first page of what strangers talk about most, by topic, without anybody whom one knows.

The hard case is somebody who knows the authors of the 500 hottest posts. In process: what the page and the
API ask. Beside it one statement by hand that says the same.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from benchmarks.by_pgbench import Pgbench
from benchmarks.by_psycopg import by_psycopg
from benchmarks.by_sqlite import Statement, limit_and_floor
from benchmarks.contest import Contender, Row, Stage, Target
from benchmarks.players import Players
from benchmarks.rows.statements import read_statement

if TYPE_CHECKING:
    from kith.strangers.queries import PostCard

RAW = "raw SQL"
USUAL = "Kith, as usual"
COMPARED = 100
NEW = timedelta(hours=48)
CAREFUL = 0.4


class Hottest(Row):
    name = "strangers"
    targets: ClassVar[tuple[Target, ...]] = (Target(RAW, at_least=1),)
    part: ClassVar[str]
    least_questions = 1

    def questions(self, stage: Stage) -> list[tuple[int, str]]:
        asked = questions(self.part, stage.choices)
        return random.Random(stage.seed).sample(asked, min(COMPARED, len(asked)))

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(one) for one in self.playing(stage)]

    def playing(self, stage: Stage) -> Iterator[Contender]:
        yield ours("Kith", self.part, stage)
        yield from self.beside(stage)

    def beside(self, stage: Stage) -> Iterator[Contender]:
        """The limit and the floor."""
        if stage.kind == "sqlite":
            yield from limit_and_floor(RAW, f"{__name__}:RawOnSqlite", stage, {"part": self.part})
            return
        sql = read_statement("strangers", "postgres").replace("WHICH", self.part)
        asked = questions(self.part, stage.choices)
        yield Pgbench(
            RAW, stage, sql=sql, table=f"strangers_{self.part}", read=read_rows,
            columns={"viewer": "bigint", "topic": "text"}, questions=asked,
        )  # fmt: skip
        yield by_psycopg(stage, sql=sql, questions=asked, read=f"{__name__}:read_rows")


class Usual(Hottest):
    part = "usual"
    title = "The top twenty of a topic, without whom one knows; in process"
    least_questions = 10


class Hard(Hottest):
    part = "hard"
    title = "The same for somebody who knows the authors of the 500 hottest"
    targets = (
        Target(RAW, at_least=1),
        Target(USUAL, at_least=1 / 3, why="at most three times the usual time"),
    )

    def differ(self, question: Any, ours: Any, theirs: Any) -> str:
        return super().differ(question, ours, theirs) if ours else "nothing is left to show"

    def playing(self, stage: Stage) -> Iterator[Contender]:
        yield from super().playing(stage)
        yield ours(USUAL, "usual", stage, judged=False)


ROWS = (Usual(), Hard())


def ours(name: str, part: str, stage: Stage, *, judged: bool = True) -> Players:
    role: Any = "ours" if judged else "peer"
    return Players(name, role, f"{__name__}:Ours", stage, told={"part": part}, django=True, judged=judged)


def questions(part: str, choices: Mapping[str, Any]) -> list[tuple[int, str]]:
    looked = choices["strangers"] if part == "usual" else [choices["hard"]]
    return list(dict.fromkeys((one["viewer"], one["topic"]) for one in looked))


# --- Who is asked -----------------------------------------------------------------------------------------


class Ours:
    def __init__(self, told: dict[str, Any]) -> None:
        from kith.audience.viewer import viewer_of  # noqa: PLC0415 (Django is set up by now)
        from kith.core.clock import utc_now  # noqa: PLC0415
        from kith.people.queries import find_person  # noqa: PLC0415
        from kith.strangers import queries  # noqa: PLC0415

        self._viewer_of, self._now, self._find, self._hot = viewer_of, utc_now, find_person, queries.hot
        choices = json.loads((Path(told["folder"]) / "choices.json").read_text())
        self._asked = questions(told["part"], choices)
        self._dice = random.Random(f"{told['seed']} {told['number']}")

    def ask(self, question: Sequence[Any]) -> Sequence[PostCard]:
        person_id, topic = question
        viewer = self._viewer_of(self._find(person_id), self._now())
        return self._hot(viewer, topic=topic).items

    def answer(self, question: Sequence[Any]) -> list[dict[str, Any]]:
        return [read_card(card) for card in self.ask(question)]

    def play(self) -> None:
        self.ask(self._dice.choice(self._asked))


class RawOnSqlite(Statement):
    def __init__(self, told: dict[str, Any]) -> None:
        choices = json.loads((Path(told["folder"]) / "choices.json").read_text())
        asked = [self._named(question) for question in questions(told["part"], choices)]
        more = {"questions": asked, "read": f"{__name__}:read_rows", "played": 0}
        super().__init__({**told, "sql": read_statement("strangers", "sqlite"), **more})

    def answer(self, question: Any) -> Any:
        return super().answer(self._named(question))

    @staticmethod
    def _named(question: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(("viewer", "topic"), question, strict=True))


# --- What is compared -------------------------------------------------------------------------------------

SAME = ("id", "region", "text", "comments", "likes", "people", "who_comments")


def read_card(card: PostCard) -> dict[str, Any]:
    """What the domain says."""
    face = card.author
    return {name: getattr(card, name) for name in SAME} | {
        "author": [
            face.id, face.name, face.avatar, face.age_band, face.region, list(face.looks_for), face.is_me,
        ],
        "long_time": card.long_time, "topic": card.topic.code, "when": card.when.isoformat(),
        "photos": [[photo.id, photo.width, photo.height] for photo in card.photos], "liked": card.liked,
        "following": card.following, "why_not": card.why_not, "can_greet": card.can_greet,
        "careful": bool(card.careful), "why": [card.why.code, card.why.number],
    }  # fmt: skip


def read_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same of the statement's rows."""
    now = datetime.now(UTC)
    return [_card_of(row, now) for row in rows]


def _card_of(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    is_me, written = bool(row["is_me"]), _instant(row["created_at"])
    face = [
        row["persona"], row["name"], row["avatar"], _age_band(row["born"], now), row["persona_region"],
        _list(row["looks_for"]), is_me,
    ]  # fmt: skip
    return {name: row[name] for name in SAME} | {
        "author": face, "long_time": bool(row["long_time"]), "topic": row["topic"],
        "when": written.isoformat(), "photos": [photo[-3:] for photo in sorted(_list(row["photos"]))],
        "liked": bool(row["liked"]), "following": bool(row["following"]), "why_not": _why_not(row),
        "can_greet": bool(row["speaks"]) and not is_me, "careful": row["risk"] >= CAREFUL,
        "why": _why(row, is_new=written > now - NEW),
    }  # fmt: skip


def _why(row: Mapping[str, Any], *, is_new: bool) -> list[Any]:
    if row["is_me"]:
        return ["mine", 0]
    if row["is_new"]:
        return ["new", 0]
    if row["people"]:
        return ["talk", row["people"]]
    if row["follows_topic"]:
        return ["topic", 0]
    if row["province"] and row["my_region"] and row["province"] == f"{row['my_region'][:2]}0000":
        return ["near", 0]
    return ["new" if is_new else "waiting", 0]


def _why_not(row: Mapping[str, Any]) -> str:
    if not row["speaks"]:
        return "not-outside"
    if row["is_me"] or row["who_comments"] == "all":
        return ""
    if row["who_comments"] == "none":
        return "closed"
    return "" if row["has_posted"] else "posters-only"


def _age_band(born: int | None, now: datetime) -> str:
    if born is None:
        return ""
    decade = (now.year - born) // 10 * 10
    return "18-19" if decade < 20 else "80+" if decade >= 80 else f"{decade}-{decade + 9}"


def _instant(written: str | datetime) -> datetime:
    instant = datetime.fromisoformat(written) if isinstance(written, str) else written
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _list(written: Any) -> list[Any]:
    return list(json.loads(written)) if isinstance(written, str) else list(written or [])
