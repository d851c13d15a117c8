"""From Ciao's files to the records of Kith's import.

"truster wants to see what trusted had and thought" becomes: the two are friends, and the trusted
has the truster in a circle. A rating becomes a delivered order with a review. Ratings have no
time and no shop: instants a minute apart keep their order, and the category stands for the shop.
A rating of zero stars is none: its review is written as it stands, for the import to reject, and
no order is made up for it.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from examples.ciao.raw import Rating, World

SOURCE = "ciao"
CONSENT_AT = "2020-02-20T08:00:00Z"
FRIENDS_AT = "2020-02-20T09:00:00Z"
FIRST = datetime(2020, 2, 21, tzinfo=UTC)
ARRIVES = timedelta(seconds=20)
REVIEWED = timedelta(seconds=40)
"""Seconds within the row's own minute, so that no two things of the whole set have the same instant."""
CIRCLE = "They trust me"

Record = dict[str, Any]


def placed_at(rating: Rating) -> datetime:
    return FIRST + timedelta(minutes=rating.row)


def write_records(world: World, folder: Path) -> list[Path]:
    """Write the records into gzipped files, and return these in the order of their import."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "1-people": people(world),
        "2-friends": friends(world),
        "3-circles": circles(world),
        "4-catalogue": catalogue(world),
        "5-orders": orders(world),
        "6-reviews": reviews(world),
    }
    paths = []
    for name, records in files.items():
        path = folder / f"{name}.ndjson.gz"
        with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
            file.writelines(json.dumps(record, separators=(",", ":")) + "\n" for record in records)
        paths.append(path)
    return paths


def people(world: World) -> Iterator[Record]:
    for user in world.users:
        yield {
            "type": "person",
            "id": user,
            "name": f"Ciao {user}",
            "sharing": "after_delivery",
            "consent": {"sharing": {"version": "1", "at": CONSENT_AT}},
        }


def friends(world: World) -> Iterator[Record]:
    for a, b in sorted({(min(pair), max(pair)) for pair in world.trust}):
        yield {"type": "friends", "a": a, "b": b, "at": FRIENDS_AT}


def circles(world: World) -> Iterator[Record]:
    trusters: dict[str, list[str]] = defaultdict(list)
    for truster, trusted in world.trust:
        trusters[trusted].append(truster)
    for owner, members in trusters.items():
        yield {"type": "circle", "owner": owner, "name": CIRCLE, "kind": "other", "members": members}


def catalogue(world: World) -> Iterator[Record]:
    for number in sorted(set(world.category_of.values()), key=int):
        yield {"type": "category", "id": f"ciao-{number}", "name_en": f"Ciao category {number}"}
    for number in sorted(set(world.category_of.values()), key=int):
        yield {"type": "merchant", "id": number, "name": f"Ciao shop {number}"}
    for product, number in world.category_of.items():
        yield {
            "type": "listing",
            "id": product,
            "merchant": number,
            "title": f"Product {product}",
            "category": f"ciao-{number}",
            "price": "1.00",
        }


def orders(world: World) -> Iterator[Record]:
    for rating in _real(world.ratings):
        line = {
            "id": "1",
            "listing": rating.product,
            "quantity": 1,
            "price": "1.00",
            "status": "delivered",
            "at": _written(placed_at(rating) + ARRIVES),
        }
        yield {
            "type": "order",
            "id": f"o{rating.row}",
            "buyer": rating.user,
            "placed_at": _written(placed_at(rating)),
            "lines": [line],
        }


def reviews(world: World) -> Iterator[Record]:
    for rating in world.ratings:
        yield {
            "type": "review",
            "id": f"r{rating.row}",
            "author": rating.user,
            "listing": rating.product,
            "rating": rating.stars,
            "at": _written(placed_at(rating) + REVIEWED),
        }


def _real(ratings: Iterable[Rating]) -> Iterator[Rating]:
    return (rating for rating in ratings if rating.stars > 0)


def _written(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
