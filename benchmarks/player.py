"""One client in a process of its own: `python -m benchmarks.player MODULE:CLASS`. See `players`.

It reads a JSON object a line, of which the first is what the class is told, and answers each with one:
{"answer": question} → {"answer": …};  {"run": seconds, "begin": ns} → {"latencies": [[ns, number], …], …}.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections import Counter
from importlib import import_module
from typing import Any, Protocol, TextIO

from benchmarks.contest import to_three_figures


class Player(Protocol):
    """What a class must have to play. It is made once in each client's process.

    :param told: what `Stage.told` says, what the row adds (`Players(told=…)`), and "number", this client's
        among "clients", counted from 0. Draw from `random.Random(f"{seed} {number}")` or the like, so that
        clients ask different things and a run asks the same as the next.

    It may also have `prepare()`, called before each turn and not measured, and `close()`.
    """

    def __init__(self, told: dict[str, Any]) -> None: ...

    def answer(self, question: Any) -> Any:
        """Answer one question in JSON's terms, by the same code as `play`."""

    def play(self) -> int | None:
        """Do one request, the next in its own order; return how many things it did if that is not one."""


def main() -> None:
    told = json.loads(sys.stdin.readline())
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what anybody prints is no answer
    if told.get("django"):
        import django  # noqa: PLC0415 (not everybody needs it)

        django.setup()
    module, _, name = sys.argv[1].partition(":")
    player: Player = getattr(import_module(module), name)(told)
    _tell(answers, {"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            _tell(
                answers,
                _run(player, **asked) if "run" in asked else {"answer": player.answer(asked["answer"])},
            )
        except Exception:  # noqa: BLE001 (whatever it is, it is told to whoever asked)
            _tell(answers, {"broken": traceback.format_exc()})
    if close := getattr(player, "close", None):
        close()


def _tell(answers: TextIO, what: dict[str, Any]) -> None:
    print(json.dumps(what), file=answers, flush=True)


def _run(player: Player, *, run: float, begin: int) -> dict[str, Any]:
    """Play from an instant of the monotonic clock on, for so many seconds."""
    if prepare := getattr(player, "prepare", None):
        prepare()
    play, clock = player.play, time.monotonic_ns
    took: list[int] = []
    things = 0
    time.sleep(max(0.0, (begin - clock()) / 1e9))
    first = before = clock()
    end = first + round(run * 1e9)
    while before < end:
        things += play() or 1
        after = clock()
        took.append(after - before)
        before = after
    counted = Counter(map(to_three_figures, took))
    return {"latencies": list(counted.items()), "things": things, "seconds": (before - first) / 1e9}


if __name__ == "__main__":
    main()
