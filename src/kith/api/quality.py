"""Sweeps, for the shop's staff who hold listings to standards. The worker scans and carries out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all, answer_page
from kith.api.fields import Cursor, Id, In, Limit, Out, PathId, Told
from kith.api.once import takes_key
from kith.api.problems import Problem
from kith.core.paging import Page
from kith.people.tokens import Scope
from kith.quality import queries, services
from kith.quality.models import Sweep
from kith.quality.queries import Sampled
from kith.quality.rules import BY_CODE

router = Router(tags=["Quality"])

READS = Access(Scope.QUALITY, permission="quality.view_sweep")
WRITES_JSON = Access(
    Scope.QUALITY, writes=True, conflicts=True, takes="application/json",
    permission="quality.change_sweep",
)  # fmt: skip

Stage = Literal[
    "waits", "scanning", "scanned", "applying", "applied", "dropped", "undoing", "undone"
]  # fmt: skip
StepAgainst = Literal["suspect", "remove", "recall"]
Words500 = Annotated[str, Field(max_length=500)]
Whys500 = Annotated[str, Field(min_length=1, max_length=500)]


class RuleTally(Out):
    rule: str
    name: Told
    listings: int
    main: int = Field(description="Of how many it is the gravest")


class SweepSample(Out):
    """What people said of the sample, and what that says of all that was found."""

    drawn: int
    judged: int
    right: int
    low: float = Field(description="Lower end of the interval of 95 % for the share that is right (Wilson)")
    high: float


class SweepShort(Out):
    id: Id
    stage: Stage
    done: int = Field(description="While it is carried out or undone: how many listings are done")
    of: int
    standard: str
    category: str
    dry_run: bool
    by_worker: bool = Field(description="False: whoever began it on the command line scans it")
    begun_at: datetime
    scanned_at: datetime | None
    rules: str = Field(description="Version of the rule set")
    listings: int
    flagged: int
    decisions: int
    passed_over: int = Field(description="Changed since they were looked at")
    decided_at: datetime | None
    why: str
    undone_at: datetime | None
    undone_why: str


class SweepDetail(SweepShort):
    by_rule: list[RuleTally]
    sample: SweepSample


class SweepList(Out):
    items: list[SweepShort]
    next: str | None


class SweepFinding(Out):
    listing_id: Id
    title: str
    merchant_id: Id
    merchant_name: str
    rule: str
    name: Told
    act: StepAgainst = Field(description="What follows if it is carried out")
    main: bool = Field(description="The gravest of its listing")
    says: str
    standard: str
    claimed: str
    figure: float | None
    bound: float | None
    report_id: Id | None
    other_listing_id: Id | None = Field(description="The listing that it is like")
    has_changed: bool = Field(description="The listing says something else by now")


class SweepFindingList(Out):
    items: list[SweepFinding]
    next: str | None


class SweepSampled(Out):
    listing_id: Id
    title: str
    says: list[str]
    right: bool | None
    note: str


class SweepSampledList(Out):
    items: list[SweepSampled]
    next: str | None


class NewSweep(In):
    standard: str = Field("", max_length=60, description="Its key, or its code for all editions; empty: all")
    category: str = Field("", max_length=40, description="A shelf, with those below it; empty: all")
    dry_run: bool = Field(default=False, description="To look only: it can never be carried out")


class DrawnNumber(In):
    number: int = Field(ge=1, le=1000)


class Verdict(In):
    right: bool
    note: Words500 = ""


class SweepWhy(In):
    why: Whys500 = Field(description="It stands beside the sweep; where it is undone, merchants are told")


class SweepMayWhy(In):
    why: Words500 = Field("", description="Needed where the sample was not looked at, or too much was wrong")


@router.get("/quality/sweeps", auth=READS, response=SweepList)
def quality_sweeps(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 50) -> HttpResponse:
    """The sweeps, the newest first."""
    page = queries.newest_sweeps(cursor=cursor, size=limit)
    told = Page(tuple(_short(one) for one in page.items), page.next)
    return answer_page(request, SweepList, told)


@router.post("/quality/sweeps", auth=WRITES_JSON, response={201: SweepDetail})
@takes_key
def begin_sweep(request: ApiRequest, data: NewSweep) -> HttpResponse:
    """Begin one. The worker scans it within a minute or so; nothing is taken down by that."""
    begun = services.plan_sweep(
        actor_id=actor_of(request), now=request.viewer.now, by_worker=True, **data.model_dump()
    )
    return answer(SweepDetail, _detail(begun), status=201)


@router.get("/quality/sweeps/{id:sweep_id}", auth=READS, response=SweepDetail)
def get_sweep(request: ApiRequest, sweep_id: PathId) -> HttpResponse:
    """How one stands, what it found by rule, and what the sample says."""
    return _told(sweep_id)


@router.get("/quality/sweeps/{id:sweep_id}/findings", auth=READS, response=SweepFindingList)
def sweep_findings(
    request: ApiRequest,
    sweep_id: PathId,
    rule: Annotated[str, Query(max_length=40)] = "",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> HttpResponse:
    """What was found, of all rules or one, in the order of the listings."""
    if rule and rule not in BY_CODE:
        raise Problem("not-valid", _("There is no such rule."))
    queries.get_sweep(sweep_id)
    page = queries.findings_of(sweep_id, rule=rule, cursor=cursor, size=limit)
    return answer_page(request, SweepFindingList, page)


@router.get("/quality/sweeps/{id:sweep_id}/sample", auth=READS, response=SweepSampledList)
def sweep_sample(request: ApiRequest, sweep_id: PathId) -> HttpResponse:
    """The sample, in the order in which it was drawn."""
    return _sample(request, sweep_id)


@router.post("/quality/sweeps/{id:sweep_id}/sample", auth=WRITES_JSON, response={201: SweepSampledList})
@takes_key
def draw_sample(request: ApiRequest, sweep_id: PathId, data: DrawnNumber) -> HttpResponse:
    """Draw so many of the listings found, by chance, for people to look at. Once for each sweep."""
    services.draw_sample(sweep_id, number=data.number)
    drawn = _sample(request, sweep_id)
    drawn.status_code = 201
    return drawn


@router.put("/quality/sweeps/{id:sweep_id}/sample/{id:listing_id}", auth=WRITES_JSON, response=SweepDetail)
def judge_sample(request: ApiRequest, sweep_id: PathId, listing_id: PathId, data: Verdict) -> HttpResponse:
    """Say of a listing of the sample whether what was found is right."""
    services.judge(
        sweep_id, listing_id=listing_id, right=data.right, actor_id=actor_of(request),
        now=request.viewer.now, note=data.note,
    )  # fmt: skip
    return _told(sweep_id)


@router.post("/quality/sweeps/{id:sweep_id}/apply", auth=WRITES_JSON, response=SweepDetail)
def apply_sweep(request: ApiRequest, sweep_id: PathId, data: SweepMayWhy) -> HttpResponse:
    """Have it carried out: the worker takes down or freezes what was found, and tells whom it concerns."""
    services.decide_sweep(sweep_id, **_by(request), why=data.why)
    return _told(sweep_id)


@router.post("/quality/sweeps/{id:sweep_id}/drop", auth=WRITES_JSON, response=SweepDetail)
def drop_sweep(request: ApiRequest, sweep_id: PathId, data: SweepWhy) -> HttpResponse:
    """Leave it at what was found."""
    services.decide_sweep(sweep_id, **_by(request), why=data.why, go=False)
    return _told(sweep_id)


@router.post("/quality/sweeps/{id:sweep_id}/undo", auth=WRITES_JSON, response=SweepDetail)
def undo_sweep(request: ApiRequest, sweep_id: PathId, data: SweepWhy) -> HttpResponse:
    """Have all of it taken back, but for what somebody has decided since."""
    services.undo_sweep(sweep_id, **_by(request), why=data.why)
    return _told(sweep_id)


# --- What goes in and out -----------------------------------------------------------------------


def actor_of(request: ApiRequest) -> int:
    """Who decides: whoever the token belongs to."""
    assert request.token is not None, "an operation with a scope has a token"
    person_id: int = request.token.person_id
    return person_id


def _by(request: ApiRequest) -> dict[str, Any]:
    return {"actor_id": actor_of(request), "now": request.viewer.now}


def _told(sweep_id: int) -> HttpResponse:
    return answer(SweepDetail, _detail(queries.get_sweep(sweep_id)))


def _sample(request: ApiRequest, sweep_id: int) -> HttpResponse:
    queries.get_sweep(sweep_id)
    sampled: list[Sampled] = queries.sample_of(sweep_id)
    return answer_all(request, SweepSampledList, tuple(sampled))


def _short(sweep: Sweep) -> dict[str, Any]:
    progress = queries.progress_of(sweep)
    names = ("standard", "dry_run", "by_worker", "scanned_at", "rules", "listings", "flagged", "passed_over",
             "decided_at", "why", "undone_at", "undone_why")  # fmt: skip
    return {name: getattr(sweep, name) for name in names} | {
        "id": sweep.pk, "stage": progress.stage.value, "done": progress.done, "of": progress.of,
        "category": sweep.category_id or "", "begun_at": sweep.created_at, "decisions": sweep.taken_down,
    }  # fmt: skip


def _detail(sweep: Sweep) -> dict[str, Any]:
    return _short(sweep) | {
        "by_rule": queries.found_by_rule(sweep.pk), "sample": services.precision(sweep.pk),
    }  # fmt: skip
