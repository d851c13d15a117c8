"""What is said under a post outside: threads, answers, photos, and removing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kith.core.ids import write_id
from kith.media.models import Photo
from kith.people.models import Person
from kith.strangers.models import Post, PostComment
from tests.conftest import Clock
from tests.strangers import cast as strangers
from tests.web.cast import Answer, browser_of
from tests.web.outside_cast import SAID, noise, of_some_time, say, write

pytestmark = pytest.mark.django_db
BALCONY = "I do, on the balcony."


def post_page(post: Post) -> str:
    return reverse("outside:post", args=[post.pk])


def thread_page(post: Post, comment: PostComment) -> str:
    return reverse("outside:thread", args=[post.pk, comment.pk])


def shown(person: Person, address: str) -> str:
    answer = browser_of(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def send(person: Person, post: Post, text: str, **more: Any) -> Answer:
    return browser_of(person).post(reverse("outside:comment", args=[post.pk]), {"text": text, **more})


def said() -> list[PostComment]:
    return list(PostComment.objects.unguarded(SAID).order_by("at", "pk"))


def test_it_is_said_once_however_often_the_button_is_pressed(lotus: Person, zhao: Person) -> None:
    post = write(lotus)
    answers = [send(zhao, post, BALCONY, once="a-token-of-the-form") for _twice in range(2)]
    [comment] = said()
    assert {answer["Location"] for answer in answers} == {
        f"{post_page(post)}?said={write_id(comment.pk)}#c-{write_id(comment.pk)}"
    }
    assert BALCONY in shown(lotus, post_page(post))


def test_with_htmx_the_part_of_the_page_comes_back(lotus: Person, zhao: Person) -> None:
    post, hx = write(lotus), {"hx-request": "true"}
    address = reverse("outside:comment", args=[post.pk])
    part = browser_of(zhao).post(address, {"text": BALCONY}, headers=hx).content.decode()
    assert BALCONY in part
    assert 'id="talk"' in part
    assert "<html" not in part
    refused = browser_of(zhao).post(address, {"text": " "}, headers=hx)
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()


def test_a_refusal_keeps_the_words_and_the_photos(lotus: Person, zhao: Person) -> None:
    post, words = write(lotus), "Ring me: 13812345678, I have cuttings."
    answer = send(zhao, post, words, photos=[noise()])
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "write to each other by letter first" in html
    [photo] = Photo.objects.unguarded(SAID).filter(outside=True)
    assert f'name="kept_photos" value="{write_id(photo.pk)}" checked' in html
    done = send(zhao, post, "I have cuttings.", kept_photos=[write_id(photo.pk)])
    assert done.status_code == 302
    assert reverse("outside:photo", args=[photo.pk, "large"]) in shown(lotus, post_page(post))


def test_a_photo_of_somebody_else_cannot_be_said(lotus: Person, zhao: Person) -> None:
    theirs = strangers.outside_photo(lotus)
    post = write(lotus)
    assert send(zhao, post, BALCONY, kept_photos=[write_id(theirs.pk), "no-id"]).status_code in {302, 422}
    assert f"/photo/{write_id(theirs.pk)}/" not in shown(zhao, post_page(post))


def test_an_answer_stands_in_its_thread(lotus: Person, zhao: Person, plum: Person) -> None:
    post = write(lotus)
    first = say(zhao, post, BALCONY)
    page = thread_page(post, first)
    assert f'href="{page}?answer={write_id(first.pk)}#say"' in shown(lotus, post_page(post))
    assert "Your answer to Old Zhao" in shown(lotus, page)
    fields = {"thread": write_id(first.pk), "answers": write_id(first.pk)}
    assert send(lotus, post, "In winter as well?", **fields)["Location"].startswith(page)
    [answer] = [comment for comment in said() if comment.author_id == lotus.pk]
    assert (answer.root_id, answer.answers_id) == (first.pk, first.pk)
    assert "Your answer to Lotus Pond" in shown(plum, f"{page}?answer={write_id(answer.pk)}")
    send(plum, post, "In winter mine sleep.", thread=write_id(first.pk), answers=write_id(answer.pk))
    assert "to Lotus Pond:" in shown(zhao, page)
    assert "In winter mine sleep." in shown(zhao, post_page(post))


def test_three_answers_stand_under_a_comment_and_the_others_behind_a_link(
    lotus: Person, zhao: Person, clock: Clock
) -> None:
    post = write(lotus)
    first = say(zhao, post, BALCONY)
    for number in range(5):
        say(lotus, post, f"Question number {number}?", answers=first, now=clock.advance(seconds=1))
    html = shown(zhao, post_page(post))
    assert "Question number 2?" in html
    assert "Question number 3?" not in html
    assert "2 more answers" in html
    assert "Question number 4?" in shown(zhao, thread_page(post, first))


def test_what_one_has_just_said_is_shown_even_when_its_place_is_a_page_away(
    lotus: Person, zhao: Person, clock: Clock
) -> None:
    post = write(lotus)
    for number in range(25):
        say(of_some_time(strangers.stranger(f"Guest {number}")), post, f"Me too, says number {number}.")
    clock.advance(minutes=1)
    html = shown(zhao, send(zhao, post, BALCONY)["Location"].split("#")[0])
    assert BALCONY in html
    assert html.count("Me too, says") == 20
    assert BALCONY not in shown(lotus, post_page(post))


def test_one_cannot_see_what_a_friend_says_nor_answer_it(
    lotus: Person, stone: Person, zhao: Person, plum: Person
) -> None:
    post = write(zhao)
    theirs = say(stone, post, BALCONY)
    fields = {"thread": write_id(theirs.pk), "answers": write_id(theirs.pk)}
    assert BALCONY not in shown(lotus, post_page(post))
    assert browser_of(lotus).get(thread_page(post, theirs)).status_code == 404
    assert send(lotus, post, "Is that you?", **fields).status_code == 404
    say(plum, post, "Mine are on the roof.", answers=theirs)
    of_a_friend = shown(lotus, thread_page(post, theirs))
    browser_of(zhao).post(reverse("outside:remove-comment", args=[post.pk, theirs.pk]))
    removed = shown(lotus, thread_page(post, theirs))
    assert "Mine are on the roof." in removed
    assert without_token(of_a_friend) == without_token(removed)  # an empty place tells nothing of why
    assert send(lotus, post, "Is that you?", thread=write_id(theirs.pk)).status_code == 404


def without_token(html: str) -> list[str]:
    return [line for line in html.splitlines() if "csrfmiddlewaretoken" not in line]


def test_one_removes_ones_own_and_the_author_anything_under_their_post(
    lotus: Person, zhao: Person, plum: Person
) -> None:
    post = write(lotus)
    first, second = say(zhao, post, BALCONY), say(zhao, post, "Two pots of them, in fact.")

    def remove(comment: PostComment) -> str:
        return reverse("outside:remove-comment", args=[post.pk, comment.pk])

    assert remove(first) not in shown(plum, post_page(post))
    assert browser_of(plum).get(remove(first)).status_code == 404
    assert browser_of(plum).post(remove(first)).status_code == 404
    browser = browser_of(zhao)
    html = browser.get(remove(first)).content.decode()
    assert BALCONY in html
    assert len(said()) == 2
    receipt = html.split('name="receipt" value="')[1].split('"')[0]
    for _twice in range(2):
        assert browser.post(remove(first), {"receipt": receipt})["Location"] == post_page(post)
    assert BALCONY not in shown(lotus, post_page(post))
    assert browser_of(lotus).post(remove(second))["Location"] == post_page(post)
    assert "Two pots" not in shown(plum, post_page(post))


def test_a_comment_belongs_to_its_own_post(lotus: Person, zhao: Person) -> None:
    post, other = write(lotus), write(lotus, "Noodles by hand, every Sunday.", topic="food")
    comment = say(zhao, post, BALCONY)
    assert (
        browser_of(zhao).get(reverse("outside:remove-comment", args=[other.pk, comment.pk])).status_code
        == 404
    )
    fields = {"thread": write_id(comment.pk), "answers": write_id(comment.pk)}
    assert send(lotus, other, "In winter as well?", **fields).status_code == 404
