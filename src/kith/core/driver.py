"""Statements as the two drivers themselves take them: places numbered, each value sent once, no ado.

Django's cursors look for the places in a statement each time that it is asked, and put PostgreSQL's values
into it, so that it is planned anew each time. What is asked over and over comes by here. Errors are Django's,
and whatever listens to its statements (`execute_wrapper`, its log) hears these.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, connections

SEVERAL = (list, tuple, set, frozenset)
_SIGN = {"sqlite": "?", "postgresql": "$"}


class Statement(str):
    """A statement whose places are numbered. Django's log would put values in by `%`, as into its own."""

    __slots__ = ()

    def __mod__(self, _values: Any) -> str:
        return str(self)


def place(number: int) -> str:
    """How the driver writes the place of a value. :param number: from 1."""
    return f"{_SIGN[connection.vendor]}{number}"


def is_among(place: str) -> str:
    """The end of a condition: that something is one of a list, which is one value."""
    if connection.vendor == "sqlite":  # it has no arrays, but reads JSON
        return f"IN (SELECT value FROM json_each({place}))"  # noqa: S608 (a place for a value)
    return f"= ANY({place})"


def ask(statement: Statement, values: Sequence[Any], *, binary: bool = False) -> list[tuple[Any, ...]]:
    """Ask for all rows.

    :param binary: whether PostgreSQL may send values as it holds them: half the time for instants. JSON does
        not come so.
    """
    database = this_thread()
    with database.wrap_database_errors:
        return _execute(database, statement, values, binary=binary).fetchall()  # type: ignore[no-any-return]


def execute(statement: Statement, values: Sequence[Any]) -> int:
    """Carry out what changes rows, and say how many."""
    database = this_thread()
    with database.wrap_database_errors:
        return int(_execute(database, statement, values, binary=False).rowcount)


def _execute(database: Any, statement: Statement, values: Sequence[Any], *, binary: bool) -> Any:
    bind = _BIND[database.vendor]
    cursor = _cursor(database, binary=binary)
    bound = [bind(value) for value in values]
    if database.execute_wrappers or database.queries_logged:
        cursor = database._prepare_cursor(cursor)
        cursor.execute(statement, bound)
        return cursor
    database.validate_thread_sharing()  # what Django's cursor looks at, too
    database.validate_no_broken_transaction()
    cursor.execute(statement, bound)
    return cursor


def this_thread() -> Any:
    """This thread's connection, itself: each look at it through Django's proxy costs some microseconds."""
    return connections[DEFAULT_DB_ALIAS]


def instant_for_sqlite(instant: datetime) -> str:
    """Write an instant as Django does."""
    return (instant if instant.tzinfo is UTC else instant.astimezone(UTC)).isoformat(" ")[: -len("+00:00")]


def _bind_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_for_sqlite(value)
    if isinstance(value, SEVERAL):
        return f"[{_numbers(value)}]" if _are_numbers(value) else json.dumps(list(value))
    return value


def _bind_postgres(value: Any) -> Any:
    """Give numbers one width, whatever their size: each other one would be another statement to prepare.

    A list of numbers goes as PostgreSQL writes it. One by one, the driver took 25 µs for twenty of them.
    """
    if isinstance(value, int):
        return value if isinstance(value, bool) else _int8()(value)
    if isinstance(value, SEVERAL):
        return f"{{{_numbers(value)}}}" if _are_numbers(value) else list(value)
    return value


def _are_numbers(values: Collection[Any]) -> bool:
    return {*map(type, values)} <= {int}


def _numbers(values: Iterable[int]) -> str:
    return ",".join(map(str, values))


@cache
def _int8() -> type[int]:
    from psycopg.types.numeric import Int8  # noqa: PLC0415 (with SQLite alone, no driver need be loaded)

    return Int8


_BIND: Mapping[str, Callable[[Any], Any]] = {"sqlite": _bind_sqlite, "postgresql": _bind_postgres}


def _cursor(database: Any, *, binary: bool) -> Any:
    database.ensure_connection()
    driver = database.connection
    return _cursors_of(driver)[binary] if database.vendor == "postgresql" else driver.cursor()


def _cursors_of(driver: Any) -> Sequence[Any]:
    """The two cursors of a connection to PostgreSQL, for values as text and as it holds them.

    They take statements as PostgreSQL knows them, so that it may prepare them, and are kept: a new one would
    find out anew, for each column, how its values are read.
    """
    kept = _cursors.get(driver)
    if kept is None:
        from psycopg import RawCursor  # noqa: PLC0415 (with SQLite alone, no driver need be loaded)
        from psycopg.pq import Format  # noqa: PLC0415

        kept = _cursors[driver] = RawCursor(driver), RawCursor(driver)
        kept[True].format = Format.BINARY
    return kept


_cursors: WeakKeyDictionary[Any, Sequence[Any]] = WeakKeyDictionary()
