"""Who one is outside, who others are there, and whom one wants to meet nothing of.

A persona is told here and nowhere else: /me says nothing of it, and nothing here says who anybody is
on the circle side.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all, answer_page, nothing
from kith.api.fields import Cursor, GivenId, In, Limit, PathId
from kith.api.once import takes_key
from kith.api.outside import JSON, READS, WRITES, WRITES_JSON
from kith.api.outside_cards import (
    About,
    Grievance,
    Hidden,
    HiddenSummary,
    LookingFor,
    Persona,
    PostPage,
    RegionCode,
    Safety,
    ShutOuts,
    Tells,
)
from kith.api.outside_door import SURFACE, require_current
from kith.api.problems import Problem
from kith.core.errors import NotThere
from kith.people.tokens import Scope
from kith.strangers import queries, services

router = Router(tags=["Outside: people"])

HIDES = Access(Scope.OUTSIDE_WRITE, writes=True, finding=True, outside=True, takes=JSON, most_bytes=2_000_000)
"""Of numbers it is never said whose they are; and nobody can try out many."""

Interest = Annotated[str, Field(max_length=40)]


class PersonaWords(In):
    intro: str = Field("", max_length=1000)
    interests: list[Interest] = Field([], max_length=20)
    looks_for: list[LookingFor] = Field([], max_length=6)
    region: RegionCode = ""
    tells: list[Tells] = Field(
        [], max_length=6, description="What stands on the card that says how safe one is"
    )
    veils_faces: bool = Field(
        default=False, description="Faces on all photos are blurred for whoever the caller has not answered"
    )
    avatar_id: GivenId | None = Field(None, description="A photo of the caller's own, taken in outside")


class NewPersona(PersonaWords):
    text_version: str = Field(max_length=20, description="Which words were read: /outside/consent/text")
    name: str = Field(max_length=40)


class ChangedPersona(In):
    name: str | None = Field(None, max_length=40)
    intro: str | None = Field(None, max_length=1000)
    interests: list[Interest] | None = Field(None, max_length=20)
    looks_for: list[LookingFor] | None = Field(None, max_length=6)
    region: RegionCode | None = None
    tells: list[Tells] | None = Field(None, max_length=6)
    veils_faces: bool | None = None
    avatar_id: GivenId | None = None


class Numbers(In):
    text: str = Field(
        max_length=1_000_000, description="Typed or pasted numbers, a vCard, or a CSV of an address book"
    )


class Number(In):
    phone: str = Field(max_length=40)


class NewComplaint(In):
    about: About
    subject_id: GivenId
    why: Grievance
    words: str = Field("", max_length=1000)
    also_avoid: bool = Field(default=False, description="Shut its author out as well")


# --- One's own persona --------------------------------------------------------------


@router.get("/outside/persona", auth=READS, response=Persona)
def outside_persona(request: ApiRequest) -> HttpResponse:
    """Who the caller is outside, with the choices that only they are told. 404 while they have none."""
    return _own_persona(request)


@router.post("/outside/persona", auth=WRITES_JSON, response={201: Persona})
@takes_key
def outside_make_persona(request: ApiRequest, data: NewPersona) -> HttpResponse:
    """Agree to the channel, having read the current words, and be somebody there."""
    require_current(data.text_version)
    services.make_persona(request.viewer, surface=SURFACE, **data.model_dump())
    return _own_persona(request, status=201)


@router.patch("/outside/persona", auth=WRITES_JSON, response=Persona)
def outside_change_persona(request: ApiRequest, data: ChangedPersona) -> HttpResponse:
    """Change what is named; `avatar_id` may be null, for no picture."""
    changes: dict[str, Any] = data.model_dump(exclude_unset=True)
    if any(value is None for name, value in changes.items() if name != "avatar_id"):
        raise Problem("not-valid", _("Only the picture can be taken away."))
    services.change_persona(request.viewer, **changes)
    return _own_persona(request)


def _own_persona(request: ApiRequest, *, status: int = 200) -> HttpResponse:
    card = queries.my_persona(request.viewer)
    if card is None:
        raise NotThere
    return answer(Persona, card, status=status)


# --- Others -------------------------------------------------------------------------


@router.get("/outside/personas/{id:persona_id}", auth=READS, response=Persona)
def outside_get_persona(request: ApiRequest, persona_id: PathId) -> HttpResponse:
    """Who somebody is outside."""
    return answer(Persona, queries.get_persona(request.viewer, persona_id=persona_id))


@router.get("/outside/personas/{id:persona_id}/posts", auth=READS, response=PostPage)
def outside_posts_of(
    request: ApiRequest, persona_id: PathId, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """What a persona has posted, newest first."""
    page = queries.posts_of(request.viewer, persona_id=persona_id, cursor=cursor, size=limit)
    return answer_page(request, PostPage, page)


@router.get("/outside/personas/{id:persona_id}/safety", auth=READS, response=Safety)
def outside_safety(request: ApiRequest, persona_id: PathId) -> HttpResponse:
    """What is known of a persona, and what is not; of one's own, as strangers see it."""
    return answer(Safety, queries.safety_card(request.viewer, persona_id=persona_id))


