"""Decisions of staff about listings and shops, and how much comes back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all
from kith.api.fields import Id, In, Money, Out, PathId, Told
from kith.api.once import takes_key
from kith.api.problems import Problem
from kith.api.quality import actor_of
from kith.people.tokens import Scope
from kith.quality import queries, services
from kith.quality.services import Grounds
from kith.quality.transitions import Act

router = Router(tags=["Quality"])

READS = Access(Scope.QUALITY, permission="quality.view_decision")
WRITES_JSON = Access(
    Scope.QUALITY, writes=True, conflicts=True, takes="application/json",
    permission="quality.add_decision",
)  # fmt: skip

ListingAct = Literal["suspect", "remove", "recall", "reinstate"]
ShopAct = Literal["close", "reopen"]
Because = Annotated[str, Field(min_length=1, max_length=2000)]


class DecisionStep(Out):
    """One decision, as it stands in the ledger."""

    id: Id
    at: datetime
    act: Literal["suspect", "remove", "recall", "reinstate", "close", "reopen"]
    who: str = Field(description="Handle of the member of staff; empty: a job, or somebody who has left")
    by_machine: bool
    rule: str
    says: str
    words: str
    sweep_id: Id | None
    listing_id: Id | None
    title: str


class DecisionGround(Out):
    """Something found that a decision may rest on."""

    rule: str
    says: str


class ListingEvidence(Out):
    id: Id
    laboratory: str
    number: str
    standard: str
    grade: str
    state: Literal["submitted", "verified", "refused"]
    covered: bool | None


class ListingStanding(Out):
    listing_id: Id
    title: str
    description: str
    price: Money
    category: str
    merchant_id: Id
    merchant_name: str
    merchant_closed_at: datetime | None
    state: Literal["", "suspected", "removed", "recalled"] = Field(description="Empty: it is live")
    says: str
    acts: list[ListingAct] = Field(description="The steps that may follow")
    grounds: list[DecisionGround]
    steps: list[DecisionStep] = Field(description="What was decided, the newest first")
    evidence: list[ListingEvidence]
    buyers_reporting: int


class ListingDecision(In):
    act: ListingAct
    rule: str = Field("", max_length=40, description="One of its grounds; empty: in words alone")
    words: Because = Field(description="The merchant is told, and of a takedown or recall the buyers too")


class ShopShort(Out):
    merchant_id: Id
    name: str
    listings: int
    taken_down: int
    share: float


class ShopsToDecideOn(Out):
    items: list[ShopShort]
    next: str | None


class ShopStanding(Out):
    merchant_id: Id
    name: str
    closed_at: datetime | None
    listings: int
    taken_down: int
    acts: list[ShopAct]
    steps: list[DecisionStep] = Field(description="What was decided about the shop itself")
    takedowns: list[DecisionStep]


class ShopDecision(In):
    act: ShopAct
    words: Because = Field(description="The merchant is told")


class RefundTally(Out):
    orders: int
    refunds: int = Field(description="Without those of recalls")
    recalled: int
    orders_before: int = Field(description="52 weeks before")
    refunds_before: int
    rate: float | None = Field(description="Refunds for each hundred orders")
    rate_before: float | None
    rise: float | None = Field(description="By how many per cent there are more than then")


class RefundWeek(Out):
    begins_on: date
    is_whole: bool
    count: RefundTally
    alarm: bool = Field(description="More than 120 % more than 52 weeks before, and not by chance")


class RefundPart(Out):
    code: str
    name: Told
    count: RefundTally
    alarm: bool


class RefundFigures(Out):
    weeks: list[RefundWeek]
    since: date = Field(description="First day of what is counted beside the weeks")
    until: date
    total: RefundTally
    by_category: list[RefundPart]
    by_merchant: list[RefundPart]
    by_reason: list[RefundPart]
    knows_year_before: bool


@router.get("/quality/listings/{id:listing_id}", auth=READS, response=ListingStanding)
def listing_standing(request: ApiRequest, listing_id: PathId) -> HttpResponse:
    """How a listing stands, on what evidence, and which steps may follow."""
    return answer(ListingStanding, _listing(listing_id))


@router.post("/quality/listings/{id:listing_id}/decisions", auth=WRITES_JSON, response={201: ListingStanding})
@takes_key
def decide_listing(request: ApiRequest, listing_id: PathId, data: ListingDecision) -> HttpResponse:
    """Freeze, take down, recall or reinstate a listing. Whoever is concerned is told."""
    grounds = {one.rule: one for one in queries.grounds_for(listing_id)}
    if data.rule and data.rule not in grounds:
        raise Problem("not-valid", _("Nothing was found against it by this rule."))
    ground = grounds.get(data.rule)
    figures = {} if ground is None else {
        name: getattr(ground, name) for name in ("rule", "standard", "claimed", "figure", "bound", "other")
    }  # fmt: skip
    services.decide(
        act=Act(data.act), listing_id=listing_id, actor_id=actor_of(request), now=request.viewer.now,
        grounds=Grounds(**figures, words=data.words), found_by_machine=ground is not None,
    )  # fmt: skip
    return answer(ListingStanding, _listing(listing_id), status=201)


@router.get("/quality/shops", auth=READS, response=ShopsToDecideOn)
def quality_shops(request: ApiRequest) -> HttpResponse:
    """Open shops of which so much is taken down that they are proposed for closing."""
    return answer_all(request, ShopsToDecideOn, queries.shops_to_decide_on())


@router.get("/quality/shops/{id:merchant_id}", auth=READS, response=ShopStanding)
def shop_standing(request: ApiRequest, merchant_id: PathId) -> HttpResponse:
    """How a shop stands, with what is taken down of it."""
    return answer(ShopStanding, queries.shop_standing(merchant_id))


@router.post("/quality/shops/{id:merchant_id}/decisions", auth=WRITES_JSON, response={201: ShopStanding})
@takes_key
def decide_shop(request: ApiRequest, merchant_id: PathId, data: ShopDecision) -> HttpResponse:
    """Close a shop, or open it again."""
    services.decide_shop(
        act=Act(data.act), merchant_id=merchant_id, actor_id=actor_of(request), now=request.viewer.now,
        grounds=Grounds(words=data.words),
    )  # fmt: skip
    return answer(ShopStanding, queries.shop_standing(merchant_id), status=201)


@router.get("/quality/refunds", auth=READS, response=RefundFigures)
def quality_refunds(request: ApiRequest, weeks: Annotated[int, Query(ge=2, le=52)] = 26) -> HttpResponse:
    """How much comes back, by week, shelf, shop and reason, beside the same a year before."""
    return answer(RefundFigures, queries.refund_figures(now=request.viewer.now, weeks=weeks))


def _listing(listing_id: int) -> dict[str, Any]:
    standing = queries.standing_of(listing_id)
    names = ListingStanding.model_fields.keys() - {"grounds", "buyers_reporting"}
    return {name: getattr(standing, name) for name in names} | {
        "grounds": queries.grounds_for(listing_id),
        "buyers_reporting": standing.reported.buyers if standing.reported else 0,
    }  # fmt: skip
