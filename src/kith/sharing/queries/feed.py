"""The feed and other lists of shares, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.db.models import Q

from kith.audience.shares import is_public, is_shown_to
from kith.core.errors import NotThere
from kith.core.guard import GuardedQuerySet, Viewer
from kith.core.paging import BadCursor, Page, read_cursor, write_cursor
from kith.media.models import Photo
from kith.sharing.models import Delivery, Share, SharePhoto
from kith.sharing.queries.cards import AudienceLabel, Card, cards
from kith.ties.models import Circle, Member
from kith.ties.queries import find_friend

FETCHING = "fetches by id what a delivery or the author's own list has already let the viewer see"


@dataclass(frozen=True, slots=True)
class FeedPage(Page[Card]):
    """`since` marks the newest thing there is, for `count_new`."""

    since: str | None = None


def circle_feed(
    viewer: Viewer,
    *,
    cursor: str | None = None,
    circle_id: int | None = None,
    kind: str | None = None,
    size: int = 20,
) -> FeedPage:
    """What the viewer's circles show them, newest first.

    :param circle_id: one of the viewer's own circles: only what its members show.
    :raises NotThere: not the viewer's circle. :raises BadCursor: not one of ours.
    """
    rows = Delivery.objects.visible_to(viewer)
    if circle_id is not None:
        if not Circle.objects.visible_to(viewer).filter(pk=circle_id).exists():
            raise NotThere
        members = Member.objects.visible_to(viewer).filter(circle=circle_id)
        rows = rows.filter(author__in=members.values("person"))
    if kind is not None:
        rows = rows.filter(kind=kind)
    page = _page_of_deliveries(viewer, rows, cursor, size)
    newest = rows.order_by("-visible_from", "-share_id").values_list("visible_from", "share_id").first()
    since = _place(*newest) if newest else _place(viewer.now, 0)
    return FeedPage(page.items, page.next, since)


def count_new(viewer: Viewer, *, since: str) -> int:
    """How many things the viewer's circles have shown since, at most 100.

    :raises BadCursor: not one of ours.
    """
    instant, share_id = _read_place(since)
    rows = Delivery.objects.visible_to(viewer)
    newer = rows.filter(Q(visible_from__gt=instant) | Q(visible_from=instant, share_id__gt=share_id))
    return newer[:100].count()


def get_card(viewer: Viewer, *, share_id: int) -> Card:
    """:raises NotThere: no such share, or the viewer may not see it."""
    share = Share.objects.visible_to(viewer).filter(pk=share_id).first()
    if share is None:
        raise NotThere
    return cards(viewer, [share])[0]


def shares_of(viewer: Viewer, *, person_id: int, cursor: str | None = None, size: int = 20) -> Page[Card]:
    """What one friend shows the viewer. Empty for everybody else, there or not."""
    rows = Delivery.objects.visible_to(viewer).filter(author=person_id)
    return _page_of_deliveries(viewer, rows, cursor, size)


def my_shares(
    viewer: Viewer,
    *,
    cursor: str | None = None,
    state: Literal["held", "shown", "withdrawn"] | None = None,
    size: int = 20,
) -> Page[Card]:
    """The viewer's own, whatever their state."""
    rows = Share.objects.visible_to(viewer).filter(author=viewer.person_id)
    match state:
        case "held":
            rows = rows.filter(withdrawn_at=None, visible_from__gt=viewer.now)
        case "shown":
            rows = rows.filter(withdrawn_at=None, visible_from__lte=viewer.now)
        case "withdrawn":
            rows = rows.filter(withdrawn_at__isnull=False)
    return page_of_shares(viewer, rows, cursor, size)


def page_of_shares(viewer: Viewer, rows: GuardedQuerySet[Share], cursor: str | None, size: int) -> Page[Card]:
    if cursor:
        instant, share_id = _read_place(cursor)
        rows = rows.filter(Q(visible_from__lt=instant) | Q(visible_from=instant, pk__lt=share_id))
    found = list(rows.order_by("-visible_from", "-pk")[: size + 1])
    shown = found[:size]
    more = _place(shown[-1].visible_from, shown[-1].pk) if len(found) > size else None
    return Page(cards(viewer, shown), more)


def my_shares_as_seen_by(
    viewer: Viewer, *, friend_id: int, cursor: str | None = None, size: int = 20
) -> Page[Card]:
    """The viewer's own shares as one of their friends sees them.

    :raises NotThere: not a friend.
    """
    rows = _seen_by(viewer, friend_id)
    page = page_of_shares(viewer, rows, cursor, size)
    return Page(tuple(_as_others_see(card) for card in page.items), page.next)


def my_card_as_seen_by(viewer: Viewer, *, friend_id: int, share_id: int) -> Card:
    """:raises NotThere: not a friend, or the friend would find no such share."""
    share = _seen_by(viewer, friend_id).filter(pk=share_id).first()
    if share is None:
        raise NotThere
    return _as_others_see(cards(viewer, [share])[0])


def _seen_by(viewer: Viewer, friend_id: int) -> GuardedQuerySet[Share]:
    find_friend(viewer, friend_id)
    shown = Delivery.objects.unguarded("an author looks at their own with a friend's eyes")
    shown = shown.filter(is_shown_to(friend_id, now=viewer.now), author=viewer.person_id)
    own = Share.objects.visible_to(viewer).filter(author=viewer.person_id)
    return own.filter(is_public(viewer.now) | Q(pk__in=shown.values("share")))


def _as_others_see(card: Card) -> Card:
    """Leave out what a card tells its author only."""
    label = AudienceLabel(mine=False, everyone=card.audience.everyone)
    return replace(card, audience=label, is_mine=False, by_itself=False, can_comment=False, held_until=None)


def find_shared_photo(viewer: Viewer, *, photo_id: int) -> Photo:
    """A photo of the viewer's own, or on a share they may see.

    :raises NotThere: anything else.
    """
    attached = SharePhoto.objects.visible_to(viewer).filter(photo=photo_id).select_related("photo").first()
    if attached is not None:
        return attached.photo
    own = Photo.objects.visible_to(viewer).filter(pk=photo_id, outside=False).first()
    if own is None:
        raise NotThere
    return own


def _page_of_deliveries(
    viewer: Viewer, rows: GuardedQuerySet[Delivery], cursor: str | None, size: int
) -> Page[Card]:
    if cursor:
        instant, share_id = _read_place(cursor)
        rows = rows.filter(Q(visible_from__lt=instant) | Q(visible_from=instant, share_id__lt=share_id))
    places = rows.order_by("-visible_from", "-share_id").values_list("visible_from", "share_id", "author_id")
    found = list(places[: size + 1])
    shown = found[:size]
    shares = _fetch({author for _, _, author in shown}, [share_id for _, share_id, _ in shown])
    return Page(cards(viewer, shares), _place(*shown[-1][:2]) if len(found) > size else None)


def _fetch(authors: set[int], share_ids: Sequence[int]) -> list[Share]:
    """Fetch shares by author and id, in the order given."""
    rows = Share.objects.unguarded(FETCHING).filter(author__in=authors, pk__in=share_ids)
    found = {share.pk: share for share in rows}
    return [found[share_id] for share_id in share_ids if share_id in found]


def _place(instant: datetime, share_id: int) -> str:
    return write_cursor(instant.isoformat(), share_id)


def _read_place(cursor: str) -> tuple[datetime, int]:
    try:
        instant, share_id = read_cursor(cursor)
        return datetime.fromisoformat(instant), int(share_id)
    except (ValueError, TypeError) as wrong:
        raise BadCursor("this cursor is not one of ours") from wrong
