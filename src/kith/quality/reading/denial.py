"""Whether what a text names is claimed or denied: 不是KN95, not for medical use, 不适合儿童.

Folded text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from kith.quality.reading.wording import stands_alone

Meant = TypeVar("Meant")

WINDOW = 48
"""How far back a denial is looked for."""
BEHIND = 14

_BEGINS = re.compile(
    r"[不并绝未达没低别非属禁严请切勿无避防谨远以]|n[eo]|isn|aren|do|ca|un|avoid|reach|away|with|le|lo|be|in"
)
"""How denials begin; only there is one looked for."""
_NOT_THAT = re.compile(
    r"(?:(?:不是|并非|绝非|不等于|不等同于?|不及|不如|不到|不达|未达到?|达不到|没有?达到|不符合?|不属于?|低于"
    r"|不能代替|不能替代|无法替代|不算|不能当|别当|没有|未通过|不执行|不适用于?|不为)"
    r"(?:真正|标准|国标|正规|普通|的|为|是|到| )*"
    r"|非 ?"
    r"|(?<![a-z])(?:non[ -]?|(?:not|never|nor|neither|without|isn't|aren't|doesn't|don't|cannot|can't|below"
    r"|less than|lower than|inferior to|instead of)"
    r"(?: (?:an?|the|to|of|as|be|real|genuine|true|certified|rated|equivalent|equal|tested|meet|reach|up"
    r"|comply|with|approved|compliant|standard|class|grade|for|really|actually))* ))$"
)
_JOINED = re.compile(r" ?(?:级|口罩|标准)? ?(?:、|/|或者?|及|和|or|nor) ?")
_USES = (
    "婴幼?儿童?|幼儿|儿童|孕妇|老人|成人|医用|医疗|医护|手术|外科|工业|消防|逃生|缺氧|水下|防尘|防毒|特殊行业"
)
_NOT_FOR = re.compile(
    r"(?:非|不是|并非|不属于?|不作为?|不做|不[可能得宜应供要]?用[于作]?|不[可能得宜应要][作当做]?"
    r"|不适[用合宜](?:于|作)?|不供|不建议|不推荐|禁止|严禁|请?勿|切勿|无法用于|避免|防止|谨防|远离|以防)"
    r"(?:用于|作为|当作|给|供|让|被|任何|直接|替代|代替|用|于|在|当|作|的|一般|专业|普通"
    r"|\d\d?(?: ?[-~至到] ?\d\d?)? ?周?岁|及?以[下上]| )*+"
    rf"(?:(?:{_USES})(?:用途|环境|场所|作业|人群|使用|用)?(?:、|/|,|及|和|或者?|与|以及| )+)*$"
    r"|(?:不[能可得宜]|无法)(?:替代|代替|取代)(?:专业|任何|医用|医疗)?$"
    r"|(?<![a-z])(?:not|never|non|isn't|aren't|cannot|can't|unsuitable|unfit|no|avoid|neither|nor)"
    r"(?:[ -](?:be|used?|as|an?|the|for|to|intended|suitable|meant|designed|recommended|in|any|fit|certified"
    r"|approved|rated|of|sold|substitutes?|replacements?|replace|classified|considered|by|with|or|nor|and|either|medical|surgical|hospital|clinical|children"
    r"|kids|infants|babies|industrial|professional|purposes?|grade),?)*[ -]?$"
    r"|(?:reach of|away from)(?: the| small| young| all)*[ ]?$"
)
_CLINIC = "(?:医生|护士|医护|门诊|手术|病房|临床)"
_MEDICAL = re.compile(
    r"医用|医疗(?:用途?|级|器械|环境|口罩|防护|机构|场所|救护)|外科口罩|手术口罩"
    r"|medical[ -](?:use|grade|face|mask|disposable|protect|respirator|device|purpose|level|staff|setting"
    r"|environment|surgical|kn|n\d|ffp)"
    r"|surgical[ -](?:use|grade|face|mask|respirator)"
    rf"|(?<![不非勿适])(?<!不[可能得宜应])(?:适合|适用于?|专供|供|用于)[^,;。 ]{{0,4}}?{_CLINIC}"
    r"|(?:for|used? (?:by|in)) (?:the )?(?:doctors|nurses|surgeons|hospital|operating (?:theatre|room))"
)
_MEDICAL_AT_ALL = (
    "医", "medical", "外科", "手术", "surgical", "护士", "门诊", "病房", "临床",
    "doctors", "nurses", "surgeons", "hospital", "operating",
)  # fmt: skip
_NOT_MEDICAL_BEHIND = re.compile(
    r"(?:用途|场所|环境|机构|使用|人员)?(?:除外|禁用|禁止|请?勿|不可|不能|不宜)"
    r"|[^,;。 ]{0,10}(?:有限|股份|集团)"
)
"""A use that is ruled out, or the name of a firm."""
_CHILD = re.compile(
    r"儿童|小孩|孩子|宝宝|婴幼?儿|幼儿|小朋友|小学生|童款"
    r"|kids?(?![a-z])|child(?:ren)?(?![a-z])|toddlers?(?![a-z])|bab(?:y|ies)(?![a-z])|infants?(?![a-z])"
)
_NO_CHILD_BEHIND = re.compile(
    r"(?:(?:、|,|及|和|与|或者?) ?(?:婴?幼?儿童?|老人|老年人|孕妇))*"
    r"(?:们|口罩|使用|佩戴)?(?:慎|禁|请?勿|不宜|不能|不可|不得|不适|不要|不应|接触不到|触[及碰]不到|拿不到|够不到|误)"
    r"|(?:'s)? (?:should|must|may|can|shall) ?(?:not|never|n't)"
)


def denied(text: str, start: int) -> bool:
    """Whether the words before `start` say that what begins there is not the case."""
    return _said_before(_NOT_THAT, text, start)


def affirmed(text: str, found: Iterable[tuple[int, int, Meant]], ends: set[int]) -> Iterator[Meant]:
    """Leave out what is denied, and what is joined to it (not KN95 or N95). Takes down where each ends.

    `found` comes in the order of the text.
    """
    denied_until = -1
    for start, end, meant in found:
        ends.add(end)
        joined = denied_until >= 0 and _JOINED.fullmatch(text, denied_until, start)
        if joined or denied(text, start):
            denied_until = end
        else:
            denied_until = -1
            yield meant


def medical_claimed(text: str) -> bool:
    """Whether medical use is claimed somewhere; 医疗 in the name of a firm is no claim."""
    if not any(word in text for word in _MEDICAL_AT_ALL):
        return False
    return _claimed(text, _MEDICAL, _NOT_MEDICAL_BEHIND)


def children_claimed(text: str) -> bool:
    """Whether it is said to be for children; to be kept away from them is no claim."""
    return _claimed(text, _CHILD, _NO_CHILD_BEHIND)


def _claimed(text: str, named: re.Pattern[str], ruled_out_behind: re.Pattern[str]) -> bool:
    for match in named.finditer(text):
        if not stands_alone(text, match.start()):
            continue
        if ruled_out_behind.match(text, match.end(), match.end() + BEHIND):
            continue
        if not _said_before(_NOT_FOR, text, match.start()):
            return True
    return False


def _said_before(denial: re.Pattern[str], text: str, start: int) -> bool:
    before = text[max(0, start - WINDOW) : start]
    return any(denial.match(before, begin.start()) for begin in _BEGINS.finditer(before))
