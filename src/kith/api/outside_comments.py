"""What is said under a post outside."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import ApiRequest
from kith.api.answers import answer, answer_page, nothing
from kith.api.fields import Cursor, GivenId, In, Limit, PathId
from kith.api.once import takes_key
from kith.api.outside import READS, WRITES, WRITES_JSON
from kith.api.outside_cards import CommentUnder, OutsideCommentPage, PhotoIds, ThreadPage
from kith.strangers import queries, services

router = Router(tags=["Outside"])


class NewOutsideComment(In):
    text: str = Field(max_length=2000)
    answers_id: GivenId | None = Field(None, description="The comment that it answers")
    photo_ids: PhotoIds = []


@router.get("/outside/posts/{id:post_id}/threads", auth=READS, response=ThreadPage)
def outside_threads(
    request: ApiRequest, post_id: PathId, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """What is said under a post, in threads, the oldest first; three answers of each."""
    page = queries.threads(request.viewer, post_id=post_id, cursor=cursor, size=limit)
    return answer_page(request, ThreadPage, page)


@router.post("/outside/posts/{id:post_id}/comments", auth=WRITES_JSON, response={201: CommentUnder})
@takes_key
def outside_write_comment(request: ApiRequest, post_id: PathId, data: NewOutsideComment) -> HttpResponse:
    """Say something under a post, or in answer to something said there."""
    made = services.comment(request.viewer, post_id=post_id, **data.model_dump())
    return _comment(request, made.pk, status=201)


@router.get("/outside/comments/{id:comment_id}", auth=READS, response=CommentUnder)
def outside_comment(request: ApiRequest, comment_id: PathId) -> HttpResponse:
    """One comment, and which post it is under."""
    return _comment(request, comment_id)


@router.get("/outside/comments/{id:comment_id}/answers", auth=READS, response=OutsideCommentPage)
def outside_answers(
    request: ApiRequest, comment_id: PathId, cursor: Cursor | None = None, limit: Limit = 50
) -> HttpResponse:
    """The answers in the thread that a comment began, the oldest first."""
    page = queries.answers(request.viewer, comment_id=comment_id, cursor=cursor, size=limit)
    return answer_page(request, OutsideCommentPage, page)


@router.delete("/outside/comments/{id:comment_id}", auth=WRITES, response={204: None})
def outside_remove_comment(request: ApiRequest, comment_id: PathId) -> HttpResponse:
    """Erase one's own comment, or take one from under one's own post."""
    services.remove_comment(request.viewer, comment_id=comment_id)
    return nothing()


def _comment(request: ApiRequest, comment_id: int, *, status: int = 200) -> HttpResponse:
    card, post_id = queries.get_comment(request.viewer, comment_id=comment_id)
    return answer(CommentUnder, {"comment": card, "post_id": post_id}, status=status)
