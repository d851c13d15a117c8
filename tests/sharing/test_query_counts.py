"""What is asked of the database does not grow with how much there is: as much for 3 as for 30.

The rows are written in bulk: these tests are about reading. No time is measured here; that is
for benchmarks/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.audience.viewer import CIRCLES
from kith.core.clock import FOREVER
from kith.core.guard import Side, Viewer
from kith.notices.models import Notice
from kith.people.models import Consent, Person
from kith.rollout.services import open_to_everyone
from kith.sharing import queries
from kith.sharing.models import Comment, Delivery, Like, Share
from kith.shop.models import Category, HoldState, Listing, ListingHold, Merchant
from kith.ties.models import Circle, Member, Relationship
from tests.oracle.pair import undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
Read = Callable[["Neighbourhood"], object]


class Neighbourhood:
    """Somebody with so many circle-mates, each of whom showed them so many things."""

    def __init__(self, name: str, *, mates: int, shares: int) -> None:
        self.mei = Person.objects.create(handle=name, display_name=name, shows=True)
        self.viewer = Viewer(self.mei.pk, NOW, inside=Side.OPEN)
        Consent.objects.create(
            person=self.mei, purpose="sharing", text_version="1", surface="test", given=True, at=NOW
        )
        self.mates = Person.objects.bulk_create(
            Person(handle=f"{name}{number}", display_name=f"Mate {number}", shows=True)
            for number in range(mates)
        )
        self.circle = Circle.objects.create(owner=self.mei, name="Everybody", created_at=NOW)
        self._shop(name)
        self._befriend()
        self.shares = [self._share(number) for number in range(shares)]
        Share.objects.bulk_create(self.shares, batch_size=2000)
        Delivery.objects.bulk_create((self._delivery(share) for share in self.shares), batch_size=2000)
        self._talk()

    def _shop(self, name: str) -> None:
        category, _ = Category.objects.get_or_create(code="kitchen", name_zh="厨房", name_en="Kitchen")
        self.merchants = Merchant.objects.bulk_create(
            Merchant(name=f"{name} {number}") for number in range(40)
        )
        self.listings = Listing.objects.bulk_create(
            Listing(merchant=merchant, category=category, title="A kettle", price_minor=4200)
            for merchant in self.merchants
        )
        hold(self.listings[3::4])

    def _befriend(self) -> None:
        rows = [
            row
            for mate in self.mates
            for row in (
                Relationship(owner=self.mei, other=mate, friend_at=NOW, shows=True),
                Relationship(owner=mate, other=self.mei, friend_at=NOW, shows=True),
            )
        ]
        Relationship.objects.bulk_create(rows)
        Member.objects.bulk_create(
            Member(owner=self.mei, circle=self.circle, person=mate) for mate in self.mates[:150]
        )

    def _share(self, number: int) -> Share:
        listing = self.listings[number % len(self.listings)]
        is_review = number % 3 == 0
        return Share(
            author=self.mates[number % len(self.mates)],
            kind="review" if is_review else "purchase",
            listing=listing,
            merchant_id=listing.merchant_id,
            category_id="kitchen",
            outcome="kept",
            rating=4 if is_review else None,
            created_at=NOW,
            visible_from=NOW - timedelta(minutes=number),
        )

    def _delivery(self, share: Share) -> Delivery:
        return Delivery(
            viewer=self.mei, share=share, author_id=share.author_id, kind=share.kind,
            listing_id=share.listing_id, merchant_id=share.merchant_id, outcome=share.outcome,
            rating=share.rating, visible_from=share.visible_from, visible_until=FOREVER,
        )  # fmt: skip

    def _talk(self) -> None:
        said = [
            Comment(share=share, share_author_id=share.author_id, author=mate, text="Good?", at=NOW)
            for share in self.shares[:30]
            for mate in self.mates[:30]
        ]
        Comment.objects.bulk_create(said)
        Like.objects.bulk_create(
            Like(share=share, share_author_id=share.author_id, person=self.mei, at=NOW)
            for share in self.shares[:30]
        )
        Notice.objects.bulk_create(
            Notice(recipient=self.mei, kind="reply", subject=one.pk, actor_id=one.author_id, at=NOW)
            for one in said[:60]
        )


def hold(listings: Sequence[Listing]) -> None:
    """Freeze one, take the next one down, recall the one after, and so on."""
    states = cycle(HoldState)
    ListingHold.objects.bulk_create(
        ListingHold(listing=listing, state=next(states), since=NOW, decision=1, rule="price")
        for listing in listings
    )


@pytest.fixture(scope="module")
def neighbourhoods(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[Neighbourhood, Neighbourhood]]:
    """One with three circle-mates, and one with 300 and 50,000 deliveries."""
    with django_db_blocker.unblock():
        database: AbstractContextManager[None] = undone()
        with database:
            open_to_everyone(CIRCLES, now=NOW, why="the tests begin", surface="job")
            small = Neighbourhood("small", mates=3, shares=60)
            large = Neighbourhood("large", mates=300, shares=50_000)
            connection.check_constraints()  # once, or it is done anew at the end of every test
            yield small, large


READS: dict[str, Read] = {
    "feed": lambda one: queries.circle_feed(one.viewer),
    "feed of a circle": lambda one: queries.circle_feed(one.viewer, circle_id=one.circle.pk),
    "feed of reviews": lambda one: queries.circle_feed(one.viewer, kind="review"),
    "new things": lambda one: queries.count_new(one.viewer, since=queries.circle_feed(one.viewer).next or ""),
    "what a friend shows": lambda one: queries.shares_of(one.viewer, person_id=one.mates[0].pk),
    "one share": lambda one: queries.get_card(one.viewer, share_id=one.shares[0].pk),
    "comments": lambda one: queries.comments_of(one.viewer, share_id=one.shares[0].pk),
    "evidence of a listing": lambda one: queries.listing_evidence(one.viewer, listing_id=one.listings[0].pk),
    "evidence of a merchant": lambda one: queries.merchant_evidence(
        one.viewer, merchant_id=one.merchants[0].pk
    ),
    "evidence of many listings": lambda one: queries.evidence_for_listings(
        one.viewer, listing_ids=[listing.pk for listing in one.listings]
    ),
    "trusted merchants": lambda one: queries.trusted_merchants(one.viewer),
    "public reviews": lambda one: queries.public_reviews(one.viewer, listing_id=one.listings[0].pk),
    "notices": lambda one: queries.notices_of(one.viewer),
    "unread notices": lambda one: queries.unread_notices(one.viewer),
}


def number_of_queries(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        read()
    return len(asked)


@pytest.mark.parametrize("name", READS)
def test_a_large_circle_asks_no_more_than_a_small_one(
    name: str, neighbourhoods: tuple[Neighbourhood, Neighbourhood]
) -> None:
    small, large = neighbourhoods
    read = READS[name]
    asked = number_of_queries(lambda: read(small))
    assert number_of_queries(lambda: read(large)) == asked


BY_SIZE: dict[str, Callable[[Neighbourhood, int], object]] = {
    "feed": lambda one, size: queries.circle_feed(one.viewer, size=size),
    "comments": lambda one, size: queries.comments_of(one.viewer, share_id=one.shares[0].pk, size=size),
    "trusted merchants": lambda one, size: queries.trusted_merchants(one.viewer, size=size),
    "notices": lambda one, size: queries.notices_of(one.viewer, size=size),
    "tallies": lambda one, size: queries.evidence_for_listings(
        one.viewer, listing_ids=[listing.pk for listing in one.listings[:size]]
    ),
}


@pytest.mark.parametrize("name", BY_SIZE)
def test_thirty_ask_no_more_than_three(
    name: str, neighbourhoods: tuple[Neighbourhood, Neighbourhood]
) -> None:
    _, large = neighbourhoods
    read = BY_SIZE[name]
    asked = number_of_queries(lambda: read(large, 3))
    assert number_of_queries(lambda: read(large, 30)) == asked


PAGES: dict[str, Callable[[Neighbourhood], str]] = {
    "feed": lambda one: reverse("circle:feed"),
    "one share": lambda one: reverse("circle:share", args=[one.shares[0].pk]),
    "a friend": lambda one: reverse("circle:person", args=[one.mates[0].pk]),
    "notices": lambda one: reverse("circle:notices"),
    "shop": lambda one: reverse("shop:front"),
    "a listing": lambda one: reverse("shop:listing", args=[one.listings[0].pk]),
    "a merchant": lambda one: reverse("shop:merchant", args=[one.merchants[0].pk]),
    "trusted merchants": lambda one: reverse("trusted:merchants"),
    "friends": lambda one: reverse("friends:list"),
    "a circle": lambda one: reverse("circles:circle", args=[one.circle.pk]),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_for_a_large_circle_asks_no_more(
    name: str, neighbourhoods: tuple[Neighbourhood, Neighbourhood]
) -> None:
    asked = []
    for one in neighbourhoods:
        browser = Client()
        browser.force_login(one.mei)
        assert browser.get(PAGES[name](one)).status_code == 200  # what is fetched once is fetched here
        asked.append(number_of_queries(lambda: browser.get(PAGES[name](one))))  # noqa: B023
    assert asked[0] == asked[1]


@pytest.mark.parametrize("name", READS)
def test_what_was_taken_down_is_said_without_another_query(
    name: str, neighbourhoods: tuple[Neighbourhood, Neighbourhood]
) -> None:
    small, _ = neighbourhoods
    read = READS[name]
    with undone():
        ListingHold.objects.all().delete()
        asked = number_of_queries(lambda: read(small))
        hold(small.listings)
        assert number_of_queries(lambda: read(small)) == asked


def test_a_page_of_the_feed_asks_few_queries(neighbourhoods: tuple[Neighbourhood, Neighbourhood]) -> None:
    """A bound on all of it, so that nobody adds a query without noticing."""
    _, large = neighbourhoods
    assert number_of_queries(lambda: queries.circle_feed(large.viewer)) <= 14
