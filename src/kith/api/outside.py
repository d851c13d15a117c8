"""The strangers' channel: its lists, topics, posts and photos. Everything of it is under /outside/."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import File, Router, UploadedFile
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all, answer_page, nothing
from kith.api.fields import Cursor, In, Limit, PathId
from kith.api.once import takes_key
from kith.api.outside_cards import (
    OutsidePhoto,
    PhotoIds,
    Post,
    PostPage,
    RegionCode,
    TopicCode,
    Topics,
    WhoComments,
)
from kith.api.photos import WEBP
from kith.api.problems import Problem
from kith.media.queries import photo_file
from kith.media.services import MOST_BYTES, take_in_photo
from kith.people.regions import is_region
from kith.people.tokens import Scope
from kith.strangers import queries, services

router = Router(tags=["Outside"])

JSON = "application/json"
READS = Access(Scope.OUTSIDE_READ, outside=True)
WRITES = Access(Scope.OUTSIDE_WRITE, writes=True, outside=True)
WRITES_JSON = Access(Scope.OUTSIDE_WRITE, writes=True, outside=True, takes=JSON)
UPLOADS = Access(
    Scope.OUTSIDE_WRITE,
    writes=True,
    outside=True,
    takes="multipart/form-data",
    most_bytes=MOST_BYTES + 64 * 1024,
)


class NewPost(In):
    topic: TopicCode
    text: str = Field(max_length=4000)
    region: RegionCode | None = Field(None, description="Empty: none; null: that of the persona")
    photo_ids: PhotoIds = []
    who_comments: WhoComments = "all"


class WhoMayComment(In):
    who_comments: WhoComments


# --- Lists ------------------------------------------------------------------------


@router.get("/outside/hot", auth=READS, response=PostPage)
def outside_hot(
    request: ApiRequest, topic: TopicCode | None = None, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """What strangers talk about most, of all topics or of one.

    While the channel is not open to the caller, this and the other lists hold only what is their own.
    """
    return answer_page(request, PostPage, queries.hot(request.viewer, topic=topic, cursor=cursor, size=limit))


@router.get("/outside/new", auth=READS, response=PostPage)
def outside_new(
    request: ApiRequest, topic: TopicCode | None = None, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """What was posted last, of all topics or of one."""
    page = queries.newest(request.viewer, topic=topic, cursor=cursor, size=limit)
    return answer_page(request, PostPage, page)


@router.get("/outside/near", auth=READS, response=PostPage)
def outside_near(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 20) -> HttpResponse:
    """What was posted last from the province that the caller's persona names."""
    return answer_page(request, PostPage, queries.near(request.viewer, cursor=cursor, size=limit))


@router.get("/outside/followed", auth=READS, response=PostPage)
def outside_followed(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 20) -> HttpResponse:
    """What was posted last about the topics that the caller follows."""
    return answer_page(request, PostPage, queries.followed(request.viewer, cursor=cursor, size=limit))


@router.get("/outside/search", auth=READS, response=PostPage)
def outside_search(
    request: ApiRequest,
    q: Annotated[str, Field(min_length=1, max_length=60)],
    cursor: Cursor | None = None,
    limit: Limit = 20,
) -> HttpResponse:
    """Posts that hold all the words, best first."""
    page = queries.search_posts(request.viewer, query=q, cursor=cursor, size=limit)
    return answer_page(request, PostPage, page)


@router.get("/outside/posts/mine", auth=READS, response=PostPage)
def outside_my_posts(request: ApiRequest, cursor: Cursor | None = None, limit: Limit = 20) -> HttpResponse:
    """All that the caller has posted, also what is withdrawn or hidden; newest first."""
    return answer_page(request, PostPage, queries.my_posts(request.viewer, cursor=cursor, size=limit))


@router.get("/outside/posts/as-stranger", auth=READS, response=PostPage)
def outside_as_stranger(
    request: ApiRequest,
    region: RegionCode = "",
    near: bool = False,
    cursor: Cursor | None = None,
    limit: Limit = 20,
) -> HttpResponse:
    """The caller's posts as somebody from a region sees them who knows nobody; `near`: under Near there."""
    if region and not is_region(region):
        raise Problem("not-valid", _("There is no such province or city."))
    page = queries.my_posts_as_stranger(request.viewer, region=region, near=near, cursor=cursor, size=limit)
    return answer_page(request, PostPage, page)


# --- Topics -----------------------------------------------------------------------


@router.get("/outside/topics", auth=READS, response=Topics)
def outside_topics(request: ApiRequest) -> HttpResponse:
    """All topics, and which of them the caller follows."""
    return answer_all(request, Topics, queries.topics(request.viewer))


@router.put("/outside/topics/{code}/follow", auth=WRITES, response={204: None})
def outside_follow_topic(request: ApiRequest, code: TopicCode) -> HttpResponse:
    """Have a topic's posts in one's own list."""
    services.follow_topic(request.viewer, topic=code, on=True)
    return nothing()


