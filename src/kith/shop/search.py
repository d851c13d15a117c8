"""Finding listings by their words: title, merchant and shelf. What is not on sale is not found.

The index holds what is on sale. What has been decided about it since is asked at every search.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kith.core import fulltext
from kith.core.batches import in_batches
from kith.core.guard import Viewer
from kith.core.paging import BadCursor, Page, read_cursor, write_cursor
from kith.core.replica import alias_for
from kith.shop.models import GONE, Category, Listing, ListingHold

INDEX = fulltext.Index("shop_listing_words", ("title", "merchant", "category"))
BATCH = 1000


def search_listings(viewer: Viewer, *, query: str, cursor: str | None = None, size: int = 20) -> Page[int]:
    """Find the ids of listings that hold all the words of a query, best first.

    A Chinese word of three characters or more that is found nowhere as it stands is looked for
    by its characters; the cursor remembers which of the two was found.
    """
    loosely, after = _read_place(cursor)
    using = alias_for(viewer)
    hits = _find(query, loosely=loosely, after=after, size=size, using=using)
    if not hits and cursor is None:
        loosely = True
        hits = _find(query, loosely=True, after=None, size=size, using=using)
    more = len(hits) > size
    hits = hits[:size]
    following = write_cursor(loosely, hits[-1].score, hits[-1].id) if more else None
    return Page(tuple(hit.id for hit in hits), following)


def is_listed() -> Q:
    """Match listings that lists for buyers may hold: neither gone nor of a shop that is closed.

    One that is frozen is listed, with a warning. Asked of each listing in turn: joined and then
    judged, PostgreSQL takes nearly all for gone and reads the whole table for a page of twenty.
    """
    return Q(*(~Exists(rows.filter(pk=OuterRef("pk"))) for rows in _unlisted()))


def _unlisted() -> tuple[QuerySet[Any], ...]:
    """Rows whose primary keys are the listings that no list for buyers holds."""
    return (
        ListingHold.objects.filter(state__in=GONE),
        Listing.objects.filter(merchant__closed_at__isnull=False),
    )


def _find(
    query: str, *, loosely: bool, after: fulltext.Hit | None, size: int, using: str
) -> list[fulltext.Hit]:
    terms = fulltext.terms(query, loosely=loosely)
    return fulltext.find(INDEX, terms, limit=size + 1, after=after, without=_unlisted(), using=using)


def _read_place(cursor: str | None) -> tuple[bool, fulltext.Hit | None]:
    if cursor is None:
        return False, None
    try:
        loosely, score, pk = read_cursor(cursor)
        return bool(loosely), fulltext.Hit(int(pk), float(score))
    except (TypeError, ValueError):
        raise BadCursor("this cursor is not one of a search") from None


def index_listings(listing_ids: Iterable[int]) -> None:
    """Write what some listings are found by; a listing that is not on sale is taken out."""
    shelves = shelf_names()
    for batch in in_batches(listing_ids, BATCH):
        rows = Listing.objects.filter(pk__in=batch, on_sale=True)
        found = rows.values_list("pk", "title", "merchant__name", "category")
        texts = {pk: (title, merchant, shelves[code]) for pk, title, merchant, code in found}
        fulltext.remove(INDEX, set(batch) - texts.keys())
        fulltext.write(INDEX, texts)


def shelf_names() -> dict[str, str]:
    """By category, its names in both languages and those of the shelves above it."""
    shelves = {shelf.code: shelf for shelf in Category.objects.all()}
    return {code: fulltext.join_texts(_names(shelf, shelves)) for code, shelf in shelves.items()}


def _names(shelf: Category, shelves: dict[str, Category]) -> list[str]:
    names = [shelf.name_zh, shelf.name_en]
    above = shelves.get(shelf.parent_id or "")
    return names + (_names(above, shelves) if above else [])


def find_unindexed() -> Collection[int]:
    """The listings whose being found or not differs from whether they are on sale. There must be none."""
    on_sale = set(Listing.objects.filter(on_sale=True).values_list("pk", flat=True))
    return on_sale ^ fulltext.every_id(INDEX)
