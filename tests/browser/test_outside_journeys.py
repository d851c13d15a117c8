"""Mei and Bo, who do not know each other, meet outside; Fang, who knows Mei, never sees her there.

Everything is done as people do it, by what they read and tap; the first with a script and without.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from kith.audience.viewer import STRANGERS
from kith.core.clock import utc_now
from kith.people.models import Person
from kith.rollout import services as rollout
from kith.strangers.services import write_post
from tests.browser import deeds
from tests.browser import outside_deeds as outside
from tests.browser.conftest import WITH_AND_WITHOUT, OpenPhone
from tests.browser.deeds import a_photo, card
from tests.strangers.cast import befriend, open_channel, stranger, viewer
from tests.web.cast import open_to_all, somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROSES = "Eleven pots of roses on one balcony. Who can prune them?"
LURE = "Add me and I show you how to earn money every day."
WALKS = "Who walks along the river in the evening?"


@pytest.fixture(autouse=True)
def channel(transactional_db: None) -> None:
    """Open to everybody."""
    open_to_all()
    open_channel(now=utc_now())


def is_outside(name: str, called: str, *, care_mode: bool = False) -> Person:
    """A shopper who is outside already, called so there."""
    return stranger(called, person=somebody(name, born=1964, care_mode=care_mode), now=utc_now())


def writes(person: Person, words: str) -> None:
    write_post(viewer(person, utc_now()), topic="hobbies", text=words)


# --- From strangers to friends ------------------------------------------------------------


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_two_strangers_become_friends(open_phone: OpenPhone, javascript: bool) -> None:
    shopper, friend = somebody("Mei", born=1962), is_outside("Fang", "Willow")
    befriend(shopper, friend, now=utc_now())
    other = is_outside("Bo", "Reed")
    writes(other, WALKS)
    mei, fang, bo = (open_phone(owner=one, javascript=javascript) for one in (shopper, friend, other))
    for page in (mei, fang, bo):
        page.goto("/me/")

    mei_goes_outside_and_writes(mei)
    only_a_stranger_sees_it(bo, fang)
    they_talk_about_it(mei, bo, javascript=javascript)
    they_write_letters(mei, bo)
    both_wish_to_know(mei, bo)
    each_has_vanished_outside(mei, bo)


def mei_goes_outside_and_writes(mei: Page) -> None:
    outside.go_outside(mei, "Lotus Pond")
    outside.post(mei, "Hobbies", ROSES, a_photo())
    expect(card(mei, ROSES)).to_contain_text("Strangers see this. Nobody who knows you does.")


def only_a_stranger_sees_it(bo: Page, fang: Page) -> None:
    outside.see_newest(fang)
    expect(card(fang, WALKS)).to_be_visible()
    expect(fang.locator("main")).not_to_contain_text("Lotus Pond")

    outside.see_newest(bo)
    roses = card(bo, ROSES)
    expect(roses).to_contain_text("Lotus Pond")
    expect(roses).to_contain_text("Baoding")
    expect(bo.locator("body")).not_to_contain_text("Mei")
    with bo.expect_response(re.compile("/outside/photo/.*/large/")) as answer:
        roses.get_by_role("link", name="Photo 1 by Lotus Pond").click()
    assert answer.value.headers["content-type"] == "image/webp"
    photo = bo.url
    bo.go_back()
    seen = fang.goto(photo)
    assert seen is not None
    assert seen.status == 404


def they_talk_about_it(mei: Page, bo: Page, *, javascript: bool) -> None:
    outside.open_post(bo, ROSES)
    like_in_place(bo, javascript=javascript)
    deeds.say(bo, "Say something", "Cut above the third leaf.")

    outside.follow_news(mei, "Reed said something about your post.*third leaf")
    expect(card(mei, ROSES).locator(".act", has_text="1")).to_be_visible()
    deeds.tap(mei.locator(".comment"), "Answer")
    deeds.say(mei, "Your answer to Reed", "Before the winter?")

    outside.follow_news(bo, "Lotus Pond answered you")
    expect(bo.locator("#talk")).to_contain_text("Before the winter?")


def like_in_place(page: Page, *, javascript: bool) -> None:
    """Like what is open. With a script the page stays the same, once the script is there."""
    page.wait_for_load_state()
    page.evaluate("window.same = true")
    page.get_by_role("button", name="Like").click()
    expect(page.get_by_role("button", name="Like 1")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.same === true") is javascript


def they_write_letters(mei: Page, bo: Page) -> None:
    outside.open_post(bo, ROSES)
    outside.greet(bo, "Your roses look well. Do you bring them in when it freezes?")

    deeds.go(mei, "Letters")
    deeds.tap(mei, "1 greeting waits for you")
    mei.get_by_role("link", name=re.compile("Reed")).click()
    expect(mei.get_by_role("heading", name="What we know, and what we don't")).to_be_visible()
    mei.get_by_label("Your answer").fill("All eleven, one after the other.")
    deeds.tap(mei, "Answer")

    outside.open_letters(bo, "Lotus Pond")
    expect(bo.locator("main")).to_contain_text("All eleven, one after the other.")
    outside.write_letter(bo, "Then you need a cart with wheels.")


def both_wish_to_know(mei: Page, bo: Page) -> None:
    outside.wish_to_know(bo, "Yes, I want that")
    deeds.is_told(bo, "They are told.")
    expect(bo.locator("body")).not_to_contain_text("Mei")

    deeds.go(mei, "Letters")
    expect(mei.locator(".list")).to_contain_text("would like to know you")
    outside.open_letters(mei, "Reed")
    outside.wish_to_know(mei, "Yes, we want to know each other")
    deeds.is_told(mei, "Now you know each other")
    expect(mei.get_by_role("heading", level=1)).to_have_text("Bo")


def each_has_vanished_outside(mei: Page, bo: Page) -> None:
    gone = bo.reload()
    assert gone is not None
    assert gone.status == 404
    for page, name, words, friend in ((mei, "Reed", WALKS, "Bo"), (bo, "Lotus Pond", ROSES, "Mei")):
        outside.see_newest(page)
        expect(page.locator("main")).not_to_contain_text(words)
        deeds.go(page, "Letters")
        expect(page.locator("main")).not_to_contain_text(name)
        deeds.go(page, "Me")
        page.get_by_role("link", name=re.compile("^Friends")).click()
        expect(page.get_by_role("link", name=f"{friend} in none of your circles yet")).to_be_visible()


# --- When something is wrong, and when it ends ---------------------------------------------


def test_what_is_wrong_and_how_it_ends(open_phone: OpenPhone) -> None:
    """In care mode: somebody is shut out, all of it is switched off, and wound down to its end."""
    reader = is_outside("Mei", "Lotus Pond", care_mode=True)
    writes(is_outside("Bo", "Reed"), LURE)
    writes(is_outside("Lan", "Willow"), WALKS)
    mei = open_phone(owner=reader)
    mei.goto("/me/")
    assert mei.locator("html").get_attribute("data-care") is not None

    mei_shuts_somebody_out(mei)
    outside.post(mei, "Hobbies", ROSES, a_photo())
    photo = mei.get_by_role("link", name="Photo 1 by Lotus Pond").get_attribute("href") or ""
    all_is_switched_off(mei, photo)
    all_is_wound_down(mei, photo)


def mei_shuts_somebody_out(mei: Page) -> None:
    outside.see_newest(mei)
    outside.report_and_shut_out(mei, LURE, "Wants money, or looks like fraud")
    outside.see_newest(mei)
    expect(card(mei, WALKS)).to_be_visible()
    expect(mei.locator("main")).not_to_contain_text("Reed")


def all_is_switched_off(mei: Page, photo: str) -> None:
    """At the next request, also when a part of an open page is asked for."""
    outside.open_post(mei, WALKS)
    rollout.close(STRANGERS, actor=None, why="a test", surface="web", now=utc_now())
    mei.get_by_role("button", name="Like").click()
    outside.is_at_the_door(mei, "Closed for now")
    assert status_of(mei, photo) == 404
    mei.goto("/outside/")
    outside.is_at_the_door(mei, "Closed for now")


def all_is_wound_down(mei: Page, photo: str) -> None:
    """Others' are gone; her own can be read, and erased."""
    until = (utc_now() + timedelta(days=30)).date()
    rollout.wind_down(STRANGERS, until=until, actor=None, why="a test", surface="web", now=utc_now())
    mei.goto("/outside/")
    expect(mei).to_have_url(re.compile("/outside/door/$"))
    expect(mei.locator("main")).to_contain_text("This place is closing")
    deeds.go(mei, "Me")
    mei.get_by_role("link", name=re.compile("^Me outside")).click()
    mei.get_by_role("link", name=ROSES).click()
    expect(card(mei, ROSES)).to_contain_text("Only you see this now.")
    expect(mei.get_by_role("link", name=re.compile("^Photo 1")).get_by_role("img")).to_be_visible()
    assert status_of(mei, photo) == 200
    mei.goto("/outside/me/")
    outside.erase_everything(mei)
    expect(mei.get_by_role("heading", name="This place is closing")).to_be_visible()
    assert status_of(mei, photo) == 404


def status_of(page: Page, address: str) -> int:
    """What the server answers this browser."""
    return page.request.get(address).status
