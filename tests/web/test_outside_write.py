"""Writing to strangers: who will see it is said first, nothing typed is lost, nothing is sent twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from kith.core.ids import write_id
from kith.media.models import Photo
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.strangers.models import OutsidePhoto, Post, Topic
from tests.strangers import cast as strangers
from tests.strangers.cast import viewer
from tests.web.cast import Answer, browser_of
from tests.web.outside_cast import ROSES, SAID, noise, write

pytestmark = pytest.mark.django_db
WRITE = reverse("outside:write")


def send(person: Person, text: str = ROSES, **more: Any) -> Answer:
    fields = {"topic": "hobbies", "text": text, "region": "130600", "who_comments": "all", **more}
    return browser_of(person).post(WRITE, fields)


def posts() -> list[Post]:
    return list(Post.objects.unguarded(SAID).order_by("created_at", "pk"))


def test_the_page_says_who_will_see_it_before_it_is_sent(lotus: Person) -> None:
    html = browser_of(lotus).get(WRITE).content.decode()
    assert "people who are outside as well and do not know you" in html
    assert "Lotus Pond" in html
    assert lotus.display_name not in html
    assert '<option value="130600" selected>Baoding, Hebei</option>' in html  # as the persona says
    assert '<option value="">' in html


def test_it_is_sent_with_photos_once(lotus: Person, zhao: Person) -> None:
    answers = [send(lotus, photos=[noise(), noise("bud.png")], once="a-token-of-the-form") for _twice in "12"]
    [post] = posts()
    assert {answer["Location"] for answer in answers} == {reverse("outside:post", args=[post.pk])}
    assert OutsidePhoto.objects.unguarded(SAID).filter(post=post).count() == 2
    assert Photo.objects.unguarded(SAID).count() == 2
    html = browser_of(zhao).get(reverse("outside:post", args=[post.pk])).content.decode()
    assert html.count("<img") == 2
    assert ROSES in html


def test_it_can_come_from_elsewhere_or_nowhere_and_be_for_those_who_post(lotus: Person) -> None:
    send(lotus, region="")
    send(lotus, "Who swims in Guangdong, in the morning?", region="440000", who_comments="posters")
    assert {(post.region, post.province, post.who_comments) for post in posts()} == {
        ("", "", "all"),
        ("440000", "440000", "posters"),
    }


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"text": ""}, "Write a few words first."),
        ({"topic": ""}, "Choose what it is about."),
        ({"topic": "no-such"}, "This cannot be chosen any more"),
        ({"region": "999999"}, "This cannot be chosen any more"),
        ({"text": "Ring me about roses: 13812345678"}, "write to each other by letter first"),
    ],
    ids=["no words", "no topic", "a topic that is not", "a region that is not", "a telephone number"],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(
    more: dict[str, str], sentence: str, lotus: Person
) -> None:
    answer = send(lotus, photos=[noise()], **more)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html
    assert more.get("text", ROSES) in html
    [photo] = Photo.objects.unguarded(SAID)
    assert f'name="kept_photos" value="{write_id(photo.pk)}" checked' in html
    assert posts() == []
    again = send(lotus, kept_photos=[write_id(photo.pk)])
    assert again.status_code == 302
    assert OutsidePhoto.objects.unguarded(SAID).get().photo_id == photo.pk


def test_what_was_said_already_and_too_much_at_once_are_refused_with_the_reason(lotus: Person) -> None:
    write(lotus)
    again = send(lotus)
    assert again.status_code == 422
    assert "You have written this already" in again.content.decode()
    for number, flower in enumerate(("peonies", "asters", "lilies", "tulips")):
        write(lotus, f"Who grows {flower}? I have {number} pots of these, and they need company.")
    too_much = send(lotus, "Is there anybody who dances in the park after supper?")
    assert too_much.status_code == 422
    assert "You can go on in" in too_much.content.decode()
    assert "dances in the park" in too_much.content.decode()


def test_a_photo_that_friends_know_is_refused_and_the_words_are_kept(lotus: Person) -> None:
    file = io.BytesIO()
    Image.effect_noise((160, 120), 90).convert("RGB").save(file, "PNG")
    take_in_photo(viewer(lotus), file=io.BytesIO(file.getvalue()))
    known = SimpleUploadedFile("known.png", file.getvalue(), content_type="image/png")
    answer = send(lotus, photos=[known])
    assert answer.status_code == 422
    assert "known.png: " in answer.content.decode()
    assert ROSES in answer.content.decode()
    assert posts() == []


def test_what_is_no_photo_and_more_than_nine_are_refused(lotus: Person) -> None:
    text = SimpleUploadedFile("rose.png", b"no photo", content_type="image/png")
    assert "rose.png: " in send(lotus, photos=[text]).content.decode()
    many = send(lotus, photos=[noise(f"{number}.png") for number in range(10)])
    assert many.status_code == 422
    assert "At most 9 photos." in many.content.decode()
    assert many.content.decode().count('name="kept_photos"') == 9


def test_somebody_elses_photo_and_one_from_inside_are_left_out(lotus: Person, zhao: Person) -> None:
    file = io.BytesIO()
    Image.effect_noise((160, 120), 90).convert("RGB").save(file, "PNG")
    file.seek(0)
    inside = take_in_photo(viewer(lotus), file=file)
    theirs = strangers.outside_photo(zhao)
    send(lotus, kept_photos=[write_id(inside.pk), write_id(theirs.pk), "no-id"])
    assert not OutsidePhoto.objects.unguarded(SAID).exists()


def test_a_topic_that_is_closed_is_not_offered(lotus: Person) -> None:
    Topic.objects.filter(pk="pets").update(closed=True)
    html = browser_of(lotus).get(WRITE).content.decode()
    assert 'value="pets"' not in html
    assert 'value="hobbies"' in html
    assert send(lotus, topic="pets").status_code == 422
