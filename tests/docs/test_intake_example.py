"""The Python of docs/how-to/connect-a-host-shop.md, run as it stands there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from kith.shop.models import Merchant
from kith.shop.services import register_source
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "how-to" / "connect-a-host-shop.md"


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_taken_in(live_server: LiveServer) -> None:
    sends, calls = blocks(PAGE, "python")
    secret = register_source("example")
    names: dict[str, Any] = {"SECRET": secret}
    exec(sends, names)  # noqa: S102 (it is our own page)
    exec(calls.replace("http://127.0.0.1:8000", live_server.url), names)  # noqa: S102
    assert names["told"] == json.loads(blocks(PAGE, "json")[-1])
    assert Merchant.objects.get(source="example").external_id == "m1"
