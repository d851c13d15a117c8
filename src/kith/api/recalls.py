"""What the caller bought of things taken down or recalled, and what they choose to have for it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all
from kith.api.fields import In, Out, PathId
from kith.api.orders import Line
from kith.people.tokens import Scope
from kith.quality import queries, services
from kith.quality.models import Remedy as Remedies

router = Router(tags=["Orders"])

READS = Access(Scope.ORDERS_READ)
WRITES_JSON = Access(Scope.ORDERS_WRITE, writes=True, conflicts=True, takes="application/json")

Remedy = Literal["refund", "replacement", "disposal"]


class Recall(Out):
    """One thing that the caller bought and that was taken down or recalled."""

    line: Line
    taken_back_at: datetime | None = Field(description="It was looked at again and is in order, since then")
    says: str = Field(description="What was found, in the caller's language")
    danger: str = Field(description="What may come of using it")
    words: str = Field(description="What a person of the shop added")
    chosen: Remedy | None
    chosen_at: datetime | None
    may_choose: bool


class Recalls(Out):
    items: list[Recall]
    next: str | None


class Choice(In):
    remedy: Remedy


@router.get("/recalls", auth=READS, response=Recalls)
def recalls(request: ApiRequest) -> HttpResponse:
    """All that the caller bought of what is taken down or recalled now."""
    return answer_all(request, Recalls, queries.recalls_of(request.viewer))


@router.get("/recalls/{id:line_id}", auth=READS, response=Recall)
def recall(request: ApiRequest, line_id: PathId) -> HttpResponse:
    """What is wrong with one thing that the caller bought, by its order line."""
    return answer(Recall, queries.get_recall(request.viewer, line_id=line_id))


@router.put("/recalls/{id:line_id}/choice", auth=WRITES_JSON, response=Recall)
def choose_remedy(request: ApiRequest, line_id: PathId, data: Choice) -> HttpResponse:
    """Choose what to have for it, once. A refund is asked for at once, and the merchant cannot refuse it."""
    services.claim_remedy(request.viewer, line_id=line_id, remedy=Remedies(data.remedy))
    return answer(Recall, queries.get_recall(request.viewer, line_id=line_id))
