"""Deliver: a share to its viewers; all of one's shares at once; a member joining and leaving. In process.

Ours are the services that pages and the API call, from the viewer to the commit: they hold the author, look
whether it may be, write, and put deliveries right. The limit is what the act must write and nothing else, by
hand, in one transaction of as few statements as it takes; the floor looks whether it may be as well. All are
asked by one client, since SQLite has one writer. They work on one copy of the world, each with people of its
own: of two copies that memory cannot hold, one would always be the colder. What is compared is undone.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import psycopg

from benchmarks.contest import Contender, Role, Row, Stage, Target, sqlite_file
from benchmarks.players import Players
from benchmarks.stages import drop_copy, own_copy

PLAYERS = ("Ours", "Raw", "Looking")
RAW = "raw INSERT … SELECT"
LOOKING = "the same, having looked"
COMPARED = 60
MOST_PLAYED = 100_000
TEXT = "It has held for two years, and they send parts."
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
DAYS = {"3d": 3, "1m": 30, "6m": 183}

WHO = """
SELECT p.id FROM people_person p WHERE p.shows AND p.suspended_at IS NULL AND p.id % 4 = {turn}
AND EXISTS (SELECT 1 FROM sharing_audience a WHERE a.author_id = p.id)
"""
"""Each part has owners of its own, so that what one has done is not seen by another."""
_OUTSIDE = """
SELECT c.owner_id, c.id, {which}(r.other_id), '' FROM ties_circle c
JOIN ties_relationship r ON r.owner_id = c.owner_id AND r.friend_at IS NOT NULL
WHERE c.owner_id IN ({{who}}) AND (SELECT COUNT(*) FROM ties_member m WHERE m.circle_id = c.id) < 140
AND NOT EXISTS (SELECT 1 FROM ties_member m WHERE m.circle_id = c.id AND m.person_id = r.other_id)
GROUP BY c.owner_id, c.id"""
ACTS = {
    "share": 'SELECT c.owner_id, c.id, 0, c."window" FROM ties_circle c WHERE c.owner_id IN ({who})',
    "join": f"{_OUTSIDE.format(which='MIN')} UNION {_OUTSIDE.format(which='MAX')}",
    "leave": "SELECT m.owner_id, m.circle_id, m.person_id, '' FROM ties_member m WHERE m.owner_id IN ({who})",
    "all": """
        SELECT s.author_id, 0, 0, '' FROM sharing_share s WHERE s.author_id IN ({who})
        GROUP BY s.author_id ORDER BY COUNT(*) DESC, s.author_id LIMIT 500""",
}
"""What may be done in a world: whose, circle, friend, the circle's window."""
SHOWN = {
    "share": """
        SELECT viewer_id, kind, visible_until FROM sharing_delivery WHERE share_id = (
            SELECT id FROM sharing_share WHERE author_id = :owner ORDER BY created_at DESC LIMIT 1)""",
    "join": """
        SELECT share_id, kind, listing_id, merchant_id, outcome, rating, visible_from, visible_until
        FROM sharing_delivery WHERE viewer_id = :person AND author_id = :owner""",
    "all": """
        SELECT viewer_id, share_id, kind, listing_id, merchant_id, outcome, rating, visible_from,
               visible_until FROM sharing_delivery WHERE author_id = :owner""",
}  # fmt: skip
"""What is delivered once it is done. The answer."""
SHOWN["leave"] = SHOWN["join"]
_PERSON = "SELECT shows, is_active, suspended_at FROM people_person WHERE id = :owner HELD"
_AGREED = """
SELECT given FROM people_consent WHERE person_id = :owner AND purpose = 'sharing'
ORDER BY at DESC, id DESC LIMIT 1"""
_FRIEND = "SELECT friend_at FROM ties_relationship WHERE owner_id = :owner AND other_id = :person"
_CIRCLE = 'SELECT owner_id, "window" FROM ties_circle WHERE id = :circle'
LOOKS = {
    "share": (_PERSON, _AGREED, _CIRCLE),
    "join": (_PERSON, _FRIEND, _CIRCLE),
    "leave": (_PERSON, _CIRCLE),
    "hide": (_PERSON,),
    "show": (_PERSON,),
}
"""What must be known before an act is done, whoever does it."""


