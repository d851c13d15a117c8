"""Another persona: its page with what is known of it, greeting it, and how to meet safely."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kith.core.errors import NotThere, Refused
from kith.core.ids import read_id
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.queries import PostCard
from kith.web.acts import onward
from kith.web.circle import varying, wants_part
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, make_once, new_token
from kith.web.outside_gate import outside_page
from kith.web.outside_letters_forms import GreetingForm


@outside_page("GET")
def person(request: ViewerRequest, persona_id: int) -> HttpResponse:
    """Who somebody is here, what is known about them and what is not, and what they wrote. Also my own."""
    viewer = request.viewer
    card = outside.get_persona(viewer, persona_id=persona_id)
    page = outside.posts_of(viewer, persona_id=persona_id, cursor=request.GET.get("after"))
    if wants_part(request):
        return varying(render(request, "outside/cards.html", {"page": page, "of_one": True}))
    context = {
        "card": card,
        "page": page,
        "of_one": True,
        "safety": outside.safety_card(viewer, persona_id=persona_id),
        "exchange": None if card.face.is_me else outside.find_exchange_with(viewer, persona_id=persona_id),
    }
    return varying(render(request, "outside/person.html", context))


@outside_page("GET")
def tips(request: ViewerRequest) -> HttpResponse:
    """How to meet somebody for the first time. `?next=`: where one was reading of them."""
    return render(request, "outside/tips.html", {"back_to": onward(request, reverse("outside:letters"))})


# --- Greeting ----------------------------------------------------------------------------


@outside_page("GET", "POST")
def greet(request: ViewerRequest, persona_id: int) -> HttpResponse:
    """A first message, perhaps about a post (`?post=`). Who writes to them already is led to the letters."""
    viewer = request.viewer
    card = outside.get_persona(viewer, persona_id=persona_id)
    if card.face.is_me:
        return redirect("outside:person", persona_id)
    begun = outside.find_exchange_with(viewer, persona_id=persona_id)
    if begun is not None and request.method != "POST":
        return redirect("outside:exchange", begun.id)
    post = _post(request)
    form = GreetingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = _send(request, form, persona_id, post)
        if made:
            return redirect("outside:exchange", made)
    context: dict[str, Any] = {
        "card": card,
        "form": form,
        "post": post,
        "safety": outside.safety_card(viewer, persona_id=persona_id),
        "once": request.POST.get(FIELD) or new_token(),
    }
    return render(request, "outside/greet.html", context, status=422 if form.errors else 200)


def _post(request: ViewerRequest) -> PostCard | None:
    """What the greeting is about. A post that is gone meanwhile is no reason not to greet."""
    written = request.GET.get("post")
    try:
        return outside.get_post(request.viewer, post_id=read_id(written)) if written else None
    except (ValueError, NotThere):
        return None


def _send(request: ViewerRequest, form: GreetingForm, persona_id: int, post: PostCard | None) -> int | None:
    """The id of the exchange; None, with the reason in the form, if there can be none."""
    post_id = post.id if post and post.author.id == persona_id else None
    try:
        made = make_once(
            request.viewer,
            token=request.POST.get(FIELD, ""),
            make=lambda: (
                strangers.greet(
                    request.viewer,
                    persona_id=persona_id,
                    text=form.cleaned_data["text"],
                    post_id=post_id,
                ).pk
            ),
        )
    except Refused as refusal:
        form.add_error("text", str(refusal))
        return None
    messages.success(request, _("It is sent. If they answer, you can write to each other."))
    return made
