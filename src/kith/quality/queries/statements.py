"""Statements of reasons: what a merchant is told of a decision about a listing or the shop.

With the fields of Art. 17 of the EU's Digital Services Act (Regulation 2022/2065). Written from the
row of the decision at every read, in the language of whoever reads, with how things stand by now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Max, Q

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.quality import reasons
from kith.quality.models import Appeal, AppealState, Decision, LabReport, SampleItem
from kith.quality.services.appeals import appeal_until
from kith.quality.transitions import AGAINST, Act
from kith.quality.words import PURPOSES, say_finding
from kith.shop.models import Listing, ListingHold, Merchant, MerchantStaff

TELLING = "a statement of reasons tells of the appeal and of the evidence it rests on"


@dataclass(frozen=True, slots=True)
class AppealCard:
    """What its merchant said against a decision, and what was answered."""

    id: int
    at: datetime
    words: str
    report_id: int | None
    report: str
    """The new evidence, named; "" without."""
    state: str
    state_words: str
    decided_at: datetime | None
    reasons: str

    @property
    def is_open(self) -> bool:
        return self.state == AppealState.OPEN


@dataclass(frozen=True, slots=True)
class Statement:
    """Why something was decided, since when and where, and what there is to do about it."""

    decision_id: int
    act: str
    act_words: str
    is_against: bool
    """Whether it takes something away, so that there are reasons to give and an appeal."""
    merchant_id: int
    merchant_name: str
    listing_id: int | None
    title: str
    """Of the listing; of the shop, where it is about the shop."""
    what: str
    since: datetime
    stands: bool
    """Whether things still are as it made them."""
    until: datetime | None
    """When it was followed by another."""
    next_id: int | None
    """By which decision it was followed, and `next_words`: what that was."""
    next_words: str
    where: str
    duration: str
    facts: str
    words: str
    """What a person of the staff wrote."""
    claimed: str
    evidence: tuple[str, ...]
    report_id: int | None
    """The merchant's own report that it rests on."""
    changed: bool
    """Whether the listing says something else by now."""
    found_by_machine: bool
    decided_by_machine: bool
    found: str
    decided: str
    provision: str
    clause: str
    how_to_appeal: str
    appeal_until: datetime
    may_appeal: bool
    appeal: AppealCard | None
    elsewhere: tuple[str, ...]
    sweep_id: int | None
    takes_back: int | None
    """Of a reinstatement or reopening: the decision that it takes back."""


def get_statement(viewer: Viewer, *, decision_id: int) -> Statement:
    """Why something was decided, for whoever acts for the merchant that it is about.

    :raises NotThere: no such decision, or about somebody else's shop.
    """
    staffed = MerchantStaff.objects.filter(person=viewer.person_id).values("merchant")
    decision = Decision.objects.filter(pk=decision_id, merchant__in=staffed).first()
    if viewer.person_id is None or decision is None:
        raise NotThere
    return with_time(viewer, statement_of(decision))


def statement_of(decision: Decision) -> Statement:
    """Write the statement of a decision that the caller may see: staff with the permission for it.

    `may_appeal` is as of the last day of its time; whoever has a clock asks `with_time`.
    """
    return statements_of([decision])[0]


def with_time(viewer: Viewer, told: Statement) -> Statement:
    """Say whether there is still time to appeal."""
    return replace(told, may_appeal=told.may_appeal and viewer.now <= told.appeal_until)


