"""The caller's own shares, and what is said under anybody's."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_page, nothing
from kith.api.cards import Comment, CommentPage, Count, Share, ShareKind, SharePage
from kith.api.fields import Cursor, GivenId, GivenIds, GivenInstant, In, Limit, PathId
from kith.api.once import takes_key
from kith.people.tokens import Scope
from kith.sharing import queries, services
from kith.sharing.queries.talk import comment_cards

router = Router(tags=["Shares"])

JSON = "application/json"
READS = Access(Scope.CIRCLE_READ)
WRITES = Access(Scope.CIRCLE_WRITE, writes=True)
WRITES_JSON = Access(Scope.CIRCLE_WRITE, writes=True, takes=JSON)

Words = Annotated[str, Field(max_length=2000)]
PhotoIds = Annotated[list[GivenId], Field(max_length=9)]


class NewPurchase(In):
    """Show something that the caller bought and that has arrived."""

    kind: Literal["purchase"]
    line_id: GivenId
    circle_ids: GivenIds
    text: Words = ""


class NewReview(In):
    """Say what one thinks of a listing, to circles or, chosen explicitly, to everyone."""

    kind: Literal["review"]
    listing_id: GivenId
    rating: int = Field(ge=1, le=5)
    text: Words = ""
    circle_ids: GivenIds = []
    to_everyone: bool = False
    photo_ids: PhotoIds = []


class NewQuestion(In):
    """Ask one's circles about a listing, a category, or anything."""

    kind: Literal["question"]
    text: Words
    circle_ids: GivenIds
    listing_id: GivenId | None = None
    category: str | None = Field(None, max_length=40)


class NewTip(In):
    """Tell one's circles something useful."""

    kind: Literal["tip"]
    text: Words
    circle_ids: GivenIds
    listing_id: GivenId | None = None
    photo_ids: PhotoIds = []


NewShare = Annotated[NewPurchase | NewReview | NewQuestion | NewTip, Field(discriminator="kind")]


class NewAudience(In):
    circle_ids: GivenIds
    to_everyone: bool = False


class ChangeOfPast(In):
    """One thing to do to many of the caller's shares."""

    action: Literal["hide", "show", "audience"]
    kinds: list[ShareKind] | None = None
    before: GivenInstant | None = Field(None, description="Only what was shown before this instant")
    circle_ids: GivenIds = []


class NewComment(In):
    text: str = Field(max_length=1000)


@router.get("/shares", auth=READS, response=SharePage)
def my_shares(
    request: ApiRequest,
    cursor: Cursor | None = None,
    limit: Limit = 20,
    state: Literal["held", "shown", "withdrawn"] | None = None,
) -> HttpResponse:
    """What the caller shows, holds back, or has hidden; newest first."""
    page = queries.my_shares(request.viewer, cursor=cursor, state=state, size=limit)
    return answer_page(request, SharePage, page)


@router.get("/shares/as-seen-by/{id:person_id}", auth=READS, response=SharePage)
def my_shares_as_seen_by(
    request: ApiRequest, person_id: PathId, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """The caller's own shares as one of their friends sees them."""
    page = queries.my_shares_as_seen_by(request.viewer, friend_id=person_id, cursor=cursor, size=limit)
    return answer_page(request, SharePage, page)


@router.post("/shares", auth=WRITES_JSON, response={201: Share})
@takes_key
def create_share(request: ApiRequest, data: NewShare) -> HttpResponse:
    """Show something to one's circles."""
    viewer = request.viewer
    told = data.model_dump(exclude={"kind"})
    match data:
        case NewPurchase():
            share = services.share_purchase(viewer, **told)
        case NewReview():
            share = services.write_review(viewer, **told)
        case NewQuestion():
            share = services.ask_question(viewer, **told)
        case NewTip():
            share = services.give_tip(viewer, **told)
    return answer(Share, queries.get_card(viewer, share_id=share.pk), status=201)


@router.post("/shares/past", auth=WRITES_JSON, response=Count)
def change_past(request: ApiRequest, data: ChangeOfPast) -> HttpResponse:
    """Hide, show again, or give another audience to what was shared before; say how many it touched."""
    return answer(Count, {"count": services.change_past(request.viewer, **data.model_dump())})


@router.get("/shares/{id:share_id}", auth=READS, response=Share)
def get_share(request: ApiRequest, share_id: PathId) -> HttpResponse:
    """One share, if the caller may see it now."""
    return answer(Share, queries.get_card(request.viewer, share_id=share_id))


@router.delete("/shares/{id:share_id}", auth=WRITES, response={204: None})
def delete_share(request: ApiRequest, share_id: PathId) -> HttpResponse:
    """Erase one's own share with all that was said under it; this also cancels one that is held."""
    services.delete_share(request.viewer, share_id=share_id)
    return nothing()


@router.post("/shares/{id:share_id}/hide", auth=WRITES, response=Share)
def hide_share(request: ApiRequest, share_id: PathId) -> HttpResponse:
    """Show one's own share to nobody, and keep it."""
    services.hide_share(request.viewer, share_id=share_id)
    return answer(Share, queries.get_card(request.viewer, share_id=share_id))


@router.post("/shares/{id:share_id}/show", auth=WRITES, response=Share)
def show_share(request: ApiRequest, share_id: PathId) -> HttpResponse:
    """Show again what was hidden."""
    services.show_share(request.viewer, share_id=share_id)
    return answer(Share, queries.get_card(request.viewer, share_id=share_id))


@router.put("/shares/{id:share_id}/audience", auth=WRITES_JSON, response=Share)
def change_audience(request: ApiRequest, share_id: PathId, data: NewAudience) -> HttpResponse:
    """Show one's own share to these circles instead."""
    services.change_audience(request.viewer, share_id=share_id, **data.model_dump())
    return answer(Share, queries.get_card(request.viewer, share_id=share_id))


# --- What is said under a share ---------------------------------------------------


@router.get("/shares/{id:share_id}/comments", auth=READS, response=CommentPage)
def comments_of_share(
    request: ApiRequest, share_id: PathId, cursor: Cursor | None = None, limit: Limit = 50
) -> HttpResponse:
    """Comments and answers, oldest first."""
    page = queries.comments_of(request.viewer, share_id=share_id, cursor=cursor, size=limit)
    return answer_page(request, CommentPage, page)


@router.post("/shares/{id:share_id}/comments", auth=WRITES_JSON, response={201: Comment})
@takes_key
def write_comment(request: ApiRequest, share_id: PathId, data: NewComment) -> HttpResponse:
    """Comment on a share, or answer a question."""
    made = services.comment(request.viewer, share_id=share_id, text=data.text)
    (card,) = comment_cards(request.viewer, [made])
    return answer(Comment, card, status=201)


@router.delete("/comments/{id:comment_id}", auth=WRITES, response={204: None})
def delete_comment(request: ApiRequest, comment_id: PathId) -> HttpResponse:
    """Erase one's own comment, or one under one's own share."""
    services.delete_comment(request.viewer, comment_id=comment_id)
    return nothing()


@router.put("/shares/{id:share_id}/useful", auth=WRITES, response={204: None})
def mark_useful(request: ApiRequest, share_id: PathId) -> HttpResponse:
    """Say that a share was useful. Said twice, it counts once."""
    services.set_useful(request.viewer, share_id=share_id, on=True)
    return nothing()


@router.delete("/shares/{id:share_id}/useful", auth=WRITES, response={204: None})
def unmark_useful(request: ApiRequest, share_id: PathId) -> HttpResponse:
    """Take that back."""
    services.set_useful(request.viewer, share_id=share_id, on=False)
    return nothing()
