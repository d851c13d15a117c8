"""Text messages: to the terminal in a demonstration, over HTTP to the operator's gateway in production.

The gateway gets `POST SMS_URL` with `Authorization: Bearer SMS_TOKEN` and this as JSON; gateways in
China send by template, so both the template's name with its parameters and the whole text are in it:

    {"to": "+8613800138000", "template": "code", "parameters": {"code": "493027", "minutes": "10"},
     "text": "493027 is your Kith code. …", "language": "en"}

Any 2xx means that it was taken. `Idempotency-Key` is the same when the same message is tried again.
"""

from __future__ import annotations

import logging
import secrets
import sys
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import httpx
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused

logger = logging.getLogger(__name__)


class SmsFailed(Refused):
    code: ClassVar[str] = "sms-failed"
    status: ClassVar[int] = 503


@dataclass(frozen=True, slots=True)
class TextMessage:
    to: str
    """E.164."""
    template: str
    """code, unknown-account or account-exists."""
    text: str
    parameters: dict[str, str] = field(default_factory=dict)
    language: str = "zh-hans"


class SmsSender(Protocol):
    """Whatever brings a text message on its way."""

    def send(self, message: TextMessage) -> None:
        """Hand the message over.

        :raises SmsFailed: it was not taken.
        """


class ConsoleSender:
    """Prints what would be sent: a demonstration needs no gateway."""

    def send(self, message: TextMessage) -> None:
        sys.stdout.write(f"\n  ✉ {message.to}: {message.text}\n\n")
        sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class HttpSender:
    """Hands messages to a gateway."""

    url: str
    token: str
    timeout: float = 5.0
    """Seconds to wait for the gateway, for each of connecting and answering."""

    def send(self, message: TextMessage) -> None:
        body = {
            "to": message.to,
            "template": message.template,
            "parameters": message.parameters,
            "text": message.text,
            "language": message.language,
        }
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            # Only a connection that could not be made is tried again: nothing was sent by it.
            with httpx.Client(transport=httpx.HTTPTransport(retries=1), timeout=self.timeout) as client:
                response = client.post(self.url, json=body, headers=headers)
            response.raise_for_status()
        except httpx.HTTPError as error:
            # Neither the number nor the text belongs in a log.
            logger.warning("the SMS gateway did not take a message (%s): %r", message.template, error)
            raise SmsFailed(
                _("We could not send the message just now. Please try again in a minute.")
            ) from error


def sms_sender() -> SmsSender:
    """The sender that the settings choose."""
    if settings.SMS_SENDER == "http":
        return HttpSender(settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_TIMEOUT)
    return ConsoleSender()


def code_message(*, to: str, code: str, minutes: int) -> TextMessage:
    text = gettext(
        "%(code)s is your Kith code. It works for %(minutes)s minutes. "
        "Never tell it to anybody, not even to us."
    )
    parameters = {"code": code, "minutes": str(minutes)}
    return TextMessage(to, "code", text % parameters, parameters, get_language() or "")


def unknown_account_message(*, to: str, address: str) -> TextMessage:
    """For a number that somebody wanted to sign in with and that has no account."""
    text = gettext(
        "There is no Kith account with this number yet. If it was you who asked: sign up at %(url)s"
    )
    parameters = {"url": address}
    return TextMessage(to, "unknown-account", text % parameters, parameters, get_language() or "")


def account_exists_message(*, to: str, address: str) -> TextMessage:
    """For a number that somebody wanted to sign up with and that has an account already."""
    text = gettext("You have a Kith account with this number already. Sign in at %(url)s")
    parameters = {"url": address}
    return TextMessage(to, "account-exists", text % parameters, parameters, get_language() or "")
