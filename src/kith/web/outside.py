"""The home page outside, topics, searching, one's own posts with a stranger's eyes, and photos."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.core.paging import Page
from kith.media.queries import photo_file
from kith.people.regions import is_region, provinces
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.queries import PostCard
from kith.web.acts import act
from kith.web.circle import varying, wants_part
from kith.web.middleware import ViewerRequest
from kith.web.outside_gate import outside_page
from kith.web.security import FOR_A_PHOTO

FIRST_VISITS = 3
"""Until somebody has written so many posts, each visit says who cannot see what they write."""
LONGEST_QUERY = 60


@outside_page("GET")
def home(request: ViewerRequest) -> HttpResponse:
    """What strangers talk about: hot, new, from my province, or in the topics that I follow."""
    show, cursor = request.GET.get("show", "hot"), request.GET.get("after")
    show = show if show in ("new", "near", "followed") else "hot"
    page = _posts(request.viewer, show, cursor=cursor)
    if wants_part(request):
        return varying(render(request, "outside/cards.html", {"page": page}))
    persona = outside.my_persona(request.viewer)
    context = {
        "page": page,
        "show": show,
        "first": cursor is None,
        "topics": outside.topics(request.viewer),
        "is_new_here": outside.count_my_posts(request.viewer, most=FIRST_VISITS) < FIRST_VISITS,
        "region": persona.face.region if persona else "",
    }
    return varying(render(request, "outside/home.html", context))


def _posts(viewer: Viewer, show: str, *, cursor: str | None, topic: str | None = None) -> Page[PostCard]:
    match show:
        case "new":
            return outside.newest(viewer, topic=topic, cursor=cursor)
        case "near":
            return outside.near(viewer, cursor=cursor)
        case "followed":
            return outside.followed(viewer, cursor=cursor)
        case _:
            return outside.hot(viewer, topic=topic, cursor=cursor)


# --- Topics ---------------------------------------------------------------------------


@outside_page("GET")
def topic(request: ViewerRequest, code: str) -> HttpResponse:
    """What strangers say of one topic."""
    chosen = next((one for one in outside.topics(request.viewer) if one.code == code), None)
    if chosen is None:
        raise NotThere
    show = "new" if request.GET.get("show") == "new" else "hot"
    page = _posts(request.viewer, show, cursor=request.GET.get("after"), topic=chosen.code)
    template = "outside/cards.html" if wants_part(request) else "outside/topic.html"
    return varying(render(request, template, {"page": page, "show": show, "topic": chosen}))


@outside_page("POST")
def follow_topic(request: ViewerRequest, code: str) -> HttpResponse:
    on = request.POST.get("on") == "1"
    done = _("You find it under “I follow” now.") if on else _("You no longer follow this.")
    with act(request, done=done):
        strangers.follow_topic(request.viewer, topic=code, on=on)
    return redirect("outside:topic", code)


# --- Searching --------------------------------------------------------------------------


@outside_page("GET")
def search(request: ViewerRequest) -> HttpResponse:
    query = " ".join(request.GET.get("q", "")[:LONGEST_QUERY].split())
    cursor = request.GET.get("after")
    page = outside.search_posts(request.viewer, query=query, cursor=cursor) if query else Page(())
    if wants_part(request):
        return varying(render(request, "outside/cards.html", {"page": page}))
    context = {
        "page": page,
        "query": query,
        "first": cursor is None,
        "topics": outside.topics(request.viewer),
    }
    return varying(render(request, "outside/search.html", context))


# --- With a stranger's eyes ------------------------------------------------------------------


@outside_page("GET")
def as_stranger(request: ViewerRequest) -> HttpResponse:
    """One's own posts, as somebody sees them who knows nobody here and lives in a province."""
    region = request.GET.get("region", "")
    region = region if is_region(region) else ""
    page = outside.my_posts_as_stranger(request.viewer, region=region, cursor=request.GET.get("after"))
    context: dict[str, Any] = {"page": page, "as_stranger": True}
    if wants_part(request):
        return varying(render(request, "outside/cards.html", context))
    context |= {"region": region, "provinces": provinces(get_language() or "zh")}
    return varying(render(request, "outside/as_stranger.html", context))


# --- Photos ---------------------------------------------------------------------------------


@require_GET
def photo(request: ViewerRequest, photo_id: int, size: str) -> HttpResponse:
    """A photo, for whoever may see what it is attached to; with veiled faces if its owner wants that.

    Its owner sees it plainly, and as strangers see it if they ask for that (`?as=stranger`).
    """
    found, veiled = outside.find_outside_photo(request.viewer, photo_id=photo_id)
    if request.GET.get("as") == "stranger" and found.owner_id == request.viewer.person_id:
        veiled = _veils_faces(request.viewer)
    response = HttpResponse(photo_file(found, size=size, veiled=veiled), content_type="image/webp")
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = FOR_A_PHOTO
    return response


def _veils_faces(viewer: Viewer) -> bool:
    """Whether the viewer wants their faces veiled; not, before they have chosen who to be."""
    persona = outside.my_persona(viewer)
    return bool(persona and persona.choices and persona.choices.veils_faces)
