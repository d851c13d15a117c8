"""The lists of the home page: Hot, New, Near, and the topics that somebody follows.

Each list is one walk along an index, past what the viewer may not see, and costs the same number of
queries whatever there is and whomever it leaves out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kith.core.compiled import Nested, compiled
from kith.core.guard import GuardedQuerySet, Viewer
from kith.core.paging import BadCursor, Page, read_cursor, read_place, write_cursor
from kith.people.models import Person
from kith.people.regions import province_of
from kith.strangers.models import Post, PostFollow, TopicFollow
from kith.strangers.queries.cards import NEW, Listing, PostCard, own_region, post_cards
from kith.strangers.search import SHOWN

FIRST = 20
"""So many posts under Hot are arranged, however large the pages they stand on. A cursor holds their ids."""
MOST_OF_ONE = 2
"""Posts of one author among these."""
EVERY = 5
"""Each fifth place of theirs is kept for what is new."""
LOOK_AHEAD = 4
"""So many times as many are looked through for the first, should few authors have written most of it."""


def hot(
    viewer: Viewer, *, topic: str | None = None, cursor: str | None = None, size: int = 20
) -> Page[PostCard]:
    """What people talk about most (docs/explanation/hot.md).

    Of the first twenty at most two are of one author, and each fifth place is for one of the last 48
    hours that would not be there yet. What this puts off comes next: the cursor remembers which are
    the first, and behind them the order is that of rank alone.

    :param topic: only posts about it.
    :param size: the most on a page. The first twenty are on pages of their own.
    :raises BadCursor: not one of this list.
    """
    if cursor is None:
        place = _arranged(viewer, topic)
        return _page_of_first(viewer, place, place.waiting[:size], size)
    place = _read_hot(cursor)
    if not place.waiting:
        return _by_rank(viewer, topic, place, size)
    seen = {row.pk for row in _seen(viewer, topic, posts=place.waiting[:size])}
    return _page_of_first(viewer, place, [pk for pk in place.waiting[:size] if pk in seen], size)


def newest(
    viewer: Viewer, *, topic: str | None = None, cursor: str | None = None, size: int = 20
) -> Page[PostCard]:
    """What was posted last. :raises BadCursor: not one of such a list."""
    return page_by_time(viewer, listed(viewer, topic=topic), cursor, size, listing="newest")


def near(viewer: Viewer, *, cursor: str | None = None, size: int = 20) -> Page[PostCard]:
    """What was posted last from the province of the viewer's persona; nothing if it names no region."""
    region = own_region(viewer)
    if not region:
        return Page(())
    rows = listed(viewer).filter(province=province_of(region))
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
    found = list(rows.order_by("-created_at", "-pk").values_list("pk", "created_at")[: size + 1])
    page = found[:size]
    more = write_cursor(page[-1][1].isoformat(), page[-1][0]) if len(found) > size else None
    return Page(post_cards(viewer, [pk for pk, _ in page], listing=listing), more)


# --- Hot ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    id: int
    author: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list, from which on a page is taken."""

    first: Sequence[int]
    """The posts that were arranged."""
    waiting: Sequence[int]
    """Those of them that no page has shown yet."""
    new: Collection[int]
    """Those of them that stand there because they are new."""
    more: bool
    """Whether others come behind them."""
    behind: tuple[float, int] | None = None
    """Rank and id of the last one that stood there by its rank; None: none has yet."""

    @property
    def below(self) -> Q:
        if self.behind is None:
            return Q()
        rank, pk = self.behind
        return Q(Q(rank__lt=rank) | Q(rank=rank, pk__lt=pk), rank__lte=rank)

    def after(self, *, waiting: Sequence[int] = (), behind: tuple[float, int] | None = None) -> str:
        """The cursor behind a page. :param behind: of the last one on it, if it stands there by its rank."""
        first, new = list(self.first), list(self.new)
        return write_cursor("hot", first, list(waiting), new, self.more, behind or self.behind)


def _arranged(viewer: Viewer, topic: str | None) -> Place:
    most = LOOK_AHEAD * FIRST
    found = next(iter(_candidates(viewer, topic, since=viewer.now - NEW, most=most)), None)
    hottest, lately = ([Candidate(*row) for row in some] for some in found or ((), ()))
    order, new = arrange(hottest, lately, size=FIRST)
    return Place(order, order, new, more=len(hottest) == most or len(order) < len(hottest))


@compiled(fixed=["most"], outside=True)
def _candidates(viewer: Viewer, topic: str | None, since: datetime, most: int) -> QuerySet[Any, Any]:
    """One row for two lists: the first by rank, and what was posted since, the newest first."""
    rows = listed(viewer, topic=topic)
    hottest = rows.order_by("-rank", "-pk").values("id", "author_id")[:most]
    lately = rows.filter(created_at__gt=since).order_by("-created_at", "-pk").values("id", "author_id")[:most]
    viewers = Person.objects.filter(Q(pk=viewer.person_id))
    both: QuerySet[Any, Any] = viewers.annotate(hottest=Nested(hottest), lately=Nested(lately))
    return both.values_list("hottest", "lately")


@compiled(outside=True)
def _seen(viewer: Viewer, topic: str | None, posts: Collection[int]) -> QuerySet[Any, Any]:
    """Those that are still listed of posts which a cursor names."""
    return listed(viewer, topic=topic).filter(pk__among=posts).values_list("pk")


def _page_of_first(viewer: Viewer, place: Place, seen: Sequence[int], size: int) -> Page[PostCard]:
    """:param seen: those of its first `size` that the viewer has just been found to see."""
    waiting = place.waiting[size:]
    more = place.after(waiting=waiting) if waiting or place.more else None
    return Page(post_cards(viewer, seen, listing="hot", new=place.new), more)


def _by_rank(viewer: Viewer, topic: str | None, place: Place, size: int) -> Page[PostCard]:
    rows = listed(viewer, topic=topic).filter(place.below).exclude(pk__in=place.first)
    found = list(rows.order_by("-rank", "-pk").values_list("rank", "pk")[: size + 1])
    page = found[:size]
    more = place.after(behind=page[-1]) if len(found) > size else None
    return Page(post_cards(viewer, [pk for _, pk in page], listing="hot"), more)


def arrange(
    hottest: Sequence[Candidate], lately: Sequence[Candidate], *, size: int
) -> tuple[list[int], set[int]]:
    """Choose the first of Hot, at most `size`, and say which of them stand there because they are new.

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


def _read_hot(cursor: str) -> Place:
    try:
        name, *lists, more, behind = read_cursor(cursor)
        first, waiting, new = ([int(one) for one in some] for some in lists)
        at = None if behind is None else (float(behind[0]), int(behind[1]))
        place = Place(first, waiting, new, more=bool(more), behind=at)
    except (IndexError, TypeError, ValueError):
        raise BadCursor("this cursor is not one of this list") from None
    if name != "hot":
        raise BadCursor("this cursor is not one of this list")
    return place
