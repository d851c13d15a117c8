"""What is read in listings as people write them; and what only looks like it, and is not."""

from __future__ import annotations

import pytest

from kith.quality.claims import read_claims

# --- Codes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("KN95口罩 GB2626—2006", ["GB 2626-2006"]),
        ("GB 2626‑2019 KN95 x20", ["GB 2626-2019"]),
        ("ＧＢ２６２６－２０１９", ["GB 2626-2019"]),
        ("gb 2626 - 2019", ["GB 2626-2019"]),
        ("G B 2626:2019", ["GB 2626-2019"]),
        ("GB2626——2019", ["GB 2626-2019"]),
        ("GB2626ー2019", ["GB 2626-2019"]),
        ("GB2626一2019", ["GB 2626-2019"]),
        ("GB26262019", ["GB 2626-2019"]),
        ("GB2626(2019)", ["GB 2626-2019"]),
        ("GB2626 2019", ["GB 2626-2019"]),
        ("KN95GB2626-2019", ["GB 2626-2019"]),
        ("GB2626", ["GB 2626"]),
        ("GB2626口罩，执行标准GB2626-2019", ["GB 2626-2019"]),
        ("GB2626 2020新款", ["GB 2626"]),
        ("GB2626 2020年2月1日", ["GB 2626"]),
        ("GB2626-2019-12-01", ["GB 2626"]),
        ("GB/T 2626-2019", ["GB 2626-2019"]),
        ("GB/T32610-2016", ["GB/T 32610-2016"]),
        ("GBT 32610", ["GB/T 32610"]),
        ("GB32610-2016", ["GB/T 32610-2016"]),
        ("GB-T 32610.2016", ["GB/T 32610-2016"]),
        ("EN149:2001+A1:2009", ["EN 149:2001+A1:2009"]),
        ("EN 149 : 2001 + A1 : 2009", ["EN 149:2001+A1:2009"]),
        ("EN149-2001", ["EN 149:2001+A1:2009"]),
        ("EN149:2009", ["EN 149:2001+A1:2009"]),
        ("EN149", ["EN 149"]),
        ("EN 149:1991", ["EN 149:1991"]),
        ("NIOSH approved", ["42 CFR 84"]),
        ("42CFR84", ["42 CFR 84"]),
        ("42 CFR Part 84", ["42 CFR 84"]),
        ("YY/T 0969—2013", ["YY/T 0969-2013"]),
        ("YY/0469-2011", ["YY 0469-2011"]),
        ("YY0469", ["YY 0469"]),
        ("GB 19083-2010和GB2626-2019", ["GB 19083-2010", "GB 2626-2019"]),
        ("GB 9999-2001", ["GB 9999-2001"]),
        ("GB/T 9999", ["GB/T 9999"]),
        ("T/CTCA 7-2019", ["T/CTCA 7-2019"]),
        ("EN 14683:2019+AC:2019", ["EN 14683:2019+AC:2019"]),
        ("GB4943-2022", ["GB 4943.1-2022"]),
        ("GB 4943.1—2022", ["GB 4943.1-2022"]),
        ("64GB 2022新款U盘", []),
        ("内存8GB 512G", []),
        ("when 1490 open 14900", []),
        ("GB", []),
        ("不符合GB2626-2019", []),
        ("非GB2626标准", []),
        ("not compliant with GB 2626-2019", []),
    ],
)
def test_codes_of_standards(text: str, keys: list[str]) -> None:
    assert list(read_claims(text, "").standards) == keys


# --- Classes and levels ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("KN95口罩", ["KN95"]),
        ("n95级", ["N95"]),
        ("Kn95", ["KN95"]),
        ("KN 95", ["KN95"]),
        ("KN-95", ["KN95"]),
        ("ＫＮ９５", ["KN95"]),
        ("K\u200bN95", ["KN95"]),
        ("𝐊𝐍𝟗𝟓", ["KN95"]),
        ("KN95x20", ["KN95"]),
        ("KN100 KP95", ["KN100", "KP95"]),
        ("N95/KN95", ["N95", "KN95"]),
        ("FFP2 NR", ["FFP2"]),
        ("ffp 3", ["FFP3"]),
        ("N100", ["N100"]),
        ("kn950", []),
        ("YN95", []),
        ("KN95.5", []),
        ("in 95 % of cases, size N 95cm", []),
        ("过滤效率I级", ["I"]),
        ("过滤效率级别 Ⅱ级", ["II"]),
        ("过滤效率：Ⅲ级", ["III"]),
        ("过滤效率达到II级", ["II"]),
        ("过滤效率A级", ["A"]),
        ("filtration class B", ["B"]),
        ("filtration class II", ["II"]),
        ("Filtration efficiency: class III", ["III"]),
        ("I级", []),
        ("Ⅱ类医疗器械", []),
        ("class II", []),
        ("GB/T 32610 过滤效率二级", ["II"]),
        ("GB 19083 过滤效率2级", ["class 2"]),
        ("过滤效率2级", []),
        ("1级医用防护口罩", ["class 1"]),
    ],
)
def test_classes(text: str, grades: list[str]) -> None:
    read = read_claims(text, "")
    assert (list(read.grades), read.levels) == (grades, ())


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("防护级别A级", ["A"]),
        ("防护效果A级", ["A"]),
        ("防护效果级别：B级", ["B"]),
        ("防护等级为Ｃ级", ["C"]),
        ("protection level A", ["A"]),
        ("Protection level: D", ["D"]),
        ("A级防护口罩", ["A"]),
        ("A级", []),
        ("维生素A 级别", []),
        ("AA级防护", []),
        ("protection level AB", []),
        ("防护级别不是A级", []),
    ],
)
def test_levels_only_when_said_to_be_one(text: str, levels: list[str]) -> None:
    read = read_claims(text, "")
    assert (list(read.levels), read.grades) == (levels, ())


