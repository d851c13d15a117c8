"""One look at the whole catalogue: read it, run the rules, write down what they find.

Loaded by who sweeps alone: the engine and its tables take a second and a hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from kith.core.columns import write_columns
from kith.quality import engine
from kith.quality.engines import Engine
from kith.quality.models import BETWEEN, Finding, Sweep, SweepState
from kith.quality.snapshot import read_everything
from kith.quality.standards import standards
from kith.shop.queries import with_children


@dataclass(frozen=True, slots=True)
class Seen:
    """The listings as they were, and everything that was found against any of them."""

    listings: pa.Table
    found: pa.Table


def look(now: datetime, by: Engine) -> Seen:
    """Run every rule over one snapshot of everything."""
    data = read_everything(now)
    return Seen(data["listings"], run_rules(data, by))


def run_rules(data: Mapping[str, pa.Table], by: Engine) -> pa.Table:
    """Have an engine say what is found in these tables: the same, whichever it is."""
    if by.name == "spark":
        from kith.quality import spark  # an extra, and loaded only where it is wanted

        return spark.run_in_spark(data, master=by.master, files=by.files)
    return engine.run_in_duckdb(data)


def write(sweep: Sweep, seen: Seen, now: datetime) -> Sweep:
    """Write down what was found against the listings that a sweep is about. The caller holds the sweep."""
    scope, found = _scope(sweep, seen.listings), seen.found
    if scope is not None:
        found = found.filter(pc.is_in(found["listing"], value_set=scope))
    columns = [f"{name}_id" if name in ("listing", "merchant") else name for name in found.column_names]
    of_sweep = pa.repeat(pa.scalar(sweep.pk), len(found))
    write_columns(Finding, found.rename_columns(columns).append_column("sweep_id", of_sweep))
    sweep.state, sweep.scanned_at, sweep.rules = SweepState.SCANNED, now, engine.version()
    sweep.listings = len(seen.listings) if scope is None else len(scope)
    sweep.flagged = pc.sum(pc.cast(found["main"], pa.int64())).as_py() or 0
    sweep.save(update_fields=["state", "scanned_at", "rules", "listings", "flagged"])
    return sweep


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
