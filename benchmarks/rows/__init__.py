"""One module a row of the bench, and beside it the SQL that is its limit.

A limit's SQL is written by hand, as the best statement that one would write for it, with the whole rule asked
live. It shares nothing with Kith's code; that both answer alike is seen before anything is measured.
"""

from __future__ import annotations

from importlib import import_module

from benchmarks.contest import Row

MODULES = {
    "feed": "benchmarks.rows.feed",
    "page": "benchmarks.rows.page",
    "strangers": "benchmarks.rows.strangers",
    "evidence": "benchmarks.rows.evidence",
    "check": "benchmarks.rows.check",
    "deliver": "benchmarks.rows.deliver",
    "import": "benchmarks.rows.import_",
    "sweep": "benchmarks.rows.sweep",
    "mixed": "benchmarks.rows.mixed",
}
"""Each module holds `ROWS`, the parts of its row in the order in which they are played."""


def rows_of(name: str) -> tuple[Row, ...]:
    rows: tuple[Row, ...] = import_module(MODULES[name]).ROWS
    return rows
