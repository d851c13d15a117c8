"""`python -m examples.ciao`: import the whole of Ciao and compare what Kith says with plain loops."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from examples.ciao.raw import WHERE, is_there
from scripts.postgres import CannotStart, throwaway_postgres

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("KITH_CIAO_DIR", ROOT.parent / "shared" / "data" / "ciao"))


def main() -> int:
    arguments = _arguments()
    if not is_there(arguments.folder):
        print(WHERE.format(folder=arguments.folder))
        print("Without it this check is left out; everything else works without it.")
        return 0
    failures = 0
    for database in arguments.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="kith-ciao-") as place:
            try:
                with _database(database, Path(place)) as url:
                    failures += _run(arguments, url, Path(place))
            except CannotStart as reason:
                print(f"{database} was left out: {reason}")
    return min(failures, 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.ciao", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where ratings.csv.gz and trust.csv.gz are"
    )
    parser.add_argument("--users", type=int, help="only the first so many users, with 40 ratings each")
    parser.add_argument("--compare", type=int, default=600, help="how many people's feeds are compared")
    parser.add_argument(
        "--database",
        action="append",
        metavar="sqlite|postgresql|URL",
        help="repeat for several; default: both",
    )
    return parser.parse_args()


@contextmanager
def _database(name: str, place: Path) -> Iterator[str]:
    """The address of an empty database."""
    if name == "sqlite":
        yield f"sqlite:///{place / 'kith.sqlite3'}"
    elif name == "postgresql":
        with throwaway_postgres() as url:
            yield url
    else:
        yield name


def _run(arguments: argparse.Namespace, url: str, place: Path) -> int:
    """Run one database's turn as a program of its own: its settings are fixed when it starts."""
    settings = {
        "DATABASE_URL": url,
        "KITH_DATA_DIR": str(place),
        "KITH_ENV": "development",
        "KITH_API_LIMITS": "person=1000000/second,address=1000000/second",
        "DJANGO_SETTINGS_MODULE": "kith.config.settings",
    }
    command = [sys.executable, "-m", "examples.ciao.turn", str(arguments.folder), str(place)]
    command += ["--compare", str(arguments.compare)]
    command += ["--users", str(arguments.users)] if arguments.users else []
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
