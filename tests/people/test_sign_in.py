"""Getting in, staying out, and getting in again after forgetting."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from kith.core.clock import utc_now
from kith.people.models import Person
from kith.people.services import forget_tries
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
SIGN_IN = "/accounts/login/"
ASK = "/accounts/login/code/"
ENTER = "/accounts/login/code/confirm/"
SIGN_UP = "/accounts/signup/"
VERIFY = "/accounts/phone/verify/"
CHANGE_PHONE = "/accounts/phone/change/"
UNKNOWN = "13900139000"


def try_password(client: Client, login: str, password: str) -> int:
    return client.post(SIGN_IN, {"login": login, "password": password}).status_code


def test_mei_signs_in_by_code(telephone: Telephone) -> None:
    person, her = mei(), browser()
    assert her.post(ASK, {"phone": "138 0013 8000"}).headers["Location"] == ENTER
    assert her.post(ENTER, {"code": telephone.code}).headers["Location"] == "/"
    assert signed_in_as(her) == person


@pytest.mark.parametrize(
    "login", ["mei", "MEI", " @Mei ", PHONE, "+86 138 0013 8000", "１３８００１３８０００"]
)
def test_mei_signs_in_by_password(login: str) -> None:
    person, her = mei(password=PASSWORD), browser()
    assert try_password(her, login, PASSWORD) == 302
    assert signed_in_as(her) == person


def test_a_number_that_the_shop_brought_along_is_confirmed_by_its_first_code(telephone: Telephone) -> None:
    mei(phone_verified=False, source="shop", external_id="1")
    her = browser()
    her.post(ASK, {"phone": PHONE})
    her.post(ENTER, {"code": telephone.code})
    assert signed_in_as(her).phone_verified


def test_a_closed_account_stays_closed(telephone: Telephone) -> None:
    mei(is_active=False, password=PASSWORD)
    her = browser()
    her.post(ASK, {"phone": PHONE})
    assert her.post(ENTER, {"code": telephone.code}).headers["Location"] == "/accounts/inactive/"
    assert (
        her.post(SIGN_IN, {"login": "mei", "password": PASSWORD}).headers["Location"] == "/accounts/inactive/"
    )
    assert not is_signed_in(her)
    assert "This account is closed" in text_of(her.get("/accounts/inactive/"))


def test_three_wrong_codes_end_it(telephone: Telephone) -> None:
    mei()
    her = browser()
    her.post(ASK, {"phone": PHONE})
    for _ in range(2):
        assert "That is not the code" in text_of(her.post(ENTER, {"code": telephone.wrong_code}))
    her.post(ENTER, {"code": telephone.wrong_code})
    her.post(ENTER, {"code": telephone.code})
    assert not is_signed_in(her)


def test_guessing_from_many_browsers_is_counted_by_number(telephone: Telephone, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "request_login_code": "99/m/key"}
    mei()
    browsers = [browser(f"198.51.100.{number}") for number in range(11)]
    for each in browsers:
        each.post(ASK, {"phone": PHONE})
    code = telephone.code
    for each in browsers[:10]:
        for _ in range(2):
            each.post(ENTER, {"code": telephone.wrong_code})
    assert "Too many tries" in text_of(browsers[10].post(ENTER, {"code": code}))
    assert not is_signed_in(browsers[10])


def test_another_code_and_another_number(telephone: Telephone) -> None:
    mei()
    her = browser()
    her.post(f"{ASK}?next=/friends/", {"phone": PHONE})
    her.post(f"{ENTER}?next=/friends/", {"action": "resend"})
    assert len(telephone.messages) == 1, "not twice in half a minute"
    wait_for_limits()
    assert (
        her.post(f"{ENTER}?next=/friends/", {"action": "resend"}).headers["Location"]
        == f"{ENTER}?next=/friends/"
    )
    assert len(telephone.messages) == 2
    her.post("/accounts/login/again/")
    assert her.get(ENTER).status_code == 302
    assert her.get(ASK).status_code == 200


def test_a_code_for_one_number_is_sent_ten_times_a_day_at_most(
    telephone: Telephone, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "request_login_code": "2/d/key,3/h/ip"}
    assert [text_of(browser().post(ASK, {"phone": PHONE})).count("Too many tries") for _ in range(3)] == [
        0,
        0,
        1,
    ]
    wait_for_limits()
    numbers = [f"1380013800{digit}" for digit in range(4)]
    answers = [browser("198.51.100.9").post(ASK, {"phone": number}) for number in numbers]
    assert ["Too many tries" in text_of(answer) for answer in answers] == [False, False, False, True]


# --- nobody learns whether a number has an account


def walk(client: Client, steps: list[tuple[str, dict[str, str]]]) -> list[tuple[int, str, str]]:
    """Post one after the other; what comes back, without what was typed."""
    seen = []
    for address, fields in steps:
        answer = client.post(address, fields)
        page = (
            text_of(client.get(answer.headers["Location"])) if answer.status_code == 302 else text_of(answer)
        )
        page = re.sub(r"(\+?86 ?)?13[89][\d ]{8,10}", "NUMBER", page)
        seen.append((answer.status_code, answer.headers.get("Location", ""), page))
        wait_for_limits()
    return seen


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    "address", [(ASK, ENTER), ("/accounts/password/reset/", f"{ENTER}?next=/accounts/password/new/")]
)
def test_signing_in_tells_nothing_of_a_number(
    telephone: Telephone, address: tuple[str, str], broken: bool
) -> None:
    mei()
    telephone.broken = broken
    ask, enter = address

    def steps(phone: str) -> list[tuple[str, dict[str, str]]]:
        wrong = {"code": "abcdef"}
        return [(ask, {"phone": phone}), (enter, wrong), (enter, {"action": "resend"}), *[(enter, wrong)] * 3]

    assert walk(browser(), steps(PHONE)) == walk(browser(), steps(UNKNOWN))
    if not broken:
        assert [message.to for message in telephone.messages].count("+8613900139000") == 2


@pytest.mark.parametrize("broken", [False, True])
def test_signing_up_tells_nothing_of_a_number(telephone: Telephone, broken: bool) -> None:
    mei()
    telephone.broken = broken

    def steps(phone: str) -> list[tuple[str, dict[str, str]]]:
        wrong = {"code": "abcdef"}
        new = {"display_name": "Eve", "phone": phone}
        return [
            (SIGN_UP, new),
            (VERIFY, wrong),
            (VERIFY, {"action": "change", "phone": UNKNOWN}),
            (VERIFY, wrong),
        ]

    known, unknown = walk(browser(), steps(PHONE)), walk(browser(), steps(UNKNOWN))
    assert known == unknown
    if not broken:
        assert telephone.messages[0].template == "account-exists"
        assert not Person.objects.exclude(handle="mei").filter(phone=MEIS).exists()


def test_changing_a_number_tells_nothing_of_a_number(telephone: Telephone) -> None:
    mei()
    Person.objects.create_user("eve", None, display_name="Eve", language="en")

    def seen(phone: str) -> list[tuple[int, str, str]]:
        hers = browser()
        hers.force_login(Person.objects.get(handle="eve"))
        return walk(hers, [(CHANGE_PHONE, {"phone": phone}), (VERIFY, {"code": "abcdef"})])

    assert seen(PHONE) == seen(UNKNOWN)


def test_a_wrong_password_tells_nothing_of_a_name() -> None:
    mei(password=PASSWORD)

    def seen(login: str) -> str:
        page = text_of(browser().post(SIGN_IN, {"login": login, "password": "wrong"}))
        return page.replace(login, "LOGIN")

    assert seen("mei") == seen("nobody_here")
    assert seen(PHONE) == seen(UNKNOWN)


# --- lock-out


def test_five_wrong_passwords_lock_the_name_out_for_this_address(telephone: Telephone) -> None:
    mei(password=PASSWORD)
    eve, her = browser("198.51.100.9"), browser("203.0.113.7")
    assert [try_password(eve, "mei", f"wrong {n}") for n in range(5)] == [200, 200, 200, 200, 429]
    assert try_password(eve, "Mei", PASSWORD) == 429, "the right one does not help any more"
    locked = eve.post(SIGN_IN, {"login": "mei", "password": PASSWORD})
    assert "Too many wrong passwords" in text_of(locked)
    assert try_password(eve, "nobody_here", "wrong") == 200, "another name is not locked"
    assert try_password(her, "mei", PASSWORD) == 302, "Mei at home is not locked out by Eve"


def test_a_lock_out_looks_the_same_for_a_name_that_nobody_has() -> None:
    eve = browser()
    assert [try_password(eve, "nobody_here", f"wrong {n}") for n in range(6)] == [
        200,
        200,
        200,
        200,
        429,
        429,
    ]


def test_wrong_passwords_from_everywhere_are_counted_by_name() -> None:
    mei(password=PASSWORD)
    for number in range(10):
        try_password(browser(f"198.51.100.{number}"), "mei", "wrong")
    answer = browser("203.0.113.7").post(SIGN_IN, {"login": "mei", "password": PASSWORD})
    assert "Too many tries" in text_of(answer)


def test_what_is_kept_of_a_try_says_little_and_not_for_long() -> None:
    try_password(browser(), "mei", "wrong but telling")
    (kept,) = AccessAttempt.objects.values()
    assert "wrong but telling" not in str(kept)
    assert "login=mei" not in kept["post_data"]
    assert forget_tries(now=utc_now() + timedelta(hours=23)) == 0
    assert forget_tries(now=utc_now() + timedelta(hours=25)) == 1


def test_a_good_password_forgives_the_wrong_ones_before() -> None:
    mei(password=PASSWORD)
    for _ in range(2):
        her = browser()
        assert [try_password(her, "mei", "wrong") for _ in range(4)] == [200] * 4
        assert try_password(her, "mei", PASSWORD) == 302
        wait_for_limits()


def test_a_code_still_opens_for_who_is_locked_out(telephone: Telephone) -> None:
    mei(password=PASSWORD)
    her = browser()
    for _ in range(5):
        try_password(her, "mei", "wrong")
    her.post(ASK, {"phone": PHONE})
    her.post(ENTER, {"code": telephone.code})
    assert is_signed_in(her)


# --- forgotten and changed


def test_a_forgotten_password_is_set_anew_by_code(telephone: Telephone) -> None:
    person, her = mei(password="the old one 1"), browser()
    elsewhere = browser()
    elsewhere.force_login(person)
    where = her.post("/accounts/password/reset/", {"phone": PHONE}).headers["Location"]
    assert her.post(where, {"code": telephone.code}).headers["Location"] == "/accounts/password/new/"
    assert "too short" in text_of(her.post("/accounts/password/new/", {"password1": "short"}))
    assert her.post("/accounts/password/new/", {"password1": PASSWORD}).headers["Location"] == "/accounts/"
    assert "Your password is set" in text_of(her.get("/accounts/"))
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert elsewhere.get("/accounts/").status_code == 302, "other devices are signed out"


def test_a_new_password_without_the_old_one_needs_a_code() -> None:
    mei(password=PASSWORD)
    her = browser()
    try_password(her, "mei", PASSWORD)
    answer = her.post("/accounts/password/new/", {"password1": "another one 2"})
    assert answer.headers["Location"] == "/accounts/password/change/"
    assert Person.objects.get().check_password(PASSWORD)


def test_changing_a_password_asks_for_the_old_one() -> None:
    mei(password=PASSWORD)
    her = browser()
    try_password(her, "mei", PASSWORD)
    wrong = her.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": "another one 2"})
    assert "not your current password" in text_of(wrong)
    right = her.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "another one 2"})
    assert right.headers["Location"] == "/accounts/"
    assert Person.objects.get().check_password("another one 2")
    assert is_signed_in(her)


def test_who_signed_up_by_phone_may_add_a_password(telephone: Telephone) -> None:
    mei()
    her = browser()
    her.post(ASK, {"phone": PHONE})
    her.post(ENTER, {"code": telephone.code})
    assert her.get("/accounts/password/change/").headers["Location"] == "/accounts/password/set/"
    her.post("/accounts/password/set/", {"password1": PASSWORD})
    assert Person.objects.get().check_password(PASSWORD)


def test_a_number_changes_only_when_its_code_was_entered(telephone: Telephone) -> None:
    person, her = mei(), browser()
    her.force_login(person)
    assert "your number already" in text_of(her.post(CHANGE_PHONE, {"phone": PHONE}))
    assert "not a mobile number" in text_of(her.post(CHANGE_PHONE, {"phone": "1"}))
    her.post(CHANGE_PHONE, {"phone": UNKNOWN})
    assert telephone.messages[-1].to == "+8613900139000"
    person.refresh_from_db()
    assert person.phone == MEIS
    her.post(VERIFY, {"code": telephone.wrong_code})
    her.post(VERIFY, {"code": telephone.code})
    person.refresh_from_db()
    assert (person.phone, person.phone_verified) == ("+8613900139000", True)


def test_changing_a_number_asks_for_the_password_of_who_has_one(telephone: Telephone) -> None:
    mei(password=PASSWORD)
    her = browser()
    try_password(her, "mei", PASSWORD)
    where = her.post(CHANGE_PHONE, {"phone": UNKNOWN}).headers["Location"]
    assert where.startswith("/accounts/reauthenticate/")
    assert telephone.messages == []
    assert "That is not your password" in text_of(her.post(where, {"password": "wrong"}))
    her.post(where, {"password": PASSWORD})
    assert telephone.messages[-1].to == "+8613900139000"


def test_signing_out() -> None:
    person, her = mei(), browser()
    her.force_login(person)
    assert her.get("/accounts/logout/").status_code == 200
    assert is_signed_in(her)
    her.post("/accounts/logout/")
    assert not is_signed_in(her)


@pytest.mark.parametrize(
    ("address", "typed", "said"),
    [
        (SIGN_IN, {"login": "", "password": ""}, "Please fill this in"),
        (SIGN_IN, {"login": "mei\x00", "password": "x"}, "There is a character in it that cannot be read"),
        (SIGN_IN, {"login": "m" * 300, "password": "x"}, "at most 40 characters"),
        (ASK, {"phone": ""}, "Please fill this in"),
        (ASK, {"phone": "not a number"}, "not a mobile number"),
        ("/accounts/password/reset/", {"phone": "12"}, "not a mobile number"),
    ],
)
def test_bad_input(telephone: Telephone, address: str, typed: dict[str, str], said: str) -> None:
    answer = browser().post(address, typed)
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert telephone.messages == []


def test_a_session_that_has_ended_signs_nobody_in() -> None:
    client = browser()
    client.force_login(mei())
    assert is_signed_in(client)
    Session.objects.update(expire_date=utc_now() - timedelta(seconds=1))
    assert not is_signed_in(client)


def test_an_account_that_is_closed_is_signed_in_nowhere_from_the_next_look_on() -> None:
    person, client = mei(), browser()
    client.force_login(person)
    assert client.get("/me/").status_code == 200
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/me/").status_code == 302