@router.delete("/outside/topics/{code}/follow", auth=WRITES, response={204: None})
def outside_unfollow_topic(request: ApiRequest, code: TopicCode) -> HttpResponse:
    """No longer have them there."""
    services.follow_topic(request.viewer, topic=code, on=False)
    return nothing()


# --- Posts ------------------------------------------------------------------------


@router.post("/outside/posts", auth=WRITES_JSON, response={201: Post})
@takes_key
def outside_write_post(request: ApiRequest, data: NewPost) -> HttpResponse:
    """Say something to strangers. Nobody sees it who knows the caller."""
    post = services.write_post(request.viewer, **data.model_dump())
    return answer(Post, queries.get_post(request.viewer, post_id=post.pk), status=201)


@router.get("/outside/posts/{id:post_id}", auth=READS, response=Post)
def outside_post(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """One post, if the caller may see it now."""
    return _post(request, post_id)


@router.delete("/outside/posts/{id:post_id}", auth=WRITES, response={204: None})
def outside_delete_post(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """Erase one's own post with its photos and all that was said of it."""
    services.delete_post(request.viewer, post_id=post_id)
    return nothing()


@router.post("/outside/posts/{id:post_id}/withdraw", auth=WRITES, response=Post)
def outside_withdraw_post(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """Show one's own post to nobody, and keep it."""
    services.set_withdrawn(request.viewer, post_id=post_id, on=True)
    return _post(request, post_id)


@router.post("/outside/posts/{id:post_id}/show", auth=WRITES, response=Post)
def outside_show_post(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """Show again what was withdrawn."""
    services.set_withdrawn(request.viewer, post_id=post_id, on=False)
    return _post(request, post_id)


@router.put("/outside/posts/{id:post_id}/who-comments", auth=WRITES_JSON, response=Post)
def outside_set_who_comments(request: ApiRequest, post_id: PathId, data: WhoMayComment) -> HttpResponse:
    """Say who may comment under one's own post from now on. What has been said stays."""
    services.set_who_comments(request.viewer, post_id=post_id, who=data.who_comments)
    return _post(request, post_id)


@router.put("/outside/posts/{id:post_id}/like", auth=WRITES, response={204: None})
def outside_like(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """Like a post. Said twice, it counts once."""
    services.set_liked(request.viewer, post_id=post_id, on=True)
    return nothing()


@router.delete("/outside/posts/{id:post_id}/like", auth=WRITES, response={204: None})
def outside_unlike(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """Take that back."""
    services.set_liked(request.viewer, post_id=post_id, on=False)
    return nothing()


@router.put("/outside/posts/{id:post_id}/follow", auth=WRITES, response={204: None})
def outside_follow_post(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """Be told what is said under a post."""
    services.follow_post(request.viewer, post_id=post_id, on=True)
    return nothing()


@router.delete("/outside/posts/{id:post_id}/follow", auth=WRITES, response={204: None})
def outside_unfollow_post(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """No longer be told."""
    services.follow_post(request.viewer, post_id=post_id, on=False)
    return nothing()


@router.put("/outside/posts/{id:post_id}/away", auth=WRITES, response={204: None})
def outside_put_away(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """Leave a post out of all the caller's lists."""
    services.set_away(request.viewer, post_id=post_id, on=True)
    return nothing()


@router.delete("/outside/posts/{id:post_id}/away", auth=WRITES, response={204: None})
def outside_bring_back(request: ApiRequest, post_id: PathId) -> HttpResponse:
    """Show it there again."""
    services.set_away(request.viewer, post_id=post_id, on=False)
    return nothing()


def _post(request: ApiRequest, post_id: int) -> HttpResponse:
    return answer(Post, queries.get_post(request.viewer, post_id=post_id))


# --- Photos -----------------------------------------------------------------------


@router.post("/outside/photos", auth=UPLOADS, response={201: OutsidePhoto})
def outside_upload_photo(request: ApiRequest, file: Annotated[UploadedFile, File(...)]) -> HttpResponse:
    """Take a photo in, for something outside that is yet to be written. It stays outside.

    Nothing is kept of it but its pixels. One that the caller has on the circle side is refused: it
    would tell who they are.
    """
    return answer(OutsidePhoto, take_in_photo(request.viewer, file=file, outside=True), status=201)


@router.get(
    "/outside/photos/{id:photo_id}/{size}",
    auth=READS,
    response={200: None},
    openapi_extra={"responses": {200: WEBP}},
)
def outside_photo(
    request: ApiRequest, photo_id: PathId, size: Literal["large", "medium", "small"]
) -> HttpResponse:
    """A photo of what the caller may see; with veiled faces if its owner wants that."""
    photo, veiled = queries.find_outside_photo(request.viewer, photo_id=photo_id)
    return HttpResponse(photo_file(photo, size=size, veiled=veiled), content_type="image/webp")
