"""One post with what is said under it, and what its readers and its author can do with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kith.core.errors import NotThere
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.queries import PostCard
from kith.web.acts import act, onward, write_receipt
from kith.web.circle import wants_part
from kith.web.middleware import ViewerRequest
from kith.web.outside_gate import outside_page
from kith.web.outside_talk import Draft, draw_post, id_in


@outside_page("GET", own=True)
def post(request: ViewerRequest, post_id: int) -> HttpResponse:
    """A post, with what is said under it."""
    return draw_post(request, post_id, Draft(said=id_in(request.GET.get("said", ""))))


@outside_page("POST")
def like(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Say that one likes it, or take that back."""
    with act(request):
        strangers.set_liked(request.viewer, post_id=post_id, on=request.POST.get("on") == "1")
    if wants_part(request):
        card = outside.get_post(request.viewer, post_id=post_id)
        return render(request, "outside/like.html", {"card": card, "next": request.POST.get("next", "")})
    return redirect(onward(request, _address(post_id)))


@outside_page("POST")
def follow(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Be told of what is said under it, or no longer."""
    on = request.POST.get("on") == "1"
    done = _("You are told when somebody says something here.") if on else _("You are no longer told.")
    with act(request, done=done):
        strangers.follow_post(request.viewer, post_id=post_id, on=on)
    return redirect(_address(post_id))


@outside_page("POST")
def put_away(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Never show it again in any list; or do, after all."""
    on = request.POST.get("on") != "0"
    with act(request, done=_("It will not come up for you again.") if on else _("It can come up again.")):
        strangers.set_away(request.viewer, post_id=post_id, on=on)
    return redirect(onward(request, reverse("outside:home")) if on else _address(post_id))


def _address(post_id: int) -> str:
    return reverse("outside:post", args=[post_id])


# --- My own ------------------------------------------------------------------------------


@outside_page("POST")
def who_comments(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Choose who may say something under a post of one's own."""
    with act(request, done=_("Saved. It counts at once.")):
        strangers.set_who_comments(request.viewer, post_id=post_id, who=request.POST.get("who_comments", ""))
    return redirect(_address(post_id))


@outside_page("POST", own=True)
def withdraw(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Show a post of one's own to nobody, or to strangers again."""
    on = request.POST.get("on") != "0"
    done = _("Nobody but you sees it any more.") if on else _("Strangers see it again.")
    with act(request, done=done):
        strangers.set_withdrawn(request.viewer, post_id=post_id, on=on)
    return redirect(_address(post_id))


@outside_page("GET", "POST", own=True)
def delete(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Ask once more, then erase it with all that was said of it."""
    with act(request, thing=post_id):
        card = _own_card(request, post_id)
        if request.method != "POST":
            context = {"card": card, "receipt": write_receipt(request.viewer, post_id)}
            return render(request, "outside/delete.html", context)
        strangers.delete_post(request.viewer, post_id=post_id)
        messages.success(request, _("It is deleted."))
    return redirect("outside:mine")


def _own_card(request: ViewerRequest, post_id: int) -> PostCard:
    """:raises NotThere: not one of the viewer's own."""
    card = outside.get_post(request.viewer, post_id=post_id)
    if not card.is_mine:
        raise NotThere
    return card
