"""What the caller bought: buying, confirming, gifts, refunds. Seen by the two sides of an order only."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_page
from kith.api.catalogue import Listing
from kith.api.fields import Cursor, GivenId, Id, In, Limit, Money, Out, PathId
from kith.api.once import key_of, takes_key
from kith.core.paging import Page
from kith.people.tokens import Scope
from kith.sharing import queries, services
from kith.shop import queries as shop
from kith.shop.models import RefundReason as RefundReasons
from kith.shop.services import Delivery

router = Router(tags=["Orders"])

READS = Access(Scope.ORDERS_READ)
WRITES = Access(Scope.ORDERS_WRITE, writes=True, conflicts=True)
WRITES_JSON = Access(Scope.ORDERS_WRITE, writes=True, conflicts=True, takes="application/json")

LineStatus = Literal["placed", "shipped", "delivered", "refund_requested", "refunded", "cancelled"]
Move = Literal[
    "ship", "deliver", "confirm", "cancel", "request_refund", "recall_refund", "accept_refund",
    "refuse_refund",
]  # fmt: skip
GivenRefundReason = Literal[
    "changed-mind", "not-as-described", "not-genuine", "unsafe", "broken", "wrong-item", "late", "other"
]  # fmt: skip
"""What a buyer may say. That it was called back is not for them to say."""
RefundReason = GivenRefundReason | Literal["recalled", ""]
Reason = Annotated[str, Field(max_length=500)]


class Line(Out):
    """One line of an order, as one of its two sides sees it."""

    id: Id
    listing: Listing
    quantity: int
    total: Money
    status: LineStatus
    status_at: datetime
    reason: str
    refund_reason: RefundReason = Field(description="Why it comes back; empty if it does not, or nobody said")
    placed_at: datetime
    delivered_at: datetime | None
    is_gift: bool
    may: list[Move] = Field(description="What this side may do with it now")
    refund_refused: bool
    recipient: str
    phone: str
    region: str = Field(description="GB/T 2260 code")
    address: str


class LinePage(Out):
    items: list[Line]
    next: str | None


class NewOrder(In):
    listing_id: GivenId
    quantity: int = Field(1, ge=1, le=99)
    recipient: str = Field(max_length=60)
    phone: str = Field(max_length=40)
    region: str = Field(max_length=6, description="GB/T 2260 code of a province or city")
    address: str = Field(max_length=300)


class Why(In):
    reason: Reason = ""


class WhyRefund(In):
    code: GivenRefundReason = Field("other", description="With `other`, say in `reason` what it is")
    reason: Reason = ""


class Gift(In):
    is_gift: bool


@router.get("/orders/lines", auth=READS, response=LinePage)
def my_lines(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 20) -> HttpResponse:
    """What the caller bought, newest first."""
    return answer_page(request, LinePage, shop.my_lines(request.viewer, cursor=cursor, size=limit))


@router.post("/orders", auth=WRITES_JSON, response={201: Line})
@takes_key
def place_order(request: ApiRequest, data: NewOrder) -> HttpResponse:
    """Order a listing, to be paid on delivery. Nothing of it is shown to anybody before it arrives."""
    line = services.place_order(
        request.viewer,
        listing_id=data.listing_id,
        quantity=data.quantity,
        delivery=Delivery(data.recipient, data.phone, data.region, data.address),
        key=key_of(request) or secrets.token_urlsafe(16),
    )
    return _line(request, line.pk, status=201)


@router.get("/orders/lines/to-ask-about", auth=READS, response=LinePage)
def lines_to_ask_about(request: ApiRequest) -> HttpResponse:
    """What has arrived and waits for the caller to say whether it shall be shown ("ask me")."""
    lines = queries.lines_to_ask_about(request.viewer)
    cards = tuple(shop.get_line(request.viewer, line_id=line.pk) for line in lines)
    return answer_page(request, LinePage, Page(cards))


@router.get("/orders/lines/{id:line_id}", auth=READS, response=Line)
def get_line(request: ApiRequest, line_id: PathId) -> HttpResponse:
    """One line that the caller bought."""
    return _line(request, line_id)


@router.post("/orders/lines/{id:line_id}/confirm", auth=WRITES, response=Line)
def confirm_line(request: ApiRequest, line_id: PathId) -> HttpResponse:
    """Say that it arrived."""
    services.confirm_line(request.viewer, line_id=line_id)
    return _line(request, line_id)


@router.post("/orders/lines/{id:line_id}/cancel", auth=WRITES_JSON, response=Line)
def cancel_line(request: ApiRequest, line_id: PathId, data: Why) -> HttpResponse:
    """Call it off before it is sent."""
    shop.get_line(request.viewer, line_id=line_id)
    services.cancel_line(request.viewer, line_id=line_id, reason=data.reason)
    return _line(request, line_id)


@router.post("/orders/lines/{id:line_id}/refund-request", auth=WRITES_JSON, response=Line)
def request_refund(request: ApiRequest, line_id: PathId, data: WhyRefund) -> HttpResponse:
    """Ask for the money back, saying why."""
    why = RefundReasons(data.code)
    services.request_refund(request.viewer, line_id=line_id, reason=data.reason, code=why)
    return _line(request, line_id)


@router.put("/orders/lines/{id:line_id}/gift", auth=WRITES_JSON, response=Line)
def mark_gift(request: ApiRequest, line_id: PathId, data: Gift) -> HttpResponse:
    """Say whether it is a gift. A gift is never shown, and what was shown of it is erased."""
    services.mark_gift(request.viewer, line_id=line_id, is_gift=data.is_gift)
    return _line(request, line_id)


def _line(request: ApiRequest, line_id: int, *, status: int = 200) -> HttpResponse:
    return answer(Line, shop.get_line(request.viewer, line_id=line_id), status=status)