@router.get("/outside/avoided", auth=READS, response=ShutOuts)
def outside_avoided(request: ApiRequest) -> HttpResponse:
    """Those whom the caller has shut out, the latest first."""
    return answer_all(request, ShutOuts, queries.shut_out_by_me(request.viewer))


@router.put("/outside/avoided/{id:persona_id}", auth=WRITES, response={204: None})
def outside_avoid(request: ApiRequest, persona_id: PathId) -> HttpResponse:
    """Shut a persona out: neither sees anything of the other outside any more. They are not told."""
    services.avoid(request.viewer, persona_id=persona_id)
    return nothing()


@router.delete("/outside/avoided/{id:persona_id}", auth=WRITES, response={204: None})
def outside_stop_avoiding(request: ApiRequest, persona_id: PathId) -> HttpResponse:
    """Let one of them back in. If they have shut the caller out, that stays."""
    services.stop_avoiding(request.viewer, mark=persona_id)
    return nothing()


@router.post("/outside/complaints", auth=WRITES_JSON, response={204: None})
def outside_report(request: ApiRequest, data: NewComplaint) -> HttpResponse:
    """Report a persona, or something it wrote, to the shop's staff. Nobody is told that it was the caller.

    Reported again, it stays as it was.
    """
    services.report(request.viewer, **data.model_dump())
    return nothing()


# --- Hidden contacts ------------------------------------------------------------------


@router.get("/outside/hidden", auth=READS, response=Hidden)
def outside_hidden(request: ApiRequest) -> HttpResponse:
    """How many numbers the caller hides from. Which they are, nobody can read any more."""
    return answer(Hidden, {"count": queries.hidden_count(request.viewer)})


@router.post("/outside/hidden", auth=HIDES, response=HiddenSummary)
def outside_hide(request: ApiRequest, data: Numbers) -> HttpResponse:
    """Never meet these numbers outside: neither sees anything of the other. Nobody is told.

    Nothing in the answer tells whether anybody has such a number.
    """
    return answer(HiddenSummary, services.hide_contacts(request.viewer, text=data.text))


@router.post("/outside/hidden/forget", auth=HIDES, response={204: None})
def outside_forget_number(request: ApiRequest, data: Number) -> HttpResponse:
    """Take one number off the list. Whether it was on it is not said."""
    services.forget_contact(request.viewer, phone=data.phone)
    return nothing()


@router.delete("/outside/hidden", auth=WRITES, response={204: None})
def outside_empty_hidden(request: ApiRequest) -> HttpResponse:
    """Empty the list."""
    services.forget_contacts(request.viewer)
    return nothing()
