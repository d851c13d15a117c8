"""Carrying out the rules over tables within this process, in DuckDB, step by step.

The statements are those of `duckdb.sql`, written out of the rules beforehand (`scripts/write_rules.py`): to
write them takes more than a second, and fifty megabytes that nobody else needs. A test compares.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from kith.quality.standards import standards

if TYPE_CHECKING:
    import pyarrow as pa

WRITTEN = Path(__file__).with_name("duckdb.sql")
ROOM: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB", "preserve_insertion_order": False, "checkpoint_threshold": "100GB",
}  # fmt: skip
"""Rows within the tables in between stand in any order: what is found is put in order at last.
They are not tidied up on the way (a checkpoint), since nothing of it stays: that took 0.6 seconds."""


@dataclass(frozen=True, slots=True)
class Statements:
    """All that an engine has to do, in its own SQL."""

    derived: dict[str, str]
    """What makes each derived table, in turn."""
    rules: dict[str, str]
    """What breaks each rule: all of it together is the table `broken`."""
    last: str
    """What is found."""


_HEADING = re.compile(r"^-- (derived|rule|last)(?: ([\w-]+))?\n", re.MULTILINE)


def as_text(statements: Statements) -> str:
    """Write statements down, each under a heading."""
    parts = [(f"derived {name}", text) for name, text in statements.derived.items()]
    parts += [(f"rule {code}", text) for code, text in statements.rules.items()]
    return "\n".join(f"-- {heading}\n{text};\n" for heading, text in [*parts, ("last", statements.last)])


@lru_cache(maxsize=1)
def written() -> Statements:
    """The statements of every rule there is."""
    _, *parts = _HEADING.split(WRITTEN.read_text(encoding="utf-8"))
    of: dict[str, dict[str, str]] = {"derived": {}, "rule": {}, "last": {}}
    for kind, name, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        of[kind][name or ""] = text.strip().removesuffix(";")
    return Statements(of["derived"], of["rule"], of["last"][""])


@contextmanager
def opened(data: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an engine that knows these tables."""
    with duckdb.connect(config=ROOM) as duck:
        for name, table in data.items():
            duck.register(name, table)
        yield duck


def find(duck: duckdb.DuckDBPyConnection, wanted: Statements) -> pa.Table:
    """Carry out the rules in an engine that has all of their tables, on all its cores."""
    for name, statement in wanted.derived.items():
        duck.execute(f"CREATE TABLE {name} AS {statement}")
    for nth, statement in enumerate(wanted.rules.values()):
        duck.execute(f"{'INSERT INTO broken' if nth else 'CREATE TABLE broken AS'} {statement}")
    return duck.sql(wanted.last).to_arrow_table()


@lru_cache(maxsize=1)
def version() -> str:
    """Name the rule set, with its standards: another name as soon as any of them says something else."""
    said = f"{written()!r}\n{standards()!r}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]
