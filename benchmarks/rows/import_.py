"""Import: orders from a file of NDJSON, all the way to what circles see; beside the database's own bulk load.

Ours is `kith import`, from when it begins to read until all is in: each record is read and checked, bad
ones would be rejected, and the buyers' choices are carried out: shares, audiences, deliveries, questions.
The limit is given the rows that came of it, finished, and loads them into the same tables with their indexes
and foreign keys, in one transaction: PostgreSQL by COPY, SQLite by a prepared statement. Each has a copy of
the world of its own, which grows from turn to turn: each turn brings other orders, and the limit loads what
came of them in the same turn of ours. What Kith remembers of records that came before (`sharing_takenin`) is
emptied before each turn, in both. How long Kith takes to start is told beside it, and not counted.
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
from benchmarks.stages import ROOT, copied

BULK = "bulk load"
SOURCE = "bench"
BEGUN = time.time()
MOST_ORDERS = 4_000
"""In one turn."""
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
    warm_up = False
    least_questions = 7

    def questions(self, stage: Stage) -> list[Any]:
        """All rows of each table are compared."""
        return list(tables(0))

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        with copied(stage, "import_ours") as ours:
            run_step("prepare", ours)
            with copied(ours, "import_limit") as theirs:
                yield [Importing(ours), Loading(theirs)]


ROWS = (Import(),)


def tables(turn: int) -> dict[str, str]:
    """The statements of import.sql, by table, for what one turn has made."""
    found = {}
    for part in Path(__file__).with_name("import.sql").read_text().split("\n-- ")[2:]:
        name, _, statement = part.partition("\n")
        marked = statement.replace(":from", f"'n{turn}-'").replace(":to", f"'n{turn}.'")  # "." follows "-"
        found[name.strip()] = marked.strip().rstrip(";")
    return found


# --- Who plays ---------------------------------------------------------------------------------------------


class _InTurns(Contender):
    """Does it once in a turn, in a new process; however long that takes. Turn 0 is what is compared."""

    step: str

    def __init__(self, copy: Stage) -> None:
        self._copy, self._turn = copy, -1
        self._told: dict[str, Any] = {}

    def answer(self, question: Any) -> Any:
        """Say how many rows the last turn has made in a table, and their digest."""
        if self._turn < 0:
            self.run(0)
        if not self._told:
            self._told = self._step("look")
        return self._told[question]

    def run(self, seconds: float) -> Sample:
        self._turn += 1
        self._told = {}
        self._begin()
        with Watch([os.getpid(), self._copy.server]) as watch:
            told = self._step(self.step)
        rows = self._end(told)
        return Sample(
            told["orders"], told["seconds"], 0.0, 0.0, told["cpu"] + told["server_cpu"], watch.memory,
            wrong=told.get("rejected", 0), more={"rows": rows, "start": told["start"]},
        )  # fmt: skip

    def _begin(self) -> None:
        """What comes before a turn and is not measured."""

    def _end(self, told: dict[str, Any]) -> int:
        """What comes after it. :return: how many rows it has made."""
        return int(told["rows"])

    def _step(self, name: str) -> dict[str, Any]:
        return run_step(name, self._copy, self._turn)


class Importing(_InTurns):
    """Keeps the rows that came of it, too: they are what the limit loads."""

    name = "Kith"
    role: Role = "ours"
    step = "take_in"

    def _begin(self) -> None:
        self._step("draw")

    def _end(self, told: dict[str, Any]) -> int:
        return int(self._step("keep")["rows"])


class Loading(_InTurns):
    name = BULK
    role: Role = "limit"
    step = "load"


def run_step(name: str, stage: Stage, turn: int = 0) -> dict[str, Any]:
    """Run a step in a process of its own, and return its answer."""
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-m", __name__, name, str(turn), json.dumps(stage.told())], cwd=ROOT,
        env={**os.environ, **stage.environment()}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


# --- Steps of ours, with Django -----------------------------------------------------------------------------


def prepare(stage: Stage, _turn: int) -> dict[str, Any]:
    """Give everybody a name at the source."""
    import django  # noqa: PLC0415 (the limit does without)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db.models import TextField, Value  # noqa: PLC0415
    from django.db.models.functions import Cast, Concat  # noqa: PLC0415

    from kith.people.models import Person  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    Person.objects.update(source=SOURCE, external_id=Concat(Value("p"), Cast("pk", TextField())))
    return {}


def draw(stage: Stage, turn: int) -> dict[str, Any]:
    """Write a file of orders that are new, and forget the records of the turn before."""
    import django  # noqa: PLC0415

    django.setup()
    from kith.people.models import Person  # noqa: PLC0415
    from kith.sharing.models import TakenIn  # noqa: PLC0415
    from kith.shop.models import Listing  # noqa: PLC0415

    TakenIn.objects.all().delete()
    people = [str(name) for name in Person.objects.order_by("pk").values_list("external_id", flat=True)]
    listings = list(Listing.objects.order_by("pk").values_list("external_id", "price_minor"))
    orders = min(2 * len(people), MOST_ORDERS)
    with _file(stage, turn).open("w", encoding="utf-8") as file:
        for order in draw_orders(stage.seed, turn, orders, people, listings):
            file.write(json.dumps(order, ensure_ascii=False) + "\n")
    return {}


def draw_orders(
    seed: int, turn: int, number: int, people: list[str], listings: list[tuple[str | None, int]]
) -> Iterator[dict[str, Any]]:
    """Orders of the last two months: most have arrived, a few are gifts or came back."""
    dice, now = random.Random(f"{seed} {turn}"), datetime.now(UTC).replace(microsecond=0)
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
            "type": "order", "id": f"n{turn}-{name + 1}", "buyer": dice.choice(people), "ship_to": "310000",
            "placed_at": placed.isoformat(), "lines": lines,
        }  # fmt: skip


def take_in(stage: Stage, turn: int) -> dict[str, Any]:
    """`kith import`, timed from when it begins."""
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from kith.cli.import_ import import_  # noqa: PLC0415

    connection.ensure_connection()
    file = _file(stage, turn)
    with file.open(encoding="utf-8") as lines:
        told: dict[str, Any] = {"rejected": 0, "orders": sum(1 for _ in lines)}
    with _timed(stage, told, _server_of(connection.connection) if stage.kind == "postgres" else 0):
        try:
            import_.main([str(file), "--source", SOURCE], standalone_mode=False)
        except SystemExit:
            told["rejected"] = 1
    return told


def _file(stage: Stage, turn: int) -> Path:
    return stage.scratch / f"orders.{turn}.ndjson"


# --- Steps of the limit, without ----------------------------------------------------------------------------


def keep(stage: Stage, turn: int) -> dict[str, Any]:
    """Keep the rows that the import made in a turn, for the limit."""
    kept, rows = {}, 0
    with _opened(stage) as connection:
        for name, statement in tables(turn).items():
            cursor = connection.cursor()
            cursor.execute(f"SELECT * FROM ({statement}) made LIMIT 0")  # noqa: S608 (our own)
            columns = [column[0] for column in cursor.description]
            if stage.kind == "sqlite":
                kept[name] = (columns, cursor.execute(statement).fetchall())
                rows += len(kept[name][1])
            else:
                with cursor.copy(f"COPY ({statement}) TO STDOUT") as copy:
                    kept[name] = (columns, b"".join(copy))
                rows += cursor.rowcount
    _rows(stage, turn).write_bytes(pickle.dumps(kept))
    return {"rows": rows}


def _rows(stage: Stage, turn: int) -> Path:
    return stage.scratch / f"import.{turn}.rows"


def load(stage: Stage, turn: int) -> dict[str, Any]:
    """Load them, finished as they are, in one transaction.

    :raises FileNotFoundError: ours has not played this turn.
    """
    kept = pickle.loads(_rows(stage, turn).read_bytes())  # noqa: S301 (we wrote it)
    told: dict[str, Any] = {"rows": 0}
    with _opened(stage) as connection:
        connection.execute("DELETE FROM sharing_takenin")
        connection.commit()
        copy = _copy_into_sqlite if stage.kind == "sqlite" else _copy_into_postgresql
        server = 0 if stage.kind == "sqlite" else _server_of(connection)
        with _timed(stage, told, server):
            if stage.kind == "sqlite":
                connection.execute("BEGIN IMMEDIATE")
            for name, (columns, rows) in kept.items():
                made = copy(connection, name, columns, rows)
                told["rows"] += made
                if name == "shop_order":
                    told["orders"] = made
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


def look(stage: Stage, turn: int) -> dict[str, Any]:
    """Of each table, how many rows a turn has made, and a digest of all that they say."""
    told = {}
    with _opened(stage) as connection:
        for name, statement in tables(turn).items():
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


STEPS: dict[str, Callable[[Stage, int], dict[str, Any]]] = {
    "prepare": prepare, "draw": draw, "take_in": take_in, "keep": keep, "load": load, "look": look,
}  # fmt: skip


def main() -> None:
    step, turn, told = STEPS[sys.argv[1]], int(sys.argv[2]), json.loads(sys.argv[3])
    paths = {name: Path(told[name]) for name in ("folder", "scratch")}
    print(json.dumps(step(Stage(**told | paths, choices={}), turn)))


if __name__ == "__main__":
    main()