@pytest.mark.parametrize(
    "text",
    [
        "不是KN95",
        "这款并非KN95口罩",
        "非KN95",
        "非 N95 级",
        "不及N95",
        "不等于N95",
        "不是真正的KN95",
        "达不到KN95标准",
        "没有KN95认证",
        "not KN95",
        "Not a KN95 mask",
        "This is not a real N95",
        "non-KN95",
        "isn't KN95",
        "lower than N95",
        "not KN95 or N95",
        "不是KN95、N95或FFP2",
        "非KN95/N95",
    ],
)
def test_what_is_denied_is_not_claimed(text: str) -> None:
    assert read_claims(text, "").grades == ()
    assert read_claims("口罩", text).grades == ()


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("非医用KN95口罩", ["KN95"]),
        ("non-medical KN95 mask", ["KN95"]),
        ("不是N95，是KN95口罩", ["KN95"]),
        ("not N95; KN95", ["KN95"]),
        ("不闷不勒 KN95", ["KN95"]),
        ("不含荧光剂的KN95", ["KN95"]),
        ("Model No. KN95-01", ["KN95"]),
        ("Do not wash. KN95", ["KN95"]),
    ],
)
def test_a_denial_of_something_else_takes_nothing_away(text: str, grades: list[str]) -> None:
    assert list(read_claims(text, "").grades) == grades


# --- For whom ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "medical"),
    [
        ("医用外科口罩", True),
        ("一次性使用医用口罩", True),
        ("医用级防护", True),
        ("可用于医疗环境", True),
        ("适合医生护士门诊、手术时佩戴", True),
        ("可用于手术室", True),
        ("for doctors and nurses", True),
        ("可以代替医用口罩", True),
        ("surgical mask", True),
        ("for medical use", True),
        ("medical-grade mask", True),
        ("不含荧光剂、医用级无纺布", True),
        ("非灭菌医用口罩", True),
        ("非医用", False),
        ("民用非医用口罩", False),
        ("不是医用口罩", False),
        ("不能用于医用", False),
        ("非医疗用途", False),
        ("不用于医疗环境", False),
        ("不适用于工业、医用", False),
        ("医疗用途除外", False),
        ("医用请勿购买", False),
        ("稳健医疗 KN95", False),
        ("河南某某医疗器械有限公司", False),
        ("奥美医用品股份有限公司", False),
        ("not for medical use", False),
        ("Non-medical use", False),
        ("nonmedical use", False),
        ("not a medical device", False),
        ("Not intended for surgical use", False),
        ("not suitable for surgical or medical use", False),
        ("biomedical device parts", False),
        ("非医用 医用外科口罩", True),
        ("不能替代医用外科口罩", False),
        ("无法代替医用口罩", False),
        ("not a substitute for a medical mask", False),
        ("医生推荐的日常口罩", False),
        ("recommended by doctors", False),
        ("不适用于手术", False),
        ("不可用于手术室", False),
        ("not for use in the operating room", False),
    ],
)
def test_medical(text: str, medical: bool) -> None:
    assert read_claims(text, "").medical is medical


@pytest.mark.parametrize(
    ("text", "children"),
    [
        ("儿童口罩", True),
        ("宝宝专用", True),
        ("成人儿童均可", True),
        ("kids KN95", True),
        ("for children", True),
        ("Children's mask", True),
        ("不适合儿童", False),
        ("不适合3岁以下儿童使用", False),
        ("不建议儿童使用", False),
        ("不适用于婴幼儿、儿童", False),
        ("非儿童款", False),
        ("儿童请勿使用", False),
        ("儿童慎用", False),
        ("婴幼儿及儿童禁用", False),
        ("儿童、孕妇和老人慎用", False),
        ("儿童和老人佩戴更舒适", True),
        ("请放在儿童接触不到的地方", False),
        ("避免儿童接触", False),
        ("not for children", False),
        ("Not suitable for kids", False),
        ("unsuitable for children", False),
        ("keep out of the reach of children", False),
        ("Keep away from small children", False),
        ("children should not wear it", False),
        ("kidney beans, childish", False),
        ("skids, grandchild", False),
    ],
)
def test_children(text: str, children: bool) -> None:
    assert read_claims(text, "").children is children
