"""What is printed on a pack: how much it holds back, when it was made, its batch, how many are in it.

Folded text only. A price, a telephone number or a size is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from datetime import date

from kith.quality.reading.wording import DASH, stands_alone

NEAR = 16
"""Characters between what a date is of and the date, at most."""
MOST = 1_000_000

# --- How much ----------------------------------------------------------------------------------

_FIGURE = re.compile(
    r"(过滤(?:效率|率|效果)?|filtration(?: efficiency| rate)?|filter efficiency|bfe|pfe|防护效果)"
    r"([^,;。\d%]{0,14}?)(\d{1,3}(?:\.\d{1,3})?) ?%"
)
_FIGURE_FIRST = re.compile(r"%[^,;。\d%]{0,4}(?:过滤|filtration)")
_SHARE_BEFORE = re.compile(r"(?<!\d)(\d{1,3}(?:\.\d{1,3})?) ?$")
_LESS = re.compile(r"(?<!不)(?<!not )(?:低于|小于|不足|不到|未达|less than|below|under|<)")
_QUANTITY = re.compile("(细菌|bacteria|bfe)|(非油性|盐性|non-oil|nacl|salt)|(油性|oil)|(防护效果)")
_QUANTITIES = ("filtration", "filtration-bacteria", "filtration-salt", "filtration-oil", "protection")


def read_figures(text: str) -> Iterator[tuple[str, float]]:
    """Yield the shares that are said to be held back, in per cent: ("filtration", 95.0) for 过滤效率≥95%."""
    if "%" not in text:
        return
    for match in _FIGURE.finditer(text):
        share = float(match[3])
        if 0 < share <= 100 and not _LESS.search(match[2]):
            yield _quantity(text, match.start(), match.end()), share
    for match in _FIGURE_FIRST.finditer(text):
        before = _SHARE_BEFORE.search(text[max(0, match.start() - 9) : match.start()])
        if before and 0 < float(before[1]) <= 100:
            yield _quantity(text, match.start(), match.end()), float(before[1])


def _quantity(text: str, start: int, end: int) -> str:
    """What the share is of, by the words of its clause."""
    near = text[max(0, start - NEAR) : start]
    begin = start - len(near) + 1 + max(near.rfind(stop) for stop in ",;。:|")
    said = _QUANTITY.search(text, begin, end)
    return _QUANTITIES[said.lastindex or 0 if said else 0]


# --- When, and which batch ---------------------------------------------------------------------

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = f"({'|'.join(_MONTHS)})[a-z]*"
_DATE = re.compile(
    rf"((?:19|20)\d\d)(?: ?[{DASH}./年] ?(\d\d?)(?: ?[{DASH}./月] ?(\d\d?))?|(\d\d)(\d\d))(?!\d)"
    rf"|(\d\d?) ?{_MONTH} ?,? ?((?:19|20)\d\d)(?!\d)|{_MONTH} (\d\d?),? ((?:19|20)\d\d)(?!\d)"
)
_MADE = re.compile(
    r"生产(?:日期|时间|于|批号(?:及|/)日期)(?:/批号)?|制造(?:日期|时间|于)|出厂(?:日期|时间|于)"
    r"|mf[gd](?![a-z])|manufactur(?:ed|ing)|produc(?:ed|tion)(?![a-z])|made(?![a-z])"
)
_MADE_BEHIND = re.compile(r" ?[日号]? ?(?:生产|出厂|制造)(?!日期|时间|批|企|厂|商|许|地)")
_OF_SOMETHING_ELSE = re.compile(r"有效|失效|到期|保质|exp|valid|best|until|use by|检测|检验|tested|\d")


def read_date(text: str) -> date | None:
    """Read the day of production; the first of the month where no day is said."""
    if "20" not in text and "19" not in text:
        return None
    for made in _MADE.finditer(text):
        match = _DATE.search(text, made.end(), made.end() + 3 * NEAR)
        if match and match.start() <= made.end() + NEAR:
            day = _day(match)
            if day and not _OF_SOMETHING_ELSE.search(text, made.end(), match.start()):
                return day
    if "生产" in text or "出厂" in text or "制造" in text:
        for match in _DATE.finditer(text):
            if _MADE_BEHIND.match(text, match.end()):
                return _day(match)
    return None


def _day(match: re.Match[str]) -> date | None:
    year = match[1] or match[8] or match[11]
    named = match[7] or match[9]
    month = _MONTHS.index(named) + 1 if named else int(match[2] or match[4])
    try:
        return date(int(year), month, int(match[3] or match[5] or match[6] or match[10] or 1))
    except ValueError:
        return None


_BATCH = re.compile(
    r"(?:批号|批次号?|lot(?![a-z])|batch(?![a-z]))"
    r"((?: ?(?:number|code|no|nr|id)(?![a-z]))?[ :#.=]{0,4})(?:为|是)?[ :]{0,2}"
    r"([a-z0-9][a-z0-9/_-]{0,29}+)(?! ?年)"
)
_COUNTED = re.compile(r"\d{1,5}(?:pcs?|pieces?|packs?|masks?|x)?")


def read_batch(text: str) -> str:
    """Read the batch, in capitals: 批号, 批次, LOT, Batch No."""
    for match in _BATCH.finditer(text):
        batch = match[2].strip("-/_")
        marked = not match[0].startswith(("lot", "batch")) or match[1].strip()
        alone = stands_alone(text, match.start())
        if alone and any(char.isdigit() for char in batch) and (marked or not _COUNTED.fullmatch(batch)):
            return batch.upper()
    return ""


# --- How many ----------------------------------------------------------------------------------

_NUMBER = r"([1-9]\d{0,2},\d{3}|[1-9]\d{0,4})"
_LONE = r"([1-9](?<![\da-z.].)(?:\d{0,2},\d{3}|\d{0,4}))"
"""One that is not the end of another, or of a word."""
_FEW = r"([1-9]\d{0,2})"
_UNIT = (
    r"(?:只(?!需|要|是|有|能|为)|片(?!区)|枚|支|张|个(?!月|工作|小时|人|色|颜|尺|型|层|国|世|星期|以)|件(?=装|套|/)"
    r"|(?:pcs?|pieces?|masks?|count|ct|pk)(?![a-z]))"
)
_PACK = r"(?:盒|袋|包|箱|套|packs?(?![a-z])|box(?:es)?(?![a-z])|bags?(?![a-z]))"
_COUNT = re.compile(
    rf"{_LONE}(?:"
    # 10只/袋×5袋, 50片/盒, 50只装, 50 pcs x 2
    rf" ?{_UNIT}(?:装|入)?(?: ?(?:/|每|per |a ){_PACK})?"
    rf"(?: ?[x×*] ?(?P<times>{_FEW}) ?{_PACK}?(?![\da-z]|\.\d))?"
    # 5袋×10只, 2盒(每盒50只), 3 packs of 10
    rf"| ?{_PACK} ?(?:[x×*]|[,(]? ?每{_PACK}|of) ?(?P<in_each>{_NUMBER})(?: ?{_UNIT})?(?!\d|\.\d)"
    # 50-pack, 20 x KN95
    r"|[ -]pack(?![a-z])| ?[x×] ?(?=kn|n\d|ffp|kp|mask|face|口罩)"
    r")"
)
_PACK_OF = re.compile(rf"(?:pack|box|bag|set|case)s?(?: of|:) {_NUMBER}(?!\d|\.\d)")
_TIMES = re.compile(
    rf"[x×*] ?{_NUMBER}(?: ?{_UNIT})?(?![\d%×*]|\.\d| ?[a-z/]| ?(?:寸|英寸|厘|毫|米|倍|{_PACK}))"
)
_NOT_IN_A_PACK = re.compile(
    r"(?:[送赠][^,;。 ]{0,4}|[销售存货购满买前第剩超达产近]"
    r"|已售|累计|每人|every|over|first)[ :为出于了达过]{0,2}$"
)


def read_pieces(text: str, named_ends: Container[int]) -> int:
    """Read how many pieces one pack has; 1 where nothing is said.

    An x behind a number is a size (17.5x9.5cm), unless the number ends a class or a code that was
    read (KN95 x20): `named_ends` are the places where such end. What is said of one piece alone
    (每只独立包装) is passed over; of several counts the first is taken.
    """
    found: list[tuple[int, int]] = []
    for pattern in (_COUNT, _TIMES, *((_PACK_OF,) if "of" in text or "pack" in text else ())):
        for match in pattern.finditer(text):
            start = match.start()
            count = _in_all(match)
            size = pattern is _TIMES and _is_size(text, start, named_ends)
            of_a_code = match.end(1) in named_ends  # GB 2626-2019 pack of 20
            if (
                1 < count <= MOST
                and not (size or of_a_code)
                and not _NOT_IN_A_PACK.search(text[max(0, start - 8) : start])
            ):
                found.append((start, count))
                break
    return min(found)[1] if found else 1


def _in_all(match: re.Match[str]) -> int:
    said = match.groupdict()
    count = int(match[1].replace(",", ""))
    return count * int((said.get("times") or said.get("in_each") or "1").replace(",", ""))


def _is_size(text: str, start: int, named_ends: Container[int]) -> bool:
    end = start - 1 if text[start - 1 : start] == " " else start
    last = text[end - 1 : end]
    if end in named_ends or not last.isascii():
        return False
    return last.isdigit() or (last.isalpha() and end == start)
