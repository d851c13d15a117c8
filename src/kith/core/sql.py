"""The only door to SQL that Django's query builder cannot say.

tests/architecture lists the modules which may come through it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from kith.core import driver

MANY = 100
"""Members of a list that are still written out one by one."""


def run(statement: str, parameters: Mapping[str, Any]) -> int:
    """Run one statement that both databases understand, and return how many rows it touched.

    :param statement: with `%(name)s` for each parameter; `IN %(name)s` with a list for its members.
    """
    text, values = _spread(statement, parameters)
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return int(cursor.rowcount)


def run_often(statement: str, parameters: Mapping[str, int | Collection[int]]) -> int:
    """As `run`, of numbers and lists of them, for what is run again and again.

    PostgreSQL prepares it: to plan such a statement takes it longer than to carry it out. So its values stay
    outside, and a list is one of them, or a plain number if it has but one member: then the plan that serves
    any values is as good as one for these, and PostgreSQL keeps to it.
    """
    given = {
        name: next(iter(value)) if not isinstance(value, int) and len(value) == 1 else value
        for name, value in parameters.items()
    }
    lists = frozenset(name for name, value in given.items() if not isinstance(value, int))
    text, names = _numbered(statement, lists, connection.vendor)
    return driver.execute(text, [given[name] for name in names])


@cache
def _numbered(statement: str, lists: frozenset[str], _vendor: str) -> tuple[driver.Statement, list[str]]:
    """Write a statement as the driver takes it, and say whose value stands at which place.

    :param lists: the parameters that are lists, each of them one value.
    """
    names = list(dict.fromkeys(_NAMED.findall(statement)))
    for number, name in enumerate(names, start=1):
        place, given = driver.place(number), f"%({name})s"
        if name in lists:
            statement = statement.replace(f"IN {given}", driver.is_among(place))
        statement = statement.replace(f"IN {given}", f"= {place}").replace(given, place)
    return driver.Statement(statement.replace("%%", "%")), names


def rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one SELECT and return its rows."""
    text, values = _spread(statement, parameters)
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall())


def by_place(statement: str, parameters: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Write `?` for each parameter, as SQLite itself has it, and give their values in that order."""
    text, values = _spread(statement, parameters)
    return _NAMED.sub("?", text).replace("%%", "%"), [values[name] for name in _NAMED.findall(text)]


_NAMED = re.compile(r"%\((\w+)\)s")


def random_ids() -> str:
    """The expression that draws a random id (`core.ids`) for each row of an INSERT … SELECT."""
    if connection.vendor == "postgresql":
        return "(floor(random() * 2147483648)::bigint << 32) | floor(random() * 4294967296)::bigint"
    return "abs(random() %% 9223372036854775807)"


def _spread(statement: str, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Write a list parameter out as `(a, b, c)`, or hand it over as one if it is long.

    SQLite has no array to bind it as, but reads JSON; and looks for each name among all those before it.
    """
    values: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, (list, tuple, set, frozenset)) and len(value) > MANY:
            given = f"%({name})s"
            if connection.vendor == "postgresql":
                statement = statement.replace(f"NOT IN {given}", f"<> ALL({given})")
                statement = statement.replace(f"IN {given}", f"= ANY({given})")
                values[name] = list(value)
            else:
                each = f"(SELECT value FROM json_each({given}))"  # noqa: S608 (a parameter's name)
                statement = statement.replace(f"IN {given}", f"IN {each}")
                values[name] = json.dumps(list(value))
        elif isinstance(value, (list, tuple, set, frozenset)):
            members = {f"{name}_{index}": member for index, member in enumerate(value)}
            inside = ", ".join(f"%({key})s" for key in members) or "NULL"
            statement = statement.replace(f"%({name})s", f"({inside})")
            values |= members
        elif isinstance(value, datetime):
            values[name] = connection.ops.adapt_datetimefield_value(value)
        else:
            values[name] = value
    return statement, values
