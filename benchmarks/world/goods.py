"""What is sold, by whom, and who bought it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.world.people import AT_THE_END, EXCLUDED, MODES, People
from benchmarks.world.plan import DAY, HOUR, NONE, Marks, Numbers, World
from benchmarks.world.sorting import distinct
from benchmarks.world.words import Coded, numbered, sentences, titles
from kith.shop.models import LineStatus
from kith.shop.shelves import shelves

STATUSES = list(LineStatus.values)
PLACED, SHIPPED, DELIVERED, REQUESTED, REFUNDED, CANCELLED = range(6)
BY_ODDS = (DELIVERED, PLACED, SHIPPED, REQUESTED, REFUNDED, CANCELLED)
REASONS = ["", "changed-mind", "not-as-described", "broken"]
SHELVES = [shelf.code for shelf in shelves()]
SENSITIVE = np.array([shelf.sensitive for shelf in shelves()])
ASK, AFTER_DELIVERY = MODES.index("ask"), MODES.index("after_delivery")


@dataclass(frozen=True, slots=True)
class Merchants:
    ids: Numbers
    name: pa.Array
    region: Coded
    staff: Numbers
    at: Numbers

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Listings:
    """One row a listing, the oldest first. `shelf` is its place among `SHELVES`."""

    ids: Numbers
    merchant: Numbers
    shelf: Numbers
    title: pa.Array
    description: Coded
    price: Numbers
    on_sale: Marks
    at: Numbers

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Lines:
    """One row an order, which has one line, by when the shop heard of it first.

    `heard_at`: when it was delivered, else the instant of its state; `moved_at`: of the last state, if
    another came after that. Nobody buys a thing twice.
    """

    orders: Numbers
    ids: Numbers
    buyer: Numbers
    listing: Numbers
    quantity: Numbers
    status: Numbers
    reason: Numbers
    placed: Numbers
    heard_at: Numbers
    moved_at: Numbers
    gift: Marks

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def delivered_at(self) -> Numbers:
        arrived = (self.status == DELIVERED) | (self.status == REQUESTED) | (self.status == REFUNDED)
        return np.where(arrived, self.heard_at, NONE)

    @property
    def asked_at(self) -> Numbers:
        """When the money was asked back, halfway to being given back if it was."""
        halfway = self.heard_at + (self.moved_at - self.heard_at) // 4 * 2
        return np.where(
            self.status == REQUESTED, self.moved_at, np.where(self.status == REFUNDED, halfway, NONE)
        )

    @property
    def status_at(self) -> Numbers:
        return np.where(self.moved_at != NONE, self.moved_at, self.heard_at)


def draw_merchants(world: World, people: People) -> Merchants:
    dice, number = world.dice("merchants"), world.merchants
    return Merchants(
        ids=world.ids("merchants", number),
        name=numbered("店铺", np.arange(number)),
        region=Coded(dice.integers(0, len(people.region.pool), number), people.region.pool),
        staff=dice.permutation(world.people)[np.arange(number) % world.people],
        at=np.sort(world.times("merchants", number, begin=1000, end=900)),
    )


def draw_listings(world: World) -> Listings:
    dice, number = world.dice("listings"), world.listings
    return Listings(
        ids=world.ids("listings", number),
        merchant=_skewed(dice, world.merchants, number),
        shelf=dice.choice(len(SHELVES), number, p=_weights_of_shelves()),
        title=titles(dice, number),
        description=Coded(dice.integers(0, len(sentences()), number), sentences()),
        price=100 * dice.integers(5, 500, number) - 10,
        on_sale=dice.random(number) < 0.97,
        at=np.sort(world.times("listings", number, begin=890, end=395)),
    )


def _weights_of_shelves() -> Numbers:
    """Little is bought of what is sensitive."""
    weights = np.where(SENSITIVE, 0.2, 1.0)
    return weights / weights.sum()  # type: ignore[no-any-return]


def _skewed(dice: np.random.Generator, of: int, number: int) -> Numbers:
    """Places in a row of which the first come far more often than the last."""
    return (of * dice.random(number) ** 2.5).astype(np.int64)


def draw_lines(world: World, people: People) -> Lines:
    dice, number = world.dice("orders"), world.purchases
    buyer, listing = _bought(world, people)
    placed = world.times("orders", number, begin=390, end=0.3)
    status = np.array(BY_ODDS)[
        dice.choice(len(STATUSES), number, p=world.odds(0.02, 0.02, 0.015, 0.045, 0.02))
    ]
    heard = placed + np.where(status == PLACED, 0, 2 * dice.integers(HOUR, 3 * DAY, number))
    came_back = (status == REQUESTED) | (status == REFUNDED)
    moved = np.where(came_back, heard + 2 * dice.integers(DAY // 2, 10 * DAY, number), NONE)
    late = np.maximum(heard, moved) > world.ago(AT_THE_END / DAY)
    status, heard = np.where(late, PLACED, status), np.where(late, placed, heard)
    moved = np.where(late, NONE, moved)
    order = np.argsort(heard, kind="stable")
    gift = (status == DELIVERED) & (dice.random(number) < 0.03 * world.rare)
    reason = np.where(moved != NONE, dice.integers(1, len(REASONS), number), 0)
    return Lines(
        orders=world.ids("orders", number), ids=world.ids("lines", number),
        buyer=buyer[order], listing=listing[order], quantity=dice.integers(1, 4, number),
        status=status[order], reason=reason[order], placed=placed[order], heard_at=heard[order],
        moved_at=moved[order], gift=gift[order],
    )  # fmt: skip


def _bought(world: World, people: People) -> tuple[Numbers, Numbers]:
    """Who bought what: some people much; what is liked everywhere, and what is liked in one's own town."""
    dice, number = world.dice("baskets"), world.purchases
    appetite = dice.gamma(1.5, 1.0, world.people)
    pairs = np.zeros(0, np.int64)
    while len(pairs) < number:
        more = int((number - len(pairs)) * 1.2) + 16
        buyer = dice.choice(world.people, more, p=appetite / appetite.sum())
        turn = np.where(dice.random(more) < 0.5, people.town[buyer] * 7919, 0)
        listing = (_skewed(dice, world.listings, more) + turn) % world.listings
        pairs = distinct(pairs, buyer * world.listings + listing)
    return np.divmod(dice.permutation(pairs)[:number], world.listings)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Of each line, what its buyer wants done with it by a standing choice."""

    shown: Marks
    asked: Marks
    may_be_shown: Marks
    """By hand: it has arrived, and is neither a gift nor of a sensitive kind."""


def wishes_of(people: People, listings: Listings, lines: Lines) -> Wishes:
    arrived, shelf = lines.delivered_at != NONE, listings.shelf[lines.listing]
    excluded = np.array([SHELVES.index(code) for code in EXCLUDED])[np.maximum(people.excludes, 0)]
    left_out = (people.excludes != NONE)[lines.buyer] & (shelf == excluded[lines.buyer])
    fit = arrived & ~lines.gift & ~SENSITIVE[shelf] & people.has_agreed[lines.buyer]
    mode = people.mode[lines.buyer]
    return Wishes(fit & ~left_out & (mode == AFTER_DELIVERY), fit & ~left_out & (mode == ASK), fit)
