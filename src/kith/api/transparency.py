"""What was checked and decided, in numbers. Open to everybody: it names nobody."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer
from kith.api.fields import Out
from kith.quality import queries

router = Router(tags=["Listings and merchants"])

OPEN = Access(None)


class Counts(Out):
    frozen: int
    taken_down: int
    recalled: int
    appealed: int = Field(description="Appeals made")
    upheld: int = Field(description="Of these, those by which the decision was taken back")
    reinstated_after_appeal: int
    reinstated_otherwise: int
    shops_closed: int
    shops_reopened: int
    decisions: int = Field(description="Frozen, taken down, recalled, and shops closed")
    found_by_machine: int = Field(description="Of these decisions")
    decided_by_machine: int = Field(description="Of these, without a person looking at each")
    taken_back_share: float | None = Field(description="What was reinstated, of the decisions: 0 to 1")
    median_days: float | None = Field(description="From an appeal to its answer, of those answered then")


class AllCounts(Counts):
    checked: int = Field(description="Listings looked at by sweeps; one that two looked at counts twice")


class CountsOfStandard(Out):
    standard: str = Field(description="The edition that they rest on; empty: none")
    numbers: Counts


class CountsOfMonth(Out):
    month: date = Field(description="Its first day, where the shop is")
    numbers: AllCounts
    standards: list[CountsOfStandard]


class Transparency(Out):
    total: AllCounts
    months: list[CountsOfMonth] = Field(description="The newest first")
    standards: list[CountsOfStandard]


@router.get("/transparency", auth=OPEN, response=Transparency)
def transparency(request: ApiRequest) -> HttpResponse:
    """How many listings were checked, taken down, appealed for and reinstated, by month and standard."""
    return answer(Transparency, queries.transparency())
