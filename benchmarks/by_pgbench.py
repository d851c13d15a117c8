"""The limit on PostgreSQL: one prepared statement, again and again, by pgbench, which is a C program.

What it is asked lies in a small table of the schema `bench`, a row a question, numbered from 1; the statement
finds its question there by `:number`, which costs it one look-up by key. So every request is one statement.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks.contest import Contender, Missing, Role, Sample, Stage, sample_of, to_three_figures
from benchmarks.processes import Watch
from scripts.postgres import find_programs

OPTIONS = "-c jit=off"
"""As Kith's own connections have it: to compile one of these statements takes longer than to run it."""
NUMBER = re.compile(r"(?<!:):number\b")


class Pgbench(Contender):
    """One statement, played by pgbench with as many connections as the stage has clients.

    :param sql: the statement, without a semicolon. It reads `bench.NAME` (below) `WHERE number = :number`.
    :param table: the NAME of the table of questions.
    :param columns: its other columns and their types, such as {"viewer": "bigint"}.
    :param questions: their values, a row a question. `answer` finds a question among them.
    :param read: makes the answer of the rows that the statement gave, each a mapping by column.
    :param played: only the first so many questions are asked while it is measured; 0: all.
    """

    def __init__(
        self, name: str, stage: Stage, *, sql: str, table: str, columns: Mapping[str, str],
        questions: Sequence[tuple[Any, ...]], read: Callable[[list[dict[str, Any]]], Any],
        role: Role = "limit", played: int = 0,
    ) -> None:  # fmt: skip
        self.name, self.role = name, role
        self._stage, self._read, self._sql = stage, read, sql
        self._numbers = {tuple(one): number for number, one in enumerate(questions, 1)}
        self._folder = stage.scratch / f"pgbench-{table}"
        self._folder.mkdir(exist_ok=True)
        self._script = self._folder / "script.sql"
        self._script.write_text(f"\\set number random(1, {played or len(questions)})\n{_one_line(sql)};\n")
        _write_questions(stage.url, table, columns, questions)
        self._connection = psycopg.connect(
            stage.url, autocommit=True, options=OPTIONS, row_factory=psycopg.rows.dict_row
        )

    def answer(self, question: Any) -> Any:
        """:param question: one of `questions`, or its place among them, from 0."""
        number = question + 1 if isinstance(question, int) else self._numbers[tuple(question)]
        asked = NUMBER.sub("%(number)s::integer", self._sql.replace("%", "%%"))
        return self._read(self._connection.execute(asked, {"number": number}, prepare=True).fetchall())

    def run(self, seconds: float) -> Sample:
        for old in self._folder.glob("log.*"):
            old.unlink()
        with Watch([self._stage.server]) as watch:
            done = subprocess.run(  # noqa: S603 (PostgreSQL's own program)
                self._command(seconds), env=self._environment(), cwd=self._folder, capture_output=True,
                text=True, check=False,
            )  # fmt: skip
        rate = re.search(r"tps = ([0-9.]+)", done.stdout)
        if done.returncode or not rate:
            raise RuntimeError(f"pgbench: {done.stderr}")
        latencies = _read_logs(self._folder)
        requests = sum(latencies.values())
        wrong = sum(map(int, re.findall(r"number of failed transactions: (\d+)", done.stdout)))
        return sample_of(
            latencies, seconds=requests / float(rate[1]), cpu=watch.cpu, memory=watch.memory, wrong=wrong
        )

    def close(self) -> None:
        self._connection.close()

    def _command(self, seconds: float) -> list[str]:
        threads = min(self._stage.clients, os.cpu_count() or 1)
        return [
            str(find_pgbench()), "-n", "-M", "prepared", "-c", str(self._stage.clients), "-j", str(threads),
            "-T", str(max(1, round(seconds))), "-f", str(self._script), "--log", "--log-prefix=log",
            f"--random-seed={self._stage.seed}",
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        address = urlsplit(self._stage.url)
        return {
            **os.environ, "PGHOST": str(address.hostname), "PGPORT": str(address.port),
            "PGUSER": str(address.username), "PGPASSWORD": str(address.password),
            "PGDATABASE": address.path.lstrip("/"), "PGOPTIONS": OPTIONS,
        }  # fmt: skip


def find_pgbench() -> Path:
    """The program; it comes with PostgreSQL's server (Debian)."""
    folder = find_programs()
    if folder and (folder / "pgbench").exists():
        return folder / "pgbench"
    if found := shutil.which("pgbench"):
        return Path(found)
    raise Missing("pgbench is not installed; it comes with: apt-get install postgresql")


def _one_line(sql: str) -> str:
    """Without comments and line ends: a script of pgbench is read by lines."""
    return " ".join(re.sub(r"--.*", "", sql).split())


def _write_questions(
    url: str, table: str, columns: Mapping[str, str], questions: Sequence[tuple[Any, ...]]
) -> None:
    described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS bench")
        connection.execute(f"DROP TABLE IF EXISTS bench.{table}")
        connection.execute(f"CREATE TABLE bench.{table} (number integer PRIMARY KEY, {described})")
        cursor = connection.cursor()
        with cursor.copy(f"COPY bench.{table} (number, {', '.join(columns)}) FROM STDIN") as copy:
            for number, one in enumerate(questions, 1):
                copy.write_row((number, *one))
        connection.execute(f"VACUUM (ANALYZE) bench.{table}")


def _read_logs(folder: Path) -> Counter[int]:
    """Read how long each request took: the third figure of a line, in microseconds."""
    found = Counter[int]()
    for file in folder.glob("log.*"):
        with file.open() as lines:
            found.update(to_three_figures(int(line.split(" ", 3)[2]) * 1000) for line in lines)
    return found
