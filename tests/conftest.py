"""What every test stands on: a database of its own, no network, a clock that stands still.

Tests are left out only for want of something that cannot be had here (Chromium, the Ciao data), or of
what comes with an extra (Spark), and say so; with KITH_TEST_STRICT=1 a browser test without Chromium
fails instead.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key

import kith.core.clock
from kith.cli.migrate import compile_translations
from scripts.spark import why_not as why_no_spark

STRICT = os.environ.get("KITH_TEST_STRICT") == "1"
CIAO = Path(os.environ.get("KITH_CIAO_DIR", Path(__file__).parents[2] / "shared" / "data" / "ciao"))
WITHOUT_CIAO = (
    f"the Ciao data is not in {CIAO}; examples/ciao/README.md says where it can be had, "
    "and KITH_CIAO_DIR where it lies"
)
MAY_BE_LEFT_OUT = {"ciao", "citus", "postgres", "sqlite", "spark"}
"""Marks of tests that even a strict run skips: for want of data that nobody can install, or as pointless."""
HERE = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "", None}  # noqa: S104 (only compared with)


class NetworkUsed(RuntimeError):
    """A test reached for the network. Nothing that Kith does in its tests needs it."""


def pytest_configure(config: pytest.Config) -> None:
    _choose_hypothesis_profile()
    sys.addaudithook(_refuse_network)
    if not hasattr(config, "workerinput"):  # once, before there are several of us
        compile_translations()


def _choose_hypothesis_profile() -> None:
    """`dev` looks elsewhere every time; `ci` is broader and always looks at the same; `quick` is neither."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    hypothesis_settings.register_profile(
        "dev", max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=slow
    )
    hypothesis_settings.register_profile(
        "quick", max_examples=6, stateful_step_count=8, deadline=None, suppress_health_check=slow
    )
    hypothesis_settings.register_profile(
        "ci",
        max_examples=40,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=True,
        suppress_health_check=slow,
    )
    hypothesis_settings.register_profile(
        "thorough", max_examples=2000, stateful_step_count=60, deadline=None, suppress_health_check=slow
    )
    default = "ci" if os.environ.get("CI") else "dev"
    hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", default))


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Let Python's sockets go no further than this machine."""
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in HERE:
            raise NetworkUsed(f"a test wanted to reach {address}")
    elif event == "socket.getaddrinfo" and _as_text(arguments[0]) not in HERE:
        raise NetworkUsed(f"a test asked where {arguments[0]!r} is")


def _as_text(host: Any) -> Any:
    return host.decode() if isinstance(host, bytes) else host


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    without_browser = _why_no_browser()
    without_ciao = "" if CIAO.is_dir() else WITHOUT_CIAO
    without_spark = why_no_spark()
    on_postgres = connection.vendor == "postgresql"
    for item in items:
        if without_browser and not STRICT:
            _leave_out(item, "browser", without_browser)
        if without_spark:
            _leave_out(item, "spark", without_spark)
        if without_ciao:
            _leave_out(item, "ciao", without_ciao)
        if not on_postgres:
            _leave_out(item, "postgres", "says something about PostgreSQL alone")
        if on_postgres:
            _leave_out(item, "sqlite", "says something about SQLite alone")
            _leave_out(item, "spark", "asks no database; it ran with SQLite")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With KITH_TEST_STRICT=1 a test that was left out is a test that failed."""
    report = yield
    allowed = any(item.get_closest_marker(mark) for mark in MAY_BE_LEFT_OUT)
    if STRICT and report.skipped and not allowed and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"left out, and KITH_TEST_STRICT=1 leaves nothing out: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests have to tell of what they looked at: `record_property("told", …)`."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, told in report.user_properties:
                if name == "told":
                    terminalreporter.write_line(told)


def _why_no_browser() -> str:
    if find_chromium():
        return ""
    return "Chromium is missing; install it with: apt-get install chromium fonts-noto-cjk"


def find_chromium() -> str | None:
    return os.environ.get("KITH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def _leave_out(item: pytest.Item, mark: str, reason: str) -> None:
    if item.get_closest_marker(mark):
        item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def street(django_db_setup: None, django_db_blocker: Any) -> Generator[Any]:
    """The street where everybody has everything (tests/web/street.py), for modules that leave it as it is."""
    from tests.oracle.pair import undone
    from tests.web.street import Street

    with django_db_blocker.unblock(), undone():
        yield Street()


@pytest.fixture(scope="module")
def neighbourhood(django_db_setup: None, django_db_blocker: Any) -> Generator[datetime]:
    """The demonstration, loaded once for a module; and an instant at which to look at it."""
    from kith.cli.demo_data import load_neighbourhood
    from kith.core.clock import utc_now
    from tests.oracle.pair import undone

    with django_db_blocker.unblock(), undone():
        load_neighbourhood(lambda things, *_, **__: iter(things))
        yield utc_now()


@pytest.fixture
def now() -> datetime:
    """The instant at which tests take place: a Saturday morning in spring, 17:26 in Shanghai."""
    return datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


class Clock:
    """The clock of the pages and the API, in a test's hands."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def advance(self, **by: float) -> datetime:
        """Let time pass: `clock.advance(minutes=30)`."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock at `now` for everything that asks `core.clock`."""
    stopped = Clock(now)

    class StoppedDatetime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return stopped.now.astimezone(tz)

    monkeypatch.setattr(kith.core.clock, "datetime", StoppedDatetime)
    return stopped


@pytest.fixture(autouse=True)
def clean_caches() -> None:
    """Rate limits and lock-outs counted in one test do not reach into the next."""
    from django.core.cache import cache

    from kith.api.limits import forget_counts

    cache.clear()
    forget_counts()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Put right what a test that really commits leaves: Django flushes its models' tables and no others.

    So the words of the search indexes are still there, and the topics that a migration put there are not.
    A test that was left out has left nothing, and maybe there is no database yet.
    """
    ran = bool(getattr(item, "funcargs", None))
    yield
    mark = item.get_closest_marker("django_db")
    commits = "transactional_db" in getattr(item, "fixturenames", ())
    if ran and nextitem is not None and (commits or (mark and mark.kwargs.get("transaction"))):
        with item.config.stash[blocking_manager_key].unblock():
            _bring_back_what_was_migrated()


def _bring_back_what_was_migrated() -> None:
    from django.apps import apps

    from kith.core import fulltext
    from kith.shop import search as listings
    from kith.strangers import search as posts

    for index in (listings.INDEX, posts.INDEX):
        fulltext.remove(index, fulltext.every_id(index))
    import_module("kith.strangers.migrations.0003_topics").add_topics(apps, None)
