"""The home page outside, topics, searching, photos, one's own with a stranger's eyes, and the five places."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.core.ids import write_id
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.strangers import services as outside
from kith.strangers.models import Post, Topic
from kith.strangers.queries import my_persona
from tests.media.drawn import portrait
from tests.strangers import cast as strangers
from tests.strangers.cast import NOW, viewer
from tests.web.cast import browser_of, somebody
from tests.web.outside_cast import ROSES, as_upload, close, say, wind_down, write

pytestmark = pytest.mark.django_db
HOME = reverse("outside:home")
DOOR = reverse("outside:door")


def page(person: Person | None, address: str = HOME, **query: str) -> str:
    answer = browser_of(person).get(address, query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def places(html: str) -> list[str]:
    nav = html[html.index('<nav class="nav"') :]
    return re.findall(r'<a href="([^"]+)"', nav)


# --- Who sees what ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [{}, {"show": "new"}, {"show": "near"}, {"show": "followed"}], ids=lambda it: str(it.get("show"))
)
def test_a_stranger_sees_a_post_and_a_friend_does_not(
    query: dict[str, str], lotus: Person, zhao: Person, stone: Person
) -> None:
    write(lotus)
    for reader in (zhao, stone):
        outside.follow_topic(viewer(reader), topic="hobbies", on=True)
    assert ROSES in page(zhao, **query)
    assert ROSES not in page(stone, **query)


def test_near_is_ones_own_province_and_followed_ones_own_topics(
    lotus: Person, zhao: Person, plum: Person
) -> None:
    write(lotus)
    assert ROSES in page(zhao, show="near")
    assert ROSES not in page(plum, show="near")
    assert ROSES not in page(zhao, show="followed")
    assert ROSES in page(plum)


def test_a_topic_is_followed_and_left_from_its_page(lotus: Person, zhao: Person) -> None:
    write(lotus)
    write(lotus, "Noodles by hand, every Sunday.", topic="food")
    topic, follow = (reverse(f"outside:{name}", args=["hobbies"]) for name in ("topic", "follow-topic"))
    assert ROSES in page(zhao, topic)
    assert "Noodles" not in page(zhao, topic)
    browser = browser_of(zhao)
    browser.post(follow, {"on": "1"})
    assert ROSES in page(zhao, show="followed")
    browser.post(follow, {"on": "0"})
    assert ROSES not in page(zhao, show="followed")
    assert browser.get(reverse("outside:topic", args=["no-such"])).status_code == 404
    assert browser.post(reverse("outside:follow-topic", args=["no-such"])).status_code == 404


def test_searching_finds_what_one_may_see(lotus: Person, zhao: Person, stone: Person) -> None:
    write(lotus)
    write(zhao, "My dog is called Rice.", topic="pets")
    search = reverse("outside:search")
    assert ROSES in page(zhao, search, q="roses")
    assert "My dog" not in page(zhao, search, q="roses")
    assert ROSES not in page(stone, search, q="roses")
    assert "Nothing found" in page(stone, search, q="roses")
    assert 'value="&#34;&gt;&lt;b&gt;"' in page(zhao, search, q='"><b>')


# --- Who comes in ---------------------------------------------------------------------------


def addresses(post: Any) -> list[str]:
    return [
        HOME,
        reverse("outside:topic", args=["hobbies"]),
        reverse("outside:search"),
        reverse("outside:as-stranger"),
        reverse("outside:write"),
        reverse("outside:post", args=[post.pk]),
    ]


def test_without_an_account_one_is_asked_to_sign_in(lotus: Person) -> None:
    for address in addresses(write(lotus)):
        assert browser_of(None).get(address)["Location"].startswith("/accounts/login/")


def test_whoever_has_not_gone_outside_is_led_to_the_door(lotus: Person) -> None:
    browser = browser_of(somebody("Mei", consents=False))
    for address in addresses(write(lotus)):
        answer = browser.get(address)
        assert (answer.status_code, answer["Location"]) == (302, DOOR), address
        part = browser.get(address, headers={"hx-request": "true"})
        assert part["HX-Redirect"] == DOOR  # not the door in the place of a part of the page


def test_at_the_switch_everything_is_gone_at_once(lotus: Person, zhao: Person) -> None:
    photo = strangers.outside_photo(lotus)
    post = write(lotus, photo_ids=[photo.pk])
    picture = reverse("outside:photo", args=[photo.pk, "small"])
    browsers = [browser_of(lotus), browser_of(zhao)]
    assert all(browser.get(picture).status_code == 200 for browser in browsers)
    close()
    for browser in browsers:
        assert browser.get(picture).status_code == 404
        for address in addresses(post):
            assert browser.get(address)["Location"] == DOOR


def test_while_it_is_wound_down_one_reads_and_erases_ones_own(lotus: Person, zhao: Person) -> None:
    photo = strangers.outside_photo(lotus)
    post = write(lotus, photo_ids=[photo.pk])
    say(zhao, post, "I do, on the balcony.")
    wind_down()
    own, others = browser_of(lotus), browser_of(zhao)
    shown = own.get(reverse("outside:post", args=[post.pk])).content.decode()
    assert ROSES in shown
    assert "on the balcony." not in shown
    assert own.get(reverse("outside:photo", args=[photo.pk, "small"])).status_code == 200
    assert others.get(reverse("outside:post", args=[post.pk]))["Location"] == DOOR
    assert others.get(reverse("outside:photo", args=[photo.pk, "small"])).status_code == 404
    assert own.get(HOME)["Location"] == DOOR
    assert own.post(reverse("outside:delete", args=[post.pk])).status_code == 302
    assert own.get(reverse("outside:post", args=[post.pk]))["Location"] == DOOR


# --- Nothing that joins a persona to a shopper ---------------------------------------------------


def test_no_page_holds_anything_of_the_shopper_not_even_of_its_reader(lotus: Person, zhao: Person) -> None:
    Person.objects.filter(pk=lotus.pk).update(phone="+8613987654321")
    post = write(lotus, photo_ids=[strangers.outside_photo(lotus).pk])
    said = say(zhao, post, "I do, on the balcony.")
    say(lotus, post, "In winter as well?", answers=said)
    marks = [
        mark
        for person in (lotus, zhao)
        for mark in (write_id(person.pk), str(person.pk), person.handle, person.display_name)
    ]
    marks += ["13987654321"]
    pages = [*addresses(post), HOME + "?show=new", reverse("outside:thread", args=[post.pk, said.pk])]
    for reader in (lotus, zhao):
        for address in pages:
            answer = browser_of(reader).get(address)
            assert answer.status_code == 200
            sent = answer.content.decode() + str(answer.headers)
            assert not [mark for mark in marks if mark in sent], address


# --- Lists ---------------------------------------------------------------------------------


def test_more_is_shown_by_a_link_that_works_without_a_script(lotus: Person, zhao: Person) -> None:
    for number in range(25):
        write_at_once(lotus, number)
    browser = browser_of(zhao)
    first = browser.get(HOME, {"show": "new"}).content.decode()
    more = re.search(r'class="button quiet more" href="([^"]+)"', first)
    assert more
    address = more[1].replace("&amp;", "&")
    rest = browser.get(address).content.decode()
    part = browser.get(address, headers={"hx-request": "true"})
    for number in range(25):
        assert (f"Rose number {number}." in first) != (f"Rose number {number}." in rest)
        assert (f"Rose number {number}." in rest) == (f"Rose number {number}." in part.content.decode())
    assert "<html" in rest
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]
    assert browser.get(HOME, {"after": "not-one-of-ours"}).status_code == 404


def write_at_once(person: Person, number: int) -> None:
    """Write a post past the limit of an hour."""
    Post.objects.create(
        author=person,
        topic=Topic.objects.get(pk="hobbies"),
        text=f"Rose number {number}.",
        created_at=viewer(person).now,
        rank=number,
    )


def test_the_same_number_of_queries_for_3_posts_and_for_20(lotus: Person, zhao: Person) -> None:
    browser = browser_of(zhao)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(HOME).status_code == 200
        return len(asked)

    write_at_once(lotus, 0)
    write_at_once(lotus, 1)
    few = queries()
    others = [strangers.stranger(f"Guest {number}") for number in range(9)]
    for number, other in enumerate(others):
        write_at_once(other, 2 * number + 2)
        write_at_once(other, 2 * number + 3)
    assert queries() == few


def test_each_card_says_why_it_is_there(lotus: Person, zhao: Person, plum: Person) -> None:
    post = write(lotus)
    assert "Why is this here?" in page(plum)
    outside.set_liked(viewer(zhao), post_id=post.pk, on=True)
    say(plum, post, "I do, on the balcony.")
    assert "people talk about it" in page(zhao)


def test_the_mark_of_a_long_time_shopper_is_for_those_who_want_it_told(lotus: Person, zhao: Person) -> None:
    Person.objects.filter(pk=lotus.pk).update(joined_at=NOW - timedelta(days=4 * 366))
    write(lotus)
    assert "long-time shopper" not in page(zhao)
    outside.change_persona(viewer(lotus), tells=["years"])
    assert "✓ long-time shopper" in page(zhao)


def test_a_text_that_asks_for_caution_says_why(lotus: Person, zhao: Person) -> None:
    write(lotus, "稳赚不赔，日入过千，先转账再加我微信 zuanqian888，机会难得！！！", topic="money")
    html = page(zhao, show="new")
    assert "Careful" in html
    assert "Report it. Nobody will know that it was you." in html


def test_the_first_visits_say_who_cannot_see_what_one_writes(lotus: Person) -> None:
    note = "Only people who do not know you can see what you write here"
    for number in range(3):
        assert note in page(lotus)
        write_at_once(lotus, number)
    assert note not in page(lotus)


# --- Photos -------------------------------------------------------------------------------


def test_a_photo_is_served_to_whoever_sees_its_post(lotus: Person, zhao: Person, stone: Person) -> None:
    photo = strangers.outside_photo(lotus)
    write(lotus, photo_ids=[photo.pk])
    address = reverse("outside:photo", args=[photo.pk, "medium"])
    answer = browser_of(zhao).get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "private, no-store"
    for reader in (stone, None):
        assert browser_of(reader).get(address).status_code == 404
    assert browser_of(zhao).get(reverse("outside:photo", args=[photo.pk, "gigantic"])).status_code == 404
    # Each side has a door of its own, and serves nothing of the other: not to its owner either.
    assert browser_of(lotus).get(reverse("circle:photo", args=[photo.pk, "medium"])).status_code == 404


# --- With a stranger's eyes ---------------------------------------------------------------


def test_one_sees_ones_own_as_a_stranger_does(lotus: Person, zhao: Person) -> None:
    write(lotus)
    hidden = write(lotus, "Noodles by hand, every Sunday.", topic="food")
    outside.set_withdrawn(viewer(lotus), post_id=hidden.pk, on=True)
    html = page(lotus, reverse("outside:as-stranger"), region="440000")
    assert ROSES in html
    assert "Noodles" not in html
    assert "/like/" not in html  # only to look at
    assert ">you<" not in html
    assert "Strangers see nothing of yours" in page(zhao, reverse("outside:as-stranger"))


@pytest.mark.parametrize("veils", [True, False])
def test_with_a_strangers_eyes_ones_own_photos_are_as_strangers_see_them(
    lotus: Person, zhao: Person, veils: bool
) -> None:
    photo = take_in_photo(viewer(lotus), file=as_upload(portrait()), outside=True)
    write(lotus, photo_ids=[photo.pk])
    outside.change_persona(viewer(lotus), veils_faces=veils)
    plain = reverse("outside:photo", args=[photo.pk, "medium"])
    as_stranger = f"{plain}?as=stranger"
    assert as_stranger in page(lotus, reverse("outside:as-stranger"))
    assert plain in page(lotus, reverse("outside:mine"))
    of_lotus, of_zhao = browser_of(lotus), browser_of(zhao)
    assert of_lotus.get(as_stranger).content == of_zhao.get(plain).content
    assert (of_lotus.get(as_stranger).content == of_lotus.get(plain).content) is not veils
    assert of_zhao.get(as_stranger).content == of_zhao.get(plain).content


# --- The five places -------------------------------------------------------------------------


def test_outside_takes_a_place_at_the_foot_for_whoever_goes_there(lotus: Person) -> None:
    circle, shop, me = reverse("circle:feed"), reverse("shop:front"), reverse("me:home")
    notices, letters, trusted = (
        reverse(name) for name in ("circle:notices", "outside:letters", "trusted:merchants")
    )
    inside_only = somebody("Mei", consents=False)
    assert places(page(inside_only, me)) == [circle, shop, trusted, notices, me]
    assert places(page(None, shop)) == [circle, shop, trusted, notices, me]
    assert places(page(lotus, me)) == [circle, HOME, shop, notices, me]
    assert places(page(lotus, HOME)) == [circle, HOME, shop, letters, me]
    assert f'href="{trusted}"' in page(lotus, shop)
    assert 'aria-current="page"' in page(lotus, trusted)[page(lotus, trusted).index('<nav class="nav"') :]
    wind_down()
    assert places(page(lotus, me)) == [circle, HOME, shop, notices, me]
    close()
    assert places(page(lotus, me)) == [circle, shop, trusted, notices, me]


def test_the_pages_outside_are_cool_and_say_who_cannot_see_one(lotus: Person) -> None:
    html = page(lotus)
    assert '<body data-place="outside"' in html
    assert "People who know you cannot see you here" in html
    assert '<body data-place="inside"' in page(lotus, reverse("me:home"))


def test_what_waits_outside_is_counted_outside_and_nowhere_else(lotus: Person, zhao: Person) -> None:
    say(zhao, write(lotus), "I do, on the balcony.")
    outside.greet(viewer(zhao), persona_id=persona_of(lotus), text="Your roses are lovely.")
    badge = re.compile(r'<span class="badge">(\d+)')
    assert badge.findall(page(lotus)) == ["2"]
    assert badge.findall(page(lotus, reverse("me:home"))) == []


def persona_of(person: Person) -> int:
    card = my_persona(viewer(person))
    assert card is not None
    return card.face.id
