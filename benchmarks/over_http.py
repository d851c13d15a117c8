"""Contenders over HTTP: a server as it is shipped, and wrk, which asks it from another process on loopback.

wrk counts for each connection from when a request is written until its answer is read, and corrects for what
a slow answer has kept it from asking meanwhile ("coordinated omission"), so its p99 is the worse of the two.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from benchmarks.contest import Contender, Missing, Role, Sample, Stage
from benchmarks.processes import Watch
from benchmarks.stages import ROOT
from kith.cli.serve import CONNECTIONS, THREADS

LOAD = Path(__file__).with_name("load.lua")
UNLIMITED = "person=1000000000/second,writes=1000000000/second,address=1000000000/second"
TRIED = 50
"""So many are asked beforehand, to know how long answers are."""
SETTLING = 5
"""After so many turns at most a server has warmed up, and answers as fast as it can."""
CROWD = 8
"""At half load, so many connections for each client: who comes does not wait for who came before."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of the kind that is measured."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A server on a free port of 127.0.0.1, from `with` to its end."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """:param command: in which PORT stands for the port."""
        self.port = free_port()
        written = [part.replace("PORT", str(self.port)) for part in command]
        self._process = subprocess.Popen(  # noqa: S603 (ourselves)
            written, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, ask: Ask, *, method: str = "GET", body: bytes | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, ask.path, body=body, headers=dict(ask.headers))
            said = connection.getresponse()
            return Answer(
                said.status, {name.lower(): value for name, value in said.getheaders()}, said.read()
            )
        finally:
            connection.close()

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not come up")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def serve_kith(stage: Stage, *, settings: str = "kith.config.settings") -> Server:
    """Start `kith serve` on the stage's world, with a process for each core. Limits of the API are lifted."""
    environment = stage.environment() | {"KITH_API_LIMITS": UNLIMITED, "DJANGO_SETTINGS_MODULE": settings}
    command = [
        sys.executable,
        "-m",
        "kith.cli",
        "serve",
        "--port",
        "PORT",
        "--workers",
        str(cores()),
        "--quiet",
    ]
    return Server(command, environment)


def serve_wsgi(application: str, environment: Mapping[str, str] | None = None) -> Server:
    """Start granian for another application, with the same numbers as `kith serve`."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "PORT",
        "--no-ws", "--workers", str(cores()), "--blocking-threads", str(THREADS),
        "--backpressure", str(CONNECTIONS), "--log-level", "warning", application,
    ]  # fmt: skip
    return Server(command, environment or {})


def cores() -> int:
    return len(os.sched_getaffinity(0))


class OverHttp(Contender):
    """Requests to a server, which somebody else started and ends.

    :param asks: what is asked, in an order drawn by the stage's seed. `answer` is asked by their numbers.
    :param read: makes of an answer what is compared.
    :param played: only the first so many are asked while it is measured; 0: all.
    :param database: whether PostgreSQL's processes work for it, so that they are counted with it.
    :param half: come at half of what the server can answer, one independently of the other.
    """

    def __init__(
        self, name: str, role: Role, stage: Stage, server: Server, asks: Sequence[Ask], *,
        read: Callable[[Answer], Any] = lambda answer: answer.status, judged: bool = True, half: bool = False,
        played: int = 0, database: bool = True,
    ) -> None:  # fmt: skip
        self.name, self.role, self.judged = name, role, judged
        self._stage, self._server, self._asks, self._read = stage, server, asks, read
        self._others = [stage.server] if database else []
        self._half, self._pause, self._connections = half, 0.0, stage.clients
        self._file = stage.scratch / f"asks-{server.port}-{id(self)}.tsv"
        lines = (
            "\t".join([ask.path, *map(": ".join, ask.headers.items())]) for ask in asks[: played or None]
        )
        self._file.write_text("\n".join(lines) + "\n")
        self._least_bytes = min(self._sizes())

    def answer(self, question: Any) -> Any:
        return self._read(self._server.ask(self._asks[question]))

    def run(self, seconds: float) -> Sample:
        if self._half and not self._pause:
            self._pace(max(self._load(seconds).rate for _ in range(SETTLING)))
        return self._load(seconds)

    def _pace(self, full: float) -> None:
        """Choose pauses such that all connections together ask half as often as they could.

        :param full: how many a second that is.
        """
        self._connections = CROWD * self._stage.clients
        self._pause = 1000 * self._connections / (full / 2)

    def _load(self, seconds: float) -> Sample:
        with Watch([self._server.pid, *self._others]) as watch:
            told = self._wrk(seconds)
        more = {"bytes": told["bytes"] / max(1, told["requests"])}
        if more["bytes"] < self._least_bytes:
            raise RuntimeError(f"{self.name}: {more['bytes']:.0f} bytes an answer are too few to be answers")
        if self._pause:
            more["asked for"] = 1000 * self._connections / self._pause
        return Sample(
            told["requests"], told["seconds"], told["p50"], told["p99"], watch.cpu, watch.memory,
            wrong=told["refused"] + told["broken"], more=more,
        )  # fmt: skip

    def _wrk(self, seconds: float) -> dict[str, Any]:
        threads = min(cores(), self._connections)
        command = [
            find_wrk(), "-t", str(threads), "-c", str(self._connections), "-d", f"{max(1, round(seconds))}s",
            "--timeout", "30s", "-s", str(LOAD), f"http://127.0.0.1:{self._server.port}/", "--",
            str(self._file), str(self._stage.seed), str(self._pause),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (wrk)
        told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return told

    def _sizes(self) -> Iterator[int]:
        """Ask some once, and return how long the answers are: what is no answer would be quick."""
        for ask in self._asks[:TRIED]:
            said = self._server.ask(ask)
            if said.status != http.client.OK:
                raise RuntimeError(f"{self.name}: {ask.path} answers {said.status}: {said.body[:300]!r}")
            yield len(said.body)


def find_wrk() -> str:
    if found := shutil.which("wrk"):
        return found
    raise Missing("wrk is not installed; install it with: apt-get install wrk")
