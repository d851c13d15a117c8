"""A process beside this one that reads and writes a file of SQLite by columns (`core.beside_sqlite`).

It has a SQLite of its own, ADBC's, which gives Arrow's columns instead of rows: a third of what they cost
one by one. Two copies of SQLite within a process would take each other's locks away
(https://sqlite.org/howtocorrupt.html, 2.2.1); so it is another process. What they tell each other at length
lies in a folder for the time being.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.db import connection

from kith.core.lazily import Lazily

if TYPE_CHECKING:
    import pyarrow as pa
else:
    pa = Lazily("pyarrow")

READERS = 2
SETTINGS = {
    "busy_timeout": 20_000, "foreign_keys": 1, "synchronous": 1, "cache_size": -64 * 1024,
    "wal_autocheckpoint": 0,
}  # fmt: skip
"""As this project's own connections have them, with more room. Its log is copied back when all is done.

In this order: of two connections that open a log at once, one waits for the other.
"""

Statement = tuple[str, Sequence[Any]]
"""With `?` for each parameter; and the parameters: numbers, texts, truths or nothing."""


class HasEnded(RuntimeError):
    """The process beside has ended by itself. What it was appending is there wholly, or not at all."""


class Beside:
    """The process. It does one thing after the other; whoever asks waits."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder

    def read(self, statements: Sequence[Statement]) -> list[pa.Table]:
        """Read what each of these selects, with several connections. The caller sees that nobody writes."""
        jobs = [
            {"statement": text, "parameters": _plain(given), "into": str(self._folder / str(number))}
            for number, (text, given) in enumerate(statements)
        ]
        self._ask({"read": jobs})
        read = []
        for job in jobs:
            place = Path(str(job["into"]))
            with pa.memory_map(str(place)) as file:
                read.append(pa.ipc.open_file(file).read_all())
            place.unlink()
        return read

    def append(self, rows: pa.Table, into: str, *, claim: Statement) -> bool:
        """Append rows to a table, in one transaction with a claim; say whether that changed anything.

        :param claim: an `UPDATE … RETURNING`. Where no row meets its condition, nothing is appended.
        """
        place = self._folder / "rows"
        with pa.OSFile(str(place), "wb") as file, pa.ipc.new_file(file, rows.schema) as written:
            written.write_table(rows)
        text, given = claim
        return self._ask({"rows": str(place), "into": into, "claim": text, "parameters": _plain(given)})

    def _ask(self, job: dict[str, Any]) -> bool:
        asks, answers = self._process.stdin, self._process.stdout
        assert asks is not None
        assert answers is not None
        try:
            print(json.dumps(job), file=asks, flush=True)
        except BrokenPipeError:
            raise HasEnded from None
        answer = answers.readline()
        if not answer:
            raise HasEnded
        return bool(json.loads(answer))


def _plain(given: Sequence[Any]) -> list[Any]:
    return [int(value) if isinstance(value, bool) else value for value in given]


@contextmanager
def beside() -> Iterator[Beside | None]:
    """Start the process for this connection's database; None where that is no file, or in a transaction."""
    if connection.vendor != "sqlite" or connection.in_atomic_block or _in_memory():
        yield None
        return
    with beside_file(Path(connection.settings_dict["NAME"])) as process:
        yield process


def _in_memory() -> bool:
    return bool(connection.is_in_memory_db())  # type: ignore[attr-defined]


@contextmanager
def beside_file(database: Path) -> Iterator[Beside]:
    uri = f"file:{quote(str(database.absolute()))}?mode=rw"
    program = [sys.executable, "-P", "-m", "kith.core.beside_sqlite", uri, json.dumps(SETTINGS), str(READERS)]
    with tempfile.TemporaryDirectory(prefix="kith-beside-") as folder:
        process = subprocess.Popen(  # noqa: S603 (ourselves)
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            yield Beside(process, Path(folder))
        finally:
            _leave(process)


def _leave(process: subprocess.Popen[str]) -> None:
    """It ends by itself: it may still be copying its log back, for which nobody has to wait."""
    for pipe in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):
            pipe.close()  # type: ignore[union-attr]
    Thread(target=process.wait, daemon=True).start()
