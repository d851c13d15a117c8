"""How people write what masks are: codes, classes, dates and batches, claims, denials, and much talk."""

from __future__ import annotations

import re
from datetime import date
from random import Random

# --- What is read --------------------------------------------------------------------------------

CODES = {
    "GB 2626": ("GB 2626", "GB2626", "gb2626", "GB  2626", "国标GB2626", "执行标准:GB 2626"),
    "GB/T 32610": ("GB/T 32610", "GB/T32610", "GBT 32610", "gb/t 32610", "执行标准GB/T 32610"),
    "GB/T 38880": ("GB/T 38880", "GB/T38880", "GBT38880"),
    "YY 0469": ("YY 0469", "YY0469", "yy 0469", "执行标准：YY 0469"),
    "YY/T 0969": ("YY/T 0969", "YY/T0969", "YYT 0969"),
    "GB 19083": ("GB 19083", "GB19083", "gb 19083"),
    "EN 149": ("EN 149", "EN149", "en 149"),
    "42 CFR 84": ("NIOSH", "NIOSH 42 CFR 84", "niosh"),
}
_ROMAN = {"I": ("I", "Ⅰ"), "II": ("II", "Ⅱ"), "III": ("III", "Ⅲ")}


def say_code(dice: Random, code: str, edition: str, *, english: bool) -> str:
    """Write a standard, with its edition unless that is ""."""
    said = dice.choice([way for way in CODES.get(code, (code,)) if way.isascii() or not english])
    if not edition or code == "42 CFR 84":
        return said
    if code.startswith("EN "):
        return f"{said}:{edition if dice.random() < 0.7 else edition.partition('+')[0]}"
    return f"{said}{dice.choice(('-', '-', '-', ' - ', '—', '–'))}{edition}"


def say_grade(dice: Random, name: str, *, english: bool) -> str:
    """Write a class."""
    if name in _ROMAN:
        roman = dice.choice(_ROMAN[name])
        return f"filtration class {roman}" if english else dice.choice((
            f"过滤效率{roman}级", f"过滤等级：{roman}级", f"过滤效率 {roman}"))  # fmt: skip
    if name.startswith("class "):
        number = name[-1]
        return f"{name} medical protective" if english else dice.choice((
            f"过滤效率{number}级", f"医用防护口罩 {number}级"))  # fmt: skip
    if name in {"F", "W"}:
        kind = {"F": ("防护", "protective"), "W": ("卫生", "hygiene")}[name]
        return (
            f"children {kind[1]} mask {name}"
            if english
            else f"儿童{kind[0]}口罩{dice.choice(('', ' '))}{name}"
        )
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", name).groups()  # type: ignore[union-attr]
    between = dice.choice(("", "", "", "", "-", " "))
    said = f"{letters if dice.random() < 0.8 else letters.lower()}{between}{digits}"
    return said if english or dice.random() < 0.7 else f"{said}级"


def say_level(dice: Random, level: str, *, english: bool) -> str:
    if english:
        return f"protection level {level}"
    return dice.choice(
        (f"防护级别{level}级", f"防护等级：{level}级", f"防护效果 {level}级", f"{level}级防护")
    )


def say_made(dice: Random, day: date, *, english: bool) -> str:
    if english:
        return dice.choice(
            (f"MFG: {day.isoformat()}", f"Manufactured {day:%d %b %Y}", f"Production date {day:%Y/%m/%d}")
        )
    return dice.choice((
        f"生产日期：{day.isoformat()}", f"生产日期{day.year}年{day.month}月{day.day}日",
        f"生产日期 {day:%Y.%m.%d}", f"生产日期{day:%Y%m%d}",
    ))  # fmt: skip


def say_batch(dice: Random, batch: str, *, english: bool) -> str:
    batch = batch if dice.random() < 0.9 else batch.lower()
    ways = ("LOT: {}", "Lot No. {}", "Batch: {}") if english else ("批号：{}", "批号{}", "批号 {}", "LOT:{}")
    return dice.choice(ways).format(batch)


