"""Language and care mode: the account's, else this browser's, else what the browser asks for."""

from __future__ import annotations

import pytest
from django.test import Client

from kith.people.models import Person
from tests.people.signing import mei, text_of

pytestmark = pytest.mark.django_db
SWITCH = "/accounts/preferences/"
PAGE = "/accounts/login/"
ENGLISH, CHINESE = '<html lang="en"', '<html lang="zh-Hans"'


def reader(asks_for: str = "") -> Client:
    return Client(headers={"accept-language": asks_for} if asks_for else {})


@pytest.mark.parametrize(
    ("asks_for", "language"),
    [
        ("", CHINESE),
        ("en-GB,en;q=0.9", ENGLISH),
        ("zh-CN", CHINESE),
        ("zh-TW", CHINESE),
        ("fr", CHINESE),
        ("fr, en;q=0.5", ENGLISH),
        ("*;q=x,,", CHINESE),
    ],
)
def test_a_stranger_is_answered_in_the_browsers_language(asks_for: str, language: str) -> None:
    answer = reader(asks_for).get(PAGE)
    assert language in text_of(answer)
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer.headers["Vary"].split(",")}


def test_a_strangers_switches_stay_with_the_browser() -> None:
    client = reader("zh-CN")
    answer = client.post(SWITCH, {"language": "en", "next": "/accounts/signup/"})
    assert answer.headers["Location"] == "/accounts/signup/"
    client.post(SWITCH, {"care": "1"})
    page = text_of(client.get(PAGE))
    assert ENGLISH + " data-care" in page
    client.post(SWITCH, {"care": "0"})
    assert "data-care" not in text_of(client.get(PAGE))
    assert ENGLISH in text_of(client.get(PAGE))


def test_an_accounts_choice_comes_before_the_browsers() -> None:
    client = reader("en")
    client.post(SWITCH, {"language": "en", "care": "1"})
    client.force_login(mei(language="zh-hans"))
    page = text_of(client.get("/accounts/"))
    assert CHINESE in page
    assert "data-care" not in page


def test_a_switch_changes_the_account() -> None:
    client = reader("en")
    client.force_login(mei(language="zh-hans"))
    client.post(SWITCH, {"language": "en", "care": "1"})
    person = Person.objects.get()
    assert (person.language, person.care_mode) == ("en", True)
    assert ENGLISH + " data-care" in text_of(client.get("/accounts/"))


@pytest.mark.parametrize("typed", [{}, {"language": "fr"}, {"care": "yes"}, {"language": "en\x00"}])
def test_nonsense_changes_nothing(typed: dict[str, str]) -> None:
    client = reader("en")
    client.force_login(mei(language="zh-hans"))
    assert client.post(SWITCH, typed).status_code == 302
    person = Person.objects.get()
    assert (person.language, person.care_mode) == ("zh-hans", False)


def test_a_switch_leads_to_no_other_site() -> None:
    assert reader().post(SWITCH, {"care": "1", "next": "https://evil.example/"}).headers["Location"] == "/"
    assert reader().get(SWITCH).status_code == 405


def test_a_new_account_keeps_what_the_stranger_chose() -> None:
    client = reader("zh-CN")
    client.post(SWITCH, {"language": "en", "care": "1"})
    new = {"display_name": "Bo", "username": "bo_lin", "password1": "plum rain 1954"}
    client.post("/accounts/signup/password/", new)
    person = Person.objects.get()
    assert (person.language, person.care_mode) == ("en", True)
