"""`kith check`: reports on the whole installation in plain words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from kith.cli.check_database import (
    database_is_in_shape,
    indexes_are_there,
    replica_follows,
    values_are_unique,
)
from kith.cli.findings import Finding

LEAST_FREE = 1_000_000_000
"""Bytes that must be free on the data's disk: photos and a database's own housekeeping need room."""
MOST_NAMED = 5


@click.command("check")
def check() -> None:
    """Look at settings, database, files, worker and deliveries; end with 1 if something is wrong."""
    wrong = 0
    for look in LOOKS:
        try:
            for finding in look():
                wrong += _print(finding)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is what this command is asked for)
            what = look.__name__.replace("_", " ")
            said = f"{type(error).__name__}: {error}"
            wrong += _print(Finding(f"It could not be found out whether {what}.", said))
    if wrong:
        click.echo(f"\n{wrong} to put right.")
        raise SystemExit(1)
    click.echo("\nAll is well.")


def _print(finding: Finding) -> int:
    """Print one finding; return 1 if it is wrong and 0 if it is not."""
    mark = "ok   " if not finding.remedy else "WRONG" if finding.grave else "note "
    click.echo(f"{mark}  {finding.what}")
    if finding.remedy:
        click.echo(f"       {finding.remedy}")
    return int(bool(finding.remedy) and finding.grave)


def settings_are_fit() -> Iterator[Finding]:
    from django.conf import settings
    from django.core import checks

    from kith.config.checks import find_problems

    if not settings.PRODUCTION:
        wanting = len(find_problems())
        remedy = f"Before people use it: set KITH_ENV=production and {wanting} settings that it asks for."
        yield Finding(f"Settings are those of {settings.ENVIRONMENT}.", remedy, grave=False)
    else:
        yield Finding("Settings are fit for production.")
    for message in checks.run_checks():
        if not message.is_silenced():
            yield Finding(str(message.msg), message.hint or str(message.id), grave=message.is_serious())


def database_answers() -> Iterator[Finding]:
    from django.db import connection

    from kith.cli.migrate import unapplied_migrations

    name = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    connection.ensure_connection()
    yield Finding(f"The database answers ({name}).")
    if waiting := unapplied_migrations():
        yield Finding(f"The database lacks {len(waiting)} steps of this version.", "Run: kith migrate")
    else:
        yield Finding("The database is up to date.")
    if connection.vendor == "sqlite":
        waits = not _is_in_wal_mode(Path(connection.settings_dict["NAME"]))
        remedy = "Its disk does not allow WAL mode; move KITH_DATA_DIR to a local disk." if waits else ""
        yield Finding(f"In SQLite, readers {'wait' if waits else 'do not wait'} for a writer.", remedy)


def _is_in_wal_mode(path: Path) -> bool:
    """Read it off the file's header: bytes 18 and 19 are 2 then (sqlite.org/fileformat2.html, 1.3.3)."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\2\2"


def files_can_be_written() -> Iterator[Finding]:
    from django.conf import settings

    for what, folder in (("data", settings.DATA_DIR), ("photos", settings.MEDIA_ROOT)):
        if _can_write(folder):
            yield Finding(f"The folder of the {what} can be written.")
        else:
            yield Finding(
                f"No {what} can be written.", f"Run kith migrate, or let this account write in {folder}"
            )
    if settings.DATA_DIR.is_dir():
        free = shutil.disk_usage(settings.DATA_DIR).free
        remedy = "" if free >= LEAST_FREE else "Make room."
        yield Finding(f"{free / 1e9:.1f} GB are free on the disk of the data.", remedy)
    if stale := _stale_translations(settings.LOCALE_PATHS):
        yield Finding(f"Not compiled: {', '.join(stale)}.", "Run: kith migrate")
    else:
        yield Finding("Translations are compiled.")


def _can_write(folder: Path) -> bool:
    probe = folder / ".kith-check"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _stale_translations(folders: list[Path]) -> list[str]:
    sources = [source for folder in folders for source in sorted(folder.glob("*/LC_MESSAGES/*.po"))]
    return [
        source.parts[-3]
        for source in sources
        if not (made := source.with_suffix(".mo")).exists() or made.stat().st_mtime < source.stat().st_mtime
    ]


