"""What is said under a share, as one viewer may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.sharing.models import Comment, Share
from kith.ties.queries import Face, faces


@dataclass(frozen=True, slots=True)
class CommentCard:
    id: int
    author: Face
    text: str
    at: datetime
    is_mine: bool
    can_delete: bool


def comments_of(
    viewer: Viewer, *, share_id: int, cursor: str | None = None, size: int = 50
) -> Page[CommentCard]:
    """What the viewer may read under a share, oldest first.

    :raises NotThere: the viewer may not see the share.
    """
    share = Share.objects.visible_to(viewer).filter(pk=share_id).first()
    if share is None:
        raise NotThere
    rows = Comment.objects.visible_to(viewer).filter(share=share).order_by("at", "pk")
    if cursor:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(at__gt=instant) | Q(at=instant, pk__gt=after))
    found = list(rows[: size + 1])
    shown = found[:size]
    more = write_cursor(shown[-1].at.isoformat(), shown[-1].pk) if len(found) > size else None
    return Page(comment_cards(viewer, shown), more)


def comment_cards(viewer: Viewer, comments: list[Comment]) -> tuple[CommentCard, ...]:
    known = faces(viewer, {comment.author_id for comment in comments})
    return tuple(
        CommentCard(
            id=comment.pk,
            author=known[comment.author_id],
            text=comment.text,
            at=comment.at,
            is_mine=known[comment.author_id].is_me,
            can_delete=viewer.is_known and viewer.person_id in (comment.author_id, comment.share_author_id),
        )
        for comment in comments
    )
