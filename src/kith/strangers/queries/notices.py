"""What a viewer is told outside: each notice only while what it points to can still be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from kith.core.guard import GuardedQuerySet, Side, Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.notices.models import OUTSIDE, Notice, NoticeKind
from kith.notices.services import mark_read
from kith.strangers.exchanges import WISH_LIFE
from kith.strangers.models import Exchange, Letter, Post, PostComment
from kith.strangers.queries.letters import SEEN_BEFORE
from kith.strangers.queries.personas import PersonaFace, faces_outside

MOST = 100
"""Notices beyond the newest hundred unread are not counted."""


@dataclass(frozen=True, slots=True)
class OutsideNotice:
    id: int
    kind: str
    actor: PersonaFace | None
    at: datetime
    is_read: bool
    post_id: int | None
    """The post to open, for what happened under one, or to it."""
    comment_id: int | None
    exchange_id: int | None
    """The letters to open."""
    words: str
    """The comment's, the greeting's, the last letter's or the post's; "" where there are none."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a notice points to, as far as its recipient may see it."""

    words: str = ""
    post_id: int | None = None
    comment_id: int | None = None
    exchange_id: int | None = None


_Find = Callable[[Viewer, set[int]], dict[int, Target]]
"""Of ids of one kind of thing: what the viewer may see of each."""


def outside_notices(viewer: Viewer, *, cursor: str | None = None, size: int = 30) -> Page[OutsideNotice]:
    """What the viewer is told, newest first. A page may be short: what is gone is left out."""
    rows = _told_outside(viewer).order_by("-at", "-pk")
    if cursor:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(at__lt=instant) | Q(at=instant, pk__lt=after))
    found = list(rows[: size + 1])
    shown = found[:size]
    alive = _alive(viewer, shown)
    known = faces_outside(viewer, {notice.actor_id for notice, _ in alive if notice.actor_id is not None})
    items = tuple(_card(notice, target, known) for notice, target in alive)
    more = write_cursor(shown[-1].at.isoformat(), shown[-1].pk) if len(found) > size else None
    return Page(items, more)


def unread_outside(viewer: Viewer) -> int:
    """How many unread notices point to something the viewer may still see, at most 100.

    Greetings and letters are not among them: `unread_letters` counts these.
    """
    told = _told_outside(viewer).exclude(kind__in=[NoticeKind.GREETING, NoticeKind.LETTER])
    unread = told.filter(read_at=None).order_by("-at", "-pk")[:MOST]
    return len(_alive(viewer, list(unread)))


def mark_outside_notices_read(viewer: Viewer) -> None:
    """Mark all that the viewer has been told outside as read."""
    mark_read(viewer, outside=True)


def _told_outside(viewer: Viewer) -> GuardedQuerySet[Notice]:
    told = Notice.objects.visible_to(viewer).filter(kind__in=OUTSIDE)
    return told if viewer.is_known and viewer.outside > Side.SHUT else told.none()


def _card(notice: Notice, target: Target, known: dict[int, PersonaFace]) -> OutsideNotice:
    return OutsideNotice(
        id=notice.pk,
        kind=notice.kind,
        actor=known.get(notice.actor_id or 0),
        at=notice.at,
        is_read=notice.read_at is not None,
        post_id=target.post_id,
        comment_id=target.comment_id,
        exchange_id=target.exchange_id,
        words=target.words,
    )


def _alive(viewer: Viewer, notices: Collection[Notice]) -> list[tuple[Notice, Target]]:
    """Of these notices those that point to what the viewer may see. One query for each kind of thing."""
    subjects: dict[_Find, set[int]] = defaultdict(set)
    for notice in notices:
        subjects[_FIND[NoticeKind(notice.kind)]].add(notice.subject)
    targets = {find: find(viewer, wanted) for find, wanted in subjects.items()}
    found = ((notice, targets[_FIND[NoticeKind(notice.kind)]].get(notice.subject)) for notice in notices)
    return [(notice, target) for notice, target in found if target is not None]


def _comments(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    rows = PostComment.objects.visible_to(viewer).filter(pk__in=ids)
    return {row.pk: Target(row.text, post_id=row.post_id, comment_id=row.pk) for row in rows}


def _hidden_posts(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    rows = Post.objects.visible_to(viewer).filter(
        pk__in=ids, author=viewer.person_id, hidden_at__isnull=False
    )
    return {row.pk: Target(row.text, post_id=row.pk) for row in rows}


def _greetings(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    rows = Exchange.objects.visible_to(viewer).filter(greeted=viewer.person_id, answered_at=None)
    return _last_words(viewer, rows.filter(pk__in=ids))


def _letters(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    return _last_words(
        viewer, Exchange.objects.visible_to(viewer).filter(pk__in=ids, answered_at__isnull=False)
    )


def _last_words(viewer: Viewer, exchanges: GuardedQuerySet[Exchange]) -> dict[int, Target]:
    """The last that the other wrote in each; one in which nothing of theirs stands has nothing to tell."""
    theirs = Letter.objects.unguarded(SEEN_BEFORE).filter(exchange=OuterRef("pk"))
    theirs = theirs.exclude(author=viewer.person_id or 0).order_by("-at", "-pk")
    rows = exchanges.annotate(words=Subquery(theirs.values("text")[:1])).filter(words__isnull=False)
    return {pk: Target(words, exchange_id=pk) for pk, words in rows.values_list("pk", "words")}


def _wishes(viewer: Viewer, ids: set[int]) -> dict[int, Target]:
    """Wishes of the other's that still count."""
    since = viewer.now - WISH_LIFE
    theirs = Q(starter=viewer.person_id, greeted_wishes__gt=since) | Q(
        greeted=viewer.person_id, starter_wishes__gt=since
    )
    rows = Exchange.objects.visible_to(viewer).filter(theirs, pk__in=ids)
    return {pk: Target(exchange_id=pk) for pk in rows.values_list("pk", flat=True)}


_FIND: dict[NoticeKind, _Find] = {
    NoticeKind.POST_COMMENT: _comments,
    NoticeKind.POST_ANSWER: _comments,
    NoticeKind.POST_FOLLOWED: _comments,
    NoticeKind.POST_HIDDEN: _hidden_posts,
    NoticeKind.GREETING: _greetings,
    NoticeKind.LETTER: _letters,
    NoticeKind.WISH: _wishes,
}
