"""Sweeps, measured: how long one takes, how much memory, what it finds and misses, and what it survives.

    python -m benchmarks.sweep [--quick] [--database sqlite|postgres] [--faults 200] [--json FILE]

Makes a database that is thrown away, fills it with a catalogue of masks of which it is known what
they break (`benchmarks.masks`), and sweeps it in one process, again and again on a fresh copy; beside
each sweep stands what no sweep could be quicker than.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import psycopg

from benchmarks.stages import IN_EARNEST
from scripts.postgres import end_on_signals, throwaway_postgres

STEP = "import django; django.setup(); from benchmarks.sweep_steps import main; main()"
ROOT = Path(__file__).parents[1]
PARTS = (
    "reading what is new",
    "reading the snapshot",
    "running the rules",
    "writing findings",
    "carrying out",
    "in all",
)
WHOSE = {"own": "the sweep", "beside": "the process that reads for it", "server": "its server process"}
LIMITS = ("DuckDB scans the tables", "one UPDATE")


class Database:
    """A database, and fresh copies of it."""

    def __init__(self, place: Path, address: str = "") -> None:
        self.place, self.server = place, address

    def url(self, name: str) -> str:
        if self.server:
            return f"{self.server.rpartition('/')[0]}/{name}"
        return f"sqlite:///{self.place / name}.sqlite3"

    def has(self, name: str) -> bool:
        return not self.server and (self.place / f"{name}.sqlite3").exists()

    def make(self, name: str) -> None:
        """Make an empty one."""
        if self.server:
            self._run(f"CREATE DATABASE {name}")
        else:
            self._remove(name)

    def copy(self, name: str, into: str) -> None:
        """Make a copy, or make it anew."""
        if self.server:
            self._run(f"DROP DATABASE IF EXISTS {into}")
            self._run(f"CREATE DATABASE {into} TEMPLATE {name} STRATEGY file_copy")
            self._run("CHECKPOINT")
            return
        self._remove(into)
        shutil.copyfile(self.place / f"{name}.sqlite3", self.place / f"{into}.sqlite3")
        os.sync()  # else the system writes the copy down while the sweep is measured

    def _remove(self, name: str) -> None:
        for old in self.place.glob(f"{name}.sqlite3*"):
            old.unlink()

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def throwaway(kind: str, place: Path) -> Iterator[Database]:
    if kind == "postgres":
        with throwaway_postgres(IN_EARNEST) as address:
            yield Database(place, address)
    else:
        yield Database(place)


def run_step(name: str, database: str, place: Path, **given: Any) -> dict[str, Any]:
    """Run a step in a process of its own, and return its answer."""
    environment = {
        **os.environ, "DATABASE_URL": database, "KITH_DATA_DIR": str(place), "KITH_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "kith.config.settings",
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-c", STEP, name, json.dumps(given | {"begun": time.time()})],
        env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def measure(database: Database, place: Path, rounds: int) -> dict[str, Any]:
    """Sweep, and do what stands beside it, in turns; each on a fresh copy."""
    sweeps, limits = [], []
    for number in range(rounds):
        database.copy("catalogue", "round")
        sweeps.append(run_step("sweep", database.url("round"), place, folder=str(place)))
        database.copy("catalogue", "round")
        limits.append(run_step("limit", database.url("round"), place, folder=str(place)))
        say = sweeps[-1]["parts"]["in all"]
        print(
            f"round {number + 1}: {say['wall']:.2f} s, processor {say['cpu'] + say['server_cpu']:.2f} s",
            flush=True,
        )
    return {"sweeps": sweeps, "limits": limits}


# --- What is told ---------------------------------------------------------------------------------


def tell(told: dict[str, Any]) -> None:
    first = told["sweeps"][0]
    print(f"\n{told['database']}: {first['listings']:,} listings of {told['merchants']:,} merchants swept;")
    print(f"  {first['flagged']:,} break a rule, by {first['findings']:,} findings;")
    print(f"  {first['taken_down']:,} decisions, {first['merchants_told']:,} merchants told,")
    print(f"  and the buyers of {first['buyers_told']:,} orders.\n")
    print(f"{'seconds, median (least to most)':34} {'wall':>24} {'processor':>12} {'server':>10}")
    for name in PARTS:
        _tell_part(name, told["sweeps"])
    for name in LIMITS:
        _tell_part(f"beside it: {name}", told["limits"], name)
    both = [sum(one["parts"][name]["wall"] for name in LIMITS) for one in told["limits"]]
    whole = statistics.median(one["parts"]["in all"]["wall"] for one in told["sweeps"])
    print(f"in all, beside the two together: {whole / statistics.median(both):.1f} times")
    for whose in told["sweeps"][0]["memory"]:
        most = max(one["memory"][whose] for one in told["sweeps"])
        print(f"memory at most, {WHOSE[whose]}: {most:,.0f} MiB")
    tell_score(told["score"])
    if "faults" in told:
        amiss = {name: number for name, number in told["faults"]["amiss"].items() if number}
        print(
            f"\nKilled {told['faults']['kills']} times over {told['faults']['sweeps']} sweeps and undoings:"
        )
        print(f"  {amiss or 'nothing doubled, nothing lost'}")


def _tell_part(label: str, rounds: list[dict[str, Any]], name: str = "") -> None:
    parts = [one["parts"].get(name or label) for one in rounds]
    if not all(parts):
        return
    wall = [one["wall"] for one in parts]
    span = f"{statistics.median(wall):.2f} ({min(wall):.2f} to {max(wall):.2f})"
    own, server = (statistics.median(one[key] for one in parts) for key in ("cpu", "server_cpu"))
    print(f"{label:34} {span:>24} {own:>12.2f} {server:>10.2f}")


def tell_score(score: dict[str, Any]) -> None:
    print(f"\n{'rule':24} {'true':>9} {'found':>9} {'precision':>10} {'recall':>10}")
    for row in score["by_rule"]:
        shares = [f"{row[name]:.4%}" if row[name] is not None else "" for name in ("precision", "recall")]
        print(f"{row['rule']:24} {row['true']:>9,} {row['found']:>9,} {shares[0]:>10} {shares[1]:>10}")
    for row in score["odd"]:
        print(
            f"  {row['what']}: {row['number']:,} × {row['rule']} of “{row['sort']}”, such as {row['example']}"
        )


@click.command()
@click.option("--listings", default=600_000, show_default=True)
@click.option("--merchants", default=100_000, show_default=True)
@click.option("--seed", default=20200201, show_default=True)
@click.option("--quick", is_flag=True, help="A tenth of it, and one round.")
@click.option("--rounds", default=3, show_default=True)
@click.option(
    "--database", "kind", type=click.Choice(["sqlite", "postgres"]), default="sqlite", show_default=True
)
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option("--faults", "kills", default=0, help="Kill the process that carries it out so many times.")
@click.option("--processes", default=2, show_default=True, help="That make the catalogue.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all figures there.")
@click.option(
    "--keep",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Leave all of it in this folder; if a catalogue (of SQLite) is there, use it.",
)
def main(
    *, listings: int, merchants: int, seed: int, quick: bool, rounds: int, kind: str, engine: str, kills: int,
    processes: int, file: Path | None, folder: Path | None,
) -> None:  # fmt: skip
    """Measure sweeps of a catalogue whose truth is known."""
    if quick:
        listings, merchants, rounds = listings // 10, merchants // 10, 1
    end_on_signals()
    os.environ["KITH_SWEEP_ENGINE"] = engine
    place = folder or Path(tempfile.mkdtemp(prefix="kith-bench-"))
    place.mkdir(parents=True, exist_ok=True)
    given = {
        "listings": listings,
        "merchants": merchants,
        "seed": seed,
        "truth": str(place / "truth.feather"),
    }
    try:
        with throwaway(kind, place) as database:
            told = bench(database, place, given, processes=processes, rounds=rounds, kills=kills)
        told = {"database": kind, **given, **told}
        tell(told)
        if file:
            file.write_text(json.dumps(told, indent=1))
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def bench(
    database: Database, place: Path, given: dict[str, Any], *, processes: int, rounds: int, kills: int
) -> dict[str, Any]:
    """Make the catalogue unless it is there, measure sweeps of it, and kill one if that is asked for."""
    if not (database.has("catalogue") and Path(given["truth"]).exists()):
        database.make("catalogue")
        loaded = run_step("load", database.url("catalogue"), place, processes=processes, **given)
        print(f"loaded in {loaded['seconds']:.0f} s", flush=True)
    told = measure(database, place, rounds)
    told["score"] = run_step("score", database.url("round"), place, folder=str(place), truth=given["truth"])
    if kills:
        database.copy("catalogue", "round")
        told["faults"] = run_step("faults", database.url("round"), place, kills=kills, seed=given["seed"])
    return told


if __name__ == "__main__":
    main()
