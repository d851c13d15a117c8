"""Running the rules over tables: each is one expression, which DuckDB carries out here.

What is to be done is said in terms of Ibis alone: the tables that several rules need (`rules.derived`),
what breaks each rule (`breaks`), and what is found (`sift`). `run_in_duckdb` does it step by step within
this process, `spark` in a cluster. Both answer with the same table, row for row. (As one statement for
everything 600,000 listings took 5 seconds of the processor instead of 3.3 to 3.9: each rule worked out anew
what is shared.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from kith.quality.rules import RULES, Rule
from kith.quality.rules.derived import derive
from kith.quality.rules.tables import BROKEN, DERIVED, FOUND, SCHEMAS, Tables
from kith.quality.standards import standards
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import pyarrow as pa

ROOM: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB", "preserve_insertion_order": False,
}  # fmt: skip
"""Rows within the tables in between stand in any order: what is found is put in order at last."""
GRAVEST_FIRST = (Act.REMOVE, Act.SUSPECT)


def breaks(rule: Rule, tables: Tables) -> ir.Table:
    """What breaks a rule, with its name: a listing as often as the rule finds it."""
    return rule.find(tables).mutate(rule=ibis.literal(rule.code)).select(*BROKEN)


def sift(broken: ir.Table, tables: Tables, rules: Sequence[Rule] = RULES) -> ir.Table:
    """Every rule that every listing breaks, once each, in the order of listings and rules.

    `main` marks the gravest of each listing: by what follows from it, then by the order of the rules.
    What has been cleared is left out, as long as the listing says the same.
    """
    ranks = {rule.code: rank for rank, rule in enumerate(sorted(rules, key=_gravity))}
    acts = {rule.code: rule.act.value for rule in rules}
    said = tables.listings.select("listing", "merchant", "digest")
    rows = broken.join(said, "listing").anti_join(tables.cleared, ["listing", "rule", "digest"])
    first = ibis.row_number().over(ibis.window(group_by=["listing", "rule"], order_by=_FIGURES))
    once = rows.mutate(place=first).filter(lambda row: row.place == 0).drop("place")
    ranked = once.mutate(act=once.rule.cases(*acts.items()), rank=once.rule.cases(*ranks.items()))
    gravest = ibis.row_number().over(ibis.window(group_by="listing", order_by="rank")) == 0
    return ranked.mutate(main=gravest).drop("rank").order_by(["listing", "rule"])


_FIGURES = [name for name in FOUND if name != "listing"]


_ORDER = {rule.code: place for place, rule in enumerate(RULES)}


def _gravity(rule: Rule) -> tuple[int, int]:
    return GRAVEST_FIRST.index(rule.act), _ORDER.get(rule.code, len(RULES))


@dataclass(frozen=True, slots=True)
class Statements:
    """All that an engine has to do, in its own SQL."""

    derived: dict[str, str]
    """What makes each derived table, in turn."""
    rules: dict[str, str]
    """What breaks each rule: all of it together is the table `broken`."""
    last: str
    """What is found."""


@lru_cache(maxsize=64)
def statements(dialect: str, rules: tuple[Rule, ...] = RULES) -> Statements:
    """All of it, in an SQL that Ibis knows."""
    return write_out(lambda table: str(ibis.to_sql(table, dialect=dialect, pretty=False)), rules)


def write_out(write: Callable[[ir.Table], str], rules: tuple[Rule, ...]) -> Statements:
    """All of it, in whatever SQL an expression is written in."""
    tables, broken = Tables.named(), ibis.table(BROKEN, name="broken")
    return Statements(
        {name: write(derive(name, tables)) for name in DERIVED},
        {rule.code: write(breaks(rule, tables)) for rule in rules},
        write(sift(broken, tables, rules)),
    )


def run_in_duckdb(data: Mapping[str, pa.Table], *, rules: tuple[Rule, ...] = RULES) -> pa.Table:
    """Carry out the rules over these tables in this process, on all its cores."""
    import duckdb

    wanted = statements("duckdb", rules)
    with duckdb.connect(config=ROOM) as engine:
        for name in SCHEMAS:
            engine.register(name, data[name])
        for name, statement in wanted.derived.items():
            engine.execute(f"CREATE TABLE {name} AS {statement}")
        for nth, statement in enumerate(wanted.rules.values()):
            engine.execute(f"{'INSERT INTO broken' if nth else 'CREATE TABLE broken AS'} {statement}")
        return engine.sql(wanted.last).to_arrow_table()


@lru_cache(maxsize=1)
def version() -> str:
    """Name the rule set, with its standards: another name as soon as any of them says something else."""
    said = f"{statements('duckdb')}\n{standards()!r}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]
