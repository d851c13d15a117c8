"""Where somebody lives: provinces and cities of China, never finer.

`regions.json` holds GB/T 2260 codes and names from github.com/modood/Administrative-divisions-of-China
(WTFPL), with the names that atlases in English use. Three things differ from the source. Beijing,
Tianjin, Shanghai and Chongqing are provinces without cities, since what the standard lists below them
("市辖区") is no city. Cities that answer to their province directly stand among its cities, not below
an office of that name. Taiwan, Hong Kong and Macau, which the source leaves out, are there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("regions.json")


@dataclass(frozen=True, slots=True)
class Region:
    """A province or a city. `code` has six digits; a province's ends in 0000."""

    code: str
    chinese: str
    english: str

    def name(self, language: str) -> str:
        return self.chinese if language.startswith("zh") else self.english


@cache
def _provinces() -> dict[str, tuple[Region, tuple[Region, ...]]]:
    rows = json.loads(_DATA.read_text(encoding="utf-8"))
    return {
        row["code"]: (
            Region(row["code"], row["zh"], row["en"]),
            tuple(Region(*city) for city in row["cities"]),
        )
        for row in rows
    }


@cache
def _regions() -> dict[str, Region]:
    both = (region for province, cities in _provinces().values() for region in (province, *cities))
    return {region.code: region for region in both}


def is_region(code: str) -> bool:
    return code in _regions()


def name_of(code: str, language: str) -> str:
    """Name a region in a language; "" for what is none, so that a page can leave it out."""
    region = _regions().get(code)
    return region.name(language) if region else ""


def full_name_of(code: str, language: str) -> str:
    """Name a city with its province, as one says it: 河北省保定市, or Baoding, Hebei."""
    province = name_of(province_of(code), language)
    name = name_of(code, language)
    if not name or name == province:
        return name
    return f"{province}{name}" if language.startswith("zh") else f"{name}, {province}"


def provinces(language: str) -> tuple[tuple[str, str], ...]:
    """List (code, name) of the provinces, in the standard's order."""
    return tuple((province.code, province.name(language)) for province, _ in _provinces().values())


def cities(province: str, language: str) -> tuple[tuple[str, str], ...]:
    """List (code, name) of a province's cities; none for a city that is its own province."""
    _, below = _provinces().get(province, (None, ()))
    return tuple((city.code, city.name(language)) for city in below)


def province_of(code: str) -> str:
    return f"{code[:2]}0000"


def coarsen(code: str) -> str | None:
    """Find the city that a code of a district lies in, else its province; None for what is no code.

    For codes that come from elsewhere: 310104 (a district of Shanghai) is 310000, 130602 is 130600.
    """
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    candidates = (code, f"{code[:4]}00", province_of(code))
    return next((candidate for candidate in candidates if is_region(candidate)), None)