class Deliver(Row):
    name = "deliver"
    part: ClassVar[str]
    targets = (Target(RAW, at_least=0.6),)

    least_questions = 10

    def questions(self, stage: Stage) -> list[Any]:
        return read_acts(stage.scratch, self.part)[:COMPARED]

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        copy = replace(_copy(stage), clients=1)
        write_acts(stage, self.part)
        with contextlib.ExitStack() as stack:

            def player(name: str, role: Role, turn: int) -> Players:
                kind, told = PLAYERS[turn], {"part": self.part, "turn": turn}
                ours, judged = role == "ours", role != "floor"
                return stack.enter_context(
                    Players(name, role, f"{__name__}:{kind}", copy, told=told, django=ours, judged=judged)
                )

            yield [player("Kith", "ours", 0), player(RAW, "limit", 1), player(LOOKING, "floor", 2)]
        if self is ROWS[-1]:
            drop_copy(copy)
            _made(stage).unlink()


class Sharing(Deliver):
    part = "share"
    title = "Something shown to a circle"


class Joining(Deliver):
    part = "join"
    title = "A member joins a circle"


class Leaving(Deliver):
    part = "leave"
    title = "A member leaves a circle"


class All(Deliver):
    part = "all"
    title = "All of one's shares are hidden, then shown again"
    least_questions = 5


ROWS = (Sharing(), Joining(), Leaving(), All())


def _copy(stage: Stage) -> Stage:
    """A world for all parts, made when the first is played."""
    if _made(stage).exists():
        return replace(stage, url=_made(stage).read_text())
    copy = own_copy(stage, "deliver")
    _made(stage).write_text(copy.url)
    return copy


def _made(stage: Stage) -> Path:
    return stage.scratch / "deliver.made"


# --- What is done ------------------------------------------------------------------------------------------

Act = tuple[int, int, int, str]


def write_acts(stage: Stage, part: str) -> None:
    """Draw what is done, in one order for all: the first of it is compared, the rest is played."""
    who = WHO.format(turn=list(ACTS).index(part))
    with contextlib.closing(_connect(stage.kind, stage.url)) as connection:
        found = sorted(connection.execute(ACTS[part].format(who=who)).fetchall())
    random.Random(f"{stage.seed} {part}").shuffle(found)
    (stage.scratch / f"deliver.{part}.json").write_text(json.dumps(found[:MOST_PLAYED]))


def read_acts(scratch: Path, part: str) -> list[Act]:
    return [tuple(one) for one in json.loads((scratch / f"deliver.{part}.json").read_text())]


