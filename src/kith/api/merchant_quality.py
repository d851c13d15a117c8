"""Quality for those who act for a merchant: what is proven, reports, decisions and reasons, appeals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import File, Query, Router, UploadedFile
from pydantic import BeforeValidator, Field, WithJsonSchema

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_page
from kith.api.catalogue import Claim, Listing
from kith.api.fields import Cursor, GivenId, GivenIds, Id, In, Limit, Out, PathId
from kith.api.once import takes_key
from kith.core.clock import local_day
from kith.core.paging import Page
from kith.people.tokens import Scope
from kith.quality import papers, queries, services
from kith.shop import queries as shop

router = Router(tags=["Merchant's desk"])

READS = Access(Scope.MERCHANT_READ)
WRITES_JSON = Access(Scope.MERCHANT_WRITE, writes=True, conflicts=True, takes="application/json")
UPLOADS = Access(
    Scope.MERCHANT_WRITE, writes=True, takes="multipart/form-data",
    most_bytes=papers.MOST_BYTES + 64 * 1024,
)  # fmt: skip
FILE = {
    "content": {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(papers.TYPES.values())
    }
}
EXAMPLE = {"filtration-salt": 97.2}


def _day(text: Any) -> Any:
    if text is None:
        return None
    if not isinstance(text, str) or len(text) != len("2026-01-31"):
        raise ValueError("a day is written as 2026-01-31")
    return date.fromisoformat(text)


GivenDay = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-01-31"]}),
]


class ProvenListing(Out):
    """Something that the merchant sells, with what it claims and what is proven of that."""

    listing: Listing
    claims: list[Claim]


class ProvenListings(Out):
    items: list[ProvenListing]
    next: str | None


class MeasuredValue(Out):
    quantity: str
    name: str = Field(description="In the caller's language")
    value: float
    unit: str


class ListingProven(Out):
    listing_id: Id
    title: str
    covered: bool | None = Field(description="What staff found: whether it is about this; null: nothing yet")


class LabReport(Out):
    """A laboratory report, and what became of it."""

    id: Id
    merchant_id: Id
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
    measures: list[MeasuredValue]
    listings: list[ListingProven]
    has_file: bool
    state: Literal["submitted", "verified", "refused"]
    submitted_at: datetime
    decided_at: datetime | None
    reason: str = Field(description="Why it was refused")


class LabReports(Out):
    items: list[LabReport]
    next: str | None


class NewReport(In):
    """What stands in the report."""

    standard: str = Field(max_length=60, description="With its year", examples=["GB 2626-2019"])
    grade: str = Field("", max_length=20, description="The class that it was tested for")
    laboratory: str = Field(max_length=120)
    accreditation: str = Field("", max_length=40)
    number: str = Field(max_length=60)
    sample: str = Field(max_length=120, description="What was tested, as the report calls it")
    batch: str = Field("", max_length=60)
    produced_on: GivenDay | None = None
    tested_on: GivenDay
    valid_until: GivenDay | None = None
    measures: dict[str, float] = Field(
        max_length=50, description="By the standard's quantities, in its units", examples=[EXAMPLE]
    )
    listings: GivenIds = Field(description="The listings that sell the very thing that was tested")


class AppealMade(Out):
    id: Id
    at: datetime
    words: str
    report_id: Id | None = Field(description="The new evidence")
    state: Literal["open", "upheld", "overturned"] = Field(
        description="Upheld: the decision stays. Overturned: it is taken back"
    )
    decided_at: datetime | None
    reasons: str


class StatementOfReasons(Out):
    """What was decided, and why, with the fields of art. 17 of the EU's Digital Services Act."""

    decision_id: Id
    act: Literal["suspect", "remove", "recall", "reinstate", "close", "reopen"]
    is_against: bool = Field(description="Whether it takes something away: only then there is an appeal")
    merchant_id: Id
    listing_id: Id | None = Field(description="Null: it is about the shop")
    title: str
    what: str
    since: datetime
    stands: bool
    until: datetime | None = Field(description="When it was followed by another decision")
    next_id: Id | None = Field(description="By which")
    takes_back: Id | None = Field(description="Of a reinstatement or reopening: what it takes back")
    where: str
    duration: str
    facts: str
    words: str = Field(description="What a person wrote who decided it")
    evidence: list[str]
    report_id: Id | None = Field(description="The merchant's own report that it rests on")
    changed: bool = Field(description="Whether the listing says something else by now")
    found_by_machine: bool
    decided_by_machine: bool
    provision: str
    clause: str
    how_to_appeal: str
    appeal_until: datetime
    may_appeal: bool
    appeal: AppealMade | None
    elsewhere: list[str] = Field(description="What else can be done: out of court, and in court")


class StatementsOfReasons(Out):
    items: list[StatementOfReasons]
    next: str | None


