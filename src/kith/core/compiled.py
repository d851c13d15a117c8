"""Queries that Django compiles once, and that are asked again and again with other values.

To build a query and write it out takes Django many times as long as the database needs to answer it:
of the 30 ms that a page of the feed took, 25 went there. A function under `compiled` builds its query
in the usual way, through the rule; what is kept is the statement, and never an answer. The lock of
`core.guard` holds: what has not been through the rule cannot be compiled.

What a statement says depends on the function, on how far each side is open to the viewer, and on which
values are there at all: its shape. Who looks, when, and the values themselves are `Given`: places in
the statement, filled each time that it is asked.
"""

from __future__ import annotations

import json
import re
from collections import namedtuple
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from inspect import signature
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import (
    DateField,
    DateTimeField,
    Expression,
    IntegerField,
    JSONField,
    Model,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.sql import DeleteQuery

from kith.core import among, driver  # noqa: F401 (how many ids are one value: `pk__among`)
from kith.core.guard import Viewer

P = ParamSpec("P")
M = TypeVar("M", bound=Model)

MOST = 1_000
"""Statements that are kept. There are far fewer shapes; this is a bound, not a plan."""
_PLACE = re.compile(r"%([%s])")


class Given(Expression):
    """A place in a statement for a value that is given when it is asked.

    :param year: of the viewer's instant. It stands in the statement: by the year people are grown up.
    """

    def __init__(self, name: str, *, year: int | None = None) -> None:
        super().__init__()
        self.name = name
        if year is not None:
            self.year = year

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class CountOf(Subquery):
    """How many rows a query has, for each row of another."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


class Nested(Subquery):
    """The rows of a query, each as a list of what `values` named, for each row of another.

    They come as JSON: numbers, texts, truths (of SQLite as numbers), days, instants, JSON itself, and None.

    :param flat: each is what the only name stands for, a number or a text, and no list.
    """

    output_field = TextField()
    empty_result_set_value = "[]"

    def __init__(self, queryset: QuerySet[Any, Any], *, flat: bool = False) -> None:
        super().__init__(queryset)
        self.flat = flat
        self.names: Sequence[str] = queryset._fields  # type: ignore[attr-defined]
        named = queryset.query.clone()
        kinds = [type(named.resolve_ref(name).output_field) for name in self.names]
        self.json = {name for name, kind in zip(self.names, kinds, strict=True) if kind is JSONField}
        self.readers = [(place, _READ[kind]) for place, kind in enumerate(kinds) if kind in _READ]
        assert not (flat and self.readers), "what has to be read stands in a list"

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:  # type: ignore[override]
        gather, row = _GATHER[connection.vendor], "NAMES" if self.flat else _ROW[connection.vendor]
        gather = gather.replace("ROW", row).replace("NAMES", ", ".join(self._columns(connection.vendor)))
        template = f"(SELECT {gather} FROM (%(subquery)s) AS nested)"  # noqa: S608 (names of our own)
        return super().as_sql(compiler, connection, template=template)

    def _columns(self, vendor: str) -> Iterator[str]:
        for name in self.names:
            is_text = vendor == "sqlite" and name in self.json  # else it would be a text within the JSON
            yield f'json("{name}")' if is_text else f'"{name}"'

    def convert_value(self, value: str, *_: Any) -> list[Any]:
        rows: list[Any] = _decode(value)[0] if value != "[]" else []  # mostly there are none
        for place, read in self.readers:
            for row in rows:
                row[place] = None if row[place] is None else read(row[place])
        return rows


_decode = json.JSONDecoder().raw_decode


def _read_instant(written: str) -> datetime:
    """Read an instant from JSON: SQLite's says nothing of the zone, which is UTC."""
    read = datetime.fromisoformat(written)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


_READ: Mapping[type[Any], Callable[[str], Any]] = {
    DateTimeField: _read_instant,
    DateField: date.fromisoformat,
}
_GATHER = {
    "sqlite": "json_group_array(ROW)",
    "postgresql": "coalesce(json_agg(ROW)::text, '[]')",
}
_ROW = {"sqlite": "json_array(NAMES)", "postgresql": "json_build_array(NAMES)"}


class Compiled(Generic[P]):
    """A function that builds a query from values; called with values, it returns the rows."""

    def __init__(
        self, build: Callable[P, QuerySet[Any, Any]], fixed: Collection[str], *, outside: bool
    ) -> None:
        self.build, self.fixed, self.outside = build, frozenset(fixed), outside
        self.__name__, self.__doc__, self.__module__ = build.__name__, build.__doc__, build.__module__
        self._names = list(signature(build).parameters)
        assert "now" not in self._names, "the instant is the viewer's"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[Any]:
        """Ask the database. Each row is a tuple with the names that `values_list` was given."""
        given = self._given(*args, **kwargs)
        if self.outside and any(isinstance(one, Viewer) and one.let_in for one in given.values()):
            return self.plainly(*args, **kwargs)  # staff have put a condition of their own together
        statement, values = self._written(given)
        return statement.ask(values)

    def plainly(self, *args: P.args, **kwargs: P.kwargs) -> list[Any]:
        """Build the query anew and ask it: what a call has to return as well."""
        found = self.build(*args, **kwargs)
        row = _row_of(found)
        return [row._make(values) for values in found]

    def _given(self, *args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        return dict(zip(self._names, args, strict=False)) | kwargs

    def _written(self, given: Mapping[str, Any]) -> tuple[_Statement, dict[str, Any]]:
        """The statement for values of this shape, and the values that it has places for."""
        values: dict[str, Any] = {}
        shape = tuple((name, self._shape_of(name, value, values)) for name, value in given.items())
        return self._statement(shape, given), values

    def _shape_of(self, name: str, value: Any, values: dict[str, Any]) -> Hashable:
        """Say what of a value decides the statement, and put the rest into `values`."""
        if isinstance(value, Viewer):
            assert name == "viewer", "one viewer asks, and is called that"
            values["viewer"], values["now"] = value.person_id, value.now
            return value.is_known, value.inside, value.outside, value.now.year
        if value is None or isinstance(value, (bool, Enum)) or name in self.fixed:
            return value  # type: ignore[no-any-return]
        values[name] = value
        return Given

    def _statement(self, shape: Hashable, given: Mapping[str, Any]) -> _Statement:
        key = self, shape
        statement = _kept.get(key)
        if statement is None:
            stand_ins = {name: self._stand_in_for(name, value) for name, value in given.items()}
            statement = self._compile(self.build(**stand_ins))  # type: ignore[call-arg]
            if len(_kept) >= MOST:
                _kept.clear()
            _kept[key] = statement
        return statement

    def _compile(self, queryset: QuerySet[Any, Any]) -> _Statement:
        return _compile(queryset)

    def _stand_in_for(self, name: str, value: Any) -> Any:
        if isinstance(value, Viewer):
            person: Any = Given("viewer") if value.is_known else None
            now: Any = Given("now", year=value.now.year)
            let_in: Any = Q() if self.outside else None
            return Viewer(person, now, value.inside, value.outside, let_in)
        if self._shape_of(name, value, {}) is Given:
            return Given(name)
        return value


def compiled(
    *, fixed: Collection[str] = (), outside: bool = False
) -> Callable[[Callable[P, QuerySet[Any, Any]]], Compiled[P]]:
    """Make of a function that builds a query one that asks it, compiled before.

    None, booleans and members of enumerations stand in the statement as they are.

    :param fixed: so do the values of these names, such as how many rows there may be.
    :param outside: whether the rule of the strangers' channel is asked, and so to whom it is open.
    """
    return lambda build: Compiled(build, fixed, outside=outside)


class Removal(Compiled[P]):
    """A function that builds a query of what shall go; called, it removes that, and says how many rows.

    Nothing goes with them: it is for rows that nothing refers to.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, Any]]) -> None:
        super().__init__(build, (), outside=False)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> int:  # type: ignore[override]
        statement, values = self._written(self._given(*args, **kwargs))
        return statement.carry_out(values)

    def _compile(self, queryset: QuerySet[Any, Any]) -> _Statement:
        return _compile_removal(queryset)


def columns_of(model: type[Model], *, at: str = "") -> list[str]:
    """All columns of a model, for `values_list`. :param at: how one gets there, such as "person__"."""
    return [f"{at}{field.attname}" for field in model._meta.concrete_fields]


def instance_of(model: type[M], row: Any, *, at: str = "") -> M:
    """Make an instance of a row that holds `columns_of` its model."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(DEFAULT_DB_ALIAS, names, [getattr(row, f"{at}{name}") for name in names])


def forget() -> None:
    """Compile everything anew: for tests that change the rule under way."""
    _kept.clear()


# --- Statements --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Statement:
    """A query written out. Without `sql` it is known beforehand that no row fits."""

    sql: driver.Statement
    values: Sequence[Any]
    row: Any
    converters: Sequence[tuple[int, Callable[[Any], Any]]]
    binary: bool

    def ask(self, given: Mapping[str, Any]) -> list[Any]:
        if not self.sql:
            return []
        rows = driver.ask(self.sql, self._values(given), binary=self.binary)
        return [self.row._make(row) for row in (self._converted(rows) if self.converters else rows)]

    def carry_out(self, given: Mapping[str, Any]) -> int:
        return driver.execute(self.sql, self._values(given)) if self.sql else 0

    def _values(self, given: Mapping[str, Any]) -> list[Any]:
        return [given[value.name] if isinstance(value, Given) else value for value in self.values]

    def _converted(self, rows: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
        """Read what the database has no type for, as the fields of the models say. NULL is None to all."""
        for row in map(list, rows):
            for place, convert in self.converters:
                if row[place] is not None:
                    row[place] = convert(row[place])
            yield row


_kept: dict[Hashable, _Statement] = {}


def _row_of(queryset: QuerySet[Any, Any]) -> Any:
    return namedtuple("Row", queryset._fields)  # type: ignore[attr-defined]


def _compile(queryset: QuerySet[Any, Any]) -> _Statement:
    compiler = queryset.query.get_compiler(connection=connection)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return _Statement(driver.Statement(), (), None, (), binary=False)
    columns = [column for column, *_ in compiler.select[: compiler.col_count]]
    converters = [
        (place, _reader(one, expression))
        for place, (convert, expression) in compiler.get_converters(columns).items()
        for one in convert
    ]
    binary = not any(isinstance(column.output_field, JSONField) for column in columns)
    return _Statement(*_with_constants(sql, values), _row_of(queryset), converters, binary)


def _compile_removal(queryset: QuerySet[Any, Any]) -> _Statement:
    compiler = queryset.query.chain(DeleteQuery).get_compiler(connection=connection)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        sql, values = "", ()
    return _Statement(*_with_constants(sql, values), None, (), binary=False)


def _reader(convert: Callable[..., Any], expression: Any) -> Callable[[Any], Any]:
    """What reads a value from the database, and needs nothing but it."""
    if getattr(convert, "__name__", "") == "convert_datetimefield_value":
        return _in_utc  # Django asks each time in which zone SQLite's instants are; here they are in UTC
    return lambda value: convert(value, expression, connection)


def _in_utc(value: Any) -> datetime:
    read: datetime = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read.replace(tzinfo=UTC)


def _with_constants(sql: str, values: Sequence[Any]) -> tuple[driver.Statement, list[Any]]:
    """Write what is always the same into the statement: the database may plan for it, and knows its type.

    The rest are places as the drivers know them, numbered: a value that is asked for several times is
    sent once, and nobody need look for places in the statement each time that it is asked.
    """
    left, kept = iter(values), list[Any]()

    def write(place: re.Match[str]) -> str:
        if place[1] == "%":
            return "%"
        value = next(left)
        constant = _literal(value)
        if constant is not None:
            return constant
        names = [one.name if isinstance(one, Given) else None for one in kept]
        if isinstance(value, Given) and value.name in names:
            return driver.place(names.index(value.name) + 1)
        kept.append(value)
        return driver.place(len(kept))

    return driver.Statement(_PLACE.sub(write, sql)), kept


def _literal(value: Any) -> str | None:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value)) if connection.vendor == "sqlite" else str(value)
    if isinstance(value, int):
        return f"({int(value)})"
    if isinstance(value, str):
        return "'" + str(value).replace("'", "''") + "'"
    return None
