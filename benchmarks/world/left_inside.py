"""What is sold, bought, shown and said of it leaves in the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.world.columns import Rows
from benchmarks.world.goods import (
    REASONS,
    REFUNDED,
    SHELVES,
    STATUSES,
)
from benchmarks.world.people import Stand
from benchmarks.world.plan import NONE, Marks, Numbers
from benchmarks.world.shares import KINDS, Said, shown_to
from benchmarks.world.story import Story
from benchmarks.world.words import Coded, numbered
from kith.sharing.models import Audience, Comment, Delivery, Like, Outcome, Share
from kith.shop.digest import digest_of
from kith.shop.models import Listing, Merchant, MerchantStaff, Order, OrderLine

SOURCE = "bench"
OUTCOMES = [Outcome.NONE.value, Outcome.KEPT.value, Outcome.RETURNED.value]
NO_OUTCOME, KEPT, RETURNED = range(3)


# --- The shop -----------------------------------------------------------------------------------------


def goods_left(story: Story) -> Iterator[Rows]:
    people, merchants = story.inside.people, story.inside.merchants
    yield Rows(Merchant, {
        "id": merchants.ids, "name": merchants.name, "region": merchants.region, "source": SOURCE,
        "external_id": numbered("m", np.arange(len(merchants))), "created_at": merchants.at,
    })  # fmt: skip
    yield Rows(MerchantStaff, {"merchant_id": merchants.ids, "person_id": people.ids[merchants.staff]})
    yield _listings(story)


def _listings(story: Story) -> Rows:
    listings, merchants = story.inside.listings, story.inside.merchants
    number, merchant = np.arange(len(listings)), merchants.ids[listings.merchant]
    shelf = Coded(listings.shelf, SHELVES)
    said = zip(listings.title.to_pylist(), listings.description.arrow().to_pylist(), listings.price.tolist(),
               shelf.arrow().to_pylist(), merchant.tolist(), strict=True)  # fmt: skip
    digests = [
        digest_of(
            Listing(title=title, description=words, price_minor=price, category_id=shelf, merchant_id=whose)
        )
        for title, words, price, shelf, whose in said
    ]
    return Rows(Listing, {
        "id": listings.ids, "merchant_id": merchant, "category_id": shelf, "title": listings.title,
        "description": listings.description, "price_minor": listings.price, "on_sale": listings.on_sale,
        "digest": np.array(digests, np.int64), "source": SOURCE, "external_id": numbered("l", number),
        "created_at": listings.at,
    })  # fmt: skip


def orders_left(story: Story) -> Iterator[Rows]:
    people, lines, listings = story.inside.people, story.inside.lines, story.inside.listings
    buyer = people.ids[lines.buyer]
    yield Rows(Order, {
        "id": lines.orders, "buyer_id": buyer, "placed_at": lines.placed, "source": SOURCE,
        "ship_to": people.region.take(lines.buyer), "external_id": numbered("o", np.arange(len(lines))),
    })  # fmt: skip
    yield Rows(OrderLine, {
        "id": lines.ids, "order_id": lines.orders, "buyer_id": buyer, "external_id": "1",
        "merchant_id": story.inside.merchants.ids[listings.merchant[lines.listing]],
        "listing_id": listings.ids[lines.listing], "quantity": lines.quantity,
        "price_minor": listings.price[lines.listing], "status": Coded(lines.status, STATUSES),
        "status_at": lines.status_at, "refund_reason": Coded(lines.reason, REASONS),
        "placed_at": lines.placed, "delivered_at": lines.delivered_at,
        "refund_requested_at": lines.asked_at, "is_gift": lines.gift,
    })  # fmt: skip


# --- What is shown ------------------------------------------------------------------------------------


def shares_left(story: Story) -> Iterator[Rows]:
    people, shares, audiences = story.inside.people, story.inside.shares, story.inside.audiences
    said = _projected(story)
    yield Rows(Share, {
        "id": shares.ids, "author_id": people.ids[shares.author], "kind": Coded(shares.kind, KINDS), **said,
        "text": shares.text, "to_everyone": shares.to_everyone, "by_itself": shares.by_itself,
        "created_at": shares.at, "visible_from": shares.visible_from, "hidden_at": shares.hidden_at,
        "withdrawn_by_staff": shares.staff_at != NONE,
        "withdrawn_at": np.maximum(shares.hidden_at, shares.staff_at),
    })  # fmt: skip
    yield Rows(Audience, {
        "author_id": people.ids[shares.author[audiences.share]], "share_id": shares.ids[audiences.share],
        "circle_id": story.inside.circles.ids[audiences.circle], "visible_until": audiences.until,
    })  # fmt: skip
    yield _deliveries(story, said)


def outcome_of(story: Story) -> Numbers:
    """What became of the line of each share, as its circle is told."""
    lines, shares = story.inside.lines, story.inside.shares
    came_back = (lines.status == REFUNDED)[shares.line]
    return np.where(shares.line == NONE, NO_OUTCOME, np.where(came_back, RETURNED, KEPT))


def _projected(story: Story) -> dict[str, Any]:
    """What a share tells of what it is about."""
    shares, lines, listings = story.inside.shares, story.inside.lines, story.inside.listings
    about, bought = shares.listing != NONE, shares.line != NONE
    months = lines.placed[shares.line].astype("datetime64[s]").astype("datetime64[M]").astype("datetime64[D]")
    shelf = np.where(about, listings.shelf[shares.listing], NONE)
    merchant = story.inside.merchants.ids[listings.merchant[shares.listing]]
    return {
        "listing_id": np.where(about, listings.ids[shares.listing], NONE),
        "merchant_id": np.where(about, merchant, NONE),
        "category_id": Coded(shelf, SHELVES),
        "line_id": np.where(bought, lines.ids[shares.line], NONE),
        "bought_month": np.where(bought, months.astype(np.int64), NONE),
        "outcome": Coded(outcome_of(story), OUTCOMES),
        "rating": shares.rating,
    }


def _deliveries(story: Story, said: dict[str, Any]) -> Rows:
    """One for each viewer whom some circle holds, in the order in which they were written."""
    people, shares = story.inside.people, story.inside.shares
    seen = shown_to(story.inside.audiences, story.inside.members, of=~story.inside.members.gone)
    rows = np.flatnonzero(~shares.is_withdrawn[seen.share])
    share = seen.share[rows]
    return Rows(Delivery, {
        "viewer_id": people.ids[seen.person[rows]], "share_id": shares.ids[share],
        "author_id": people.ids[shares.author[share]], "kind": Coded(shares.kind[share], KINDS),
        "listing_id": said["listing_id"][share], "merchant_id": said["merchant_id"][share],
        "outcome": said["outcome"].take(share), "rating": shares.rating[share],
        "visible_from": shares.visible_from[share], "visible_until": seen.until[rows],
    })  # fmt: skip


# --- What is said of it -------------------------------------------------------------------------------


def said_left(story: Story) -> Iterator[Rows]:
    """Whoever withdraws takes their words along: comments are hidden, what they found useful is forgotten."""
    people, comments, useful = story.inside.people, story.inside.comments, story.inside.useful
    withdrawn = people.stand == Stand.WITHDRAWN
    hidden = np.where(withdrawn[comments.person], people.stand_at[comments.person], NONE)
    yield Rows(Comment, {
        "id": comments.ids, **_under(story, comments, "author_id", comments.person >= 0),
        "text": comments.text, "hidden_at": hidden,
    })  # fmt: skip
    yield Rows(Like, _under(story, useful, "person_id", ~withdrawn[useful.person]))


def _under(story: Story, said: Said, by: str, kept: Marks) -> dict[str, Any]:
    people, shares = story.inside.people, story.inside.shares
    share = said.share[kept]
    return {
        "share_id": shares.ids[share], "share_author_id": people.ids[shares.author[share]],
        by: people.ids[said.person[kept]], "at": said.at[kept],
    }  # fmt: skip
