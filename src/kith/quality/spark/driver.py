"""The process that talks to Spark: it makes tables of files, carries statements out, and leaves a file.

Run by path, as a process of its own, and it imports nothing of Kith: settings and secrets are not with
it, and what Spark starts ends with it. It is told in lines of JSON, first the settings of the session,
then a job each, and answers every line with one.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.storagelevel import StorageLevel

IN_MEMORY_OR_ON_DISK = StorageLevel.MEMORY_AND_DISK
_working = threading.Event()


def main() -> None:
    """Serve until there is nobody left to tell us anything."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what Java prints is no answer
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    session: SparkSession | None = None
    while (line := lines.get()) is not None:
        told = json.loads(line)
        answer, made = _try(partial(_run, session, told) if session else partial(_open, told))
        session = session or made
        print(json.dumps(answer), file=answers, flush=True)
    if session:
        session.stop()


def _listen(lines: queue.Queue[str | None]) -> None:
    """Hand lines on. When who tells us is gone, there is no use in going on with what they wanted."""
    for line in sys.stdin:
        lines.put(line)
    if _working.is_set():
        os._exit(1)
    lines.put(None)


def _try(do: Callable[[], Any]) -> tuple[dict[str, str], Any]:
    _working.set()
    try:
        return {}, do()
    except Exception as error:  # noqa: BLE001 (told to who asked)
        return {"error": f"{type(error).__name__}: {error}"}, None
    finally:
        _working.clear()


def _open(settings: Mapping[str, str]) -> SparkSession:
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _run(session: SparkSession, job: Mapping[str, Any]) -> None:
    """Carry out a job: `tables` (name and place of each), `engine.Statements`, and a file to leave.

    What many statements look at is made once.
    """
    try:
        for name, place in job["tables"].items():
            session.read.parquet(place).createOrReplaceTempView(name)
        for name, statement in job["derived"].items():
            made = session.sql(statement).persist(IN_MEMORY_OR_ON_DISK)
            made.createOrReplaceTempView(name)
        broken = [session.sql(statement) for statement in job["rules"].values()]
        reduce(DataFrame.unionAll, broken).createOrReplaceTempView("broken")
        found = session.sql(job["last"]).toArrow()
        with pa.OSFile(job["into"], "wb") as file, pa.ipc.new_file(file, found.schema) as writer:
            writer.write_table(found)
    finally:
        session.catalog.clearCache()
        for name in (*job["tables"], *job["derived"], "broken"):
            session.catalog.dropTempView(name)


if __name__ == "__main__":
    main()
