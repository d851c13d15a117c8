"""The files as they are, read in plain loops. Shares no code with Kith, so that it can judge it."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = "Wang-Shuo/GraphRec_PyTorch"
WHERE = (
    f"The Ciao data is not in {{folder}}. It can be had from the public repository {REPOSITORY} on GitHub "
    "(commit 5768c61, datasets/Ciao: rating.mat and trustnetwork.mat), written as the two files that "
    "examples/ciao/README.md describes: ratings.csv.gz and trust.csv.gz."
)


@dataclass(frozen=True, slots=True)
class Rating:
    """One line of ratings.csv: `row` counts from 1. Zero stars are no rating."""

    row: int
    user: str
    product: str
    category: str
    stars: int


def is_there(folder: Path) -> bool:
    return (folder / "ratings.csv.gz").is_file() and (folder / "trust.csv.gz").is_file()


def read_ratings(folder: Path) -> Iterator[Rating]:
    with gzip.open(folder / "ratings.csv.gz", "rt", encoding="ascii", newline="") as file:
        for row, fields in enumerate(csv.DictReader(file), start=1):
            yield Rating(row, fields["user"], fields["product"], fields["category"], int(fields["rating"]))


def read_trust(folder: Path) -> Iterator[tuple[str, str]]:
    """Pairs of (truster, trusted)."""
    with gzip.open(folder / "trust.csv.gz", "rt", encoding="ascii", newline="") as file:
        for fields in csv.DictReader(file):
            yield fields["truster"], fields["trusted"]


class World:
    """All of it in memory, or a sample: the first users, and the first ratings of each.

    A sample keeps all rows that are odd (no rating, or a product that its user has rated twice).
    """

    def __init__(self, folder: Path, *, people: int | None = None, ratings_each: int | None = None) -> None:
        ratings = [rating for rating in read_ratings(folder) if _is_kept(rating.user, people)]
        times = Counter((rating.user, rating.product) for rating in ratings)
        self.rated_by: dict[str, list[Rating]] = defaultdict(list)
        self.ratings: list[Rating] = []
        for rating in ratings:
            is_odd = rating.stars == 0 or times[rating.user, rating.product] > 1
            if ratings_each is None or is_odd or len(self.rated_by[rating.user]) < ratings_each:
                self.ratings.append(rating)
                self.rated_by[rating.user].append(rating)
        self.trust = [
            (truster, trusted)
            for truster, trusted in read_trust(folder)
            if _is_kept(truster, people) and _is_kept(trusted, people)
        ]
        self.trusted_by: dict[str, set[str]] = defaultdict(set)
        for truster, trusted in self.trust:
            self.trusted_by[truster].add(trusted)
        users = {rating.user for rating in self.ratings} | {user for pair in self.trust for user in pair}
        self.users = sorted(users, key=int)
        self.category_of: dict[str, str] = {}
        for rating in self.ratings:
            # A product that is filed under several categories stays where it was first.
            self.category_of.setdefault(rating.product, rating.category)


def _is_kept(user: str, people: int | None) -> bool:
    return people is None or int(user) <= people
