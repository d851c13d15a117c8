"""What I show: all of it with who sees it, taking it back, and looking at it with a friend's eyes."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kith.core.errors import NotThere, Refused
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.sharing.models import ShareKind
from kith.sharing.queries import Card
from kith.ties import queries as ties
from kith.web.acts import act, onward, write_receipt
from kith.web.circle import varying, wants_part
from kith.web.circle_audience import circle_choices
from kith.web.circle_forms import KINDS, AudienceForm, PastForm
from kith.web.circle_write import audience_context
from kith.web.middleware import ViewerRequest

STATES = ("shown", "held", "withdrawn")


@login_required
@require_GET
def mine(request: ViewerRequest) -> HttpResponse:
    state = request.GET.get("state")
    page = circle.my_shares(
        request.viewer,
        cursor=request.GET.get("after"),
        state=state if state in STATES else None,  # type: ignore[arg-type]
    )
    template = "circle/cards.html" if wants_part(request) else "circle/mine.html"
    return varying(render(request, template, {"page": page, "state": state}))


def _own_card(request: ViewerRequest, share_id: int) -> Card:
    """:raises NotThere: not one of the viewer's own."""
    card = circle.get_card(request.viewer, share_id=share_id)
    if not card.is_mine:
        raise NotThere
    return card


@login_required
def change_audience(request: ViewerRequest, share_id: int) -> HttpResponse:
    card = _own_card(request, share_id)
    choices = circle_choices(request.viewer)
    initial = {"circles": card.audience.circle_ids, "everyone": card.audience.everyone}
    form = AudienceForm(request.POST if request.method == "POST" else None, choices=choices, initial=initial)
    public = card.kind == ShareKind.REVIEW
    if (
        request.method == "POST"
        and form.is_valid()
        and _change_audience(request, share_id, form, public=public)
    ):
        return redirect("circle:share", share_id)
    context = {"card": card, "form": form, **audience_context(choices, form, public=public)}
    return render(request, "circle/audience.html", context, status=422 if form.errors else 200)


def _change_audience(request: ViewerRequest, share_id: int, form: AudienceForm, *, public: bool) -> bool:
    circle_ids, everyone = form.cleaned_data["circles"], public and form.cleaned_data["everyone"]
    if not circle_ids and not everyone:
        form.add_error("circles", _("Choose who may see it. If it should be nobody, hide it."))
        return False
    try:
        sharing.change_audience(
            request.viewer, share_id=share_id, circle_ids=circle_ids, to_everyone=everyone
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved. It counts at once."))
    return True


@login_required
@require_POST
def hide(request: ViewerRequest, share_id: int) -> HttpResponse:
    with act(request, done=_("Hidden. Nobody but you sees it.")):
        sharing.hide_share(request.viewer, share_id=share_id)
    return redirect(onward(request, reverse("circle:share", args=[share_id])))


@login_required
@require_POST
def show_again(request: ViewerRequest, share_id: int) -> HttpResponse:
    with act(request, done=_("It is shown again.")):
        sharing.show_share(request.viewer, share_id=share_id)
    return redirect(onward(request, reverse("circle:share", args=[share_id])))


@login_required
def delete(request: ViewerRequest, share_id: int) -> HttpResponse:
    """Ask once more, then erase it; also cancels what is still held."""
    with act(request, thing=share_id):
        card = _own_card(request, share_id)
        if request.method != "POST":
            context = {"card": card, "receipt": write_receipt(request.viewer, share_id)}
            return render(request, "circle/delete.html", context)
        sharing.delete_share(request.viewer, share_id=share_id)
        messages.success(request, _("It is deleted."))
    return redirect("circle:mine")


@login_required
def past(request: ViewerRequest) -> HttpResponse:
    """One change to many things shown before. Asked once more before it is done."""
    choices = circle_choices(request.viewer)
    form = PastForm(request.POST or None, choices=choices, initial={"kinds": list(KINDS)})
    if request.method == "POST" and form.is_valid():
        if not request.POST.get("sure"):
            return render(request, "circle/past_sure.html", _sure_context(form, choices))
        if (count := _change_past(request, form)) is not None:
            done = ngettext("%(count)s thing was changed.", "%(count)s things were changed.", count)
            messages.success(request, done % {"count": count})
            return redirect("circle:mine")
    context = {"form": form, "kinds": KINDS.items(), **audience_context(choices, form, public=False)}
    return render(request, "circle/past.html", context, status=422 if form.errors else 200)


def _sure_context(form: PastForm, choices: Any) -> dict[str, Any]:
    chosen = form.cleaned_data
    return {
        "form": form,
        "action": chosen["action"],
        "kinds": [str(KINDS[ShareKind(kind)]) for kind in chosen["kinds"]],
        "before": chosen["before"],
        "circles": [choice.name for choice in choices if choice.id in chosen["circles"]],
        "sent": [
            (name, value) for name in ("action", "kinds", "before", "circles") for value in form.sent(name)
        ],
    }


def _change_past(request: ViewerRequest, form: PastForm) -> int | None:
    chosen = form.cleaned_data
    here = ZoneInfo(settings.DISPLAY_TIME_ZONE)
    before = datetime.combine(chosen["before"], time.min, tzinfo=here) if chosen["before"] else None
    try:
        return sharing.change_past(
            request.viewer,
            action=chosen["action"],
            kinds=chosen["kinds"],
            before=before,
            circle_ids=chosen["circles"],
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


# --- With a friend's eyes ---------------------------------------------------------------


@login_required
@require_GET
def choose_eyes(request: ViewerRequest) -> HttpResponse:
    page = ties.friends(request.viewer, cursor=request.GET.get("after"))
    return render(request, "circle/choose_eyes.html", {"page": page})


@login_required
@require_GET
def view_as(request: ViewerRequest, person_id: int) -> HttpResponse:
    friend = ties.find_friend(request.viewer, person_id)
    page = circle.my_shares_as_seen_by(request.viewer, friend_id=person_id, cursor=request.GET.get("after"))
    context = {"friend": friend, "page": page, "eyes": person_id}
    template = "circle/cards.html" if wants_part(request) else "circle/view_as.html"
    return varying(render(request, template, context))


@login_required
@require_GET
def view_share_as(request: ViewerRequest, person_id: int, share_id: int) -> HttpResponse:
    friend = ties.find_friend(request.viewer, person_id)
    card = circle.my_card_as_seen_by(request.viewer, friend_id=person_id, share_id=share_id)
    return render(request, "circle/view_share_as.html", {"friend": friend, "card": card, "eyes": person_id})
