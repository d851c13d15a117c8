"""What is read of what is printed on a pack: shares, days, batches, pieces and marks."""

from __future__ import annotations

from datetime import date

import pytest

from kith.quality.claims import read_claims

# --- What is printed on a pack -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("过滤效率≥95%", [("filtration", 95.0)]),
        ("过滤效率高达９９．９％", [("filtration", 99.9)]),
        ("过滤效率不低于95%", [("filtration", 95.0)]),
        ("过滤率>94%", [("filtration", 94.0)]),
        ("PFE≥95%，BFE≥99%", [("filtration", 95.0), ("filtration-bacteria", 99.0)]),
        ("细菌过滤效率≥95%", [("filtration-bacteria", 95.0)]),
        ("非油性颗粒物过滤效率95%", [("filtration-salt", 95.0)]),
        ("油性颗粒物过滤效率90%", [("filtration-oil", 90.0)]),
        ("防护效果≥90%", [("protection", 90.0)]),
        ("filtration efficiency: 95 %", [("filtration", 95.0)]),
        ("95% filtration", [("filtration", 95.0)]),
        ("99%的过滤效率", [("filtration", 99.0)]),
        ("not less than 95% filtration", [("filtration", 95.0)]),
        ("过滤效率≥95%，过滤效率≥95%", [("filtration", 95.0)]),
        ("过滤效率不足95%", []),
        ("过滤效率低于90%", []),
        ("过滤效率195%", []),
        ("过滤效率0%", []),
        ("过滤效率好，棉95%", []),
        ("95%棉", []),
        ("好评率99%", []),
    ],
)
def test_figures(text: str, figures: list[tuple[str, float]]) -> None:
    assert list(read_claims(text, "").figures) == figures


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("生产日期 2020-02-01", date(2020, 2, 1)),
        ("生产日期：2020年2月1日", date(2020, 2, 1)),
        ("生产日期2020.02.01", date(2020, 2, 1)),
        ("生产日期: 2020/2/1", date(2020, 2, 1)),
        ("生产日期：20200201", date(2020, 2, 1)),
        ("生产日期/批号：20200201", date(2020, 2, 1)),
        ("生产日期：２０２０－０２－０１", date(2020, 2, 1)),
        ("生产日期2020—02—01", date(2020, 2, 1)),
        ("MFG 2020-02-01", date(2020, 2, 1)),
        ("MFG date: 01 FEB 2020", date(2020, 2, 1)),
        ("manufactured on February 1, 2020", date(2020, 2, 1)),
        ("Production date 2020-02-01", date(2020, 2, 1)),
        ("2020年2月1日生产", date(2020, 2, 1)),
        ("2020-02-01出厂", date(2020, 2, 1)),
        ("生产日期：2020年2月", date(2020, 2, 1)),
        ("有效期至2022-02-01 生产日期2020-02-01", date(2020, 2, 1)),
        ("生产日期2020-02-01 有效期至2022-02-01", date(2020, 2, 1)),
        ("2020-02-01", None),
        ("有效期至2022-02-01", None),
        ("EXP 2022-02-01", None),
        ("生产日期见包装，有效期至2022-02-01", None),
        ("生产日期 2020-13-40", None),
        ("生产日期 2020-02-30", None),
        ("生产日期：202002011", None),
        ("检测日期2020-02-01 生产企业：某某", None),
        ("2020年2月1日生产许可证", None),
        ("电话 20200201", None),
    ],
)
def test_production_dates(text: str, day: date | None) -> None:
    assert read_claims(text, "").produced_on == day


@pytest.mark.parametrize(
    ("text", "batch"),
    [
        ("批号：20200201A", "20200201A"),
        ("生产批号 20200201a", "20200201A"),
        ("批次：2020-0201", "2020-0201"),
        ("生产日期/批号：20200201", "20200201"),
        ("LOT A123-4", "A123-4"),
        ("Lot No. 77812", "77812"),
        ("Batch No.: B20200201", "B20200201"),
        ("batch 20200201", "20200201"),
        ("批号为20200201有效期两年", "20200201"),
        ("批号见包装", ""),
        ("批次2020年", ""),
        ("a lot of masks 50", ""),
        ("lot 50pcs", ""),
        ("slot: A12", ""),
        ("货号 20200201", ""),
        ("电话 13800138000", ""),
    ],
)
def test_batches(text: str, batch: str) -> None:
    assert read_claims(text, "").batch == batch


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("KN95 x20", 20),
        ("KN95x20", 20),
        ("GB 2626‑2019 KN95 x20", 20),
        ("口罩×50", 50),
        ("mask * 50", 50),
        ("50只装", 50),
        ("５０片／盒", 50),
        ("20个", 20),
        ("50 pcs", 50),
        ("50pcs", 50),
        ("pack of 50", 50),
        ("KN95 mask GB 2626-2019 pack of 20", 20),
        ("FFP2 EN 149 pack of 5", 5),
        ("N95 42 CFR 84 packs of 10", 10),
        ("GB2626-2019 2 packs of 10", 20),
        ("KN95 GB 2626-2019 pack of 20, 3 packs of 10", 20),
        ("50-pack", 50),
        ("20 x KN95 masks", 20),
        ("1,000 pcs", 1000),
        ("KN95,200只", 200),
        ("10只/袋×5袋", 50),
        ("50片/盒 x 2盒", 100),
        ("5袋×10只", 50),
        ("2盒，每盒50只", 100),
        ("3 packs of 10", 30),
        ("每只独立包装 1只/袋 50只", 50),
        ("尺寸17.5x9.5cm", 1),
        ("17x10", 1),
        ("17.5×9.5cm 50只", 50),
        ("¥50.00", 1),
        ("9.9元 50只", 50),
        ("电话13800138000", 1),
        ("电话 13800138000只接短信", 1),
        ("3个月保质期", 1),
        ("7个工作日", 1),
        ("月销10000只", 1),
        ("买2盒送1个", 1),
        ("满20只包邮", 1),
        ("iphone x 20w", 1),
        ("5V×2A", 1),
        ("x0", 1),
        ("KN95", 1),
        ("2020-02-01", 1),
        ("99999只×999袋", 1),
    ],
)
def test_pieces(text: str, pieces: int) -> None:
    assert read_claims(text, "").pieces == pieces


# --- Marks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("GB 2626-2019 KN95", ["standard", "class"]),
        ("GB 2626 KN95", ["class"]),
        ("防护级别A级 生产日期2020-02-01 批号A1", ["level", "production-date", "batch"]),
        ("豫械注准20202140123", ["registration"]),
        ("FFP2 CE 2163", ["class", "ce"]),
        ("N95 TC-84A-0007", ["class", "approval"]),
        ("3C认证 额定输出5V2A", ["ccc", "rated-output"]),
        ("cement CEO", []),
    ],
)
def test_marks(text: str, marks: list[str]) -> None:
    assert list(read_claims(text, "").marks) == marks