def worker_is_alive() -> Iterator[Finding]:
    from kith.core.clock import utc_now
    from kith.jobs.housekeeping import SILENCE_ALLOWED, find_sign_of_life

    seen = find_sign_of_life()
    if seen is None:
        yield Finding("No worker has ever run here.", "Run one beside the server: kith worker")
    elif (silent := utc_now() - seen) > SILENCE_ALLOWED:
        minutes = int(silent.total_seconds() // 60)
        yield Finding(f"The worker has been silent for {minutes} minutes.", "Start it again: kith worker")
    else:
        yield Finding("The worker is alive.")


def circle_side_is_open() -> Iterator[Finding]:
    from kith.audience.viewer import CIRCLES
    from kith.core.clock import utc_now
    from kith.rollout.models import State
    from kith.rollout.queries import openings
    from kith.rollout.simulation import count_let_in

    now = utc_now()
    opening = openings([CIRCLES], now)[CIRCLES]
    if opening.state != State.OPEN:
        remedy = f"See why: kith rollout log {CIRCLES}"
        yield Finding("The circle side is closed for all.", remedy, grave=False)
    elif opening.is_for_nobody:
        remedy = f"To open it: kith rollout open {CIRCLES}, or /staff/, Features."
        yield Finding("The circle side is not open to anybody.", remedy, grave=False)
    elif opening.is_for_all:
        yield Finding("The circle side is open to all.")
    else:
        yield Finding(f"The circle side is open to a part of all people: {count_let_in(CIRCLES, now)} now.")


def hidden_numbers_are_known_again() -> Iterator[Finding]:
    from kith.strangers.checks import count_lost_numbers

    if lost := count_lost_numbers():
        remedy = (
            "Put the key they were made with back into KITH_CONTACT_KEYS, behind the others. "
            "If it is gone for good: kith give-up-keys"
        )
        yield Finding(f"{lost} numbers that people hide from are not known again: their key is gone.", remedy)
    else:
        yield Finding("All numbers that people hide from are known again.")


def facts_agree() -> Iterator[Finding]:
    """What is written in two places must be the same in both."""
    from kith.sharing.deliver import find_differences
    from kith.shop.digest import find_misdigested
    from kith.strangers.checks import find_misjudged_personas, find_unlike_hidden_numbers
    from kith.strangers.ranking import find_misplaced
    from kith.strangers.search import find_unindexed
    from kith.strangers.services import find_miscounted
    from kith.ties.checks import find_contradictions

    looks: dict[str, Callable[[], list[str]]] = {
        "Deliveries are what circles and audiences say": find_differences,
        "Digests of listings are of what they say": lambda: [
            f"the listing {pk}" for pk in find_misdigested()
        ],
        "Relationships and circles agree": lambda: list(find_contradictions()),
        "Relationships and hidden numbers agree": lambda: list(find_unlike_hidden_numbers()),
        "Personas are seen if their owners agree to it": lambda: list(find_misjudged_personas()),
        "Reports are counted where they belong": lambda: list(find_miscounted()),
        "Posts stand where their reactions put them": lambda: list(find_misplaced()),
        "Posts are found if they are shown": lambda: [f"the post {pk}" for pk in find_unindexed()],
    }
    for what, look in looks.items():
        differences = look()
        for difference in differences[:MOST_NAMED]:
            click.echo(f"       {difference}")
        if differences:
            fault = f"{len(differences)} differ. That is a fault of the program; please report it."
            yield Finding(f"Not so: {what}.", fault)
        else:
            yield Finding(f"{what}.")


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    settings_are_fit,
    database_answers,
    indexes_are_there,
    values_are_unique,
    database_is_in_shape,
    replica_follows,
    files_can_be_written,
    worker_is_alive,
    circle_side_is_open,
    hidden_numbers_are_known_again,
    facts_agree,
)
