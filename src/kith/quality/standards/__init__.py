"""Standards as data: what a product must meet, one TOML file per edition, each figure with its clause.

The files beside this one are shipped; an operator's stand in `settings.STANDARDS_DIR`. They are
checked strictly when they are loaded: a listing is taken down on the strength of what they say.
Which edition applies goes by the day a product was made (`in_force`).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from kith.quality.standards.files import load
from kith.quality.standards.shape import Forbidden, Grade, Limit, Mark, Standard, StandardBroken, key_of

__all__ = [
    "Forbidden",
    "Grade",
    "Limit",
    "Mark",
    "Standard",
    "StandardBroken",
    "find_standard",
    "in_force",
    "key_of",
    "load",
    "standards",
]


@lru_cache(maxsize=1)
def standards() -> tuple[Standard, ...]:
    """Load the shipped standards and the operator's, by code and then by the day they come into force.

    :raises StandardBroken: if any of the files cannot be used; none is left out silently.
    """
    folders = [Path(__file__).parent]
    if settings.STANDARDS_DIR:
        folders.append(Path(settings.STANDARDS_DIR))
    return load(folders)


def find_standard(key: str) -> Standard | None:
    """Find an edition by its key, such as "GB 2626-2019"."""
    return next((standard for standard in standards() if standard.key == key), None)


def in_force(code: str, on: date) -> Standard | None:
    """Find the edition of a code by which a product made on that day is judged."""
    return next((each for each in standards() if each.code == code and each.holds_on(on)), None)
