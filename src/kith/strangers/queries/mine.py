"""All that the viewer has written outside, also what nobody else sees any more.

It can be read as long as the channel is not switched off: also while it is being wound down, and by
somebody to whom it is not open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from kith.core.errors import NotThere
from kith.core.guard import GuardedQuerySet, Side, Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.strangers.models import Letter, OutsidePhoto, Post, PostComment

OWN = "one's own words are one's own, wherever they stand and whoever sees them"
KINDS = ("post", "comment", "letter")


@dataclass(frozen=True, slots=True)
class Written:
    """Something that the viewer wrote.

    `state`: shown; withdrawn (by its author) or hidden (by the shop's staff), of posts; removed, of
    comments. `on` is the id of the post that a comment stands under, or of the exchange that a letter
    is in.
    """

    kind: str
    id: int
    text: str
    at: datetime
    state: str
    on: int | None
    photos: tuple[int, ...]


def my_writing(viewer: Viewer, *, kind: str, cursor: str | None = None, size: int = 30) -> Page[Written]:
    """What the viewer has written outside of one kind, newest first.

    :param kind: post, comment or letter.
    :raises NotThere: no such kind.
    """
    if kind not in KINDS:
        raise NotThere
    if viewer.person_id is None or viewer.outside == Side.SHUT:
        return Page(())
    rows = _ROWS[kind](viewer)
    if cursor:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(written__lt=instant) | Q(written=instant, pk__lt=after))
    found = list(rows.order_by("-written", "-pk")[: size + 1])
    shown = found[:size]
    photos = _photos(viewer, kind, [row.pk for row in shown])
    more = write_cursor(shown[-1].written.isoformat(), shown[-1].pk) if len(found) > size else None
    return Page(tuple(_written(kind, row, photos) for row in shown), more)


def get_my_letter(viewer: Viewer, *, letter_id: int) -> Written:
    """A letter that the viewer wrote, before they erase it.

    :raises NotThere: it is not theirs, or the channel is switched off.
    """
    mine = _letters(viewer) if viewer.is_known and viewer.outside > Side.SHUT else None
    letter = mine.filter(pk=letter_id).first() if mine is not None else None
    if letter is None:
        raise NotThere
    return _written("letter", letter, _photos(viewer, "letter", [letter_id]))


def _posts(viewer: Viewer) -> GuardedQuerySet[Any]:
    return Post.objects.visible_to(viewer).filter(author=viewer.person_id).annotate(written=F("created_at"))


def _comments(viewer: Viewer) -> GuardedQuerySet[Any]:
    mine = PostComment.objects.unguarded(OWN).filter(author=viewer.person_id)
    return mine.exclude(text="", removed_at__isnull=False).annotate(written=F("at"))


def _letters(viewer: Viewer) -> GuardedQuerySet[Any]:
    return Letter.objects.unguarded(OWN).filter(author=viewer.person_id).annotate(written=F("at"))


_ROWS: Mapping[str, Callable[[Viewer], GuardedQuerySet[Any]]] = {
    "post": _posts,
    "comment": _comments,
    "letter": _letters,
}


_ON = {"comment": "post_id", "letter": "exchange_id"}


def _photos(viewer: Viewer, kind: str, ids: Collection[int]) -> Mapping[int, tuple[int, ...]]:
    rows = OutsidePhoto.objects.unguarded(OWN).filter(author=viewer.person_id, **{f"{kind}__in": ids})
    hung: dict[int, list[int]] = defaultdict(list)
    for on, photo in rows.order_by("position", "pk").values_list(kind, "photo"):
        hung[on].append(photo)
    return {on: tuple(photos) for on, photos in hung.items()}


def _written(kind: str, row: Any, photos: Mapping[int, tuple[int, ...]]) -> Written:
    return Written(
        kind=kind,
        id=row.pk,
        text=row.text,
        at=row.written,
        state=_state(row),
        on=getattr(row, _ON[kind]) if kind in _ON else None,
        photos=photos.get(row.pk, ()),
    )


def _state(row: Post | PostComment | Letter) -> str:
    if isinstance(row, Post):
        return "hidden" if row.hidden_at else "withdrawn" if row.withdrawn_at else "shown"
    return "removed" if isinstance(row, PostComment) and row.removed_at else "shown"
