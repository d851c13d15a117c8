"""How long requests and work may ask the database, and by how many connections."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from kith.config import serving
from kith.config.serving import PLANNED_ONCE, bound_requests, bounds, with_bounds, with_pool
from kith.core.busy import is_busy

POSTGRES = {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": None,
    "OPTIONS": {"sslmode": "require"},
}
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 20}}


def test_bounds_are_milliseconds() -> None:
    assert bounds(statement=1.5, lock=0, idle=30) == (
        "-c statement_timeout=1500 -c lock_timeout=0 -c idle_in_transaction_session_timeout=30000"
    )


def test_what_the_address_sets_itself_comes_last_whoever_sets_bounds_again() -> None:
    own = {**POSTGRES, "OPTIONS": {"options": "-c lock_timeout=1"}}
    at_first = with_bounds(own, "-c lock_timeout=2")
    assert at_first["OPTIONS"] == {"options": f"{PLANNED_ONCE} -c lock_timeout=2 -c lock_timeout=1"}
    assert with_bounds(at_first, "-c lock_timeout=3")["OPTIONS"] == {
        "options": f"{PLANNED_ONCE} -c lock_timeout=3 -c lock_timeout=1"
    }


def test_sqlite_has_neither_bounds_nor_a_pool() -> None:
    assert with_pool(with_bounds(dict(SQLITE), "-c lock_timeout=2"), 4) == SQLITE


def test_a_pool_keeps_the_connections_and_threads_do_not() -> None:
    assert with_pool(dict(POSTGRES), 0) == POSTGRES
    pooled = with_pool(dict(POSTGRES), 3)
    assert pooled["CONN_MAX_AGE"] == 0
    assert pooled["OPTIONS"]["pool"]["max_size"] == 3
    assert pooled["OPTIONS"]["sslmode"] == "require"


ASKED = "from django.db import connections; print(connections.settings['default']['OPTIONS']['options'])"


@pytest.mark.parametrize(
    ("entrance", "allowed"),
    [("from kith.config.wsgi import application", "10000"), ("import django; django.setup()", "3600000")],
)
def test_who_serves_requests_has_their_bounds_and_nobody_else(entrance: str, allowed: str) -> None:
    """Asked of a program of its own, which connects to nothing."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("KITH_")}
    given |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "PYTHONWARNINGS": "ignore"}
    given |= {"DJANGO_SETTINGS_MODULE": "kith.config.settings", "PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"{entrance}; {ASKED}"], env=given, capture_output=True, text=True, check=True
    )
    assert f"statement_timeout={allowed} " in told.stdout


@pytest.fixture
def serving_settings(settings: Any, django_db_blocker: Any) -> Any:
    """What `bound_requests` changes, put back at the end."""
    before = deepcopy(connections.settings)
    yield settings
    for alias, database in before.items():
        connections[alias].close()
        if "pool" in connections.settings[alias]["OPTIONS"]:
            connections[alias].close_pool()  # type: ignore[attr-defined]
        connections.settings[alias].clear()
        connections.settings[alias].update(database)


def _shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestServing:
    def test_work_may_take_long_and_requests_may_not(self, serving_settings: Any) -> None:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        assert [_shown(name) for name in names] == ["1min"] * 3  # tests/settings.py
        bound_requests()
        connection.close()
        assert [_shown(name) for name in names] == ["10s", "5s", "30s"]

    def test_many_threads_share_few_connections(self, serving_settings: Any) -> None:
        serving_settings.DATABASE_POOL = 2
        bound_requests()
        seen: set[int] = set()
        together = threading.Barrier(2)

        def ask(number: int) -> None:
            if number < 2:
                together.wait(timeout=10)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.02)")
                seen.add(cursor.fetchone()[0])
            connection.close()  # as at the end of a request

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(ask, range(24)))
        assert len(seen) == 2

    def test_no_connection_in_time_is_something_that_passes(
        self, serving_settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(serving, "POOL_WAIT", 0.2)
        serving_settings.DATABASE_POOL = 1
        bound_requests()
        connection.ensure_connection()

        def ask() -> BaseException | None:
            with pytest.raises(OperationalError) as refused:
                connection.ensure_connection()
            return refused.value

        with ThreadPoolExecutor(1) as another:
            assert is_busy(another.submit(ask).result())
