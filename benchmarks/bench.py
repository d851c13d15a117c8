"""The bench: Kith beside its peers and beside the limit, in turns, on one world.

    python -m benchmarks.bench [ROW…] [--quick] [--database sqlite|postgres|both] [--json FILE]

Each row first sees that ours and the limit answer alike, lets everybody warm up, and then has them play
A B C A B C …, each with the same number of clients. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from benchmarks.by_pgbench import find_pgbench
from benchmarks.chart import draw
from benchmarks.contest import (
    BOTH,
    Contender,
    Kind,
    Missing,
    Played,
    Result,
    Row,
    Sample,
    Stage,
    Unlike,
    require_alike,
)
from benchmarks.over_http import find_wrk
from benchmarks.report import Unmarked, as_markdown, as_table, put_between
from benchmarks.rows import MODULES, rows_of
from benchmarks.stages import ROOT, all_opened
from scripts.postgres import CannotStart, end_on_signals

GROWTH = (10_000, 100_000, 1_000_000, 10_000_000)
"""Deliveries of the worlds that the growth curve is drawn over."""
LEAST_ROUNDS = 5


class Wrong(RuntimeError):
    """A contender gave answers that were none, so its speed says nothing."""


@click.command()
@click.argument("names", metavar="[ROW]…", nargs=-1, type=click.Choice(list(MODULES)))
@click.option("--quick", is_flag=True, help="A tenth of the world.")
@click.option("--database", "which", type=click.Choice([*BOTH, "both"]), default="both", show_default=True)
@click.option("--size", default="", help="Another world: small, quick, whole, or deliveries=N.")
@click.option(
    "--growth",
    is_flag=True,
    help="Play the rows, or else the feed, over worlds of 10 thousand to 10 million deliveries.",
)
@click.option("--rounds", type=click.IntRange(1), default=LEAST_ROUNDS, show_default=True)
@click.option(
    "--seconds", type=click.FloatRange(1), default=1, show_default=True, help="How long a turn takes."
)
@click.option(
    "--clients", type=click.IntRange(0), default=0, help="Two for each core, if not said otherwise."
)
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all figures there.")
@click.option("--add", is_flag=True, help="To what that file holds, in the place of the same rows.")
@click.option("--chart", type=click.Path(path_type=Path), help="Draw them there, as SVG.")
@click.option("--page", type=click.Path(path_type=Path), help="Put the table into this page.")
@click.option(
    "--keep", "folder", type=click.Path(path_type=Path, file_okay=False),
    help="Leave the worlds in this folder; what is there already (of SQLite) is used.",
)  # fmt: skip
def main(
    *, names: tuple[str, ...], quick: bool, which: str, size: str, growth: bool, rounds: int,
    seconds: float, clients: int, file: Path | None, add: bool, chart: Path | None, page: Path | None,
    folder: Path | None,
) -> None:  # fmt: skip
    """Measure how fast Kith is beside its peers and beside what the database can do."""
    end_on_signals()
    kinds = [kind for kind in BOTH if which in (kind, "both")]
    require_programs(kinds)
    if page:
        require_page(page)
    place = (folder or Path(tempfile.mkdtemp(prefix="kith-bench-"))).resolve()
    place.mkdir(parents=True, exist_ok=True)
    sizes = (
        [f"deliveries={number}" for number in GROWTH] if growth else [size or ("quick" if quick else "whole")]
    )
    told: dict[str, Any] = about(sizes, quick=quick)
    again = {key: told[key] for key in ("at", "command", "commit")} if add else None
    if again:
        told = read_told(file)
    begun = time.monotonic()
    wanted = names or (("feed",) if growth else tuple(MODULES))
    try:
        for one in sizes:
            with all_opened(kinds, one, place, clients=clients, quick=quick) as stages:
                click.echo(f"the worlds are there after {minutes_since(begun)} minutes", err=True)
                for result in play_all(wanted, stages, rounds=rounds, seconds=seconds):
                    put(told, result.told() | {"size": one} | ({"again": again} if again else {}))
                    click.echo(f"  after {minutes_since(begun)} minutes", err=True)
                    if not again:
                        told["minutes"] = minutes_since(begun)
                    write(told, file=file, chart=chart, page=page)
    except (CannotStart, Missing, Unlike, Wrong) as refusal:
        raise click.ClickException(str(refusal)) from None
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
    click.echo("\n" + as_table(told))


def require_programs(kinds: Sequence[Kind]) -> None:
    """See that what is needed is there, before minutes go into a world.

    :raises ClickException: it is not; says how to get it.
    """
    try:
        find_wrk()
        if "postgres" in kinds:
            find_pgbench()
    except Missing as refusal:
        raise click.ClickException(str(refusal)) from None


def require_page(page: Path) -> None:
    """See that the table has a place there, before it is measured.

    :raises ClickException: it has none.
    """
    try:
        put_between(page.read_text(), "")
    except (OSError, Unmarked) as refusal:
        raise click.ClickException(f"{page}: {refusal}") from None


def read_told(file: Path | None) -> dict[str, Any]:
    """What an earlier run has written.

    :raises ClickException: there is nothing of that kind.
    """
    try:
        told: dict[str, Any] = json.loads(file.read_text()) if file else {}
    except (OSError, ValueError) as refusal:
        raise click.ClickException(f"{file}: {refusal}") from None
    if "results" not in told:
        raise click.ClickException("--add needs --json with the file of an earlier run")
    return told


def put(told: dict[str, Any], result: dict[str, Any]) -> None:
    """Put a result in the place of an older one of the same row, or behind all."""
    same = itemgetter("row", "part", "database", "size")
    places = [number for number, old in enumerate(told["results"]) if same(old) == same(result)]
    if places:
        told["results"][places[0]] = result
    else:
        told["results"].append(result)


def play_all(
    names: Sequence[str], stages: Sequence[Stage], *, rounds: int, seconds: float
) -> Iterator[Result]:
    for stage, name in product(stages, names):
        for row in rows_of(name):
            if stage.kind in row.databases:
                click.echo(f"{row.key} on {stage.kind}: {row.title}", err=True)
                yield play(row, stage, rounds=rounds, seconds=row.seconds or seconds)


def play(row: Row, stage: Stage, *, rounds: int, seconds: float) -> Result:
    """Play one row: see that all answer alike, warm up, and take turns.

    :raises Unlike: they do not. :raises Wrong: some answers were none.
    """
    with row.open(stage) as contenders:
        compared = require_alike(row, stage, contenders)
        if row.warm_up:
            for one in contenders:
                take_turn(row, one, min(seconds, 2))
        turns: list[list[Sample]] = [[] for _ in contenders]
        for number in range(rounds):
            for one, samples in zip(contenders, turns, strict=True):
                samples.append(take_turn(row, one, seconds))
            newest = zip(contenders, (samples[-1] for samples in turns), strict=True)
            rates = ", ".join(f"{one.name} {sample.rate:,.0f}" for one, sample in newest)
            click.echo(f"  round {number + 1}: {rates} a second", err=True)
        played = tuple(
            Played(one.name, one.role, tuple(samples)) for one, samples in zip(contenders, turns, strict=True)
        )
    return Result(row.name, row.part, row.title, stage.kind, row.targets, compared, played)


def take_turn(row: Row, one: Contender, seconds: float) -> Sample:
    """Have somebody play once.

    :raises Wrong: of what was answered meanwhile something was wrong.
    """
    sample = one.run(seconds)
    if sample.wrong:
        raise Wrong(f"{row.key}: {sample.wrong} answers of {one.name} were wrong or none")
    return sample


def minutes_since(begun: float) -> float:
    return round((time.monotonic() - begun) / 60, 1)


def write(told: dict[str, Any], *, file: Path | None, chart: Path | None, page: Path | None) -> None:
    """Write what there is so far: a long run that ends early leaves its first rows."""
    if file:
        file.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    if chart:
        chart.write_text(draw(told))
    if page:
        page.write_text(put_between(page.read_text(), as_markdown(told).strip()))


def about(sizes: Sequence[str], *, quick: bool) -> dict[str, Any]:
    """The machine, the day and the command."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "command": " ".join(["python -m benchmarks.bench", *sys.argv[1:]]),
        "commit": _commit(), "sizes": list(sizes), "quick": quick,
        "machine": {
            "processor": _processor(), "cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory),
            "system": platform.platform(terse=True), "python": platform.python_version(),
        },
        "results": [],
    }  # fmt: skip


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run(  # noqa: S603 (git)
        [git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.stdout.strip()


if __name__ == "__main__":
    main()
