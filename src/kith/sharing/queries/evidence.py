"""What a viewer's circle knows of listings and merchants: who bought, kept, returned, and how they rate it.

All of it is counted over the viewer's own deliveries, through the rule: a thing that may not
be seen is not counted either. Purchases are counted from purchase shares, stars from reviews.
A purchase of what is taken down or recalled at this moment counts as removed, kept or sent back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Avg, Count, QuerySet

from kith.core.compiled import compiled
from kith.core.guard import Viewer
from kith.core.paging import Page
from kith.sharing.models import Delivery, Outcome, Share, ShareKind
from kith.sharing.queries.cards import Card, cards
from kith.sharing.queries.corrections import outcome_of_delivery
from kith.sharing.queries.feed import page_of_shares
from kith.ties.queries import Face, faces

MOST_REVIEWS = 20


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over what a viewer may see. `people` bought it; `ratings` is how many gave stars."""

    people: int = 0
    purchases: int = 0
    kept: int = 0
    returned: int = 0
    removed: int = 0
    ratings: int = 0
    mean_rating: float | None = None


@dataclass(frozen=True, slots=True)
class PersonEvidence:
    face: Face
    purchases: int
    kept: int
    returned: int
    removed: int
    rating: int | None
    """The newest stars they gave."""


@dataclass(frozen=True, slots=True)
class Evidence:
    tally: Tally
    people: tuple[PersonEvidence, ...]
    reviews: tuple[Card, ...]

    @property
    def faces(self) -> tuple[Face, ...]:
        return tuple(person.face for person in self.people if person.purchases)


@dataclass(frozen=True, slots=True)
class PublicSummary:
    count: int
    mean: float | None


class Fact(Protocol):
    """One delivery, as far as it counts."""

    @property
    def share_id(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def listing_id(self) -> int | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def came_to(self) -> str:
        """Of a purchase: its outcome as of now."""

    @property
    def rating(self) -> int | None: ...
    @property
    def visible_from(self) -> datetime: ...


def listing_evidence(viewer: Viewer, *, listing_id: int) -> Evidence:
    """What the viewer's circle knows of one listing."""
    return _evidence(viewer, _facts(viewer, listing=listing_id))


def merchant_evidence(viewer: Viewer, *, merchant_id: int) -> Evidence:
    """The same over all of a merchant's listings."""
    return _evidence(viewer, _facts(viewer, merchant=merchant_id))


def evidence_for_listings(viewer: Viewer, *, listing_ids: Collection[int]) -> dict[int, Tally]:
    """The tallies of several listings, in one query; those of which nothing is known are left out."""
    found: dict[int, list[Fact]] = defaultdict(list)
    for row in _facts(viewer, listings=set(listing_ids)):
        found[row.listing_id].append(row)
    return {listing_id: tally(facts) for listing_id, facts in found.items()}


_COUNTED = (ShareKind.PURCHASE, ShareKind.REVIEW)


@compiled()
def _facts(
    viewer: Viewer,
    listing: int | None = None,
    listings: Collection[int] | None = None,
    merchant: int | None = None,
) -> QuerySet[Any, Any]:
    """What of these deliveries counts: each a `Fact`. In no order: SQLite would take its index for that."""
    rows = Delivery.objects.visible_to(viewer).filter(kind__in=_COUNTED)
    if listing is not None:
        rows = rows.filter(listing=listing)
    if listings is not None:
        rows = rows.filter(listing__among=listings)
    if merchant is not None:
        rows = rows.filter(merchant=merchant)
    said = "share_id", "author_id", "kind", "came_to", "rating", "listing_id", "visible_from"
    return rows.annotate(came_to=outcome_of_delivery()).order_by().values_list(*said)


def _evidence(viewer: Viewer, facts: Collection[Fact]) -> Evidence:
    facts = sorted(facts, key=lambda fact: (fact.visible_from, fact.share_id), reverse=True)
    reviews = [fact for fact in facts if fact.kind == ShareKind.REVIEW][:MOST_REVIEWS]
    shown = cards(viewer, {fact.share_id: fact.author_id for fact in reviews})
    return Evidence(tally(facts), _people(viewer, facts), shown)


def tally(facts: Iterable[Fact]) -> Tally:
    """Count what purchases came to, and the stars of reviews."""
    bought = [fact for fact in facts if fact.kind == ShareKind.PURCHASE]
    stars = [fact.rating for fact in facts if fact.kind == ShareKind.REVIEW and fact.rating is not None]
    return Tally(
        people=len({fact.author_id for fact in bought}),
        purchases=len(bought),
        kept=sum(fact.came_to == Outcome.KEPT for fact in bought),
        returned=sum(fact.came_to == Outcome.RETURNED for fact in bought),
        removed=sum(fact.came_to == Outcome.REMOVED for fact in bought),
        ratings=len(stars),
        mean_rating=sum(stars) / len(stars) if stars else None,
    )


def _people(viewer: Viewer, facts: Sequence[Fact]) -> tuple[PersonEvidence, ...]:
    """Who knows something: those who bought most first."""
    by_author: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_author[fact.author_id].append(fact)
    known = faces(viewer, by_author)
    people = []
    for author, theirs in by_author.items():
        counted = tally(theirs)
        newest = next((fact.rating for fact in theirs if fact.kind == ShareKind.REVIEW), None)
        people.append(
            PersonEvidence(
                known[author], counted.purchases, counted.kept, counted.returned, counted.removed, newest
            )
        )
    return tuple(sorted(people, key=lambda person: (-person.purchases, person.face.name)))


def public_reviews(
    viewer: Viewer, *, listing_id: int, cursor: str | None = None, size: int = 20
) -> Page[Card]:
    """Reviews of a listing that are shown to everyone, newest first."""
    rows = Share.objects.visible_to(viewer).filter(listing=listing_id, to_everyone=True, withdrawn_at=None)
    return page_of_shares(viewer, rows.filter(visible_from__lte=viewer.now), cursor, size)


def public_summary(viewer: Viewer, *, listing_id: int) -> PublicSummary:
    """How many such reviews the viewer may see, and their mean of stars."""
    rows = Share.objects.visible_to(viewer).filter(
        listing=listing_id, to_everyone=True, withdrawn_at=None, visible_from__lte=viewer.now
    )
    found = rows.aggregate(count=Count("pk"), mean=Avg("rating"))
    return PublicSummary(found["count"], found["mean"])
