"""What the caller says is wrong with something they bought. The shop's staff alone read it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, nothing
from kith.api.fields import Id, In, Out, PathId
from kith.core.errors import NotThere
from kith.people.tokens import Scope
from kith.quality import queries, services
from kith.shop.models import RefundReason

router = Router(tags=["Orders"])

READS = Access(Scope.ORDERS_READ)
WRITES = Access(Scope.ORDERS_WRITE, writes=True)
WRITES_JSON = Access(Scope.ORDERS_WRITE, writes=True, takes="application/json")

Wrong = Literal["not-as-described", "not-genuine", "unsafe", "broken", "wrong-item"]
Words = Annotated[str, Field(max_length=1000)]


class OwnComplaint(Out):
    listing_id: Id
    reason: Wrong
    words: str
    at: datetime


class WhatIsWrong(In):
    reason: Wrong
    words: Words = ""


@router.get("/listings/{id:listing_id}/complaint", auth=READS, response=OwnComplaint)
def my_complaint(request: ApiRequest, listing_id: PathId) -> HttpResponse:
    """What the caller has said is wrong with it."""
    said = queries.find_complaint(request.viewer, listing_id=listing_id)
    if said is None:
        raise NotThere
    return answer(OwnComplaint, said)


@router.put("/listings/{id:listing_id}/complaint", auth=WRITES_JSON, response=OwnComplaint)
def complain(request: ApiRequest, listing_id: PathId, data: WhatIsWrong) -> HttpResponse:
    """Say what is wrong with something that the caller bought and was sent; said again, it is changed.

    The shop's staff read it. The merchant never learns by whom.
    """
    reason = RefundReason(data.reason)
    services.report_listing(request.viewer, listing_id=listing_id, reason=reason, words=data.words)
    return answer(OwnComplaint, queries.find_complaint(request.viewer, listing_id=listing_id))


@router.delete("/listings/{id:listing_id}/complaint", auth=WRITES, response={204: None})
def take_back_complaint(request: ApiRequest, listing_id: PathId) -> HttpResponse:
    """Say no more against it."""
    services.take_back_report(request.viewer, listing_id=listing_id)
    return nothing()
