"""Reading and writing very many rows at once, by columns: what an analysis of everything takes.

PostgreSQL writes and reads CSV itself (COPY), which Arrow parses on all cores. A file of SQLite is read and
written by a process beside this one (`core.beside`). Both are some ten times quicker than a tuple for each
row. Within a transaction, whose writes no other process sees, SQLite gives tuples.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction

from kith.core import sql
from kith.core.beside import READERS, Beside
from kith.core.lazily import Lazily

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import csv
else:
    pa, csv = Lazily("pyarrow"), Lazily("pyarrow.csv")

KINDS = {"int64": "int64", "float64": "float64", "string": "string", "boolean": "bool", "date": "date32"}
"""The types of columns: Arrow's names for them, by Ibis' names."""
ROWS_AT_ONCE = 20_000
MOST_PARAMETERS = 999


PARTS = 4
"""Into which a table is cut by its keys: all readers have something to do, and little is held at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A queryset of `values_list`, whose columns are those of the schema, in that order."""

    rows: models.QuerySet[Any, Any]
    schema: Mapping[str, str]
    parts: int = PARTS
    """How often it is asked, each time for another stretch of its keys."""


def read_at_one_moment(wanted: Mapping[str, Wanted], by: Beside | None = None) -> dict[str, pa.Table]:
    """Read all of these as they stand at one moment, by several connections at once.

    Within a transaction the caller's connection reads alone: the others would not see what it wrote. On
    SQLite nobody writes as long as a transaction, which could, is there: all see the same.

    :param by: what reads a file of SQLite.
    """
    if connection.in_atomic_block:
        return {name: read_columns(one.rows, one.schema) for name, one in wanted.items()}
    with transaction.atomic():
        if connection.vendor == "postgresql":
            return _read_in_parts(wanted, partial(_read_by_connections, _share_moment()))
        return _read_in_parts(wanted, partial(_read_by_process, by)) if by else read_at_one_moment(wanted)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of what is wanted."""

    of: str
    rows: models.QuerySet[Any, Any]
    schema: Mapping[str, str]


def _read_in_parts(
    wanted: Mapping[str, Wanted], read: Callable[[list[_Part]], list[pa.Table]]
) -> dict[str, pa.Table]:
    parts = [_Part(name, rows, one.schema) for name, one in wanted.items() for rows in _parts(one)]
    tables: dict[str, list[pa.Table]] = {name: [] for name in wanted}
    for part, table in zip(parts, read(parts), strict=True):
        tables[part.of].append(table)
    return {name: pa.concat_tables(some) for name, some in tables.items()}


