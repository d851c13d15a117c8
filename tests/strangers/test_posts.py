"""Posts: who may write them, what they may say, who sees them, and taking them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.media.services import path_of
from kith.notices.models import Notice
from kith.people.models import Person
from kith.people.signed_in import NeedsSignIn
from kith.strangers import queries, search, services
from kith.strangers.models import OutsidePhoto, Post, PostComment, Reaction, Topic
from kith.strangers.services.photos import TooManyPhotos
from kith.strangers.services.seen import seen_post
from kith.strangers.words import WordsRefused
from tests.strangers.cast import (
    NOW,
    befriend,
    inside_only,
    outside_photo,
    shut_out,
    stranger,
    unfriend,
    viewer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]
WHY = "the test looks at what was written"


def post(person: Person, text: str = "想认识爱好差不多的人，一起种花做面食。", **fields: Any) -> Post:
    return services.write_post(viewer(person), topic="meet", text=text, **fields)


def ids(page: Any) -> list[int]:
    return [card.id for card in page.items]


def sees(person: Person, written: Post) -> bool:
    try:
        queries.get_post(viewer(person), post_id=written.pk)
    except NotThere:
        assert written.pk not in ids(queries.hot(viewer(person)))
        return False
    assert written.pk in ids(queries.hot(viewer(person)))
    return True


# --- Writing ------------------------------------------------------------------------


def test_a_stranger_sees_what_was_posted_and_nothing_of_the_shopper(he: Person, zhao: Person) -> None:
    written = post(he)
    card = queries.get_post(viewer(zhao), post_id=written.pk)
    assert (card.author.name, card.topic.code, card.region) == ("荷塘月色", "meet", "130600")
    assert card.can_comment
    assert card.can_like
    assert card.can_greet
    assert not card.is_mine
    assert str(he.pk) not in repr(card)
    assert he.display_name not in repr(card)
    assert he.handle not in repr(card)


def test_its_author_sees_it_as_their_own(he: Person) -> None:
    card = queries.get_post(viewer(he), post_id=post(he).pk)
    assert card.is_mine
    assert not card.can_like
    assert not card.can_greet
    assert card.why.code == "mine"


def test_friends_blocked_and_hidden_numbers_do_not_see_it(he: Person, zhao: Person) -> None:
    written = post(he)
    assert sees(zhao, written)
    befriend(he, zhao)
    assert not sees(zhao, written)
    unfriend(he, zhao)
    assert sees(zhao, written)
    shut_out(zhao, he, contact=True)
    assert not sees(zhao, written)


def test_nobody_sees_it_who_is_not_outside_themselves(he: Person) -> None:
    written = post(he)
    assert not sees(inside_only(), written)
    assert queries.hot(viewer(None)).items == ()


def test_whoever_is_not_outside_cannot_post() -> None:
    with pytest.raises(services.MayNotPost):
        post(inside_only())
    with pytest.raises(NeedsSignIn):
        services.write_post(viewer(None), topic="meet", text="Hello")


@pytest.mark.parametrize(
    "text",
    ["", "   \n\t ", "\x00\x07", "\u202e\u200d", "a" * 2001, "half \ud83d of a pair"],
    ids=["empty", "blank", "control", "unseen", "long", "surrogate"],
)
def test_what_cannot_be_shown_is_refused(he: Person, text: str) -> None:
    with pytest.raises(WordsRefused):
        post(he, text)


def test_words_are_kept_without_what_is_not_seen(he: Person) -> None:
    text = "  one\x00 \u202eline\r\nand\tanother\n\n \n\n end \U0001f469\u200d\U0001f33e "
    written = post(he, text)
    assert written.text == "one line\nand another\n\nend \U0001f469\u200d\U0001f33e"
    assert post(he, "x" * 2000).text == "x" * 2000


@pytest.mark.parametrize("text", ["打我电话 13800138000 吧", "call +86 138 0013 8000", "138-0013-8000 找我"])
def test_a_telephone_number_is_refused(he: Person, text: str) -> None:
    with pytest.raises(WordsRefused) as refused:
        post(he, text)
    assert "by letter" in str(refused.value)


def test_a_link_is_kept_and_raises_the_risk(he: Person) -> None:
    assert post(he, "Look at https://example.com/offer, friends").risk > post(he, "今天做了馒头").risk


def test_topic_region_and_choice_must_be_there(he: Person) -> None:
    for wrong in ({"topic": "nonsense"}, {"region": "999999"}, {"who_comments": "some"}):
        with pytest.raises(services.MayNotPost):
            services.write_post(viewer(he), **{"topic": "meet", "text": "Good morning", **wrong})  # type: ignore[arg-type]
    Topic.objects.filter(pk="money").update(closed=True)
    with pytest.raises(services.MayNotPost):
        services.write_post(viewer(he), topic="money", text="Good morning")
    assert not Post.objects.unguarded(WHY).exists()


def test_the_region_is_the_personas_unless_another_is_chosen(he: Person) -> None:
    assert (post(he, "one").region, post(he, "two").province) == ("130600", "130000")
    abroad = post(stranger("白云"), "three", region="310000")
    assert (abroad.region, abroad.province) == ("310000", "310000")
    nowhere = post(stranger("远山"), "four", region="")
    assert (nowhere.region, nowhere.province) == ("", "")


# --- Photos -------------------------------------------------------------------------


def test_photos_come_with_it_in_order(he: Person, zhao: Person) -> None:
    photos = [outside_photo(he) for _ in range(3)]
    written = post(he, photo_ids=[photo.pk for photo in reversed(photos)])
    card = queries.get_post(viewer(zhao), post_id=written.pk)
    assert [ref.id for ref in card.photos] == [photo.pk for photo in reversed(photos)]


def test_ten_photos_are_too_many(he: Person) -> None:
    with pytest.raises(TooManyPhotos):
        post(he, photo_ids=list(range(10)))


def test_only_ones_own_free_photos_from_outside_can_be_added(he: Person, zhao: Person) -> None:
    mine, theirs = outside_photo(he), outside_photo(zhao)
    inside = Photo.objects.create(owner=he, name="a" * 32, width=1, height=1, created_at=NOW)
    used = post(he, "the first", photo_ids=[mine.pk])
    for wrong in (theirs.pk, inside.pk, mine.pk, 12345):
        with pytest.raises(NotThere):
            post(he, "the second", photo_ids=[outside_photo(he).pk, wrong])
    assert [row.post_id for row in OutsidePhoto.objects.unguarded(WHY)] == [used.pk]


def test_photos_that_are_on_nothing_are_cleared_away_after_a_day(he: Person) -> None:
    used, unused = outside_photo(he), outside_photo(he)
    post(he, photo_ids=[used.pk])
    assert services.erase_unused_outside_photos(now=NOW + timedelta(hours=23)) == 0
    assert services.erase_unused_outside_photos(now=NOW + timedelta(hours=25)) == 1
    left = Photo.objects.unguarded(WHY).values_list("pk", flat=True)
    assert used.pk in left
    assert unused.pk not in left


# --- Taking back --------------------------------------------------------------------


def test_withdrawn_it_is_its_authors_alone_and_can_come_back(he: Person, zhao: Person) -> None:
    written = post(he, "种花的人多不多")
    services.set_withdrawn(viewer(he), post_id=written.pk, on=True)
    assert not sees(zhao, written)
    assert written.pk not in ids(queries.hot(viewer(he)))
    assert queries.my_posts(viewer(he)).items[0].withdrawn
    assert not queries.search_posts(viewer(he), query="种花").items
    services.set_withdrawn(viewer(he), post_id=written.pk, on=False)
    assert sees(zhao, written)
    assert ids(queries.search_posts(viewer(zhao), query="种花")) == [written.pk]


def test_hidden_by_staff_it_is_its_authors_alone_who_is_told(he: Person, zhao: Person) -> None:
    written = post(he)
    services.hide_post(post_id=written.pk, on=True, now=NOW)
    assert not sees(zhao, written)
    assert queries.my_posts(viewer(he)).items[0].hidden
    told = Notice.objects.unguarded(WHY).get()
    assert (told.recipient_id, told.kind, told.subject, told.actor_id) == (
        he.pk, "post_hidden", written.pk, None,
    )  # fmt: skip
    services.hide_post(post_id=written.pk, on=False, now=NOW)
    assert sees(zhao, written)
    assert not Notice.objects.unguarded(WHY).exists()


def test_deleted_it_is_gone_with_all_that_hangs_on_it(
    he: Person, zhao: Person, django_capture_on_commit_callbacks: Any
) -> None:
    photos = [outside_photo(he), outside_photo(zhao)]
    written = post(he, photo_ids=[photos[0].pk])
    services.comment(viewer(zhao), post_id=written.pk, text="Lovely", photo_ids=[photos[1].pk])
    services.set_liked(viewer(zhao), post_id=written.pk, on=True)
    services.hide_post(post_id=written.pk, on=True, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_post(viewer(he), post_id=written.pk)
    for model in (Post, PostComment, Reaction, OutsidePhoto, Photo, Notice):
        assert not model.objects.unguarded(WHY).exists(), model
    assert not any(path_of(name, "large").exists() for photo in photos for name in photo.names)
    assert not search.find_unindexed()


def test_nobody_else_can_change_it(he: Person, zhao: Person) -> None:
    written = post(he)
    someone = viewer(zhao)
    changes: tuple[Callable[[], object], ...] = (
        lambda: services.delete_post(someone, post_id=written.pk),
        lambda: services.set_withdrawn(someone, post_id=written.pk, on=True),
        lambda: services.set_who_comments(someone, post_id=written.pk, who="none"),
    )
    for change in changes:
        with pytest.raises(NotThere):
            change()
    assert sees(zhao, written)


def test_with_the_channel_wound_down_one_can_still_erase_but_not_write(he: Person) -> None:
    from kith.core.guard import Side

    written = post(he)
    own = Viewer(he.pk, NOW, outside=Side.OWN)
    assert ids(queries.my_posts(own)) == [written.pk]
    with pytest.raises(services.MayNotPost):
        services.write_post(own, topic="meet", text="Good evening")
    shut = Viewer(he.pk, NOW, outside=Side.SHUT)
    assert queries.my_posts(shut).items == ()
    with pytest.raises(NotThere):
        services.delete_post(shut, post_id=written.pk)
    services.delete_post(own, post_id=written.pk)
    assert queries.my_posts(own).items == ()


# --- Reading ------------------------------------------------------------------------


def test_a_personas_posts(he: Person, zhao: Person) -> None:
    first, second = post(he, "one"), post(he, "two")
    services.set_withdrawn(viewer(he), post_id=first.pk, on=True)
    persona = queries.get_post(viewer(zhao), post_id=second.pk).author.id
    assert ids(queries.posts_of(viewer(zhao), persona_id=persona)) == [second.pk]
    befriend(he, zhao)
    with pytest.raises(NotThere):
        queries.posts_of(viewer(zhao), persona_id=persona)


def test_away_is_left_out_of_lists_and_can_be_brought_back(he: Person, zhao: Person) -> None:
    written = post(he, "种花")
    services.set_away(viewer(zhao), post_id=written.pk, on=True)
    for page in (queries.hot(viewer(zhao)), queries.newest(viewer(zhao)),
                 queries.search_posts(viewer(zhao), query="种花")):  # fmt: skip
        assert page.items == ()
    assert queries.get_post(viewer(zhao), post_id=written.pk).away
    assert written.pk in ids(queries.hot(viewer(stranger("白云"))))
    services.set_away(viewer(zhao), post_id=written.pk, on=False)
    assert sees(zhao, written)
    with pytest.raises(services.OwnPost):
        services.set_away(viewer(he), post_id=written.pk, on=True)


def test_as_any_stranger_sees_it_nothing_is_told_of_what_others_chose(he: Person, zhao: Person) -> None:
    """Zhao hides from He after they have talked: the view must count no more than He sees herself."""
    written = post(he)
    services.comment(viewer(zhao), post_id=written.pk, text="Lovely")
    services.set_liked(viewer(zhao), post_id=written.pk, on=True)
    [seen] = queries.my_posts_as_stranger(viewer(he), region="130000").items
    assert (seen.comments, seen.likes, seen.people, seen.why.code) == (1, 1, 1, "near")
    assert not seen.is_mine
    assert not seen.author.is_me
    assert seen.can_greet
    shut_out(zhao, he, contact=True)
    [seen] = queries.my_posts_as_stranger(viewer(he), region="310000").items
    assert (seen.comments, seen.likes, seen.people, seen.why.code) == (0, 0, 0, "waiting")


def test_as_a_stranger_one_does_not_see_what_is_not_shown(he: Person) -> None:
    shown, withdrawn, hidden = post(he, "one"), post(he, "two", region="310000"), post(stranger("白云"), "x")
    services.set_withdrawn(viewer(he), post_id=withdrawn.pk, on=True)
    services.hide_post(post_id=hidden.pk, on=True, now=NOW)
    assert ids(queries.my_posts_as_stranger(viewer(he))) == [shown.pk]
    assert ids(queries.my_posts_as_stranger(viewer(he), region="130100", near=True)) == [shown.pk]
    assert queries.my_posts_as_stranger(viewer(he), region="310000", near=True).items == ()


def test_topics_can_be_followed(he: Person, zhao: Person) -> None:
    services.follow_topic(viewer(zhao), topic="food", on=True)
    services.follow_topic(viewer(zhao), topic="food", on=True)
    food = services.write_post(viewer(he), topic="food", text="今天蒸了馒头")
    post(he)
    page = queries.followed(viewer(zhao))
    assert ids(page) == [food.pk]
    assert page.items[0].why.code == "topic"
    assert [topic.code for topic in queries.topics(viewer(zhao)) if topic.followed] == ["food"]
    services.follow_topic(viewer(zhao), topic="food", on=False)
    assert queries.followed(viewer(zhao)).items == ()
    with pytest.raises(NotThere):
        services.follow_topic(viewer(zhao), topic="nonsense", on=True)


@pytest.mark.parametrize("act", [services.follow_post, services.set_away])
def test_what_hangs_on_a_post_is_written_while_it_is_held(act: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its author may be erasing it at this instant."""
    written, held = post(stranger("白云")), []

    def seen(looks: Viewer, post_id: int, *, hold: bool = False) -> Post:
        held.append(hold)
        return seen_post(looks, post_id, hold=hold)

    monkeypatch.setattr("kith.strangers.services.follows.seen_post", seen)
    act(viewer(stranger("荷塘月色")), post_id=written.pk, on=True)
    assert held == [True]
