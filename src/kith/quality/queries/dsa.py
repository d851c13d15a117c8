"""Statements of reasons as the EU's DSA Transparency Database takes them, without personal data.

After the documentation of its API, version 1, with the fields in force since 1 July 2025
(https://transparency.dsa.ec.europa.eu/page/api-documentation). Digital Services Act, art. 24(5).

What leaves is made of our own sentences, of figures and of names that stand in a standard. Nothing that
a merchant, a buyer or somebody of the staff wrote gets into it: not a title, not a word of a decision,
not even a batch number or the name of a standard that nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from kith.core.clock import local_day
from kith.core.paging import Page, read_number, write_cursor
from kith.quality import reasons
from kith.quality.models import Decision
from kith.quality.rules import BY_CODE
from kith.quality.standards import find_standard, standards
from kith.quality.transitions import AGAINST, Act
from kith.quality.words import PURPOSES, QUANTITIES, say_finding
from kith.shop.models import Listing, Merchant

Record = dict[str, Any]
AT_ONCE = 1000
EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
"""A decision holds wherever the shop can be reached, so in all of these."""
RESTRICTIONS: dict[Act, Record] = {
    Act.SUSPECT: {
        "decision_visibility": [
            "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED", "DECISION_VISIBILITY_CONTENT_LABELLED",
        ],
    },
    Act.REMOVE: {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"]},
    Act.RECALL: {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"]},
    Act.CLOSE: {"decision_account": "DECISION_ACCOUNT_SUSPENDED"},
}  # fmt: skip
"""Frozen: shown with a warning, and nobody can buy it. Taken down: kept, and in no list; its page says why.
A closed shop may be opened again."""
NOT_TOLD = "(not told here)"
BY_A_PERSON = (
    "A person who works for the platform found that the product, or what is said of it, does not keep to "
    "the terms. The trader is told the particulars."
)
CLAIMS_RULES = frozenset(
    {"unproven", "unknown-standard", "no-such-class", "level-as-class", "marks-missing", "forbidden-claim",
     "not-in-force", "superseded", "evidence-of-another"}
)  # fmt: skip
"""What these find misleads those who read the listing."""


def records(*, since: date, until: date | None = None) -> Iterator[Record]:
    """All statements of decisions made from one day to another, both included, the oldest first.

    Read in pieces, each in the same few queries: a year of them needs no more memory than a day.
    """
    after = 0
    while some := _some(since=since, until=until, after=after, size=AT_ONCE):
        yield from _written(some)
        after = some[-1].pk


def record_page(
    *, since: date, until: date | None = None, cursor: str | None = None, size: int = 100
) -> Page[Record]:
    """The same in pages."""
    found = _some(since=since, until=until, after=0 if cursor is None else read_number(cursor), size=size + 1)
    more = write_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(tuple(_written(found[:size])), more)


def _some(*, since: date, until: date | None, after: int, size: int) -> list[Decision]:
    rows = Decision.objects.filter(act__in=AGAINST, pk__gt=after, at__gte=_midnight(since))
    if until is not None:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    return list(rows.order_by("pk")[:size])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.DISPLAY_TIME_ZONE))


def _written(decisions: Sequence[Decision]) -> list[Record]:
    around = _Around.of(decisions)
    with translation.override("en"):
        return [_record(decision, around) for decision in decisions]


@dataclass(frozen=True, slots=True)
class _Around:
    posted: dict[int, tuple[datetime, str]]
    """Of each listing: since when it is there, and the language of its title."""
    opened: dict[int, datetime]
    taken_back: dict[int, datetime]

    @classmethod
    def of(cls, decisions: Sequence[Decision]) -> _Around:
        listings = Listing.objects.filter(pk__in={one.listing_id for one in decisions} - {None})
        shops = Merchant.objects.filter(pk__in={one.merchant_id for one in decisions if not one.listing_id})
        back = Decision.objects.filter(
            ends__in=[one.pk for one in decisions], merchant__in={one.merchant_id for one in decisions}
        )
        return cls(
            {
                pk: (at, _language(title))
                for pk, at, title in listings.values_list("pk", "created_at", "title")
            },
            dict(shops.values_list("pk", "created_at")),
            {ends: at for ends, at in back.values_list("ends", "at") if ends is not None},
        )


def _language(text: str) -> str:
    return "ZH" if re.search("[\u4e00-\u9fff]", text) else "EN"


def _record(decision: Decision, around: _Around) -> Record:
    act = Act(decision.act)
    told = around.posted.get(decision.listing_id or 0)
    posted, language = told or (around.opened.get(decision.merchant_id, decision.at), None)
    back = around.taken_back.get(decision.pk)
    end = "end_date_account_restriction" if act == Act.CLOSE else "end_date_visibility_restriction"
    facts, grounds = _told(
        decision.rule, decision.standard, decision.claimed, decision.figure, decision.bound,
        decision.words if decision.decided_by_machine else "", decided_by_machine=decision.decided_by_machine,
    )  # fmt: skip
    return {
        **RESTRICTIONS[act],
        **grounds,
        "account_type": "ACCOUNT_TYPE_BUSINESS",
        "content_type": ["CONTENT_TYPE_OTHER"] if act == Act.CLOSE else ["CONTENT_TYPE_PRODUCT"],
        **({"content_type_other": "A trader's shop"} if act == Act.CLOSE else {}),
        "category": "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
        **(
            {"category_addition": ["STATEMENT_CATEGORY_CONSUMER_INFORMATION"]}
            if decision.rule in CLAIMS_RULES else {}
        ),
        "category_specification": ["KEYWORD_UNSAFE_PRODUCTS"],
        "territorial_scope": EEA,
        **({"content_language": language} if language else {}),
        "content_date": local_day(min(posted, decision.at)).isoformat(),
        "application_date": local_day(decision.at).isoformat(),
        end: local_day(back).isoformat() if back else None,
        "decision_facts": f"{facts} {reasons.say_found(decision)}"[:5000],
        "source_type": _source(decision),
        "automated_detection": "Yes" if decision.found_by_machine else "No",
        "automated_decision": _automated(decision),
        "puid": f"kith-{decision.pk}",
    }  # fmt: skip


@lru_cache(maxsize=4096)
def _told(
    rule: str, standard: str, claimed: str, figure: float | None, bound: float | None, words: str, *,
    decided_by_machine: bool,
) -> tuple[str, Record]:  # fmt: skip
    """The facts and the grounds, in English. A sweep finds the same of thousands."""
    same = Decision(
        rule=rule, standard=standard, claimed=claimed, figure=figure, bound=bound, words=words,
        decided_by_machine=decided_by_machine,
    )  # fmt: skip
    facts = say_facts(same)
    return facts, _grounds(same, facts)


def _grounds(decision: Decision, facts: str) -> Record:
    """Always the terms. The DSA calls illegal what breaks the law of the Union or of one of its members,
    and our rules rest on standards, and on the law of where the shop is."""
    clause = reasons.say_clause(decision)
    ground = f"{reasons.say_provision(decision.rule)} {clause}".strip()
    rule = BY_CODE.get(decision.rule)
    explained = f"{facts} What was looked at: {rule.looks_at}" if rule else facts
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": ground[:500],
        "incompatible_content_explanation": explained[:2000],
    }


def _source(decision: Decision) -> str:
    by_buyers = decision.rule == "complained-of"
    return "SOURCE_TYPE_OTHER_NOTIFICATION" if by_buyers else "SOURCE_VOLUNTARY"


def _automated(decision: Decision) -> str:
    """Never fully: a sweep is carried out only when a person has decided so."""
    if decision.decided_by_machine:
        return "AUTOMATED_DECISION_PARTIALLY"
    return "AUTOMATED_DECISION_NOT_AUTOMATED"


# --- Facts without anybody's words --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Facts:
    rule: str
    standard: str
    claimed: str
    figure: float | None
    bound: float | None
    words: str


def say_facts(decision: Decision) -> str:
    """Say what was found in words that are ours or a standard's; what anybody else wrote is left out."""
    if decision.rule not in BY_CODE:
        return BY_A_PERSON
    return say_finding(
        _Facts(
            rule=decision.rule,
            standard=decision.standard if find_standard(decision.standard) else NOT_TOLD,
            claimed=decision.claimed if decision.claimed in _known_claims() else NOT_TOLD,
            figure=decision.figure,
            bound=decision.bound,
            words=_plain(decision),
        )
    )


@cache
def _known_claims() -> frozenset[str]:
    grades = {grade.name for standard in standards() for grade in standard.grades}
    return frozenset(
        grades | {one.key for one in standards()} | {one.code for one in standards()} | PURPOSES.keys()
    )


def _plain(decision: Decision) -> str:
    """The word that a rule's sentence needs, if it is nothing but a quantity, a purpose, a mark or a day."""
    words = decision.words if decision.decided_by_machine else decision.claimed
    standard = find_standard(decision.standard)
    marks = {mark.code for mark in standard.marks} if standard else set()
    if words in QUANTITIES or words in PURPOSES or words in marks:
        return words
    if decision.rule == "not-in-force" and re.fullmatch(r"\d{4}-\d\d-\d\d", words):
        return words
    return NOT_TOLD
