"""What PostgreSQL knows of its tables: their keys, and how they refer to each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kith.core import sql


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key, a constraint that something is unique, or an index that says so."""

    table: str
    name: str
    columns: tuple[str, ...]
    definition: str
    """As it is written to make it again: `PRIMARY KEY (id)`, or a whole CREATE UNIQUE INDEX."""
    is_primary: bool
    is_constraint: bool

    @property
    def said(self) -> str:
        return f"{self.table}({', '.join(self.columns)})"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    table: str
    name: str
    columns: tuple[str, ...]
    into: str
    into_columns: tuple[str, ...]
    definition: str

    @property
    def said(self) -> str:
        return f"{self.table}({', '.join(self.columns)})"


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: frozenset[str]
    keys: tuple[Key, ...]
    foreign: tuple[ForeignKey, ...]


def read_tables() -> dict[str, Table]:
    """Every table of the schema, by name."""
    columns: dict[str, set[str]] = defaultdict(set)
    for table, column in sql.rows(_COLUMNS, {}):
        columns[table].add(column)
    keys: dict[str, list[Key]] = defaultdict(list)
    for table, name, names, definition, primary, constraint in sql.rows(_KEYS, {}):
        keys[table].append(Key(table, name, tuple(names), definition, primary, constraint))
    foreign: dict[str, list[ForeignKey]] = defaultdict(list)
    for table, name, names, into, into_names, definition in sql.rows(_FOREIGN, {}):
        foreign[table].append(ForeignKey(table, name, tuple(names), into, tuple(into_names), definition))
    return {
        table: Table(table, frozenset(names), tuple(keys[table]), tuple(foreign[table]))
        for table, names in sorted(columns.items())
    }


def knows_function(name: str) -> bool:
    return bool(sql.rows("SELECT 1 FROM pg_proc WHERE proname = %(name)s LIMIT 1", {"name": name}))


def distributed_tables() -> set[str]:
    """The tables that Citus knows by now, cut up or whole everywhere."""
    found = sql.rows("SELECT to_regclass('pg_dist_partition') IS NOT NULL", {})
    if not found[0][0]:
        return set()
    return {name for (name,) in sql.rows("SELECT logicalrelid::text FROM pg_dist_partition", {})}


_COLUMNS = """
SELECT c.relname::text, a.attname::text
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
"""

_KEYS = """
SELECT t.relname::text, i.relname::text,
       ARRAY(SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(number, place)
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number ORDER BY k.place),
       COALESCE(pg_get_constraintdef(n.oid), pg_get_indexdef(i.oid)), x.indisprimary, n.oid IS NOT NULL
FROM pg_index x
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_constraint n ON n.conindid = i.oid AND n.contype IN ('p', 'u')
WHERE x.indisunique AND t.relnamespace = current_schema()::regnamespace
ORDER BY 1, 2
"""

_FOREIGN = """
SELECT t.relname::text, n.conname::text,
       ARRAY(SELECT a.attname::text FROM unnest(n.conkey) WITH ORDINALITY AS k(number, place)
             JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = k.number ORDER BY k.place),
       f.relname::text,
       ARRAY(SELECT a.attname::text FROM unnest(n.confkey) WITH ORDINALITY AS k(number, place)
             JOIN pg_attribute a ON a.attrelid = n.confrelid AND a.attnum = k.number ORDER BY k.place),
       pg_get_constraintdef(n.oid)
FROM pg_constraint n
JOIN pg_class t ON t.oid = n.conrelid
JOIN pg_class f ON f.oid = n.confrelid
WHERE n.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
ORDER BY 1, 2
"""