class _Player(ABC):
    """Does one act after the other; none twice, but for hiding and showing, which undo each other."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.kind, self.part = told["kind"], told["part"]
        acts = read_acts(Path(told["scratch"]), self.part)
        mine = (acts[COMPARED:] or acts)[told["turn"] :: len(PLAYERS)]
        self._acts = self._back_and_forth(mine) if self.part == "all" else iter(mine)

    def answer(self, question: Any) -> Any:
        """Do it, say what is delivered then, and undo it."""
        with self.undone():
            if self.part == "all":
                self.do("hide", question)
                hidden = self._shown(question)
                self.do("show", question)
                return [hidden, self._shown(question)]
            self.do(self.part, question)
            return self._shown(question)

    def play(self) -> None:
        act = next(self._acts)
        with self.kept():
            self.do(act[3] if self.part == "all" else self.part, act)

    @abstractmethod
    def do(self, what: str, act: Act) -> None:
        """Do it all."""

    @abstractmethod
    def ask(self, statement: str, given: Mapping[str, Any]) -> list[Any]:
        """All rows of a statement with `:name` for its values."""

    @abstractmethod
    def kept(self) -> AbstractContextManager[Any]:
        """A transaction whose changes are there at its end."""

    @abstractmethod
    def undone(self) -> AbstractContextManager[Any]:
        """A transaction of which nothing is left."""

    def _back_and_forth(self, acts: list[Act]) -> Iterator[Act]:
        while True:
            for owner, *_ in acts:
                yield from ((owner, 0, 0, "hide"), (owner, 0, 0, "show"))

    def _shown(self, act: Act) -> list[str]:
        rows = self.ask(SHOWN[self.part], {"owner": act[0], "person": act[2]})
        if self.part == "share":  # the two do it at different moments
            rows = [(viewer, kind, str(until)[:10]) for viewer, kind, until in rows]
        return sorted(" ".join(map(str, row)) for row in rows)


class Ours(_Player):
    def __init__(self, told: dict[str, Any]) -> None:
        from django.db import connection, transaction  # noqa: PLC0415 (the limit does without Django)

        from kith.core import guard  # noqa: PLC0415
        from kith.sharing import services  # noqa: PLC0415

        super().__init__(told)
        self._guard, self._services = guard, services
        self._connection, self._transaction = connection, transaction

    def do(self, what: str, act: Act) -> None:
        owner, circle, person, _ = act
        viewer = self._guard.Viewer(owner, datetime.now(UTC), self._guard.Side.OPEN)
        match what:
            case "share":
                self._services.give_tip(viewer, text=TEXT, circle_ids=[circle])
            case "join":
                self._services.add_members(viewer, circle_id=circle, person_ids=[person])
            case "leave":
                self._services.remove_member(viewer, circle_id=circle, person_id=person)
            case "hide" | "show" as action:
                self._services.change_past(viewer, action=action)

    def ask(self, statement: str, given: Mapping[str, Any]) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(_written("postgres", statement), given)
            return list(cursor.fetchall())

    def kept(self) -> AbstractContextManager[Any]:
        return contextlib.nullcontext()  # a service has its own

    @contextlib.contextmanager
    def undone(self) -> Iterator[None]:
        with self._transaction.atomic():
            yield
            self._transaction.set_rollback(True)


class Raw(_Player):
    """By the driver alone. PostgreSQL is sent all of an act at once, and waited for once."""

    at_once = True

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        acts = ("hide", "show") if self.part == "all" else (self.part,)
        self._statements = {name: statements(self.kind, name) for name in acts}
        self._connection = _connect(self.kind, told["url"])

    def do(self, what: str, act: Act) -> None:
        given = self._given(act)
        for statement in self._statements[what]:
            self._execute(statement, given)

    def ask(self, statement: str, given: Mapping[str, Any]) -> list[Any]:
        rows: list[Any] = self._execute(_written(self.kind, statement), given).fetchall()
        return rows

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        if self.kind == "sqlite":
            with self._alone("COMMIT"):
                yield
            return
        with contextlib.ExitStack() as stack:
            if self.at_once:
                stack.enter_context(self._connection.pipeline())
            stack.enter_context(self._connection.transaction())
            yield

    def undone(self) -> AbstractContextManager[Any]:
        if self.kind == "sqlite":
            return self._alone("ROLLBACK")
        undone: AbstractContextManager[Any] = self._connection.transaction(force_rollback=True)
        return undone

    def close(self) -> None:
        self._connection.close()

    def _execute(self, statement: str, given: Mapping[str, Any]) -> Any:
        if self.kind == "sqlite":
            return self._connection.execute(statement, given)
        return self._connection.execute(statement, given, prepare=True)

    @contextlib.contextmanager
    def _alone(self, end: str) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        yield
        self._connection.execute(end)

    def _given(self, act: Act) -> dict[str, Any]:
        owner, circle, person, window = act
        now = datetime.now(UTC)
        until = now + timedelta(days=DAYS[window]) if window in DAYS else FOREVER
        return {
            "author": owner, "owner": owner, "circle": circle, "person": person,
            "share": random.getrandbits(63), "text": TEXT, "no": False,
            "now": self._instant(now), "until": self._instant(until),
        }  # fmt: skip

    def _instant(self, instant: datetime) -> Any:
        return str(instant.replace(tzinfo=None)) if self.kind == "sqlite" else instant


class Looking(Raw):
    """The limit, but that it looks first whether the act may be, and waits for each answer."""

    at_once = False

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        hold = "" if self.kind == "sqlite" else " FOR UPDATE"
        self._looks = {
            act: [_written(self.kind, one.replace(" HELD", hold)) for one in LOOKS[act]]
            for act in self._statements
        }

    def do(self, what: str, act: Act) -> None:
        given = self._given(act)
        for look in self._looks[what]:
            if self._execute(look, given).fetchone() is None:
                raise LookupError(look)
        super().do(what, act)


def statements(kind: str, act: str) -> list[str]:
    folder = Path(os.environ.get("KITH_BENCH_STATEMENTS") or Path(__file__).parent)  # a test writes others
    text = (folder / f"deliver.{act}.sql").read_text()
    return [_written(kind, one) for one in text.split(";") if one.strip()]


def _written(kind: str, statement: str) -> str:
    """Parameters as the driver wants them: `:name`, or `%(name)s`."""
    return statement if kind == "sqlite" else re.sub(r":(\w+)", r"%(\1)s", statement.replace("%", "%%"))


def _connect(kind: str, url: str) -> Any:
    """As Kith connects, but by the driver itself."""
    if kind == "postgres":
        return psycopg.connect(url)
    connection = sqlite3.connect(sqlite_file(url), isolation_level=None, timeout=20)
    for setting in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection
