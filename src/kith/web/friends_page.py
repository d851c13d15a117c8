"""One friend: what I call them, where they belong, what I keep from them; parting and blocking."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.core.ids import write_id
from kith.sharing import services as sharing
from kith.ties import queries as ties
from kith.ties.queries import Face, Friend
from kith.web.acts import act, write_receipt
from kith.web.friends_forms import AliasForm, BelongForm
from kith.web.middleware import ViewerRequest


@login_required
@require_GET
def show(request: ViewerRequest, person_id: int) -> HttpResponse:
    return _show(request, ties.find_friend(request.viewer, person_id))


def _show(
    request: ViewerRequest,
    friend: Friend,
    *,
    alias: AliasForm | None = None,
    belong: BelongForm | None = None,
) -> HttpResponse:
    """Draw the page; a form that was just sent and found wanting is drawn as it was filled in."""
    circles = ties.circles(request.viewer)
    inside = [write_id(circle.id) for circle in circles if circle.name in friend.face.circles]
    context = {
        "friend": friend,
        "alias": alias or AliasForm(initial={"alias": friend.alias}),
        "belong": belong or BelongForm(initial={"circles": inside, "was": inside}, circles=circles),
    }
    return render(request, "friends/friend.html", context)


@login_required
@require_POST
def rename(request: ViewerRequest, person_id: int) -> HttpResponse:
    friend = ties.find_friend(request.viewer, person_id)
    form = AliasForm(request.POST)
    if not form.is_valid():
        return _show(request, friend, alias=form)
    with act(request, done=_("Saved.")):
        sharing.set_alias(request.viewer, other_id=person_id, alias=form.cleaned_data["alias"])
    return redirect("friends:friend", person_id)


@login_required
@require_POST
def belong(request: ViewerRequest, person_id: int) -> HttpResponse:
    """Put a friend into some of my circles and take them out of others, all at once."""
    friend = ties.find_friend(request.viewer, person_id)
    form = BelongForm(request.POST, circles=ties.circles(request.viewer))
    if not form.is_valid():
        return _show(request, friend, belong=form)
    now, was = set(form.cleaned_data["circles"]), set(form.cleaned_data["was"])
    with act(request, done=_("Saved. It counts from now on, for older things too.")), transaction.atomic():
        for circle_id in sorted(now - was):
            sharing.add_members(request.viewer, circle_id=circle_id, person_ids=[person_id])
        for circle_id in sorted(was - now):
            sharing.remove_member(request.viewer, circle_id=circle_id, person_id=person_id)
    return redirect("friends:friend", person_id)


@login_required
@require_POST
def mute(request: ViewerRequest, person_id: int) -> HttpResponse:
    """Don't show me theirs, or do again."""
    on = request.POST.get("on") == "1"
    done = _("You don't see what they show any more.") if on else _("You see what they show again.")
    with act(request, done=done):
        sharing.set_muted(request.viewer, other_id=person_id, on=on)
    return redirect("friends:friend", person_id)


@login_required
@require_POST
def hide(request: ViewerRequest, person_id: int) -> HttpResponse:
    """Don't show them mine, or do again."""
    on = request.POST.get("on") == "1"
    done = _("They don't see what you show any more.") if on else _("They see what you show again.")
    with act(request, done=done):
        sharing.set_hidden_from(request.viewer, other_id=person_id, on=on)
    return redirect("friends:friend", person_id)


# --- Parting ---------------------------------------------------------------------------


@login_required
def unfriend(request: ViewerRequest, person_id: int) -> HttpResponse:
    with act(request, thing=person_id):
        friend = ties.find_friend(request.viewer, person_id)
        if request.method != "POST":
            receipt = write_receipt(request.viewer, person_id)
            return render(request, "friends/unfriend.html", {"friend": friend, "receipt": receipt})
        sharing.unfriend(request.viewer, other_id=person_id)
        messages.success(
            request, _("You and %(name)s are not friends any more.") % {"name": friend.face.name}
        )
    return redirect("friends:list")


@login_required
def block(request: ViewerRequest, person_id: int) -> HttpResponse:
    """Shut somebody out: a friend, or whoever is met under somebody's share."""
    if request.method != "POST":
        return render(
            request, "friends/block.html", {"face": _known(request.viewer, person_id), "person_id": person_id}
        )
    with act(request, done=_("Blocked. You don't see each other any more. They are not told.")):
        sharing.block(request.viewer, other_id=person_id)
    return redirect("friends:blocked")


def _known(viewer: Viewer, person_id: int) -> Face | None:
    """The face of a friend or of somebody who asks to be one; of anybody else the page says no name."""
    try:
        return ties.find_friend(viewer, person_id).face
    except NotThere:
        asking = (card.face for card in ties.requests_in(viewer) if card.face.id == person_id)
        return next(asking, None)


@login_required
@require_GET
def show_blocked(request: ViewerRequest) -> HttpResponse:
    viewer = request.viewer
    context = {"people": ties.blocked_people(viewer), "receipt_of": partial(write_receipt, viewer)}
    return render(request, "friends/blocked.html", context)


@login_required
@require_POST
def unblock(request: ViewerRequest, person_id: int) -> HttpResponse:
    done = _("Not blocked any more. You are strangers now; either of you can ask to be friends.")
    with act(request, done=done, thing=person_id):
        if all(face.id != person_id for face in ties.blocked_people(request.viewer)):
            raise NotThere
        sharing.unblock(request.viewer, other_id=person_id)
    return redirect("friends:blocked")
