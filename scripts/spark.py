"""A Spark cluster that is thrown away: a master and two workers on 127.0.0.1, ended at the end.

python -m scripts.spark COMMAND…     run a command with KITH_SPARK_MASTER and KITH_SPARK_FILES set to it
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.postgres import end_on_signals

QUICK_TO_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=200m"
FOR_LITTLE = {
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.defaultJavaOptions": QUICK_TO_START,
    "spark.executor.defaultJavaOptions": QUICK_TO_START,
}
"""For tables of a test's size: time goes into translating programs, not into computing."""
FOR_US_ALONE = {
    "spark.executor.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.authenticate": "true",
    "spark.master.rest.enabled": "false",
}
"""Others may be on this machine; nobody but us gets in."""
FROM_OUTSIDE = ("PATH", "HOME", "LANG", "JAVA_HOME", "TMPDIR")
PATIENCE = 90
"""Seconds in which a master or a worker must be up."""


class CannotStart(RuntimeError):
    """PySpark or Java is not installed, or would not start; says why."""


@dataclass(frozen=True)
class Cluster:
    master: str
    files: Path
    """A folder that all of it see."""
    settings: Path
    """For SPARK_CONF_DIR: how to get in, and how much it may take."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KITH_SPARK_MASTER": self.master,
            "KITH_SPARK_FILES": str(self.files),
            "SPARK_CONF_DIR": str(self.settings),
        }


def why_not() -> str:
    """Say what is missing on this machine; nothing if it is all there."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed; install it with: make spark"
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        return "Java is not installed; install it with: apt-get install default-jre-headless"
    return ""


@contextlib.contextmanager
def throwaway_cluster(workers: int = 2, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Run a master and its workers, of one core each, on free ports of 127.0.0.1.

    :param settings: of spark-defaults.conf, such as `FOR_LITTLE`.
    :raises CannotStart: it is not installed or did not come up.
    """
    if missing := why_not():
        raise CannotStart(missing)
    place = Path(tempfile.mkdtemp(prefix="kith-spark-cluster-"))
    try:
        for folder in ("conf", "files", "work"):
            (place / folder).mkdir()
        key = {"spark.authenticate.secret": secrets.token_hex(16)}
        write_settings(place / "conf", {**FOR_US_ALONE, **key, **(settings or {})})
        with contextlib.ExitStack() as running:
            master = running.enter_context(
                _running(place, "master", r"Starting Spark master at (spark://\S+)")
            )
            at = ["--cores", "1", "--memory", "1g", "--work-dir", str(place / "work"), master]
            for number in range(workers):
                up = r"Successfully registered with master (\S+)"
                running.enter_context(_running(place, "worker", up, *at, name=f"worker{number}"))
            yield Cluster(master, place / "files", place / "conf")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def write_settings(folder: Path, settings: Mapping[str, str]) -> None:
    """Write them where SPARK_CONF_DIR is to lead."""
    told = "".join(f"{name} {value}\n" for name, value in settings.items())
    (folder / "spark-defaults.conf").write_text(told)


@contextlib.contextmanager
def _running(place: Path, role: str, up: str, *arguments: str, name: str = "") -> Iterator[str]:
    """Run a part of the cluster; give what `up` finds in its log, by which it is known to be up."""
    spec = importlib.util.find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "bin" / "spark-class"
    log = place / f"{name or role}.log"
    ports = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    with log.open("w") as written:
        process = subprocess.Popen(
            ["bash", program, f"org.apache.spark.deploy.{role}.{role.capitalize()}", *ports, *arguments],
            stdin=subprocess.DEVNULL, stdout=written, stderr=written, cwd=place, env=_environment(place),
            start_new_session=True,  # with what it starts itself it is a group, and ends as one
        )  # fmt: skip
    try:
        yield _wait_until_up(process, log, up)
    finally:
        _end(process)


def _environment(place: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in FROM_OUTSIDE if name in os.environ}
    return kept | {
        "SPARK_CONF_DIR": str(place / "conf"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(place / "work"),
        "SPARK_DAEMON_MEMORY": "256m",
    }


def _wait_until_up(process: subprocess.Popen[bytes], log: Path, up: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if said := re.search(up, log.read_text(errors="replace")):
            return said[1]
        time.sleep(0.1)
    raise CannotStart(f"Spark did not come up:\n{log.read_text(errors='replace')}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it politely, then it and all that it has started."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=15)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    end_on_signals()
    with throwaway_cluster(settings=FOR_LITTLE) as cluster:
        with_it = {**os.environ, **cluster.environment}
        sys.exit(subprocess.run(sys.argv[1:], check=False, env=with_it).returncode)
