"""The merchant's side of orders, for those who act for a merchant."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpResponse
from ninja import Router

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all, answer_page
from kith.api.catalogue import MerchantPage
from kith.api.fields import Cursor, Id, In, Limit, Out, PathId
from kith.api.orders import LinePage, LineStatus, Reason, RefundReason, Why
from kith.people.tokens import Scope
from kith.sharing import services
from kith.shop import queries as shop
from kith.shop.models import OrderLine

router = Router(tags=["Merchant's desk"])

READS = Access(Scope.MERCHANT_READ)
WRITES = Access(Scope.MERCHANT_WRITE, writes=True, conflicts=True)
WRITES_JSON = Access(Scope.MERCHANT_WRITE, writes=True, conflicts=True, takes="application/json")

Tray = Literal["to-send", "on-the-way", "refunds", "done"]


class Moved(Out):
    """Where a line stands now."""

    id: Id
    status: LineStatus
    status_at: datetime
    reason: str
    refund_reason: RefundReason


class RefundAnswer(In):
    accept: bool
    reason: Reason = ""


@router.get("/desk/merchants", auth=READS, response=MerchantPage)
def my_merchants(request: ApiRequest) -> HttpResponse:
    """The merchants that the caller acts for."""
    return answer_all(request, MerchantPage, shop.merchants_of(request.viewer))


@router.get("/desk/merchants/{id:merchant_id}/lines", auth=READS, response=LinePage)
def desk_lines(
    request: ApiRequest, merchant_id: PathId, tray: Tray, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """What lies in one tray of a merchant's desk, newest first."""
    page = shop.desk_lines(request.viewer, merchant_id=merchant_id, tray=tray, cursor=cursor, size=limit)
    return answer_page(request, LinePage, page)


@router.post("/desk/lines/{id:line_id}/ship", auth=WRITES, response=Moved)
def ship_line(request: ApiRequest, line_id: PathId) -> HttpResponse:
    """Send it off."""
    return _moved(services.ship_line(request.viewer, line_id=line_id))


@router.post("/desk/lines/{id:line_id}/deliver", auth=WRITES, response=Moved)
def deliver_line(request: ApiRequest, line_id: PathId) -> HttpResponse:
    """Say that it was handed over."""
    return _moved(services.deliver_line(request.viewer, line_id=line_id))


@router.post("/desk/lines/{id:line_id}/cancel", auth=WRITES_JSON, response=Moved)
def cancel_sale(request: ApiRequest, line_id: PathId, data: Why) -> HttpResponse:
    """Call it off before it is sent."""
    return _moved(services.cancel_line(request.viewer, line_id=line_id, reason=data.reason))


@router.post("/desk/lines/{id:line_id}/refund-answer", auth=WRITES_JSON, response=Moved)
def answer_refund(request: ApiRequest, line_id: PathId, data: RefundAnswer) -> HttpResponse:
    """Give the money back, or refuse and say why."""
    line = services.answer_refund(request.viewer, line_id=line_id, accept=data.accept, reason=data.reason)
    return _moved(line)


def _moved(line: OrderLine) -> HttpResponse:
    return answer(Moved, line)
