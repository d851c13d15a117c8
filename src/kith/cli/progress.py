"""How far long work is: a bar on a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from tqdm import tqdm

T = TypeVar("T")
SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts work done. As a context manager, so that the bar is closed whatever happens.

    :param total: how much there is to do; None when that is not known beforehand.
    """

    def __init__(self, label: str, total: int | None = None, *, unit: str = "") -> None:
        self.label, self.total, self.unit, self.done = label, total, unit, 0
        self._started = self._last_line = time.monotonic()
        self._bar: tqdm[Any] | None = None
        if sys.stderr.isatty():
            known = "{desc}: {percentage:3.0f}% |{bar}| {n_fmt} of {total_fmt}{unit}, {remaining} left"
            unknown = "{desc}: {n_fmt}{unit} in {elapsed}"
            self._bar = tqdm(
                total=total, desc=label, unit=f" {unit}".rstrip(), bar_format=known if total else unknown
            )

    def advance(self, by: int = 1) -> None:
        """Count `by` more as done."""
        self.done += by
        if self._bar is not None:
            self._bar.update(by)
        elif time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._say(self._so_far())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        elif kind is None:
            self._say(f"{self._so_far()}, {time.monotonic() - self._started:.0f} s")

    def _so_far(self) -> str:
        of_all = f" of {self.total:,}" if self.total is not None else ""
        return f"{self.label}: {self.done:,}{of_all} {self.unit}".rstrip()

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 (the command line is where one prints)


def progress(things: Iterable[T], label: str, *, total: int | None = None, unit: str = "") -> Iterator[T]:
    """Hand on things one by one and show how far it is."""
    with Progress(label, total, unit=unit) as bar:
        for thing in things:
            yield thing
            bar.advance()
