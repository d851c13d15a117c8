"""The door to the strangers' channel: it says why somebody is not outside, and what they can do about it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kith.audience.viewer import STRANGERS
from kith.people.models import Purpose
from kith.people.queries import has_consented
from kith.strangers import services as strangers
from kith.strangers.queries.door import Door, find_door
from kith.web.acts import act, me, sent
from kith.web.middleware import ViewerRequest
from kith.web.outside_letters_forms import LeaveForm
from kith.web.waiting import change_waiting

SURFACE = "web"


def door_of(request: ViewerRequest) -> Door:
    return find_door(request.viewer, me(request))


@login_required
def door(request: ViewerRequest) -> HttpResponse:
    """Send those who may go outside on; tell the others what stands in the way.

    What was agreed to can be taken back here, too, while the channel is switched off for all.
    """
    found = door_of(request)
    if found.word == "open":
        return redirect("outside:home")
    form = None
    if found.word == "closed" and has_consented(me(request).pk, Purpose.STRANGERS):
        form = LeaveForm(sent(request))
        if request.method == "POST" and form.is_valid():
            leave_now(request, form)
            return redirect("outside:door")
    return render(
        request,
        "outside/door.html",
        {"door": found, "form": form, "has_year": me(request).born is not None},
        status=422 if form and form.errors else 200,
    )


def leave_now(request: ViewerRequest, form: LeaveForm) -> None:
    """Take back what was agreed to, and do with what was written what was chosen."""
    erase = form.cleaned_data["how"] == LeaveForm.ERASE
    done = (
        _("Everything of yours outside is erased.")
        if erase
        else _("You have left. Nobody sees anything of yours outside.")
    )
    with act(request, done=done):
        strangers.leave(request.viewer, surface=SURFACE, erase=erase)


@login_required
@require_POST
def wait(request: ViewerRequest) -> HttpResponse:
    """Go on the waiting list (`on`: 1), or off it."""
    change_waiting(request, STRANGERS)
    return redirect("outside:door")
