"""The second step: codes from an app, and the ones for emergencies."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from kith.people.models import Person
from tests.people.signing import (
    PASSWORD,
    PHONE,
    Telephone,
    browser,
    is_signed_in,
    mei,
    text_of,
    wait_for_limits,
)

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"
SECOND = "/accounts/second-factor/"
ENTER = f"{SECOND}authenticate/"


class App:
    """An app for codes that has read the picture."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.step = 0

    @property
    def code(self) -> str:
        """A code that was not used before: allauth takes each of them once."""
        self.step += 1
        counter = int(time.time()) // 30 + (-1, 0, 1)[self.step % 3]
        return str(format_hotp_value(hotp_value(self.secret, counter)))


@pytest.fixture
def her() -> Client:
    mei(password=PASSWORD)
    client = browser()
    client.post(SIGN_IN, {"login": "mei", "password": PASSWORD})
    return client


@pytest.fixture
def app(her: Client) -> App:
    activate = f"{SECOND}totp/activate/"
    where = her.get(activate).headers["Location"]
    assert where.startswith("/accounts/reauthenticate/"), "setting it up asks who it is"
    assert her.post(where, {"password": PASSWORD}).headers["Location"] == activate
    page = her.get(activate)
    written = re.search(r"Key: ([A-Z2-7]{32})", text_of(page))
    assert written
    app = App(written.group(1))
    assert "That is not the code" in text_of(her.post(activate, {"code": "000000"}))
    assert her.post(activate, {"code": app.code}).headers["Location"] == f"{SECOND}recovery-codes/"
    return app


def emergency_codes(client: Client) -> list[str]:
    return client.get(f"{SECOND}recovery-codes/download/").content.decode().split()


def test_a_password_alone_no_longer_opens(her: Client, app: App) -> None:
    elsewhere = browser("198.51.100.9")
    assert elsewhere.post(SIGN_IN, {"login": "mei", "password": PASSWORD}).headers["Location"] == ENTER
    assert not is_signed_in(elsewhere)
    assert "That is not the code" in text_of(elsewhere.post(ENTER, {"code": "000000"}))
    assert not is_signed_in(elsewhere)
    elsewhere.post(ENTER, {"code": app.code})
    assert is_signed_in(elsewhere)


def test_nor_does_a_code_to_the_phone_nor_a_forgotten_password(
    her: Client, app: App, telephone: Telephone
) -> None:
    for ask in ("/accounts/login/code/", "/accounts/password/reset/"):
        wait_for_limits()
        elsewhere = browser("198.51.100.9")
        where = elsewhere.post(ask, {"phone": PHONE}).headers["Location"]
        assert elsewhere.post(where, {"code": telephone.code}).headers["Location"] == ENTER
        assert not is_signed_in(elsewhere)
        assert elsewhere.get("/accounts/password/new/").status_code == 302
    elsewhere.post(ENTER, {"code": app.code})
    assert elsewhere.get("/accounts/password/new/").status_code == 200


def test_an_emergency_code_opens_once(her: Client, app: App) -> None:
    codes = emergency_codes(her)
    assert len(codes) == 10
    for opens in (True, False):
        elsewhere = browser("198.51.100.9")
        elsewhere.post(SIGN_IN, {"login": "mei", "password": PASSWORD})
        elsewhere.post(ENTER, {"code": codes[0]})
        assert is_signed_in(elsewhere) is opens


def test_wrong_codes_are_counted(her: Client, app: App) -> None:
    elsewhere = browser("198.51.100.9")
    elsewhere.post(SIGN_IN, {"login": "mei", "password": PASSWORD})
    for _ in range(10):
        answer = elsewhere.post(ENTER, {"code": "000000"})
    assert "That is not the code" in text_of(answer)
    assert "Too many tries" in text_of(elsewhere.post(ENTER, {"code": app.code}))
    assert not is_signed_in(elsewhere)


def test_secrets_lie_encrypted(her: Client, app: App) -> None:
    (kept,) = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    assert app.secret not in str(kept.data)


def test_new_emergency_codes_replace_the_old_ones(her: Client, app: App) -> None:
    before = emergency_codes(her)
    assert her.get(f"{SECOND}recovery-codes/generate/").status_code == 200
    her.post(f"{SECOND}recovery-codes/generate/")
    assert not set(before) & set(emergency_codes(her))


def test_it_can_be_switched_off_by_who_confirms(her: Client, app: App) -> None:
    session = her.session
    del session["account_authentication_methods"]
    session.save()
    deactivate = f"{SECOND}totp/deactivate/"
    where = her.get(deactivate).headers["Location"]
    assert "reauthenticate" in where
    other = f"{SECOND}reauthenticate/?next={deactivate}"
    assert "Use your password" in text_of(her.get(other))
    assert her.post(other, {"code": app.code}).headers["Location"] == deactivate
    assert her.post(deactivate).headers["Location"] == SECOND
    assert not Authenticator.objects.exists()


def test_staff_sign_in_where_everybody_does(her: Client, app: App) -> None:
    Person.objects.update(is_staff=True, is_superuser=True)
    elsewhere = browser("198.51.100.9")
    assert elsewhere.get("/staff/login/").headers["Location"].startswith("/accounts/login/")
    elsewhere.post("/staff/login/", {"username": "mei", "password": PASSWORD})
    assert not is_signed_in(elsewhere)
    assert her.get("/staff/").status_code == 200
