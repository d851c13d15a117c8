"""To which shards a statement goes in a cluster: read from the statement, by what Citus' planner asks of it.

Citus sends a statement to one shard if every table in it that is cut up is held to one and the same value of
its column: by an equation with a constant, or by one with the column of a table that is
(https://docs.citusdata.com/en/stable/develop/reference_processing.html). What it cannot send to one, it sends
to all, if its tables meet by those columns; and what is neither, it refuses. A query within, which asks
nothing of the one around it, it carries out first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import sqlglot
from sqlglot import exp

from kith.cli.distribution.places import Kind, Place


class Verdict(IntEnum):
    """How many shards a statement concerns; the later the dearer."""

    NONE = 0
    ONE = 1
    STEPS = 2
    """One shard each for its parts, one after the other."""
    MANY = 3
    REFUSED = 4


@dataclass(frozen=True, slots=True)
class Route:
    verdict: Verdict
    why: str
    tables: tuple[str, ...]
    """Those that are cut up."""
    verb: str
    main: str = ""
    """The table that a SELECT begins with."""

    @property
    def key(self) -> str:
        return f"{self.verdict.name.lower()} {self.verb} {' '.join(self.tables)}: {self.why}"


def route_of(
    statement: str,
    parameters: Iterable[Any],
    places: Mapping[str, Place],
    keys: Mapping[str, set[frozenset[str]]],
) -> Route | None:
    """Say where a statement goes. None: it is no question and no change (SAVEPOINT, SET).

    :param keys: what is unique in each table that is cut up, once it is: for ON CONFLICT.
    """
    tree = sqlglot.parse_one(_numbered(statement, list(parameters or ())), dialect="postgres")
    if not isinstance(tree, exp.Select | exp.Insert | exp.Update | exp.Delete | exp.SetOperation):
        return None
    return _Reading(places, keys).route(tree)


def _numbered(statement: str, parameters: list[Any]) -> str:
    """Write for each parameter a number by its value, so that the same value is the same number."""
    numbers: dict[str, int] = {}
    left = iter(parameters)

    def write(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%"
        value = parameters[int(place[1]) - 1] if place[1] else next(left)
        return str(1_000_000 + numbers.setdefault(repr(value), len(numbers)))

    return _PLACE.sub(write, statement)


_PLACE = re.compile(r"%%|%s|\$(\d+)")
"""A place for a value as Django writes it, or as PostgreSQL knows it."""


@dataclass
class _Scope:
    """One SELECT (or change), what it names, and what is the same in it as what."""

    node: exp.Expression
    outer: _Scope | None
    aliases: dict[str, str] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    """A forest: each column `alias.column` or constant, and what it is the same as."""

    def find(self, name: str) -> str:
        while (up := self.same.get(name, name)) != name:
            name = up
        return name

    def equate(self, one: str, two: str) -> None:
        first, second = self.find(one), self.find(two)
        if first.startswith("="):  # a constant stays at the top
            first, second = second, first
        self.same[first] = second

    def table_of(self, alias: str) -> str | None:
        scope: _Scope | None = self
        while scope is not None:
            if alias in scope.aliases:
                return scope.aliases[alias]
            scope = scope.outer
        return None


class _Reading:
    def __init__(self, places: Mapping[str, Place], keys: Mapping[str, set[frozenset[str]]]) -> None:
        self.places, self.keys = places, keys

    def route(self, tree: exp.Expression) -> Route:
        verb = type(tree).key.lower()
        tables = tuple(sorted({table.name for table in tree.find_all(exp.Table) if self._is_cut(table.name)}))
        if not tables:
            return Route(Verdict.NONE, "", (), verb)
        verdict, why = self._judge(tree, None)
        locking = tree.find(exp.Lock) is not None
        if locking and verdict in (Verdict.MANY, Verdict.STEPS):
            verdict, why = Verdict.REFUSED, "rows are locked on several shards"
        if isinstance(tree, exp.Insert) and (bad := self._bad_conflict(tree)):
            verdict, why = Verdict.REFUSED, bad
        begins = tree.args.get("from_") or tree.args.get("from")
        main = begins.this.name if isinstance(begins, exp.From) and isinstance(begins.this, exp.Table) else ""
        return Route(verdict, why, tables, f"{verb}-for-update" if locking else verb, main)

    def _is_cut(self, table: str) -> bool:
        return table in self.places and self.places[table].kind == Kind.DISTRIBUTED

    # --- One SELECT with those in it that ask something of it -------------------------

    def _judge(self, node: Any, outer: _Scope | None) -> tuple[Verdict, str]:
        if isinstance(node, exp.SetOperation):
            return max(self._judge(part, outer) for part in (node.left, node.right))
        if isinstance(node, exp.Insert):
            return self._judge_insert(node)
        scope = _Scope(node, outer)
        self._name(scope)
        for condition in _conditions(node):
            _read(condition, scope)
        own = [(alias, name) for alias, name in scope.aliases.items() if self._is_cut(name)]
        verdict, why = self._judge_tables(scope, own)
        for within in _directly_within(node):
            verdict, why = max((verdict, why), self._judge_within(within, scope, bool(own)))
        return verdict, why

    def _name(self, scope: _Scope) -> None:
        for table in _directly(scope.node, exp.Table):
            scope.aliases[table.alias_or_name] = table.name

    def _judge_tables(self, scope: _Scope, own: list[tuple[str, str]]) -> tuple[Verdict, str]:
        if not own:
            return Verdict.NONE, ""
        pinned = {scope.find(f"{alias}.{self.places[name].by}") for alias, name in own}
        constants = {one for one in pinned if one.startswith("=")}
        groups = {self.places[name].beside or name for _, name in own}
        if len(pinned) == 1 and len(groups) == 1:
            if constants:
                return Verdict.ONE, ""
            if self._is_pinned_outside(pinned, scope):
                return Verdict.ONE, ""
            return Verdict.MANY, f"nothing says which {_words(self.places[name].by for _, name in own)}"
        if len(own) == 1:
            return Verdict.MANY, f"nothing says which {self.places[own[0][1]].by}"
        return (
            Verdict.REFUSED,
            f"{_words(name for _, name in own)} do not meet by the columns they are cut up by",
        )

    @staticmethod
    def _is_pinned_outside(pinned: set[str], scope: _Scope) -> bool:
        """Whether the one column that all hang on is held by the query around."""
        (column,) = pinned
        around = scope.outer
        while around is not None:
            if around.find(column).startswith("="):
                return True
            around = around.outer
        return False

    def _judge_within(self, within: exp.Expression, scope: _Scope, outer_is_cut: bool) -> tuple[Verdict, str]:
        asks = _asks_outside(within, scope)
        verdict, why = self._judge(within, scope if asks else None)
        if verdict == Verdict.NONE or not outer_is_cut:
            if asks and verdict > Verdict.NONE and not outer_is_cut:
                return Verdict.REFUSED, "a table that lies everywhere is asked for rows of one that is cut up"
            return verdict, why
        if not asks:  # carried out first
            return (
                (max(verdict, Verdict.STEPS), why) if not self._same_shard(within, scope) else (verdict, why)
            )
        if self._same_shard(within, scope) or self._meet(within, scope):
            return verdict if verdict != Verdict.MANY else Verdict.MANY, why
        names = _words([*self._cut_in(scope.node), *self._cut_in(within)])
        return Verdict.REFUSED, f"{names} do not meet by the columns they are cut up by"

    def _cut_in(self, node: exp.Expression) -> list[str]:
        return [table.name for table in _directly(node, exp.Table) if self._is_cut(table.name)]

    def _pins(self, node: exp.Expression, outer: _Scope | None) -> set[str]:
        scope = _Scope(node, outer)
        self._name(scope)
        for condition in _conditions(node):
            _read(condition, scope)
        found = set()
        for alias, name in scope.aliases.items():
            if self._is_cut(name):
                top = scope.find(f"{alias}.{self.places[name].by}")
                found.add(outer.find(top) if outer is not None else top)
        return found

    def _same_shard(self, within: exp.Expression, scope: _Scope) -> bool:
        own = {
            scope.find(f"{alias}.{self.places[name].by}")
            for alias, name in scope.aliases.items()
            if self._is_cut(name)
        }
        return len(own | self._pins(within, scope)) == 1 and self._one_group(within, scope)

    def _meet(self, within: exp.Expression, scope: _Scope) -> bool:
        """Whether all that is within hangs on the columns of the tables around it."""
        own = {
            scope.find(f"{alias}.{self.places[name].by}")
            for alias, name in scope.aliases.items()
            if self._is_cut(name)
        }
        return self._pins(within, scope) <= own and self._one_group(within, scope)

    def _one_group(self, within: exp.Expression, scope: _Scope) -> bool:
        names = [*scope.aliases.values(), *(table.name for table in within.find_all(exp.Table))]
        return len({self.places[name].beside or name for name in names if self._is_cut(name)}) <= 1

    # --- INSERT --------------------------------------------------------------------------

    def _judge_insert(self, node: exp.Insert) -> tuple[Verdict, str]:
        into = node.find(exp.Table)
        assert into is not None
        source = node.expression
        found: tuple[Verdict, str] = (Verdict.NONE, "")
        if isinstance(source, exp.Select | exp.SetOperation):
            found = self._judge(source, None)
            if self._is_cut(into.name):
                found = max(
                    found, (Verdict.MANY, f"rows of several {self.places[into.name].by} are made of others")
                )
        elif self._is_cut(into.name):
            found = self._judge_values(node, into.name, source)
        return found

    def _judge_values(
        self, node: exp.Insert, table: str, source: exp.Expression | None
    ) -> tuple[Verdict, str]:
        columns = [one.name for one in node.this.expressions] if isinstance(node.this, exp.Schema) else []
        by = self.places[table].by
        if by not in columns:
            return Verdict.REFUSED, f"{by} is not given"
        place = columns.index(by)
        rows = source.expressions if source is not None else []
        values = {row.expressions[place].sql() for row in rows if isinstance(row, exp.Tuple)}
        return (Verdict.ONE, "") if len(values) <= 1 else (Verdict.MANY, f"rows of several {by}")

    def _bad_conflict(self, node: exp.Insert) -> str:
        """What ON CONFLICT names must be unique in the cluster, too."""
        conflict = node.args.get("conflict")
        into = node.find(exp.Table)
        if conflict is None or into is None or not self._is_cut(into.name):
            return ""
        named = frozenset(one.name for one in conflict.args.get("conflict_keys") or ())
        if not named or named in self.keys.get(into.name, set()):
            return ""
        return f"nothing keeps {_words(sorted(named))} unique in a cluster, which ON CONFLICT asks for"


# --- Reading a statement ---------------------------------------------------------------------


def _words(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


QUERIES = (exp.Select, exp.SetOperation)


def _directly(node: exp.Expression, kind: type[exp.Expression]) -> Iterator[Any]:
    """Those within this query, and not within another one in it."""
    for child in _children(node):
        if isinstance(child, kind):
            yield child
        elif not isinstance(child, QUERIES):
            yield from _directly(child, kind)


def _children(node: exp.Expression) -> Iterator[exp.Expression]:
    for value in node.args.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, exp.Expression):
                yield one


def _directly_within(node: exp.Expression) -> Iterator[exp.Expression]:
    """The queries within this one, and not those within them."""
    for child in _children(node):
        if isinstance(child, QUERIES):
            yield child
        else:
            yield from _directly_within(child)


def _conditions(node: exp.Expression) -> Iterator[exp.Expression]:
    """What must be true of every row: WHERE, and ON of what is joined."""
    where = node.args.get("where")
    if where is not None:
        yield where.this
    for join in node.args.get("joins") or ():
        if join.args.get("on") is not None:
            yield join.args["on"]


def _read(condition: Any, scope: _Scope) -> None:
    """Take up what is the same as what. What is within OR or NOT need not be true."""
    if isinstance(condition, exp.Paren):
        _read(condition.this, scope)
    elif isinstance(condition, exp.And):
        _read(condition.left, scope)
        _read(condition.right, scope)
    elif isinstance(condition, exp.EQ):
        one, two = _named(condition.left, scope), _named(condition.right, scope)
        if one and two:
            scope.equate(one, two)
    elif isinstance(condition, exp.In) and len(condition.expressions) == 1:
        one, two = _named(condition.this, scope), _named(condition.expressions[0], scope)
        if one and two:
            scope.equate(one, two)


def _named(node: Any, scope: _Scope) -> str:
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    if isinstance(node, exp.Column):
        return f"{node.table or next(iter(scope.aliases))}.{node.name}"
    if isinstance(node, exp.Literal):
        return f"={node.this}"
    return ""


def _asks_outside(within: exp.Expression, scope: _Scope) -> bool:
    """Whether a query names a column of one around it."""
    own = {table.alias_or_name for table in within.find_all(exp.Table)}
    return any(
        column.table and column.table not in own and scope.table_of(column.table)
        for column in within.find_all(exp.Column)
    )
