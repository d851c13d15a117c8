"""What a script adds: nothing that could not be done without one, but without waiting for a page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from kith.audience.viewer import viewer_of
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.core.ids import write_id
from kith.people.models import Person
from kith.sharing import services as sharing
from tests.browser import deeds
from tests.browser.conftest import OpenPhone
from tests.browser.deeds import card
from tests.browser.town import KETTLE, Town
from tests.web.cast import befriend, circle_of, somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mei(town: Town) -> Person:
    return somebody("Mei")


@pytest.fixture
def bo(mei: Person) -> Person:
    """Mei's son; each holds the other in their circle Family."""
    bo = somebody("Bo")
    befriend(mei, bo)
    circle_of(mei, "Family", bo, is_default=True)
    circle_of(bo, "Family", mei, is_default=True)
    return bo


def asks(person: Person, words: str, *, minutes_ago: int = 1) -> int:
    """Let somebody ask their circle something, in the past."""
    viewer = viewer_of(person, utc_now() - timedelta(minutes=minutes_ago))
    return sharing.ask_question(viewer, text=words, circle_ids=_family(viewer)).pk


def _family(viewer: Viewer) -> list[int]:
    from kith.ties.models import Circle

    return list(Circle.objects.visible_to(viewer).values_list("pk", flat=True))


def mark(page: Page) -> None:
    """Leave a mark on the page, which another page would not have."""
    page.evaluate("window.same = true")


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.same === true"))


def test_useful_is_said_and_taken_back_in_place(open_phone: OpenPhone, mei: Person, bo: Person) -> None:
    asks(bo, "Who has a ladder?")
    page = open_phone(owner=mei)
    page.goto("/circle/")
    mark(page)
    useful = page.get_by_role("button", name=re.compile("^Useful"))
    useful.click()
    expect(useful).to_have_accessible_name("Useful 1")
    expect(useful).to_have_attribute("aria-pressed", "true")
    useful.click()
    expect(useful).to_have_accessible_name("Useful")
    assert is_same_page(page)


def test_what_is_said_appears_in_place(open_phone: OpenPhone, mei: Person, bo: Person) -> None:
    share_id = asks(bo, "Who has a ladder?")
    page = open_phone(owner=mei)
    page.goto(f"/circle/share/{write_id(share_id)}/")
    mark(page)
    deeds.say(page, "Your answer", "I have one.")
    deeds.say(page, "Your answer", "Come on Sunday.")
    expect(page.locator(".comment")).to_have_count(2)
    assert is_same_page(page)


def test_nothing_said_is_told_in_place(open_phone: OpenPhone, mei: Person, bo: Person) -> None:
    """Spaces alone get past the browser; the answer is drawn where the form stood."""
    share_id = asks(bo, "Who has a ladder?")
    page = open_phone(owner=mei, expects=[422])
    page.goto(f"/circle/share/{write_id(share_id)}/")
    mark(page)
    page.get_by_label("Your answer").fill("   ")
    deeds.tap(page.locator("#talk"), "Send")
    expect(page.get_by_role("alert")).to_have_text("Write a few words first.")
    assert is_same_page(page)


def test_more_is_loaded_below(open_phone: OpenPhone, mei: Person, bo: Person) -> None:
    for number in range(45):
        asks(bo, f"Question {number}?", minutes_ago=100 - number)
    page = open_phone(owner=mei)
    page.goto("/circle/")
    mark(page)
    questions = page.locator("article.card")
    for shown in (20, 40, 45):
        expect(questions).to_have_count(shown)
        if shown < 45:
            deeds.tap(page, "Show more")
    expect(page.get_by_text("Show more")).to_have_count(0)
    said = questions.locator(".said").all_inner_texts()
    assert said == [f"Question {number}?" for number in reversed(range(45))]
    assert is_same_page(page)


def test_search_finds_while_one_types(open_phone: OpenPhone, town: Town) -> None:
    page = open_phone()
    page.goto("/shop/")
    mark(page)
    expect(page.locator(".tile")).to_have_count(3)
    page.get_by_role("searchbox").press_sequentially("kettle")
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator(".tile")).to_contain_text(KETTLE)
    page.get_by_role("searchbox").fill("nothing of the kind")
    expect(page.locator("#found")).to_contain_text("Nothing found")
    assert is_same_page(page)


def test_new_things_are_told_of(open_phone: OpenPhone, mei: Person, bo: Person) -> None:
    asks(bo, "An old question?")
    page = open_phone(owner=mei)
    page.clock.install()
    page.goto("/circle/")
    badge = page.locator(".arrived")
    with page.expect_response(re.compile("/circle/new/")) as answer:
        page.clock.run_for(61_000)
    assert answer.value.status == 204
    expect(badge).to_be_empty()

    asks(bo, "A new question?", minutes_ago=0)
    page.clock.run_for(61_000)
    expect(badge).to_have_text("1 new thing")
    badge.get_by_role("link").click()
    expect(page.get_by_text("A new question?")).to_be_visible()


def test_who_will_see_it_follows_what_is_ticked(open_phone: OpenPhone, mei: Person, bo: Person) -> None:
    circle_of(mei, "Nobody yet")
    page = open_phone(owner=mei)
    page.goto("/circle/write/question/")
    who = page.locator("#who")
    expect(who).to_contain_text("1 person will see it: Bo.")
    deeds.choose_circles(page, "Nobody yet")
    expect(who).to_contain_text("Nobody would see it yet")


def test_cities_follow_the_province(open_phone: OpenPhone, mei: Person) -> None:
    page = open_phone(owner=mei)
    page.goto("/me/profile/")
    mark(page)
    page.get_by_label("Province").select_option("Hebei")
    page.get_by_label("City").select_option("Baoding")
    page.get_by_label("Province").select_option("Shanghai")
    expect(page.get_by_label("City")).to_have_count(0)
    assert is_same_page(page)


def test_the_first_page_is_light(open_phone: OpenPhone, mei: Person, bo: Person) -> None:
    """Under 50 KB without photos, all that has to come over the line: page, style, script and signs."""
    import gzip

    for number in range(25):
        asks(bo, f"Question {number}? " + "Words and words. " * 20, minutes_ago=100 - number)
    page = open_phone(owner=mei)
    bodies: dict[str, bytes] = {}
    page.on("response", lambda answer: bodies.update({answer.url: answer.body()}))
    page.goto("/circle/", wait_until="networkidle")
    expect(page.locator("article.card")).to_have_count(20)
    assert sum(len(gzip.compress(body)) for body in bodies.values()) < 50_000, {
        url: len(gzip.compress(body)) for url, body in bodies.items()
    }
    assert card(page, "Question 24?").is_visible()
