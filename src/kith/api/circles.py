"""The caller's circles. Nobody else learns their names, their sizes or who is in them."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all, nothing
from kith.api.cards import Person
from kith.api.fields import Id, In, Out, PathId
from kith.api.once import takes_key
from kith.people.tokens import Scope
from kith.sharing import services
from kith.ties import queries as ties

router = Router(tags=["Circles"])

READS = Access(Scope.FRIENDS_READ)
WRITES = Access(Scope.FRIENDS_WRITE, writes=True)
WRITES_JSON = Access(Scope.FRIENDS_WRITE, writes=True, takes="application/json")

Kind = Literal["family", "friends", "classmates", "colleagues", "neighbours", "other"]
Window = Literal["3d", "1m", "6m", "all"]
Name = Annotated[str, Field(min_length=1, max_length=20)]
Weight = Annotated[int, Field(ge=1, le=5, description="How much the caller trusts it")]


class Circle(Out):
    id: Id
    name: str
    kind: Kind
    weight: int
    window: Window
    is_default: bool
    size: int


class Circles(Out):
    items: list[Circle]
    next: str | None


class CircleDetail(Out):
    summary: Circle
    members: list[Person]
    others: list[Person] = Field(description="Friends who are not in it")


class NewCircle(In):
    name: Name
    kind: Kind = "other"
    weight: Weight = 3
    window: Window = Field("all", description="For how long it sees what is shown to it")
    is_default: bool = Field(
        default=False, description="What the caller buys goes here by itself, when sharing is on"
    )


class ChangedCircle(In):
    name: Name | None = None
    kind: Kind | None = None
    weight: Weight | None = None
    window: Window | None = None
    is_default: bool | None = None


@router.get("/circles", auth=READS, response=Circles)
def circles(request: ApiRequest) -> HttpResponse:
    """The caller's circles, oldest first. At most twenty."""
    return answer_all(request, Circles, ties.circles(request.viewer))


@router.post("/circles", auth=WRITES_JSON, response={201: CircleDetail})
@takes_key
def create_circle(request: ApiRequest, data: NewCircle) -> HttpResponse:
    """Make a circle."""
    made = services.create_circle(request.viewer, **data.model_dump())
    return answer(CircleDetail, ties.get_circle(request.viewer, made.pk), status=201)


@router.get("/circles/{id:circle_id}", auth=READS, response=CircleDetail)
def get_circle(request: ApiRequest, circle_id: PathId) -> HttpResponse:
    """One circle with its members."""
    return answer(CircleDetail, ties.get_circle(request.viewer, circle_id))


@router.patch("/circles/{id:circle_id}", auth=WRITES_JSON, response=CircleDetail)
def change_circle(request: ApiRequest, circle_id: PathId, data: ChangedCircle) -> HttpResponse:
    """Change a circle. A new window counts for what was shown before, too."""
    services.change_circle(request.viewer, circle_id=circle_id, **data.model_dump(exclude_none=True))
    return answer(CircleDetail, ties.get_circle(request.viewer, circle_id))


@router.delete("/circles/{id:circle_id}", auth=WRITES, response={204: None})
def delete_circle(request: ApiRequest, circle_id: PathId) -> HttpResponse:
    """Remove a circle: what was shown to it alone is from now on shown to nobody."""
    services.delete_circle(request.viewer, circle_id=circle_id)
    return nothing()


@router.put("/circles/{id:circle_id}/members/{id:person_id}", auth=WRITES, response={204: None})
def add_member(request: ApiRequest, circle_id: PathId, person_id: PathId) -> HttpResponse:
    """Put a friend into a circle; they see at once what it sees."""
    services.add_members(request.viewer, circle_id=circle_id, person_ids=[person_id])
    return nothing()


@router.delete("/circles/{id:circle_id}/members/{id:person_id}", auth=WRITES, response={204: None})
def remove_member(request: ApiRequest, circle_id: PathId, person_id: PathId) -> HttpResponse:
    """Take somebody out of a circle. They are not told."""
    services.remove_member(request.viewer, circle_id=circle_id, person_id=person_id)
    return nothing()
