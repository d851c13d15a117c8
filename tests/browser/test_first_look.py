"""The first page that anybody sees, on a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPhone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "written"), [("zh-CN", "zh-Hans"), ("en", "en")])
@pytest.mark.parametrize("javascript", [True, False])
def test_speaks_the_readers_language_and_fits(
    open_phone: OpenPhone, language: str, written: str, javascript: bool
) -> None:
    page = open_phone(language=language, javascript=javascript)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", written)
    expect(page.get_by_role("heading").first).to_be_visible()
    assert page.locator("body").bounding_box()["width"] <= 390  # type: ignore[index]
