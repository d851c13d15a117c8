"""Writing very much: a connection that is ready for it, and many new rows at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from threading import Event, Thread
from typing import Any

from django.db import connection, models

from kith.core import driver

SQLITE_CACHE_KIB = 256 * 1024
SQLITE_PAGES_TO_CHECKPOINT = 100_000
OBJECTS_TO_LOOK_THROUGH = 200_000
SECONDS_BETWEEN_COPIES = 0.5
SQLITE_MAPPED = 0x7FFF0000
"""Bytes, the most that it can map."""


def prepare_for_bulk() -> None:
    """Give this connection room, and this process, for an import whose every step may be run again.

    SQLite keeps more pages in memory and copies its log back less often: without that, each
    batch writes the pages of the large indexes several times. PostgreSQL does not wait for the
    disk at each commit: what a power cut then takes away is whole transactions, which the next
    run of the import does again. Python looks less often for what nobody holds any more: what a batch
    makes is held until its end, and looking through it again and again took a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_TO_LOOK_THROUGH)
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


# --- New rows ----------------------------------------------------------------------------------------


FEW = 50
"""Rows for which PostgreSQL's COPY, which takes a message more, is not worth it."""


def append(rows: Sequence[models.Model], *, unless_there: bool = False) -> None:
    """Write rows of one model that are new. A key that the database counts is left to it, and not read back.

    PostgreSQL takes them by COPY, SQLite by one prepared statement. Of an import of orders `bulk_create`
    took a third of the time: it makes each statement anew, and prepares every value for any database.

    :param unless_there: leave out those that are there already.
    :raises IntegrityError: one of them is, and was not to be left out.
    """
    if not rows:
        return
    model = type(rows[0])
    fields, into = _fields(model), _into(model)
    values = list(zip(*(_column(field, rows) for field in fields), strict=True))
    end = " ON CONFLICT DO NOTHING" if unless_there else ""
    if len(values) == 1:  # again and again, one at a time: of that the driver makes less ado
        driver.execute(_one_row(model, end), values[0])
    elif connection.vendor == "postgresql" and len(rows) > FEW and not unless_there:
        copying = f"COPY {into} FROM STDIN"
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
            for each in values:
                copy.write_row(each)
    else:
        marks = ", ".join(["%s"] * len(fields))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {into} VALUES ({marks}){end}", values)  # noqa: S608 (our names)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


def _into(model: type[models.Model]) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in _fields(model))
    return f"{quote(model._meta.db_table)} ({columns})"


@cache
def _one_row(model: type[models.Model], end: str) -> driver.Statement:
    places = ", ".join(driver.place(number) for number, _ in enumerate(_fields(model), start=1))
    return driver.Statement(f"INSERT INTO {_into(model)} VALUES ({places}){end}")  # noqa: S608 (our names)


_AS_THEY_ARE = (
    models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey
)  # fmt: skip
"""What holds these is what the database takes. (A key is that of a number or of a text here.)"""


def _column(field: models.Field[Any, Any], rows: Sequence[models.Model]) -> list[Any]:
    name = field.attname
    prepare = _preparing(field)
    values = [getattr(row, name) for row in rows]
    return values if prepare is None else [None if one is None else prepare(one) for one in values]


def _preparing(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What makes of a value of this field one that the database takes; None if each already is one."""
    if isinstance(field, models.CharField) and field.choices:
        return str  # a choice may be a member of an enumeration
    if isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        return driver.instant_for_sqlite
    if isinstance(field, _AS_THEY_ARE) or connection.vendor == "postgresql":
        return None
    return partial(field.get_db_prep_save, connection=connection)
