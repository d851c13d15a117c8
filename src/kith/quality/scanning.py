"""One look at the whole catalogue: read it, run the rules, write down what they find.

Loaded by who sweeps alone: the engine and its tables take a second and a hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from kith.core.beside import Beside
from kith.core.columns import append_if
from kith.quality.claims import reading_version
from kith.quality.engine import find, opened, version, written
from kith.quality.engines import Engine
from kith.quality.models import BETWEEN, Finding, Sweep, SweepState
from kith.quality.snapshot import JOINED, UNREAD, put_together
from kith.quality.standards import standards
from kith.shop.queries import with_children


@dataclass(frozen=True, slots=True)
class Seen:
    """The listings as they were, and everything that was found against any of them."""

    listings: pa.Table
    """At least their ids, shelves and standards."""
    found: pa.Table


def is_any_unread(read: Mapping[str, pa.Table]) -> bool:
    """Whether any listing was not read as it stands, by today's reader."""
    with opened(read) as duck:
        return duck.sql(UNREAD, params=[reading_version()]).fetchall() != [(0,)]


def run_rules(read: Mapping[str, pa.Table], by: Engine) -> Seen:
    """Have an engine say what is found in what was read: the same, whichever it is."""
    if by.name == "spark":
        from kith.quality import spark  # an extra, and loaded only where it is wanted

        data = put_together(read)
        return Seen(data["listings"], spark.run_in_spark(data, master=by.master, files=by.files))
    with opened(read) as duck:
        for name, how in JOINED.items():
            duck.execute(f"CREATE TABLE {name} AS {how}")
        listings = duck.sql("SELECT listing, category, standards FROM listings").to_arrow_table()
        return Seen(listings, find(duck, written()))


_CLAIM = """
UPDATE quality_sweep
SET state = %(scanned)s, scanned_at = %(now)s, rules = %(rules)s, listings = %(listings)s,
    flagged = %(flagged)s
WHERE id = %(sweep)s AND state = %(planned)s
RETURNING id
"""
"""Whoever has scanned it first writes down what was found; whoever comes later, nothing."""


def write(sweep: Sweep, seen: Seen, now: datetime, by: Beside | None = None) -> bool:
    """Write down what was found against the listings that a sweep is about, all of it or nothing.

    Say whether it was: a sweep that is not waiting to be scanned any more is left as it is.

    :param by: what writes to a file of SQLite.
    """
    scope, found = _scope(sweep, seen.listings), seen.found
    if scope is not None:
        found = found.filter(pc.is_in(found["listing"], value_set=scope))
    claim = {
        "sweep": sweep.pk, "planned": SweepState.PLANNED, "scanned": SweepState.SCANNED, "now": now,
        "rules": version(), "listings": len(seen.listings if scope is None else scope),
        "flagged": pc.sum(pc.cast(found["main"], pa.int64())).as_py() or 0,
    }  # fmt: skip
    columns = [f"{name}_id" if name in ("listing", "merchant") else name for name in found.column_names]
    of_sweep = pa.repeat(pa.scalar(sweep.pk), len(found))
    rows = found.rename_columns(columns).append_column("sweep_id", of_sweep)
    return append_if(_CLAIM, claim, Finding, rows, by)


def _scope(sweep: Sweep, listings: pa.Table) -> pa.Array | None:
    """The listings that a sweep is about; None for all. Rules see all, to compare prices with everybody's."""
    chosen = [pa.array([True] * len(listings))]
    if sweep.category_id:
        shelves = pa.array(with_children(sweep.category_id))
        chosen.append(pc.is_in(listings["category"], value_set=shelves))
    if sweep.standard:
        chosen.append(_names(listings["standards"], sweep.standard))
    if len(chosen) == 1:
        return None
    wanted = chosen[0]
    for one in chosen[1:]:
        wanted = pc.and_(wanted, one)
    return listings["listing"].filter(wanted).combine_chunks()


def _names(lists: pa.ChunkedArray, standard: str) -> pa.ChunkedArray:
    """Whether each list of standards holds this one, any edition of it, or its code alone."""
    code = next(one.code for one in standards() if standard in (one.key, one.code))
    keys = {standard, code, *(one.key for one in standards() if one.code == standard)}
    padded = pc.binary_join_element_wise(BETWEEN, lists, BETWEEN, "")
    named = pc.match_substring(padded, f"{BETWEEN}{code}{BETWEEN}")
    for key in keys - {code}:
        named = pc.or_(named, pc.match_substring(padded, f"{BETWEEN}{key}{BETWEEN}"))
    return named
