"""The caller themselves: profile, what is done with what they buy, consent, a copy, and leaving."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all, nothing
from kith.api.fields import GivenInstant, Id, In, Out, PathId, Told
from kith.api.problems import Problem
from kith.audience.viewer import CIRCLES, viewer_of
from kith.core.errors import NotThere
from kith.people.consent_texts import current_text
from kith.people.models import Person, Purpose, SharingMode, SharingPreference
from kith.people.queries import consents_of, find_person, find_sharing_preference
from kith.people.regions import name_of
from kith.people.services import change_profile
from kith.people.tokens import Scope, make_token, revoke_token, tokens_of
from kith.rights import services as rights
from kith.rollout.queries import standing_of
from kith.rollout.services import join_waiting, leave_waiting
from kith.sharing import services

router = Router(tags=["Me"])

JSON = "application/json"
SURFACE = "api"
READS = Access(Scope.PROFILE_READ)
WRITES = Access(Scope.PROFILE_WRITE, writes=True)
WRITES_JSON = Access(Scope.PROFILE_WRITE, writes=True, takes=JSON)
MANAGES = Access(Scope.ACCOUNT)
MANAGES_BY = Access(Scope.ACCOUNT, writes=True)
MANAGES_JSON = Access(Scope.ACCOUNT, writes=True, takes=JSON)

Mode = Literal["off", "ask", "after_delivery"]
ScopeName = Literal[
    "profile:read",
    "profile:write",
    "circle:read",
    "circle:write",
    "friends:read",
    "friends:write",
    "orders:read",
    "orders:write",
    "merchant:read",
    "merchant:write",
    "outside:read",
    "outside:write",
    "rollout",
    "quality",
    "account",
]
Language = Literal["zh-hans", "en"]


class Me(Out):
    id: Id
    handle: str
    display_name: str
    has_phone: bool = Field(description="Whether they have shown that a number is theirs")
    found_by_phone: bool
    region: str = Field(description="GB/T 2260 code of a province or city")
    region_name: str
    born: int | None
    language: Language
    care_mode: bool
    circle_open: bool = Field(description="Whether the circle side is open to the caller now")
    shows: bool = Field(description="Whether what the caller shows is seen by others now")


class CircleSide(Out):
    """How the circle side stands for the caller, whether they have agreed to it or not."""

    state: Literal["open", "closed", "winding_down"] = Field(description="Open: to its batches")
    let_in: bool = Field(description="Whether it is open to the caller now")
    until: date | None = Field(description="The last day for taking what is one's own, being wound down")
    place: int | None = Field(description="Among those who wait, from 1; null: they do not wait")


class ChangedMe(In):
    display_name: str | None = Field(None, max_length=100)
    handle: str | None = Field(None, max_length=40)
    region: str | None = Field(None, max_length=6)
    born: int | None = Field(None, ge=0, le=9999)
    language: Language | None = None
    care_mode: bool | None = None
    found_by_phone: bool | None = None


class Sharing(Out):
    mode: Mode
    hold_minutes: int = Field(description="Between delivery and being shown")
    excluded_categories: list[str]
    paused: bool


class ChosenSharing(In):
    mode: Mode
    hold_minutes: int = Field(30, ge=3, le=20_160)
    excluded_categories: list[Annotated[str, Field(max_length=40)]] = Field([], max_length=500)


class ConsentEntry(Out):
    purpose: Literal["sharing"]
    text_version: str
    surface: str
    given: bool
    at: datetime


class ConsentLedger(Out):
    items: list[ConsentEntry]
    next: str | None


class ConsentWords(Out):
    """What somebody is told before they agree."""

    version: str
    title: Told
    opening: Told
    seen: list[Told]
    never: list[Told]
    choices: list[Told]
    agreement: Told


class GivenConsent(In):
    given: bool
    text_version: str = Field("", max_length=20, description="Which words were read; needed to agree")


class Leaving(In):
    handle: str = Field(max_length=40, description="The caller's own handle, so that it is meant")


class Token(Out):
    id: Id
    name: str
    scopes: list[ScopeName]
    created_at: datetime
    expires_at: datetime | None
    last_used_on: date | None


class Tokens(Out):
    items: list[Token]
    next: str | None


class MadeToken(Out):
    token: Token
    text: str = Field(description="Shown this once")


class NewToken(In):
    name: str = Field(min_length=1, max_length=60)
    scopes: list[ScopeName] = Field(min_length=1, max_length=20)
    expires_at: GivenInstant | None = Field(None, description="Within a year, which it is when left out")


# --- Profile ----------------------------------------------------------------------


@router.get("/me", auth=READS, response=Me)
def me(request: ApiRequest) -> HttpResponse:
    """Who the token speaks for, and how their circle side stands."""
    return _me(request)


@router.patch("/me", auth=WRITES_JSON, response=Me)
def change_me(request: ApiRequest, data: ChangedMe) -> HttpResponse:
    """Change what is named; `born` may be null, to say nothing of it."""
    changes = data.model_dump(exclude_unset=True)
    if any(value is None for name, value in changes.items() if name != "born"):
        raise Problem("not-valid", _("Only the year of birth can be taken away."))
    change_profile(request.viewer, **changes)
    return _me(request)


def _me(request: ApiRequest) -> HttpResponse:
    person = _person(request)
    told = {
        "has_phone": person.phone is not None and person.phone_verified,
        "region_name": name_of(person.region, get_language() or ""),
        "circle_open": request.viewer.circle_open,
    }
    own = {name: getattr(person, name) for name in Me.model_fields if name not in told}
    return answer(Me, own | told)


def _person(request: ApiRequest) -> Person:
    person = find_person(request.viewer.person_id or 0)
    if person is None:
        raise NotThere
    return person


@router.get("/me/circle-side", auth=READS, response=CircleSide)
def circle_side(request: ApiRequest) -> HttpResponse:
    """Whether the circle side is open to the caller, and if not, until when or in what place they wait."""
    return _circle_side(request)


@router.put("/me/waiting", auth=WRITES, response=CircleSide)
def wait_for_circles(request: ApiRequest) -> HttpResponse:
    """Go on the waiting list of the circle side. Who waits already keeps their place."""
    join_waiting(_person(request).pk, CIRCLES, now=request.viewer.now)
    return _circle_side(request)


@router.delete("/me/waiting", auth=WRITES, response=CircleSide)
def stop_waiting_for_circles(request: ApiRequest) -> HttpResponse:
    """Go off the waiting list."""
    leave_waiting(_person(request).pk, CIRCLES)
    return _circle_side(request)


def _circle_side(request: ApiRequest) -> HttpResponse:
    return answer(CircleSide, standing_of(CIRCLES, _person(request).pk, request.viewer.now))


# --- Sharing and consent ----------------------------------------------------------


@router.get("/me/sharing", auth=READS, response=Sharing)
def sharing(request: ApiRequest) -> HttpResponse:
    """What is done with what the caller buys."""
    return _sharing(request)


@router.put("/me/sharing", auth=WRITES_JSON, response=Sharing)
def set_sharing(request: ApiRequest, data: ChosenSharing) -> HttpResponse:
    """Choose it. It holds for what is bought from now on."""
    services.set_sharing(
        request.viewer,
        mode=data.mode,
        hold=timedelta(minutes=data.hold_minutes),
        excluded_categories=data.excluded_categories,
    )
    return _sharing(request)


@router.put("/me/pause", auth=WRITES, response=Sharing)
def pause(request: ApiRequest) -> HttpResponse:
    """Show nothing to anybody until resumed."""
    services.pause(request.viewer)
    return _sharing(request)


@router.delete("/me/pause", auth=WRITES, response=Sharing)
def resume(request: ApiRequest) -> HttpResponse:
    """Show again what was shown before the pause."""
    services.resume(request.viewer)
    return _sharing(request)


def _sharing(request: ApiRequest) -> HttpResponse:
    person_id = _person(request).pk
    chosen = find_sharing_preference(person_id) or SharingPreference(mode=SharingMode.OFF)
    return answer(
        Sharing,
        {
            "mode": chosen.mode,
            "hold_minutes": chosen.hold // timedelta(minutes=1),
            "excluded_categories": chosen.excluded_categories,
            "paused": chosen.paused_at is not None,
        },
    )


@router.get("/me/consents", auth=READS, response=ConsentLedger)
def consents(request: ApiRequest) -> HttpResponse:
    """The ledger of what the caller agreed to and took back on the circle side, newest first."""
    entries = consents_of(_person(request).pk)
    told = tuple(entry for entry in entries if entry.purpose == Purpose.SHARING)
    return answer_all(request, ConsentLedger, told)


@router.get("/me/consents/sharing/text", auth=READS, response=ConsentWords)
def consent_text(request: ApiRequest) -> HttpResponse:
    """The words that are to be read before agreeing to the circle side, in the reader's language."""
    return answer(ConsentWords, current_text(Purpose.SHARING))


