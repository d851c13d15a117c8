"""What waits for staff: laboratory reports, appeals, what buyers report, and claims after recalls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_page
from kith.api.fields import Cursor, GivenIds, Id, In, Limit, Out, PathId, Told
from kith.api.merchant_quality import FILE
from kith.api.quality import actor_of
from kith.core.errors import NotThere
from kith.core.paging import Page
from kith.people.tokens import Scope
from kith.quality import queries, services
from kith.quality.models import Appeal, AppealState, LabReport, ReportState
from kith.quality.queries import AppealCase

router = Router(tags=["Quality"])


def _reads(model: str) -> Access:
    return Access(Scope.QUALITY, permission=f"quality.view_{model}")


def _writes(model: str, *, takes: str | None = "application/json", conflicts: bool = False) -> Access:
    return Access(
        Scope.QUALITY, writes=True, conflicts=conflicts, takes=takes, permission=f"quality.change_{model}"
    )


REPORTS, DECIDES_REPORTS = _reads("labreport"), _writes("labreport")
APPEALS, DECIDES_APPEALS = _reads("appeal"), _writes("appeal", conflicts=True)
COMPLAINTS, DISMISSES = _reads("complaint"), _writes("complaint", takes=None)
CLAIMS, FINISHES = _reads("recallclaim"), _writes("recallclaim", takes=None)

StateOfReport = Literal["submitted", "verified", "refused"]
StateOfAppeal = Literal["open", "upheld", "overturned"]
RemedyDueKind = Literal["refund", "replacement"]


class LimitBeside(Out):
    """One limit of the standard, beside what was measured."""

    quantity: str
    name: Told
    grade: str = Field(description="The class that asks for it; empty: every class")
    at_least: float | None
    at_most: float | None
    unit: str
    condition: str
    clause: str
    value: float | None = Field(description="Null: the report does not say")
    keeps: bool | None = Field(description="Whether the value keeps to the limit")


class CoveredListing(Out):
    listing_id: Id
    title: str
    covered: bool | None = Field(description="Whether staff found that the sample is this product")


class QualityReport(Out):
    """A laboratory report of a merchant, for staff to look at."""

    id: Id
    merchant_id: Id
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
    has_file: bool
    state: StateOfReport
    submitted_at: datetime
    decided_at: datetime | None
    decided_by: str = Field(description="Handle of the member of staff")
    reason: str
    limits: list[LimitBeside]
    listings: list[CoveredListing]
    also_of: list[str] = Field(description="Other merchants who handed in the same report")


class QualityReportShort(Out):
    id: Id
    merchant_id: Id
    merchant_name: str
    standard: str
    grade: str
    laboratory: str
    number: str
    state: StateOfReport
    submitted_at: datetime


class QualityReportList(Out):
    items: list[QualityReportShort]
    next: str | None


class Verification(In):
    covers: GivenIds = Field(description="The listings that the sample is the same product as")


class Refusal(In):
    reason: Annotated[str, Field(min_length=1, max_length=500)] = Field(description="The merchant is told")


class QualityAppealShort(Out):
    id: Id
    decision_id: Id
    listing_id: Id | None
    merchant_id: Id
    merchant_name: str
    at: datetime
    state: StateOfAppeal


class QualityAppealList(Out):
    items: list[QualityAppealShort]
    next: str | None


class QualityAppeal(QualityAppealShort):
    """An appeal, with what the decision rested on and what the merchant says against it."""

    act: str
    title: str = Field(description="Of the listing; of the shop, where it is about the shop")
    facts: str
    provision: str
    words: str
    report: QualityReport | None = Field(description="New evidence")
    stands: bool = Field(description="Whether things still are as the decision made them")
    had_a_part: bool = Field(description="Whether the caller had a part in it: then somebody else decides")
    decided_at: datetime | None
    decided_by: str
    reasons: str


class AppealAnswer(In):
    overturn: bool = Field(description="True: the decision is taken back; false: it stays")
    reasons: str = Field(min_length=1, max_length=4000, description="The merchant is told")


class WhyReported(Out):
    code: str
    name: Told
    buyers: int


class ReportedListing(Out):
    """A listing that verified buyers report. Who they are is told to nobody."""

    listing_id: Id
    title: str
    merchant_id: Id
    merchant_name: str
    state: Literal["", "suspected", "removed", "recalled"]
    buyers: int
    newest_at: datetime
    why: list[WhyReported]


class ReportedListings(Out):
    items: list[ReportedListing]
    next: str | None


class Dismissed(Out):
    dismissed: int


class DueRemedy(Out):
    """What a buyer chose that the shop has to see to. The order goes by the shop's own numbers."""

    id: Id
    remedy: RemedyDueKind
    at: datetime
    done_at: datetime | None
    source: str
    order: str
    line: str
    listing_id: Id
    title: str
    merchant_name: str


