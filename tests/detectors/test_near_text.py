"""Two prints of a text: both are alike for what is nearly the same; for what is not, hardly ever both."""

from __future__ import annotations

from random import Random

import pytest

from kith.detectors.near_text import NOTHING, Prints, prints_of

TEXT = (
    "KN95 防护口罩 GB 2626-2019 30只装。外层采用透气微孔,四季可用。内层亲肤柔软,长时间佩戴不勒。"
    "鼻夹可弯折,戴眼镜不起雾。滤芯使用双层加固,细节扎实。"
)
BOILERPLATE = (
    "本店所有商品均为现货,付款后四十八小时内发出,偏远地区顺延。"
    "签收时请当面检查外包装,如有破损请拒收并联系客服。"
)
TEA = "安吉白茶 明前特级 250克 罐装 产地浙江 今年的新茶,香气清高,汤色嫩绿,送礼自饮都合适。"


def apart(one: str, other: str) -> Prints:
    here, there = prints_of(one), prints_of(other)
    return Prints((here.print ^ there.print).bit_count(), (here.check ^ there.check).bit_count())


def test_the_same_text_has_the_same_prints_whatever_the_spaces() -> None:
    assert apart(TEXT, TEXT) == apart(TEXT, f"  {TEXT}\n") == (0, 0)
    assert all(0 < one < 2**63 for one in prints_of(TEXT))


def test_prints_that_are_kept_stay_what_they_are() -> None:
    """Should this fail, what was read before is no longer comparable: `claims.READER` must be raised."""
    assert prints_of(TEXT) == KEPT


def test_one_word_more_changes_few_bits() -> None:
    assert max(apart(TEXT, f"{TEXT} 新款")) <= 3


def test_another_thing_has_other_prints() -> None:
    assert (
        min(
            apart(TEXT, "安吉白茶 明前特级 250克 罐装 产地浙江 今年的新茶,香气清高,汤色嫩绿,送礼自饮都合适。")
        )
        > 12
    )


def test_each_print_tells_how_much_is_shared() -> None:
    """The shares of bits that differ are those of the formulas, on average over many pairs."""
    dice, check, angle = Random(7), [], []
    words = [f"word{number}" for number in range(400)]
    for _ in range(150):
        drawn = dice.sample(words, 150)
        one, other = prints_of(" ".join(drawn[:100])), prints_of(" ".join(drawn[50:]))
        angle.append((one.print ^ other.print).bit_count() / 63)
        check.append((one.check ^ other.check).bit_count() / 63)
    assert sum(check) / 150 == pytest.approx((1 - 50 / 150) / 2, abs=0.02)
    assert sum(angle) / 150 == pytest.approx(60 / 180, abs=0.03), "half of either is shared: 60 degrees"


def test_the_two_are_independent() -> None:
    """Among pairs that are near by the one print, the other is as far apart as among all."""
    dice, pairs = Random(11), []
    words = [f"word{number}" for number in range(300)]
    for _ in range(400):
        drawn = dice.sample(words, 110)
        one, other = prints_of(" ".join(drawn[:100])), prints_of(" ".join(drawn[10:]))
        pairs.append(((one.print ^ other.print).bit_count(), (one.check ^ other.check).bit_count()))
    nearest = [check for _, check in sorted(pairs)[:100]]
    everywhere = [check for _, check in pairs]
    assert sum(nearest) / 100 == pytest.approx(sum(everywhere) / 400, abs=0.7)


def test_what_many_shops_say_does_not_make_two_things_one() -> None:
    here, there = f"康瑞牌 棉布口罩 20片/盒 {BOILERPLATE}", f"信瑞牌 一次性使用医用口罩 5枚 {BOILERPLATE}"
    assert apart(here, there).check > 4


@pytest.mark.parametrize("text", ["", "KN95 口罩", "\ud800", "a b c d e f g h i j k"])
def test_of_too_short_a_text_nothing_is_known(text: str) -> None:
    assert prints_of(text) == (NOTHING, NOTHING)


KEPT = Prints(439230713771117035, 2100229374321496304)
