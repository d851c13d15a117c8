"""The floor on PostgreSQL: the limit's own statement, asked from Python as any application has to ask it.

Beside pgbench, which is a C program, it tells what of the distance to the limit is Python's driver alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import psycopg

from benchmarks.by_pgbench import NUMBER
from benchmarks.contest import Stage
from benchmarks.players import Players

FLOOR = "raw SQL from Python"


def by_psycopg(
    stage: Stage, *, sql: str, questions: Sequence[tuple[Any, ...]], read: str, played: int = 0
) -> Players:
    """Open a contender that asks the statement of a `Pgbench`, which must be open with the same questions.

    :param read: "module:function" that makes the answer of the rows, each a mapping by column.
    """
    told = {"sql": sql, "questions": list(questions), "read": read, "played": played or len(questions)}
    return Players(FLOOR, "floor", f"{__name__}:Statement", stage, told=told)


class Statement:
    def __init__(self, told: dict[str, Any]) -> None:
        self._ask = Asking(told["url"], told["sql"])
        self._numbers = {tuple(one): number for number, one in enumerate(told["questions"], 1)}
        module, _, name = told["read"].partition(":")
        self._read = getattr(import_module(module), name)
        self._played = told["played"]
        self._dice = random.Random(f"{told['seed']} {told['number']}")

    def answer(self, question: Sequence[Any]) -> Any:
        return self._read(self._ask.rows(self._numbers[tuple(question)]))

    def play(self) -> None:
        self._ask.rows(self._dice.randint(1, self._played))

    def close(self) -> None:
        self._ask.connection.close()


class Asking:
    """A connection that asks one prepared statement, by the number of a question."""

    def __init__(self, url: str, sql: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, options="-c jit=off")
        self._sql = NUMBER.sub("%s::integer", sql.replace("%", "%%"))

    def rows(self, number: int) -> list[dict[str, Any]]:
        cursor = self.connection.cursor(binary=True)
        found = cursor.execute(self._sql, (number,), prepare=True).fetchall()
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found]