class DueRemedies(Out):
    items: list[DueRemedy]
    next: str | None


# --- Reports ------------------------------------------------------------------------------------


@router.get("/quality/reports", auth=REPORTS, response=QualityReportList)
def quality_reports(
    request: ApiRequest, state: StateOfReport = "submitted", cursor: Cursor | None = None, limit: Limit = 50
) -> HttpResponse:
    """Laboratory reports in a state: those that have waited longest, or were decided last."""
    page = queries.reports_in(ReportState(state), cursor=cursor, size=limit)
    told = Page(tuple(_report_short(one) for one in page.items), page.next)
    return answer_page(request, QualityReportList, told)


@router.get("/quality/reports/{id:report_id}", auth=REPORTS, response=QualityReport)
def quality_report(request: ApiRequest, report_id: PathId) -> HttpResponse:
    """One report, its values beside the standard's limits."""
    return answer(QualityReport, _report(report_id))


@router.get(
    "/quality/reports/{id:report_id}/file", auth=REPORTS, response={200: None},
    openapi_extra={"responses": {200: FILE}},
)  # fmt: skip
def quality_report_file(request: ApiRequest, report_id: PathId) -> HttpResponse:
    """The paper itself, to be saved: a PDF as it came, or the pixels of a photo."""
    paper = queries.open_paper_of(report_id)
    return HttpResponse(paper.read(), content_type=paper.media_type, headers=paper.headers)


@router.post("/quality/reports/{id:report_id}/verify", auth=DECIDES_REPORTS, response=QualityReport)
def verify_report(request: ApiRequest, report_id: PathId, data: Verification) -> HttpResponse:
    """Say that it is true, and which of its listings it is about."""
    services.decide_report(
        report_id, actor_id=actor_of(request), now=request.viewer.now, verified=True, covers=data.covers
    )
    return answer(QualityReport, _report(report_id))


@router.post("/quality/reports/{id:report_id}/refuse", auth=DECIDES_REPORTS, response=QualityReport)
def refuse_report(request: ApiRequest, report_id: PathId, data: Refusal) -> HttpResponse:
    """Refuse it, and say why."""
    services.decide_report(
        report_id, actor_id=actor_of(request), now=request.viewer.now, verified=False, reason=data.reason
    )
    return answer(QualityReport, _report(report_id))


# --- Appeals ------------------------------------------------------------------------------------


@router.get("/quality/appeals", auth=APPEALS, response=QualityAppealList)
def quality_appeals(
    request: ApiRequest, state: StateOfAppeal = "open", cursor: Cursor | None = None, limit: Limit = 50
) -> HttpResponse:
    """Appeals in a state: those that have waited longest, or were decided last."""
    page = queries.appeals_in(AppealState(state), cursor=cursor, size=limit)
    told = Page(tuple(_appeal_short(one) for one in page.items), page.next)
    return answer_page(request, QualityAppealList, told)


@router.get("/quality/appeals/{id:appeal_id}", auth=APPEALS, response=QualityAppeal)
def quality_appeal(request: ApiRequest, appeal_id: PathId) -> HttpResponse:
    """One appeal, the reasons for the decision, and the new evidence."""
    return answer(QualityAppeal, _appeal(request, queries.get_appeal(appeal_id)))


