"""Friends: the list of them, finding somebody, asking and being asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.core.ids import write_id
from kith.people.phones import read_phone
from kith.sharing import services as sharing
from kith.ties import queries as ties
from kith.ties.queries import Face, RequestCard
from kith.web.acts import act, sent, write_receipt
from kith.web.friends_forms import AcceptForm, AskForm, FindForm
from kith.web.middleware import ViewerRequest

HOUR = 3600


@login_required
@require_GET
def show_list(request: ViewerRequest) -> HttpResponse:
    viewer = request.viewer
    page = ties.friends(viewer, cursor=request.GET.get("after"))
    context = {
        "page": page,
        "waiting": len(ties.requests_in(viewer)),
        "is_first": "after" not in request.GET,
    }
    return render(request, "friends/list.html", context)


# --- Finding and asking ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a search. `standing` is me, friend, asked, asks_me, new, or nobody."""

    standing: str
    face: Face | None = None
    request: RequestCard | None = None


@login_required
def find(request: ViewerRequest) -> HttpResponse:
    """Look somebody up. By POST, so that numbers and names stay out of addresses and logs."""
    if request.method != "POST":
        form = FindForm(initial={"who": request.GET.get("who", "")})
        return render(request, "friends/find.html", {"form": form})
    form = FindForm(request.POST)
    if not form.is_valid():
        return render(request, "friends/find.html", {"form": form})
    return _show_found(request, form, _look_up(request.viewer, form.cleaned_data["who"]))