def statements_of(decisions: Sequence[Decision]) -> list[Statement]:
    """Write the statements of some decisions, with the same few queries for one and for a hundred."""
    around = _Around.of(decisions)
    return [_statement(decision, around) for decision in decisions]


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around some decisions, asked for once."""

    listings: dict[int, Listing]
    merchants: dict[int, str]
    standing: frozenset[int]
    followed: dict[int, Decision]
    appeals: dict[int, Appeal]
    reports: dict[int, LabReport]
    sampled: frozenset[int]
    looked_at: frozenset[tuple[int | None, int | None]]

    @classmethod
    def of(cls, decisions: Sequence[Decision]) -> _Around:
        pks = [decision.pk for decision in decisions]
        appeals = {row.decision_id: row for row in Appeal.objects.unguarded(TELLING).filter(decision__in=pks)}
        named = [row.report_id for row in appeals.values()] + [decision.other for decision in decisions]
        papers = LabReport.objects.unguarded(TELLING).filter(pk__in={pk for pk in named if pk is not None})
        sweeps = {decision.sweep_id for decision in decisions} - {None}
        standing = _standing(decisions)
        seen = SampleItem.objects.filter(
            sweep__in=sweeps, right=True, listing__in={decision.listing_id for decision in decisions}
        )
        return cls(
            listings=Listing.objects.in_bulk([one.listing_id for one in decisions if one.listing_id]),
            merchants=dict(
                Merchant.objects.filter(pk__in={one.merchant_id for one in decisions}).values_list(
                    "pk", "name"
                )
            ),
            standing=standing,
            followed=_followed([one for one in decisions if one.act in AGAINST and one.pk not in standing]),
            appeals=appeals,
            reports={row.pk: row for row in papers},
            sampled=frozenset(
                SampleItem.objects.filter(sweep__in=sweeps).values_list("sweep", flat=True).distinct()
            ),
            looked_at=frozenset(seen.values_list("sweep", "listing")),
        )


def _standing(decisions: Sequence[Decision]) -> frozenset[int]:
    """Which of them still hold."""
    held = ListingHold.objects.filter(decision__in=[one.pk for one in decisions])
    standing = frozenset(held.values_list("decision", flat=True))
    shops = {one.merchant_id for one in decisions if one.act == Act.CLOSE}
    if not shops:
        return standing
    closed = Merchant.objects.filter(pk__in=shops, closed_at__isnull=False).values("pk")
    about = Decision.objects.filter(merchant__in=closed, listing=None).order_by()
    return standing | set(about.values("merchant").annotate(last=Max("pk")).values_list("last", flat=True))


def _followed(decisions: Collection[Decision]) -> dict[int, Decision]:
    """By which decision about the same listing, or the same shop, each of them was followed first."""
    of_listings = {one.listing_id for one in decisions if one.listing_id}
    of_shops = {one.merchant_id for one in decisions if one.listing_id is None}
    about = Q(listing__in=of_listings) | Q(merchant__in=of_shops, listing=None)
    if not decisions:
        return {}
    later: dict[tuple[int | None, int], list[Decision]] = defaultdict(list)
    for one in Decision.objects.filter(about).order_by("pk").only("act", "at", "listing_id", "merchant_id"):
        later[_subject(one)].append(one)
    found = {}
    for one in decisions:
        after = [each for each in later[_subject(one)] if each.pk > one.pk]
        if after:
            found[one.pk] = after[0]
    return found


def _subject(decision: Decision) -> tuple[int | None, int]:
    return decision.listing_id, 0 if decision.listing_id else decision.merchant_id


def _statement(decision: Decision, around: _Around) -> Statement:
    act = Act(decision.act)
    is_against = act in AGAINST
    listing = around.listings.get(decision.listing_id or 0)
    merchant_name = around.merchants.get(decision.merchant_id, "")
    after = around.followed.get(decision.pk)
    stands = is_against and decision.pk in around.standing
    appeal = around.appeals.get(decision.pk)
    own = _own_report(decision, around)
    return Statement(
        decision_id=decision.pk, act=act, act_words=str(act.label), is_against=is_against,
        merchant_id=decision.merchant_id, merchant_name=merchant_name,
        listing_id=decision.listing_id, title=listing.title if listing else merchant_name,
        what=str(reasons.WHAT[act]), since=decision.at, stands=stands, where=str(reasons.WHERE),
        until=after.at if after else None, next_id=after.pk if after else None,
        next_words=str(Act(after.act).label) if after else "",
        duration=reasons.say_duration(after.at if after else None),
        facts=say_facts(decision) if is_against else "",
        words="" if decision.decided_by_machine else decision.words,
        claimed=decision.claimed if is_against else "",
        evidence=tuple(_evidence(decision, around)) if is_against else (),
        report_id=own.pk if own else None,
        changed=listing is not None and listing.digest != decision.digest,
        found_by_machine=decision.found_by_machine, decided_by_machine=decision.decided_by_machine,
        found=reasons.say_found(decision),
        decided=reasons.say_decided(decision, sampled=decision.sweep_id in around.sampled),
        provision=reasons.say_provision(decision.rule), clause=reasons.say_clause(decision),
        how_to_appeal=str(reasons.HOW_TO_APPEAL), appeal_until=appeal_until(decision),
        may_appeal=stands and appeal is None,
        appeal=_appeal_card(appeal, around) if appeal else None,
        elsewhere=tuple(map(str, reasons.ELSEWHERE)), sweep_id=decision.sweep_id, takes_back=decision.ends,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Facts:
    rule: str
    standard: str
    claimed: str
    figure: float | None
    bound: float | None
    words: str


def say_facts(decision: Decision) -> str:
    """Say what was found. What a person wrote is not the word that the rule's sentence needs."""
    words = decision.words if decision.decided_by_machine else ""
    return say_finding(
        _Facts(decision.rule, decision.standard, decision.claimed, decision.figure, decision.bound, words)
    )


def _own_report(decision: Decision, around: _Around) -> LabReport | None:
    """The report that shows it, if its merchant handed it in. Of others' papers nothing is told."""
    report = around.reports.get(decision.other or 0)
    return report if report is not None and report.merchant_id == decision.merchant_id else None


def _evidence(decision: Decision, around: _Around) -> list[str]:
    found = []
    if decision.claimed:
        found.append(reasons.say_claimed(str(PURPOSES.get(decision.claimed, decision.claimed))))
    own = _own_report(decision, around)
    if own is not None:
        found.append(reasons.say_report(own))
    if decision.rule == "complained-of":
        found.append(reasons.say_complaints(decision))
    if (decision.sweep_id, decision.listing_id) in around.looked_at:
        found.append(reasons.say_sample())
    return found


def _appeal_card(appeal: Appeal, around: _Around) -> AppealCard:
    report = around.reports.get(appeal.report_id or 0)
    return AppealCard(
        id=appeal.pk, at=appeal.at, words=appeal.words, report_id=appeal.report_id,
        report=reasons.say_report(report) if report else "", state=appeal.state,
        state_words=str(AppealState(appeal.state).label), decided_at=appeal.decided_at,
        reasons=appeal.reasons,
    )  # fmt: skip
