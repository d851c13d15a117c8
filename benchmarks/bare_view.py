"""A view that answers with the rows of one statement, as a Django application with nothing else in it.

What a web application in Python costs that does no more than ask the database the limit's own statement and
write down what it said: no rule, no middleware, no types. What is quicker than this would not be quicker for
being better written. Called with the file that `serve_statement` writes.
"""

from __future__ import annotations

import json
import os
import threading
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.by_psycopg import Asking
from benchmarks.by_sqlite import connect, written_now
from benchmarks.contest import Stage
from benchmarks.over_http import Ask, Server, serve_wsgi

TOLD = "KITH_BENCH_STATEMENT"
_mine = threading.local()
"""Each thread's connection, as Kith has it."""


def serve_statement(
    stage: Stage, name: str, sql: str, questions: list[dict[str, Any]]
) -> tuple[Server, list[Ask]]:
    """Serve one statement; return what to ask for each question."""
    file = stage.scratch / f"{name}.statement.json"
    file.write_text(json.dumps({"sql": sql, "url": stage.url, "kind": stage.kind, "questions": questions}))
    server = serve_wsgi("benchmarks.bare_view:application", {TOLD: str(file)})
    return server, [Ask(f"/{number}") for number in range(len(questions))]


def rows_of_statement(_request: HttpRequest, number: int) -> HttpResponse:
    told = _told()
    ask = _by_psycopg if told["kind"] == "postgres" else _by_sqlite
    return HttpResponse(json.dumps(ask(told, number), default=str), content_type="application/json")


def _by_psycopg(told: dict[str, Any], number: int) -> list[dict[str, Any]]:
    if not hasattr(_mine, "asking"):
        _mine.asking = Asking(told["url"], told["sql"])
    rows: list[dict[str, Any]] = _mine.asking.rows(number + 1)
    return rows


def _by_sqlite(told: dict[str, Any], number: int) -> list[dict[str, Any]]:
    if not hasattr(_mine, "connection"):
        _mine.connection = connect(told["url"])
    asked = {"now": written_now(), **told["questions"][number]}
    cursor = _mine.connection.execute(told["sql"], asked)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@cache
def _told() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(Path(os.environ[TOLD]).read_text())
    return told


urlpatterns = [path("<int:number>", rows_of_statement)]

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[], SECRET_KEY="none")

application = get_wsgi_application()
