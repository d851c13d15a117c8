"""What a viewer is told: each notice only while what it points to can still be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kith.core.compiled import compiled
from kith.core.guard import GuardedQuerySet, Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.notices.models import OUTSIDE, Notice, NoticeKind
from kith.sharing.models import Comment, Share, ShareKind
from kith.shop.models import GONE, LineStatus, OrderLine
from kith.ties.models import FriendRequest, Relationship
from kith.ties.queries import Face, faces

MOST = 100
"""Notices beyond the newest hundred unread are not counted."""


@dataclass(frozen=True, slots=True)
class NoticeCard:
    id: int
    kind: str
    actor: Face | None
    at: datetime
    is_read: bool
    subject: int
    """The id of the comment, request, person, share, order line, decision or sweep, as the kind says."""
    share_id: int | None
    """The share to open, for what happened under one."""
    words: str
    """The comment's words, the request's note, or the title of the listing."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a notice points to, as far as its recipient may see it."""

    words: str = ""
    share_id: int | None = None


def notices_of(viewer: Viewer, *, cursor: str | None = None, size: int = 30) -> Page[NoticeCard]:
    """What the viewer is told, newest first. A page may be short: what is gone is left out."""
    rows = _told_inside(viewer).order_by("-at", "-pk")
    if cursor:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(at__lt=instant) | Q(at=instant, pk__lt=after))
    found = list(rows[: size + 1])
    shown = found[:size]
    targets = _targets(viewer, shown)
    alive = [notice for notice in shown if (notice.kind, notice.subject) in targets]
    known = faces(viewer, {notice.actor_id for notice in alive if notice.actor_id is not None})
    items = tuple(_card(notice, targets[notice.kind, notice.subject], known) for notice in alive)
    more = write_cursor(shown[-1].at.isoformat(), shown[-1].pk) if len(found) > size else None
    return Page(items, more)


def _card(notice: Notice, target: Target, known: dict[int, Face]) -> NoticeCard:
    return NoticeCard(
        id=notice.pk,
        kind=notice.kind,
        actor=known.get(notice.actor_id or 0),
        at=notice.at,
        is_read=notice.read_at is not None,
        subject=notice.subject,
        share_id=target.share_id,
        words=target.words,
    )


def unread_notices(viewer: Viewer) -> int:
    """How many unread notices point to something the viewer may still see, at most 100."""
    if viewer.person_id is None:
        return 0
    unread = _unread(viewer)
    targets = _targets(viewer, unread)
    return sum((notice.kind, notice.subject) in targets for notice in unread)


@compiled()
def _unread(viewer: Viewer) -> QuerySet[Any, Any]:
    rows = _told_inside(viewer).filter(read_at=None).order_by("-at", "-pk")
    return rows.values_list("kind", "subject")[:MOST]


def _told_inside(viewer: Viewer) -> GuardedQuerySet[Notice]:
    return Notice.objects.visible_to(viewer).exclude(kind__in=OUTSIDE)


