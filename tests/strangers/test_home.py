"""The lists of the home page: their order, who is in them, and that paging loses and doubles nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.core.guard import Viewer
from kith.core.paging import BadCursor, write_cursor
from kith.people.models import Person
from kith.strangers import queries, ranking, services
from kith.strangers.models import Persona, Post
from kith.strangers.queries.cards import PostCard
from kith.strangers.queries.home import EVERY, MOST_OF_ONE, Candidate, arrange
from tests.oracle.pair import undone
from tests.strangers.cast import NOW, befriend, open_channel, stranger, viewer

pytestmark = pytest.mark.django_db
WHY = "the test looks at what was written"


def written(author: Person, *, hours: float = 0, weight: float = 1, **fields: Any) -> Post:
    """A post as it lies in its table, so many hours old."""
    at = NOW - timedelta(hours=hours)
    fields = {"topic_id": "meet", "text": "种花", "province": "130000", "region": "130600"} | fields
    rank = ranking.rank_of(at, weight)
    return Post.objects.create(author=author, created_at=at, weight=weight, rank=rank, **fields)


def all_pages(read: Callable[..., Any], viewer: Viewer, **how: Any) -> list[list[PostCard]]:
    pages, cursor = [], None
    while True:
        page = read(viewer, cursor=cursor, **how)
        pages.append(list(page.items))
        cursor = page.next
        if cursor is None:
            return pages


# --- Arranging the first page, by itself ----------------------------------------------

CANDIDATES = st.lists(st.integers(0, 6), max_size=60).map(
    lambda authors: [Candidate(number, author) for number, author in enumerate(authors)]
)


@pytest.mark.filterwarnings("default")
@given(hottest=CANDIDATES, data=st.data(), size=st.integers(1, 25))
def test_the_first_page_keeps_its_promises(hottest: list[Candidate], data: Any, size: int) -> None:
    lately = data.draw(st.permutations(hottest)) if hottest else []
    lately = lately[: data.draw(st.integers(0, 30))]
    order, new = arrange(hottest, lately, size=size)
    by_id = {one.id: one for one in hottest}
    assert len(order) == len(set(order)) <= size
    assert new <= set(order)
    counted = Counter(by_id[one].author for one in order)
    assert not counted or max(counted.values()) <= MOST_OF_ONE
    places = [order.index(one) + 1 for one in new]
    rest = [one for one in order if one not in new]
    assert rest == sorted(rest), "the others stand in the order of rank"
    assert len(new) <= size // EVERY
    assert all(place % EVERY == 0 or place > len(rest) for place in places)
    left = [one for one in hottest if one.id not in order and counted[one.author] < MOST_OF_ONE]
    assert len(order) == size or not left, "a page is short only where the rule of authors makes it so"


def test_each_fifth_place_is_for_what_is_new() -> None:
    hottest = [Candidate(number, number) for number in range(40)]
    lately = [Candidate(number, number) for number in (3, 39, 38, 37, 36, 35)]
    order, new = arrange(hottest, lately, size=20)
    assert [order[place - 1] for place in (5, 10, 15, 20)] == [39, 38, 37, 36]
    assert new == {39, 38, 37, 36}
    assert [one for one in order if one not in new] == list(range(16))


def test_without_anything_new_the_places_go_by_rank() -> None:
    order, new = arrange([Candidate(number, number) for number in range(40)], [], size=20)
    assert (order, new) == (list(range(20)), set())


# --- Hot ------------------------------------------------------------------------------


@pytest.mark.usefixtures("channel")
def test_at_most_two_of_one_author_and_the_others_come_next() -> None:
    loud, quiet = stranger("老赵修车"), [stranger(f"白云{number}") for number in range(9)]
    many = [written(loud, hours=100, weight=1000 - number) for number in range(30)]
    few = [written(each, hours=100 + number, weight=4) for number, each in enumerate(quiet)]
    first, second, *_ = all_pages(queries.hot, viewer(stranger("荷塘月色")))
    assert [card.id for card in first] == [many[0].pk, many[1].pk, *(each.pk for each in few)]
    assert [card.id for card in second] == [each.pk for each in many[2:22]]


@pytest.mark.usefixtures("channel")
def test_small_pages_give_one_author_no_more_room() -> None:
    loud, quiet = stranger("老赵修车"), [stranger(f"白云{number}") for number in range(20)]
    many = [written(loud, hours=100, weight=1000 - number) for number in range(8)]
    few = [written(each, hours=100 + number, weight=4) for number, each in enumerate(quiet)]
    mei = viewer(stranger("荷塘月色"))
    small = [card.id for page in all_pages(queries.hot, mei, size=6) for card in page]
    assert small[:20] == [many[0].pk, many[1].pk, *(each.pk for each in few[:18])]
    assert small[20:] == [*(each.pk for each in many[2:]), *(each.pk for each in few[18:])]


@pytest.mark.usefixtures("channel")
def test_new_ones_have_their_places_and_say_so() -> None:
    authors = [stranger(f"白云{number}") for number in range(26)]
    hot = [written(each, hours=60 + number, weight=500) for number, each in enumerate(authors[:20])]
    new = [written(each, hours=number) for number, each in enumerate(authors[20:])]
    first, second = all_pages(queries.hot, viewer(stranger("荷塘月色")))
    assert [first[place - 1].id for place in (5, 10, 15, 20)] == [each.pk for each in new[:4]]
    assert {first[place - 1].why.code for place in (5, 10, 15, 20)} == {"new"}
    assert [card.id for card in second] == [each.pk for each in (*hot[16:], *new[4:])]
    small = [card.id for page in all_pages(queries.hot, viewer(authors[0]), size=5) for card in page]
    assert small[4] == new[0].pk
    assert sorted(small) == sorted(each.pk for each in (*hot, *new)), "nor does it come again on a later page"


@pytest.mark.usefixtures("channel")
def test_what_is_older_than_two_days_is_not_new() -> None:
    for number in range(20):
        written(stranger(f"白云{number}"), hours=60, weight=500)
    old = written(stranger("兰花"), hours=49)
    first, second = all_pages(queries.hot, viewer(stranger("荷塘月色")))
    assert old.pk not in {card.id for card in first}
    assert [card.id for card in second] == [old.pk]


SOME_POSTS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 90), st.integers(0, 4)), min_size=1, max_size=40
)


@settings(suppress_health_check=list(HealthCheck), max_examples=max(settings().max_examples // 3, 5))
@given(posts=SOME_POSTS, size=st.integers(1, 12), away=st.integers(0, 40), friend=st.integers(0, 9))
def test_paging_loses_and_doubles_nothing(
    posts: list[tuple[int, int, int]], size: int, away: int, friend: int
) -> None:
    with undone():
        open_channel()
        mei = stranger("荷塘月色")
        authors = [stranger(f"白云{number}") for number in range(5)]
        rows = [written(authors[author], hours=hours, weight=2.0**weight) for author, hours, weight in posts]
        if away < len(rows):
            services.set_away(viewer(mei), post_id=rows[away].pk, on=True)
        if friend < 5:
            befriend(mei, authors[friend])
        expected = {row.pk for number, row in enumerate(rows)
                    if number != away and (friend > 4 or row.author_id != authors[friend].pk)}  # fmt: skip
        for read in (queries.hot, queries.newest, queries.near):
            shown = [card.id for page in all_pages(read, viewer(mei), size=size) for card in page]
            assert sorted(shown) == sorted(expected), read.__name__
        first = [card.id for card in queries.hot(viewer(mei)).items]
        whole = [card.id for page in all_pages(queries.hot, viewer(mei), size=size) for card in page]
        assert whole[: len(first)] == first, "the same stands first, however small the pages"
        rank = {row.pk: (row.rank, row.pk) for row in rows}
        later = whole[len(first) :]
        assert later == sorted(later, key=rank.__getitem__, reverse=True)


@pytest.mark.usefixtures("channel")
def test_hot_of_one_topic() -> None:
    author, mei = stranger("白云"), stranger("荷塘月色")
    food = written(author, topic_id="food")
    written(author)
    assert [card.id for card in queries.hot(viewer(mei), topic="food").items] == [food.pk]
    assert [card.id for card in queries.newest(viewer(mei), topic="food").items] == [food.pk]
    assert queries.hot(viewer(mei), topic="nonsense").items == ()


# --- The other lists --------------------------------------------------------------------


@pytest.mark.usefixtures("channel")
def test_near_is_ones_province() -> None:
    here, there = stranger("白云", region="130100"), stranger("远山", region="310000")
    near, _far, nowhere = written(here), written(there, region="310000", province="310000"), written(
        there, region="", province=""
    )  # fmt: skip
    page = queries.near(viewer(stranger("荷塘月色", region="130600")))
    assert [card.id for card in page.items] == [near.pk]
    assert page.items[0].why.code == "near"
    assert queries.near(viewer(stranger("无名氏", region=""))).items == ()
    assert nowhere.pk not in {card.id for card in queries.near(viewer(there)).items}


@pytest.mark.usefixtures("channel")
def test_newest_is_by_time() -> None:
    author = stranger("白云")
    rows = [written(author, hours=hours, weight=weight) for hours, weight in ((3, 1), (1, 1), (2, 99))]
    cards = queries.newest(viewer(stranger("荷塘月色"))).items
    assert [card.id for card in cards] == [rows[1].pk, rows[2].pk, rows[0].pk]


@pytest.mark.usefixtures("channel")
def test_each_card_says_why_it_is_there() -> None:
    author, mei, zhao = stranger("白云"), stranger("荷塘月色"), stranger("老赵修车", region="140400")
    talked, topical = written(author, hours=3), written(author, hours=60, topic_id="food")
    close = written(stranger("兰花"), hours=90)
    quiet = written(stranger("远山"), hours=90, region="310000", province="310000")
    mine = written(mei)
    services.comment(viewer(zhao), post_id=talked.pk, text="你好")
    services.set_liked(viewer(stranger("小溪")), post_id=talked.pk, on=True)
    services.follow_topic(viewer(mei), topic="food", on=True)
    why = {card.id: card.why for card in queries.hot(viewer(mei)).items}
    assert {pk: each.words for pk, each in why.items()} == {
        talked.pk: "2 people talk about it",
        topical.pk: "You follow Food",
        close.pk: "From your province",
        quiet.pk: "Nobody has answered yet",
        mine.pk: "Your own",
    }
    befriend(zhao, mei)
    assert queries.get_post(viewer(mei), post_id=talked.pk).why.number == 1


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize(
    "cursor",
    ["nonsense", write_cursor("hot"), write_cursor("hot", [], "x", [], 1, None),
     write_cursor("hot", [], [], [], 1, [1.0]), write_cursor("hot", [], [], 1, None),
     write_cursor("cold", [], [], [], 1, None), write_cursor("2026-01-01", 5)],
    ids=range(7),
)  # fmt: skip
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    mei = viewer(stranger("荷塘月色"))
    for read in (queries.hot, queries.newest, queries.near):
        with pytest.raises(BadCursor):
            read(mei, cursor=cursor)


@pytest.mark.usefixtures("channel")
def test_a_persona_that_was_closed_takes_its_posts_along() -> None:
    author, mei = stranger("白云"), stranger("荷塘月色")
    one = written(author)
    assert [card.id for card in queries.hot(viewer(mei)).items] == [one.pk]
    Persona.objects.unguarded(WHY).filter(person=author).update(shows=False)
    assert queries.hot(viewer(mei)).items == ()