@router.put("/me/consents/sharing", auth=MANAGES_JSON, response=Me)
def consent(request: ApiRequest, data: GivenConsent) -> HttpResponse:
    """Agree to the circle side, having read the current words, or take that back.

    Taken back, everything disappears from others at their next read.
    """
    if not data.given:
        services.withdraw_consent(request.viewer, surface=SURFACE)
    elif data.text_version != current_text(Purpose.SHARING).version:
        raise Problem("not-valid", _("These are not the current words. Please read them again."))
    else:
        services.open_circles(request.viewer, text_version=data.text_version, surface=SURFACE)
    request.viewer = viewer_of(_person(request), request.viewer.now)
    return _me(request)


# --- Rights -----------------------------------------------------------------------

ZIP = {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/me/copy", auth=MANAGES, response={200: None}, openapi_extra={"responses": {200: ZIP}})
def copy_of_data(request: ApiRequest) -> HttpResponse:
    """All that is held about the caller, as a ZIP of JSON files and photos.

    What they are outside is a copy of its own: /outside/copy.
    """
    return HttpResponse(
        rights.copy_of_data(request.viewer, of="inside"),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="kith.zip"'},
    )


@router.post("/me/erase", auth=MANAGES_JSON, response={204: None})
def erase(request: ApiRequest, data: Leaving) -> HttpResponse:
    """Delete the account and all that it showed or said, at once and for good."""
    person = _person(request)
    if data.handle != person.handle:
        raise Problem("not-valid", _("That is not your own Kith name."))
    rights.erase_person(person_id=person.pk, now=request.viewer.now)
    return nothing()


# --- Tokens -----------------------------------------------------------------------


@router.get("/me/tokens", auth=MANAGES, response=Tokens)
def tokens(request: ApiRequest) -> HttpResponse:
    """The caller's tokens, newest first. Their texts are not kept."""
    return answer_all(request, Tokens, tokens_of(request.viewer))


@router.post("/me/tokens", auth=MANAGES_JSON, response={201: MadeToken})
def create_token(request: ApiRequest, data: NewToken) -> HttpResponse:
    """Make a token, which may do no more than the one that makes it."""
    own = set(request.token.scopes) if request.token else set()
    if not set(data.scopes) <= own:
        raise Problem("scope-missing", _("A token cannot give what it does not have."))
    token, text = make_token(request.viewer, name=data.name, scopes=data.scopes, expires_at=data.expires_at)
    return answer(MadeToken, {"token": token, "text": text}, status=201)


@router.delete("/me/tokens/{id:token_id}", auth=MANAGES_BY, response={204: None})
def delete_token(request: ApiRequest, token_id: PathId) -> HttpResponse:
    """Take a token away."""
    revoke_token(request.viewer, token_id=token_id)
    return nothing()
