"""Invitations: a link and its QR code, and the page that whoever opens it comes to."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import qrcode
import qrcode.image.svg
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.sharing import services as sharing
from kith.ties import queries as ties
from kith.ties.models import Invitation
from kith.ties.queries import Face
from kith.web import once
from kith.web.acts import act, sent, write_receipt
from kith.web.friends import is_friend, say_asked
from kith.web.friends_forms import AskForm, InviteForm
from kith.web.middleware import ViewerRequest
from kith.web.once import make_once


@login_required
def show_list(request: ViewerRequest) -> HttpResponse:
    """The open invitations, and making one."""
    viewer = request.viewer
    form = InviteForm(sent(request), circles=ties.circles(viewer))
    if request.method == "POST" and form.is_valid():
        with act(request, done=_("Here is your invitation. It lasts for seven days.")):
            make_once(
                viewer,
                token=request.POST.get(once.FIELD, ""),
                make=lambda: sharing.make_invitation(viewer, circle_id=form.cleaned_data["circle"]).pk,
            )
        return redirect("friends:invitations")
    cards = [
        {
            "invitation": invitation,
            "link": _link(request, invitation),
            "receipt": write_receipt(viewer, invitation.pk),
        }
        for invitation in ties.invitations(viewer)
    ]
    context = {"cards": cards, "form": form, "once": once.new_token()}
    return render(request, "friends/invitations.html", context)


def _link(request: ViewerRequest, invitation: Invitation) -> str:
    return request.build_absolute_uri(reverse("friends:invited", args=[invitation.token]))


def _own(viewer: Viewer, invitation_id: int) -> Invitation:
    for invitation in ties.invitations(viewer):
        if invitation.pk == invitation_id:
            return invitation
    raise NotThere


@login_required
@never_cache
@require_GET
def show_code(request: ViewerRequest, invitation_id: int) -> HttpResponse:
    """The QR code of one's own invitation, dark on white in either theme, so that cameras read it."""
    link = _link(request, _own(request.viewer, invitation_id))
    code = qrcode.make(link, image_factory=qrcode.image.svg.SvgPathFillImage, border=3)
    drawn = io.BytesIO()
    code.save(drawn)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@login_required
@require_POST
def revoke(request: ViewerRequest, invitation_id: int) -> HttpResponse:
    with act(request, done=_("The invitation no longer works."), thing=invitation_id):
        _own(request.viewer, invitation_id)
        sharing.revoke_invitation(request.viewer, invitation_id=invitation_id)
    return redirect("friends:invitations")


@never_cache
def show_landing(request: ViewerRequest, token: str) -> HttpResponse:
    """Where an invitation leads. It opens nothing by itself: the owner still decides."""
    viewer = request.viewer
    inviter = ties.inviter(viewer, token)
    context: dict[str, Any] = {"inviter": inviter, "form": None, "is_friend": is_friend(viewer, inviter.id)}
    if viewer.is_known and not inviter.is_me and not context["is_friend"]:
        data = {**request.POST.dict(), "who": inviter.handle} if request.method == "POST" else None
        context["form"] = form = AskForm(data, circles=ties.circles(viewer))
        if form.is_valid() and _answer(request, inviter, token, form):
            return redirect("friends:requests")
    if not viewer.is_known:
        back = urlencode({REDIRECT_FIELD_NAME: request.path})
        context |= {way: f"{reverse(f'account_{way}')}?{back}" for way in ("login", "signup")}
    return render(request, "friends/invited.html", context)


def _answer(request: ViewerRequest, inviter: Face, token: str, form: AskForm) -> bool:
    try:
        made = sharing.request_by_invitation(
            request.viewer, token=token, note=form.cleaned_data["note"], circle_id=form.cleaned_data["circle"]
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    say_asked(request, inviter, is_friend=made is None)
    return True