class NewAppeal(In):
    words: str = Field(min_length=1, max_length=4000, description="Why the decision is wrong")
    report_id: GivenId | None = Field(None, description="A report of the same merchant, as new evidence")


@router.get("/desk/merchants/{id:merchant_id}/quality", auth=READS, response=ProvenListings)
def proven_listings(
    request: ApiRequest, merchant_id: PathId, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """What a merchant of the caller's sells: what each claims, what is proven, and how it stands."""
    queries.require_staff(request.viewer, merchant_id)
    page = shop.listings_of(request.viewer, merchant_id=merchant_id, cursor=cursor, size=limit)
    proofs = queries.proofs_of([card.id for card in page.items], today=local_day(request.viewer.now))
    items = tuple({"listing": card, "claims": proofs[card.id].claims} for card in page.items)
    return answer_page(request, ProvenListings, Page(items, page.next))


# --- Reports -----------------------------------------------------------------------------------


@router.get("/desk/merchants/{id:merchant_id}/reports", auth=READS, response=LabReports)
def lab_reports(
    request: ApiRequest, merchant_id: PathId, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """The laboratory reports that were handed in, the newest first."""
    page = queries.reports_of(request.viewer, merchant_id=merchant_id, cursor=cursor, size=limit)
    return answer_page(request, LabReports, page)


@router.post("/desk/merchants/{id:merchant_id}/reports", auth=WRITES_JSON, response={201: LabReport})
@takes_key
def hand_in_report(request: ApiRequest, merchant_id: PathId, data: NewReport) -> HttpResponse:
    """Hand in what stands in a report. Its file is sent after it."""
    said = data.model_dump(exclude={"listings"})
    made = services.hand_in_report(
        request.viewer, merchant_id=merchant_id, listing_ids=data.listings, paper=services.Paper(**said)
    )
    return answer(LabReport, queries.get_own_report(request.viewer, report_id=made.pk), status=201)


@router.get("/desk/reports/{id:report_id}", auth=READS, response=LabReport)
def lab_report(request: ApiRequest, report_id: PathId) -> HttpResponse:
    """One report, and what became of it."""
    return answer(LabReport, queries.get_own_report(request.viewer, report_id=report_id))


@router.post("/desk/reports/{id:report_id}/file", auth=UPLOADS, response=LabReport)
def add_report_file(
    request: ApiRequest, report_id: PathId, file: Annotated[UploadedFile, File(...)]
) -> HttpResponse:
    """Add its file, a PDF or a photo, or put another in its place until somebody has decided on it."""
    services.add_file(request.viewer, report_id=report_id, file=file)
    return answer(LabReport, queries.get_own_report(request.viewer, report_id=report_id))


@router.get(
    "/desk/reports/{id:report_id}/file", auth=READS, response={200: None},
    openapi_extra={"responses": {200: FILE}},
)  # fmt: skip
def report_file(request: ApiRequest, report_id: PathId) -> HttpResponse:
    """The file of a report: the PDF as it came, or the photo without what was written beside its pixels."""
    paper = queries.open_own_paper(request.viewer, report_id=report_id)
    return HttpResponse(paper.read(), content_type=paper.media_type, headers=paper.headers)


# --- Decisions ---------------------------------------------------------------------------------


@router.get("/desk/merchants/{id:merchant_id}/decisions", auth=READS, response=StatementsOfReasons)
def decisions_about_shop(
    request: ApiRequest,
    merchant_id: PathId,
    sweep: Annotated[GivenId | None, Query(description="Only what this sweep decided")] = None,
    cursor: Cursor | None = None,
    limit: Limit = 20,
) -> HttpResponse:
    """What was decided about a merchant of the caller's and its listings, the newest first, with reasons."""
    page = queries.decisions_of(
        request.viewer, merchant_id=merchant_id, sweep_id=sweep, cursor=cursor, size=limit
    )
    return answer_page(request, StatementsOfReasons, page)


@router.get("/desk/decisions/{id:decision_id}", auth=READS, response=StatementOfReasons)
def statement_of_reasons(request: ApiRequest, decision_id: PathId) -> HttpResponse:
    """Why something was decided, since when and where, on what provision, and how to appeal."""
    return answer(StatementOfReasons, queries.get_statement(request.viewer, decision_id=decision_id))


@router.post("/desk/decisions/{id:decision_id}/appeal", auth=WRITES_JSON, response={201: StatementOfReasons})
@takes_key
def appeal_against_decision(request: ApiRequest, decision_id: PathId, data: NewAppeal) -> HttpResponse:
    """Appeal, once. Somebody who had no part in the decision looks at everything again."""
    services.appeal(request.viewer, decision_id=decision_id, words=data.words, report_id=data.report_id)
    told = queries.get_statement(request.viewer, decision_id=decision_id)
    return answer(StatementOfReasons, told, status=201)
