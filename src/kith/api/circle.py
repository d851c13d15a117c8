"""The feed, what a friend shows, and what the caller is told of."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_page, nothing, unless_known
from kith.api.cards import Count, Feed, NoticePage, ShareKind, SharePage
from kith.api.fields import Cursor, GivenId, Limit, PathId
from kith.people.tokens import Scope
from kith.sharing import queries

router = Router(tags=["Circle"])

READS = Access(Scope.CIRCLE_READ)
WRITES = Access(Scope.CIRCLE_WRITE, writes=True)


UNCHANGED = {"responses": {304: {"description": "Nothing has changed since the answer with that ETag"}}}


@router.get("/circle/feed", auth=READS, response=Feed, openapi_extra=UNCHANGED)
def circle_feed(
    request: ApiRequest,
    cursor: Cursor | None = None,
    limit: Limit = 20,
    circle: GivenId | None = None,
    kind: ShareKind | None = None,
) -> HttpResponse:
    """The newest that the caller's circles show them, under the rule as it is at this moment.

    Of one circle or one kind, if asked. Empty while the circle side is closed to the caller
    (`circle_open` in /me). Answers 304 to If-None-Match when nothing has changed.
    """
    page = queries.circle_feed(request.viewer, cursor=cursor, circle_id=circle, kind=kind, size=limit)
    return unless_known(request, answer_page(request, Feed, page), page.next, page.since)


@router.get("/circle/feed/new", auth=READS, response=Count)
def count_new(request: ApiRequest, since: str) -> HttpResponse:
    """How many shares have come since a page of the feed was read. Cheap; made for polling."""
    return answer(Count, {"count": queries.count_new(request.viewer, since=since)})


@router.get("/people/{id:person_id}/shares", auth=READS, response=SharePage)
def shares_of_person(
    request: ApiRequest, person_id: PathId, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """What one friend shows the caller."""
    page = queries.shares_of(request.viewer, person_id=person_id, cursor=cursor, size=limit)
    return answer_page(request, SharePage, page)


# --- Notices ----------------------------------------------------------------------


@router.get("/notices", auth=READS, response=NoticePage)
def notices(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 30) -> HttpResponse:
    """What the caller is told, newest first; what it points to and is gone is left out."""
    return answer_page(request, NoticePage, queries.notices_of(request.viewer, cursor=cursor, size=limit))


@router.get("/notices/unread", auth=READS, response=Count)
def unread_notices(request: ApiRequest) -> HttpResponse:
    """How many of them are new, at most 100."""
    return answer(Count, {"count": queries.unread_notices(request.viewer)})


@router.post("/notices/read", auth=WRITES, response={204: None})
def mark_notices_read(request: ApiRequest) -> HttpResponse:
    """Mark all of them as read."""
    queries.mark_notices_read(request.viewer)
    return nothing()