@login_required
@require_POST
def ask(request: ViewerRequest) -> HttpResponse:
    """Send a request to the one whom `who` finds; the same look-up as `find`, and as often."""
    circles = ties.circles(request.viewer)
    form = AskForm(request.POST, circles=circles)
    if not form.is_valid():
        return _show_found(request, *_found_again(request, form))
    wanted = form.cleaned_data
    found = _look_up(request.viewer, wanted["who"])
    if found is None or found.face is None or found.standing != "new":
        return _show_found(request, FindForm({"who": wanted["who"]}), found)
    try:
        made = sharing.request_friend(
            request.viewer, recipient_id=found.face.id, note=wanted["note"], circle_id=wanted["circle"]
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show_found(request, FindForm({"who": wanted["who"]}), found, ask=form)
    say_asked(request, found.face, is_friend=made is None)
    return redirect("friends:requests")


def say_asked(request: ViewerRequest, face: Face, *, is_friend: bool) -> None:
    if is_friend:
        messages.success(request, _("You and %(name)s are friends now.") % {"name": face.name})
    else:
        messages.success(request, _("We have asked %(name)s. Now it is their turn.") % {"name": face.name})


def _found_again(request: ViewerRequest, form: AskForm) -> tuple[FindForm, Found | None, AskForm]:
    """Show what was typed once more beside what is wrong with it."""
    who = form.data.get("who", "")
    find_form = FindForm({"who": who})
    found = _look_up(request.viewer, who) if find_form.is_valid() else Found("nobody")
    return find_form, found, form


def _show_found(
    request: ViewerRequest, form: FindForm, found: Found | None, ask: AskForm | None = None
) -> HttpResponse:
    """:param found: None when this person has looked for too many people within the hour."""
    context: dict[str, Any] = {"form": form, "found": found, "too_many": found is None}
    if found is not None and found.standing == "new":
        who = form.data.get("who", "")
        context["ask"] = ask or AskForm(initial={"who": who}, circles=ties.circles(request.viewer))
    return render(request, "friends/find.html", context, status=429 if found is None else 200)


def _look_up(viewer: Viewer, who: str) -> Found | None:
    """Find one person by number or handle; None once the viewer has asked too often.

    Whether a number is unknown or its owner does not want to be found by it comes to the same.
    """
    if not may_look_up(viewer):
        return None
    try:
        face = ties.find_person_by_phone(viewer, read_phone(who))
    except ValueError:
        face = ties.find_person_by_handle(viewer, who)
    return _standing(viewer, face) if face else Found("nobody")


def may_look_up(viewer: Viewer) -> bool:
    """Count a look-up. Numbers can be tried one after the other, so each person has so many an hour."""
    key = f"friends.look_up:{viewer.person_id}:{int(viewer.now.timestamp()) // HOUR}"
    cache.add(key, 0, timeout=HOUR)
    looked: int = cache.incr(key)
    return looked <= int(settings.LOOK_UPS_PER_HOUR)


def _standing(viewer: Viewer, face: Face) -> Found:
    if face.is_me:
        return Found("me", face)
    if is_friend(viewer, face.id):
        return Found("friend", face)
    for card in ties.requests_in(viewer):
        if card.face.id == face.id:
            return Found("asks_me", face, card)
    asked = any(card.face.id == face.id for card in ties.requests_out(viewer))
    return Found("asked" if asked else "new", face)


def is_friend(viewer: Viewer, person_id: int) -> bool:
    try:
        ties.find_friend(viewer, person_id)
    except NotThere:
        return False
    return True


# --- Requests -----------------------------------------------------------------------------


@login_required
@require_GET
def show_requests(request: ViewerRequest) -> HttpResponse:
    viewer = request.viewer
    context = {
        "incoming": ties.requests_in(viewer),
        "outgoing": ties.requests_out(viewer),
        "receipt_of": partial(write_receipt, viewer),
    }
    return render(request, "friends/requests.html", context)


@login_required
def accept(request: ViewerRequest, request_id: int) -> HttpResponse:
    """Ask into which circles the new friend belongs, and become friends."""
    viewer = request.viewer
    with act(request, thing=request_id):
        card = _request_in(viewer, request_id)
        suggested = [write_id(card.suggested_circle)] if card.suggested_circle else []
        form = AcceptForm(sent(request), circles=ties.circles(viewer), initial={"circles": suggested})
        if request.method == "POST" and form.is_valid() and _accept(request, card, form):
            return redirect("friends:friend", card.face.id)
        context = {"card": card, "form": form, "receipt": write_receipt(viewer, card.id)}
        return render(request, "friends/accept.html", context)
    return redirect("friends:requests")


def _accept(request: ViewerRequest, card: RequestCard, form: AcceptForm) -> bool:
    """Make the new circle, if one was named, and the friendship: both or neither."""
    chosen = set(form.cleaned_data["circles"])
    name = form.cleaned_data["new_circle"]
    try:
        with transaction.atomic():
            if name:
                chosen.add(_circle_named(request.viewer, name))
            sharing.accept_request(request.viewer, request_id=card.id, circle_ids=sorted(chosen))
    except Refused as refusal:
        form.add_error("new_circle" if name else None, str(refusal))
        return False
    messages.success(request, _("You and %(name)s are friends now.") % {"name": card.face.name})
    return True


def _circle_named(viewer: Viewer, name: str) -> int:
    """The viewer's circle of this name, made if there is none."""
    for circle in ties.circles(viewer):
        if circle.name == name:
            return circle.id
    made: int = sharing.create_circle(viewer, name=name).pk
    return made


def _request_in(viewer: Viewer, request_id: int) -> RequestCard:
    for card in ties.requests_in(viewer):
        if card.id == request_id:
            return card
    raise NotThere


@login_required
@require_POST
def decline(request: ViewerRequest, request_id: int) -> HttpResponse:
    with act(request, done=_("Declined. They are not told."), thing=request_id):
        sharing.decline_request(request.viewer, request_id=request_id)
    return redirect("friends:requests")


@login_required
@require_POST
def withdraw(request: ViewerRequest, request_id: int) -> HttpResponse:
    with act(request, done=_("You have taken your request back."), thing=request_id):
        sharing.withdraw_request(request.viewer, request_id=request_id)
    return redirect("friends:requests")
