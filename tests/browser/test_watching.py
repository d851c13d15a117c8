"""The watching itself: what it must notice, it notices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPhone
from tests.browser.measures import ask_axe, measure
from tests.browser.phones import Phones

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,  # it has nothing to do with the database
    pytest.mark.django_db(transaction=True),
]

BAD = {
    "small target: <button> “Go”": '<button style="width: 60px; height: 30px">Go</button>',
    "small target: <a> “Go on”": '<p><a href="/">Go on</a></p>',
    "scrolls sideways": '<div style="width: 500px">wide</div>',
    "out of the page: <div> “wide”": '<div style="width: 500px">wide</div>',
    "cut off: <div>": '<div style="width: 50px; overflow: hidden"><p style="width: 90px">cut</p></div>',
    "axe, image-alt": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    "axe, color-contrast": '<p style="color: #999; background: #fff">pale</p>',
    "axe, label": '<input type="text">',
}


@pytest.mark.parametrize("complaint", BAD)
def test_measures_notice(open_phone: OpenPhone, complaint: str) -> None:
    page = open_phone()
    page.set_content(f'<!doctype html><html lang="en"><title>T</title><main>{BAD[complaint]}</main>')
    assert [said for said in (*measure(page), *ask_axe(page)) if said.startswith(complaint)]


def test_measures_let_pass_what_is_well(open_phone: OpenPhone) -> None:
    page = open_phone()
    page.set_content(
        '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>T</title>'
        '<main><h1>All well</h1><p>A link <a href="/">in words</a>.</p>'
        '<div style="overflow-x: auto"><div style="width: 500px">slides</div></div>'
        '<button style="width: 60px; height: 44px">Go</button></main>'
    )
    assert [*measure(page), *ask_axe(page)] == []


def _somewhere_else(page: Page) -> None:
    with page.expect_event("requestfailed"):
        page.evaluate("new Image().src = 'https://example.org/picture.png'")


def _own_style(page: Page) -> None:
    with page.expect_console_message():
        page.evaluate("document.body.setAttribute('style', 'color: red')")


def _broken_script(page: Page) -> None:
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') })")


def _missing_file(page: Page) -> None:
    with page.expect_response("**/nothing.png"):
        page.evaluate("new Image().src = '/nothing.png'")


@pytest.mark.parametrize(
    ("misdeed", "complaint"),
    [
        (_somewhere_else, "asked for https://example.org/picture.png"),
        (_own_style, "Content Security Policy"),
        (_broken_script, "broken"),
        (_missing_file, "404 for "),
    ],
)
def test_phones_complain(phones: Phones, misdeed: Callable[[Page], None], complaint: str) -> None:
    page = phones.open()
    page.goto("/")
    misdeed(page)
    assert complaint in " ".join(phones.complaints)
    phones.complaints.clear()
