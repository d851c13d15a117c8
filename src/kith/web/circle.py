"""The feed, one share with what is said under it, and what one friend shows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kith.core.errors import NotThere, Refused
from kith.core.ids import read_id, write_id
from kith.media.queries import photo_file
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.sharing.models import ShareKind
from kith.ties import queries as ties
from kith.web.acts import onward
from kith.web.circle_forms import CommentForm
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, make_once, new_token
from kith.web.privacy import draw_closed
from kith.web.security import FOR_A_PHOTO


@require_GET
def home(request: ViewerRequest) -> HttpResponse:
    """The front door: one's feed, or what this is for somebody new."""
    if request.viewer.is_known:
        return redirect("circle:feed")
    return render(request, "circle/welcome.html")


@login_required
@require_GET
def feed(request: ViewerRequest) -> HttpResponse:
    """What one's circles show, newest first; a part of it when htmx asks for more."""
    if not request.viewer.circle_open:
        return draw_closed(request)
    circle_id, kind, cursor = _chosen_circle(request), _chosen_kind(request), request.GET.get("after")
    page = circle.circle_feed(request.viewer, cursor=cursor, circle_id=circle_id, kind=kind)
    context: dict[str, Any] = {"page": page}
    if wants_part(request):
        return varying(render(request, "circle/cards.html", context))
    context |= {
        "circles": ties.circles(request.viewer),
        "circle_id": circle_id,
        "kind": kind,
        "first": cursor is None,
        "to_ask": circle.lines_to_ask_about(request.viewer) if cursor is None else (),
    }
    return varying(render(request, "circle/feed.html", context))


def _chosen_circle(request: HttpRequest) -> int | None:
    written = request.GET.get("circle")
    try:
        return read_id(written) if written else None
    except ValueError:
        raise NotThere from None


def _chosen_kind(request: HttpRequest) -> ShareKind | None:
    written = request.GET.get("kind")
    return ShareKind(written) if written in ShareKind.values else None


def wants_part(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def varying(response: HttpResponse) -> HttpResponse:
    """Keep a browser from showing the part of a page as the page."""
    patch_vary_headers(response, ["HX-Request"])
    return response


@login_required
@require_GET
def new(request: ViewerRequest) -> HttpResponse:
    """Say how many new things there are since the page was drawn; nothing (204) if none."""
    since = request.GET.get("since", "")
    count = circle.count_new(request.viewer, since=since) if since else 0
    etag = f'"{count}"'
    if count == 0:
        return HttpResponse(status=204)
    response = render(request, "circle/new.html", {"count": count})
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response


# --- One share ------------------------------------------------------------------------


@login_required
@require_GET
def share(request: ViewerRequest, share_id: int) -> HttpResponse:
    if wants_part(request):
        return varying(_talk(request, share_id, CommentForm()))
    return varying(_share_page(request, share_id, CommentForm()))


def _share_page(request: ViewerRequest, share_id: int, form: CommentForm) -> HttpResponse:
    context = {
        "card": circle.get_card(request.viewer, share_id=share_id),
        **_talk_context(request, share_id, form),
    }
    return render(request, "circle/share.html", context, status=422 if form.errors else 200)


def _talk(request: ViewerRequest, share_id: int, form: CommentForm) -> HttpResponse:
    card = circle.get_card(request.viewer, share_id=share_id)
    context = {"card": card, **_talk_context(request, share_id, form)}
    return render(request, "circle/talk.html", context, status=422 if form.errors else 200)


def _talk_context(request: ViewerRequest, share_id: int, form: CommentForm) -> dict[str, Any]:
    cursor = request.GET.get("after")
    comments = circle.comments_of(request.viewer, share_id=share_id, cursor=cursor)
    return {
        "comments": comments,
        "form": form,
        "once": request.POST.get(FIELD) if form.errors else new_token(),
    }


@login_required
@require_POST
def comment(request: ViewerRequest, share_id: int) -> HttpResponse:
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            made = make_once(
                request.viewer,
                token=request.POST.get(FIELD, ""),
                make=lambda: (
                    sharing.comment(request.viewer, share_id=share_id, text=form.cleaned_data["text"]).pk
                ),
            )
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            if wants_part(request):
                return _talk(request, share_id, CommentForm())
            return redirect(f"{reverse('circle:share', args=[share_id])}#c-{write_id(made)}")
    return (_talk if wants_part(request) else _share_page)(request, share_id, form)


@login_required
def delete_comment(request: ViewerRequest, share_id: int, comment_id: int) -> HttpResponse:
    """Ask once more, then erase it. It is gone already: then it is gone."""
    card = circle.get_card(request.viewer, share_id=share_id)
    if request.method != "POST":
        return render(request, "circle/delete_comment.html", {"card": card, "comment_id": comment_id})
    try:
        sharing.delete_comment(request.viewer, comment_id=comment_id)
    except NotThere:
        messages.info(request, _("It is gone already."))
    else:
        messages.success(request, _("It is deleted."))
    return redirect("circle:share", share_id)


@login_required
@require_POST
def useful(request: ViewerRequest, share_id: int) -> HttpResponse:
    """Say that it was useful, or take that back."""
    on = request.POST.get("on") == "1"
    try:
        sharing.set_useful(request.viewer, share_id=share_id, on=on)
    except Refused as refusal:
        messages.error(request, str(refusal))
    if wants_part(request):
        card = circle.get_card(request.viewer, share_id=share_id)
        return render(request, "circle/useful.html", {"card": card, "next": request.POST.get("next", "")})
    return redirect(onward(request, reverse("circle:share", args=[share_id])))


# --- One friend, and photos ------------------------------------------------------------


@login_required
@require_GET
def person(request: ViewerRequest, person_id: int) -> HttpResponse:
    """What one friend shows me. My own: what I show."""
    if person_id == request.viewer.person_id:
        return redirect("circle:mine")
    friend = ties.find_friend(request.viewer, person_id)
    page = circle.shares_of(request.viewer, person_id=person_id, cursor=request.GET.get("after"))
    template = "circle/cards.html" if wants_part(request) else "circle/person.html"
    return varying(render(request, template, {"friend": friend, "page": page}))


@require_GET
def photo(request: ViewerRequest, photo_id: int, size: str) -> HttpResponse:
    """A photo, for whoever may see what it is attached to."""
    found = circle.find_shared_photo(request.viewer, photo_id=photo_id)
    response = HttpResponse(photo_file(found, size=size), content_type="image/webp")
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = FOR_A_PHOTO
    return response
