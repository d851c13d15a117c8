"""`kith migrate`: makes an installation ready for this version of the program."""

from __future__ import annotations

import os
import time

import click

LOCK_WAIT = 3
"""Seconds that a step waits for a table in use. Whoever comes after it waits behind it, so not for long."""
PAUSE = 5
"""Seconds in which those who came meanwhile get their turn."""
TRIES = 60


@click.command("migrate")
def migrate() -> None:
    """Bring folders, translations, database and static files up to this version. Harmless to repeat."""
    for what in prepare():
        click.echo(what)


def prepare() -> list[str]:
    """Make ready all that serving needs, and return what had to be done, a sentence each."""
    from django.conf import settings
    from django.core.management import call_command

    from kith.shop.services import load_categories

    for folder in (settings.DATA_DIR, settings.MEDIA_ROOT, settings.PAPERS_ROOT, settings.STATIC_ROOT):
        folder.mkdir(parents=True, exist_ok=True)
    done = []
    if compiled := compile_translations():
        done.append(f"Translations compiled: {', '.join(compiled)}.")
    if waiting := unapplied_migrations():
        _apply_migrations()
        load_categories()
        done.append(f"Database brought up to date: {len(waiting)} steps.")
    if settings.PRODUCTION:
        call_command("collectstatic", interactive=False, verbosity=0)
        done.append(f"Static files collected in {settings.STATIC_ROOT}.")
    return done or ["All is up to date."]


def _apply_migrations() -> None:
    """Take the steps that are wanting, each when it can be had without keeping people waiting.

    :raises ClickException: a table was in use however often it was tried. What is done stays done.
    """
    from django.core.management import call_command
    from django.db import OperationalError

    from kith.core.gently import holding_nobody_up

    for rest in range(TRIES - 1, -1, -1):
        try:
            with holding_nobody_up(seconds=LOCK_WAIT):
                call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            if not _was_in_use(error):
                raise
            step = unapplied_migrations()[0]
        else:
            return
        if rest:
            click.echo(f"A table that {step} changes is in use. Again in {PAUSE} seconds.")
            time.sleep(PAUSE)
    raise click.ClickException(
        f"{step} changes a table that was in use for {TRIES * (LOCK_WAIT + PAUSE) // 60} minutes. "
        "What came before it is done; run kith migrate again when there is less to do."
    )


def _was_in_use(error: BaseException) -> bool:
    from psycopg import errors

    return isinstance(error.__cause__, (errors.LockNotAvailable, errors.DeadlockDetected))


def unapplied_migrations() -> list[str]:
    """Name the steps that the database still lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _ in steps]


def compile_translations() -> list[str]:
    """Compile the catalogues that changed since they were last compiled, and name their languages."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from django.conf import settings

    compiled = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as written:
                catalogue = read_po(written, locale=source.parts[-3])
            unfinished = target.with_suffix(f".mo.{os.getpid()}")  # another program may be at the same
            with unfinished.open("wb") as output:
                write_mo(output, catalogue)
            unfinished.replace(target)
            compiled.append(source.parts[-3])
    return compiled
