"""Contenders that run in processes of their own, one for each client, alive and warm over all rounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from typing import Any

from benchmarks.contest import Contender, Role, Sample, Stage, sample_of
from benchmarks.processes import Watch
from benchmarks.stages import ROOT

MOMENT = 0.05
"""Seconds until all clients have heard that they are to begin."""


class Broken(RuntimeError):
    """A player's process ended, or told of an error."""


class Players(Contender):
    """As many processes as the stage has clients, each running one `benchmarks.player.Player`.

    :param player: "module:Class".
    :param told: what the class is told beside `Stage.told()` and its "number"; JSON.
    :param django: set Django up, on the stage's database, before the class's module is imported.
    :param server: whether PostgreSQL's processes work for it, so that they are counted with it.
    :param also: ids of other processes that work for it, such as a Redis server; counted with their children.
    :param environment: beside the stage's.
    """

    def __init__(
        self, name: str, role: Role, player: str, stage: Stage, *, told: dict[str, Any] | None = None,
        django: bool = False, server: bool = True, also: tuple[int, ...] = (), judged: bool = True,
        environment: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.name, self.role, self.judged = name, role, judged
        self._others = (*also, stage.server if server else 0)
        self._clients: list[subprocess.Popen[str]] = []
        surroundings = {**os.environ, **stage.environment(), **(environment or {})}
        try:
            for number in range(stage.clients):
                all_told = {**stage.told(), **(told or {}), "number": number, "django": django}
                self._clients.append(_start(player, all_told, surroundings))
            for client in self._clients:
                _hear(client)
        except BaseException:
            self.close()
            raise

    def answer(self, question: Any) -> Any:
        client = self._clients[0]
        _say(client, {"answer": question})
        return _hear(client)["answer"]

    def answers(self, question: Any) -> list[Any]:
        """Ask every client, not only the first."""
        for client in self._clients:
            _say(client, {"answer": question})
        return [_hear(client)["answer"] for client in self._clients]

    def run(self, seconds: float) -> Sample:
        with Watch([*(client.pid for client in self._clients), *self._others]) as watch:
            begin = time.monotonic_ns() + round(MOMENT * 1e9)
            for client in self._clients:
                _say(client, {"run": seconds, "begin": begin})
            told = [_hear(client) for client in self._clients]
        latencies = Counter[int]()
        for one in told:
            latencies.update(dict(map(tuple, one["latencies"])))
        lasted = max(one["seconds"] for one in told)
        sample = sample_of(latencies, seconds=lasted, cpu=watch.cpu, memory=watch.memory)
        return replace(sample, requests=sum(one["things"] for one in told))

    def close(self) -> None:
        for client in self._clients:
            if client.stdin:
                client.stdin.close()
        for client in self._clients:
            try:
                client.wait(timeout=10)
            except subprocess.TimeoutExpired:
                client.kill()
                client.wait()
            if client.stdout:
                client.stdout.close()
        self._clients.clear()


def _start(player: str, told: dict[str, Any], environment: dict[str, str]) -> subprocess.Popen[str]:
    client = subprocess.Popen(  # noqa: S603 (ourselves)
        [sys.executable, "-m", "benchmarks.player", player], cwd=ROOT, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    _say(client, told)
    return client


def _say(client: subprocess.Popen[str], what: dict[str, Any]) -> None:
    assert client.stdin
    print(json.dumps(what), file=client.stdin, flush=True)


def _hear(client: subprocess.Popen[str]) -> dict[str, Any]:
    assert client.stdout
    line = client.stdout.readline()
    told: dict[str, Any] = json.loads(line) if line else {"broken": f"process {client.pid} has ended"}
    if "broken" in told:
        raise Broken(told["broken"])
    return told
