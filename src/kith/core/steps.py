"""Changing the schema step by step, keeping account in the database of what was done and how it is undone.

Each step is one transaction with its entry. Begun again, it goes on where it was cut short; undone, the
newest goes first.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

ACCOUNT = "kith_distribution"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement, the one that undoes it, and why."""

    do: str
    undo: str
    why: str


def plan_steps(steps: Sequence[Step]) -> None:
    """Note down what is to be done. From then on it is known, however often it is cut short."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {ACCOUNT} (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
            "todo text NOT NULL, undo text NOT NULL, why text NOT NULL, done_at timestamptz)"
        )
        rows = [(step.do, step.undo, step.why) for step in steps]
        cursor.executemany(f"INSERT INTO {ACCOUNT} (todo, undo, why) VALUES (%s, %s, %s)", rows)


def waiting_steps() -> list[Step]:
    """What was noted down and is not done, in its order."""
    return [step for _, step in _noted("done_at IS NULL ORDER BY number")]


def done_steps() -> list[Step]:
    """What was done, the newest first."""
    return [step for _, step in _noted("done_at IS NOT NULL ORDER BY number DESC")]


def do_steps() -> Generator[Step]:
    """Do what was noted down, and give each step when it is done."""
    for number, step in _noted("done_at IS NULL ORDER BY number"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(step.do)
            cursor.execute(f"UPDATE {ACCOUNT} SET done_at = now() WHERE number = %s", [number])
        yield step


def undo_steps() -> Generator[Step]:
    """Undo all that was done, and give each step when it is undone."""
    for number, step in _noted("done_at IS NOT NULL ORDER BY number DESC"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(step.undo)
            cursor.execute(f"DELETE FROM {ACCOUNT} WHERE number >= %s", [number])
        yield step
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ACCOUNT}")


def _noted(which: str) -> list[tuple[int, Step]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [ACCOUNT])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(f"SELECT number, todo, undo, why FROM {ACCOUNT} WHERE {which}")
        return [(number, Step(*row)) for number, *row in cursor.fetchall()]
