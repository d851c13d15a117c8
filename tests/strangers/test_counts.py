"""What is asked of the database does not grow: as much with 50 posts as with thousands, with 5 people
excluded as with hundreds, and for thirty things on a page as for three.

No time is measured here. With `-m slow` the same with 50,000 posts and 5,000 people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.people.models import Person
from kith.strangers import queries
from kith.strangers.models import Persona
from tests.oracle.pair import undone
from tests.strangers.crowd import Crowd

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Read = Callable[[Crowd], Any]


def second_page(read: Callable[..., Any]) -> Read:
    return lambda one: read(one.viewer, cursor=read(one.viewer).next)


READS: dict[str, Read] = {
    "hot": lambda one: queries.hot(one.viewer),
    "hot, second page": second_page(queries.hot),
    "hot of a topic": lambda one: queries.hot(one.viewer, topic="food"),
    "newest": lambda one: queries.newest(one.viewer),
    "newest of a topic": lambda one: queries.newest(one.viewer, topic="food"),
    "near": lambda one: queries.near(one.viewer),
    "near, second page": lambda one: queries.near(
        one.viewer, size=5, cursor=queries.near(one.viewer, size=5).next
    ),
    "followed": lambda one: queries.followed(one.viewer),
    "one post": lambda one: queries.get_post(one.viewer, post_id=one.posts[0].pk),
    "comments": lambda one: queries.threads(one.viewer, post_id=one.posts[0].pk),
    "a persona's posts": lambda one: queries.posts_of(one.viewer, persona_id=persona_of(one.authors[0])),
    "my posts": lambda one: queries.my_posts(one.viewer),
    "topics": lambda one: queries.topics(one.viewer),
}


def persona_of(person: Person) -> int:
    return Persona.objects.unguarded("the test's own person").get(person=person).pk


def number_of_queries(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        read()
    return len(asked)


SIZES = {
    "few": {"posts": 80, "excluded": 5},
    "many posts": {"posts": 2000, "excluded": 5},
    "many friends": {"posts": 2000, "excluded": 300},
}
Asked = dict[str, int]


def count(name: str, **size: int) -> Asked:
    """How many queries each read asks in a channel of its own; its pages must be full, and right."""
    with undone():
        crowd = Crowd(name, **size)
        check_pages(crowd)
        return {read: number_of_queries(lambda: READS[read](crowd)) for read in READS}  # noqa: B023


def check_pages(crowd: Crowd) -> None:
    for read in (queries.hot, queries.newest, queries.near, queries.followed):
        cards = read(crowd.viewer).items
        assert len(cards) == 20
        assert all(card.author.name.startswith("author") for card in cards), "nobody she knows"
    assert len(queries.threads(crowd.viewer, post_id=crowd.posts[0].pk).items) == 20


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: Any) -> dict[str, Asked]:
    with django_db_blocker.unblock():
        return {name: count(name, **size) for name, size in SIZES.items()}


@pytest.mark.parametrize("read", READS)
def test_more_posts_and_more_people_excluded_ask_no_more(read: str, asked: dict[str, Asked]) -> None:
    numbers = {name: each[read] for name, each in asked.items()}
    assert len(set(numbers.values())) == 1, numbers


def test_a_page_asks_few_queries(asked: dict[str, Asked]) -> None:
    """A bound on all of it, so that nobody adds a query without noticing."""
    assert asked["few"]["hot"] <= 11
    assert asked["few"]["newest"] <= 9
    assert asked["few"]["comments"] <= 9


@pytest.mark.slow
def test_fifty_thousand_posts_and_five_thousand_people(asked: dict[str, Asked]) -> None:
    assert count("large", posts=50_000, excluded=5_000, authors=5_000) == asked["few"]


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[Crowd]:
    with django_db_blocker.unblock(), undone():
        yield Crowd("one", posts=300, excluded=20)


BY_SIZE: dict[str, Callable[[Crowd, int], Any]] = {
    "hot": lambda one, size: queries.hot(one.viewer, size=size),
    "newest": lambda one, size: queries.newest(one.viewer, size=size),
    "comments": lambda one, size: queries.threads(one.viewer, post_id=one.posts[0].pk, size=size),
    "answers": lambda one, size: queries.answers(
        one.viewer,
        comment_id=queries.threads(one.viewer, post_id=one.posts[0].pk).items[0].comment.id,
        size=size,
    ),
    "search": lambda one, size: queries.search_posts(one.viewer, query="花", size=size),
}


@pytest.mark.parametrize("name", BY_SIZE)
def test_thirty_ask_no_more_than_three(name: str, crowd: Crowd) -> None:
    numbers = [number_of_queries(lambda: BY_SIZE[name](crowd, size)) for size in (3, 30)]  # noqa: B023
    assert numbers[0] == numbers[1]
