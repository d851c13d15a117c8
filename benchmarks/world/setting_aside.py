"""Taking keys and indexes off tables while very much is written to them, and putting them back as they were.

Each is made again from what the database's own catalogue says of it, so that no definition stands here.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

from benchmarks.world.setting_aside_sqlite import give_keys_back, take_keys

Tell = Callable[[str, int, float], None]
"""Told of each table or step: its name, its rows, and the seconds that it took."""

_IN_BULK = {
    "sqlite": (
        "PRAGMA foreign_keys = OFF", "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF",
        "PRAGMA cache_size = -400000", "PRAGMA threads = 2",
    ),
    "postgresql": (
        "SET session_replication_role = replica", "SET synchronous_commit = off",
        "SET maintenance_work_mem = '512MB'", "SET statement_timeout = 0",
    ),
}  # fmt: skip
_AS_BEFORE = {
    "sqlite": (
        "PRAGMA cache_size = -2000", "PRAGMA threads = 0", "PRAGMA synchronous = NORMAL",
        "PRAGMA journal_mode = WAL", "PRAGMA foreign_keys = ON",
    ),
    "postgresql": (
        "RESET session_replication_role", "RESET synchronous_commit", "RESET maintenance_work_mem",
        "RESET statement_timeout", "VACUUM (ANALYZE)", "CHECKPOINT",
    ),
}  # fmt: skip
WORKERS = 2

_POSTGRES_KEYS = """
SELECT t.relname, format('ALTER TABLE %%I DROP CONSTRAINT %%I', t.relname, c.conname),
       format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', t.relname, c.conname, pg_get_constraintdef(c.oid))
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype IN ('u', 'p') AND t.relname = ANY(%s)
  AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)
ORDER BY 1, 2
"""
_POSTGRES_INDEXES = """
SELECT t.relname, format('DROP INDEX %%I', i.relname), pg_get_indexdef(x.indexrelid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relname = ANY(%s) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)
ORDER BY 1, 2
"""
_SQLITE_INDEXES = """
SELECT tbl_name, 'DROP INDEX "' || name || '"', sql FROM sqlite_master
WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(%s))
ORDER BY 1, 2
"""


def tell_nobody(_name: str, _rows: int, _seconds: float) -> None:
    """Keep it to oneself."""


@contextmanager
def set_aside(tables: Sequence[str], *, tell: Tell = tell_nobody) -> Iterator[None]:
    """Have no more on these tables than what others lean on, as long as this lasts.

    Within a transaction all of it is done there, and no setting of the connection is touched but those
    that end with it.
    """
    alone = not connection.in_atomic_block
    if alone:
        _run(_IN_BULK[connection.vendor])
    elif connection.vendor == "postgresql":
        _run(["SET LOCAL session_replication_role = replica"])
    found = _find(tables)
    _run(drop for _table, drop, _make in found)
    keyless = take_keys(tables) if alone and connection.vendor == "sqlite" else []
    yield
    give_keys_back(keyless)
    make: dict[str, list[str]] = defaultdict(list)
    for one in keyless:
        make[one.table].append(f"REINDEX {connection.ops.quote_name(one.table)}")
    for table, _drop, statement in found:
        make[table].append(statement)
    _make(make, tell, several=alone and connection.vendor == "postgresql")
    if alone:
        _run(_AS_BEFORE[connection.vendor])
    elif connection.vendor == "postgresql":
        _run(["SET LOCAL session_replication_role = DEFAULT"])


def _find(tables: Sequence[str]) -> list[tuple[str, str, str]]:
    """Of each key and index: its table, and the statements that drop and make it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            found = []
            for statement in (_POSTGRES_KEYS, _POSTGRES_INDEXES):
                cursor.execute(statement, [list(tables)])
                found += cursor.fetchall()
            return found
        cursor.execute(_SQLITE_INDEXES, [_as_json(tables)])
        return list(cursor.fetchall())


def _as_json(names: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _make(statements: dict[str, list[str]], tell: Tell, *, several: bool) -> None:
    """Make them again. :param several: by several connections, each with a table of its own."""

    def make(table: str) -> None:
        begun = time.perf_counter()
        _run(statements[table])
        tell(f"indexes of {table}", len(statements[table]), time.perf_counter() - begun)

    def make_apart(table: str) -> None:
        try:
            _run(["SET maintenance_work_mem = '512MB'", "SET max_parallel_maintenance_workers = 0",
                  "SET statement_timeout = 0"])  # fmt: skip
            make(table)
        finally:
            connection.close()

    longest_first = sorted(statements, key=lambda table: -_size(table))
    if not several:
        for table in longest_first:
            make(table)
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(make_apart, longest_first))


def _size(table: str) -> int:
    """About how many rows a table has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_relation_size(%s)", [table])
        else:
            cursor.execute(f"SELECT MAX(rowid) FROM {connection.ops.quote_name(table)}")  # noqa: S608 (our table)
        return int(cursor.fetchone()[0] or 0)


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
