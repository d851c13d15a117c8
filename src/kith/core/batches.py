"""Long work in bounded pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

T = TypeVar("T")
BATCH = 500

Step = Callable[[datetime], int]
"""Does a piece of some work at an instant, and says how much it was; 0: nothing is left."""


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut into lists of `size`, the last one shorter. (`itertools.batched` comes with 3.12.)"""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def do_all(
    steps: Mapping[str, Step], *, now: datetime, goes_on: Callable[[], bool] = lambda: True
) -> dict[str, int]:
    """Do each step until nothing is left of it, one after the other, and say how much of each it was.

    Each piece is a transaction of its own: begun again after it was cut short, it goes on where it was.

    :param goes_on: asked within the transaction of each piece, before it: whether there shall be more.
    """
    done = dict.fromkeys(steps, 0)
    for name, step in steps.items():
        while number := _do_piece(step, now, goes_on):
            done[name] += number
    return done


@transaction.atomic
def _do_piece(step: Step, now: datetime, goes_on: Callable[[], bool]) -> int:
    return step(now) if goes_on() else 0


def erasing(rows: QuerySet[T]) -> Step:  # type: ignore[type-var]
    """Make the step that erases rows, on which nothing else hangs any more."""

    def erase(_now: datetime) -> int:
        some = list(rows.values_list("pk", flat=True)[:BATCH])
        rows.filter(pk__in=some).delete()
        return len(some)

    return erase
