"""What browsers are told they may do with our pages."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from kith.web.security import SecurityHeadersMiddleware


def _headers(path: str, **own: str) -> HttpResponse:
    answer = HttpResponse(headers=own)
    return SecurityHeadersMiddleware(lambda _: answer)(RequestFactory().get(path))


def test_pages_run_our_own_scripts_only() -> None:
    policy = _headers("/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_only_staff_pages_are_let_evaluate() -> None:
    assert "'unsafe-eval'" in _headers("/staff/people/")["Content-Security-Policy"]
    assert "'unsafe-eval'" not in _headers("/staffroom/")["Content-Security-Policy"]


def test_no_cache_keeps_a_page_that_did_not_ask_for_it() -> None:
    assert _headers("/")["Cache-Control"] == "private, no-cache"
    assert _headers("/photo", **{"Cache-Control": "private, max-age=600"})["Cache-Control"].endswith("600")


@pytest.mark.django_db
def test_every_answer_carries_them(client: Client) -> None:
    assert "Content-Security-Policy" in client.get("/no-such-page").headers
