"""What each person ought to see, in plain loops over the raw rows. Shares no code with Kith."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from examples.ciao.raw import Rating, World

FIRST = datetime(2020, 2, 21, tzinfo=UTC)
"""Row n of the ratings was bought n minutes after this (see convert.py)."""
PURCHASE_SEEN = timedelta(minutes=30, seconds=20)
"""It arrives after twenty seconds and is held for half an hour."""
REVIEW_SEEN = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a feed."""

    kind: str
    author: str
    product: str
    shop: str
    outcome: str
    stars: int | None
    month: date
    review: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody's circle knows of a product."""

    people: int
    purchases: int
    kept: int
    returned: int
    ratings: int
    mean: float | None
    each: tuple[tuple[str, int, int, int | None], ...]
    """By author: bought, kept, newest stars."""
    reviews: tuple[str, ...]
    """Newest first."""


def feed_of(world: World, user: str, newest: int | None = None) -> list[Item]:
    """Everything that those whom the user trusts bought and thought, newest first."""
    timed: list[tuple[datetime, Item]] = []
    for author in world.trusted_by.get(user, ()):
        for rating in world.rated_by.get(author, ()):
            if rating.stars > 0:
                timed.append((_bought(rating) + PURCHASE_SEEN, _item(world, rating, "purchase")))
                timed.append((_bought(rating) + REVIEW_SEEN, _item(world, rating, "review")))
    timed.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _, item in timed[:newest]]


def evidence_of(world: World, user: str, product: str, reviews: int) -> Known:
    """What those whom the user trusts did with a product, with the newest reviews."""
    bought: dict[str, list[Rating]] = defaultdict(list)
    for author in world.trusted_by.get(user, ()):
        for rating in world.rated_by.get(author, ()):
            if rating.stars > 0 and rating.product == product:
                bought[author].append(rating)
    rows = sorted(
        (rating for ratings in bought.values() for rating in ratings), key=lambda rating: -rating.row
    )
    stars = [rating.stars for rating in rows]
    return Known(
        people=len(bought),
        purchases=len(rows),
        kept=len(rows),
        returned=0,
        ratings=len(rows),
        mean=sum(stars) / len(stars) if stars else None,
        each=tuple(sorted((author, len(own), len(own), own[-1].stars) for author, own in bought.items())),
        reviews=tuple(f"r{rating.row}" for rating in rows[:reviews]),
    )


def _bought(rating: Rating) -> datetime:
    return FIRST + timedelta(minutes=rating.row)


def _item(world: World, rating: Rating, kind: str) -> Item:
    is_review = kind == "review"
    return Item(
        kind=kind,
        author=rating.user,
        product=rating.product,
        shop=world.category_of[rating.product],
        outcome="kept",
        stars=rating.stars if is_review else None,
        month=_bought(rating).date().replace(day=1),
        review=f"r{rating.row}" if is_review else None,
    )
