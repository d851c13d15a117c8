"""A session of Spark, in a process of its own that ends with it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused

logger = logging.getLogger(__name__)

DRIVER = Path(__file__).with_name("driver.py")
HANDED_ON = ("SPARK_", "HADOOP_", "YARN_", "JAVA_", "KRB5", "LC_")
HANDED_ON_TOO = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
"""Of our environment, what Spark's process gets. It must not have our secrets: Spark shows its own."""
LONGEST = 3600.0
"""Seconds that a session or a sweep may take. A cluster that has nothing to spare lets one wait for ever."""
LAST_WORDS = 2000
"""Characters of what Spark has printed that go to our log when it fails."""

ALWAYS = {
    "spark.app.name": "kith-sweep",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.files.maxPartitionBytes": "16m",
}
"""What the findings depend on, and what must not be open."""
MODEST = {"spark.driver.memory": "2g", "spark.sql.shuffle.partitions": "8"}
"""Where nobody has set anything: SPARK_CONF_DIR says where the operator has."""
ON_THIS_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.authenticate": "true",
}
"""For `local[…]`: nobody else on the machine gets in. A cluster's settings are its own."""


class SparkFailed(Refused):
    """Spark is not installed, would not start, or gave up."""

    code = "spark-failed"
    status = 503


def is_local(master: str) -> bool:
    """Whether Spark computes in its own process: `local`, `local[2]`, `local[*]`."""
    return master == "local" or master.startswith("local[")


def why_unusable() -> str:
    """Say what is missing for Spark to run on this machine; nothing if it is all there."""
    if importlib.util.find_spec("pyspark") is None:
        return str(_("PySpark is not installed. It comes with the extra sweep-spark."))
    if find_java() is None:
        return str(_("Java is not installed. Spark needs Java 17 or 21."))
    return ""


def find_java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")


class Session:
    """Spark, as long as it is open; `run` may be called again and again."""

    def __init__(self, process: subprocess.Popen[str], place: Path) -> None:
        self._process = process
        self.place = place
        """A folder of this session alone, on this machine."""

    @property
    def number(self) -> int:
        """Of the process."""
        return self._process.pid

    def run(self, job: Mapping[str, Any]) -> None:
        """Have the process carry out a job (`driver`).

        :raises SparkFailed: it did not, or took too long.
        """
        told, said = self._process.stdin, self._process.stdout
        assert told is not None
        assert said is not None
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(job), file=told, flush=True)
        with _ended_after(LONGEST, self._process):
            line = said.readline()
        error = json.loads(line).get("error") if line else "it ended without an answer"
        if error:
            logger.error("Spark: %s\n%s", error, self._last_words())
            raise SparkFailed(_("Spark did not do it: %(why)s") % {"why": error.partition("\n")[0]})

    def _last_words(self) -> str:
        return (self.place / "log").read_text(errors="replace")[-LAST_WORDS:]


@contextlib.contextmanager
def _ended_after(seconds: float, process: subprocess.Popen[str]) -> Iterator[None]:
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def open_session(master: str) -> Iterator[Session]:
    """Start Spark, as the driver of an application on this master, and end it.

    :raises SparkFailed: it is not installed, or did not come up.
    """
    if missing := why_unusable():
        raise SparkFailed(missing)
    place = Path(tempfile.mkdtemp(prefix="kith-spark-"))
    try:
        with (place / "log").open("w") as log, _driver(place, log) as process:
            session = Session(process, place)
            session.run(_settings(master, place))
            yield session
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def _driver(place: Path, log: IO[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-I", str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        text=True, cwd=place, env=_environment(place), start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Let it go: it ends when nobody tells it anything, and at once if that was in the middle of a job."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _environment(place: Path) -> dict[str, str]:
    ours = os.environ.items()
    kept = {name: value for name, value in ours if name.startswith(HANDED_ON) or name in HANDED_ON_TOO}
    return {"SPARK_LOCAL_DIRS": str(place)} | kept


def _settings(master: str, place: Path) -> dict[str, str]:
    own = {
        "spark.master": master,
        "spark.sql.warehouse.dir": (place / "warehouse").as_uri(),
        "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={place}",
    }
    modest = {} if "SPARK_CONF_DIR" in os.environ else MODEST
    return ALWAYS | modest | (ON_THIS_MACHINE if is_local(master) else {}) | own
