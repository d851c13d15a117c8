"""Every page of accounts, in both languages and in care mode, for who is signed in and who is not."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.people.signing import PASSWORD, PHONE, Telephone, browser, mei, text_of

pytestmark = pytest.mark.django_db
FOR_STRANGERS = ["login/", "login/code/", "signup/", "signup/password/", "password/reset/", "inactive/"]
FOR_PEOPLE = ["", "welcome/", "phone/change/", "password/set/", "logout/", "second-factor/"]


def check(page: str) -> None:
    """What must hold for every page: one heading, every input under a label, no text of allauth's own."""
    assert page.count("<h1>") == 1
    for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        if 'type="hidden"' not in field:
            name = re.search(r' id="([^"]+)"', field)
            assert name, field
            assert f'<label for="{name.group(1)}"' in page, field
    assert "style=" not in page
    assert "placeholder" not in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("care", ["0", "1"])
@pytest.mark.parametrize("place", FOR_STRANGERS)
def test_pages_for_strangers(place: str, care: str, language: str) -> None:
    client = browser()
    client.post("/accounts/preferences/", {"care": care, "language": language})
    answer = client.get(f"/accounts/{place}")
    assert answer.status_code == 200
    check(text_of(answer))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("place", FOR_PEOPLE)
def test_pages_for_people(place: str, language: str) -> None:
    assert browser().get(f"/accounts/{place}").status_code == 302
    client = browser()
    client.force_login(mei(language=language))
    answer = client.get(f"/accounts/{place}")
    assert answer.status_code == 200
    check(text_of(answer))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_on_the_way(telephone: Telephone, language: str) -> None:
    her = Client(headers={"accept-language": language})
    pages = [
        her.post("/accounts/login/code/", {"phone": PHONE}, follow=True),
        her.post("/accounts/login/code/confirm/", {"code": "x"}),
    ]
    her.post("/accounts/login/again/")
    pages += [
        her.post("/accounts/signup/", {"display_name": "Mei", "phone": PHONE}, follow=True),
        her.post("/accounts/phone/verify/", {"code": "x"}),
    ]
    for page in pages:
        assert page.status_code == 200
        check(text_of(page))
    mei(password=PASSWORD, handle="bo_lin", phone=None, language=language)
    his = Client(headers={"accept-language": language})
    for number in range(5):
        locked = his.post("/accounts/login/", {"login": "bo_lin", "password": str(number)})
    assert locked.status_code == 429
    check(text_of(locked))


def test_who_asks_too_often_is_told_to_wait() -> None:
    her = browser()
    for _ in range(21):
        answer = her.post("/accounts/signup/", {})
    assert answer.status_code == 429
    assert "wait a minute" in text_of(answer)


@pytest.mark.parametrize("place", ["email/", "confirm-email/", "password/reset/key/1-2/", "nowhere/"])
def test_what_is_not_used_is_not_there(place: str) -> None:
    assert browser().get(f"/accounts/{place}").status_code == 404
