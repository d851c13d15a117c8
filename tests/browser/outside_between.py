"""Pages outside that are reached only in the middle of something, and what is left when it ends.

Each does something, and says what is on the page now.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from playwright.sync_api import Page

from kith.audience.viewer import STRANGERS
from kith.core.clock import utc_now
from kith.rollout import services as rollout
from tests.browser import deeds, outside_deeds
from tests.browser.outside_crowd import ONE, address_of_post, address_to_greet


def going_outside(page: Page) -> Iterator[str]:
    """By somebody who has not been there yet."""
    outside_deeds.agree(page)
    yield "who to be outside"
    page.get_by_label("What shall people call you here?").fill("_")
    deeds.tap(page, "Go outside")
    yield "a name that cannot be"


def writing_outside(page: Page) -> Iterator[str]:
    """By somebody who is there."""
    page.goto("/outside/write/")
    page.evaluate("document.querySelector('main form').noValidate = true")
    deeds.tap(page, "Show it to strangers")
    yield "a post without anything in it"
    page.goto(address_to_greet("lucy"))
    page.get_by_label("Your first message").fill("13800138000")
    deeds.tap(page, "Send")
    yield "a greeting with a number in it"
    page.goto("/outside/me/hidden/")
    page.get_by_label("Type or paste the numbers").fill("13700137000\n" + "W" * 80)
    deeds.tap(page, "Hide from these numbers")
    yield "a number to hide from, and something that is none"


def at_its_end(page: Page) -> Iterator[str]:
    """The place is switched off, then wound down."""
    now = utc_now()
    rollout.close(STRANGERS, actor=None, why="a test", surface="cli", now=now)
    page.goto("/outside/")
    page.get_by_text("I want to leave for good").click()
    yield "the door while it is closed"
    until = (now + timedelta(days=30)).date()
    rollout.wind_down(STRANGERS, until=until, actor=None, why="a test", surface="cli", now=now)
    for address in ("/outside/door/", "/outside/me/", address_of_post(ONE), "/outside/me/leave/"):
        page.goto(address)
        yield f"{address} while it ends"
