"""Coming in to the strangers' channel, the waiting list, and leaving with what is one's own.

All of it answers while the channel is switched off, too: the door says so, and leaving always works.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all
from kith.api.fields import In, Out
from kith.api.me import ZIP, ConsentWords
from kith.api.outside import JSON
from kith.api.outside_cards import Door
from kith.api.problems import Problem
from kith.audience.viewer import STRANGERS, viewer_of
from kith.core.errors import NotThere
from kith.people.consent_texts import current_text
from kith.people.models import Person, Purpose
from kith.people.queries import consents_of, find_person
from kith.people.signed_in import myself
from kith.people.tokens import Scope
from kith.rights import services as rights
from kith.rollout.services import join_waiting, leave_waiting
from kith.strangers import services
from kith.strangers.queries.door import find_door

router = Router(tags=["Outside: the door"])

SURFACE = "api"
READS = Access(Scope.OUTSIDE_READ)
WRITES = Access(Scope.OUTSIDE_WRITE, writes=True)
WRITES_JSON = Access(Scope.OUTSIDE_WRITE, writes=True, takes=JSON)


class OutsideConsentEntry(Out):
    purpose: Literal["strangers"]
    text_version: str
    surface: str
    given: bool
    at: datetime


class OutsideConsentLedger(Out):
    items: list[OutsideConsentEntry]
    next: str | None


class ReturnOrLeave(In):
    given: bool
    text_version: str = Field("", max_length=20, description="Which words were read; needed to agree")
    erase: bool = Field(
        default=False, description="Leaving, erase all that the caller is and has written there, for good"
    )


@router.get("/outside/door", auth=READS, response=Door)
def outside_door(request: ApiRequest) -> HttpResponse:
    """How the channel stands for the caller, and what is in the way if they are not outside."""
    return _door(request)


@router.put("/outside/waiting", auth=WRITES, response=Door)
def outside_wait(request: ApiRequest) -> HttpResponse:
    """Go on the waiting list. Who waits already keeps their place."""
    join_waiting(myself(request.viewer), STRANGERS, now=request.viewer.now)
    return _door(request)


@router.delete("/outside/waiting", auth=WRITES, response=Door)
def outside_stop_waiting(request: ApiRequest) -> HttpResponse:
    """Go off the waiting list."""
    leave_waiting(myself(request.viewer), STRANGERS)
    return _door(request)


# --- Consent and leaving --------------------------------------------------------------


@router.get("/outside/consents", auth=READS, response=OutsideConsentLedger)
def outside_consents(request: ApiRequest) -> HttpResponse:
    """The ledger of what the caller agreed to and took back outside, newest first."""
    entries = consents_of(myself(request.viewer))
    told = tuple(entry for entry in entries if entry.purpose == Purpose.STRANGERS)
    return answer_all(request, OutsideConsentLedger, told)


@router.get("/outside/consent/text", auth=READS, response=ConsentWords)
def outside_consent_text(request: ApiRequest) -> HttpResponse:
    """The words that are to be read before going outside, in the reader's language."""
    return answer(ConsentWords, current_text(Purpose.STRANGERS))


@router.put("/outside/consent", auth=WRITES_JSON, response=Door)
def outside_consent(request: ApiRequest, data: ReturnOrLeave) -> HttpResponse:
    """Come back under the persona that one has, having read the current words; or leave.

    Who leaves is gone from others at their next read. What they wrote stays with them, withdrawn,
    unless they erase it. To come for the first time: POST /outside/persona.
    """
    if data.given and data.erase:
        raise Problem("not-valid", _("Only who leaves can erase all."))
    if data.given:
        require_current(data.text_version)
        services.go_outside(request.viewer, text_version=data.text_version, surface=SURFACE)
    else:
        services.leave(request.viewer, surface=SURFACE, erase=data.erase)
    request.viewer = viewer_of(_person(request), request.viewer.now)
    return _door(request)


@router.get("/outside/copy", auth=READS, response={200: None}, openapi_extra={"responses": {200: ZIP}})
def outside_copy(request: ApiRequest) -> HttpResponse:
    """All that is held about the caller outside, as a ZIP of JSON files and photos. It names no shopper."""
    return HttpResponse(
        rights.copy_of_data(request.viewer, of="outside"),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="outside.zip"'},
    )


def require_current(version: str) -> None:
    """:raises Problem: these are not the words that are agreed to now."""
    if version != current_text(Purpose.STRANGERS).version:
        raise Problem("not-valid", _("These are not the current words. Please read them again."))


def _door(request: ApiRequest) -> HttpResponse:
    return answer(Door, find_door(request.viewer, _person(request)))


def _person(request: ApiRequest) -> Person:
    person = find_person(myself(request.viewer))
    if person is None:
        raise NotThere
    return person