def _targets(viewer: Viewer, notices: Collection[Any]) -> dict[tuple[str, int], Target]:
    """What these notices point to and the viewer may see. One query per kind present."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for notice in notices:
        subjects[notice.kind].add(notice.subject)
    return {
        (kind, subject): target
        for kind, wanted in subjects.items()
        if (find := _FIND.get(NoticeKind(kind))) is not None
        for subject, target in find(viewer, wanted).items()
    }


def _comments(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    return {row.pk: Target(row.text, row.share_id) for row in _comments_seen(viewer, ids=ids)}


@compiled()
def _comments_seen(viewer: Viewer, ids: Collection[int]) -> QuerySet[Any, Any]:
    return Comment.objects.visible_to(viewer).filter(pk__among=ids).values_list("pk", "text", "share_id")


def _requests(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    return {row.pk: Target(row.note) for row in _requests_seen(viewer, ids=ids)}


@compiled()
def _requests_seen(viewer: Viewer, ids: Collection[int]) -> QuerySet[Any, Any]:
    rows = FriendRequest.objects.visible_to(viewer).filter(pk__among=ids, recipient=viewer.person_id)
    return rows.values_list("pk", "note")


def _friends(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    return {row.other_id: Target() for row in _friends_seen(viewer, ids=ids)}


@compiled()
def _friends_seen(viewer: Viewer, ids: Collection[int]) -> QuerySet[Any, Any]:
    rows = Relationship.objects.visible_to(viewer).filter(other__among=ids, friend_at__isnull=False)
    return rows.values_list("other_id")


def _shares(viewer: Viewer, ids: set[int], *, gone: bool = False) -> dict[int, Target]:
    found = _shares_seen(viewer, ids=ids, gone=gone)
    return {row.pk: Target(row.listing__title or "", row.pk) for row in found}


def _corrected(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    """Shares that carry a correction at this moment."""
    return _shares(viewer, ids, gone=True)


@compiled()
def _shares_seen(viewer: Viewer, ids: Collection[int], *, gone: bool) -> QuerySet[Any, Any]:
    rows = Share.objects.visible_to(viewer).filter(pk__among=ids)
    if gone:
        rows = rows.filter(listing__hold__state__in=GONE)
    return rows.values_list("pk", "listing__title")


def _lines(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    return {row.pk: Target(row.listing__title) for row in _lines_seen(viewer, ids=ids)}


@compiled()
def _lines_seen(viewer: Viewer, ids: Collection[int]) -> QuerySet[Any, Any]:
    return _askable(viewer).filter(pk__among=ids).values_list("pk", "listing__title")


def _recalled(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    """What the viewer bought, as long as it is taken down or recalled."""
    return {row.pk: Target(row.listing__title) for row in _recalled_lines(viewer, ids=ids)}


@compiled()
def _recalled_lines(viewer: Viewer, ids: Collection[int]) -> QuerySet[Any, Any]:
    lines = OrderLine.objects.visible_to(viewer).filter(pk__among=ids, buyer=viewer.person_id)
    return lines.filter(listing__hold__state__in=GONE).values_list("pk", "listing__title")


_FIND: dict[NoticeKind, Callable[[Viewer, set[int]], dict[int, Target]]] = {
    NoticeKind.COMMENT: _comments,
    NoticeKind.ANSWER: _comments,
    NoticeKind.REPLY: _comments,
    NoticeKind.REQUEST: _requests,
    NoticeKind.ACCEPTED: _friends,
    NoticeKind.CORRECTION: _shares,
    NoticeKind.CORRECTED: _corrected,
    NoticeKind.MAY_SHARE: _lines,
    NoticeKind.RECALLED: _recalled,
}


def points_above(kind: NoticeKind, may_open: Callable[[Viewer, Collection[int]], Collection[int]]) -> None:
    """Have a room above this one say, at every read, which of its things the viewer may open.

    Called once, as the rooms are set up. Notices of a kind that nobody speaks for are told to nobody.
    """

    def find(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
        return dict.fromkeys(may_open(viewer, ids), Target())

    _FIND[kind] = find


def lines_to_ask_about(viewer: Viewer) -> tuple[OrderLine, ...]:
    """Things that have arrived of which the viewer was asked whether to show them, and has not said."""
    waiting = [row.pk for row in _waiting(viewer)]
    if not waiting:
        return ()  # as nearly always
    found = OrderLine.objects.visible_to(viewer).select_related("listing__merchant").in_bulk(waiting)
    return tuple(found[pk] for pk in waiting if pk in found)


@compiled()
def _waiting(viewer: Viewer) -> QuerySet[Any, Any]:
    asked = Notice.objects.visible_to(viewer).filter(kind=NoticeKind.MAY_SHARE)
    lines = _askable(viewer).filter(pk__in=asked.values("subject"))
    return lines.order_by("-delivered_at", "-pk").values_list("pk")


def _askable(viewer: Viewer) -> GuardedQuerySet[OrderLine]:
    shown = Share.objects.visible_to(viewer).filter(author=viewer.person_id, kind=ShareKind.PURCHASE)
    lines = OrderLine.objects.visible_to(viewer).filter(
        buyer=viewer.person_id, delivered_at__isnull=False, is_gift=False, listing__category__sensitive=False
    )
    gone = (LineStatus.CANCELLED, LineStatus.REFUNDED)
    return lines.exclude(status__in=gone).exclude(pk__in=shown.filter(line__isnull=False).values("line"))
