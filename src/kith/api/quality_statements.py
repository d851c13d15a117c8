"""Statements of reasons for the EU's DSA Transparency Database, for the shop's staff who may."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer_page
from kith.api.fields import Cursor, Limit, Out
from kith.people.tokens import Scope
from kith.quality.queries import dsa

router = Router(tags=["Quality"])

SEES = Access(Scope.QUALITY, permission="quality.view_decision")


class DsaStatements(Out):
    """Statements in the fields of the database's API, version 1, as in force since 1 July 2025."""

    items: list[dict[str, Any]] = Field(
        description="Each as https://transparency.dsa.ec.europa.eu/page/api-documentation has it"
    )
    next: str | None


@router.get("/statements", auth=SEES, response=DsaStatements)
def dsa_statements(
    request: ApiRequest,
    since: Annotated[date, Query(description="Decisions from this day on")],
    until: Annotated[date | None, Query(description="Up to and with this day")] = None,
    cursor: Cursor | None = None,
    limit: Limit = 100,
) -> HttpResponse:
    """Statements of reasons of all decisions, the oldest first, as the DSA Transparency Database takes them.

    Nothing personal is in them: no name of a merchant, no title, no person, no word that anybody wrote.
    """
    page = dsa.record_page(since=since, until=until, cursor=cursor, size=limit)
    return answer_page(request, DsaStatements, page)