def say_pieces(dice: Random, pieces: int, *, english: bool) -> str:
    if english:
        return dice.choice((f"{pieces} pcs", f"{pieces}pcs/box", f"pack of {pieces}"))
    return dice.choice((f"{pieces}只装", f"{pieces}片/盒", f"{pieces}只/盒", f"{pieces}枚"))


MARKS = {
    "registration": (
        ("国械注准20203140", "注册证：苏械注准20202140", "医疗器械注册证编号 豫械注准20192640"),
        ("medical device registration 2020-214-",),
    ),
    "ce": (("CE认证", "CE2834", "CE 认证"), ("CE2797", "CE marking", "CE certified")),
    "approval": (("批准号TC-84A-", "批准号 TC-84A-"), ("TC-84A-", "approval TC 84A-")),
}


def say_mark(dice: Random, mark: str, *, english: bool) -> str:
    said = dice.choice(MARKS[mark][english])
    return f"{said}{dice.randrange(1000, 9999)}" if said[-1] in "0-" else said


MEDICAL = (
    ("医用级防护", "医用口罩，医院同款", "可作医用外科口罩使用", "达到医疗级防护"),
    ("medical grade protection", "for medical use", "surgical grade", "works as a surgical mask"),
)
MEDICAL_HARD = ("适合医生护士门诊、手术时佩戴", "approved for doctors and nurses in the operating theatre")
CHILDREN = (
    ("儿童可戴，上学必备", "大人小孩都能用", "宝宝也可以用"),
    ("for kids and adults", "suits children from 3 years"),
)
NOT_MEDICAL = (
    ("非医用", "本品为非医用口罩", "不适用于医用环境", "不可用于医疗用途", "不能替代医用外科口罩"),
    ("not for medical use", "non-medical", "This is not a medical device, not for surgical use"),
)
NOT_CHILDREN = (
    ("不适合儿童使用", "婴幼儿及儿童禁用", "请放在儿童接触不到的地方", "儿童不宜"),
    ("not suitable for children", "keep out of reach of children", "not intended for kids"),
)
NOT_THAT = (
    ("不是KN95口罩，介意慎拍", "非N95，只挡灰尘", "本品达不到KN95标准"),
    ("this is not a KN95 mask", "not KN95 or N95", "does not meet N95"),
)
FIRMS = (
    ("河南亚都医疗器械有限公司生产", "湖北康护医疗用品股份有限公司出品"),
    ("made by Winner Co., Ltd.", "by Allhome Trading"),
)
MATERIALS = ("FZ/T 64078-2019", "GB/T 4745-2012")
"""Standards of what masks are made of, which stand beside their own."""
UNKNOWN = (
    "GB 26262-2019",
    "GB 2627-2019",
    "YY 0496-2011",
    "EN 194:2001",
    "GB 6262-2006",
    "GB/T 77321-2017",
    "YY 9921-2015",
)

# --- What is talk ---------------------------------------------------------------------------------

