"""Cards: what one share says to one viewer. Pages render them, the API serialises them.

A card holds no more than its viewer may know, so neither has anything left to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Count

from kith.core.guard import Viewer
from kith.sharing.models import Audience, Comment, Like, Share, ShareKind, SharePhoto
from kith.sharing.queries.corrections import correction_of, hold_of, outcome_of
from kith.shop.cards import HoldCard
from kith.shop.models import Listing
from kith.ties.models import Member, Relationship
from kith.ties.queries import Face, faces


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


def cards(viewer: Viewer, shares: Sequence[Share]) -> tuple[Card, ...]:
    """Say what these shares, which the viewer may see, say to them.

    Ten queries, however many shares: each kind of thing is fetched once for all.
    """
    if not shares:
        return ()
    ids = [share.pk for share in shares]
    known = faces(viewer, {share.author_id for share in shares})
    listings = _listings({share.listing_id for share in shares if share.listing_id is not None})
    photos = _photos(viewer, ids)
    comments = _counts(Comment.objects.visible_to(viewer), ids)
    likes = _counts(Like.objects.visible_to(viewer), ids)
    liked = set(
        Like.objects.visible_to(viewer)
        .filter(share__in=ids, person=viewer.person_id)
        .values_list("share", flat=True)
    )
    labels = _audiences(viewer, shares)
    return tuple(
        _card(viewer, share, known[share.author_id], listings.get(share.listing_id or 0), labels[share.pk],
              photos=tuple(photos[share.pk]), comments=comments.get(share.pk, 0),
              likes=likes.get(share.pk, 0), liked=share.pk in liked)
        for share in shares
    )  # fmt: skip


def _card(
    viewer: Viewer,
    share: Share,
    author: Face,
    listing: Listing | None,
    label: AudienceLabel,
    *,
    photos: tuple[PhotoRef, ...],
    comments: int,
    likes: int,
    liked: bool,
) -> Card:
    when, precision = _when(share)
    return Card(
        id=share.pk,
        kind=share.kind,
        author=author,
        thing=_thing(listing) if listing else None,
        correction=correction_of(listing),
        category=share.category_id,
        outcome=outcome_of(share, listing),
        rating=share.rating,
        text=share.text,
        photos=photos,
        when=when,
        when_precision=precision,
        audience=label,
        comments=comments,
        likes=likes,
        liked=liked,
        can_comment=viewer.is_known and share.is_shown(viewer.now),
        can_like=viewer.is_known and not author.is_me,
        is_mine=author.is_me,
        by_itself=share.by_itself,
        held_until=share.visible_from if author.is_me and share.visible_from > viewer.now else None,
        withdrawn=share.withdrawn_at is not None,
        withdrawn_by_staff=author.is_me and share.withdrawn_by_staff,
        source=share.source,
        external_id=share.external_id,
    )


def _when(share: Share) -> tuple[date, Literal["month", "day"]]:
    """The month it was bought in, or a review written in; of a question or a tip the day."""
    if share.kind == ShareKind.PURCHASE and share.bought_month is not None:
        return share.bought_month, "month"
    day = share.visible_from.date()
    return (day.replace(day=1), "month") if share.kind == ShareKind.REVIEW else (day, "day")


def _listings(listing_ids: Collection[int]) -> dict[int, Listing]:
    return Listing.objects.select_related("merchant", "hold").in_bulk(listing_ids)


def _thing(listing: Listing) -> Thing:
    return Thing(
        listing_id=listing.pk,
        title=listing.title,
        picture=listing.picture,
        merchant_id=listing.merchant_id,
        merchant_name=listing.merchant.name,
        on_sale=listing.on_sale and hold_of(listing) is None and listing.merchant.closed_at is None,
        source=listing.source,
        listing_external_id=listing.external_id,
        merchant_external_id=listing.merchant.external_id,
    )


def _photos(viewer: Viewer, share_ids: Collection[int]) -> dict[int, list[PhotoRef]]:
    found: dict[int, list[PhotoRef]] = defaultdict(list)
    rows = SharePhoto.objects.visible_to(viewer).filter(share__in=share_ids).select_related("photo")
    for row in rows.order_by("position"):
        found[row.share_id].append(PhotoRef(row.photo_id, row.photo.width, row.photo.height))
    return found


def _counts(said: Any, share_ids: Collection[int]) -> dict[int, int]:
    """Count what the viewer may see, never what they may not."""
    rows = said.filter(share__in=share_ids).order_by().values_list("share")
    return dict(rows.annotate(number=Count("pk")))


def _audiences(viewer: Viewer, shares: Sequence[Share]) -> dict[int, AudienceLabel]:
    """Say who sees each share: to its author by circle and size, to others in general."""
    mine = [share.pk for share in shares if share.author_id == viewer.person_id]
    rows = Audience.objects.visible_to(viewer).filter(share__in=mine).select_related("circle")
    held: dict[int, list[Audience]] = defaultdict(list)
    for row in rows.order_by("circle__created_at", "circle"):
        held[row.share_id].append(row)
    shown = {row.circle_id for rows in held.values() for row in rows}
    hidden = Relationship.objects.visible_to(viewer).filter(hidden_from=True).values("other")
    members = Member.objects.visible_to(viewer).filter(circle__in=shown).exclude(person__in=hidden)
    sizes = dict(members.order_by().values_list("circle").annotate(size=Count("pk")))
    return {
        share.pk: AudienceLabel(
            mine=share.pk in mine,
            everyone=share.to_everyone,
            circles=tuple((row.circle.name, sizes.get(row.circle_id, 0)) for row in held[share.pk]),
            circle_ids=tuple(row.circle_id for row in held[share.pk]),
        )
        for share in shares
    }
