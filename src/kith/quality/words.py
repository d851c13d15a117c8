"""The sentence that says what was found, in the reader's language, with the figures of a finding."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kith.quality.rules import BY_CODE
from kith.quality.standards import find_standard


class Facts(Protocol):
    """What a finding, a decision and a hold have in common."""

    @property
    def rule(self) -> str: ...
    @property
    def standard(self) -> str: ...
    @property
    def claimed(self) -> str: ...
    @property
    def figure(self) -> float | None: ...
    @property
    def bound(self) -> float | None: ...
    @property
    def words(self) -> str: ...


QUANTITIES: dict[str, str | Promise] = {
    "filtration-salt": gettext_lazy("filtration of salt particles"),
    "filtration-oil": gettext_lazy("filtration of oil particles"),
    "filtration-bacteria": gettext_lazy("filtration of bacteria"),
    "filtration-particles": gettext_lazy("filtration of particles"),
    "inhalation": gettext_lazy("resistance when breathing in"),
    "exhalation": gettext_lazy("resistance when breathing out"),
    "protection": gettext_lazy("protection of the whole mask"),
    "pressure-drop": gettext_lazy("resistance of the material to air"),
    "touch-current": gettext_lazy("current when touched"),
}
PURPOSES: dict[str, str | Promise] = {
    "medical": gettext_lazy("for medical use"),
    "children": gettext_lazy("for children"),
}


def say_finding(facts: Facts) -> str:
    """Say what was found against a listing; "" where no rule says it but a person's own words."""
    rule, words = BY_CODE.get(facts.rule), facts.words
    if rule is None:
        return ""
    unit = unit_of(facts.standard, words)
    return str(rule.says) % {
        "claimed": facts.claimed,
        "standard": facts.standard,
        "figure": say_value(facts.figure, unit or _UNITS.get(facts.rule, "")),
        "bound": say_value(facts.bound, unit or _UNITS.get(facts.rule, "")),
        "words": words,
        "quantity": str(QUANTITIES.get(words, _("a value"))),
        "purpose": str(PURPOSES.get(words or facts.claimed, words)),
        "mark": _mark(facts.standard, words),
    }


UNSAFE = frozenset(
    {"measured-below", "forbidden-claim", "evidence-of-another", "evidence-not-covering",
     "evidence-other-batch", "not-in-force", "unproven"}
)  # fmt: skip
"""What is found by these may be dangerous to whoever trusts it."""


def say_danger(rule: str) -> str:
    """Say what may come of using something in which this was found."""
    if rule in UNSAFE or not rule:
        return _("It may not protect you as it says. Whoever relies on it could be harmed.")
    return _("We don't know whether it is what it says it is.")


_UNITS = {"returned-often": "%"}


def unit_of(standard: str, quantity: str) -> str:
    """The unit in which a standard gives a quantity; "" if it asks for no such thing."""
    known = find_standard(standard)
    if known is None:
        return ""
    limits = [limit for grade in known.grades for limit in grade.limits] + list(known.limits)
    return next((limit.unit for limit in limits if limit.quantity == quantity), "")


def say_value(value: float | None, unit: str) -> str:
    """Write a figure with its unit."""
    if value is None:
        return ""
    written = format_decimal(round(value, 2), locale=_locale())
    return f"{written} {unit}" if unit else written


def say_day(on: date) -> str:
    """Write a day in full."""
    chinese = (get_language() or "zh-hans").startswith("zh")
    return format_date(on, "long", locale="zh_Hans_CN" if chinese else "en_GB")


def _mark(standard: str, code: str) -> str:
    known = find_standard(standard)
    for mark in known.marks if known else ():
        if mark.code == code:
            return mark.zh if (get_language() or "zh-hans").startswith("zh") else mark.en
    return code


def _locale() -> str:
    """The reader's language as CLDR writes it; days as on the pages around."""
    return "en_GB" if (get_language() or "").startswith("en") else "zh_Hans_CN"
