"""One post outside: what its readers and its author can do with it, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kith.media.models import Photo
from kith.people.models import Person
from kith.strangers import services as outside
from kith.strangers.models import Post, PostComment
from kith.strangers.queries import get_post
from tests.strangers import cast as strangers
from tests.strangers.cast import NOW, viewer
from tests.web.cast import Answer, browser_of
from tests.web.outside_cast import ROSES, SAID, say, write
from tests.web.outside_people import greeting

pytestmark = pytest.mark.django_db
HOME = reverse("outside:home")


def address(name: str, post: Post) -> str:
    return reverse(f"outside:{name}", args=[post.pk])


def send(person: Person, name: str, post: Post, **fields: Any) -> Answer:
    return browser_of(person).post(address(name, post), fields)


def shown(person: Person, post: Post) -> str:
    answer = browser_of(person).get(address("post", post))
    assert answer.status_code == 200
    return answer.content.decode()


# --- Its readers --------------------------------------------------------------------------


def test_a_friend_finds_no_post_and_can_do_nothing_with_it(lotus: Person, stone: Person) -> None:
    post = write(lotus)
    assert browser_of(stone).get(address("post", post)).status_code == 404
    assert browser_of(stone).get(address("delete", post)).status_code == 404
    for name in ("like", "follow", "away", "withdraw", "delete", "comment"):
        assert send(stone, name, post, on="1", text="Mine!").status_code == 404, name


def test_others_can_do_with_it_what_readers_can_and_no_more(lotus: Person, zhao: Person) -> None:
    post = write(lotus)
    for name in ("withdraw", "delete", "who-comments"):
        answer = send(zhao, name, post, on="1", who_comments="none")
        assert answer.status_code == 404, name
    assert browser_of(zhao).get(address("delete", post)).status_code == 404
    assert shown(lotus, post)


def test_a_like_is_given_and_taken_back(lotus: Person, zhao: Person) -> None:
    post, browser = write(lotus), browser_of(zhao)
    part = browser.post(address("like", post), {"on": "1"}, headers={"hx-request": "true"})
    assert 'aria-pressed="true"' in part.content.decode()
    assert "<html" not in part.content.decode()
    assert get_post(viewer(zhao), post_id=post.pk).likes == 1
    whole = browser.post(address("like", post), {"on": "0", "next": f"{HOME}?show=new"})
    assert whole["Location"] == f"{HOME}?show=new"
    assert get_post(viewer(zhao), post_id=post.pk).likes == 0
    elsewhere = browser.post(address("like", post), {"on": "1", "next": "https://example.org/"})
    assert elsewhere["Location"] == address("post", post)


def test_ones_own_cannot_be_liked_and_offers_none_of_it(lotus: Person) -> None:
    post = write(lotus)
    assert send(lotus, "like", post, on="1").status_code == 302
    assert get_post(viewer(lotus), post_id=post.pk).likes == 0
    html = shown(lotus, post)
    for name in ("like", "away", "follow"):
        assert f'action="{address(name, post)}"' not in html
    assert "Say hello" not in html
    assert "Strangers see this. Nobody who knows you does." in html


def test_what_is_put_away_does_not_come_up_again_but_is_not_gone(lotus: Person, zhao: Person) -> None:
    post, browser = write(lotus), browser_of(zhao)
    assert ROSES in browser.get(HOME).content.decode()
    assert send(zhao, "away", post, on="1")["Location"] == HOME
    assert ROSES not in browser.get(HOME).content.decode()
    assert "will not come up for you again" in shown(zhao, post)
    send(zhao, "away", post, on="0")
    assert ROSES in browser.get(HOME).content.decode()


def test_one_is_told_of_comments_and_no_longer(lotus: Person, zhao: Person) -> None:
    post = write(lotus)
    assert "Tell me of new comments" in shown(zhao, post)
    send(zhao, "follow", post, on="1")
    assert get_post(viewer(zhao), post_id=post.pk).following
    assert "You are told of new comments" in shown(zhao, post)
    send(zhao, "follow", post, on="0")
    assert not get_post(viewer(zhao), post_id=post.pk).following


def test_from_a_post_one_can_say_hello_report_it_and_shut_its_author_out(lotus: Person, zhao: Person) -> None:
    html = shown(zhao, write(lotus))
    persona = get_post(viewer(zhao), post_id=Post.objects.unguarded(SAID).get().pk).author.id
    for name, args in (("greet", [persona]), ("avoid", [persona]), ("person", [persona])):
        assert reverse(f"outside:{name}", args=args) in html
    assert "/report/post/" in html


def test_whoever_writes_with_its_author_already_is_led_to_the_letters(lotus: Person, zhao: Person) -> None:
    post = write(lotus)
    exchange = greeting(zhao, lotus)
    html = shown(zhao, post)
    assert "Say hello" not in html
    assert "Open your letters" in html
    assert reverse("outside:exchange", args=[exchange.pk]) in html


# --- Its author --------------------------------------------------------------------------------


def test_who_may_comment_counts_at_once(lotus: Person, zhao: Person) -> None:
    post = write(lotus)
    assert 'id="say"' in shown(zhao, post)
    send(lotus, "who-comments", post, who_comments="none")
    assert 'id="say"' not in shown(zhao, post)
    assert "The author has closed the comments." in shown(zhao, post)
    assert send(zhao, "comment", post, text="I do, on the balcony.").status_code == 422
    send(lotus, "who-comments", post, who_comments="posters")
    assert "have posted something themselves" in shown(zhao, post)
    write(zhao, "Noodles by hand, every Sunday.", topic="food")
    assert 'id="say"' in shown(zhao, post)
    send(lotus, "who-comments", post, who_comments="my-friends")
    assert get_post(viewer(lotus), post_id=post.pk).who_comments == "posters"


def test_what_is_taken_back_nobody_sees_until_it_is_shown_again(lotus: Person, zhao: Person) -> None:
    post = write(lotus)
    send(lotus, "withdraw", post, on="1")
    assert browser_of(zhao).get(address("post", post)).status_code == 404
    assert "Taken back. Only you see this." in shown(lotus, post)
    send(lotus, "withdraw", post, on="0")
    assert ROSES in shown(zhao, post)


def test_what_the_shop_has_hidden_says_so_to_its_author_alone(lotus: Person, zhao: Person) -> None:
    post = write(lotus)
    outside.hide_post(post_id=post.pk, on=True, now=NOW)
    assert "The shop has hidden this" in shown(lotus, post)
    assert browser_of(zhao).get(address("post", post)).status_code == 404


def test_deleting_asks_first_and_erases_everything(lotus: Person, zhao: Person) -> None:
    photo = strangers.outside_photo(lotus)
    post, browser = write(lotus, photo_ids=[photo.pk]), browser_of(lotus)
    say(zhao, post, "I do, on the balcony.")
    asked = browser.get(address("delete", post))
    assert "cannot be brought back" in asked.content.decode()
    assert Post.objects.unguarded(SAID).exists()
    receipt = asked.context["receipt"] if asked.context else _receipt(asked)
    for _twice in range(2):
        assert browser.post(address("delete", post), {"receipt": receipt})["Location"] == reverse(
            "outside:mine"
        )
    assert not Post.objects.unguarded(SAID).exists()
    assert not PostComment.objects.unguarded(SAID).exists()
    assert not Photo.objects.unguarded(SAID).filter(pk=photo.pk).exists()
    assert browser.get(address("delete", post)).status_code == 404


def _receipt(answer: Answer) -> str:
    html = answer.content.decode()
    return html.split('name="receipt" value="')[1].split('"')[0]
