"""What people do, with every statement that it asks: all pages and operations of the route table, for Mei,
who has everything, for those around her, and for a visitor."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from tests.oracle.pair import undone
from tests.web.routes import bodies, queries
from tests.web.street import Street
from tests.web.test_routes import OPERATIONS, ROUTES, address

Asked = tuple[str, tuple[Any, ...]]
"""A statement, and what it was asked with."""
ASKS = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
WHO = ("out", "Mei", "Bo", "Li", "Mo")


@contextmanager
def listening() -> Iterator[dict[tuple[str, str], Asked]]:
    """Who asked what: each statement once for each function, however often and with whatever values."""
    heard: dict[tuple[str, str], Asked] = {}

    def listen(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if ASKS.match(statement) and not (many and not parameters):
            text, values = _by_place(statement, (parameters[0] if many else parameters) or ())
            heard.setdefault((_asker(), re.sub(r"(%s, )+%s", "%s…", text)), (text, tuple(values)))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(listen):
        yield heard


def _asker() -> str:
    """The function of ours that asks, as far in as there is one; what serves all (`core`) is none."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("kith.") and not name.startswith("kith.core."):
            return f"{name}.{frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return "django"


_NAMED = re.compile(r"%\((\w+)\)s")


def _by_place(statement: str, values: Any) -> tuple[str, Any]:
    """Parameters by name (`core.sql`) as they would stand by place."""
    if not isinstance(values, dict):
        return statement, values
    return _NAMED.sub("%s", statement), [values[name] for name in _NAMED.findall(statement)]


def pages(street: Street) -> None:
    """Open every page, and send every form empty or as it is."""
    form = "application/x-www-form-urlencoded"
    for route in ROUTES:
        for role in WHO:
            with undone():
                path = address(street, route, role)
                street.browser(role).generic(route.method, path, content_type=form)


def operations(street: Street) -> None:
    """Call every operation of the API as it is meant to be called."""
    for route in OPERATIONS:
        name = route.name.removeprefix("api:")
        for role in WHO:
            path = address(street, route, role) + queries(street).get(name, "")
            sent, program = bodies(street, role).get(name, {}), street.program(role)
            with undone():
                if route.method == "GET":
                    program.generic(route.method, path)
                else:
                    getattr(program, route.method.lower())(path, sent, content_type="application/json")
