"""What waits for staff: laboratory reports, appeals, and claims after recalls. The oldest come first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from kith.core.errors import NotThere
from kith.core.paging import Page
from kith.quality.models import (
    Appeal,
    AppealState,
    Decision,
    LabReport,
    Measure,
    RecallClaim,
    Remedy,
    ReportState,
    ReportUse,
)
from kith.quality.papers import OpenPaper, open_paper
from kith.quality.queries.desk import Covered
from kith.quality.queries.pages import SIZE, in_order_of
from kith.quality.services.appeals import appeal_until, had_a_part, still_stands
from kith.quality.standards import Limit, find_standard
from kith.quality.words import QUANTITIES
from kith.shop.models import Source

DECIDING = "staff look at what waits to be decided, of all merchants"


# --- Laboratory reports ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """One limit of the standard, and whether the measured value keeps to it; None: nothing was measured."""

    quantity: str
    name: str | Promise
    grade: str
    """The class that asks for it; "" for every class."""
    at_least: float | None
    at_most: float | None
    unit: str
    condition: str
    clause: str
    value: float | None
    keeps: bool | None


@dataclass(frozen=True, slots=True)
class ReportCase:
    id: int
    merchant_id: int
    merchant_name: str
    standard: str
    grade: str
    laboratory: str
    accreditation: str
    number: str
    sample: str
    batch: str
    produced_on: date | None
    tested_on: date
    valid_until: date | None
    file: str
    """Name of the stored file; "" if none was handed in."""
    state: ReportState
    submitted_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    limits: tuple[Beside, ...]
    listings: tuple[Covered, ...]
    also_of: tuple[str, ...]
    """Other merchants who handed in a report of the same laboratory and number."""


def reports_in(
    state: ReportState = ReportState.SUBMITTED, *, cursor: str | None = None, size: int = SIZE
) -> Page[LabReport]:
    """Reports in a state, those that have waited longest first; of the decided ones the newest."""
    rows = LabReport.objects.unguarded(DECIDING).filter(state=state).select_related("merchant")
    waits = state == ReportState.SUBMITTED
    by = "submitted_at" if waits else "decided_at"
    return in_order_of(by, rows, newest_first=not waits, cursor=cursor, size=size)


def get_report(report_id: int) -> ReportCase:
    """One report with its values beside the standard's limits.

    :raises NotThere: no such report.
    """
    rows = LabReport.objects.unguarded(DECIDING).select_related("merchant", "decided_by")
    report: LabReport | None = rows.filter(pk=report_id).first()
    if report is None:
        raise NotThere
    uses = ReportUse.objects.filter(report=report).select_related("listing").order_by("listing")
    same = LabReport.objects.unguarded(DECIDING).filter(laboratory=report.laboratory, number=report.number)
    others = same.exclude(merchant=report.merchant_id).order_by("merchant__name")
    kept = ("id", "merchant_id", "standard", "grade", "accreditation", "number", "sample",
            "batch", "produced_on", "tested_on", "valid_until", "file", "submitted_at", "decided_at",
            "reason")  # fmt: skip
    return ReportCase(
        **{name: getattr(report, name) for name in kept},
        laboratory=report.laboratory_name,
        merchant_name=report.merchant.name,
        state=ReportState(report.state),
        decided_by=report.decided_by.handle if report.decided_by else "",
        limits=_beside(report),
        listings=tuple(Covered(one.listing_id, one.listing.title, one.covered) for one in uses),
        also_of=tuple(others.values_list("merchant__name", flat=True).distinct()),
    )


def open_paper_of(report_id: int) -> OpenPaper:
    """Open the file of any merchant's report, for staff.

    :raises NotThere: no such report, or it has no file.
    """
    report: LabReport | None = LabReport.objects.unguarded(DECIDING).filter(pk=report_id).first()
    if report is None:
        raise NotThere
    return open_paper(report)


def _beside(report: LabReport) -> tuple[Beside, ...]:
    """The limits that hold for the class of the report, or for each class if it names none."""
    measured = dict(Measure.objects.filter(report=report).values_list("quantity", "value"))
    standard = find_standard(report.standard)
    if standard is None:
        bare = Limit("", None, None, "", "", "")
        return tuple(_one(bare, name, "", value) for name, value in sorted(measured.items()))
    grades = [grade for grade in standard.grades if report.grade in ("", grade.name)]
    limits = [("", limit) for limit in standard.limits]
    limits += [(grade.name, limit) for grade in grades for limit in grade.limits]
    told = [_one(limit, limit.quantity, grade, measured.get(limit.quantity)) for grade, limit in limits]
    asked = {limit.quantity for _grade, limit in limits}
    units = {limit.quantity: limit for grade in standard.grades for limit in grade.limits}
    for name in sorted(measured.keys() - asked):
        unit = units[name].unit if name in units else ""
        told.append(_one(Limit(name, None, None, unit, "", ""), name, "", measured[name]))
    return tuple(told)


def _one(limit: Limit, quantity: str, grade: str, value: float | None) -> Beside:
    keeps = None
    if value is not None and (limit.at_least is not None or limit.at_most is not None):
        keeps = (limit.at_least is None or value >= limit.at_least) and (
            limit.at_most is None or value <= limit.at_most
        )
    return Beside(
        quantity, QUANTITIES.get(quantity, quantity), grade, limit.at_least, limit.at_most, limit.unit,
        limit.condition, limit.clause, value, keeps,
    )  # fmt: skip


# --- Appeals -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AppealCase:
    id: int
    decision: Decision
    listing_title: str
    """"" for an appeal against the closing of the shop."""
    merchant_id: int
    merchant_name: str
    at: datetime
    until: datetime
    """Until when it could be made."""
    words: str
    report: ReportCase | None
    """New evidence."""
    state: AppealState
    stands: bool
    """Whether things still are as the decision made them."""
    decided_at: datetime | None
    decided_by: str
    reasons: str
    had_a_part: frozenset[int]
    """Who may not decide it."""


def appeals_in(
    state: AppealState = AppealState.OPEN, *, cursor: str | None = None, size: int = SIZE
) -> Page[Appeal]:
    """Appeals in a state with their decisions: those that have waited longest, or were decided last."""
    rows = Appeal.objects.unguarded(DECIDING).filter(state=state)
    rows = rows.select_related("merchant", "decision__listing")
    waits = state == AppealState.OPEN
    by = "at" if waits else "decided_at"
    return in_order_of(by, rows, newest_first=not waits, cursor=cursor, size=size)


def get_appeal(appeal_id: int) -> AppealCase:
    """:raises NotThere: no such appeal."""
    rows = Appeal.objects.unguarded(DECIDING).select_related("merchant", "decision__listing", "decided_by")
    found: Appeal | None = rows.filter(pk=appeal_id).first()
    if found is None:
        raise NotThere
    decision = found.decision
    return AppealCase(
        id=found.pk, decision=decision, listing_title=decision.listing.title if decision.listing else "",
        merchant_id=found.merchant_id, merchant_name=found.merchant.name, at=found.at,
        until=appeal_until(decision), words=found.words,
        report=get_report(found.report_id) if found.report_id else None, state=AppealState(found.state),
        stands=still_stands(decision), decided_at=found.decided_at,
        decided_by=found.decided_by.handle if found.decided_by else "", reasons=found.reasons,
        had_a_part=had_a_part(decision),
    )  # fmt: skip


# --- Claims after recalls --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RemedyDue:
    """What a buyer chose, for the shop to see to. The order goes by its numbers; nobody is named."""

    id: int
    remedy: Remedy
    at: datetime
    done_at: datetime | None
    source: str
    order: str
    line: str
    """The shop's own numbers of the order and the thing in it."""
    listing_id: int
    title: str
    merchant_name: str


