"""Every page at 390 pixels, in both languages, light and dark, and in care mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain

import pytest
from playwright.sync_api import FilePayload, Page

from kith.core.ids import write_id
from kith.people.models import Person
from tests.browser import deeds
from tests.browser.conftest import OpenPhone
from tests.browser.crowd import LONG_NAME, Crowd, gather_crowd
from tests.browser.measures import ask_axe, measure
from tests.browser.outside_between import at_its_end, going_outside, writing_outside
from tests.browser.outside_crowd import ONE, gather_outside
from tests.browser.sights import SIGHTS, unseen_routes
from tests.browser.town import new_number

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,  # how a page looks does not depend on the database
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def crowd(transactional_db: None) -> Crowd:
    crowd = gather_crowd()
    gather_outside(crowd.now)
    return crowd


def test_every_address_is_looked_at() -> None:
    assert unseen_routes() == set()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_fits_and_can_be_used_by_all(open_phone: OpenPhone, crowd: Crowd, language: str) -> None:
    """In Chinese by day and by dark, in English in care mode; its sizes in both, both ways.

    Care mode and darkness change how a page looks and not what is on it, so of the rules those are
    asked again that look at it.
    """
    Person.objects.update(language=language)
    look = look_by_day_and_dark if language == "zh-hans" else look_in_care_mode
    found = []
    for who in dict.fromkeys(sight.who for sight in SIGHTS):
        owner = crowd.person(who) if who else None
        page = open_phone(owner=owner, language="zh-CN" if language == "zh-hans" else "en")
        for sight in (sight for sight in SIGHTS if sight.who == who):
            found += [f"{sight}: {what}" for what in look_at(page, sight.address(crowd), look)]
    assert not found, "\n".join(found)


Look = Callable[[Page], list[str]]
LOOKS = ("color-contrast", "target-size")


def look_at(page: Page, address: str, look: Look) -> list[str]:
    answer = page.goto(address)
    assert answer is not None
    return look(page) if answer.status == 200 else [f"answered {answer.status}"]


def look_by_day_and_dark(page: Page) -> list[str]:
    page.wait_for_load_state()
    found = [*measure(page), *ask_axe(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"by dark: {what}" for what in ask_axe(page, only=["color-contrast"])]
    page.emulate_media(color_scheme="light")
    with in_care_mode(page):
        return found + [f"in care mode: {what}" for what in measure(page, care=True)]


def look_in_care_mode(page: Page) -> list[str]:
    page.wait_for_load_state()
    found = measure(page)
    with in_care_mode(page):
        in_care = [*measure(page, care=True), *ask_axe(page, only=LOOKS)]
    return found + [f"in care mode: {what}" for what in in_care]


@contextmanager
def in_care_mode(page: Page) -> Iterator[None]:
    """Switch without loading the page again: nearly all of care mode is in the stylesheet."""
    page.evaluate("document.documentElement.dataset.care = ''")
    yield
    page.evaluate("delete document.documentElement.dataset.care")


def test_pages_in_between(open_phone: OpenPhone, crowd: Crowd) -> None:
    """Pages that are reached only by sending a form, and forms that come back with complaints."""
    Person.objects.update(language="en")
    found: dict[str, list[str]] = {}

    for strangers_way in (signing_up, signing_in, a_second_step):
        stranger = open_phone()
        for what in strangers_way(stranger):
            found[what] = look_by_day_and_dark(stranger)
    mei = open_phone(owner=crowd.person("mei"))
    for what in chain(
        buying(mei, crowd), finding(mei), writing(mei, crowd), changing_the_past(mei), going_outside(mei)
    ):
        found[what] = look_by_day_and_dark(mei)
    one = open_phone(owner=crowd.person(ONE))
    for what in chain(writing_outside(one), at_its_end(one)):
        found[what] = look_by_day_and_dark(one)
    complaints = [f"{what}: {wrong}" for what, all_wrong in found.items() for wrong in all_wrong]
    assert not complaints, "\n".join(complaints)


def signing_up(page: Page) -> Iterator[str]:
    page.goto("/nothing-of-this-name/")
    yield "not here"
    page.goto("/accounts/signup/")
    deeds.tap(page, "Send me a code")
    yield "a sign-up with nothing in it"
    page.get_by_label("What do your friends call you?").fill(LONG_NAME)
    page.get_by_label("Phone number").fill(new_number())
    deeds.tap(page, "Send me a code")
    yield "the code to sign up"
    page.get_by_label("The code that we sent").fill("1")
    deeds.tap(page, "Go on")
    yield "a wrong code"


def signing_in(page: Page) -> Iterator[str]:
    page.goto("/accounts/login/")
    page.get_by_text("Sign in with a password").click()
    page.get_by_label("Phone number or Kith name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    deeds.tap(page, "Sign in")
    yield "a wrong password"


def a_second_step(page: Page) -> Iterator[str]:
    page.goto("/accounts/signup/password/")
    page.get_by_label("What do your friends call you?").fill("Xin")
    page.get_by_label("Kith name").fill("xin_in_between")
    page.get_by_label("Password").fill("plum rain 1954")
    deeds.tap(page, "Make an account")
    page.goto("/accounts/second-factor/totp/activate/")
    yield "setting up a second step"


def buying(page: Page, crowd: Crowd) -> Iterator[str]:
    deeds.open_listing(page, crowd.long_listing)
    deeds.tap(page, "Buy")
    page.get_by_label("How many?").fill("0")
    page.get_by_label("Who receives it?").fill(" ")
    page.evaluate("document.querySelector('main form').noValidate = true")
    deeds.tap(page, "Go on")
    yield "an order that cannot be"
    page.get_by_label("How many?").fill("99")
    page.get_by_label("Who receives it?").fill(LONG_NAME)
    deeds.tap(page, "Go on")
    yield "is this order right"


def finding(page: Page) -> Iterator[str]:
    deeds.find_person(page, "nobody_at_all")
    yield "nobody found"
    deeds.find_person(page, "hudie")
    yield "somebody found"
    deeds.find_person(page, "mama")
    yield "a friend found"


def writing(page: Page, crowd: Crowd) -> Iterator[str]:
    page.goto(f"/circle/write/review/?listing={write_id(crowd.long_listing.pk)}")
    yield "a review"
    page.get_by_label("Everyone who looks at this listing").check()
    page.evaluate("document.querySelector('main form').noValidate = true")
    no_photo: FilePayload = {"name": "no-photo.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}
    page.get_by_label("Photos", exact=True).set_input_files(no_photo)
    deeds.tap(page, "Show it")
    yield "a review without stars, and a photo that is none"
    line = crowd.line(buyer__handle="mei", status="delivered")
    page.goto(f"/circle/write/purchase/?line={write_id(line)}")
    yield "showing what was bought"


def changing_the_past(page: Page) -> Iterator[str]:
    page.goto("/circle/mine/past/")
    deeds.tap(page, "Go on")
    yield "a change of many without saying which"
    page.get_by_label("Hide them: nobody sees them any more").check()
    deeds.tap(page, "Go on")
    yield "shall many be changed"
