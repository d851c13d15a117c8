"""All that I have written outside; and leaving."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from kith.core.guard import Viewer
from kith.core.paging import Page
from kith.strangers import queries as outside
from kith.web.acts import sent
from kith.web.circle import varying
from kith.web.middleware import ViewerRequest
from kith.web.outside_door import door_of, leave_now
from kith.web.outside_gate import outside_page
from kith.web.outside_letters_forms import LeaveForm

KINDS = ("posts", "comments", "letters")


@outside_page("GET", own=True)
def mine(request: ViewerRequest) -> HttpResponse:
    """Who I am here, what I can set, and everything I wrote: posts, comments or letters."""
    viewer = request.viewer
    card = outside.my_persona(viewer)
    if card is None:
        return redirect("outside:door")
    show = request.GET.get("show", "")
    show = show if show in KINDS else KINDS[0]
    context = {
        "card": card,
        "show": show,
        "page": _page(viewer, show, request.GET.get("after")),
        "door": door_of(request),
    }
    return varying(render(request, "outside/mine.html", context))


def _page(viewer: Viewer, show: str, cursor: str | None) -> Page[Any]:
    match show:
        case "comments" | "letters":
            return outside.my_writing(viewer, kind=show.removesuffix("s"), cursor=cursor)
        case _:
            return outside.my_posts(viewer, cursor=cursor)


@outside_page("GET", "POST", own=True)
def leave(request: ViewerRequest) -> HttpResponse:
    """Take back what was agreed to; keep what was written, hidden, or erase it."""
    door = door_of(request)
    if not door.has_persona:
        return redirect("outside:door")
    form = LeaveForm(sent(request), only_erase=door.until is not None)
    if request.method == "POST" and form.is_valid():
        leave_now(request, form)
        return redirect("outside:door")
    context = {"form": form, "door": door}
    return render(request, "outside/leave.html", context, status=422 if form.errors else 200)
