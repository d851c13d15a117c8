"""How a laboratory and the number of its report are written down, so that the same report is known again."""

from __future__ import annotations

from kith.detectors.folding import fold


def fold_laboratory(written: str) -> str:
    """Fold a laboratory's name: case, width, spaces and what is invisible make no other one of it."""
    return "".join(fold(written).text.split())


def fold_number(written: str) -> str:
    """Fold a report's number, which is also shown so: half width, capitals, single spaces."""
    return " ".join(fold(written).text.split()).upper()