_BRANDS = "康安益民华瑞雅洁诺邦佳美清源泰和润德盛景博远欣悦恒信宏达嘉禾朗逸星辰"
_NAMES = "Well Breath Safe Pure Nord Aero Clean Vita Guard Soft".split()
_ENDS = "way line mark ly ia care wear shield plus on".split()
_ZH = (
    "鼻夹 耳带 滤芯 面料 内层 外层 边缘 包装 罩体 衬垫 压边 耳挂 夹条 熔喷层".split(),
    "采用 选用 配有 升级为 精选 改用 使用 搭配".split(),
    "柔软亲肤材料 加宽弹力设计 可弯折铝条 静电吸附工艺 防雾结构 超声波焊接 立体剪裁 透气微孔".split()
    + "独立小包 双层加固 无感贴合结构 高密度纤维 食品级密封袋 原生聚丙烯 环保油墨 一体成型技术".split(),
    "长时间佩戴不勒 呼吸顺畅 贴合各种脸型 出门通勤都合适 不易起球 戴眼镜不起雾 手感厚实".split()
    + "不掉色 干净卫生 说话不闷 四季可用 骑行跑步也稳 收纳方便 性价比高 老顾客回购很多 细节扎实".split(),
)
_EN = (
    "The nose clip|The ear loop|Each layer|The filter|The inner side|The seal|The shell|The edge".split("|"),
    "uses|comes with|is made of|is built with|relies on|has".split("|"),
    "soft skin friendly fabric|a wide elastic band|a bendable strip|electrostatic fibre".split("|")
    + "ultrasonic welding|a foldable shape|dense melt blown cloth|a sealed bag".split("|")
    + "reinforced stitching|an anti fog bridge".split("|"),
    "and stays comfortable all day|for easy breathing|to fit most faces|and keeps its form".split("|")
    + "without any smell|for the daily ride|and is light to wear|so that glasses stay clear".split("|")
    + "and packs flat|for work and travel".split("|"),
)
_ZH_BOILERPLATES = (
    "本店所有商品均为现货，付款后四十八小时内发出，偏远地区顺延。"
    "签收时请当面检查外包装，如有破损请拒收并联系在线客服。"
    "防护用品属于个人卫生用品，拆封后不影响二次销售的前提下支持退换，运费由责任方承担。"
    "颜色因光线和屏幕会有差异，以实物为准。店铺每天早九点到晚十点在线，没有及时回复请留言。"
    "收藏店铺可领优惠，满额包邮，多买多省，感谢理解与支持。\n"
    "购买须知：疫情期间物流较慢，请耐心等待，不要重复催单。"
    "请按说明佩戴，使用前检查是否完好，潮湿或脏污后及时更换。"
    "产品应存放在干燥通风、远离火源的地方。因个人脸型不同，贴合程度会有区别，不作为质量问题处理。"
    "对材质过敏者请停止使用并咨询专业人士。开具发票请在备注中写明抬头和税号，随货或电子发送均可。"
)
_EN_BOILERPLATES = (
    "Orders are sent within two working days. Please look at the parcel before you sign for it, and "
    "write to us if anything is missing. For reasons of hygiene we take back unopened packs only. "
    "Colours may differ a little from what your screen shows. Store in a dry place, away from heat. "
    "Replace when damp or dirty. Our desk answers from nine to ten every day.\n"
    "Thank you for visiting our shop. We pack every order with care and send it from our own store "
    "house. Delivery takes longer to remote places. If you are not happy, tell us first and we will "
    "find a way. Leave a note at checkout for an invoice. Follow the shop to hear of new arrivals and "
    "of seasonal offers, and share it with your family."
)
BOILERPLATES = (_ZH_BOILERPLATES.split("\n"), _EN_BOILERPLATES.split("\n"))
"""What many shops say in the same words."""


def say_brand(dice: Random, *, english: bool) -> str:
    if english:
        return f"{dice.choice(_NAMES)}{dice.choice(_ENDS)}"
    return "".join(dice.sample(_BRANDS, 2)) + "牌"


def say_talk(dice: Random, number: int, *, english: bool) -> list[str]:
    """Sentences that claim nothing."""
    parts = _EN if english else _ZH
    return [(" " if english else "").join(dice.choice(part) for part in parts) for _ in range(number)]


# --- How it looks ---------------------------------------------------------------------------------

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_DASHES = "‐‑‒–—−－"
_NARROW = re.compile(r"[A-Za-z0-9./:+-]{3,}")


def dress(dice: Random, text: str) -> str:
    """Write a text as some people do: full width, with other dashes or spaces, or with what nobody sees."""
    way = dice.random()
    if way < 0.06:
        return text.replace("-", dice.choice(_DASHES))
    if way < 0.10:
        return _NARROW.sub(lambda some: some[0].translate(_WIDE) if dice.random() < 0.5 else some[0], text)
    if way < 0.14:
        return text.replace(" ", dice.choice(("  ", "\u3000", "\u00a0")))
    if way < 0.16:
        return _NARROW.sub(lambda some: f"{some[0][0]}\u200b{some[0][1:]}", text)
    if way < 0.20:
        return text.upper()
    return text
