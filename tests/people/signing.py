"""What the tests of accounts share: a telephone that receives messages, and a browser."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from kith.people import sms
from kith.people.models import Person

PHONE = "13800138000"
MEIS = "+8613800138000"
PASSWORD = "plum rain 1954"


class Telephone:
    """Receives every text message that is sent, in the place of the gateway."""

    def __init__(self) -> None:
        self.messages: list[sms.TextMessage] = []
        self.broken = False

    def send(self, message: sms.TextMessage) -> None:
        if self.broken:
            raise sms.SmsFailed("We could not send the message just now.")
        self.messages.append(message)

    @property
    def code(self) -> str:
        """The code of the newest message."""
        newest = self.messages[-1]
        assert newest.template == "code", newest
        return newest.parameters["code"]

    @property
    def wrong_code(self) -> str:
        return (
            "000000"
            if not self.messages or self.messages[-1].parameters.get("code") != "000000"
            else "111111"
        )


def put_on_hook(monkeypatch: pytest.MonkeyPatch) -> Telephone:
    telephone = Telephone()
    monkeypatch.setattr(sms, "sms_sender", lambda: telephone)
    return telephone


def browser(address: str = "203.0.113.7") -> Client:
    return Client(REMOTE_ADDR=address, headers={"accept-language": "en"})


def mei(**fields: object) -> Person:
    """Mei, who reads English so that the tests can read it too."""
    given = {"display_name": "Mei", "language": "en", "phone": MEIS, "phone_verified": True, **fields}
    password = given.pop("password", None)
    return Person.objects.create_user(str(given.pop("handle", "mei")), password, **given)  # type: ignore[arg-type]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def signed_in_as(client: Client) -> Person:
    return Person.objects.get(pk=client.session["_auth_user_id"])


def text_of(response: object) -> str:
    """The page without what differs at every drawing."""
    page: str = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def wait_for_limits() -> None:
    """Let so much time pass that the limits on sending and trying have forgotten."""
    cache.clear()
