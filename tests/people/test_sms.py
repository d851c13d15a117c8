"""Text messages: what is sent, and what happens when the gateway does not take them."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from django.utils import translation
from pytest_django import Settings

from kith.people.sms import ConsoleSender, HttpSender, SmsFailed, code_message, sms_sender
from tests.people.signing import PHONE, browser, text_of


class Gateway(BaseHTTPRequestHandler):
    """An operator's gateway on this machine."""

    status: ClassVar[int] = 202
    seconds: ClassVar[float] = 0
    taken: ClassVar[list[tuple[str, dict[str, str], dict[str, Any]]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.taken.append((self.path, dict(self.headers), body))
        time.sleep(self.seconds)
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[str]:
    Gateway.status, Gateway.seconds, Gateway.taken = 202, 0, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/messages"
    server.shutdown()
    server.server_close()


def test_the_gateway_gets_the_number_the_template_and_the_text(gateway: str) -> None:
    with translation.override("en"):
        HttpSender(gateway, "s3cret").send(code_message(to="+8613800138000", code="493027", minutes=10))
    ((path, headers, body),) = Gateway.taken
    assert path == "/messages"
    assert headers["Authorization"] == "Bearer s3cret"
    assert len(headers["Idempotency-Key"]) == 32
    assert body.pop("text").startswith("493027 is your Kith code.")
    assert body == {
        "to": "+8613800138000",
        "template": "code",
        "parameters": {"code": "493027", "minutes": "10"},
        "language": "en",
    }


@pytest.mark.parametrize("status", [301, 400, 401, 429, 500, 503])
def test_whatever_is_not_taken_has_failed(
    gateway: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    Gateway.status = status
    logger = logging.getLogger("kith.people.sms")
    logger.addHandler(caplog.handler)
    with pytest.raises(SmsFailed) as refusal:
        HttpSender(gateway, "s3cret").send(code_message(to="+8613800138000", code="493027", minutes=10))
    logger.removeHandler(caplog.handler)
    assert (refusal.value.code, refusal.value.status) == ("sms-failed", 503)
    assert len(Gateway.taken) == 1, "what may have been sent is not sent twice"
    for secret in ("493027", "13800138000", "s3cret"):
        assert secret not in caplog.text


def test_a_gateway_that_does_not_answer(gateway: str) -> None:
    Gateway.seconds = 1
    with pytest.raises(SmsFailed):
        HttpSender(gateway, "s3cret", timeout=0.1).send(code_message(to="+86", code="1", minutes=1))


def test_a_gateway_that_is_not_there() -> None:
    with pytest.raises(SmsFailed):
        HttpSender("http://127.0.0.1:9/", "s3cret", timeout=0.5).send(
            code_message(to="+86", code="1", minutes=1)
        )


@pytest.mark.django_db
def test_the_page_says_that_it_could_not_be_sent(gateway: str, settings: Settings) -> None:
    settings.SMS_SENDER, settings.SMS_URL, settings.SMS_TOKEN = "http", gateway, "s3cret"
    Gateway.status = 500
    page = text_of(browser().post("/accounts/login/code/", {"phone": PHONE}))
    assert "could not send the message just now" in page
    assert f'value="{PHONE}"' in page
    Gateway.status = 200
    assert (
        browser("198.51.100.9")
        .post("/accounts/signup/", {"display_name": "Mei", "phone": "13800138001"})
        .status_code
        == 302
    )
    assert Gateway.taken[-1][2]["template"] == "code"


def test_the_settings_choose(settings: Settings) -> None:
    settings.SMS_SENDER = "console"
    assert isinstance(sms_sender(), ConsoleSender)
    settings.SMS_SENDER, settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_TIMEOUT = (
        "http",
        "https://x/",
        "t",
        3.0,
    )
    assert sms_sender() == HttpSender("https://x/", "t", 3.0)


@pytest.mark.django_db
@pytest.mark.parametrize("shown", [True, False])
def test_a_demonstration_prints_the_code_and_shows_it_only_if_it_may(
    settings: Settings, capsys: pytest.CaptureFixture[str], shown: bool
) -> None:
    settings.SMS_SENDER, settings.SHOW_CODES = "console", shown
    her = browser()
    page = text_of(her.post("/accounts/signup/", {"display_name": "Mei", "phone": PHONE}, follow=True))
    printed = capsys.readouterr().out
    code = next(word for word in printed.split() if len(word) == 6 and word.isdigit())
    assert "printed in the terminal" in page
    assert (code in page) is shown


@pytest.mark.django_db
def test_in_earnest_no_page_speaks_of_terminals(gateway: str, settings: Settings) -> None:
    settings.SMS_SENDER, settings.SMS_URL, settings.SHOW_CODES = "http", gateway, True
    page = text_of(browser().post("/accounts/signup/", {"display_name": "Mei", "phone": PHONE}, follow=True))
    assert "terminal" not in page
    assert Gateway.taken[0][2]["parameters"]["code"] not in page
