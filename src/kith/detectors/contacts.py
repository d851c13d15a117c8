"""Addresses, numbers and names by which people could meet elsewhere: what a greeting may not hold.

Made for what people write to get round such a check (spaces, full width, 点com, Chinese numerals, 薇信),
and to leave alone what only looks like it: prices, years, quantities. It cannot read what is drawn,
hinted at or spread over several messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from kith.detectors.folding import Folded, fold

Kind = Literal["link", "phone", "messenger", "email"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Contact:
    """One that was found; `text` is as it was written."""

    kind: Kind
    text: str


def find_contacts(text: str) -> tuple[Contact, ...]:
    """Find links, telephone numbers, messengers' names and e-mail addresses, in the order of the text."""
    folded = fold(text)
    found: tuple[tuple[Kind, Iterator[Span]], ...] = (
        ("email", _emails(folded)),
        ("link", _links(folded)),
        ("messenger", _messengers(folded)),
        ("phone", _phones(folded)),
    )
    taken: list[tuple[Span, Kind]] = []
    free = bytearray(b"\1" * len(folded.text))
    for kind, spans in found:
        for start, end in spans:
            if all(free[start:end]):
                free[start:end] = bytes(end - start)
                taken.append(((start, end), kind))
    return tuple(Contact(kind, folded.was(*span)) for span, kind in sorted(taken))


# --- Links and e-mail ------------------------------------------------------------------------------

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
_SURE = (
    "com|cn|net|org|edu|gov|xyz|cc|vip|icu|io|tv|ltd|wang|tk|hk|tw|jp|kr|uk|de|fr|ru|eu|asia|biz|dev|ai|gg|app"
    "|中国|公司|网络"
)
"""Ends that are no words."""
_WORDS = "top|info|me|us|be|co|ly|link|live|fun|online|site|work|pro|shop|store|club|ink|mobi|cloud|im|gl|one"
"""Ends that also begin a sentence after a full stop without a space: only with a path, or three labels."""
_DOT = r"(?:\.|。|[\[(【]\s?(?:\.|点|dot)\s?[\])】])"
_SPOKEN = r"(?:\s?(?:点|點)\s?|\s?。\s?|\s\.\s|\s?[\[(【]\s?(?:\.|点|dot)\s?[\])】]\s?)"
_PATH = r"(?:[:/?#][a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*)?"
_BEFORE = r"(?<![a-z0-9@])"
_AFTER = r"(?![a-z0-9-])"
_LINK = re.compile(
    rf"(?:https?|ftp)\s?:\s?/\s?/\s?[^\s，。！？、]+"
    rf"|{_BEFORE}www\s?{_DOT}\s?{_LABEL}(?:{_DOT}{_LABEL})*{_PATH}"
    rf"|{_BEFORE}(?:{_LABEL}{_DOT}){{1,4}}(?:{_SURE}){_AFTER}{_PATH}"
    rf"|{_BEFORE}(?:{_LABEL}{_DOT}){{2,4}}(?:{_WORDS}){_AFTER}{_PATH}"
    rf"|{_BEFORE}(?:{_LABEL}{_DOT}){{1,4}}(?:{_WORDS})/[a-z0-9\-._~/?=&%+]+"
    rf"|{_BEFORE}(?=[a-z0-9-]*[a-z]|\d{{3}}){_LABEL}{_SPOKEN}(?:com|cn|net|org|cc|xyz|vip|top){_AFTER}{_PATH}"
    rf"|{_BEFORE}{_LABEL}\s+dot\s+(?:com|cn|org){_AFTER}{_PATH}"
)
_AT = r"(?:\s?@\s?|\s?[\[(【#]\s?(?:at|艾特)\s?[\])】#]\s?|\s+at\s+(?=\S+\s+dot\s)|\s?艾特\s?)"
_EMAIL = re.compile(
    rf"(?<![a-z0-9._%+-])[a-z0-9._%+-]{{1,64}}{_AT}"
    rf"(?:{_LABEL}(?:{_DOT}|{_SPOKEN}|\s+dot\s+)){{1,4}}(?:{_SURE}|{_WORDS}){_AFTER}"
)


def _links(folded: Folded) -> Iterator[Span]:
    for found in _LINK.finditer(folded.text):
        yield found.start(), found.start() + len(found.group().rstrip(".,;:!?)]'"))


def _emails(folded: Folded) -> Iterator[Span]:
    return (found.span() for found in _EMAIL.finditer(folded.text))


# --- Messengers ------------------------------------------------------------------------------------

