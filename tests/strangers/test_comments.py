"""What is said under a post: who may, who reads it, empty places, removing, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core.errors import NotThere
from kith.core.guard import Side
from kith.media.models import Photo
from kith.notices.models import Notice
from kith.people.models import Person
from kith.strangers import queries, ranking, services
from kith.strangers.models import Post, PostComment, Reaction
from kith.strangers.words import WordsRefused
from tests.strangers.cast import (
    NOW,
    befriend,
    outside_photo,
    shut_out,
    stranger,
    unfriend,
    viewer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]
WHY = "the test looks at what was written"


@pytest.fixture
def bai() -> Person:
    return stranger("白云")


@pytest.fixture
def written(he: Person) -> Post:
    return services.write_post(viewer(he), topic="meet", text="退休两年了，想认识爱好差不多的人。")


def say(person: Person, post: Post, text: str, *, answers: PostComment | None = None, after: int = 0,
        photo_ids: tuple[int, ...] = ()) -> PostComment:  # fmt: skip
    at = replace(viewer(person), now=NOW + timedelta(minutes=after))
    answers_id = answers.pk if answers else None
    return services.comment(at, post_id=post.pk, text=text, answers_id=answers_id, photo_ids=photo_ids)


def read(person: Person, post: Post) -> list[tuple[str, list[str]]]:
    """The words of each thread; an empty place is a dash."""
    page = queries.threads(viewer(person), post_id=post.pk)
    return [
        (thread.comment.text if thread.comment.author else "-", [card.text for card in thread.answers])
        for thread in page.items
    ]


def told(person: Person) -> set[tuple[str, int]]:
    rows = Notice.objects.unguarded(WHY).filter(recipient=person)
    return set(rows.values_list("kind", "subject"))


# --- Saying -------------------------------------------------------------------------


def test_threads_are_two_deep(he: Person, zhao: Person, bai: Person, written: Post) -> None:
    first = say(zhao, written, "我也喜欢种花")
    answer = say(he, written, "种的什么", answers=first, after=1)
    deeper = say(bai, written, "我家是月季", answers=answer, after=2)
    say(bai, written, "大家好", after=3)
    assert (deeper.root_id, deeper.answers_id) == (first.pk, answer.pk)
    assert read(bai, written) == [("我也喜欢种花", ["种的什么", "我家是月季"]), ("大家好", [])]
    [thread, _] = queries.threads(viewer(bai), post_id=written.pk).items
    assert [card.answers for card in thread.answers] == ["", "荷塘月色"]


def test_who_comments_is_honoured(he: Person, zhao: Person, written: Post) -> None:
    services.set_who_comments(viewer(he), post_id=written.pk, who="posters")
    with pytest.raises(services.CommentRefused) as refused:
        say(zhao, written, "你好")
    assert "post of your own" in str(refused.value)
    assert queries.get_post(viewer(zhao), post_id=written.pk).why_not == "posters-only"
    own = services.write_post(viewer(zhao), topic="home", text="我修车三十年")
    say(zhao, written, "你好")
    services.set_withdrawn(viewer(zhao), post_id=own.pk, on=True)
    with pytest.raises(services.CommentRefused):
        say(zhao, written, "又来了")
    services.set_who_comments(viewer(he), post_id=written.pk, who="none")
    with pytest.raises(services.CommentRefused):
        say(zhao, written, "还在吗")
    assert queries.get_post(viewer(zhao), post_id=written.pk).why_not == "closed"
    assert read(zhao, written) == [("你好", [])]
    say(he, written, "author may always")


def test_nothing_is_said_where_nobody_reads_it(he: Person, written: Post) -> None:
    services.set_withdrawn(viewer(he), post_id=written.pk, on=True)
    assert not queries.get_post(viewer(he), post_id=written.pk).can_comment
    with pytest.raises(services.CommentRefused):
        say(he, written, "hello")


def test_only_what_is_seen_can_be_answered(he: Person, zhao: Person, bai: Person, written: Post) -> None:
    said, elsewhere = say(zhao, written, "我也喜欢种花"), services.write_post(
        viewer(he), topic="food", text="包饺子"
    )  # fmt: skip
    with pytest.raises(NotThere):
        say(bai, elsewhere, "wrong post", answers=said)
    befriend(zhao, bai)
    with pytest.raises(NotThere):
        say(bai, written, "hello Zhao", answers=said)
    befriend(he, bai)
    with pytest.raises(NotThere):
        say(bai, written, "hello He")
    with pytest.raises(NotThere):
        queries.threads(viewer(bai), post_id=written.pk)


def test_words_and_photos_have_bounds(zhao: Person, written: Post) -> None:
    with pytest.raises(WordsRefused):
        say(zhao, written, " ")
    with pytest.raises(WordsRefused):
        say(zhao, written, "x" * 1001)
    with pytest.raises(WordsRefused):
        say(zhao, written, "加我 13800138000")
    with pytest.raises(services.TooManyPhotos):
        say(zhao, written, "photos", photo_ids=(1, 2, 3, 4))
    photos = [outside_photo(zhao).pk for _ in range(3)]
    say(zhao, written, "photos", photo_ids=tuple(photos))
    [thread] = queries.threads(viewer(zhao), post_id=written.pk).items
    assert [ref.id for ref in thread.comment.photos] == photos


# --- Reading ------------------------------------------------------------------------


def test_a_place_is_empty_the_same_for_whatever_reason(
    he: Person, zhao: Person, bai: Person, written: Post
) -> None:
    """Whether He removed it or Bai knows who said it: nothing in the page is different."""
    first = say(zhao, written, "我也喜欢种花")
    say(he, written, "种的什么", answers=first, after=1)
    befriend(zhao, bai)
    known = queries.threads(viewer(bai), post_id=written.pk)
    assert read(bai, written) == [("-", ["种的什么"])]
    assert "种花" not in repr(known)
    assert "老赵" not in repr(known)
    unfriend(zhao, bai)
    assert read(bai, written) == [("我也喜欢种花", ["种的什么"])]
    services.remove_comment(viewer(he), comment_id=first.pk)
    assert queries.threads(viewer(bai), post_id=written.pk) == known
    assert queries.get_post(viewer(bai), post_id=written.pk).comments == 1


def test_a_place_without_answers_that_are_seen_is_not_there(
    he: Person, zhao: Person, bai: Person, written: Post
) -> None:
    first = say(zhao, written, "我也喜欢种花")
    answer = say(zhao, written, "还有菊花", answers=first, after=1)
    befriend(zhao, bai)
    assert read(bai, written) == []
    with pytest.raises(NotThere):
        queries.answers(viewer(bai), comment_id=first.pk)
    services.remove_comment(viewer(zhao), comment_id=answer.pk)
    services.remove_comment(viewer(zhao), comment_id=first.pk)
    assert read(he, written) == []
    assert not PostComment.objects.unguarded(WHY).exists()


def test_counts_are_of_what_is_seen(he: Person, zhao: Person, bai: Person, written: Post) -> None:
    say(zhao, written, "one")
    say(zhao, written, "two")
    say(he, written, "three")
    services.set_liked(viewer(zhao), post_id=written.pk, on=True)
    card = queries.get_post(viewer(bai), post_id=written.pk)
    assert (card.comments, card.likes, card.people, card.liked) == (3, 1, 1, False)
    assert queries.get_post(viewer(zhao), post_id=written.pk).liked
    befriend(zhao, bai)
    card = queries.get_post(viewer(bai), post_id=written.pk)
    assert (card.comments, card.likes, card.people) == (1, 0, 0)


def test_more_answers_and_pages(he: Person, zhao: Person, written: Post) -> None:
    first = say(zhao, written, "我也喜欢种花")
    for number in range(7):
        say((he, zhao)[number % 2], written, f"answer number {number}", answers=first, after=number + 1)
    for number in range(4):
        say(he, written, f"thread number {number}", after=20 + number)
    page = queries.threads(viewer(he), post_id=written.pk, size=3)
    thread = page.items[0]
    assert ([card.text for card in thread.answers], thread.more) == (
        [f"answer number {n}" for n in range(3)], 4,
    )  # fmt: skip
    rest = queries.answers(viewer(he), comment_id=first.pk, cursor=thread.next, size=3)
    last = queries.answers(viewer(he), comment_id=first.pk, cursor=rest.next, size=3)
    assert [card.text for card in (*rest.items, *last.items)] == [f"answer number {n}" for n in range(3, 7)]
    assert last.next is None
    following = queries.threads(viewer(he), post_id=written.pk, size=3, cursor=page.next)
    assert len({each.comment.id for each in (*page.items, *following.items)}) == 5
    assert following.next is None


def test_cards_say_what_can_be_done(he: Person, zhao: Person, bai: Person, written: Post) -> None:
    said = say(zhao, written, "我也喜欢种花")
    for person, mine, remove, greet in ((he, False, True, True), (zhao, True, True, False),
                                        (bai, False, False, True)):  # fmt: skip
        card, post_id = queries.get_comment(viewer(person), comment_id=said.pk)
        assert (card.is_mine, card.can_remove, card.can_greet, post_id) == (mine, remove, greet, written.pk)
        assert str(zhao.pk) not in repr(card)


def test_hundreds_of_comments_ask_no_more_than_a_few(
    he: Person, zhao: Person, bai: Person, written: Post
) -> None:
    def talk(number: int, since: int) -> None:
        for each in range(number):
            root = PostComment(post=written, post_author=he, author=(he, zhao)[each % 2], text=f"root {each}",
                               at=NOW + timedelta(minutes=since + each))  # fmt: skip
            below = [PostComment(post=written, post_author=he, author=(zhao, he)[each % 2], text="below",
                                 at=NOW, root=root, answers=root) for _ in range(5)]  # fmt: skip
            deeper = PostComment(post=written, post_author=he, author=he, text="deeper",
                                 at=NOW - timedelta(1), root=root, answers=below[0])  # fmt: skip
            PostComment.objects.bulk_create([root, *below, deeper])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_asked:
            page = queries.threads(viewer(bai), post_id=written.pk)
            assert page.items[0].more == 3
        return len(queries_asked)

    talk(3, since=0)
    few = asked()
    talk(150, since=10)
    assert asked() == few
    ranking.reweigh([written.pk])
    assert queries.get_post(viewer(bai), post_id=written.pk).comments == 153 * 7


# --- Removing -----------------------------------------------------------------------


def test_its_author_erases_words_and_photos(he: Person, zhao: Person, bai: Person, written: Post) -> None:
    first = say(zhao, written, "我也喜欢种花", photo_ids=(outside_photo(zhao).pk,))
    answer = say(he, written, "种的什么", answers=first, after=1)
    services.remove_comment(viewer(zhao), comment_id=first.pk)
    assert read(bai, written) == [("-", ["种的什么"])]
    first.refresh_from_db()
    assert first.text == ""
    assert not Photo.objects.unguarded(WHY).filter(owner=zhao).exists()
    assert told(he) == set()
    services.remove_comment(viewer(he), comment_id=answer.pk)
    assert not PostComment.objects.unguarded(WHY).exists(), "an empty place goes with its last answer"
    assert not Reaction.objects.unguarded(WHY).exists()


def test_the_posts_author_removes_it_but_does_not_erase_anothers_words(
    he: Person, zhao: Person, bai: Person, written: Post
) -> None:
    said = say(zhao, written, "我也喜欢种花")
    services.remove_comment(viewer(he), comment_id=said.pk)
    assert [read(one, written) for one in (he, zhao, bai)] == [[], [], []]
    said.refresh_from_db()
    assert said.text
    assert said.removed_at


def test_nobody_else_removes_it(zhao: Person, bai: Person, he: Person, written: Post) -> None:
    said = say(zhao, written, "我也喜欢种花")
    with pytest.raises(NotThere):
        services.remove_comment(viewer(bai), comment_id=said.pk)
    befriend(zhao, he)
    with pytest.raises(NotThere):
        services.remove_comment(viewer(he), comment_id=said.pk)
    with pytest.raises(NotThere):
        services.remove_comment(replace(viewer(zhao), outside=Side.SHUT), comment_id=said.pk)
    services.remove_comment(viewer(zhao), comment_id=said.pk)
    assert not PostComment.objects.unguarded(WHY).exists(), (
        "one's own can be erased whoever one is friends with"
    )


def test_staff_take_it_down_and_put_it_back(he: Person, zhao: Person, written: Post) -> None:
    said = say(zhao, written, "我也喜欢种花")
    services.take_down_comment(comment_id=said.pk, now=NOW)
    assert read(he, written) == []
    assert not Reaction.objects.unguarded(WHY).exists()
    services.take_down_comment(comment_id=said.pk, on=False, now=NOW)
    assert read(he, written) == [("我也喜欢种花", [])]
    assert Reaction.objects.unguarded(WHY).get().comments == 1


# --- Being told ---------------------------------------------------------------------


def test_author_answered_and_followers_are_told_once(
    he: Person, zhao: Person, bai: Person, written: Post
) -> None:
    services.follow_post(viewer(bai), post_id=written.pk, on=True)
    services.follow_post(viewer(he), post_id=written.pk, on=True)
    first = say(zhao, written, "我也喜欢种花")
    assert (told(he), told(bai), told(zhao)) == (
        {("post_comment", first.pk)}, {("post_follow", first.pk)}, set(),
    )  # fmt: skip
    answer = say(he, written, "种的什么", answers=first, after=1)
    assert told(zhao) == {("post_answer", answer.pk)}
    assert told(bai) == {("post_follow", first.pk), ("post_follow", answer.pk)}
    back = say(zhao, written, "月季和菊花", answers=answer, after=2)
    assert ("post_answer", back.pk) in told(he)
    assert ("post_comment", back.pk) not in told(he)


def test_who_knows_the_commenter_is_not_told(he: Person, zhao: Person, bai: Person, written: Post) -> None:
    services.follow_post(viewer(bai), post_id=written.pk, on=True)
    shut_out(bai, zhao, avoids=True)
    say(zhao, written, "我也喜欢种花")
    assert told(bai) == set()


def test_who_put_it_away_or_follows_no_more_is_not_told(zhao: Person, bai: Person, written: Post) -> None:
    services.follow_post(viewer(bai), post_id=written.pk, on=True)
    assert queries.get_post(viewer(bai), post_id=written.pk).following
    services.set_away(viewer(bai), post_id=written.pk, on=True)
    say(zhao, written, "one")
    services.follow_post(viewer(bai), post_id=written.pk, on=True)
    services.follow_post(viewer(bai), post_id=written.pk, on=False)
    say(zhao, written, "two")
    assert told(bai) == set()
