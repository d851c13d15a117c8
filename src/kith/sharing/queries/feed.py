"""The feed and other lists of shares, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from django.db.models import F, Q, QuerySet

from kith.audience.shares import is_public, is_shown_to
from kith.core.compiled import compiled
from kith.core.errors import NotThere
from kith.core.guard import GuardedQuerySet, Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.media.models import Photo
from kith.sharing.models import Delivery, Share, SharePhoto
from kith.sharing.queries.cards import AudienceLabel, Card, cards
from kith.ties.models import Circle, Member
from kith.ties.queries import find_friend


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
    if circle_id is not None and not Circle.objects.visible_to(viewer).filter(pk=circle_id).exists():
        raise NotThere
    found = _delivered(viewer, **_before(cursor), circle=circle_id, kind=kind, most=size + 1)
    page = _page(viewer, found, size)
    first = found if cursor is None else _delivered(viewer, circle=circle_id, kind=kind, most=1)
    since = _place(first[0]) if first else write_cursor(viewer.now.isoformat(), 0)
    return FeedPage(page.items, page.next, since)


@compiled(fixed=["most"])
def _delivered(
    viewer: Viewer,
    instant: datetime | None = None,
    share: int | None = None,
    author: int | None = None,
    circle: int | None = None,
    kind: str | None = None,
    most: int = 20,
) -> QuerySet[Any, Any]:
    """What is shown to the viewer, newest first.

    :param instant: only what lies behind this place, which `share` goes on with.
    :param circle: one of the viewer's own: only what its members show.
    """
    rows = Delivery.objects.visible_to(viewer)
    if instant is not None:
        rows = rows.filter(Q(visible_from__lt=instant) | Q(visible_from=instant, share_id__lt=share))
    if author is not None:
        rows = rows.filter(author=author)
    if circle is not None:
        members = Member.objects.visible_to(viewer).filter(circle=circle)
        rows = rows.filter(author__in=members.values("person"))
    if kind is not None:
        rows = rows.filter(kind=kind)
    in_order = rows.order_by("-visible_from", "-share_id")
    return in_order.values_list("visible_from", "share_id", "author_id")[:most]


def count_new(viewer: Viewer, *, since: str) -> int:
    """How many things the viewer's circles have shown since, at most 100.

    :raises BadCursor: not one of ours.
    """
    instant, share_id = read_place(since)
    return len(_newer(viewer, instant=instant, share=share_id))


@compiled()
def _newer(viewer: Viewer, instant: datetime, share: int) -> QuerySet[Any, Any]:
    rows = Delivery.objects.visible_to(viewer)
    newer = rows.filter(Q(visible_from__gt=instant) | Q(visible_from=instant, share_id__gt=share))
    return newer.values_list("share_id")[:100]


def get_card(viewer: Viewer, *, share_id: int) -> Card:
    """:raises NotThere: no such share, or the viewer may not see it."""
    share = Share.objects.visible_to(viewer).filter(pk=share_id).first()
    if share is None:
        raise NotThere
    return _card_of(viewer, share)


def _card_of(viewer: Viewer, share: Share) -> Card:
    """:raises NotThere: it has been deleted since it was found."""
    card = next(iter(cards(viewer, {share.pk: share.author_id})), None)
    if card is None:
        raise NotThere
    return card


def shares_of(viewer: Viewer, *, person_id: int, cursor: str | None = None, size: int = 20) -> Page[Card]:
    """What one friend shows the viewer. Empty for everybody else, there or not."""
    return _page(viewer, _delivered(viewer, **_before(cursor), author=person_id, most=size + 1), size)


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
        instant, share_id = read_place(cursor)
        rows = rows.filter(Q(visible_from__lt=instant) | Q(visible_from=instant, pk__lt=share_id))
    named = rows.annotate(share_id=F("pk")).order_by("-visible_from", "-pk")
    return _page(
        viewer, list(named.values_list("visible_from", "share_id", "author_id", named=True)[: size + 1]), size
    )


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
    return _as_others_see(_card_of(viewer, share))


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


def _page(viewer: Viewer, found: Iterable[Any], size: int) -> Page[Card]:
    """A page of what was found, of which one more than the page holds was asked for."""
    found = list(found)
    shown = found[:size]
    more = _place(shown[-1]) if len(found) > size else None
    return Page(cards(viewer, {row.share_id: row.author_id for row in shown}), more)


def _place(row: Any) -> str:
    return write_cursor(row.visible_from.isoformat(), row.share_id)


def _before(cursor: str | None) -> dict[str, Any]:
    """Where a page begins. :raises BadCursor: not one of ours."""
    if not cursor:
        return {}
    instant, share_id = read_place(cursor)
    return {"instant": instant, "share": share_id}
