"""What people do outside, named as they would say it; beside `deeds`, which has what both sides share."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser import deeds
from tests.browser.deeds import card, go, is_told, tap

# --- Coming in, and going -----------------------------------------------------------------


def agree(page: Page) -> None:
    """Read what it means and agree, from the page about oneself on."""
    page.goto("/me/")
    page.locator("main").get_by_role("link", name=re.compile("^Outside")).click()
    tap(page, "Go on")
    expect(page.get_by_role("heading", name="Nobody ever sees")).to_be_visible()
    page.get_by_label("I have read this, I am 18 or older, and I want to go outside.").check()
    tap(page, "Go on")


def go_outside(page: Page, name: str) -> None:
    """Agree, and choose who to be."""
    agree(page)
    page.get_by_label("What shall people call you here?").fill(name)
    deeds.choose_place(page, "Hebei", "Baoding")
    page.get_by_label("That my telephone is confirmed").check()
    tap(page, "Go outside")
    is_told(page, "nobody sees you until you write something")


def erase_everything(page: Page) -> None:
    """Leave, and have all that one wrote erased."""
    page.get_by_role("link", name="Leave, or erase everything").click()
    page.get_by_label(re.compile("^Erase everything")).check()
    tap(page, "Leave")
    is_told(page, "Everything of yours outside is erased.")


# --- Posts and what is said under them --------------------------------------------------------


def post(page: Page, topic: str, words: str, photo: FilePayload) -> None:
    go(page, "Outside")
    tap(page, "Say something …")
    page.get_by_label("What is it about?").select_option(topic)
    page.get_by_label("What would you like to say?").fill(words)
    page.get_by_label("Photos", exact=True).set_input_files([photo])
    tap(page, "Show it to strangers")
    is_told(page, "Strangers can read it now.")


def see_newest(page: Page) -> None:
    go(page, "Outside")
    tap(page, "New")


def open_post(page: Page, words: str) -> None:
    """Open the post in which these words stand, and what is said about it."""
    see_newest(page)
    card(page, words).get_by_role("link", name=re.compile("^Comments")).click()
    expect(page.get_by_role("heading", name="What is said about it")).to_be_visible()


def follow_news(page: Page, words: str) -> None:
    """Find a new notice among the letters, and go where it leads."""
    page.reload()
    places = page.get_by_role("navigation", name="Kith")
    expect(places.get_by_role("link", name=re.compile(r"^Letters.*new"))).to_be_visible()
    go(page, "Letters")
    page.get_by_role("link", name=re.compile(r"^News")).click()
    page.get_by_role("link", name=re.compile(words)).click()


# --- Letters ----------------------------------------------------------------------------------


def greet(page: Page, words: str) -> None:
    """Say hello to whoever wrote the post that is open."""
    tap(page, "Say hello")
    page.get_by_label("Your first message").fill(words)
    tap(page, "Send")
    is_told(page, "It is sent.")


def open_letters(page: Page, name: str) -> None:
    go(page, "Letters")
    page.locator(".list").get_by_role("link", name=re.compile(name)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def write_letter(page: Page, words: str) -> None:
    page.get_by_label("Your letter").fill(words)
    tap(page, "Send")
    expect(page.locator(".said").filter(has_text=words)).to_be_visible()


def wish_to_know(page: Page, yes: str) -> None:
    """Read what it means to know each other, and say yes with these words."""
    tap(page, "Read what it means")
    expect(page.get_by_role("heading", name="They learn who you are")).to_be_visible()
    page.get_by_label("I have read this, and I want them to know who I am.").check()
    tap(page, yes)


# --- What is wrong ----------------------------------------------------------------------------


def report_and_shut_out(page: Page, words: str, why: str) -> None:
    """Report the post in which these words stand, and never see its author again."""
    wrong = card(page, words)
    wrong.locator("details").last.locator("summary").click()
    tap(wrong, "Report")
    page.get_by_label(why).check()
    page.get_by_label("Also shut them out").check()
    tap(page, "Send the report")
    is_told(page, "Our people look at it. Nobody is told that it was you.")


def is_at_the_door(page: Page, words: str) -> None:
    """Stand at the door, which says this."""
    expect(page).to_have_url(re.compile("/outside/door/$"))
    expect(page.get_by_role("heading", name=words)).to_be_visible()