@router.post("/quality/appeals/{id:appeal_id}/answer", auth=DECIDES_APPEALS, response=QualityAppeal)
def answer_appeal(request: ApiRequest, appeal_id: PathId, data: AppealAnswer) -> HttpResponse:
    """Decide it, once, with reasons: for somebody who had no part in the decision."""
    services.decide_appeal(
        appeal_id, actor_id=actor_of(request), now=request.viewer.now, overturn=data.overturn,
        reasons=data.reasons,
    )  # fmt: skip
    return answer(QualityAppeal, _appeal(request, queries.get_appeal(appeal_id)))


# --- What buyers report, and claims ---------------------------------------------------------------


@router.get("/quality/complaints", auth=COMPLAINTS, response=ReportedListings)
def quality_complaints(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 50) -> HttpResponse:
    """Listings that verified buyers report, by the most buyers first."""
    return answer_page(request, ReportedListings, queries.reported_listings(cursor=cursor, size=limit))


@router.post("/quality/complaints/{id:listing_id}/dismiss", auth=DISMISSES, response=Dismissed)
def dismiss_complaints(request: ApiRequest, listing_id: PathId) -> HttpResponse:
    """Put away what is reported of a listing."""
    dismissed = services.dismiss_complaints(listing_id=listing_id, now=request.viewer.now)
    return answer(Dismissed, {"dismissed": dismissed})


@router.get("/quality/claims", auth=CLAIMS, response=DueRemedies)
def quality_claims(
    request: ApiRequest, done: Literal["yes", "no"] = "no", cursor: Cursor | None = None, limit: Limit = 50
) -> HttpResponse:
    """What buyers chose after a recall that the shop has to see to, or has seen to."""
    page = queries.claims_to_see_to(done=done == "yes", cursor=cursor, size=limit)
    return answer_page(request, DueRemedies, page)


@router.post("/quality/claims/{id:claim_id}/done", auth=FINISHES, response=DueRemedies)
def finish_claim(request: ApiRequest, claim_id: PathId) -> HttpResponse:
    """Say that it is done, and see the first of what is left."""
    if not queries.must_be_seen_to(claim_id):
        raise NotThere
    services.finish_claim(claim_id, now=request.viewer.now)
    return answer(DueRemedies, queries.claims_to_see_to())


# --- What goes out ----------------------------------------------------------------------------------


def _report_short(report: LabReport) -> dict[str, Any]:
    names = ("merchant_id", "standard", "grade", "number", "state", "submitted_at")
    return {name: getattr(report, name) for name in names} | {
        "id": report.pk, "merchant_name": report.merchant.name, "laboratory": report.laboratory_name,
    }  # fmt: skip


def _report(report_id: int) -> dict[str, Any]:
    case = queries.get_report(report_id)
    names = QualityReport.model_fields.keys() - {"has_file"}
    return {name: getattr(case, name) for name in names} | {"has_file": bool(case.file)}


def _appeal_short(appeal: Appeal) -> dict[str, Any]:
    return {
        "id": appeal.pk, "decision_id": appeal.decision_id, "listing_id": appeal.decision.listing_id,
        "merchant_id": appeal.merchant_id, "merchant_name": appeal.merchant.name, "at": appeal.at,
        "state": appeal.state,
    }  # fmt: skip


def _appeal(request: ApiRequest, case: AppealCase) -> dict[str, Any]:
    statement = queries.statement_of(case.decision)
    names = ("id", "merchant_id", "merchant_name", "at", "state", "words", "stands", "decided_at",
             "decided_by", "reasons")  # fmt: skip
    return {name: getattr(case, name) for name in names} | {
        "decision_id": case.decision.pk, "listing_id": case.decision.listing_id, "act": case.decision.act,
        "title": statement.title, "facts": statement.facts, "provision": statement.provision,
        "report": _report(case.report.id) if case.report else None,
        "had_a_part": actor_of(request) in case.had_a_part,
    }  # fmt: skip
