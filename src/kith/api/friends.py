"""Friends, requests and invitations: the caller's own, which nobody else reads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest, charge_finding
from kith.api.answers import answer, answer_all, answer_page, nothing
from kith.api.cards import Person
from kith.api.fields import Cursor, GivenId, GivenIds, Id, In, Limit, Out, PathId
from kith.api.once import takes_key
from kith.api.problems import Problem
from kith.core.errors import NotThere
from kith.people.phones import read_phone
from kith.people.tokens import Scope
from kith.sharing import services
from kith.ties import queries as ties
from kith.ties.models import Invitation as InvitationRow

router = Router(tags=["Friends"])

JSON = "application/json"
READS = Access(Scope.FRIENDS_READ)
FINDS = Access(Scope.FRIENDS_READ, finding=True)
FINDS_JSON = Access(Scope.FRIENDS_READ, finding=True, takes=JSON)
WRITES = Access(Scope.FRIENDS_WRITE, writes=True)
WRITES_JSON = Access(Scope.FRIENDS_WRITE, writes=True, takes=JSON)


class Friend(Out):
    face: Person
    alias: str
    friend_at: datetime
    muted: bool = Field(description="The caller does not see what they show")
    hidden_from: bool = Field(description="They do not see what the caller shows")


class FriendPage(Out):
    items: list[Friend]
    next: str | None


class People(Out):
    items: list[Person]
    next: str | None


class Request(Out):
    id: Id
    face: Person
    note: str
    sent_at: datetime


class Requests(Out):
    items: list[Request]
    next: str | None


class MadeRequest(Out):
    """Null: they had asked already, so you are friends now."""

    request_id: Id | None


class Invitation(Out):
    id: Id
    token: str
    circle_id: Id | None
    created_at: datetime
    expires_at: datetime


class Invitations(Out):
    items: list[Invitation]
    next: str | None


class ChangedFriend(In):
    muted: bool | None = None
    hidden_from: bool | None = None
    alias: str | None = Field(None, max_length=40)


class NewRequest(In):
    """Whom to ask: by their id, by their handle, or by an invitation of theirs. One of the three."""

    person_id: GivenId | None = None
    handle: str | None = Field(None, max_length=40)
    invitation: str | None = Field(None, max_length=60)
    note: str = Field("", max_length=100)
    circle_id: GivenId | None = Field(None, description="Where they go when they accept")


class Acceptance(In):
    circle_ids: GivenIds = []


class NewInvitation(In):
    circle_id: GivenId | None = Field(None, description="Where those go who come by it")


class Phone(In):
    phone: str = Field(max_length=40)


class NewBlock(In):
    person_id: GivenId


# --- People -----------------------------------------------------------------------


@router.get("/people", auth=FINDS, response=Person)
def find_by_handle(request: ApiRequest, handle: Annotated[str, Field(max_length=40)]) -> HttpResponse:
    """Somebody by their exact handle."""
    return answer(Person, _found(ties.find_person_by_handle(request.viewer, handle)))


@router.post("/people/find", auth=FINDS_JSON, response=Person)
def find_by_phone(request: ApiRequest, data: Phone) -> HttpResponse:
    """Somebody by their number, if they allow it.

    The number stands in the body, since addresses are logged.
    """
    try:
        phone = read_phone(data.phone)
    except ValueError:
        raise Problem("not-valid", _("That is not a phone number.")) from None
    return answer(Person, _found(ties.find_person_by_phone(request.viewer, phone)))


def _found(face: ties.Face | None) -> ties.Face:
    if face is None:
        raise NotThere
    return face


# --- Friends ----------------------------------------------------------------------


@router.get("/friends", auth=READS, response=FriendPage)
def friends(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 50) -> HttpResponse:
    """The caller's friends, longest known first."""
    return answer_page(request, FriendPage, ties.friends(request.viewer, cursor=cursor, size=limit))


@router.get("/friends/{id:person_id}", auth=READS, response=Friend)
def get_friend(request: ApiRequest, person_id: PathId) -> HttpResponse:
    """One friend."""
    return answer(Friend, ties.find_friend(request.viewer, person_id))


@router.patch("/friends/{id:person_id}", auth=WRITES_JSON, response=Friend)
def change_friend(request: ApiRequest, person_id: PathId, data: ChangedFriend) -> HttpResponse:
    """Mute a friend, hide from them, or call them something else. They are not told."""
    viewer = request.viewer
    with transaction.atomic():
        if data.muted is not None:
            services.set_muted(viewer, other_id=person_id, on=data.muted)
        if data.hidden_from is not None:
            services.set_hidden_from(viewer, other_id=person_id, on=data.hidden_from)
        if data.alias is not None:
            services.set_alias(viewer, other_id=person_id, alias=data.alias)
    return answer(Friend, ties.find_friend(viewer, person_id))


