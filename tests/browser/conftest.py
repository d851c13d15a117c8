"""A telephone, and the server that it looks at: the shipped program on the tests' own database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.phones import Phones, launch
from tests.browser.server import Server, running_server
from tests.browser.town import Town, build_town
from tests.conftest import find_chromium

OpenPhone = Callable[..., Page]
"""`mei = open_phone(language="en")`: see `Phones.open`."""
WITH_AND_WITHOUT = [
    pytest.param(True, id="with-a-script"),
    pytest.param(False, id="without", marks=pytest.mark.sqlite),  # the script is nothing to the database
]


@pytest.fixture(scope="session")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Server]:
    """The web server, in a process of its own, on the database of the tests."""
    with django_db_blocker.unblock(), running_server() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        pytest.fail("Chromium is missing; install it with: apt-get install chromium fonts-noto-cjk")
    # Playwright keeps an event loop in this thread; Django takes that for a sign of asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser
        browser.close()
        # As long as that loop runs Django keeps connections of its own for it, which nobody else closes.
        connections.close_all()


@pytest.fixture
def phones(chromium: Browser, server: Server, transactional_db: None) -> Iterator[Phones]:
    """Telephones to hand out. Whatever a browser complained of on any of them fails the test."""
    phones = Phones(chromium, server.address)
    yield phones
    phones.put_away()
    assert phones.complaints == []


@pytest.fixture
def open_phone(phones: Phones) -> OpenPhone:
    return phones.open


@pytest.fixture
def town(transactional_db: None) -> Town:
    """A shop with things to sell and somebody who sends them; nobody has bought anything yet."""
    return build_town()
