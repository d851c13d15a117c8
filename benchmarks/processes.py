"""What processes take: processor and memory, as the system counts them (Linux: /proc)."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Self

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def family(pids: Collection[int]) -> set[int]:
    """Processes and all that descend from them."""
    children: dict[int, list[int]] = defaultdict(list)
    for name in os.listdir(PROC):  # noqa: PTH208 (it is read often)
        if name.isdigit() and (told := _stat(int(name))):
            children[int(told[1])].append(int(name))
    found, left = set[int](), list(pids)
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += children[one]
    return found


def processor_seconds(pids: Collection[int]) -> float:
    """Of processes and all that descend from them, those too that have ended and been waited for."""
    ticks = 0
    for one in family(pids):
        if told := _stat(one):
            ticks += sum(map(int, told[11:15]))
    return ticks / TICK


def memory_mib(pids: Collection[int]) -> float:
    """The proportional set size of processes and all that descend from them."""
    return sum(_proportional(one) for one in family(pids)) / 1024


def parent_of(pid: int) -> int:
    told = _stat(pid)
    return int(told[1]) if told else 0


def _stat(pid: int) -> list[str] | None:
    """What stands behind the name in /proc/PID/stat: state, parent, …, from 11: utime stime cutime cstime."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _proportional(pid: int) -> int:
    """In KiB. Where it may not be read, the resident set."""
    for name, label in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = (PROC / str(pid) / name).read_text().splitlines()
        except OSError:
            continue
        return next((int(line.split()[1]) for line in lines if line.startswith(label)), 0)
    return 0


class Watch:
    """In a `with`: what some processes, with all that descend from them, take while it runs.

    Memory is looked at about twice a second, so that a turn of a second sees it too.
    """

    def __init__(self, pids: Collection[int]) -> None:
        self._pids = [pid for pid in pids if pid]
        self.cpu = self.memory = 0.0
        self._over = threading.Event()
        self._looker = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._begun = processor_seconds(self._pids)
        self._looker.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.cpu = processor_seconds(self._pids) - self._begun
        self._over.set()
        self._looker.join()

    def _look(self) -> None:
        while not self._over.wait(0.4):
            self.memory = max(self.memory, memory_mib(self._pids))
        if not self.memory:
            self.memory = memory_mib(self._pids)
