"""Making an account, by phone code and by password."""

from __future__ import annotations

import pytest

from kith.people.models import Person
from kith.people.profile import HANDLE
from kith.people.services import claim_phone, open_account, remove_unfinished
from tests.conftest import Clock
from tests.people.signing import (
    MEIS,
    PASSWORD,
    PHONE,
    Telephone,
    browser,
    is_signed_in,
    mei,
    signed_in_as,
    text_of,
    wait_for_limits,
)

pytestmark = pytest.mark.django_db
SIGN_UP = "/accounts/signup/"
VERIFY = "/accounts/phone/verify/"
WITH_PASSWORD = "/accounts/signup/password/"


@pytest.mark.parametrize(
    "typed", [PHONE, "138 0013 8000", "１３８００１３８０００", "+86-138-0013-8000", "008613800138000"]
)
def test_mei_signs_up_by_phone_and_is_welcomed(telephone: Telephone, typed: str) -> None:
    her = browser()
    answer = her.post(SIGN_UP, {"display_name": " Mei  Lin ", "phone": typed})
    assert answer.headers["Location"] == VERIFY
    assert telephone.messages[-1].to == MEIS
    assert not is_signed_in(her)

    answer = her.post(VERIFY, {"code": f" {telephone.code[:3]} {telephone.code[3:]} "})

    assert answer.headers["Location"] == "/accounts/welcome/"
    person = signed_in_as(her)
    assert (person.display_name, person.phone, person.phone_verified) == ("Mei Lin", MEIS, True)
    assert HANDLE.fullmatch(person.handle)
    assert not person.has_usable_password()
    assert (person.language, person.shows, person.found_by_phone) == ("en", False, False)
    assert person.handle in text_of(her.get("/accounts/welcome/"))


def test_the_code_takes_full_width_digits(telephone: Telephone) -> None:
    her = browser()
    her.post(SIGN_UP, {"display_name": "Mei", "phone": PHONE})
    wide = telephone.code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    her.post(VERIFY, {"code": wide})
    assert is_signed_in(her)


def test_three_wrong_codes_end_it(telephone: Telephone) -> None:
    her = browser()
    her.post(SIGN_UP, {"display_name": "Mei", "phone": PHONE})
    for _ in range(2):
        answer = her.post(VERIFY, {"code": telephone.wrong_code})
        assert "That is not the code" in text_of(answer)
    assert her.post(VERIFY, {"code": telephone.wrong_code}).headers["Location"] == "/accounts/login/"
    her.post(VERIFY, {"code": telephone.code})
    assert not is_signed_in(her)


def test_a_code_that_was_sent_again_is_the_only_one(telephone: Telephone) -> None:
    her = browser()
    her.post(SIGN_UP, {"display_name": "Mei", "phone": PHONE})
    first = telephone.code
    her.post(VERIFY, {"action": "resend"})
    assert len(telephone.messages) == 1, "not twice in half a minute"
    wait_for_limits()
    her.post(VERIFY, {"action": "resend"})
    assert len(telephone.messages) == 2
    if first != telephone.code:
        her.post(VERIFY, {"code": first})
        assert not is_signed_in(her)
    her.post(VERIFY, {"code": telephone.code})
    assert is_signed_in(her)