_GAP = r"[\s.·*_-]?"
_IS = r"\s?(?:号码|账号|帐号|号|id|群)?\s?(?:就是|是|为|:|=|->|→|>|叫|@)?\s?"
_MARKED = r"\s?(?:号码|账号|帐号|号|id|群)?\s?(?:就是|是|为|:|=|->|→)\s?"
_NAME = r"[a-z][a-z0-9_-]{5,19}(?![a-z0-9])"
_NAME_WITH_DIGIT = r"(?=[a-z_-]*\d)[a-z][a-z0-9_-]{4,19}(?![a-z0-9])"
_NUMBER = r"\d(?:[\s-]?\d){4,11}(?![\d]|\s?(?:元|块|万|人|个|年|月|克|斤|米|单|次|%|\.\d))"
_WECHAT = (
    rf"(?:[微薇威维徽](?:{_GAP})[信❤]|(?<![a-z])v{_GAP}信|(?<![a-z])we{_GAP}i?chat|(?<![a-z])wei{_GAP}xin"
    rf"|(?<![a-z])v{_GAP}x|(?<![a-z])w{_GAP}x|(?:加|\+)\s?(?:我|个|下)?\s?(?:[微薇威围v]|卫星))"
)
_QQ = rf"(?:(?<![a-z])q{_GAP}q|扣{_GAP}扣|(?:加|\+)\s?(?:我|个)?\s?扣|企鹅号)"
_OTHERS = (
    r"(?:(?<![a-z])(?:telegram|whatsapp|wa\.me|signal|snapchat|instagram|skype|kakaotalk|kakao|line|tg|ig)"
    r"|电报|飞机号|抖音号|快手号|小红书号|陌陌号|探探号)"
)
_MESSENGER = re.compile(
    rf"{_WECHAT}(?:{_IS}(?:{_NAME_WITH_DIGIT}|{_NUMBER})|{_MARKED}{_NAME})"
    rf"|{_QQ}{_IS}{_NUMBER}"
    rf"|{_OTHERS}(?:\s?(?:id|号)?\s?(?:[:=@]|is\s@?(?=[a-z_-]*\d)|是)\s?@?)(?:{_NAME}|{_NUMBER})"
    rf"|(?<![a-z0-9])[vq]\s?:\s?(?:{_NAME_WITH_DIGIT}|{_NUMBER})"
)


def _messengers(folded: Folded) -> Iterator[Span]:
    seen: set[int] = set()
    for text in (folded.text, folded.with_digits):
        for found in _MESSENGER.finditer(text):
            if found.start() not in seen:
                seen.add(found.start())
                yield found.span()


# --- Telephone numbers -----------------------------------------------------------------------------

_RUN = re.compile(r"(?:\+\s?)?\d(?:[ \t\-.·*_/()]{0,2}\d)*")
_DIGITS = re.compile(r"\d+")
MOST_GROUPS = 4 + 11
"""The country's code and the number, each digit by itself."""
_MOBILE = re.compile(r"(?:0086|86)?1[3-9]\d{9}")
_SHAPES = {
    *((11,), (3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5), (3, 5, 3), (3, 8), (7, 4), (5, 6), (6, 5)),
    *((3, 2, 2, 2, 2), (3, 3, 3, 2), (2, 3, 3, 3), (1,) * 11),
}
"""How people part a mobile number's eleven digits. Pairs are not among them: 15 16 17 18 19 20 are sizes."""
_MONEY = re.compile(r"\s?(?:元|块|万|亿|rmb|¥)")
_FIXED = re.compile(
    r"(?<![\d.+-])\(?0(?:10|2\d|[3-9]\d{2})\)?[\s-]?[2-8]\d{2,3}[\s-]?\d{4}(?!\d)"
    r"|(?<![\d.+-])[48]00-\d{3,4}-\d{3,4}(?!\d)|(?<![\d.+-])400\d{7}(?!\d)"
)
_SAID = re.compile(
    r"(?:电话|手机号|手机|联系方式|座机|(?<![a-z])(?:tel|phone|mobile|call me|text me|ring me))"
    r"(?:号码|号)?(?:\s?(?:是|为|on|at|number|no|:|=|\.)){0,3}\s?"
    r"(\d{7,12}|\d{3,4}[- ]\d{4}|\d{3}[- ]\d{3}[- ]\d{4})(?!\d|\s?(?:元|块|年|人|个))"
)
_AMERICAN = re.compile(r"(?<![\d.+-])(?:\(\d{3}\)\s?|\d{3}[-.])\d{3}[-.]\d{4}(?!\d)")


def _phones(folded: Folded) -> Iterator[Span]:
    text = folded.with_digits
    for run in _RUN.finditer(text):
        yield from _mobiles(text, run)
        if run.group().startswith("+") and _is_number(run.group(), None):
            yield run.span()
    for found in _FIXED.finditer(text):
        yield found.span()
    for found in _SAID.finditer(folded.text):
        yield found.span(1)
    for found in _AMERICAN.finditer(text):
        if _is_number(found.group(), "US"):
            yield found.span()


def _mobiles(text: str, run: re.Match[str]) -> Iterator[Span]:
    """Chinese mobile numbers among the groups of digits of a run."""
    groups = [found.span() for found in _DIGITS.finditer(text, *run.span())]
    first = 0
    while first < len(groups):
        ends = range(first + 1, min(first + MOST_GROUPS, len(groups)) + 1)
        end = next((end for end in ends if _mobile(text, groups[first:end])), None)
        if end is not None:
            yield groups[first][0], groups[end - 1][1]
        first = end or first + 1


def _mobile(text: str, groups: list[Span]) -> bool:
    digits = "".join(text[start:end] for start, end in groups)
    if not _MOBILE.fullmatch(digits) or _MONEY.match(text, groups[-1][1]):
        return False
    lengths = [end - start for start, end in groups]
    ahead = len(digits) - 11
    while ahead and lengths[0] <= ahead:
        ahead -= lengths.pop(0)
    lengths[0] -= ahead
    return tuple(lengths) in _SHAPES


def _is_number(text: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False
