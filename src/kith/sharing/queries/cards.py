"""Cards: what one share says to one viewer. Pages render them, the API serialises them.

A card holds no more than its viewer may know, so neither has anything left to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Exists, OuterRef, QuerySet

from kith.audience.comments import is_heard
from kith.core.compiled import CountOf, Nested, compiled
from kith.core.guard import Viewer
from kith.sharing.models import Audience, Comment, Like, Share, ShareKind, SharePhoto
from kith.sharing.queries.corrections import correction_of, outcome_of
from kith.shop.cards import HoldCard
from kith.ties.models import Member, Relationship
from kith.ties.queries import Face, columns_of_face, face_of, known_to

OF_WHAT_IS_SEEN = "says what belongs to shares that the viewer has been found to see"


@dataclass(frozen=True, slots=True)
class Thing:
    """The listing that a share is about."""

    listing_id: int
    title: str
    picture: str
    merchant_id: int
    merchant_name: str
    on_sale: bool
    """Whether it can be bought: not while it is held, nor in a shop that is closed."""
    source: str | None
    listing_external_id: str | None
    merchant_external_id: str | None


@dataclass(frozen=True, slots=True)
class PhotoRef:
    id: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class AudienceLabel:
    """Who sees a share. `circles`, each with how many of it may see, are told to its author only."""

    mine: bool
    everyone: bool
    circles: tuple[tuple[str, int], ...] = ()
    circle_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    id: int
    kind: str
    author: Face
    thing: Thing | None
    correction: HoldCard | None
    """That the thing was taken down or recalled, and is so still."""
    category: str | None
    outcome: str
    """What became of the thing: of one taken down or recalled "removed", whatever it was before."""
    rating: int | None
    text: str
    photos: tuple[PhotoRef, ...]
    when: date
    """Of a thing bought, and of a review, no more than the month; of other words the day."""
    when_precision: Literal["month", "day"]
    audience: AudienceLabel
    comments: int
    likes: int
    liked: bool
    can_comment: bool
    """Not while its author alone sees it: nobody would read it."""
    can_like: bool
    is_mine: bool
    by_itself: bool
    held_until: datetime | None
    """Its author's own: not shown before this instant, and can still be cancelled."""
    withdrawn: bool
    withdrawn_by_staff: bool
    source: str | None
    external_id: str | None


_Circle = tuple[int, str, int]
"""Of one's own: its id, its name, and how many in it may see what is shown to it."""


def cards(viewer: Viewer, authors: Mapping[int, int]) -> tuple[Card, ...]:
    """Say what shares, which the viewer may see, say to them. One query, and one more for their own.

    :param authors: who made each share, by its id, in the order wanted.
    """
    if not authors:
        return ()
    found = {row.pk: row for row in _shares(viewer, makers=set(authors.values()), shares=list(authors))}
    circles = _circles(viewer, [pk for pk, author in authors.items() if author == viewer.person_id])
    # What is not found was deleted since its id was.
    return tuple(_card(viewer, found[pk], circles.get(pk, ())) for pk in authors if pk in found)


@compiled()
def _shares(viewer: Viewer, makers: Collection[int], shares: Collection[int]) -> QuerySet[Any, Any]:
    """What shares say, of what, and how many speak of them whom the viewer hears."""
    comments = Comment.objects.unguarded(OF_WHAT_IS_SEEN).filter(is_heard(viewer), share=OuterRef("pk"))
    likes = Like.objects.unguarded(OF_WHAT_IS_SEEN)
    likes = likes.filter(is_heard(viewer, by="person", hidden=None), share=OuterRef("pk"))
    rows = Share.objects.unguarded(OF_WHAT_IS_SEEN).filter(author__among=makers, pk__among=shares)
    photos = SharePhoto.objects.unguarded(OF_WHAT_IS_SEEN).filter(share=OuterRef("pk")).order_by("position")
    said: QuerySet[Any, Any] = known_to(viewer, rows, who="author").annotate(
        photos=Nested(photos.values("photo_id", "photo__width", "photo__height")),
        comments=CountOf(comments),
        likes=CountOf(likes),
        liked=Exists(likes.filter(person=viewer.person_id)),
    )
    counted = "photos", "comments", "likes", "liked"
    return said.values_list(*_OF_SHARE, *columns_of_face(at="author__"), *_OF_THING, *_OF_HOLD, *counted)


