"""How the database is: indexes that are wanting, what is read from end to end, what takes room for nothing.

All but the first is PostgreSQL's own account (pg_stat_user_tables, pg_index, pg_stats), kept since its
statistics were last reset. Where it must be estimated, it is estimated low: what is told is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.apps import apps
from django.db import connection, models

from kith.core import sql

PAGE = 8192
PAGE_USED = (PAGE - 24 - 16) * 0.9
"""Bytes of a B-tree's page for entries: without its header and special space, filled to 90 in a hundred."""
ENTRY = 8 + 4
"""Bytes of an entry beside its values: its header, and its place on the page."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """An index or constraint that a model declares and its table does not have."""

    table: str
    name: str


def find_wanting() -> Iterator[Wanting]:
    """Compare what models declare with what their tables have, on both databases."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if model._meta.managed and not model._meta.proxy and table in there:
                has = connection.introspection.get_constraints(cursor, table)
                yield from (Wanting(table, name) for name in _wanting(model, has))


def _wanting(model: type[models.Model], has: dict[str, Any]) -> Iterator[str]:
    meta = model._meta
    for declared in (*meta.indexes, *meta.constraints):
        if declared.name not in has:
            yield declared.name
    indexed = [one["columns"] for one in has.values() if one["index"] or one["unique"] or one["primary_key"]]
    unique = [one["columns"] for one in has.values() if one["unique"] or one["primary_key"]]
    for field in meta.local_fields:
        if field.column and field.unique and [field.column] not in unique:
            yield f"unique({field.column})"
        elif (
            field.column
            and getattr(field, "db_index", False)
            and not any(some[:1] == [field.column] for some in indexed)
        ):
            yield f"index({field.column})"
    for names in meta.unique_together:
        columns = [str(meta.get_field(name).column) for name in names]  # type: ignore[union-attr]
        if columns not in unique:
            yield f"unique({', '.join(columns)})"


def find_doubles(table: str, columns: Sequence[str]) -> int:
    """Count the values that stand in several rows and should in one. What is nowhere written is no value."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    there = " AND ".join(f"{connection.ops.quote_name(column)} IS NOT NULL" for column in columns)
    found = sql.rows(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM {connection.ops.quote_name(table)} "
        f"WHERE {there} GROUP BY {names} HAVING COUNT(*) > 1) AS doubles",
        {},
    )
    return int(found[0][0])


def find_invalid_indexes() -> list[str]:
    """Indexes that were being built when something cut it short: kept up to date, and used for nothing."""
    return [name for (name,) in sql.rows(
        "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indrelid "
        "WHERE NOT indisvalid AND c.relnamespace = current_schema()::regnamespace ORDER BY 1", {}
    )]  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnservedKey:
    """A foreign key without an index, into a table that rows are deleted from: each reads all of `table`."""

    table: str
    column: str
    into: str
    rows: int
    deleted: int


def find_unserved_keys(*, rows: int, deleted: int) -> list[UnservedKey]:
    """Those of tables with so many rows or more, where so many were deleted or more."""
    found = sql.rows(
        """
        SELECT k.conrelid::regclass::text, a.attname::text, k.confrelid::regclass::text,
               own.n_live_tup, into_.n_tup_del
        FROM pg_constraint k
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        JOIN pg_stat_user_tables own ON own.relid = k.conrelid
        JOIN pg_stat_user_tables into_ ON into_.relid = k.confrelid
        WHERE k.contype = 'f' AND own.schemaname = current_schema()
          AND own.n_live_tup >= %(rows)s AND into_.n_tup_del >= %(deleted)s
          AND NOT EXISTS (
              SELECT 1 FROM pg_index i
              WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indkey[0] = k.conkey[1]
              AND (i.indpred IS NULL
                   OR pg_get_expr(i.indpred, i.indrelid) = format('(%%I IS NOT NULL)', a.attname))
          )
        ORDER BY own.n_live_tup DESC
        """,
        {"rows": rows, "deleted": deleted},
    )
    return [UnservedKey(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Scanned:
    """A table that is read from end to end again and again."""

    table: str
    rows: int
    scans: int
    looked_up: int


def find_scanned(*, rows: int, scans: int) -> list[Scanned]:
    """Those of so many rows or more, read whole so often or more, and in one of a thousand looks or more."""
    found = sql.rows(
        """
        SELECT relid::regclass::text, n_live_tup, seq_scan, COALESCE(idx_scan, 0) FROM pg_stat_user_tables
        WHERE schemaname = current_schema() AND n_live_tup >= %(rows)s AND seq_scan >= %(scans)s
          AND seq_scan * 1000 >= COALESCE(idx_scan, 0)
        ORDER BY seq_tup_read DESC
        """,
        {"rows": rows, "scans": scans},
    )
    return [Scanned(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Untidy:
    """A table with many dead rows, or of which PostgreSQL knows nothing."""

    table: str
    rows: int
    dead: int
    analysed: bool

    @property
    def dead_share(self) -> float:
        return self.dead / max(1, self.rows + self.dead)


def find_untidy(*, rows: int, dead: int, dead_share: float) -> list[Untidy]:
    """Tables of so many rows or more never analysed; or with so many dead rows, and such a share of them."""
    found = sql.rows(
        """
        SELECT relid::regclass::text, n_live_tup, n_dead_tup,
               COALESCE(last_analyze, last_autoanalyze) IS NOT NULL
        FROM pg_stat_user_tables WHERE schemaname = current_schema() ORDER BY n_dead_tup DESC
        """,
        {},
    )
    tables = [Untidy(*row) for row in found]
    return [
        one
        for one in tables
        if (one.rows >= rows and not one.analysed) or (one.dead >= dead and one.dead_share >= dead_share)
    ]


@dataclass(frozen=True, slots=True)
class Swollen:
    """An index that takes far more room than its entries."""

    index: str
    bytes: int
    ought: int


def find_swollen(*, pages: int, times: float) -> list[Swollen]:
    """B-trees of so many pages or more, and so many times what their entries need.

    By the average width of the columns. Entries that are the same are kept once (PostgreSQL 13 and later),
    so that an index may need less than is reckoned here, never more.
    """
    found = sql.rows(
        """
        SELECT i.indexrelid::regclass::text, c.relpages, c.reltuples, SUM(s.avg_width)
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid AND c.relpages >= %(pages)s AND c.reltuples > 0
        JOIN pg_am ON pg_am.oid = c.relam AND pg_am.amname = 'btree'
        JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = current_schema()::regnamespace
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) AS k(number)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        LEFT JOIN pg_stats s
            ON s.schemaname = current_schema() AND s.tablename = t.relname AND s.attname = a.attname
        GROUP BY 1, 2, 3 HAVING bool_and(s.avg_width IS NOT NULL)
        """,
        {"pages": pages},
    )
    swollen = [
        Swollen(name, has * PAGE, _pages(entries, width) * PAGE) for name, has, entries, width in found
    ]
    swollen = [one for one in swollen if one.bytes >= times * one.ought]
    return sorted(swollen, key=lambda one: one.ought - one.bytes)


def _pages(entries: float, width: int) -> int:
    entry = ENTRY + ceil(width / 8) * 8
    return ceil(entries / (PAGE_USED // entry)) + 1
