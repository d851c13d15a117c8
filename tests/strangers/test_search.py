"""Finding posts: what is found, by whom, and that the index follows what is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kith.core import fulltext
from kith.core.paging import BadCursor, write_cursor
from kith.people.models import Person
from kith.strangers import queries, search, services
from kith.strangers.models import Post
from kith.strangers.queries import posts as posts_queries
from tests.strangers.cast import NOW, befriend, stranger, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]


def post(author: Person, text: str, topic: str = "hobbies") -> Post:
    return services.write_post(viewer(author), topic=topic, text=text)


def found(person: Person | None, query: str) -> set[int]:
    return {card.id for card in queries.search_posts(viewer(person), query=query).items}


@pytest.mark.parametrize(
    "query", ["花", "种花", "種花", "月季", "hobbies", "Hobbies", "兴趣", "rose", "ROS", "种花 月季", "爱好"]
)
def test_what_it_says_finds_it(he: Person, zhao: Person, query: str) -> None:
    written = post(he, "喜欢种花，今年的月季 (rose) 开了")
    assert found(zhao, query) == {written.pk}
    assert queries.search_posts(viewer(zhao), query=query).items[0].why.code == "found"


@pytest.mark.parametrize(
    "query", ["", "  ", "花种", "荷塘月色", "保定", '"', "NOT 花", "\x00", "\ud800", "花 走路"]
)
def test_what_it_does_not_say_does_not(he: Person, zhao: Person, query: str) -> None:
    post(he, "喜欢种花，今年的月季开了")
    assert found(zhao, query) == set()


def test_only_what_one_may_see_is_found(he: Person, zhao: Person) -> None:
    written = post(he, "喜欢种花")
    assert found(None, "种花") == set()
    befriend(he, zhao)
    assert found(zhao, "种花") == set()
    assert found(he, "种花") == {written.pk}


def test_longer_words_are_found_by_their_characters(he: Person, zhao: Person) -> None:
    written = post(he, "广场上跳跳舞")
    assert found(zhao, "广场舞") == {written.pk}
    befriend(he, zhao)
    assert found(zhao, "广场舞") == set()


def test_pages_go_past_what_one_may_not_see(
    he: Person, zhao: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts_queries, "BATCH", 4)
    friend = stranger("白云")
    befriend(friend, zhao)
    rows = [
        Post(author=(he, friend, friend)[number % 3], topic_id="food", text="包饺子", created_at=NOW)
        for number in range(30)
    ]
    Post.objects.bulk_create(rows)
    search.index_posts([row.pk for row in rows])
    shown: list[int] = []
    cursor = None
    for _page in range(30):
        page = queries.search_posts(viewer(zhao), query="饺子", cursor=cursor, size=3)
        shown += [card.id for card in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(shown) == len(set(shown)) == 10
    assert set(shown) == {row.pk for row in rows if row.author_id == he.pk}


@pytest.mark.parametrize(
    "cursor",
    ["x", write_cursor("found"), write_cursor("hot", 1, 2, 3), write_cursor("x", 1, 2)],
    ids=range(4),
)
def test_a_cursor_of_another_list_is_refused(zhao: Person, cursor: str) -> None:
    with pytest.raises(BadCursor):
        queries.search_posts(viewer(zhao), query="花", cursor=cursor)


def test_the_index_holds_what_is_shown_and_nothing_else(he: Person) -> None:
    one, two, three = post(he, "one flower"), post(he, "two trees"), post(stranger("白云"), "three birds")
    assert fulltext.every_id(search.INDEX) == {one.pk, two.pk, three.pk}
    services.set_withdrawn(viewer(he), post_id=one.pk, on=True)
    services.hide_post(post_id=three.pk, on=True, now=NOW + timedelta(hours=1))
    services.delete_post(viewer(he), post_id=two.pk)
    assert fulltext.every_id(search.INDEX) == set()
    assert not search.find_unindexed()
    services.hide_post(post_id=three.pk, on=False, now=NOW)
    assert fulltext.every_id(search.INDEX) == {three.pk}
    fulltext.remove(search.INDEX, [three.pk])
    assert search.find_unindexed() == {three.pk}