_OF_SHARE = (
    "pk", "kind", "category_id", "bought_month", "outcome", "rating", "text", "to_everyone", "by_itself",
    "visible_from", "withdrawn_at", "withdrawn_by_staff", "source", "external_id",
)  # fmt: skip
_OF_THING = tuple(
    f"listing__{name}"
    for name in (
        "id", "title", "picture", "on_sale", "source", "external_id", "merchant__id", "merchant__name",
        "merchant__closed_at", "merchant__external_id",
    )
)  # fmt: skip
_HELD = [field.name for field in fields(HoldCard)]
_OF_HOLD = tuple(f"listing__hold__{name}" for name in _HELD)


def _card(viewer: Viewer, row: Any, circles: Sequence[_Circle]) -> Card:
    hold, author = _hold(row), face_of(viewer, row, at="author__")
    is_mine = author.is_me
    correction = correction_of(hold)
    when, precision = _when(row)
    is_held = row.visible_from > viewer.now
    return Card(
        id=row.pk,
        kind=row.kind,
        author=author,
        thing=_thing(row, hold),
        correction=correction,
        category=row.category_id,
        outcome=outcome_of(row.kind, row.outcome, correction),
        rating=row.rating,
        text=row.text,
        photos=tuple(PhotoRef(*photo) for photo in row.photos),
        when=when,
        when_precision=precision,
        audience=AudienceLabel(
            mine=is_mine,
            everyone=row.to_everyone,
            circles=tuple((name, size) for _, name, size in circles),
            circle_ids=tuple(pk for pk, _, _ in circles),
        ),
        comments=row.comments,
        likes=row.likes,
        liked=row.liked,
        can_comment=viewer.is_known and row.withdrawn_at is None and not is_held,
        can_like=viewer.is_known and not is_mine,
        is_mine=is_mine,
        by_itself=row.by_itself,
        held_until=row.visible_from if is_mine and is_held else None,
        withdrawn=row.withdrawn_at is not None,
        withdrawn_by_staff=is_mine and row.withdrawn_by_staff,
        source=row.source,
        external_id=row.external_id,
    )


def _when(row: Any) -> tuple[date, Literal["month", "day"]]:
    """The month it was bought in, or a review written in; of a question or a tip the day."""
    if row.kind == ShareKind.PURCHASE and row.bought_month is not None:
        return row.bought_month, "month"
    day = row.visible_from.date()
    return (day.replace(day=1), "month") if row.kind == ShareKind.REVIEW else (day, "day")


def _hold(row: Any) -> HoldCard | None:
    """What has been decided about the listing of a share."""
    if row.listing__hold__state is None:
        return None
    return HoldCard(**{name: getattr(row, f"listing__hold__{name}") for name in _HELD})


def _thing(row: Any, hold: HoldCard | None) -> Thing | None:
    if row.listing__id is None:
        return None
    return Thing(
        listing_id=row.listing__id,
        title=row.listing__title,
        picture=row.listing__picture,
        merchant_id=row.listing__merchant__id,
        merchant_name=row.listing__merchant__name,
        on_sale=row.listing__on_sale and hold is None and row.listing__merchant__closed_at is None,
        source=row.listing__source,
        listing_external_id=row.listing__external_id,
        merchant_external_id=row.listing__merchant__external_id,
    )


def _circles(viewer: Viewer, share_ids: Collection[int]) -> dict[int, list[_Circle]]:
    """The circles that the viewer's own shares are shown to."""
    if not share_ids:
        return {}
    held: dict[int, list[_Circle]] = defaultdict(list)
    for row in _audiences_of(viewer, shares=share_ids):
        held[row.share_id].append((row.circle_id, row.circle__name, row.size))
    return held


@compiled()
def _audiences_of(viewer: Viewer, shares: Collection[int]) -> QuerySet[Any, Any]:
    hidden = Relationship.objects.visible_to(viewer).filter(hidden_from=True, other=OuterRef("person"))
    members = Member.objects.visible_to(viewer).filter(~Exists(hidden), circle=OuterRef("circle"))
    rows = Audience.objects.visible_to(viewer).filter(share__among=shares).annotate(size=CountOf(members))
    in_order = rows.order_by("circle__created_at", "circle")
    return in_order.values_list("share_id", "circle_id", "circle__name", "size")