def claims_to_see_to(*, done: bool = False, cursor: str | None = None, size: int = SIZE) -> Page[RemedyDue]:
    """What buyers chose that does not come about by itself: another one, or money from a host shop.

    Money for what was bought here is asked for at once, and goes its way through the merchant's desk;
    for what is thrown away there is nothing to do.
    """
    rows = _to_see_to(RecallClaim.objects.unguarded(DECIDING)).filter(done_at__isnull=not done)
    rows = rows.select_related("line__order", "line__listing", "line__merchant")
    by = "done_at" if done else "at"
    page = in_order_of(by, rows, newest_first=done, cursor=cursor, size=size)
    told = tuple(
        RemedyDue(
            id=one.pk, remedy=Remedy(one.remedy), at=one.at, done_at=one.done_at,
            source=one.line.order.source or "", order=one.line.order.external_id or "",
            line=one.line.external_id, listing_id=one.line.listing_id, title=one.line.listing.title,
            merchant_name=one.line.merchant.name,
        )
        for one in page.items
    )  # fmt: skip
    return Page(told, page.next)


def must_be_seen_to(claim_id: int) -> bool:
    """Whether a claim is one that the shop has to do something about, done or not."""
    return _to_see_to(RecallClaim.objects.unguarded(DECIDING)).filter(pk=claim_id).exists()


def _to_see_to(rows: QuerySet[RecallClaim]) -> QuerySet[RecallClaim]:
    mirrored = Q(remedy=Remedy.REFUND, line__order__source__in=Source.objects.values("name"))
    return rows.filter(Q(remedy=Remedy.REPLACEMENT) | mirrored)


# --- How much waits --------------------------------------------------------------------------


def how_much_waits() -> dict[str, int]:
    """How many reports, appeals and claims wait."""
    claims = _to_see_to(RecallClaim.objects.unguarded(DECIDING)).filter(done_at=None)
    return {
        "reports": LabReport.objects.unguarded(DECIDING).filter(state=ReportState.SUBMITTED).count(),
        "appeals": Appeal.objects.unguarded(DECIDING).filter(state=AppealState.OPEN).count(),
        "claims": claims.count(),
    }
