"""What is said under a post, drawn: the page of a post, that of one thread, and the part htmx asks for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.core.ids import read_id
from kith.strangers import queries as outside
from kith.strangers.models import WhoComments
from kith.strangers.queries import CommentCard, ExchangeCard, PostCard
from kith.web.circle import varying, wants_part
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, new_token
from kith.web.outside_forms import CommentForm


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is about to say: the form as it was sent, or an empty one; and in answer to what."""

    form: CommentForm = field(default_factory=CommentForm)
    photo_ids: tuple[int, ...] = ()
    answering: int | None = None
    said: int | None = None
    """What they have just said: it is shown, even if its place is on another page."""


def draw_post(request: ViewerRequest, post_id: int, draft: Draft) -> HttpResponse:
    """A post with the threads under it; the form begins another.

    :raises NotThere: no such post, or the reader may not see it.
    """
    card = outside.get_post(request.viewer, post_id=post_id)
    threads = outside.threads(request.viewer, post_id=post_id, cursor=request.GET.get("after"))
    there = {thread.comment.id for thread in threads.items}
    context: dict[str, Any] = {"card": card, "threads": threads, "who_choices": WhoComments.choices}
    context["said"] = None if draft.said in there else find_comment(request.viewer, card, draft.said)
    context["exchange"] = _letters_with(request, card)
    return _draw(request, "outside/post.html", "outside/talk.html", context, draft)


def _letters_with(request: ViewerRequest, card: PostCard) -> ExchangeCard | None:
    """What the reader and the author write to each other already. What htmx asks for has no need of it."""
    if not card.can_greet or wants_part(request):
        return None
    return outside.find_exchange_with(request.viewer, persona_id=card.author.id)


def draw_thread(request: ViewerRequest, post_id: int, thread_id: int, draft: Draft) -> HttpResponse:
    """One thread with all its answers; the form answers the comment that began it, or one of these.

    :raises NotThere: no such post or thread, or nothing of it that the reader may see.
    """
    card = outside.get_post(request.viewer, post_id=post_id)
    answers = outside.answers(request.viewer, comment_id=thread_id, cursor=request.GET.get("after"))
    first = find_comment(request.viewer, card, thread_id)
    answering = find_comment(request.viewer, card, draft.answering) if draft.answering else None
    context: dict[str, Any] = {"card": card, "thread_id": thread_id, "first": first, "answers": answers}
    context["answering"] = answering or first
    there = {answer.id for answer in answers.items}
    context["said"] = None if draft.said in there else find_comment(request.viewer, card, draft.said)
    return _draw(request, "outside/thread.html", "outside/thread_talk.html", context, draft)


def id_in(written: str) -> int | None:
    """An id as it stands in an address or a form; None for none, or what is none."""
    try:
        return read_id(written) if written else None
    except ValueError:
        return None


def find_comment(viewer: Viewer, card: PostCard, comment_id: int | None) -> CommentCard | None:
    """A comment under this post that the viewer may see; None if there is none."""
    if comment_id is None:
        return None
    with suppress(NotThere):
        comment, post_id = outside.get_comment(viewer, comment_id=comment_id)
        if post_id == card.id:
            return comment
    return None


def _draw(
    request: ViewerRequest, page: str, part: str, context: dict[str, Any], draft: Draft
) -> HttpResponse:
    errors = draft.form.errors
    context |= {"draft": draft, "once": request.POST.get(FIELD) if errors else new_token()}
    template = part if wants_part(request) else page
    return varying(render(request, template, context, status=422 if errors else 200))
