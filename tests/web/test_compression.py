"""What is packed on its way to the phone, and what is packed already."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from kith.web.middleware import CompressionMiddleware


@pytest.mark.parametrize(
    ("kind", "packed"),
    [
        ("text/html; charset=utf-8", True),
        ("application/json", True),
        ("application/problem+json", True),
        ("image/svg+xml", True),
        ("image/webp", False),
        ("application/zip", False),
        ("", False),
    ],
)
def test_only_what_gets_smaller_is_packed(kind: str, packed: bool) -> None:
    answer = HttpResponse(b"the same words again " * 200, headers={"Content-Type": kind})
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    response = CompressionMiddleware(lambda _: answer)(request)
    assert isinstance(response, HttpResponse)
    assert response.has_header("Content-Encoding") is packed
    assert (len(response.getvalue()) < 4000) is packed
