"""The harness itself: what it promises to every test, it keeps."""

from __future__ import annotations

import socket
from datetime import timedelta

import httpx
import pytest
from django.conf import settings

from kith.core.clock import utc_now
from kith.people.models import Person
from tests.conftest import Clock, NetworkUsed


def test_reaches_no_network() -> None:
    with pytest.raises(NetworkUsed):
        httpx.get("http://example.org/")
    with pytest.raises(NetworkUsed), socket.socket() as out:
        out.connect(("192.0.2.1", 80))


def test_reaches_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_clock_stands_still_until_it_is_moved(clock: Clock) -> None:
    before = utc_now()
    clock.advance(minutes=30)
    assert utc_now() - before == timedelta(minutes=30)


def test_stands_on_settings_of_its_own() -> None:
    assert settings.ENVIRONMENT == "test"
    assert "kith-tests-" in str(settings.DATA_DIR)


@pytest.mark.django_db
def test_database_is_empty_at_first() -> None:
    assert not Person.objects.exists()
