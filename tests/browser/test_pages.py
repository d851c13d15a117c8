"""Every page at 390 pixels, in both languages, light and dark, and in care mode."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from kith.people.models import Person
from tests.browser.conftest import OpenPhone
from tests.browser.crowd import Crowd, gather_crowd
from tests.browser.measures import ask_axe, measure
from tests.browser.sights import SIGHTS, Sight, unseen_routes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crowd(transactional_db: None) -> Crowd:
    return gather_crowd()


def test_every_address_is_looked_at() -> None:
    assert unseen_routes() == set()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_fits_and_can_be_used_by_all(open_phone: OpenPhone, crowd: Crowd, language: str) -> None:
    Person.objects.update(language=language)
    found = []
    for who in dict.fromkeys(sight.who for sight in SIGHTS):
        owner = crowd.person(who) if who else None
        page = open_phone(owner=owner, language="zh-CN" if language == "zh-hans" else "en")
        for sight in (sight for sight in SIGHTS if sight.who == who):
            found += [f"{sight}: {what}" for what in look_at(page, sight, crowd)]
    assert not found, "\n".join(found)


def look_at(page: Page, sight: Sight, crowd: Crowd) -> list[str]:
    """Measure a page as it is, by dark, and in care mode, without loading it again."""
    answer = page.goto(sight.address(crowd))
    assert answer is not None
    if answer.status != 200:
        return [f"answered {answer.status}"]
    found = [*measure(page), *ask_axe(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"by dark: {what}" for what in ask_axe(page, only="color-contrast")]
    page.evaluate("document.documentElement.dataset.care = ''")
    found += [f"by dark, in care mode: {what}" for what in ask_axe(page, only="color-contrast")]
    page.emulate_media(color_scheme="light")
    found += [f"in care mode: {what}" for what in measure(page, care=True)]
    return found + [f"in care mode: {what}" for what in ask_axe(page, only="color-contrast")]
