"""The limit on SQLite: one statement, again and again, by Python's sqlite3, which is a driver in C.

There is no server: the database works in the process that asks, one for each client. The floor beside it asks
the same through Django's cursor, as any application on Django does.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from benchmarks.contest import Role, Stage, sqlite_file
from benchmarks.players import Players

FLOOR = "raw SQL by Django"
NAMED = re.compile(r"(?<!\w):([a-z]\w*)")


def by_sqlite(
    name: str, stage: Stage, *, sql: str, questions: Sequence[dict[str, Any]], read: str,
    role: Role = "limit", played: int = 0,
) -> Players:  # fmt: skip
    """Open a contender that asks one statement.

    :param sql: with named parameters, such as :viewer; `:now` is the instant, as Django writes it.
    :param questions: the values of the other parameters. `answer` is asked one of them, or its place, from 0.
    :param read: "module:function" that makes the answer of the rows, each a mapping by column.
    :param played: only the first so many questions are asked while it is measured; 0: all.
    """
    told = {"sql": sql, "questions": list(questions), "read": read, "played": played}
    return Players(name, role, "benchmarks.by_sqlite:Statement", stage, told=told, server=False)


def limit_and_floor(name: str, player: str, stage: Stage, told: dict[str, Any]) -> Iterator[Players]:
    """Open both, for what is asked in process.

    :param name: the limit's. :param player: "module:class", of a `Statement`.
    """
    yield Players(name, "limit", player, stage, told=told, server=False)
    yield Players(FLOOR, "floor", player, stage, told=told, server=False, django=True)


class Statement:
    """One client. If Django has been set up in its process, it asks through that."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._sql, self._questions = told["sql"], told["questions"]
        self._played = self._questions[: told["played"] or None]
        module, _, name = told["read"].partition(":")
        self._read = getattr(import_module(module), name)
        self._dice = random.Random(f"{told['seed']} {told['number']}")
        self._connection = DjangosConnection(self._sql) if told.get("django") else connect(told["url"])

    def answer(self, question: int | dict[str, Any]) -> Any:
        asked = self._questions[question] if isinstance(question, int) else question
        cursor = self._connection.execute(self._sql, {"now": written_now(), **asked})
        names = [column[0] for column in cursor.description]
        return self._read([dict(zip(names, row, strict=True)) for row in cursor])

    def play(self) -> None:
        asked = {"now": written_now(), **self._dice.choice(self._played)}
        self._connection.execute(self._sql, asked).fetchall()

    def close(self) -> None:
        self._connection.close()


class DjangosConnection:
    """Asks one statement as it is asked of Django."""

    def __init__(self, sql: str) -> None:
        from django.db import connection  # noqa: PLC0415 (Django is set up by now)

        self._connection = connection
        self._sql = NAMED.sub(r"%(\1)s", sql.replace("%", "%%"))

    def execute(self, _sql: str, asked: dict[str, Any]) -> Any:
        cursor = self._connection.cursor()
        cursor.execute(self._sql, asked)
        return cursor

    def close(self) -> None:
        self._connection.close()


def connect(url: str) -> sqlite3.Connection:
    """Connect in the way in which SQLite reads most quickly: its pages stay where the system has them."""
    connection = sqlite3.connect(sqlite_file(url), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA cache_size=-65536")
    connection.execute(f"PRAGMA mmap_size={1 << 36}")
    return connection


def written_now() -> str:
    """The instant, as Django writes instants on SQLite."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
