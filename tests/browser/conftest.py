"""A telephone: Debian's Chromium, 390 pixels wide, on a server of the test's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.conftest import find_chromium

PHONE = {"width": 390, "height": 844}
QUIET = [
    "--no-sandbox",  # it runs as root in CI, and sees nothing but our own pages
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

OpenPhone = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        pytest.fail("Chromium is missing; install it with: apt-get install chromium fonts-noto-cjk")
    # Playwright keeps an event loop in this thread; Django takes that for a sign of asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_phone(chromium: Browser, live_server: Any) -> Iterator[OpenPhone]:
    """Hand somebody a telephone: `mei = open_phone(); mei.goto("/")`. Each is a browser of its own.

    A message of an error in its console (a script that failed, something that the security
    policy forbade) fails the test.
    """
    contexts, complaints = [], []

    def open_one(*, language: str = "zh-CN", javascript: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport=PHONE,  # type: ignore[arg-type]
            locale=language,
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        context.route(lambda url: not url.startswith(live_server.url), _refuse)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        contexts.append(context)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [said for said in complaints if "status of 4" not in said] == []


def _refuse(route: Route) -> None:
    """Nothing on a page may lie anywhere but with us."""
    route.abort()
