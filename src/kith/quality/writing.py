"""Writing the rules out in an engine's own SQL.

What is to be done is said in terms of Ibis alone: the tables that several rules need (`rules.derived`),
what breaks each rule (`breaks`), and what is found (`sift`). Every engine gets it as statements of its own,
in turn, and answers with the same table, row for row. (As one statement for everything 600,000 listings took
5 seconds of the processor instead of 3.3 to 3.9: each rule worked out anew what is shared.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import ibis
import ibis.expr.types as ir

from kith.quality.engine import Statements
from kith.quality.rules import RULES, Rule
from kith.quality.rules.derived import derive
from kith.quality.rules.tables import BROKEN, DERIVED, FOUND, Tables
from kith.quality.transitions import Act

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
    ranked = rows.mutate(act=rows.rule.cases(*acts.items()), rank=rows.rule.cases(*ranks.items()))
    within = ibis.window(group_by="listing", order_by=["rank", *_FIGURES])
    placed = ranked.mutate(main=ibis.row_number().over(within) == 0, before=ranked.rank.lag().over(within))
    once = placed.filter(placed.before.isnull() | (placed.before != placed.rank))
    return once.select(*BROKEN, "merchant", "digest", "act", "main").order_by(["listing", "rule"])


_FIGURES = [name for name in FOUND if name != "listing"]


_ORDER = {rule.code: place for place, rule in enumerate(RULES)}


def _gravity(rule: Rule) -> tuple[int, int]:
    return GRAVEST_FIRST.index(rule.act), _ORDER.get(rule.code, len(RULES))


@lru_cache(maxsize=64)
def for_duckdb(rules: tuple[Rule, ...] = RULES) -> Statements:
    return write_out(lambda table: str(ibis.to_sql(table, dialect="duckdb")), rules)


def write_out(write: Callable[[ir.Table], str], rules: tuple[Rule, ...]) -> Statements:
    """All of it, in whatever SQL an expression is written in."""
    tables, broken = Tables.named(), ibis.table(BROKEN, name="broken")
    return Statements(
        {name: write(derive(name, tables)) for name in DERIVED},
        {rule.code: write(breaks(rule, tables)) for rule in rules},
        write(sift(broken, tables, rules)),
    )
