"""Each clause of the rules is broken on purpose, and the oracle must notice.

A clause that can go without anything failing is either not tested or not needed.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from random import Random
from textwrap import dedent
from typing import Any

import pytest

from kith.quality.rules import (
    BY_CODE,
    RULES,
    Rule,
    derived,
)
from tests.quality.oracle import World
from tests.quality.worlds import by_chance, differences

pytestmark = pytest.mark.slow

WORLDS = 320
"""Made once, by fixed seeds. A broken rule is tried in one after the other until it is noticed."""


@lru_cache(maxsize=1)
def worlds() -> tuple[World, ...]:
    return tuple(by_chance(Random(seed)) for seed in range(WORLDS))


@contextmanager
def broken(owner: Any, name: str, old: str, new: str) -> Iterator[None]:
    """Write one clause of a function otherwise, as long as this lasts."""
    was = inspect.getattr_static(owner, name)
    source = dedent(inspect.getsource(was))
    assert source.count(old) == 1, f"{name} has not one {old!r}"
    made: dict[str, Any] = {}
    exec(source.replace(old, new), vars(sys.modules[was.__module__]), made)  # noqa: S102 (our own source)
    setattr(owner, name, made[name])
    try:
        yield
    finally:
        setattr(owner, name, was)


def now(rule: Rule) -> Rule:
    """The rule as its module says it at this moment: another one, so that no statement of before is used."""
    module = sys.modules[rule.find.__module__]
    return replace(rule, find=lambda tables: module.find(tables))  # noqa: PLW0108


def noticed(code: str) -> bool:
    rules = (now(BY_CODE[code]),)
    return any(differences(rows, rules) for rows in worlds())


def own(code: str, name: str, old: str, new: str) -> Any:
    """A clause within the rule's own module."""
    return pytest.param(code, sys.modules[BY_CODE[code].find.__module__], name, old, new, id=f"{code}: {old}")


def shared(code: str, owner: Any, name: str, old: str, new: str) -> Any:
    return pytest.param(code, owner, name, old, new, id=f"{code}: {old}")


