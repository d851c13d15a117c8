"""What people and things are called, and what is said: pools of words, and columns drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.world.plan import NONE, Marks, Numbers

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = ("梅 芳 伟 丽 军 秀英 建国 玉兰 桂花 志强 淑珍 海燕 文斌 小红 春生 国庆 爱华 丹 磊 静").split()
PERSONA_WORDS = (
    "晚霞 听雨 山茶 远帆 竹影 早起的鸟 慢慢走 茶一壶 种花的人 爱唱歌 江边散步 月牙 秋千 老树新芽 白鹭 "
    "向日葵 萤火 小板凳"
).split()
GOODS = (
    "电热水壶 不锈钢锅 棉布拖鞋 羊毛围巾 玻璃茶杯 保温饭盒 台灯 折叠雨伞 竹砧板 蚕丝被 登山鞋 儿童书包 "
    "收音机 电饭煲 手摇扇 核桃 新米 龙井茶 蜂蜜 紫砂壶 洗衣液 毛巾 瑜伽垫 跳绳 花盆 园艺剪 象棋 毛笔 "
    "宣纸 老花镜"
).split()
QUALITIES = ("家用 加厚 便携 经典 新款 大号 小号 儿童 防滑 静音 手工 传统 耐用 轻便 送礼 实惠").split()
SAID = (
    "用了一阵 家里人都喜欢 比想的好 有点小 颜色很正 送得快 包装结实 给妈妈买的 会再买 一般般 做工细 "
    "有味道 洗几次就好 声音不大 价钱合适 老人也会用 孩子抢着用 比上一个强 说明写得清楚 客服耐心"
).split()
TOLD = (
    "今天在公园看见一群白鹭 楼下的桂花开了 想找人一起学太极 孙女教我拍照 昨晚下了一场大雨 "
    "年轻时在厂里修机器 退休以后学画画 邻居送来一篮柿子 有没有人会做酸菜鱼 老同学四十年没见 菜价又涨了些 "
    "早上五点就醒了 阳台上的月季发了新枝 儿子从外地回来 坐绿皮火车去看海 医生让我多走路 "
    "社区食堂的豆腐好吃 跳舞队缺一个领队 学会了用手机缴费 怀念粮票的年代 冬至包了饺子 猫躲在沙发底下 "
    "想养一缸金鱼 象棋输给了小学生 照片翻出来看了半天 周末去爬香山 老街要拆了 戏院重新开张 "
    "收音机里放评弹 河边有人放风筝 腊梅香了一路 给父亲写了一封信"
).split()
AND = "，"


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: for each row which of the pool it is, or `NONE`."""

    codes: Numbers
    pool: list[str]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Numbers | Marks | slice) -> Coded:
        return Coded(self.codes[rows], self.pool)

    def arrow(self) -> pa.Array:
        pool = pa.array(self.pool, pa.string())
        codes = pa.array(self.codes, pa.int32(), mask=self.codes == NONE)
        return pa.DictionaryArray.from_arrays(codes, pool).cast(pa.string())


def one_of(dice: np.random.Generator, pool: list[str], number: int) -> Coded:
    return Coded(dice.integers(0, len(pool), number), pool)


def numbered(prefix: str, numbers: Numbers, *, width: int = 0) -> pa.Array:
    """Names such as p000012."""
    digits = pa.array(numbers, pa.int64()).cast(pa.string())
    padded = pc.utf8_lpad(digits, width=width, padding="0") if width else digits
    return pc.binary_join_element_wise(prefix, padded, "")


@lru_cache(maxsize=1)
def people_names() -> list[str]:
    return [f"{surname}{given}" for surname, given in product(SURNAMES, GIVEN)]


@lru_cache(maxsize=1)
def sentences() -> list[str]:
    """What is said of things: two remarks each."""
    return [f"{one}{AND}{two}" for one, two in product(SAID, SAID) if one != two]


def tales(dice: np.random.Generator, number: int) -> pa.Array:
    """What is told outside: five things each, so that hardly two of them are alike."""
    order = dice.random((number, len(TOLD))).argsort(axis=1)[:, :5] if number else np.zeros((0, 5), np.int64)
    return pc.binary_join_element_wise(*(Coded(order[:, at], TOLD).arrow() for at in range(5)), AND)


def titles(dice: np.random.Generator, number: int) -> pa.Array:
    parts = (one_of(dice, QUALITIES, number).arrow(), one_of(dice, GOODS, number).arrow())
    return pc.binary_join_element_wise(*parts, numbered("", np.arange(number)), " ")
