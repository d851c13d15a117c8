"""Standards: what is shipped says what the standards say, and a file that is not whole is refused by name."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kith.quality import claims
from kith.quality.standards import (
    Limit,
    Standard,
    StandardBroken,
    find_standard,
    in_force,
    load,
    standards,
)
from tests.docs.pages import ROOT

WHOLE = """
code = "GB 6675.1"
edition = "2014"
title_zh = "玩具安全"
title_en = "Safety of toys"
in_force_from = 2016-01-01
in_force_until = 2030-01-01
covers = ["toys"]
medical = false
children = true
source = "SAC"
says = ["toy code"]
limits = [{ quantity = "lead", at_most = 90, unit = "mg/kg", condition = "dissolved", clause = "5.3" }]

[[grades]]
name = "II"
kind = "class"
says = ["toy class ii"]
limits = [{ quantity = "strength", at_least = 5.0, at_most = 9.5, unit = "N", clause = "4" }]

[[grades]]
name = "B"
kind = "level"
says = ["toy level b"]
needs = ["II"]

[[marks]]
code = "ccc"
zh = "认证"
en = "certified"
says = ["3c"]
clause = "6"

[[forbidden]]
claim = "medical"
zh = "不可"
en = "no"
clause = "1"
"""


LIMIT = '{ quantity = "lead", at_most = 1, unit = "mg/kg", clause = "5" }'


def _load(folder: Path, **files: str) -> tuple[Standard, ...]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load([folder])


# --- A whole file ------------------------------------------------------------------------------


def test_every_field_is_read(tmp_path: Path) -> None:
    (toys,) = _load(tmp_path, toys=WHOLE)
    assert toys.key == "GB 6675.1-2014"
    assert (toys.title_zh, toys.title_en, toys.source) == ("玩具安全", "Safety of toys", "SAC")
    assert (toys.in_force_from, toys.in_force_until) == (date(2016, 1, 1), date(2030, 1, 1))
    assert (toys.covers, toys.medical, toys.children, toys.says) == (("toys",), False, True, ("toy code",))
    assert toys.limits == (Limit("lead", None, 90.0, "mg/kg", "dissolved", "5.3"),)
    assert [(g.name, g.kind, g.says, g.needs) for g in toys.grades] == [
        ("II", "class", ("toy class ii",), ()),
        ("B", "level", ("toy level b",), ("II",)),
    ]
    assert toys.grades[0].limits == (Limit("strength", 5.0, 9.5, "N", "", "4"),)
    assert [(m.code, m.zh, m.en, m.says, m.clause) for m in toys.marks] == [
        ("ccc", "认证", "certified", ("3c",), "6")
    ]
    assert [(f.claim, f.zh, f.en, f.clause) for f in toys.forbidden] == [("medical", "不可", "no", "1")]


@pytest.mark.parametrize(
    ("was", "now", "field"),
    [
        ('code = "GB 6675.1"', "", "code"),
        ('code = "GB 6675.1"', 'code = "toys"', "code"),
        ('code = "GB 6675.1"', "code = 6675", "code"),
        ('edition = "2014"', "", "edition"),
        ('edition = "2014"', 'edition = "new"', "edition"),
        ('edition = "2014"', "edition = 2014", "edition"),
        ('title_zh = "玩具安全"', "", "title_zh"),
        ('title_zh = "玩具安全"', 'title_zh = "  "', "title_zh"),
        ('title_en = "Safety of toys"', "", "title_en"),
        ("in_force_from = 2016-01-01", "", "in_force_from"),
        ("in_force_from = 2016-01-01", 'in_force_from = "2016-01-01"', "in_force_from"),
        ("in_force_from = 2016-01-01", "in_force_from = 2016-01-01T00:00:00", "in_force_from"),
        ("in_force_until = 2030-01-01", "in_force_until = 2016-01-01", "in_force_until"),
        ("in_force_until = 2030-01-01", "in_force_until = 2030", "in_force_until"),
        ('covers = ["toys"]', "", "covers"),
        ('covers = ["toys"]', 'covers = ["toy"]', "covers"),
        ('covers = ["toys"]', 'covers = "toys"', "covers"),
        ('covers = ["toys"]', 'covers = ["toys", "toys"]', "covers"),
        ("medical = false", "", "medical"),
        ("medical = false", "medical = 0", "medical"),
        ("medical = false", "medical = true", "forbidden[0].claim"),
        ("children = true", 'children = "yes"', "children"),
        ('source = "SAC"', "", "source"),
        ('says = ["toy code"]', 'says = ["Toy code"]', "says"),
        ('says = ["toy code"]', 'says = ["ｔoy"]', "says"),
        ('says = ["toy code"]', 'says = ["toy  code"]', "says"),
        ('says = ["toy code"]', 'says = ["t"]', "says"),
        ('says = ["toy code"]', 'says = ["#1"]', "says"),
        ('says = ["toy code"]', "says = [1]", "says"),
        ('source = "SAC"', 'source = "SAC"\nauthor = "me"', "author"),
        ("limits = [{ quantity", "limits = [1, { quantity", "limits[0]"),
        ('quantity = "lead"', 'quantity = "Lead"', "limits[0].quantity"),
        ('quantity = "lead", ', "", "limits[0].quantity"),
        ("at_most = 90,", "", "limits[0].at_least"),
        ("at_most = 90,", 'at_most = "90",', "limits[0].at_most"),
        ("at_most = 90,", "at_most = true,", "limits[0].at_most"),
        ("at_most = 90,", "at_most = nan,", "limits[0].at_most"),
        ('at_most = 90, unit = "mg/kg"', 'at_most = 101, unit = "%"', "limits[0].at_most"),
        ('unit = "mg/kg", ', "", "limits[0].unit"),
        ('condition = "dissolved"', "condition = 1", "limits[0].condition"),
        (', clause = "5.3"', "", "limits[0].clause"),
        ('clause = "5.3"', 'clause = ""', "limits[0].clause"),
        ('clause = "5.3"', 'clause = "5.3", page = 7', "limits[0].page"),
        ("limits = [", f"limits = [{LIMIT}, ", "limits"),
        ("at_least = 5.0, at_most = 9.5", "at_least = 9.6, at_most = 9.5", "grades[0].limits[0].at_least"),
        (', clause = "4"', "", "grades[0].limits[0].clause"),
        ('name = "II"', "", "grades[0].name"),
        ('name = "B"', 'name = "II"', "grades"),
        ('kind = "class"', 'kind = "grade"', "grades[0].kind"),
        ('kind = "class"', "", "grades[0].kind"),
        ('says = ["toy class ii"]', "", "grades[0].says"),
        ('needs = ["II"]', 'needs = ["I"]', "grades[1].needs"),
        ('needs = ["II"]', 'needs = ["B"]', "grades[1].needs"),
        ('needs = ["II"]', 'need = ["II"]', "grades[1].need"),
        ('code = "ccc"', 'code = "CCC"', "marks[0].code"),
        ('zh = "认证"', "", "marks[0].zh"),
        ('en = "certified"', "", "marks[0].en"),
        ('says = ["3c"]', "", "marks[0].says"),
        ('clause = "6"', "", "marks[0].clause"),
        ('claim = "medical"', 'claim = "magic"', "forbidden[0].claim"),
        ('zh = "不可"', "", "forbidden[0].zh"),
        ('en = "no"', "", "forbidden[0].en"),
        ('clause = "1"', "", "forbidden[0].clause"),
        ("[[marks]]", "[marks]", "marks"),
        ('code = "GB 6675.1"', "code = ", "file"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused_by_name(tmp_path: Path, was: str, now: str, field: str) -> None:
    assert was in WHOLE
    with pytest.raises(StandardBroken) as refused:
        _load(tmp_path, toys=WHOLE.replace(was, now, 1))
    assert (refused.value.file, refused.value.field) == ("toys.toml", field)
    assert str(refused.value).startswith(f"toys.toml: {field}: ")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "toys.toml").write_bytes(b'code = "\xff"')
    with pytest.raises(StandardBroken, match=r"toys\.toml: file"):
        load([tmp_path])


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StandardBroken, match="no such folder"):
        load([tmp_path / "elsewhere"])


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours")
    assert [each.key for each in _load(tmp_path, toys=WHOLE)] == ["GB 6675.1-2014"]


# --- Between files -----------------------------------------------------------------------------

NEXT = (
    WHOLE.replace('"2014"', '"2030"').replace("2030-01-01", "2050-01-01").replace("2016-01-01", "2030-01-01")
)


def test_two_files_of_one_edition_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        StandardBroken, match=r"second\.toml: edition: GB 6675\.1-2014 is also in first\.toml"
    ):
        _load(tmp_path, first=WHOLE, second=WHOLE)


@pytest.mark.parametrize("begin", ["2029-12-31", "2016-01-01"])
def test_editions_that_overlap_are_refused(tmp_path: Path, begin: str) -> None:
    with pytest.raises(
        StandardBroken, match=r"b\.toml: in_force_from: GB 6675\.1-2014 is in force"
    ) as refused:
        _load(tmp_path, a=WHOLE, b=NEXT.replace("in_force_from = 2030-01-01", f"in_force_from = {begin}"))
    assert begin in str(refused.value)


def test_two_open_editions_of_one_day_overlap(tmp_path: Path) -> None:
    older = WHOLE.replace("in_force_until = 2030-01-01", "")
    newer = older.replace('"2014"', '"2015"')
    with pytest.raises(StandardBroken, match="in force on 2016-01-01, too"):
        _load(tmp_path, a=older, b=newer)


def test_an_edition_without_an_end_ends_when_the_next_begins(tmp_path: Path) -> None:
    found = _load(tmp_path, a=WHOLE.replace("in_force_until = 2030-01-01", ""), b=NEXT)
    assert [each.in_force_until for each in found] == [date(2030, 1, 1), date(2050, 1, 1)]


def test_an_edition_may_be_chosen_beside_the_next(tmp_path: Path) -> None:
    until = "in_force_until = 2030-01-01"
    both = WHOLE.replace(until, f"{until}\nallowed_until = 2031-01-01")
    older, newer = _load(tmp_path, a=both, b=NEXT)
    assert (older.holds_on(date(2030, 6, 1)), older.last_allowed) == (False, date(2031, 1, 1))
    assert (newer.holds_on(date(2030, 6, 1)), newer.last_allowed) == (True, date(2050, 1, 1))
    with pytest.raises(StandardBroken, match=r"a\.toml: allowed_until: is not behind in_force_until"):
        _load(tmp_path, a=both.replace("2031-01-01", "2030-01-01"), b=NEXT)


def test_between_two_editions_there_may_be_none(tmp_path: Path) -> None:
    found = _load(tmp_path, a=WHOLE.replace("2030-01-01", "2029-01-01"), b=NEXT)
    assert [each.holds_on(date(2029, 6, 1)) for each in found] == [False, False]


def test_a_quantity_has_one_unit(tmp_path: Path) -> None:
    with pytest.raises(StandardBroken, match=r"b\.toml: unit: lead is in g here and in mg/kg in a\.toml"):
        _load(tmp_path, a=WHOLE, b=NEXT.replace('unit = "mg/kg"', 'unit = "g"'))


# --- What is shipped ---------------------------------------------------------------------------


def test_what_is_shipped() -> None:
    assert [each.key for each in standards()] == [
        "42 CFR 84-1995",
        "EN 149:2001+A1:2009",
        "GB 19083-2010",
        "GB 19083-2023",
        "GB 2626-2006",
        "GB 2626-2019",
        "GB 4943.1-2022",
        "GB/T 32610-2016",
        "GB/T 38880-2020",
        "YY 0469-2011",
        "YY 0469-2023",
        "YY/T 0969-2013",
        "YY/T 0969-2023",
    ]


def _bounds(key: str, grade: str, quantity: str) -> tuple[float | None, float | None]:
    standard = find_standard(key)
    assert standard is not None
    limits = next((each.limits for each in standard.grades if each.name == grade), standard.limits)
    return next((limit.at_least, limit.at_most) for limit in limits if limit.quantity == quantity)


@pytest.mark.parametrize(
    ("key", "quantity", "least"),
    [
        *(
            (f"GB 2626-{year}", quantity, {f"{family}90": 90, f"{family}95": 95, f"{family}100": 99.97})
            for year in (2006, 2019)
            for family, quantity in (("KN", "filtration-salt"), ("KP", "filtration-oil"))
        ),
        ("GB/T 32610-2016", "filtration-salt", {"I": 99, "II": 95, "III": 90}),
        ("GB/T 32610-2016", "filtration-salt", {"A": 95, "B": 90, "C": 90, "D": 90}),
        ("GB/T 32610-2016", "filtration-oil", {"I": 99, "II": 95, "III": 80}),
        ("GB/T 32610-2016", "filtration-oil", {"A": 95, "B": 80, "C": 80, "D": 80}),
        ("GB/T 32610-2016", "protection", {"A": 90, "B": 85, "C": 75, "D": 65}),
        ("GB 19083-2010", "filtration-salt", {"class 1": 95, "class 2": 99, "class 3": 99.97}),
        ("GB 19083-2023", "filtration-salt", {"class 1": 95, "class 2": 99, "class 3": 99.97}),
        ("EN 149:2001+A1:2009", "filtration-salt", {"FFP1": 80, "FFP2": 94, "FFP3": 99}),
        ("EN 149:2001+A1:2009", "filtration-oil", {"FFP1": 80, "FFP2": 94, "FFP3": 99}),
        ("42 CFR 84-1995", "filtration-salt", {"N95": 95, "N99": 99, "N100": 99.97}),
        ("YY 0469-2011", "filtration-bacteria", {"": 95}),
        ("YY 0469-2011", "filtration-particles", {"": 30}),
        ("YY/T 0969-2013", "filtration-bacteria", {"": 95}),
        ("GB/T 38880-2020", "filtration-particles", {"F": 95, "W": 90}),
    ],
)  # fmt: skip
def test_what_must_be_held_back(key: str, quantity: str, least: dict[str, float]) -> None:
    assert {name: _bounds(key, name, quantity) for name in least} == {
        name: (value, None) for name, value in least.items()
    }


def test_breathing_through_a_daily_mask() -> None:
    assert _bounds("GB/T 32610-2016", "", "inhalation") == (None, 175)
    assert _bounds("GB/T 32610-2016", "", "exhalation") == (None, 145)


def test_a_level_presupposes_a_class() -> None:
    daily = find_standard("GB/T 32610-2016")
    assert daily is not None
    assert {grade.name: set(grade.needs) for grade in daily.grades if grade.kind == "level"} == {
        "A": {"I", "II"},
        "B": {"I", "II", "III"},
        "C": {"I", "II", "III"},
        "D": {"I", "II", "III"},
    }
    assert {each.claim for each in daily.forbidden} == {"medical", "children"}


@pytest.mark.parametrize(
    ("code", "on", "edition"),
    [
        ("GB 2626", date(2006, 11, 30), None),
        ("GB 2626", date(2020, 2, 1), "2006"),
        ("GB 2626", date(2020, 6, 30), "2006"),
        ("GB 2626", date(2020, 7, 1), "2019"),
        ("GB 19083", date(2025, 11, 30), "2010"),
        ("GB 19083", date(2025, 12, 1), "2023"),
        ("GB/T 38880", date(2020, 5, 5), None),
        ("GB/T 38880", date(2020, 5, 6), "2020"),
        ("GB 9999", date(2020, 7, 1), None),
    ],
)
def test_the_day_of_production_decides_the_edition(code: str, on: date, edition: str | None) -> None:
    found = in_force(code, on)
    assert (found.edition if found else None) == edition


def test_what_is_medical_and_what_is_for_children() -> None:
    assert {each.code for each in standards() if each.medical} == {"YY 0469", "YY/T 0969", "GB 19083"}
    assert {each.code for each in standards() if each.children} == {"GB/T 38880"}


def test_one_is_of_another_kind_of_product() -> None:
    assert [each.key for each in standards() if "digital" in each.covers] == ["GB 4943.1-2022"]


def test_an_unknown_key_finds_nothing() -> None:
    assert find_standard("GB 2626") is None


# --- An operator's -----------------------------------------------------------------------------


@pytest.fixture
def own_folder(tmp_path: Path, settings: Any) -> Any:
    settings.STANDARDS_DIR = str(tmp_path)
    standards.cache_clear()
    yield tmp_path
    standards.cache_clear()


def test_an_added_file_is_all_it_takes(own_folder: Path) -> None:
    (own_folder / "toys.toml").write_text(WHOLE, encoding="utf-8")
    assert find_standard("GB 6675.1-2014") is not None
    assert find_standard("GB 2626-2019") is not None
    read = claims.read_claims("积木 GB6675.1—2014 Toy Class Ⅱ", "")
    assert (read.standards, read.grades) == (("GB 6675.1-2014",), ("II",))


def test_readings_are_numbered_anew_when_a_standard_is_added(own_folder: Path) -> None:
    before = claims.reading_version()
    (own_folder / "toys.toml").write_text(WHOLE, encoding="utf-8")
    standards.cache_clear()
    assert claims.reading_version() != before
    assert 0 <= claims.reading_version() < 2**15


def test_a_new_edition_ends_the_shipped_one(own_folder: Path) -> None:
    (own_folder / "new.toml").write_text(
        WHOLE.replace("GB 6675.1", "GB 2626").replace('"2014"', '"2029"').replace("2016-01-01", "2029-07-01"),
        encoding="utf-8",
    )
    was, now = in_force("GB 2626", date(2029, 6, 30)), in_force("GB 2626", date(2029, 7, 1))
    assert [each and each.edition for each in (was, now)] == ["2019", "2029"]


def test_the_page_shows_a_file_that_is_read(own_folder: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "add-a-standard.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (own_folder / "toys.toml").write_text(shown, encoding="utf-8")
    assert find_standard("GB 6675.1-2014") is not None
    assert claims.read_claims("积木", "玩具 GB 6675.1，适合3岁").levels == ("3+",)


def test_the_page_names_the_quantities_in_use() -> None:
    page = (ROOT / "docs" / "how-to" / "add-a-standard.md").read_text(encoding="utf-8")
    used = {
        limit.quantity
        for each in standards()
        for limit in (*each.limits, *(limit for grade in each.grades for limit in grade.limits))
    }
    assert {name for name in used if f"`{name}`" not in page} == set()
