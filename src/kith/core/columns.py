"""Reading and writing very many rows at once, by columns: what an analysis of everything takes.

Both go through Django's own connection, within whatever transaction it is in. Rows travel as CSV,
which PostgreSQL writes and reads itself (COPY) and SQLite makes by way of its JSON functions; Arrow
parses it on all cores. That is some five times quicker than fetching a tuple for each row.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from pyarrow import csv

from kith.core.batches import in_batches

KINDS = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
"""The types of columns, by the names that Ibis gives them."""
ROWS_AT_ONCE = 20_000


def read_columns(rows: models.QuerySet[Any, Any], schema: Mapping[str, str]) -> pa.Table:
    """Read a queryset of `values_list`, whose columns are those of the schema, in that order."""
    try:
        statement, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return _parse(b"", schema, {})
    read = _from_postgresql if connection.vendor == "postgresql" else _from_sqlite
    with connection.cursor() as cursor:
        return _parse(*read(cursor, statement, parameters, schema))


_Written = tuple[bytes, Mapping[str, str], dict[str, Any]]
"""Lines of CSV, what is in them, and how they are to be parsed."""


def _from_postgresql(
    cursor: Any, statement: str, parameters: Sequence[Any], schema: Mapping[str, str]
) -> _Written:
    """What is NULL is empty, and what is an empty text stands in quotation marks.

    Looking for line breaks within values takes a parser time: only if there are more lines than rows.
    """
    with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", parameters) as copy:
        lines = b"".join(map(bytes, copy))
    broken = lines.count(b"\n") != cursor.rowcount or b"\r" in lines
    return lines, schema, {"null": "", "escape_char": False, "newlines_in_values": broken}


def _from_sqlite(
    cursor: Any, statement: str, parameters: Sequence[Any], schema: Mapping[str, str]
) -> _Written:
    """A row as a JSON array is a line of CSV, but for its brackets and how control characters are written."""
    columns = ", ".join(f"c{number}" for number in range(len(schema)))
    cursor.execute(f"WITH t({columns}) AS ({statement}) SELECT json_array({columns}) FROM t", parameters)
    lines = b"".join(
        "".join([row[0][1:-1] + "\n" for row in some]).encode() for some in in_batches(cursor, ROWS_AT_ONCE)
    )
    escaped = b"\\" in lines
    lines = _ESCAPED.sub(_meant, lines) if escaped else lines
    return lines, schema, {"null": "null", "escape_char": "\\", "newlines_in_values": escaped}


_ESCAPED = re.compile(rb"\\(?:u00([0-9a-f]{2})|(.))")
_CONTROL = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def _meant(escaped: re.Match[bytes]) -> bytes:
    code, sign = escaped.groups()
    return bytes([int(code, 16)]) if code else _CONTROL.get(sign, escaped[0])


def _parse(lines: bytes, schema: Mapping[str, str], how: dict[str, Any]) -> pa.Table:
    kinds = {name: KINDS[kind] for name, kind in schema.items()}
    if not lines:
        return pa.schema(kinds.items()).empty_table()
    null = how.pop("null")
    return csv.read_csv(
        pa.BufferReader(lines),
        read_options=csv.ReadOptions(column_names=list(schema), block_size=8 << 20),
        parse_options=csv.ParseOptions(
            double_quote=not how["escape_char"], ignore_empty_lines=False, **how
        ),
        convert_options=csv.ConvertOptions(
            column_types=kinds, null_values=[null], true_values=["t", "1"], false_values=["f", "0"],
            strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip


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
            marks = ", ".join(["%s"] * table.num_columns)
            for some in table.to_batches(max_chunksize=ROWS_AT_ONCE):
                rows = zip(*(column.to_pylist() for column in some.columns), strict=True)
                cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", list(rows))
