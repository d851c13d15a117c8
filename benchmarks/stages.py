"""Stages: a world of its own in a database that is thrown away, and copies of it for what writes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.contest import Kind, Stage, sqlite_file
from benchmarks.processes import parent_of
from scripts.postgres import throwaway_postgres

ROOT = Path(__file__).parents[1]
IN_EARNEST = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "shared_buffers": "512MB",
              "max_wal_size": "4GB"}  # fmt: skip
"""What commits is on the disk, as in production."""
WORLD = "world"


def clients_to_play() -> int:
    """Two for each core: all of them are busy while one is being answered."""
    return 2 * (len(os.sched_getaffinity(0)) or 1)


@contextlib.contextmanager
def opened(
    kind: Kind, size: str, place: Path, *, seed: int = 5, clients: int = 0, quick: bool = False
) -> Iterator[Stage]:
    """Open a world on a database, made anew unless the same (of SQLite) lies in the place already.

    :param size: as `benchmarks.world` takes it, such as "quick".
    """
    folder = place / f"{kind}-{size.replace('=', '-')}"
    scratch = place / f"scratch-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    clients = clients or clients_to_play()
    try:
        if kind == "sqlite":
            _make_world(size, seed, "sqlite", folder)
            url, server = f"sqlite:///{(folder / 'kith.sqlite3').resolve()}", 0
            yield Stage(kind, url, folder, scratch, _choices(folder), clients, seed, quick, server)
        else:
            with throwaway_postgres(IN_EARNEST) as address:
                url = _make_database(address, WORLD)
                _make_world(size, seed, url, folder)
                _settle(url)
                server = server_of(url)
                yield Stage(kind, url, folder, scratch, _choices(folder), clients, seed, quick, server)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def all_opened(kinds: Sequence[Kind], size: str, place: Path, **more: Any) -> Iterator[list[Stage]]:
    """Open the same world on each database. All are made at once: making one keeps one core busy."""
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(len(kinds)) as pool:
        stages = list(pool.map(stack.enter_context, [opened(kind, size, place, **more) for kind in kinds]))
        for shared in {stage.shared for stage in stages}:
            shutil.rmtree(shared, ignore_errors=True)
            shared.mkdir()
            stack.callback(shutil.rmtree, shared, ignore_errors=True)
        yield stages


def own_copy(stage: Stage, name: str) -> Stage:
    """Copy the world, for a row that writes; nobody may be connected to it meanwhile (PostgreSQL)."""
    if stage.kind == "sqlite":
        file = stage.scratch / f"{name}.sqlite3"
        for old in stage.scratch.glob(f"{file.name}*"):
            old.unlink()
        with contextlib.closing(sqlite3.connect(sqlite_file(stage.url))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what a row before this one has written
        shutil.copyfile(sqlite_file(stage.url), file)
        os.sync()  # else the system writes the copy down while something is measured
        return replace(stage, url=f"sqlite:///{file.resolve()}")
    address, _, world = stage.url.rpartition("/")
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {world} STRATEGY file_copy")
        connection.execute("CHECKPOINT")
    return replace(stage, url=f"{address}/{name}")


def drop_copy(copy: Stage) -> None:
    """Remove a copy, whoever is still connected to it: a whole world takes 9 GB."""
    if copy.kind == "sqlite":
        file = Path(sqlite_file(copy.url))
        for one in file.parent.glob(f"{file.name}*"):
            one.unlink()
        return
    address, _, name = copy.url.rpartition("/")
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextlib.contextmanager
def copied(stage: Stage, name: str) -> Iterator[Stage]:
    """A copy of the world for as long as a row is played."""
    copy = own_copy(stage, name)
    try:
        yield copy
    finally:
        drop_copy(copy)


def server_of(url: str) -> int:
    """The first process of the PostgreSQL server behind an address on this machine."""
    with psycopg.connect(url) as connection:
        return parent_of(connection.info.backend_pid)


def _make_database(address: str, name: str) -> str:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{address.rpartition('/')[0]}/{name}"


def _make_world(size: str, seed: int, database: str, folder: Path) -> None:
    given = ["--size", size, "--seed", str(seed), "--database", database, "--into", str(folder)]
    if database == "sqlite":
        given.append("--kept")
    subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-m", "benchmarks.world", *given], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


def _settle(url: str) -> None:
    """What autovacuum would have done by the next day: statistics, and pages marked as visible to all."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _choices(folder: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((folder / "choices.json").read_text())
    return told
