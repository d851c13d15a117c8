"""Circles: making them, saying what they are, who is in them, and letting them go."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from kith.core.errors import Refused
from kith.sharing import services as sharing
from kith.ties import queries as ties
from kith.ties.models import MOST_CIRCLES, MOST_MEMBERS, CircleKind
from kith.ties.queries import CircleDetail, CircleSummary
from kith.web import once
from kith.web.acts import act, sent, write_receipt
from kith.web.circles_forms import KINDS, WEIGHTS, WINDOWS, CircleForm, MembersForm
from kith.web.middleware import ViewerRequest
from kith.web.once import make_once


@login_required
@require_GET
def show_list(request: ViewerRequest) -> HttpResponse:
    circles = ties.circles(request.viewer)
    first = (CircleKind.FAMILY, CircleKind.FRIENDS, CircleKind.CLASSMATES, CircleKind.NEIGHBOURS)
    context = {
        "circles": circles,
        "circle_line": _in_a_line,
        "most": MOST_CIRCLES,
        "kinds": [(kind.value, KINDS[kind]) for kind in first],
    }
    return render(request, "circles/list.html", context)


def _in_a_line(circle: CircleSummary) -> str:
    """What stands under a circle's name in the list."""
    size = ngettext("%(num)s person", "%(num)s people", circle.size) % {"num": circle.size}
    return " · ".join((size, _("what I buy goes here"))) if circle.is_default else size


def _in_words(circle: CircleSummary) -> dict[str, str]:
    """The circle's choices as the pages say them."""
    return {
        "kind": str(KINDS.get(circle.kind, circle.kind)),
        "weight": str(WEIGHTS[circle.weight]),
        "window": str(WINDOWS.get(circle.window, circle.window)),
    }


@login_required
def create(request: ViewerRequest) -> HttpResponse:
    form = CircleForm(sent(request), initial=_suggested(request))
    if request.method == "POST" and form.is_valid():
        circle_id = _create(request, form)
        if circle_id is not None:
            return redirect("circles:members", circle_id)
    token = request.POST.get(once.FIELD) or once.new_token()
    bounds = {"most": MOST_CIRCLES, "members": MOST_MEMBERS}
    context = {"form": form, "circle": None, "once": token, **bounds}
    return render(request, "circles/form.html", context)


def _suggested(request: ViewerRequest) -> dict[str, str]:
    """What the buttons for a first circle fill in: `?kind=family`."""
    kind = request.GET.get("kind", "")
    return {"kind": kind, "name": str(KINDS[kind])} if kind in KINDS else {}


def _create(request: ViewerRequest, form: CircleForm) -> int | None:
    """The new circle's id; None, with the reason in the form, if there can be none."""
    wanted = form.cleaned_data
    try:
        circle_id = make_once(
            request.viewer,
            token=request.POST.get(once.FIELD, ""),
            make=lambda: sharing.create_circle(request.viewer, **wanted).pk,
        )
    except Refused as refusal:
        form.add_error(_field_of(refusal), str(refusal))
        return None
    messages.success(request, _("The circle is there. Now put people into it."))
    return circle_id


def _field_of(refusal: Refused) -> str | None:
    return "name" if isinstance(refusal, sharing.CircleRefused) else None


@login_required
@require_GET
def show(request: ViewerRequest, circle_id: int) -> HttpResponse:
    detail = ties.get_circle(request.viewer, circle_id)
    context = {"detail": detail, "words": _in_words(detail.summary), "most": MOST_MEMBERS}
    return render(request, "circles/circle.html", context)


@login_required
def change(request: ViewerRequest, circle_id: int) -> HttpResponse:
    circle = ties.get_circle(request.viewer, circle_id).summary
    fields = ("name", "kind", "weight", "window", "is_default")
    form = CircleForm(sent(request), initial={field: getattr(circle, field) for field in fields})
    if request.method == "POST" and form.is_valid():
        try:
            sharing.change_circle(request.viewer, circle_id=circle_id, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(_field_of(refusal), str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("circles:circle", circle_id)
    return render(request, "circles/form.html", {"form": form, "circle": circle})


@login_required
def change_members(request: ViewerRequest, circle_id: int) -> HttpResponse:
    detail = ties.get_circle(request.viewer, circle_id)
    friends = sorted((*detail.members, *detail.others), key=lambda face: face.name)
    form = MembersForm(sent(request), friends=friends)
    ticked = {face.id for face in detail.members}
    if request.method == "POST":
        if form.is_valid() and _change_members(request, circle_id, form):
            return redirect("circles:circle", circle_id)
        ticked = set(form.cleaned_data.get("members", ticked))
    context = {"detail": detail, "friends": friends, "form": form, "ticked": ticked, "most": MOST_MEMBERS}
    return render(request, "circles/members.html", context)


def _change_members(request: ViewerRequest, circle_id: int, form: MembersForm) -> bool:
    """Put in whom the reader ticked and take out whom they unticked: all of it or nothing."""
    now, was = set(form.cleaned_data["members"]), set(form.cleaned_data["was"])
    try:
        with transaction.atomic():
            for person_id in sorted(was - now):
                sharing.remove_member(request.viewer, circle_id=circle_id, person_id=person_id)
            if now - was:
                sharing.add_members(request.viewer, circle_id=circle_id, person_ids=sorted(now - was))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved. They see at once what this circle sees, and no more."))
    return True


@login_required
def delete(request: ViewerRequest, circle_id: int) -> HttpResponse:
    with act(request, thing=circle_id):
        detail: CircleDetail = ties.get_circle(request.viewer, circle_id)
        if request.method != "POST":
            receipt = write_receipt(request.viewer, circle_id)
            return render(request, "circles/delete.html", {"detail": detail, "receipt": receipt})
        sharing.delete_circle(request.viewer, circle_id=circle_id)
        messages.success(
            request,
            _("The circle %(name)s is gone. Its people are still your friends.")
            % {"name": detail.summary.name},
        )
    return redirect("circles:list")
