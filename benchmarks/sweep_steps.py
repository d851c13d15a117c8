"""The steps of the bench of sweeps, each in a process of its own (`sweep.run_step`), with Django set up.

The last line that a step prints is its answer, as JSON. The database is that of DATABASE_URL.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.core.management import call_command
from django.db import connection, transaction
from pyarrow import feather

from benchmarks.mask_load import load as fill
from benchmarks.mask_load import truth_table
from benchmarks.masks import NOW, Plan
from benchmarks.sweep_faults import survive
from kith.notices.models import Notice, NoticeKind
from kith.quality import scanning, services
from kith.quality.services import sweeps

TICKS = 100
"""Of a processor's second, as Linux counts them."""


class Watch:
    """How long things take, by the clock and by the processor; the database server's own beside it."""

    def __init__(self, server: int | None) -> None:
        self.server = server
        self.told: dict[str, dict[str, float]] = {}

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        clock, own, served = time.perf_counter(), _own_time(), self._served()
        yield
        self.told[name] = {
            "wall": time.perf_counter() - clock,
            "cpu": _own_time() - own,
            "server_cpu": self._served() - served,
        }

    def wrap(self, holder: Any, attribute: str, name: str) -> None:
        """Watch a function wherever `holder` calls it, if it has one of this name."""
        inner: Callable[..., Any] | None = getattr(holder, attribute, None)
        if inner is None:
            return

        def watched(*args: Any, **options: Any) -> Any:
            with self.on(name):
                return inner(*args, **options)

        setattr(holder, attribute, watched)

    def _served(self) -> float:
        return 0.0 if self.server is None else _time_of(self.server)


