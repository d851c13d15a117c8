"""Running the rules over tables: one expression for all of them, which DuckDB carries out here.

`scan` says what is found in terms of Ibis alone. `run_in_duckdb` carries it out within this process;
`spark` does in a cluster. Both answer with the same table, row for row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from kith.quality.rules import RULES, Rule
from kith.quality.rules.tables import FOUND, SCHEMAS, Tables
from kith.quality.standards import standards
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import pyarrow as pa

MEMORY = "1GB"
GRAVEST_FIRST = (Act.REMOVE, Act.SUSPECT)


def scan(tables: Tables, rules: Sequence[Rule] = RULES) -> ir.Table:
    """Every rule that every listing breaks, once each, in the order of listings and rules.

    `main` marks the gravest of each listing: by what follows from it, then by the order of the rules.
    What has been cleared is left out, as long as the listing says the same.
    """
    ranks = {rule.code: rank for rank, rule in enumerate(sorted(rules, key=_gravity))}
    each = [
        rule.find(tables).mutate(
            rule=ibis.literal(rule.code),
            act=ibis.literal(rule.act.value),
            rank=ibis.literal(ranks[rule.code]),
        )
        for rule in rules
    ]
    said = tables.listings.select("listing", "merchant", "digest")
    rows = ibis.union(*each).join(said, "listing").anti_join(tables.cleared, ["listing", "rule", "digest"])
    first = ibis.row_number().over(ibis.window(group_by=["listing", "rule"], order_by=_FIGURES))
    once = rows.mutate(place=first).filter(lambda row: row.place == 0).drop("place")
    gravest = ibis.row_number().over(ibis.window(group_by="listing", order_by="rank")) == 0
    return once.mutate(main=gravest).drop("rank").order_by(["listing", "rule"])


_FIGURES = [name for name in FOUND if name != "listing"]


_ORDER = {rule.code: place for place, rule in enumerate(RULES)}


def _gravity(rule: Rule) -> tuple[int, int]:
    return GRAVEST_FIRST.index(rule.act), _ORDER.get(rule.code, len(RULES))


@lru_cache(maxsize=64)
def statement(dialect: str, rules: tuple[Rule, ...] = RULES) -> str:
    """The whole of `scan` in an engine's own SQL."""
    return str(ibis.to_sql(scan(Tables.named(), rules), dialect=dialect))


def run_in_duckdb(data: Mapping[str, pa.Table], *, rules: tuple[Rule, ...] = RULES) -> pa.Table:
    """Carry out the rules over these tables in this process, on all its cores."""
    import duckdb

    with duckdb.connect(config={"memory_limit": MEMORY}) as engine:
        for name in SCHEMAS:
            engine.register(f"given_{name}", data[name])
            engine.execute(f"CREATE TABLE {name} AS SELECT * FROM given_{name}")
        return engine.sql(statement("duckdb", rules)).to_arrow_table()


@lru_cache(maxsize=1)
def version() -> str:
    """Name the rule set, with its standards: another name as soon as any of them says something else."""
    said = f"{statement('duckdb')}\n{standards()!r}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]