def _parts(wanted: Wanted) -> Iterator[models.QuerySet[Any, Any]]:
    """Equal stretches of the keys; of random ids each holds about as many rows as any other."""
    keys = wanted.rows.model._base_manager.order_by("pk").values_list("pk", flat=True)
    first, last = keys.first() or 0, keys.last() or 0
    cuts = [first + (last - first) * nth // wanted.parts for nth in range(1, wanted.parts)]
    for begin, end in zip([None, *cuts], [*cuts, None], strict=True):
        rows = wanted.rows if begin is None else wanted.rows.filter(pk__gte=begin)
        yield rows if end is None else rows.filter(pk__lt=end)


def _read_by_process(by: Beside, parts: list[_Part]) -> list[pa.Table]:
    asked = {place: text for place, part in enumerate(parts) if (text := _statement(part.rows))}
    read = by.read([(text.replace("%s", "?").replace("%%", "%"), given) for text, given in asked.values()])
    tables = [_nothing(part.schema) for part in parts]
    for place, table in zip(asked, read, strict=True):
        tables[place] = _fitting(table, parts[place].schema)
    return tables


def _fitting(table: pa.Table, schema: Mapping[str, str]) -> pa.Table:
    """SQLite knows no days, and no truths but 0 and 1; what holds nothing is of any kind."""
    columns = [
        column.cast(KINDS[kind]) if column.null_count < len(column) else pa.nulls(len(column), KINDS[kind])
        for column, kind in zip(table.columns, schema.values(), strict=True)
    ]
    return pa.table(dict(zip(schema, columns, strict=True)))


def _share_moment() -> str:
    """Name PostgreSQL's snapshot, by which other connections see the same."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def _read_by_connections(snapshot: str, parts: list[_Part]) -> list[pa.Table]:
    """Each thread with a connection of its own, takes every so many."""

    def read_some(first: int) -> list[pa.Table]:
        with _joined(snapshot):
            return [read_columns(part.rows, part.schema) for part in parts[first::READERS]]

    read: list[pa.Table] = [None] * len(parts)
    with ThreadPoolExecutor(READERS) as pool:
        for first, tables in enumerate(pool.map(read_some, range(READERS))):
            read[first::READERS] = tables
    return read


@contextmanager
def _joined(snapshot: str) -> Iterator[None]:
    """Read, in a thread of its own, what another connection sees."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            yield
    finally:
        connection.close()


def read_columns(rows: models.QuerySet[Any, Any], schema: Mapping[str, str]) -> pa.Table:
    """Read a queryset of `values_list`, whose columns are those of the schema, in that order."""
    statement = _statement(rows)
    if statement is None:
        return _nothing(schema)
    read = _from_postgresql if connection.vendor == "postgresql" else _from_sqlite
    with connection.cursor() as cursor:
        return read(cursor, *statement, schema)


def _statement(rows: models.QuerySet[Any, Any]) -> tuple[str, Sequence[Any]] | None:
    """What a queryset asks; None where Django knows that there is nothing."""
    try:
        text, given = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return text, given


def _nothing(schema: Mapping[str, str]) -> pa.Table:
    return pa.schema([(name, KINDS[kind]) for name, kind in schema.items()]).empty_table()


def _from_postgresql(
    cursor: Any, statement: str, parameters: Sequence[Any], schema: Mapping[str, str]
) -> pa.Table:
    """What is NULL is empty, and what is an empty text stands in quotation marks.

    Looking for line breaks within values takes a parser time: only if there are more lines than rows.
    """
    with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", parameters) as copy:
        lines = b"".join(copy)
    if not lines:
        return _nothing(schema)
    broken = lines.count(b"\n") != cursor.rowcount or b"\r" in lines
    return csv.read_csv(
        pa.BufferReader(lines),
        read_options=csv.ReadOptions(column_names=list(schema), block_size=8 << 20),
        parse_options=csv.ParseOptions(newlines_in_values=broken, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types={name: KINDS[kind] for name, kind in schema.items()}, null_values=[""],
            true_values=["t"], false_values=["f"],
            strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip


def _from_sqlite(
    cursor: Any, statement: str, parameters: Sequence[Any], schema: Mapping[str, str]
) -> pa.Table:
    cursor.execute(statement, parameters)
    columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(schema)
    arrays = {
        name: pa.array([None if value is None else _READ[kind](value) for value in values], KINDS[kind])
        for (name, kind), values in zip(schema.items(), columns, strict=True)
    }
    return pa.table(arrays)


_READ: dict[str, Callable[[Any], Any]] = {
    "int64": int, "float64": float, "string": str, "boolean": bool,
    "date": lambda said: date.fromisoformat(str(said)),
}  # fmt: skip


def write_columns(model: type[models.Model], table: pa.Table) -> None:
    """Append the rows of a table to that of a model, whose columns its names are.

    Nothing is checked but by the database, and no conflict is resolved: they are new.
    """
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, table.column_names))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            written = io.BytesIO()
            csv.write_csv(table, written, csv.WriteOptions(include_header=False))
            with cursor.copy(f"COPY {into} FROM STDIN (FORMAT csv)") as copy:
                copy.write(written.getbuffer())
        else:
            _into_sqlite(cursor, into, table)


def append_if(
    claim: str, given: Mapping[str, Any], model: type[models.Model], rows: pa.Table, by: Beside | None = None
) -> bool:
    """Append rows in one transaction with a claim to do so; say whether the claim changed anything.

    :param claim: an `UPDATE … RETURNING`. Where no row meets its condition, nothing is appended.
    :param by: what writes to a file of SQLite. The caller is in no transaction.
    """
    if by is not None:
        return by.append(_plain(rows), model._meta.db_table, claim=sql.by_place(claim, given))
    with transaction.atomic():
        if not sql.rows(claim, given):
            return False
        write_columns(model, rows)
    return True


def _plain(rows: pa.Table) -> pa.Table:
    """SQLite's truths are numbers."""
    kinds = [pa.int8() if pa.types.is_boolean(kind) else kind for kind in rows.schema.types]
    return rows.cast(pa.schema(zip(rows.schema.names, kinds, strict=True)))


def _into_sqlite(cursor: Any, into: str, table: pa.Table) -> None:
    """Many rows by each statement: of half a million findings that is 1.1 seconds instead of 1.6."""
    marks = f"({', '.join(['%s'] * table.num_columns)})"
    together = MOST_PARAMETERS // table.num_columns
    for some in table.to_batches(max_chunksize=ROWS_AT_ONCE):
        rows = zip(*(column.to_pylist() for column in some.columns), strict=True)
        values = list(chain.from_iterable(rows))
        whole = len(some) // together * together * table.num_columns
        width = together * table.num_columns
        each = [values[place : place + width] for place in range(0, whole, width)]
        cursor.executemany(f"INSERT INTO {into} VALUES {', '.join([marks] * together)}", each)
        if rest := values[whole:]:
            cursor.execute(f"INSERT INTO {into} VALUES {', '.join([marks] * (len(some) % together))}", rest)
