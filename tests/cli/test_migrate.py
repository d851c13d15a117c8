"""`kith migrate` waits for tables in use a little at a time, and others come between."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner
from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg import errors

from kith.cli import main, migrate


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What each try at the steps ends with; `None`: they are taken."""
    ends: list[Any] = []

    def take_steps(*_names: str, **_options: Any) -> None:
        end = ends.pop(0)
        if end is not None:
            raise OperationalError(str(end)) from end

    monkeypatch.setattr("django.core.management.call_command", take_steps)
    monkeypatch.setattr(migrate, "unapplied_migrations", lambda: ["shop.0009_more"])
    monkeypatch.setattr(migrate, "PAUSE", 0)
    return ends


@pytest.mark.django_db
def test_a_table_in_use_is_tried_again(tries: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    tries += [errors.LockNotAvailable("in use"), errors.DeadlockDetected("both"), None]
    migrate._apply_migrations()
    assert tries == []
    assert capsys.readouterr().out.count("A table that shop.0009_more changes is in use.") == 2


@pytest.mark.django_db
def test_it_gives_up_in_plain_words(tries: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "TRIES", 2)
    tries += [errors.LockNotAvailable("in use")] * 2
    with pytest.raises(click.ClickException, match=r"shop\.0009_more changes a table that was in use"):
        migrate._apply_migrations()


@pytest.mark.django_db
def test_what_is_wrong_otherwise_is_not_tried_again(tries: list[Any]) -> None:
    tries += [errors.UndefinedColumn("no such column"), None]
    with pytest.raises(OperationalError):
        migrate._apply_migrations()
    assert tries == [None]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_steps_wait_for_a_table_for_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(*_names: str, **_options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
            seen.append(cursor.fetchone())

    monkeypatch.setattr("django.core.management.call_command", look)
    migrate._apply_migrations()
    look()
    assert seen == [("3s", "0"), ("1min", "1min")]


@pytest.mark.django_db(transaction=True)
def test_migrating_what_is_there_already_is_harmless() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    told = CliRunner().invoke(main, ["migrate"])
    assert told.exit_code == 0, told.output
    assert told.output == "All is up to date.\n"
