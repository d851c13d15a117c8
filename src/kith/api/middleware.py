"""What holds for every answer under /api/, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from kith.api.limits import write_limits
from kith.api.problems import MEDIA_TYPE, write_status

ROOT = "/api/"
MOST_READ = 1_000_000
"""Bytes of a body that are taken in although nobody wants them; what is larger costs the connection."""


class ApiMiddleware:
    """Errors are problems, whatever raised them; nothing personal is stored on the way; HEAD works."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        with translation.override(_language(request)):
            response = self._answer(request)
            _read_rest(request)
            if response.status_code >= 400 and response.headers.get("Content-Type") != MEDIA_TYPE:
                response = write_status(response)
        if response.status_code == 405:
            response["Allow"] = response.get("Allow", "").replace("GET", "GET, HEAD")
        if language := getattr(request, "language", None):
            response["Content-Language"] = language
        write_limits(response, getattr(request, "standings", ()))
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"
        return response


def _read_rest(request: HttpRequest) -> None:
    """Take in a body that nobody has read: the server closes the connection under the next request else."""
    if 0 < int(request.META.get("CONTENT_LENGTH") or 0) <= MOST_READ:
        with suppress(OSError):
            request.read()


def _language(request: HttpRequest) -> str | None:
    if "Accept-Language" in request.headers:
        return get_language_from_request(request)
    return translation.get_language()
