"""The lists of the home page: Hot, New, Near, and the topics that somebody follows.

Each list is one walk along an index, past what the viewer may not see, and costs the same number of
queries whatever there is and whomever it leaves out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from kith.core.guard import GuardedQuerySet, Viewer
from kith.core.paging import BadCursor, Page, read_cursor, read_place, write_cursor
from kith.people.regions import province_of
from kith.strangers.models import Post, PostFollow, TopicFollow
from kith.strangers.queries.cards import NEW, SEEN, Listing, PostCard, own_persona, post_cards
from kith.strangers.search import SHOWN

MOST_OF_ONE = 2
"""Posts of one author on the first page of Hot."""
EVERY = 5
"""Each fifth place of that page is kept for what is new."""
LOOK_AHEAD = 4
"""So many pages are looked through for the first one, should few authors have written most of it."""


def hot(
    viewer: Viewer, *, topic: str | None = None, cursor: str | None = None, size: int = 20
) -> Page[PostCard]:
    """What people talk about most (docs/explanation/hot.md).

    On the first page at most two posts are of one author, and each fifth place is for one of the last 48
    hours that would not be there yet. What this puts off comes first on the next page: the
    cursor remembers what the first has shown, and from there on the order is that of rank alone.

    :param topic: only posts about it.
    :raises BadCursor: not one of this list.
    """
    rows = listed(viewer, topic=topic)
    if cursor is None:
        return _first_page(viewer, rows, size)
    below, shown = _read_hot(cursor)
    ranked = rows.filter(below).exclude(pk__in=shown).order_by("-rank", "-pk")
    found = list(ranked.select_related("topic")[: size + 1])
    page = found[:size]
    more = write_cursor("hot", page[-1].rank, page[-1].pk, shown) if len(found) > size else None
    return Page(post_cards(viewer, page, listing="hot"), more)


def newest(
    viewer: Viewer, *, topic: str | None = None, cursor: str | None = None, size: int = 20
) -> Page[PostCard]:
    """What was posted last. :raises BadCursor: not one of such a list."""
    return page_by_time(viewer, listed(viewer, topic=topic), cursor, size, listing="newest")


def near(viewer: Viewer, *, cursor: str | None = None, size: int = 20) -> Page[PostCard]:
    """What was posted last from the province of the viewer's persona; nothing if it names no region."""
    persona = own_persona(viewer)
    if persona is None or not persona.region:
        return Page(())
    rows = listed(viewer).filter(province=province_of(persona.region))
    return page_by_time(viewer, rows, cursor, size, listing="near")


def followed(viewer: Viewer, *, cursor: str | None = None, size: int = 20) -> Page[PostCard]:
    """What was posted last about the topics that the viewer follows."""
    topics = TopicFollow.objects.visible_to(viewer).values("topic")
    return page_by_time(viewer, listed(viewer).filter(topic__in=topics), cursor, size, listing="followed")


def listed(viewer: Viewer, *, topic: str | None = None) -> GuardedQuerySet[Post]:
    """What stands in lists: what the viewer may see, is shown, and was not put away by them."""
    away = PostFollow.objects.visible_to(viewer).filter(post=OuterRef("pk"), away=True)
    rows = Post.objects.visible_to(viewer).filter(SHOWN, ~Exists(away))
    return rows if topic is None else rows.filter(topic=topic)


def page_by_time(
    viewer: Viewer, rows: GuardedQuerySet[Post], cursor: str | None, size: int, *, listing: Listing
) -> Page[PostCard]:
    """A page of posts, the newest first."""
    if cursor:
        at, pk = read_place(cursor)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk), created_at__lte=at)
    found = list(rows.order_by("-created_at", "-pk").select_related("topic")[: size + 1])
    page = found[:size]
    more = write_cursor(page[-1].created_at.isoformat(), page[-1].pk) if len(found) > size else None
    return Page(post_cards(viewer, page, listing=listing), more)


# --- Hot ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    id: int
    author: int


def _first_page(viewer: Viewer, rows: GuardedQuerySet[Post], size: int) -> Page[PostCard]:
    most = LOOK_AHEAD * size
    hottest = _candidates(rows.order_by("-rank", "-pk"), most)
    lately = rows.filter(created_at__gt=viewer.now - NEW).order_by("-created_at", "-pk")
    order, new = arrange(hottest, _candidates(lately, most), size=size)
    posts = Post.objects.unguarded(SEEN).select_related("topic").in_bulk(order)
    cards = post_cards(viewer, [posts[pk] for pk in order if pk in posts], listing="hot", new=new)
    more = len(hottest) == most or len(order) < len(hottest)
    return Page(cards, write_cursor("hot", None, 0, order) if more else None)


def _candidates(rows: GuardedQuerySet[Post], most: int) -> list[Candidate]:
    return [Candidate(*row) for row in rows.values_list("pk", "author")[:most]]


def arrange(
    hottest: Sequence[Candidate], lately: Sequence[Candidate], *, size: int
) -> tuple[list[int], set[int]]:
    """Choose the first page of Hot, and say which of it stands there because it is new.

    :param hottest: in the order of rank. :param lately: what is new, the newest first.
    """
    taken: dict[int, Candidate] = {}
    of_one: Counter[int] = Counter()

    def take(some: Iterable[Candidate], number: int) -> list[int]:
        chosen: list[int] = []
        for one in some:
            if len(chosen) < number and one.id not in taken and of_one[one.author] < MOST_OF_ONE:
                taken[one.id] = one
                of_one[one.author] += 1
                chosen.append(one.id)
        return chosen

    room = size // EVERY
    first = take(hottest, size - room)
    new = take(lately, room)
    rest = [*first, *take(hottest, size - len(first) - len(new))]
    return _interleave(rest, new), set(new)


def _interleave(rest: Sequence[int], new: Sequence[int]) -> list[int]:
    """Put what is new in every fifth place, as long as there is some, and the rest around it."""
    order: list[int] = []
    others, fresh = list(rest), list(new)
    while others or fresh:
        is_kept = (len(order) + 1) % EVERY == 0
        order.append((fresh if fresh and (is_kept or not others) else others).pop(0))
    return order


def _read_hot(cursor: str) -> tuple[Q, Collection[int]]:
    """The condition for what comes behind a cursor, and the ids that were shown before."""
    try:
        name, rank, pk, shown = read_cursor(cursor)
        place = None if rank is None else (float(rank), int(pk))
        before = [int(one) for one in shown]
    except (TypeError, ValueError):
        raise BadCursor("this cursor is not one of this list") from None
    if name != "hot":
        raise BadCursor("this cursor is not one of this list")
    if place is None:
        return Q(), before
    return Q(Q(rank__lt=place[0]) | Q(rank=place[0], pk__lt=place[1]), rank__lte=place[0]), before