def _own_time() -> float:
    """Of the processor, with what processes beside this one took, whether they have ended or not."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_time_of, _children()))


def _time_of(process: int) -> float:
    fields = _of(process, "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _children() -> list[int]:
    return [int(one) for task in Path("/proc/self/task").iterdir() for one in _of(task, "children").split()]


def _of(process: int | Path, what: str) -> str:
    """What the system tells of a process; nothing, if it has just ended."""
    try:
        return (Path("/proc") / str(process) / what).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def server_process() -> int | None:
    """The process that serves us, where the database has one."""
    connection.ensure_connection()
    return connection.connection.info.backend_pid if connection.vendor == "postgresql" else None


def most_memory(server: int | None) -> dict[str, float]:
    """The most that was ever held, in MiB, by each at its own time; of the server with what it shares."""
    told = {
        "own": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "beside": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    if server is not None:
        status = Path(f"/proc/{server}/status").read_text()
        told["server"] = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return told


# --- Steps ----------------------------------------------------------------------------------------


def load(given: dict[str, Any]) -> dict[str, Any]:
    """Make the tables and fill them; keep what is true beside them."""
    call_command("migrate", interactive=False, verbosity=0)
    plan = Plan(given["listings"], given["merchants"], given["seed"])
    pieces = []
    kept = Path(given["kept"]) if "kept" in given else None
    for piece in fill(plan, processes=given["processes"], kept=kept):
        pieces.append(piece)
        print(f"\r  {len(pieces)} of {plan.pieces} pieces", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    feather.write_feather(truth_table(pieces), given["truth"])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return {"seconds": time.time() - given["begun"]}


def sweep(given: dict[str, Any]) -> dict[str, Any]:
    """Sweep once, all of it, and say how long each part took. What it read and found is kept for others."""
    watch = Watch(server_process())
    watch.wrap(sweeps, "read_listings", "reading what is new")
    watch.wrap(sweeps, "read_everything", "reading the snapshot")
    watch.wrap(scanning, "run_rules", "running the rules")
    watch.wrap(scanning, "write", "writing findings")
    kept: dict[str, Any] = {}
    _keep(sweeps, "read_everything", kept)
    _keep(scanning, "run_rules", kept)
    startup = time.time() - given["begun"]
    with watch.on("in all"):
        planned = services.plan_sweep(actor_id=None, now=NOW)
        found = services.scan(planned.pk, now=NOW)
        services.decide_sweep(found.pk, actor_id=None, now=NOW, why="the bench")
        with watch.on("carrying out"):
            done = services.carry_out(found.pk, now=NOW + timedelta(hours=1))
    memory = most_memory(watch.server)
    folder = Path(given["folder"])
    for name, table in kept.get("read_everything", {}).items():
        feather.write_feather(table, folder / f"{name}.arrow", compression="uncompressed")
    found = kept["run_rules"].found
    feather.write_feather(found, folder / "found.arrow", compression="uncompressed")
    return {
        "parts": watch.told, "memory": memory, "startup": startup, "listings": done.listings,
        "flagged": done.flagged, "taken_down": done.taken_down, "passed_over": done.passed_over,
        "findings": found.num_rows, **_counts(),
    }  # fmt: skip


def _keep(holder: Any, attribute: str, kept: dict[str, Any]) -> None:
    inner = getattr(holder, attribute)

    def keeping(*args: Any, **options: Any) -> Any:
        kept[attribute] = inner(*args, **options)
        return kept[attribute]

    setattr(holder, attribute, keeping)


def _counts() -> dict[str, int]:
    told = Notice.objects.unguarded("counts what was told")
    return {
        "merchants_told": told.filter(kind=NoticeKind.SWEPT).count(),
        "buyers_told": told.filter(kind=NoticeKind.RECALLED).count(),
    }


def limit(given: dict[str, Any]) -> dict[str, Any]:
    """What no sweep can be quicker than: look at every value once, and change every listing found once."""
    folder, watch = Path(given["folder"]), Watch(server_process())
    tables = {
        path.stem: feather.read_table(path, memory_map=False) for path in sorted(folder.glob("*.arrow"))
    }
    found = tables.pop("found")
    flagged = set(found["listing"].to_pylist())
    with watch.on("DuckDB scans the tables"), duckdb.connect(config={"memory_limit": "1GB"}) as duck:
        for name, table in tables.items():
            duck.register(name, table)
            columns = ", ".join(f'max(hash("{column}"))' for column in table.column_names)
            duck.execute(f"SELECT {columns} FROM {name}").fetchall()  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE flagged (id bigint PRIMARY KEY)")
        cursor.executemany("INSERT INTO flagged VALUES (%s)", [(pk,) for pk in sorted(flagged)])
        with watch.on("one UPDATE"), transaction.atomic():
            cursor.execute("UPDATE shop_listing SET on_sale = false WHERE id IN (SELECT id FROM flagged)")
    return {"parts": watch.told, "memory": most_memory(watch.server), "changed": len(flagged)}


SCORE = """
WITH truth AS (FROM told WHERE rule <> ''),
rules AS (SELECT rule FROM truth UNION SELECT rule FROM found),
hits AS (SELECT t.rule, count(*) AS number FROM truth t SEMI JOIN found f USING (listing, rule) GROUP BY 1),
want AS (SELECT rule, count(*) AS number FROM truth GROUP BY 1),
have AS (SELECT rule, count(*) AS number FROM found GROUP BY 1)
SELECT rule, coalesce(w.number, 0), coalesce(h.number, 0), coalesce(b.number, 0)
FROM rules LEFT JOIN want w USING (rule) LEFT JOIN have h USING (rule) LEFT JOIN hits b USING (rule)
ORDER BY 2 DESC, 1
"""
WHOLE = """
SELECT 'any rule', count(*) FILTER (bad), count(*) FILTER (hit), count(*) FILTER (bad AND hit)
FROM (SELECT listing, bool_or(rule <> '') AS bad FROM told GROUP BY 1)
LEFT JOIN (SELECT DISTINCT listing, true AS hit FROM found) USING (listing)
"""
ODD = """
SELECT 'missed' AS what, t.rule, t.sort, count(*) AS number, min(t.listing) AS example
FROM told t ANTI JOIN found f USING (listing, rule) WHERE t.rule <> '' GROUP BY ALL
UNION ALL
SELECT 'wrongly found', f.rule, t.sort, count(*), min(f.listing) FROM found f
JOIN (SELECT DISTINCT listing, sort FROM told) t USING (listing)
ANTI JOIN told k ON k.listing = f.listing AND k.rule = f.rule GROUP BY ALL
ORDER BY 1, 2, 4 DESC
"""


def score(given: dict[str, Any]) -> dict[str, Any]:
    """Hold what was found against what is true, by rule; and say of what sort it is where they differ."""
    told = feather.read_table(given["truth"])
    found = feather.read_table(Path(given["folder"]) / "found.arrow", columns=["listing", "rule"])
    with duckdb.connect() as duck:
        duck.register("told", told)
        duck.register("found", found)
        rows = [*duck.sql(SCORE).fetchall(), *duck.sql(WHOLE).fetchall()]
        odd = duck.sql(ODD).fetchall()
    by_rule = [
        {
            "rule": rule, "true": true, "found": hits, "right": right,
            "precision": right / hits if hits else None, "recall": right / true if true else None,
        }
        for rule, true, hits, right in rows
    ]  # fmt: skip
    names = ("what", "rule", "sort", "number", "example")
    return {"by_rule": by_rule, "odd": [dict(zip(names, row, strict=True)) for row in odd]}


def faults(given: dict[str, Any]) -> dict[str, Any]:
    return survive(given["kills"], seed=given["seed"])


STEPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "load": load, "sweep": sweep, "limit": limit, "score": score, "faults": faults,
}  # fmt: skip


def main() -> None:
    print(json.dumps(STEPS[sys.argv[1]](json.loads(sys.argv[2]))))
