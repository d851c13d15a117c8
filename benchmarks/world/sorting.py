"""Sets of numbers as sorted rows: of millions, sorting is several times quicker than NumPy's own sets."""

from __future__ import annotations

import numpy as np

from benchmarks.world.plan import Marks, Numbers


def distinct(*parts: Numbers) -> Numbers:
    """Each number once, sorted."""
    row = np.sort(np.concatenate(parts))
    return row[np.diff(row, prepend=row[:1] - 1) != 0]  # type: ignore[no-any-return]


def holds(row: Numbers, wanted: Numbers) -> Marks:
    """Which of these are in a sorted row."""
    if not len(row):
        return np.zeros(len(wanted), np.bool_)
    place = np.minimum(np.searchsorted(row, wanted), len(row) - 1)
    return row[place] == wanted  # type: ignore[no-any-return]


def spread(begin: Numbers, size: Numbers) -> Numbers:
    """The places of many stretches, one stretch after the other."""
    total = int(size.sum())
    within = np.arange(total) - np.repeat(np.cumsum(size) - size, size)
    return np.repeat(begin, size) + within
