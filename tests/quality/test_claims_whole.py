"""Whole listings, and whatever else people may write."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kith.detectors.folding import fold
from kith.quality import claims
from kith.quality.claims import Claims, Reader, read_claims
from kith.quality.standards import standards

NOTHING = Claims(
    (), (), (), (), medical=False, children=False, produced_on=None, batch="", marks=(), pieces=1
)


def _read(text: str) -> dict[str, Any]:
    """What is claimed, without what is not; the marks have tests of their own."""
    read = read_claims(text, "")
    told = {name: getattr(read, name) for name in Claims.__slots__ if name != "marks"}
    return {name: value for name, value in told.items() if value != getattr(NOTHING, name)}


# --- All of it ---------------------------------------------------------------------------------


def test_a_whole_listing() -> None:
    read = read_claims(
        "ＫＮ９５口罩 GB2626—2019 独立包装",
        "执行标准：GB 2626‑2019。过滤效率≥95%，非医用，不适合儿童。\n"
        "生产日期：2020年7月15日，批号：20200715a。10只/袋×5袋，客服电话400-820-8820，尺寸16×11cm。",
    )
    assert read == Claims(
        standards=("GB 2626-2019",),
        grades=("KN95",),
        levels=(),
        figures=(("filtration", 95.0),),
        medical=False,
        children=False,
        produced_on=date(2020, 7, 15),
        batch="20200715A",
        marks=("standard", "class", "production-date", "batch"),
        pieces=50,
    )


def test_a_whole_listing_in_english() -> None:
    assert _read(
        "Daily mask GB/T 32610-2016, filtration class II, protection level A, pack of 50. "
        "Not for medical use, not suitable for children. Made 2020-02-01, LOT B-17, filters 95 % (EUR 9.50)."
    ) == {
        "standards": ("GB/T 32610-2016",),
        "grades": ("II",),
        "levels": ("A",),
        "produced_on": date(2020, 2, 1),
        "batch": "B-17",
        "pieces": 50,
    }


def test_whoever_names_very_many_standards_names_some() -> None:
    assert len(read_claims("", " ".join(f"GB {number}-2001" for number in range(100, 900))).standards) == 12


def test_title_and_description_stand_apart() -> None:
    assert read_claims("口罩 非", "KN95").grades == ("KN95",)
    assert read_claims("GB", "2626-2019").standards == ()


def test_in_order_of_appearance() -> None:
    read = read_claims("KN95 FFP2", "N95 KN95 GB 2626-2019 EN 149 YY 0469-2011")
    assert read.grades == ("KN95", "FFP2", "N95")
    assert read.standards == ("GB 2626-2019", "EN 149", "YY 0469-2011")


def test_a_reader_of_given_standards_knows_no_others() -> None:
    european = Reader([each for each in standards() if each.code == "EN 149"])
    read = european.read("KN95 FFP2", "GB 2626-2019 EN149:2001")
    assert read.grades == ("FFP2",)
    assert read.standards == ("GB 2626-2019", "EN 149:2001+A1:2009")
    assert Reader([]).read("KN95", "GB 2626-2019").standards == ("GB 2626-2019",)


def test_the_reader_is_built_once() -> None:
    assert claims._reader() is claims._reader()


@pytest.mark.parametrize(
    "text",
    [
        "电热水壶 1.7升 1500W 送滤网2个",
        "尺寸17.5x9.5cm 价格¥95.00 电话010-26262019",
        "Kettle 1.7 l, 1500 W, 220 V, EUR 95.00, call 020 2626 2019",
        "Z 95 路公交, 2626 号, A 级景区, 一级棒",
        "",
    ],
)
def test_what_only_looks_like_it_claims_nothing(text: str) -> None:
    assert _read(text) == {}


# --- Whatever people write ---------------------------------------------------------------------

DASHES = "-‐‑‒–—−ー－﹣―"
SPACES = ["", " ", "\u3000", "\u00a0", "  ", "\t", "\u200b"]


def _wide(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


@st.composite
def written(draw: st.DrawFn, parts: list[str]) -> str:
    """The parts of a code in any width and case, with any dash, and spaces where one part meets the next."""
    told = ""
    for part in parts:
        for char in part:
            shape = draw(st.sampled_from([str.upper, str.lower, _wide, lambda one: _wide(one.lower())]))
            told += draw(st.sampled_from(DASHES)) if char == "-" else shape(char)
        told += draw(st.sampled_from(SPACES))
    return told.strip()


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (["GB", "2626", "-", "2019"], "GB 2626-2019"),
        (["GB", "/T", "32610", "-", "2016"], "GB/T 32610-2016"),
        (["YY", "/", "T", "0969", "-", "2013"], "YY/T 0969-2013"),
        (["GB", "4943.1", "-", "2022"], "GB 4943.1-2022"),
        (["EN", "149", ":", "2001", "+", "A1", ":", "2009"], "EN 149:2001+A1:2009"),
        (["GB", "9999", "-", "2001"], "GB 9999-2001"),
        (["42", "CFR", "84"], "42 CFR 84"),
    ],
)
@given(data=st.data())
def test_a_code_reads_the_same_however_it_is_written(data: st.DataObject, parts: list[str], key: str) -> None:
    assert read_claims(f"口罩 {data.draw(written(parts))} 口罩", "").standards == (key,)


@pytest.mark.parametrize("grade", ["KN95", "KN100", "KP90", "N95", "FFP2"])
@given(data=st.data())
def test_a_class_reads_the_same_however_it_is_written(data: st.DataObject, grade: str) -> None:
    letters, number = grade.rstrip("0123456789"), grade.lstrip("KNPF") if grade != "FFP2" else "2"
    assert read_claims("口罩", f"正品{data.draw(written([letters, number]))}级").grades == (grade,)


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)
PIECES_OF_LISTINGS = st.lists(
    st.sampled_from(
        "KN95 N95 GB 2626 GB2626 -2019 — 2019 /T 32610 EN149 :2001 +A1 :2009 过滤效率 Ⅱ级 I级 A级 防护级别 "
        "不是 非 not 医用 儿童 不适合 for children 生产日期 2020 年 2 月 1 日 20200201 批号 "
        "LOT x20 × 50 只 /袋 5袋 95 % ≥ . , ; : 、 42 cfr 84 niosh".split()
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(ANYTHING | PIECES_OF_LISTINGS, ANYTHING | PIECES_OF_LISTINGS)
@example("\ud800KN95\udfff", "\x00\x01GB\x7f2626")
@example("医用" * 500, "不是" * 500)
@example("非" + "用于" * 400 + "医用", "not " * 500 + "medical use")
@example("非" + "用于" * 22 + "机医用", "不" + "不用" * 20 + "医用")
@example("9" * 3000, "x9" * 1500)
def test_reading_never_fails(title: str, description: str) -> None:
    read = read_claims(title, description)
    assert read.pieces >= 1
    assert len(set(read.standards)) == len(read.standards)
    assert all(0 < share <= 100 for _, share in read.figures)


@given(ANYTHING | PIECES_OF_LISTINGS, PIECES_OF_LISTINGS)
def test_a_folded_text_reads_the_same(title: str, description: str) -> None:
    folded = read_claims(fold(title).text, fold(description).text)
    assert folded == read_claims(title, description)


@given(PIECES_OF_LISTINGS | st.text("ＫＮ９５Ⅱ，：。（）％～ﬁ㎎①Ａé\u0301İＧＢ-—", max_size=60))
def test_the_quick_folding_is_the_folding(text: str) -> None:
    assert claims._one_text(text, "") == " ".join(f"{fold(text).text} ;".split())


@pytest.mark.parametrize("char", "、。“”《》·×≥≤一鿿〇")
def test_what_is_passed_over_in_folding_does_not_change(char: str) -> None:
    assert fold(char).text == char


UNRELATED = st.lists(
    st.sampled_from(
        ["舒适透气", "包邮", "立体剪裁", "soft ear loops", "五层结构", "good value", "现货", "🙂", "…"]
    ),
    max_size=8,
).map("。".join)


@given(UNRELATED, UNRELATED)
def test_unrelated_text_elsewhere_takes_nothing_away(before: str, behind: str) -> None:
    bare = "KN95 GB2626-2019。过滤效率≥95%。生产日期2020-07-15，批号A17。50只/盒。医用。儿童。防护级别A级。"
    assert read_claims(f"{before}。", f"{bare}{behind}") == read_claims("", bare)


def test_every_character_of_the_plane_can_be_read() -> None:
    for code in range(0, 0x10000, 97):
        read_claims(chr(code), unicodedata.normalize("NFD", chr(code)))
