"""What holds for every answer under /api/, whoever wrote it."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from kith.api.middleware import MOST_READ, ApiMiddleware


@pytest.mark.parametrize(("size", "left"), [(100, 0), (MOST_READ, 0), (MOST_READ + 1, MOST_READ + 1)])
def test_a_body_that_nobody_wanted_is_read_so_that_the_connection_can_be_kept(size: int, left: int) -> None:
    def refuse(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=404)

    request = RequestFactory().post("/api/v1/nowhere", b"x" * size, content_type="application/json")
    assert ApiMiddleware(refuse)(request).status_code == 404
    assert len(request.read()) == left
