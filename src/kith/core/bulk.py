"""Making a connection ready to write very much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection

SQLITE_CACHE_KIB = 256 * 1024
SQLITE_PAGES_TO_CHECKPOINT = 20_000
SECONDS_BETWEEN_COPIES = 0.5
SQLITE_MAPPED = 0x7FFF0000
"""Bytes, the most that it can map."""


def prepare_for_bulk() -> None:
    """Give this connection room, for an import whose every step may be run again.

    SQLite keeps more pages in memory and copies its log back less often: without that, each
    batch writes the pages of the large indexes several times. PostgreSQL does not wait for the
    disk at each commit: what a power cut then takes away is whole transactions, which the next
    run of the import does again.
    """
    connection.ensure_connection()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {SQLITE_PAGES_TO_CHECKPOINT}")
        else:
            cursor.execute("SET synchronous_commit = off")


@contextmanager
def in_bulk() -> Iterator[None]:
    """Give this connection room as long as very much is written in large transactions.

    What SQLite has written to its log is copied back on another core meanwhile, and not by each commit.
    PostgreSQL is as it always is: what has been decided is on the disk.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    room = {"cache_size": -SQLITE_CACHE_KIB, "mmap_size": SQLITE_MAPPED, "wal_autocheckpoint": 0}
    before = {name: _pragma(name) for name in room}
    for name, value in room.items():
        _pragma(name, value)
    try:
        with _copying_back():
            yield
    finally:
        for name, value in before.items():
            _pragma(name, value)


@contextmanager
def _copying_back() -> Iterator[None]:
    """Copy SQLite's log back again and again, beside what is written, and once at the end."""
    done = Event()

    def copy_back() -> None:
        try:
            while not done.wait(SECONDS_BETWEEN_COPIES):
                _pragma("wal_checkpoint", "PASSIVE")
        finally:
            connection.close()

    if connection.is_in_memory_db():  # type: ignore[attr-defined]
        yield
        return
    beside = Thread(target=copy_back, daemon=True)
    beside.start()
    try:
        yield
    finally:
        done.set()
        beside.join()
        _pragma("wal_checkpoint", "PASSIVE")


@contextmanager
def mapped() -> Iterator[None]:
    """Let SQLite look at its file where the system keeps it, as long as very much of it is looked at.

    Copying each page took more than half of the time: 2.5 seconds of the processor became 0.4 where
    600,000 listings are looked up one after the other.
    """
    if connection.vendor != "sqlite":
        yield
        return
    before = _pragma("mmap_size")
    _pragma("mmap_size", SQLITE_MAPPED)
    try:
        yield
    finally:
        _pragma("mmap_size", before)


def _pragma(name: str, value: int | str | None = None) -> int:
    """Set one of SQLite's own settings, or ask for it. In memory some are nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}" if value is None else f"PRAGMA {name}({value})")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
