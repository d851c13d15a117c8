"""Saying something under a post, answering what was said there, and removing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kith.core.errors import NotThere, Refused
from kith.core.ids import write_id
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.models import MOST_COMMENT_PHOTOS
from kith.strangers.queries import CommentCard, PostCard
from kith.web.acts import act, write_receipt
from kith.web.circle import wants_part
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, find_made, make_once
from kith.web.outside_forms import CommentForm
from kith.web.outside_gate import outside_page
from kith.web.outside_talk import Draft, draw_post, draw_thread, find_comment, id_in
from kith.web.outside_write import PHOTO_GONE, take_in_photos


@outside_page("GET", own=True)
def thread(request: ViewerRequest, post_id: int, comment_id: int) -> HttpResponse:
    """A thread with all its answers. `?answer=` one of them: the form answers that one."""
    answering, said = (id_in(request.GET.get(name, "")) for name in ("answer", "said"))
    return draw_thread(request, post_id, comment_id, Draft(answering=answering, said=said))


@outside_page("POST")
def comment(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Say something: with `thread`, within it; with `answers`, in answer to that."""
    card = outside.get_post(request.viewer, post_id=post_id)
    thread_id, answers_id = (id_in(request.POST.get(name, "")) for name in ("thread", "answers"))
    if (thread_id or answers_id) and find_comment(request.viewer, card, answers_id) is None:
        raise NotThere
    form = CommentForm(request.POST)
    made = find_made(request.viewer, token=request.POST.get(FIELD, ""))
    photo_ids = () if made else take_in_photos(request, form, most=MOST_COMMENT_PHOTOS)
    draft = Draft(form, photo_ids, answers_id)
    made = made or _say(request, card, draft)
    if made and not wants_part(request):
        return redirect(_address(post_id, thread_id, made))
    draft = Draft(said=made) if made else draft
    if thread_id:
        return draw_thread(request, post_id, thread_id, draft)
    return draw_post(request, post_id, draft)


def _say(request: ViewerRequest, card: PostCard, draft: Draft) -> int | None:
    """The id of the new comment; None, with the reason in the form, if there can be none."""
    if not draft.form.is_valid():
        return None
    try:
        return make_once(
            request.viewer,
            token=request.POST.get(FIELD, ""),
            make=lambda: (
                strangers.comment(
                    request.viewer,
                    post_id=card.id,
                    text=draft.form.cleaned_data["text"],
                    answers_id=draft.answering,
                    photo_ids=draft.photo_ids,
                ).pk
            ),
        )
    except Refused as refusal:
        draft.form.add_error("text", str(refusal))
    except NotThere:
        draft.form.add_error("kept_photos", PHOTO_GONE)
    return None


def _address(post_id: int, thread_id: int | None, made: int) -> str:
    """Where the new comment stands: on the thread's page, or the post's."""
    page = (
        reverse("outside:thread", args=[post_id, thread_id])
        if thread_id
        else reverse("outside:post", args=[post_id])
    )
    return f"{page}?said={write_id(made)}#c-{write_id(made)}"


@outside_page("GET", "POST", own=True)
def remove(request: ViewerRequest, post_id: int, comment_id: int) -> HttpResponse:
    """Ask once more, then erase what one said, or remove it from under one's own post."""
    with act(request, thing=comment_id):
        card = _removable(request, post_id, comment_id)
        if request.method != "POST":
            receipt = write_receipt(request.viewer, comment_id)
            context = {"post_id": post_id, "comment": card, "receipt": receipt}
            return render(request, "outside/remove_comment.html", context)
        strangers.remove_comment(request.viewer, comment_id=comment_id)
        messages.success(request, _("It is deleted.") if card.is_mine else _("It is removed."))
    return redirect("outside:post", post_id)


def _removable(request: ViewerRequest, post_id: int, comment_id: int) -> CommentCard:
    """:raises NotThere: not under this post, or neither it nor the post is the reader's."""
    card, under = outside.get_comment(request.viewer, comment_id=comment_id)
    if under != post_id or not card.can_remove:
        raise NotThere
    return card
