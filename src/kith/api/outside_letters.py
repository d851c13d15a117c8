"""Greetings, letters, and what the caller is told outside."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import ApiRequest
from kith.api.answers import answer, answer_page, nothing
from kith.api.fields import Cursor, GivenId, In, Limit, PathId
from kith.api.once import takes_key
from kith.api.outside import READS, WRITES, WRITES_JSON
from kith.api.outside_cards import (
    Box,
    Exchange,
    ExchangePage,
    Letter,
    LetterPage,
    OutsideNoticePage,
    OutsideUnread,
    PhotoIds,
    Wished,
    WrittenPage,
)
from kith.core.errors import NotThere
from kith.strangers import queries, services

router = Router(tags=["Outside: letters"])


class NewGreeting(In):
    text: str = Field(max_length=600)
    post_id: GivenId | None = Field(None, description="A post of theirs that it is about")


class NewLetter(In):
    text: str = Field("", max_length=4000)
    photo_ids: PhotoIds = []


# --- Exchanges --------------------------------------------------------------------


@router.post("/outside/personas/{id:persona_id}/greeting", auth=WRITES_JSON, response={201: Exchange})
@takes_key
def outside_greet(request: ApiRequest, persona_id: PathId, data: NewGreeting) -> HttpResponse:
    """Send somebody a first message, without photos, links or numbers."""
    made = services.greet(request.viewer, persona_id=persona_id, **data.model_dump())
    return answer(Exchange, queries.get_exchange(request.viewer, exchange_id=made.pk), status=201)


@router.get("/outside/personas/{id:persona_id}/exchange", auth=READS, response=Exchange)
def outside_exchange_with(request: ApiRequest, persona_id: PathId) -> HttpResponse:
    """The caller's exchange with a persona; 404 while there is none."""
    found = queries.find_exchange_with(request.viewer, persona_id=persona_id)
    if found is None:
        raise NotThere
    return answer(Exchange, found)


@router.get("/outside/exchanges", auth=READS, response=ExchangePage)
def outside_exchanges(
    request: ApiRequest, box: Box = "open", cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """The caller's letters, the latest first: answered, greetings to them, or sent and not answered."""
    page = queries.exchanges(request.viewer, box=box, cursor=cursor, size=limit)
    return answer_page(request, ExchangePage, page)


@router.get("/outside/exchanges/{id:exchange_id}", auth=READS, response=Exchange)
def outside_exchange(request: ApiRequest, exchange_id: PathId) -> HttpResponse:
    """One exchange, and what can be done in it. Reading it here marks nothing as read."""
    return answer(Exchange, queries.get_exchange(request.viewer, exchange_id=exchange_id))


@router.post("/outside/exchanges/{id:exchange_id}/decline", auth=WRITES, response={204: None})
def outside_decline(request: ApiRequest, exchange_id: PathId) -> HttpResponse:
    """Be rid of a greeting. Its sender is not told."""
    services.decline(request.viewer, exchange_id=exchange_id)
    return nothing()


@router.post("/outside/exchanges/{id:exchange_id}/read", auth=WRITES, response={204: None})
def outside_mark_letters_read(request: ApiRequest, exchange_id: PathId) -> HttpResponse:
    """Mark what stands in it as read. The other is not told."""
    services.mark_letters_read(request.viewer, exchange_id=exchange_id)
    return nothing()


@router.put("/outside/exchanges/{id:exchange_id}/wish", auth=WRITES, response=Wished)
def outside_wish(request: ApiRequest, exchange_id: PathId) -> HttpResponse:
    """Wish to know each other as shoppers: the other is told. When both wish it, they are friends.

    Each then vanishes from the other's outside; who the friend is stands on the circle side, in /notices.
    """
    friend = services.wish_to_know(request.viewer, exchange_id=exchange_id, on=True)
    return answer(Wished, {"friends": friend is not None})


@router.delete("/outside/exchanges/{id:exchange_id}/wish", auth=WRITES, response=Wished)
def outside_unwish(request: ApiRequest, exchange_id: PathId) -> HttpResponse:
    """Wish it no more. The other is not told."""
    services.wish_to_know(request.viewer, exchange_id=exchange_id, on=False)
    return answer(Wished, {"friends": False})


# --- Letters ----------------------------------------------------------------------


@router.get("/outside/exchanges/{id:exchange_id}/letters", auth=READS, response=LetterPage)
def outside_letters(
    request: ApiRequest, exchange_id: PathId, cursor: Cursor | None = None, limit: Limit = 30
) -> HttpResponse:
    """The letters of an exchange, the latest first."""
    page = queries.letters_of(request.viewer, exchange_id=exchange_id, cursor=cursor, size=limit)
    return answer_page(request, LetterPage, page)


@router.post("/outside/exchanges/{id:exchange_id}/letters", auth=WRITES_JSON, response={201: Letter})
@takes_key
def outside_write_letter(request: ApiRequest, exchange_id: PathId, data: NewLetter) -> HttpResponse:
    """Write a letter. The first of whoever was greeted is the answer, and opens letters both ways."""
    made = services.write_letter(request.viewer, exchange_id=exchange_id, **data.model_dump())
    return answer(Letter, queries.get_letter(request.viewer, letter_id=made.pk), status=201)


@router.delete("/outside/letters/{id:letter_id}", auth=WRITES, response={204: None})
def outside_erase_letter(request: ApiRequest, letter_id: PathId) -> HttpResponse:
    """Erase a letter of one's own, for both. A greeting that nobody has answered is taken back with it."""
    services.erase_letter(request.viewer, letter_id=letter_id)
    return nothing()


# --- One's own, and what one is told ------------------------------------------------


@router.get("/outside/writing", auth=READS, response=WrittenPage)
def outside_writing(
    request: ApiRequest,
    kind: Literal["post", "comment", "letter"],
    cursor: Cursor | None = None,
    limit: Limit = 30,
) -> HttpResponse:
    """All that the caller has written of one kind, also what nobody else sees any more; newest first."""
    page = queries.my_writing(request.viewer, kind=kind, cursor=cursor, size=limit)
    return answer_page(request, WrittenPage, page)


@router.get("/outside/notices", auth=READS, response=OutsideNoticePage)
def outside_notices(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 30) -> HttpResponse:
    """What the caller is told outside, newest first; what it points to and is gone is left out."""
    page = queries.outside_notices(request.viewer, cursor=cursor, size=limit)
    return answer_page(request, OutsideNoticePage, page)


@router.get("/outside/notices/unread", auth=READS, response=OutsideUnread)
def outside_unread(request: ApiRequest) -> HttpResponse:
    """How much is new: letters, greetings, and other notices."""
    counts = {
        "letters": queries.unread_letters(request.viewer),
        "greetings": queries.count_greetings(request.viewer),
        "notices": queries.unread_outside(request.viewer),
    }
    return answer(OutsideUnread, counts)


@router.post("/outside/notices/read", auth=WRITES, response={204: None})
def outside_mark_notices_read(request: ApiRequest) -> HttpResponse:
    """Mark all of them as read."""
    queries.mark_outside_notices_read(request.viewer)
    return nothing()