def test_two_sign_ups_at_once_are_asked_to_wait_and_keep_what_was_typed(telephone: Telephone) -> None:
    browser().post(SIGN_UP, {"display_name": "Mei", "phone": PHONE})
    answer = browser().post(SIGN_UP, {"display_name": "Mei Two", "phone": "138-0013-8000"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert "wait half a minute" in page
    assert 'value="Mei Two"' in page
    assert 'value="138-0013-8000"' in page


def test_a_gateway_that_fails_says_so_and_keeps_what_was_typed(telephone: Telephone) -> None:
    telephone.broken = True
    page = text_of(browser().post(SIGN_UP, {"display_name": "Mei", "phone": PHONE}))
    assert "could not send" in page
    assert f'value="{PHONE}"' in page


def test_who_only_claims_a_number_does_not_keep_it_from_its_owner(telephone: Telephone) -> None:
    eve, her = browser("198.51.100.9"), browser()
    eve.post(SIGN_UP, {"display_name": "Eve", "phone": PHONE})
    wait_for_limits()
    her.post(SIGN_UP, {"display_name": "Mei", "phone": PHONE})
    her.post(VERIFY, {"code": telephone.code})
    assert signed_in_as(her).display_name == "Mei"
    assert Person.objects.get(display_name="Eve").phone is None


def test_what_was_never_finished_is_forgotten_after_a_day(clock: Clock) -> None:
    begun = open_account(display_name="Eve", now=clock.now)
    claim_phone(begun, phone=MEIS)
    with_password = open_account(display_name="Bo", handle="bo_lin", password=PASSWORD, now=clock.now)
    imported = mei(phone="+8613800138001", phone_verified=False, source="shop", external_id="1")
    assert remove_unfinished(now=clock.advance(hours=23)) == 0
    assert remove_unfinished(now=clock.advance(hours=2)) == 1
    assert set(Person.objects.all()) == {with_password, imported}


def test_bo_signs_up_with_a_password(telephone: Telephone) -> None:
    his = browser()
    answer = his.post(WITH_PASSWORD, {"display_name": "Bo", "username": "Bo_1954", "password1": PASSWORD})
    assert answer.headers["Location"] == "/accounts/welcome/"
    person = signed_in_as(his)
    assert (person.handle, person.phone) == ("bo_1954", None)
    assert person.check_password(PASSWORD)
    assert telephone.messages == []


def test_sign_up_goes_on_to_where_one_was_going(telephone: Telephone) -> None:
    her = browser()
    her.post(f"{SIGN_UP}?next=/friends/", {"display_name": "Mei", "phone": PHONE})
    assert her.post(VERIFY, {"code": telephone.code}).headers["Location"] == "/friends/"
    his = browser()
    elsewhere = {
        "display_name": "Bo",
        "username": "bo_1954",
        "password1": PASSWORD,
        "next": "https://evil.example/",
    }
    assert his.post(WITH_PASSWORD, elsewhere).headers["Location"] == "/accounts/welcome/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"display_name": "", "phone": PHONE}, "Please fill this in"),
        ({"display_name": "\u200b\u200b", "phone": PHONE}, "cannot be shown"),
        ({"display_name": "…", "phone": PHONE}, "at least one letter"),
        ({"display_name": "M" * 41, "phone": PHONE}, "at most 40 characters"),
        ({"display_name": "Mei", "phone": ""}, "Please fill this in"),
        ({"display_name": "Mei", "phone": "12345"}, "not a mobile number"),
        ({"display_name": "Mei", "phone": "010 6234 5678"}, "not a mobile number"),
        ({"display_name": "Mei", "phone": "call me"}, "not a mobile number"),
        ({"display_name": "Mei", "phone": "+" * 41}, "not a mobile number"),
        ({"display_name": "Mei\x00", "phone": PHONE}, "There is a character in it that cannot be read"),
    ],
)
def test_bad_input_by_phone(telephone: Telephone, typed: dict[str, str], said: str) -> None:
    answer = browser().post(SIGN_UP, typed)
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert not Person.objects.exists()
    assert telephone.messages == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": "ab"}, "3 to 20 letters"),
        ({"username": "1bo"}, "3 to 20 letters"),
        ({"username": "bo lin"}, "3 to 20 letters"),
        ({"username": "阿波波"}, "3 to 20 letters"),
        ({"username": "b" * 21}, "3 to 20 letters"),
        ({"username": "Admin"}, "kept for the shop"),
        ({"username": "kith_help"}, "kept for the shop"),
        ({"username": "MEI"}, "Somebody else has this Kith name"),
        ({"password1": "short"}, "too short"),
        ({"password1": "password"}, "too common"),
        ({"password1": "83749823749"}, "entirely numeric"),
        ({"password1": ""}, "Please fill this in"),
    ],
)
def test_bad_input_by_password(changed: dict[str, str], said: str) -> None:
    mei()
    typed = {"display_name": "Bo", "username": "bo_1954", "password1": PASSWORD, **changed}
    answer = browser().post(WITH_PASSWORD, typed)
    page = text_of(answer)
    assert answer.status_code == 200
    assert said in page
    assert 'value="Bo"' in page
    assert PASSWORD not in page
    assert Person.objects.count() == 1
