"""Import: orders from a file of NDJSON, all the way to what circles see; beside the database's own bulk load.

Ours is `kith import`, from when it begins to read until all is in: each record is read and checked, bad
ones would be rejected, and the buyers' choices are carried out: shares, audiences, deliveries, questions.
The limit is given the rows that came of it, finished, and loads them into the same tables with their indexes
and foreign keys, in one transaction: PostgreSQL by COPY, SQLite by a prepared statement. Both begin on a
fresh copy of the world. How long Kith takes to start is told beside it, and not counted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.contest import Contender, Role, Row, Sample, Stage, Target, sqlite_file
from benchmarks.processes import Watch, processor_seconds
from benchmarks.stages import ROOT, own_copy

BULK = "bulk load"
SOURCE = "bench"
BEGUN = time.time()
MOST_ORDERS = 50_000
STATES = ("delivered", "placed", "shipped", "refund_requested", "refunded", "cancelled")
ODDS = (0.88, 0.02, 0.02, 0.015, 0.045, 0.02)
LINES, LINES_ODDS = (1, 2, 3), (0.7, 0.2, 0.1)
GIFTS = 0.03
SQLITE_SETTINGS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON",
                   "cache_size = -262144", "wal_autocheckpoint = 100000")  # fmt: skip
"""Those under which `kith import` writes."""


class Import(Row):
    name = "import"
    title = "Orders from NDJSON, end to end"
    targets = (Target(BULK, at_least=0.3),)
    rounds = 5
    warm_up = False
    least_questions = 7

    def questions(self, stage: Stage) -> list[Any]:
        """All rows of each table are compared."""
        return list(tables())

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        base = own_copy(stage, "import_base")
        prepared = run_step("prepare", base)
        yield [Importing(base, prepared["orders"]), Loading(base, prepared["orders"])]


ROWS = (Import(),)


def tables() -> dict[str, str]:
    """The statements of import.sql, by table."""
    found = {}
    for part in Path(__file__).with_name("import.sql").read_text().split("\n-- ")[2:]:
        name, _, statement = part.partition("\n")
        found[name.strip()] = statement.strip().rstrip(";")
    return found


# --- Who plays ---------------------------------------------------------------------------------------------


class _Once(Contender):
    """Does it once in a turn, in a new process, on a fresh copy; however long that takes."""

    step: str

    def __init__(self, base: Stage, orders: int) -> None:
        self._base, self._orders = base, orders
        self._told: dict[str, Any] = {}

    def answer(self, question: Any) -> Any:
        """Say how many new rows there are in a table, and their digest."""
        if not self._told:
            self._do()
            self._told = run_step("look", self._round)
        return self._told[question]

    def run(self, seconds: float) -> Sample:
        told, watch = self._do()
        return Sample(
            self._orders, told["seconds"], 0.0, 0.0, told["cpu"] + told["server_cpu"], watch.memory,
            wrong=told.get("rejected", 0), more={"rows": told["rows"], "start": told["start"]},
        )  # fmt: skip

    def _do(self) -> tuple[dict[str, Any], Watch]:
        self._round = own_copy(self._base, "import_round")
        with Watch([os.getpid(), self._base.server]) as watch:
            return run_step(self.step, self._round), watch


class Importing(_Once):
    name = "Kith"
    role: Role = "ours"
    step = "take_in"

    def answer(self, question: Any) -> Any:
        """Keep the rows that came of it, besides: they are what the limit loads."""
        if not self._told:
            self._do()
            run_step("keep", self._round)
            self._told = run_step("look", self._round)
        return self._told[question]


class Loading(_Once):
    name = BULK
    role: Role = "limit"
    step = "load"


def run_step(name: str, stage: Stage) -> dict[str, Any]:
    """Run a step in a process of its own, and return its answer."""
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-m", __name__, name, json.dumps(stage.told())], cwd=ROOT,
        env={**os.environ, **stage.environment()}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


# --- Steps of ours, with Django -----------------------------------------------------------------------------


def prepare(stage: Stage) -> dict[str, Any]:
    """Give everybody a name at the source, and write a file of orders that are new."""
    import django  # noqa: PLC0415 (the limit does without)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db.models import TextField, Value  # noqa: PLC0415
    from django.db.models.functions import Cast, Concat  # noqa: PLC0415

    from kith.people.models import Person  # noqa: PLC0415
    from kith.shop.models import Listing  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    Person.objects.update(source=SOURCE, external_id=Concat(Value("p"), Cast("pk", TextField())))
    people = [str(name) for name in Person.objects.order_by("pk").values_list("external_id", flat=True)]
    listings = list(Listing.objects.order_by("pk").values_list("external_id", "price_minor"))
    orders = min(2 * len(people), MOST_ORDERS)
    with _file(stage).open("w", encoding="utf-8") as file:
        for order in draw_orders(stage.seed, orders, people, listings):
            file.write(json.dumps(order, ensure_ascii=False) + "\n")
    return {"orders": orders}


def draw_orders(
    seed: int, number: int, people: list[str], listings: list[tuple[str | None, int]]
) -> Iterator[dict[str, Any]]:
    """Orders of the last two months, the oldest named n1: most have arrived, a few are gifts or came back."""
    dice, now = random.Random(seed), datetime.now(UTC).replace(microsecond=0)
    for name in range(number):
        placed = now - timedelta(seconds=dice.randrange(4 * 86400, 60 * 86400))
        lines = []
        for line in range(dice.choices(LINES, LINES_ODDS)[0]):
            listing, price = listings[int(len(listings) * dice.random() ** 2.5)]
            heard = placed + timedelta(seconds=dice.randrange(3600, 3 * 86400))
            lines.append({
                "id": str(line + 1), "listing": listing, "quantity": dice.randrange(1, 4),
                "price": f"{price / 100:.2f}", "status": dice.choices(STATES, ODDS)[0],
                "at": heard.isoformat(), "gift": dice.random() < GIFTS,
            })  # fmt: skip
        yield {
            "type": "order", "id": f"n{name + 1}", "buyer": dice.choice(people), "ship_to": "310000",
            "placed_at": placed.isoformat(), "lines": lines,
        }  # fmt: skip


def take_in(stage: Stage) -> dict[str, Any]:
    """`kith import`, timed from when it begins."""
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from kith.cli.import_ import import_  # noqa: PLC0415

    connection.ensure_connection()
    told: dict[str, Any] = {"rejected": 0, "rows": 0}
    with _timed(stage, told, _server_of(connection.connection) if stage.kind == "postgres" else 0):
        try:
            import_.main([str(_file(stage)), "--source", SOURCE], standalone_mode=False)
        except SystemExit:
            told["rejected"] = 1
    return told


def _file(stage: Stage) -> Path:
    return stage.scratch / "orders.ndjson"


# --- Steps of the limit, without ----------------------------------------------------------------------------


def keep(stage: Stage) -> dict[str, Any]:
    """Keep the rows that the import made, for the limit."""
    kept = {}
    with _opened(stage) as connection:
        for name, statement in tables().items():
            cursor = connection.cursor()
            cursor.execute(f"SELECT * FROM ({statement}) made LIMIT 0")  # noqa: S608 (our own)
            columns = [column[0] for column in cursor.description]
            if stage.kind == "sqlite":
                kept[name] = (columns, cursor.execute(statement).fetchall())
            else:
                with cursor.copy(f"COPY ({statement}) TO STDOUT") as copy:
                    kept[name] = (columns, b"".join(copy))
    (stage.scratch / "import.rows").write_bytes(pickle.dumps(kept))
    return {}


def load(stage: Stage) -> dict[str, Any]:
    """Load them, finished as they are, in one transaction."""
    kept = pickle.loads((stage.scratch / "import.rows").read_bytes())  # noqa: S301 (we wrote it)
    told: dict[str, Any] = {"rows": 0}
    with _opened(stage) as connection:
        copy = _copy_into_sqlite if stage.kind == "sqlite" else _copy_into_postgresql
        server = 0 if stage.kind == "sqlite" else _server_of(connection)
        with _timed(stage, told, server):
            if stage.kind == "sqlite":
                connection.execute("BEGIN IMMEDIATE")
            for name, (columns, rows) in kept.items():
                told["rows"] += copy(connection, name, columns, rows)
            connection.commit()
    return told


def _copy_into_sqlite(
    connection: sqlite3.Connection, name: str, columns: list[str], rows: list[tuple[Any, ...]]
) -> int:
    into, marks = f"{name} ({', '.join(columns)})", ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608 (our own)
    return len(rows)


def _copy_into_postgresql(
    connection: psycopg.Connection[Any], name: str, columns: list[str], rows: bytes
) -> int:
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
            copy.write(rows)
        return cursor.rowcount


def look(stage: Stage) -> dict[str, Any]:
    """Of each table, how many rows are new, and a digest of all that they say."""
    told = {}
    with _opened(stage) as connection:
        for name, statement in tables().items():
            rows = sorted(map(repr, connection.cursor().execute(statement).fetchall()))
            told[name] = [len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()]
    return told


@contextlib.contextmanager
def _opened(stage: Stage) -> Iterator[Any]:
    """A connection by the driver itself."""
    connection: Any
    if stage.kind == "sqlite":
        connection = sqlite3.connect(sqlite_file(stage.url), isolation_level=None)
        for setting in SQLITE_SETTINGS:
            connection.execute(f"PRAGMA {setting}")
    else:
        connection = psycopg.connect(stage.url)
        connection.execute("SET synchronous_commit = off")
        connection.commit()
    with contextlib.closing(connection):
        yield connection


def _server_of(connection: psycopg.Connection[Any]) -> int:
    return connection.info.backend_pid


@contextlib.contextmanager
def _timed(stage: Stage, told: dict[str, Any], server: int) -> Iterator[None]:
    """Note how long it takes, by the clock and by the processor, and how long it took until it began."""
    told["start"] = time.time() - BEGUN
    clock, own, served = time.perf_counter(), time.process_time(), _served(server)
    yield
    told["seconds"] = time.perf_counter() - clock
    told["cpu"] = time.process_time() - own
    told["server_cpu"] = _served(server) - served


def _served(server: int) -> float:
    return processor_seconds([server]) if server else 0.0


STEPS: dict[str, Callable[[Stage], dict[str, Any]]] = {
    "prepare": prepare, "take_in": take_in, "keep": keep, "load": load, "look": look,
}  # fmt: skip


def main() -> None:
    told = json.loads(sys.argv[2])
    paths = {name: Path(told[name]) for name in ("folder", "scratch")}
    print(json.dumps(STEPS[sys.argv[1]](Stage(**told | paths, choices={}))))


if __name__ == "__main__":
    main()