@router.delete("/friends/{id:person_id}", auth=WRITES, response={204: None})
def unfriend(request: ApiRequest, person_id: PathId) -> HttpResponse:
    """Stop being friends: each leaves the other's circles, at once and untold."""
    ties.find_friend(request.viewer, person_id)
    services.unfriend(request.viewer, other_id=person_id)
    return nothing()


@router.get("/blocks", auth=READS, response=People)
def blocks(request: ApiRequest) -> HttpResponse:
    """Whom the caller has blocked."""
    return answer_all(request, People, ties.blocked_people(request.viewer))


@router.post("/blocks", auth=WRITES_JSON, response={204: None})
def block(request: ApiRequest, data: NewBlock) -> HttpResponse:
    """Shut somebody out: no friendship, no request, no word of each other."""
    services.block(request.viewer, other_id=data.person_id)
    return nothing()


@router.delete("/blocks/{id:person_id}", auth=WRITES, response={204: None})
def unblock(request: ApiRequest, person_id: PathId) -> HttpResponse:
    """Let somebody back in as a stranger."""
    services.unblock(request.viewer, other_id=person_id)
    return nothing()


# --- Requests ---------------------------------------------------------------------


@router.get("/requests/in", auth=READS, response=Requests)
def requests_in(request: ApiRequest) -> HttpResponse:
    """Who wants to be friends with the caller."""
    return answer_all(request, Requests, ties.requests_in(request.viewer))


@router.get("/requests/out", auth=READS, response=Requests)
def requests_out(request: ApiRequest) -> HttpResponse:
    """Whom the caller has asked. A declined one looks like one not answered yet."""
    return answer_all(request, Requests, ties.requests_out(request.viewer))


@router.post("/requests", auth=WRITES_JSON, response={201: MadeRequest})
@takes_key
def request_friend(request: ApiRequest, data: NewRequest) -> HttpResponse:
    """Ask somebody to be friends. If they have asked already, that is an acceptance."""
    viewer = request.viewer
    if [data.person_id, data.handle, data.invitation].count(None) != 2:
        raise Problem("not-valid", _("Name one of person_id, handle and invitation."))
    if data.invitation is not None:
        made = services.request_by_invitation(
            viewer, token=data.invitation, note=data.note, circle_id=data.circle_id
        )
    else:
        found = data.person_id or _find_to_ask(request, data.handle or "")
        made = services.request_friend(viewer, recipient_id=found, note=data.note, circle_id=data.circle_id)
    return answer(MadeRequest, {"request_id": made.pk if made else None}, status=201)


def _find_to_ask(request: ApiRequest, handle: str) -> int:
    charge_finding(request)
    return _found(ties.find_person_by_handle(request.viewer, handle)).id


@router.post("/requests/{id:request_id}/accept", auth=WRITES_JSON, response={204: None})
def accept_request(request: ApiRequest, request_id: PathId, data: Acceptance) -> HttpResponse:
    """Become friends, and put the new friend into some of one's circles."""
    services.accept_request(request.viewer, request_id=request_id, circle_ids=data.circle_ids)
    return nothing()


@router.post("/requests/{id:request_id}/decline", auth=WRITES, response={204: None})
def decline_request(request: ApiRequest, request_id: PathId) -> HttpResponse:
    """Say no. The sender is not told, and cannot ask again for 30 days."""
    services.decline_request(request.viewer, request_id=request_id)
    return nothing()


@router.delete("/requests/{id:request_id}", auth=WRITES, response={204: None})
def withdraw_request(request: ApiRequest, request_id: PathId) -> HttpResponse:
    """Take back a request that the caller sent."""
    services.withdraw_request(request.viewer, request_id=request_id)
    return nothing()


# --- Invitations ------------------------------------------------------------------


@router.get("/invitations", auth=READS, response=Invitations)
def invitations(request: ApiRequest) -> HttpResponse:
    """The caller's invitations that can still be opened."""
    return answer_all(request, Invitations, ties.invitations(request.viewer))


@router.post("/invitations", auth=WRITES_JSON, response={201: Invitation})
@takes_key
def make_invitation(request: ApiRequest, data: NewInvitation) -> HttpResponse:
    """Make an invitation for seven days. Whoever has its token can send the caller a request."""
    made: InvitationRow = services.make_invitation(request.viewer, circle_id=data.circle_id)
    return answer(Invitation, made, status=201)


@router.delete("/invitations/{id:invitation_id}", auth=WRITES, response={204: None})
def revoke_invitation(request: ApiRequest, invitation_id: PathId) -> HttpResponse:
    """Take an invitation back."""
    services.revoke_invitation(request.viewer, invitation_id=invitation_id)
    return nothing()


@router.get("/invitations/{token}/inviter", auth=FINDS, response=Person)
def inviter(request: ApiRequest, token: Annotated[str, Field(max_length=60)]) -> HttpResponse:
    """Who made an invitation that the caller was given."""
    return answer(Person, ties.inviter(request.viewer, token))
