"""The shelves as they are shipped with Kith, and how the words of other shops are read as one of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

UNSORTED = "unsorted"
"""Where a listing goes of which nobody has said what it is. Sensitive, so that nothing slips through."""
ADULT = "sexual-health"


@dataclass(frozen=True, slots=True)
class Shelf:
    code: str
    parent: str | None
    zh: str
    en: str
    sensitive: bool
    google: tuple[str, ...]


@lru_cache(maxsize=1)
def shelves() -> tuple[Shelf, ...]:
    """Read categories.toml. A shelf stands behind the one it belongs to."""
    text = resources.files("kith.shop").joinpath("categories.toml").read_text(encoding="utf-8")
    return tuple(
        Shelf(
            code=entry["code"],
            parent=entry.get("parent"),
            zh=entry["zh"],
            en=entry["en"],
            sensitive=entry.get("sensitive", False),
            google=tuple(entry.get("google", ())),
        )
        for entry in tomllib.loads(text)["category"]
    )


def read_shelf(text: str) -> str | None:
    """Find the code of a shelf by its code, either of its names, or a category of Google's taxonomy."""
    wanted = " ".join(text.split()).casefold()
    return _names().get(wanted) or _by_google(wanted)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {name.casefold(): shelf.code for shelf in shelves() for name in (shelf.en, shelf.zh, shelf.code)}


@lru_cache(maxsize=1)
def _paths() -> tuple[tuple[str, str], ...]:
    """Google's categories that we know, the most exact first."""
    paths = [(path.casefold(), shelf.code) for shelf in shelves() for path in shelf.google]
    return tuple(sorted(paths, key=lambda pair: -len(pair[0])))


def _by_google(wanted: str) -> str | None:
    for path, code in _paths():
        if wanted == path or wanted.startswith(f"{path} > "):
            return code
    return None
