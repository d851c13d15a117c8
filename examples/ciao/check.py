"""Compares what the running program says with what the plain loops say."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from examples.ciao.convert import SOURCE
from examples.ciao.expected import Item, Known, evidence_of, feed_of
from examples.ciao.raw import World

PAGE = 100
NEWEST = 200
"""How much of a feed is compared for everybody; of the first few people, all of it."""
WHOLE_FEEDS = 20
PAIRS_EACH = 4
REVIEWS = 20
"""How many reviews an answer about evidence carries: the newest."""
NAMED = 5

Get = Callable[[str, str, Mapping[str, Any]], Any]
"""Asks the running program: the token of who asks, the path, its parameters; gives the JSON."""


@dataclass
class Report:
    """How much was compared, and each difference."""

    people: int = 0
    items: int = 0
    whole: int = 0
    pairs: int = 0
    known: int = 0
    differences: list[str] = field(default_factory=list)

    def say(self) -> Iterator[str]:
        yield f"feeds: {self.people:,} people, {self.items:,} things in order; {self.whole} feeds to the end"
        yield f"evidence: {self.pairs:,} (person, listing) pairs, {self.known:,} of which the circle knows"
        yield f"differences: {len(self.differences)}"
        yield from self.differences[:NAMED]


def choose_people(world: World, number: int) -> list[str]:
    """People drawn by lot, always the same, from all who trust somebody, and some who trust nobody."""
    lot = random.Random(20200220)
    trusting = [user for user in world.users if world.trusted_by.get(user)]
    alone = [user for user in world.users if not world.trusted_by.get(user)]
    chosen = lot.sample(trusting, min(number, len(trusting)))
    return chosen + lot.sample(alone, min(5, len(alone)))


def compare(world: World, get: Get, tokens: Mapping[str, str], people: Iterable[str]) -> Report:
    """Compare the feed of each of these people, and the evidence they have of a few listings each."""
    report, lot = Report(), random.Random(7)
    products = sorted(world.category_of)
    for number, user in enumerate(people):
        limit = None if number < WHOLE_FEEDS else NEWEST
        _compare_feed(world, get, tokens[user], user, limit, report)
        seen = sorted({item.product for item in feed_of(world, user, NEWEST)})
        chosen = lot.sample(seen, min(PAIRS_EACH - 1, len(seen)))
        chosen += lot.sample(products, PAIRS_EACH - len(chosen))
        for product in chosen:
            _compare_evidence(world, get, tokens[user], user, product, report)
    return report


def _compare_feed(world: World, get: Get, token: str, user: str, limit: int | None, report: Report) -> None:
    ought = feed_of(world, user, limit)
    found = list(_feed(get, token, limit))
    report.people += 1
    report.items += len(ought)
    report.whole += limit is None
    if found != ought:
        at = next((n for n, pair in enumerate(zip(found, ought, strict=False)) if pair[0] != pair[1]), None)
        at = min(len(found), len(ought)) if at is None else at
        report.differences.append(
            f"feed of {user}: {len(found)} things for {len(ought)}; the first difference is at {at}: "
            f"{found[at : at + 1]} for {ought[at : at + 1]}"
        )


def _feed(get: Get, token: str, limit: int | None) -> Iterator[Item]:
    """A feed, page by page, to its end or to the limit."""
    read, cursor = 0, None
    while limit is None or read < limit:
        asked: dict[str, Any] = {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
        page = get(token, "/api/v1/circle/feed", asked)
        for card in page["items"]:
            yield _item(card)
        read, cursor = read + len(page["items"]), page["next"]
        if cursor is None:
            return


def _item(card: dict[str, Any]) -> Item:
    return Item(
        kind=card["kind"],
        author=card["author"]["external_id"],
        product=card["thing"]["listing_external_id"],
        shop=card["thing"]["merchant_external_id"],
        outcome=card["outcome"],
        stars=card["rating"],
        month=date.fromisoformat(card["when"]).replace(day=1),
        review=card["external_id"],
    )


def _compare_evidence(world: World, get: Get, token: str, user: str, product: str, report: Report) -> None:
    ought = evidence_of(world, user, product, REVIEWS)
    listing = get(token, "/api/v1/listings", {"source": SOURCE, "external_id": product})["items"][0]["id"]
    found = _known(get(token, f"/api/v1/listings/{listing}/evidence", {}))
    report.pairs += 1
    report.known += bool(ought.purchases)
    if found != ought:
        report.differences.append(f"evidence of {product} for {user}: {found} for {ought}")


def _known(told: dict[str, Any]) -> Known:
    tally, people = told["tally"], told["people"]
    return Known(
        people=tally["people"],
        purchases=tally["purchases"],
        kept=tally["kept"],
        returned=tally["returned"] + tally["removed"],
        ratings=tally["ratings"],
        mean=tally["mean_rating"],
        each=tuple(
            sorted(
                (one["face"]["external_id"], one["purchases"], one["kept"], one["rating"]) for one in people
            )
        ),
        reviews=tuple(card["external_id"] for card in told["reviews"]),
    )
