"""Kinds of masks as a shop knows them: standards, classes, limits and usual prices.

Written down once more, apart from the standards that Kith ships: what a catalogue is true to must
not come from what is measured by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Limit = tuple[str, float | None, float | None]
"""A quantity, at least, at most."""

EVER = date(2019, 1, 1)
"""No mask of the catalogue is older."""
NEVER = date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Edition:
    name: str
    since: date
    until: date
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mask. `grades` are the classes with what a piece usually costs and what each must keep to."""

    code: str
    weight: int
    editions: tuple[Edition, ...]
    grades: dict[str, tuple[float, tuple[Limit, ...]]]
    marks: frozenset[str]
    zh: tuple[str, ...]
    en: tuple[str, ...]
    levels: dict[str, tuple[tuple[Limit, ...], frozenset[str]]]
    """Protection levels: what each must keep to, and the classes that it may go with."""
    price: float = 0.0
    """Of a piece, where there are no classes."""
    medical: bool = False
    children: bool = False


def _salt(least: float) -> tuple[Limit, ...]:
    return (("filtration-salt", least, None),)


def _both(salt: float, oil: float) -> tuple[Limit, ...]:
    return (("filtration-salt", salt, None), ("filtration-oil", oil, None))


def _half_mask(least: float, inhaling: float) -> tuple[Limit, ...]:
    return (*_both(least, least), *_breath(inhaling, 300.0))


def _breath(inhaling: float, exhaling: float) -> tuple[Limit, ...]:
    return (("inhalation", None, inhaling), ("exhalation", None, exhaling))


_ANY = frozenset({"I", "II", "III"})
_BACTERIA = (("filtration-bacteria", 95.0, None),)
_JULY, _DECEMBER = date(2020, 7, 1), date(2025, 12, 1)

KINDS: tuple[Kind, ...] = (
    Kind(
        "GB 2626", 45,
        (Edition("2006", EVER, _JULY, _breath(350.0, 250.0)), Edition("2019", _JULY, NEVER)),
        {
            "KN90": (1.2, _salt(90.0)), "KN95": (2.5, _salt(95.0)), "KN100": (8.0, _salt(99.97)),
            "KP95": (5.0, (("filtration-oil", 95.0, None),)),
        },
        frozenset({"standard", "class"}),
        ("防尘口罩", "防护口罩", "折叠式口罩", "防颗粒物口罩", "呼吸阀口罩"),
        ("Respirator Mask", "Folding Dust Mask", "Particle Respirator"), {},
    ),
    Kind(
        "GB/T 32610", 10, (Edition("2016", EVER, NEVER, _breath(175.0, 145.0)),),
        {"I": (3.0, _both(99.0, 99.0)), "II": (2.0, _both(95.0, 95.0)), "III": (1.2, _both(90.0, 80.0))},
        frozenset({"standard", "level"}),
        ("日常防护口罩", "成人通勤口罩", "立体防雾霾口罩"), ("Daily Protective Mask", "Commuter Face Mask"),
        {
            "A": ((("protection", 90.0, None), *_both(95.0, 95.0)), frozenset({"I", "II"})),
            "B": ((("protection", 85.0, None), *_both(90.0, 80.0)), _ANY),
            "C": ((("protection", 75.0, None), *_both(90.0, 80.0)), _ANY),
            "D": ((("protection", 65.0, None), *_both(90.0, 80.0)), _ANY),
        },
    ),
    Kind(
        "YY 0469", 12,
        (Edition("2011", EVER, date(2026, 12, 1), (
            *_BACTERIA, ("filtration-particles", 30.0, None), ("pressure-drop", None, 49.0))),),
        {}, frozenset({"standard", "registration"}),
        ("医用外科口罩", "一次性医用外科口罩"), ("Surgical Mask", "Disposable Surgical Face Mask"), {}, 0.6,
        medical=True,
    ),
    Kind(
        "YY/T 0969", 10,
        (Edition("2013", EVER, _DECEMBER, _BACTERIA), Edition("2023", _DECEMBER, NEVER, _BACTERIA)),
        {}, frozenset({"standard", "registration"}),
        ("一次性使用医用口罩", "一次性医用口罩"), ("Single-use Medical Face Mask",), {}, 0.35, medical=True,
    ),
    Kind(
        "GB 19083", 5,
        (Edition("2010", EVER, _DECEMBER, (("inhalation", None, 343.2),)), Edition("2023", _DECEMBER, NEVER)),
        {"class 1": (4.0, _salt(95.0)), "class 2": (7.0, _salt(99.0)), "class 3": (11.0, _salt(99.97))},
        frozenset({"standard", "registration"}),
        ("医用防护口罩", "无菌医用防护口罩"), ("Medical Protective Face Mask",), {}, medical=True,
    ),
    Kind(
        "GB/T 38880", 3, (Edition("2020", date(2020, 5, 6), NEVER),),
        {
            "F": (2.5, (("filtration-particles", 95.0, None), ("protection", 90.0, None),
                        ("inhalation", None, 45.0), ("exhalation", None, 45.0))),
            "W": (1.5, (("filtration-particles", 90.0, None), *_BACTERIA, ("pressure-drop", None, 30.0))),
        },
        frozenset({"standard", "class"}),
        ("学生口罩", "卡通立体口罩"), ("School Mask", "Cartoon Mask"), {}, children=True,
    ),
    Kind(
        "EN 149", 10, (Edition("2001+A1:2009", EVER, NEVER),),
        {"FFP1": (2.0, _half_mask(80.0, 210.0)), "FFP2": (4.0, _half_mask(94.0, 240.0)),
         "FFP3": (9.0, _half_mask(99.0, 300.0))},
        frozenset({"standard", "class", "ce"}),
        ("欧标防护口罩", "折叠防护口罩"), ("Filtering Half Mask", "Particle Filtering Half Mask"), {},
    ),
    Kind(
        "42 CFR 84", 5, (Edition("1995", EVER, NEVER, _breath(343.2, 245.2)),),
        {"N95": (5.0, _salt(95.0)), "N99": (9.0, _salt(99.0)), "N100": (14.0, _salt(99.97))},
        frozenset({"class", "approval"}),
        ("美标防护口罩", "头戴式防护口罩"), ("Particulate Respirator", "Cup Respirator"), {},
    ),
)  # fmt: skip
BY_CODE = {kind.code: kind for kind in KINDS}
OF_GRADE = {grade: kind for kind in KINDS for grade in kind.grades}
