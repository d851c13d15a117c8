"""What is said under a post, in threads, as one viewer may read it.

Where a thread began with words that the viewer may not see, but somebody whom they see has answered,
the place is empty: the same whether it was removed or is by somebody they know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from kith.audience.outside import is_by_somebody_seen
from kith.core.errors import NotThere
from kith.core.guard import GuardedQuerySet, Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.detectors.risk import risk_of
from kith.strangers.models import Persona, Post, PostComment
from kith.strangers.queries.cards import CAREFUL, SEEN, PhotoRef, is_speaking, photos_on
from kith.strangers.queries.personas import PersonaFace, faces_outside

PLACES = "an empty place is kept for answers that the viewer may see; nothing is told of who left it"
FIRST = 3
"""So many answers stand under each comment; the others are a page of their own."""


@dataclass(frozen=True, slots=True)
class CommentCard:
    """`author` is None in an empty place: nothing is told of it but that it is there."""

    id: int
    author: PersonaFace | None
    text: str
    when: datetime | None
    photos: tuple[PhotoRef, ...]
    answers: str
    """The name of whom it answers within a thread, if the viewer may see them; else ""."""
    is_mine: bool
    can_remove: bool
    can_greet: bool
    careful: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    comment: CommentCard
    answers: tuple[CommentCard, ...]
    """The first three that the viewer may see."""
    more: int
    """How many others they may see."""
    next: str | None
    """Where `answers` goes on with them."""


def threads(viewer: Viewer, *, post_id: int, cursor: str | None = None, size: int = 20) -> Page[Thread]:
    """What the viewer may read under a post, the oldest thread first.

    :raises NotThere: the viewer may not see the post. :raises BadCursor: not one of such a list.
    """
    _require_seen(viewer, post_id)
    visible = _under(viewer, post_id)
    roots = _places(visible).filter(post=post_id)
    shown, more = _page(roots, cursor, size)
    ids = [root.pk for root in shown]
    seen = set(visible.filter(pk__in=ids).values_list("pk", flat=True))
    first, numbers = _first_answers(visible, ids)
    cards = _cards(viewer, visible, [*(root for root in shown if root.pk in seen), *first])
    below: dict[int, list[PostComment]] = defaultdict(list)
    for answer in first:
        below[answer.root_id or 0].append(answer)
    return Page(tuple(_thread(root, below[root.pk], numbers.get(root.pk, 0), cards) for root in shown), more)


def answers(
    viewer: Viewer, *, comment_id: int, cursor: str | None = None, size: int = 50
) -> Page[CommentCard]:
    """The answers in one thread that the viewer may see, the oldest first.

    :param comment_id: the comment that began it, or the empty place of one.
    :raises NotThere: no such thread, or nothing of it that the viewer may see.
    """
    root = _places(PostComment.objects.visible_to(viewer)).filter(pk=comment_id).first()
    if root is None:
        raise NotThere
    visible = _under(viewer, root.post_id)
    shown, more = _page(visible.filter(root=root.pk), cursor, size)
    cards = _cards(viewer, visible, shown)
    return Page(tuple(cards[answer.pk] for answer in shown if answer.pk in cards), more)


def get_comment(viewer: Viewer, *, comment_id: int) -> tuple[CommentCard, int]:
    """One comment, and the id of its post. :raises NotThere: the viewer may not see it."""
    found = PostComment.objects.visible_to(viewer).filter(pk=comment_id).first()
    if found is None:
        raise NotThere
    card = _cards(viewer, _under(viewer, found.post_id), [found]).get(found.pk)
    if card is None:
        raise NotThere
    return card, found.post_id


def _require_seen(viewer: Viewer, post_id: int) -> None:
    if not Post.objects.visible_to(viewer).filter(pk=post_id).exists():
        raise NotThere


def _under(viewer: Viewer, post_id: int) -> GuardedQuerySet[PostComment]:
    """What the viewer may see of what is said under a post that they have been let see."""
    seen = is_by_somebody_seen(personas=Persona.objects.visible_to(viewer))
    return PostComment.objects.unguarded(SEEN).filter(seen, post=post_id, removed_at=None)


def _places(visible: GuardedQuerySet[PostComment]) -> GuardedQuerySet[PostComment]:
    """The comments that began a thread of which the viewer may see something."""
    seen = Exists(visible.filter(pk=OuterRef("pk")))
    answered = Exists(visible.filter(root=OuterRef("pk")))
    return PostComment.objects.unguarded(PLACES).filter(seen | answered, root=None)


def _page(
    rows: GuardedQuerySet[PostComment], cursor: str | None, size: int
) -> tuple[list[PostComment], str | None]:
    if cursor:
        at, pk = read_place(cursor)
        rows = rows.filter(Q(at__gt=at) | Q(at=at, pk__gt=pk), at__gte=at)
    found = list(rows.order_by("at", "pk")[: size + 1])
    shown = found[:size]
    return shown, _place(shown[-1]) if len(found) > size else None


def _place(comment: PostComment) -> str:
    return write_cursor(comment.at.isoformat(), comment.pk)


def _first_answers(
    visible: GuardedQuerySet[PostComment], roots: Collection[int]
) -> tuple[list[PostComment], dict[int, int]]:
    """The first answers of each thread, and how many there are in all."""
    rows = visible.filter(root__in=roots)
    counted = rows.order_by().values_list("root").annotate(Count("pk"))
    numbered = rows.annotate(
        turn=Window(RowNumber(), partition_by=F("root"), order_by=[F("at").asc(), F("pk").asc()])
    )
    return list(numbered.filter(turn__lte=FIRST).order_by("at", "pk")), dict(counted)


def _thread(
    root: PostComment, below: Sequence[PostComment], number: int, cards: dict[int, CommentCard]
) -> Thread:
    rest = number - len(below)
    return Thread(
        comment=cards.get(root.pk) or _empty(root.pk),
        answers=tuple(cards[answer.pk] for answer in below if answer.pk in cards),
        more=rest,
        next=_place(below[-1]) if rest else None,
    )


def _empty(comment_id: int) -> CommentCard:
    return CommentCard(
        id=comment_id, author=None, text="", when=None, photos=(), answers="", is_mine=False,
        can_remove=False, can_greet=False, careful=(),
    )  # fmt: skip


def _cards(
    viewer: Viewer, visible: GuardedQuerySet[PostComment], comments: Sequence[PostComment]
) -> dict[int, CommentCard]:
    """Four queries, however many comments, all of which the viewer may see.

    :param visible: what they may see under the same post.
    """
    ids = [comment.pk for comment in comments]
    speaks = is_speaking(viewer)
    photos = photos_on(comment__in=ids)
    answered = _authors_answered(visible, comments)
    faces = faces_outside(viewer, {comment.author_id for comment in comments} | set(answered.values()))
    return {
        comment.pk: _card(viewer, comment, faces[comment.author_id], photos[comment.pk],
                          _name(faces.get(answered.get(comment.answers_id or 0, 0))), speaks=speaks)
        for comment in comments
        if comment.author_id in faces
    }  # fmt: skip


def _authors_answered(
    visible: GuardedQuerySet[PostComment], comments: Iterable[PostComment]
) -> dict[int, int]:
    """Who said what is answered within a thread, by comment; only what the viewer may see."""
    ids = {one.answers_id for one in comments if one.answers_id is not None and one.answers_id != one.root_id}
    return dict(visible.filter(pk__in=ids).values_list("pk", "author"))


def _name(face: PersonaFace | None) -> str:
    return face.name if face else ""


def _card(
    viewer: Viewer,
    comment: PostComment,
    author: PersonaFace,
    photos: Sequence[PhotoRef],
    answers_whom: str,
    *,
    speaks: bool,
) -> CommentCard:
    return CommentCard(
        id=comment.pk,
        author=author,
        text=comment.text,
        when=comment.at,
        photos=tuple(photos),
        answers=answers_whom,
        is_mine=author.is_me,
        can_remove=viewer.person_id in (comment.author_id, comment.post_author_id),
        can_greet=speaks and not author.is_me,
        careful=risk_of(comment.text).reasons if comment.risk >= CAREFUL else (),
    )
