"""Me: the account's own pages, the profile, and keys for programs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from kith.core.clock import utc_now
from kith.people.models import AccessToken, Person
from kith.people.tokens import find_token, tokens_of
from kith.web.acts import RECEIPT
from tests.web.cast import Answer, as_viewer, browser_of, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]

PROFILE = {
    "display_name": "Mei",
    "handle": "mei",
    "province": "130000",
    "city": "130600",
    "born": "1964",
    "language": "en",
}
KEY: dict[str, Any] = {"name": "My spreadsheet", "scopes": ["circle:read"], "days": "90"}


def post(person: Person | None, page: str, *places: int, **data: Any) -> Answer:
    return browser_of(person).post(reverse(f"me:{page}", args=places or None), data)


@pytest.mark.parametrize("name", ["home", "profile", "keys"])
def test_whose_pages_these_are(name: str, mei: Person) -> None:
    assert browser_of(mei).get(reverse(f"me:{name}")).status_code == 200
    for answer in (browser_of(None).get(reverse(f"me:{name}")), post(None, name)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_home_before_anything_was_agreed_to() -> None:
    new = somebody("New", consents=False)
    page = browser_of(new).get(reverse("me:home")).content.decode()
    assert reverse("privacy:open") in page
    assert "New" in page


# --- The profile -----------------------------------------------------------------------


def test_changing_the_profile(mei: Person) -> None:
    for _tap in range(2):
        assert post(mei, "profile", **PROFILE, care_mode="on").status_code == 302
    mei.refresh_from_db()
    assert (mei.region, mei.born, mei.care_mode, mei.found_by_phone) == ("130600", 1964, True, False)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"display_name": ""}, "Please fill this in"),
        ({"display_name": "x" * 41}, "40"),
        ({"display_name": "\u202e"}, "cannot be shown"),
        ({"handle": "bo"}, "3 to 20 letters"),
        ({"handle": "eve"}, "has this Kith name already"),
        ({"handle": "admin"}, "kept for the shop"),
        ({"born": "1800"}, "must be between"),
        ({"born": "last year"}, "Please write a number"),
        ({"province": "990000", "city": ""}, "cannot be chosen any more"),
        ({"city": "310000"}, "cannot be chosen any more"),
        ({"language": "fr"}, "cannot be chosen any more"),
        ({"found_by_phone": "on"}, "Add your phone number first"),
    ],
)
def test_a_profile_that_cannot_be_comes_back_as_it_was_typed(
    wrong: dict[str, str], said: str, mei: Person
) -> None:
    somebody("Eve")
    answer = post(mei, "profile", **{**PROFILE, "display_name": "Mei Lan", **wrong})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert said in page
    assert wrong.get("display_name", "Mei Lan") in page
    mei.refresh_from_db()
    assert (mei.display_name, mei.handle, mei.region) == ("Mei", "mei", "")


def test_a_city_that_is_its_own_province_needs_no_second_choice(mei: Person) -> None:
    assert post(mei, "profile", **{**PROFILE, "province": "310000", "city": ""}).status_code == 302
    mei.refresh_from_db()
    assert mei.region == "310000"
    assert 'name="city"' not in browser_of(mei).get(reverse("me:profile")).content.decode()


def test_choosing_a_province_shows_its_cities_and_saves_nothing(mei: Person) -> None:
    typed = {**PROFILE, "display_name": "Half typ", "province": "330000", "city": "", "cities": "1"}
    whole = post(mei, "profile", **typed).content.decode()
    assert "Hangzhou" in whole
    assert "Half typ" in whole
    part = browser_of(mei).post(reverse("me:profile"), typed, headers={"HX-Request": "true"})
    assert "Hangzhou" in part.content.decode()
    assert "<html" not in part.content.decode()
    mei.refresh_from_db()
    assert (mei.display_name, mei.region) == ("Mei", "")


# --- Keys --------------------------------------------------------------------------------


def test_a_key_is_shown_once(mei: Person) -> None:
    browser = browser_of(mei)
    (once,) = re.findall(r'name="once" value="([^"]+)"', browser.get(reverse("me:keys")).content.decode())
    answer = browser.post(reverse("me:keys"), {**KEY, "once": once})
    assert "no-store" in answer["Cache-Control"]
    (text,) = re.findall(r"<code>([^<]+)</code>", answer.content.decode())
    key = find_token(text, utc_now())
    assert key is not None
    assert (key.person, key.name, key.scopes) == (mei, "My spreadsheet", ["circle:read"])
    again = browser.post(reverse("me:keys"), {**KEY, "once": once}).content.decode()
    assert "made already" in again
    assert text not in again
    assert text not in browser.get(reverse("me:keys")).content.decode()
    assert len(tokens_of(as_viewer(mei))) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Please fill this in"),
        ({"name": "x" * 61}, "60"),
        ({"scopes": []}, "Please choose one"),
        ({"scopes": ["everything"]}, "cannot be chosen any more"),
        ({"days": "4000"}, "cannot be chosen any more"),
    ],
)
def test_a_key_that_cannot_be_comes_back_as_it_was_typed(
    wrong: dict[str, Any], said: str, mei: Person
) -> None:
    answer = post(mei, "keys", **{**KEY, **wrong})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert wrong.get("name", "My spreadsheet") in answer.content.decode()
    assert tokens_of(as_viewer(mei)) == ()


def test_more_keys_than_can_be_are_refused_in_words(mei: Person) -> None:
    for number in range(20):
        AccessToken.objects.create(person=mei, name="x", digest=str(number), created_at=utc_now())
    assert "20 keys already" in post(mei, "keys", **KEY).content.decode()


def test_taking_a_key_away(mei: Person) -> None:
    key = AccessToken.objects.create(
        person=mei, name="x", digest="d", created_at=utc_now(), expires_at=utc_now() + timedelta(days=1)
    )
    assert post(somebody("Eve"), "revoke-key", key.pk).status_code == 404
    assert browser_of(mei).get(reverse("me:revoke-key", args=[key.pk])).status_code == 405
    page = browser_of(mei).get(reverse("me:keys")).content.decode()
    (receipt,) = re.findall(rf'name="{RECEIPT}" value="([^"]+)"', page)
    for _tap in range(2):
        assert post(mei, "revoke-key", key.pk, receipt=receipt).status_code == 302
    assert post(mei, "revoke-key", key.pk).status_code == 404
    assert tokens_of(as_viewer(mei)) == ()


def test_only_staff_are_offered_what_is_for_staff(mei: Person) -> None:
    offered = 'value="rollout"'
    for scope in ("rollout", "quality"):
        assert f'value="{scope}"' not in browser_of(mei).get(reverse("me:keys")).content.decode()
    assert 'value="outside:read"' in browser_of(mei).get(reverse("me:keys")).content.decode()
    assert b"error" in post(mei, "keys", **{**KEY, "scopes": ["rollout"]}).content
    assert not tokens_of(as_viewer(mei))
    mo = somebody("Mo", is_staff=True)
    assert offered in browser_of(mo).get(reverse("me:keys")).content.decode()
