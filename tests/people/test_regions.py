"""Provinces and cities, in both languages."""

from __future__ import annotations

import pytest

from kith.people.regions import cities, coarsen, full_name_of, is_region, name_of, province_of, provinces


def test_every_province_and_city_has_a_name_in_both_languages() -> None:
    chinese, english = provinces("zh-hans"), provinces("en")
    assert len(chinese) == len(english) == 34
    for code, name in chinese:
        assert is_region(code)
        assert code.endswith("0000")
        assert name == name_of(code, "zh-hans")
        both = zip(cities(code, "zh-hans"), cities(code, "en"), strict=True)
        for (city, in_chinese), (same, in_english) in both:
            assert city == same
            assert len(city) == 6
            assert province_of(city) == code
            assert in_chinese
            assert not in_english.isdigit()
            assert in_english[0].isupper()


def test_no_office_stands_in_the_place_of_a_city() -> None:
    names = {name for code, _ in provinces("zh") for _, name in cities(code, "zh")}
    assert not {name for name in names if "市辖区" in name or "直辖" in name or name == "县"}
    assert {"保定市", "济源市", "三亚市", "喀什地区"} <= names


@pytest.mark.parametrize("code", ["110000", "120000", "310000", "500000", "710000", "810000", "820000"])
def test_a_city_that_is_its_own_province_has_no_cities(code: str) -> None:
    assert is_region(code)
    assert cities(code, "en") == ()
    assert full_name_of(code, "en") == name_of(code, "en")


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("310000", "上海市", "Shanghai"),
        ("130600", "保定市", "Baoding"),
        ("610000", "陕西省", "Shaanxi"),
        ("140000", "山西省", "Shanxi"),
        ("350200", "厦门市", "Xiamen"),
        ("650100", "乌鲁木齐市", "Ürümqi"),
        ("429004", "仙桃市", "Xiantao"),
    ],
)
def test_names(code: str, chinese: str, english: str) -> None:
    assert name_of(code, "zh-hans") == chinese
    assert name_of(code, "en") == english


def test_a_city_is_named_with_its_province() -> None:
    assert full_name_of("130600", "zh-hans") == "河北省保定市"
    assert full_name_of("130600", "en") == "Baoding, Hebei"


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("310104", "310000"),
        ("310100", "310000"),
        ("500200", "500000"),
        ("130602", "130600"),
        ("130600", "130600"),
        ("130000", "130000"),
        ("419001", "419001"),
        ("419000", "410000"),
        ("139999", "130000"),
        ("990000", None),
        ("1306", None),
        ("１３０６００", None),
        ("", None),
    ],
)
def test_a_finer_code_is_brought_to_its_city(code: str, region: str | None) -> None:
    assert coarsen(code) == region


@pytest.mark.parametrize("code", ["", "110100", "130602", "990000", "abc"])
def test_what_is_no_region_has_no_name(code: str) -> None:
    assert not is_region(code)
    assert name_of(code, "en") == ""
    assert cities(code, "en") == ()
