"""Rows as columns: how a column of numbers or words becomes what a database takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import models

from benchmarks.world.plan import NONE, Numbers
from benchmarks.world.words import Coded

CHUNK = 200_000
Column = Any
"""Numbers, marks, `Coded` words, an Arrow array, or one value for all rows."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a model, in the order in which they came to be.

    Columns that are left out have the model's default; rows that the database numbers are numbered from 1.
    Instants are seconds since 1970, months days, waits seconds; `NONE` is NULL where a column can be.
    """

    model: type[models.Model]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return next(len(column) for column in self.columns.values() if not _is_one(column))

    def chunks(self, vendor: str) -> Iterator[pa.Table]:
        """Cut into tables as `write_columns` takes them."""
        order = self._order() if vendor == "sqlite" else None
        fields = self.model._meta.concrete_fields
        for begin in range(0, len(self), CHUNK):
            rows: Any = slice(begin, min(begin + CHUNK, len(self)))
            number, rows = rows.stop - begin, rows if order is None else order[rows]
            yield pa.table(
                {
                    str(field.column): _column(field, self._values(field, rows, begin), number, vendor)
                    for field in fields
                }
            )

    def _order(self) -> Numbers | None:
        """By id, where SQLite keeps the rows so and the id is drawn: it would put each in between others."""
        ids = self.columns.get("id")
        return None if ids is None else np.argsort(ids)

    def _values(self, field: models.Field[Any, Any], rows: Any, begin: int) -> Column:
        name = str(field.column)
        if name not in self.columns:
            if isinstance(field, models.AutoField):
                return np.arange(begin, begin + CHUNK) + 1
            return field.get_default()
        column = self.columns[name]
        if _is_one(column):
            return column
        if isinstance(column, Coded):
            return column.take(rows).arrow()
        if isinstance(column, (pa.Array, pa.ChunkedArray)):
            return column.slice(begin, CHUNK) if isinstance(rows, slice) else column.take(pa.array(rows))
        return column[rows]


def _is_one(column: Column) -> bool:
    return not isinstance(column, (np.ndarray, Coded, pa.Array, pa.ChunkedArray))


def _column(field: models.Field[Any, Any], values: Column, number: int, vendor: str) -> pa.Array:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    kind = target.get_internal_type()
    if isinstance(values, np.ndarray):
        return _of_numbers(values[:number], kind, nullable=field.null, vendor=vendor)
    if not _is_one(values):
        return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if kind == "DurationField" or (kind in {"DateTimeField", "DateField"} and values is not None):
        raise TypeError(f"{field.name} has no default that fits all rows")
    if isinstance(values, (list, dict)):
        values = json.dumps(values)
    return pa.repeat(pa.scalar(values, _TYPES.get(kind, pa.int64())), number)


_TYPES = {
    "BooleanField": pa.bool_(), "FloatField": pa.float64(),
    **dict.fromkeys(
        ("CharField", "DateField", "DateTimeField", "JSONField", "SlugField", "TextField"), pa.string()
    ),
}  # fmt: skip


def _of_numbers(values: Any, kind: str, *, nullable: bool, vendor: str) -> pa.Array:
    if values.dtype.kind in "bf":
        return pa.array(values)
    missing = values == NONE if nullable else None
    numbers = pa.array(values, pa.int64(), mask=missing)
    match kind:
        case "DateTimeField":
            return numbers.cast(pa.timestamp("s")).cast(pa.string())
        case "DateField":
            return numbers.cast(pa.int32()).cast(pa.date32()).cast(pa.string())
        case "DurationField" if vendor == "sqlite":
            return pc.multiply(numbers, 1_000_000)
        case "DurationField":
            return pc.binary_join_element_wise(numbers.cast(pa.string()), "seconds", " ")
        case "BooleanField":
            return numbers.cast(pa.bool_())
    return numbers
