"""Make a world: `python -m benchmarks.world --size quick --into FOLDER`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from benchmarks.world.plan import KEPT_FOR, World, world_of

TOLD, CHOSEN, SQLITE = "world.json", "choices.json", "kith.sqlite3"

STEP = "import django; django.setup(); from benchmarks.world.making import main; main()"
ROOT = Path(__file__).parents[2]


@click.command()
@click.option(
    "--size", default="quick", show_default=True, help="quick, whole, a number of people, or deliveries=N"
)
@click.option("--seed", default=5, show_default=True)
@click.option("--database", default="sqlite", show_default=True, help="sqlite, or the URL of an empty one")
@click.option("--into", type=click.Path(path_type=Path), required=True, help="the folder that it is made in")
@click.option("--kept", is_flag=True, help="use what is there, if it is the same world and not a day old")
def main(size: str, seed: int, database: str, into: Path, *, kept: bool) -> None:
    """Draw a world, write it into an empty database, and say how long each table took."""
    into.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    world = world_of(size, seed=seed, now=now)
    if kept and is_kept(into, world, database):
        print(f"kept: {into}")
        return
    make(world, database, into)


def is_kept(folder: Path, world: World, database: str) -> bool:
    """Whether the same world is there, but for its instant, and new enough."""
    file = folder / TOLD
    if not file.exists():
        return False
    told = json.loads(file.read_text())
    wanted = describe(world, database)
    young = world.now - datetime.fromisoformat(told["world"].pop("now")) < KEPT_FOR
    wanted["world"].pop("now")
    return bool(young and wanted.items() <= told.items())


def describe(world: World, database: str) -> dict[str, Any]:
    """What a world is made from, where, and by which sources and migrations."""
    sources = [*Path(__file__).parent.glob("*.py"), *ROOT.glob("src/kith/*/migrations/*.py")]
    digest = sha256()
    for source in sorted(sources):
        digest.update(source.name.encode() + source.read_bytes())
    where = database.rpartition("@")[2]  # without a password
    return {"world": world.describe(), "database": where, "sources": digest.hexdigest()}


def make(world: World, database: str, folder: Path) -> None:
    """Make a world in a database, and write beside it what it is and what to ask of it, in a new process."""
    for old in [folder / TOLD, folder / CHOSEN, *(folder.glob(f"{SQLITE}*") if database == "sqlite" else ())]:
        old.unlink(missing_ok=True)
    folder = folder.resolve()
    address = f"sqlite:///{folder / SQLITE}" if database == "sqlite" else database
    environment = {
        **os.environ, "DATABASE_URL": address, "KITH_DATA_DIR": str(folder), "KITH_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "kith.config.settings",
    }  # fmt: skip
    told = json.dumps(describe(world, database) | {"folder": str(folder)})
    subprocess.run([sys.executable, "-c", STEP, told], env=environment, cwd=ROOT, check=True)  # noqa: S603


if __name__ == "__main__":
    main()
