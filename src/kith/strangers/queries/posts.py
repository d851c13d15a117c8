"""Single posts, somebody's posts, and what the viewer has written themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kith.core import fulltext
from kith.core.errors import NotThere
from kith.core.guard import Side, Viewer
from kith.core.paging import BadCursor, Page, read_cursor, write_cursor
from kith.people.regions import province_of
from kith.strangers.models import Persona, Post, Topic, TopicFollow
from kith.strangers.queries.cards import PostCard, Why, post_cards
from kith.strangers.queries.home import listed, page_by_time
from kith.strangers.search import INDEX, SHOWN

NOBODYS = -1
"""An id that no person has: of somebody who knows nobody."""
BATCH = 100
MOST_BATCHES = 5
"""So many hits are looked through for one page of a search."""


def get_post(viewer: Viewer, *, post_id: int) -> PostCard:
    """:raises NotThere: no such post, or the viewer may not see it."""
    seen = Post.objects.visible_to(viewer).filter(pk=post_id).exists()
    cards = post_cards(viewer, [post_id] if seen else [], listing="post")
    if not cards:
        raise NotThere
    return cards[0]


def posts_of(viewer: Viewer, *, persona_id: int, cursor: str | None = None, size: int = 20) -> Page[PostCard]:
    """What a persona has posted, the newest first.

    :raises NotThere: no such persona, or the viewer may not see it.
    """
    persona = Persona.objects.visible_to(viewer).filter(pk=persona_id).first()
    if persona is None:
        raise NotThere
    rows = listed(viewer).filter(author=persona.person_id)
    return page_by_time(viewer, rows, cursor, size, listing="author")


def my_posts(viewer: Viewer, *, cursor: str | None = None, size: int = 20) -> Page[PostCard]:
    """All that the viewer has posted, also what is withdrawn or hidden."""
    rows = Post.objects.visible_to(viewer).filter(author=viewer.person_id)
    return page_by_time(viewer, rows, cursor, size, listing="mine")


def count_my_posts(viewer: Viewer, *, most: int) -> int:
    """How many posts the viewer has, shown or not, counted up to `most`."""
    mine = Post.objects.visible_to(viewer).filter(author=viewer.person_id)
    return mine.order_by()[:most].count()


def my_posts_as_stranger(
    viewer: Viewer, *, region: str = "", near: bool = False, cursor: str | None = None, size: int = 20
) -> Page[PostCard]:
    """The viewer's posts as they are shown to somebody from a region who knows nobody.

    Which posts these are is asked of the rule for such a stranger. What is counted is what the
    viewer sees as well: else the difference would tell them who has hidden from them.

    :param region: code of a province or a city. :param near: only what stands under Near there.
    """
    if viewer.person_id is None or not viewer.outside_open:
        return Page(())
    stranger = Viewer(NOBODYS, viewer.now, viewer.inside, Side.OPEN, viewer.let_in)
    province = province_of(region) if region else ""
    shown = Post.objects.visible_to(stranger).filter(SHOWN, author=viewer.person_id)
    rows = Post.objects.visible_to(viewer).filter(pk__in=shown.values("pk"))
    if near:
        rows = rows.filter(province=province or None)
    page = page_by_time(viewer, rows, cursor, size, listing="mine")
    return Page(tuple(_as_strangers_see_it(card, viewer, province) for card in page.items), page.next)


def _as_strangers_see_it(card: PostCard, viewer: Viewer, province: str) -> PostCard:
    is_near = bool(province and card.region) and province_of(card.region) == province
    talk = Why("talk", number=card.people) if card.people else Why("waiting")
    return replace(
        card,
        author=replace(card.author, is_me=False),
        is_mine=False,
        following=False,
        can_like=True,
        can_greet=True,
        can_comment=card.who_comments == "all",
        why_not={"all": "", "posters": "posters-only", "none": "closed"}[card.who_comments],  # type: ignore[arg-type]
        why=Why("near") if is_near else talk,
    )


@dataclass(frozen=True, slots=True)
class TopicCard:
    code: str
    name: str
    closed: bool
    followed: bool


def topics(viewer: Viewer) -> tuple[TopicCard, ...]:
    """All topics in their order, and which of them the viewer follows."""
    mine = set(TopicFollow.objects.visible_to(viewer).values_list("topic", flat=True))
    return tuple(
        TopicCard(topic.pk, topic.name, topic.closed, topic.pk in mine)
        for topic in Topic.objects.order_by("position", "code")
    )


# --- Finding ------------------------------------------------------------------------


def search_posts(viewer: Viewer, *, query: str, cursor: str | None = None, size: int = 20) -> Page[PostCard]:
    """Find posts that hold all the words of a query, best first; of what the viewer may see.

    A Chinese word of three characters or more that nothing visible holds as it stands is looked for by
    its characters. A page may be short while there is more: 500 hits are looked through for it.

    :raises BadCursor: not one of a search.
    """
    loosely, after = _read_hit(cursor)
    found, last = _find(viewer, fulltext.terms(query, loosely=loosely), after, size)
    if not found and cursor is None:
        loosely = True
        found, last = _find(viewer, fulltext.terms(query, loosely=True), None, size)
    more = write_cursor("found", loosely, last.score, last.id) if last else None
    return Page(post_cards(viewer, found, listing="found"), more)


def _find(
    viewer: Viewer, wanted: fulltext.Terms, after: fulltext.Hit | None, size: int
) -> tuple[list[int], fulltext.Hit | None]:
    """Posts that the viewer may see among the hits, and the hit to go on behind; None: that was all."""
    found: list[int] = []
    for _turn in range(MOST_BATCHES):
        hits = fulltext.find(INDEX, wanted, limit=BATCH, after=after)
        listing = listed(viewer).filter(pk__in=[hit.id for hit in hits]).values_list("pk", flat=True)
        seen = set(listing) if hits else set()
        for number, hit in enumerate(hits, start=1):
            after = hit
            if hit.id in seen:
                found.append(hit.id)
            if len(found) == size:
                return found, hit if number < len(hits) or len(hits) == BATCH else None
        if len(hits) < BATCH:
            return found, None
    return found, after


def _read_hit(cursor: str | None) -> tuple[bool, fulltext.Hit | None]:
    if cursor is None:
        return False, None
    try:
        name, loosely, score, pk = read_cursor(cursor)
        if name == "found":
            return bool(loosely), fulltext.Hit(int(pk), float(score))
    except (TypeError, ValueError):
        pass
    raise BadCursor("this cursor is not one of a search")