BROKEN = [
    own("measured-below", "find", "(uses.covered.isnull() | uses.covered) & ", ""),
    own("measured-below", "find", "uses.covered.isnull() | ", ""),
    own("measured-below", "find", " & ~uses.other_batch", ""),
    shared("measured-below", derived, "claims", ".union(tables.said_levels)", ""),
    shared("measured-below", derived, "proving", '["standard", "said"]', '"said"'),
    own("measured-below", "_held", '.anti_join(claimed, ["listing", "report"])', ""),
    own("measured-below", "find", "every.union(of_class)", "of_class"),
    own("measured-below", "find", "judged.value < judged.at_least", "judged.value <= judged.at_least"),
    own("measured-below", "find", "judged.value > judged.at_most", "judged.value >= judged.at_most"),
    own("measured-below", "find", 'tables.limits, ["standard", "quantity"]',
        'tables.limits.drop("standard"), "quantity"'),
    own("measured-below", "find", "ibis.ifelse(below.value < below.at_least, below.at_least, below.at_most)",
        "ibis.coalesce(below.at_least, below.at_most)"),
    own("unproven", "find", '.semi_join(tables.covered, "category")', ""),
    own("unproven", "find", "tables.bearing", "tables.reports"),
    own("unproven", "find", ' | (shelf.levels != "")', ""),
    own("unproven", "find", '.semi_join(tables.names, "said")', ""),
    shared("unproven", derived, "bearing", '.anti_join(tables.claims, "listing")', ""),
    shared("unproven", derived, "claims", ".union(tables.said_levels)", ""),
    shared("evidence-of-another", derived, "bearing", 'join(asked, ["standard", "said"])',
           'join(asked.drop("standard"), "said")'),
    shared("unproven", derived, "bearing", 'semi_join(tables.measures, ["report", "quantity"])',
           'semi_join(tables.measures, "report")'),
    shared("unproven", derived, "bearing", '.union(asks.filter(asks.quantity == ""))', ""),
    shared("evidence-of-another", derived, "uses", " | ~rows.first", ""),
    shared("evidence-of-another", derived, "uses", "(rows.owner != rows.merchant) | ", ""),
    shared("evidence-not-covering", derived, "uses", "rows.covered.notnull() & ~rows.covered",
           "rows.covered.isnull() | ~rows.covered"),
    shared("evidence-expired", derived, "uses", "rows.valid_until < tables.today",
           "rows.valid_until <= tables.today"),
    shared("evidence-other-batch", derived, "of_other_batch", '(rows.made != "") & ', ""),
    shared("evidence-other-batch", derived, "of_other_batch", '(rows.batch != "") & ', ""),
    shared("evidence-of-another", derived, "wanting", '.anti_join(bearing.filter(~faulty), "listing")', ""),
    shared("evidence-of-another", derived, "wanting", '.semi_join(tables.bearing, ["listing", "report"])',
           ""),
    shared("evidence-expired", derived, "wanting", " | bearing.not_covered", ""),
    own("evidence-other-batch", "wanting", "        faulty &= ~uses[worse]", "        pass"),
    shared("not-in-force", derived, "_said", "ibis.coalesce(lists.produced_on, tables.today)",
           "tables.today"),
    own("not-in-force", "out_of_force", "named.day >= named.until", "named.day > named.until"),
    own("not-in-force", "out_of_force", "named.day < named.since", "named.day <= named.since"),
    own("not-in-force", "find", '.semi_join(dated(tables), "listing")', ""),
    own("superseded", "find", '.anti_join(dated(tables), "listing")', ""),
    shared("marks-missing", derived, "meant", "named.day < named.until", "named.day <= named.until"),
    shared("marks-missing", derived, "meant", "named.since <= named.day", "named.since < named.day"),
    shared("marks-missing", derived, "meant", "(named.until.isnull() | ", "(ibis.literal(False) | "),
    own("marks-missing", "find", 'anti_join(shown, ["shown", "mark"])', 'anti_join(shown, "mark")'),
    own("marks-missing", "find", 'rows.join(missing, ["shown", "standard"])',
        'rows.join(missing.drop("standard"), "shown")'),
    own("forbidden-claim", "find", '.anti_join(allowed, ["listing", "claim"])', ""),
    own("forbidden-claim", "find", '(allowed, ["listing", "claim"])', '(allowed, "listing")'),
    shared("no-such-class", derived, "claims", ".union(tables.said_levels)", ""),
    shared("no-such-class", derived, "graded", '["standard", "said"]', '"said"'),
    own("no-such-class", "find", '["listing", "said"]', '"listing"'),
    own("level-as-class", "find", '.anti_join(as_class, ["listing", "said"])', ""),
    own("level-as-class", "find", 'tables.graded.semi_join(classes, ["standard", "said"])', "tables.graded"),
    own("level-as-class", "find", '.semi_join(tables.needs, ["standard", "level"])', ""),
    own("level-as-class", "find", 'beside.semi_join(classes.rename(grade="said"), ["standard", "grade"])',
        "beside"),
    own("unknown-standard", "find", 'anti_join(known, "listing")', 'anti_join(known, ["listing", "said"])'),
    own("relisted-text", "find", "<= MOST_BITS", "< MOST_BITS"),
    own("relisted-text", "find", "<= MOST_BITS", "<= MOST_BITS + 1"),
    own("relisted-text", "find", "<= MOST_OF_CHECK", "< MOST_OF_CHECK"),
    own("relisted-text", "find", "<= MOST_OF_CHECK", "<= MOST_OF_CHECK + 1"),
    own("relisted-text", "find", "tables.gone.text_print != 0", "tables.gone.listing != 0"),
    own("relisted-text", "find", "gone.listing.min()", "gone.listing.max()"),
    own("same-picture", "find", "tables.gone.picture_print != 0", "tables.gone.listing != 0"),
    own("complained-of", "find", ">= FEWEST_BUYERS", "> FEWEST_BUYERS"),
    own("returned-often", "_beside_the_rest", ">= FEWEST", ">= 1"),
    own("returned-often", "_beside_the_rest", " & (rows.share > rows.usual)", ""),
    own("returned-often", "_beside_the_rest", '.semi_join(tables.listings, "listing")', ""),
    own("returned-often", "find", "ibis.greatest(rows.here, rows.elsewhere)", "rows.here"),
    own("returned-often", "find", " * total.rank / total.tests", ""),
    own("returned-often", "find", " * total.rank / total.tests", " / total.tests"),
    own("price-too-low", "find", "middle=priced.height.median()", "middle=priced.height.mean()"),
    own("price-too-low", "find", "spread=apart.apart.median()", "spread=apart.apart.mean()"),
    own("price-too-low", "find", "ibis.greatest(judged.spread * _TO_SIGMA, ibis.literal(_LEAST_SPREAD))",
        "judged.spread * _TO_SIGMA"),
    own("price-too-low", "find", "middle.number >= FEWEST", "middle.number > FEWEST"),
    own("price-too-low", "find", ' & (listings.price > 0)', " & (listings.price >= 0)"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "owner", "name", "old", "new"), BROKEN)
def test_what_is_broken_is_noticed(code: str, owner: Any, name: str, old: str, new: str) -> None:
    with broken(owner, name, old, new):
        assert noticed(code)


def test_unbroken_nothing_is_noticed() -> None:
    rules = tuple(now(rule) for rule in RULES)
    assert all(differences(rows, rules) == [] for rows in worlds()[:30])
