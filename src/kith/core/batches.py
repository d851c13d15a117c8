"""Long work in bounded pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut into lists of `size`, the last one shorter. (`itertools.batched` comes with 3.12.)"""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
