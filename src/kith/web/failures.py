"""What is said when something fails on our side."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

from kith.core.busy import AGAIN_IN, is_busy


def failed(request: HttpRequest) -> HttpResponse:
    """Say that it is busy, and when to come again; or else that the fault is ours."""
    if not is_busy(sys.exc_info()[1]):
        return server_error(request)
    page = loader.get_template("503.html").render()  # without the request, of which parts ask the database
    return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN_IN)})
