"""Taking SQLite's own indexes off its tables for a while: those that stand behind UNIQUE and PRIMARY KEY.

SQLite has no word for it. Each row that is written is looked for in each of them and put somewhere in the
middle; of ten million rows that is most of the work. So the tables are written down in the schema without
these words, and the indexes' roots are kept until they are written down again and filled by REINDEX, which
sorts, and finds whatever is there twice. Only for a database that can be made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

_KEYS = re.compile(r', (?:CONSTRAINT "\w+" )?(?:UNIQUE|PRIMARY KEY) \([^()]*\)')
_INDEXES = """
SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master
WHERE type = 'index' AND sql IS NULL AND tbl_name = %s
"""
_TABLE = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s"
_WRITE = "UPDATE sqlite_master SET sql = %s WHERE type = 'table' AND name = %s"
_FORGET = "DELETE FROM sqlite_master WHERE type = 'index' AND name = %s"
_REMEMBER = "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (%s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Keyless:
    """A table that has no such index for now, what was said of it, and the rows of its indexes."""

    table: str
    said: str
    indexes: Sequence[tuple[Any, ...]]


def take_keys(tables: Iterable[str]) -> list[Keyless]:
    """Write these tables down without their keys, but those of which a column is unique by itself."""
    taken = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(_TABLE, [table])
            said = cursor.fetchone()[0]
            cursor.execute(_INDEXES, [table])
            found = cursor.fetchall()
            if found and len(_KEYS.findall(said)) == len(found):
                taken.append(Keyless(table, said, found))
    _write_schema(
        [(_WRITE, [_KEYS.sub("", one.said), one.table]) for one in taken]
        + [(_FORGET, [index[1]]) for one in taken for index in one.indexes]
    )
    return taken


def give_keys_back(taken: Sequence[Keyless]) -> None:
    """Write them down as they were. The indexes are empty until REINDEX has filled them."""
    _write_schema(
        [(_WRITE, [one.said, one.table]) for one in taken]
        + [(_REMEMBER, list(index)) for one in taken for index in one.indexes]
    )


def _write_schema(statements: Sequence[tuple[str, list[Any]]]) -> None:
    if not statements:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA writable_schema = ON")
        for statement, values in statements:
            cursor.execute(statement, values)
        cursor.execute("PRAGMA writable_schema = RESET")
