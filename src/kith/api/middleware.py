"""What holds for every answer under /api/, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from kith.api.limits import write_limits
from kith.api.problems import MEDIA_TYPE, Problem, write_problem, write_status

ROOT = "/api/"
MOST_READ = 1_000_000
"""Bytes of a body that are taken in although nobody wants them; what is larger costs the connection."""


class ApiMiddleware:
    """Errors are problems, whatever raised them; nothing personal is stored on the way; HEAD works.

    What is asked of the API is answered here. All that stands below in MIDDLEWARE is for pages: sessions,
    forms, messages. Whoever a cookie is signed in as is nobody to the API.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._view: Callable[[HttpRequest], Any] = convert_exception_to_response(_view)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        language, zone = _language(request), ZoneInfo(settings.DISPLAY_TIME_ZONE)
        with translation.override(language), timezone.override(zone):
            response = self._answer(request)
            _read_rest(request)
            if response.status_code >= 400 and response.headers.get("Content-Type") != MEDIA_TYPE:
                response = write_status(response)
        if response.status_code == 405:
            response["Allow"] = response.get("Allow", "").replace("GET", "GET, HEAD")
        response["Content-Language"] = getattr(request, "language", None) or language
        write_limits(response, getattr(request, "standings", ()))
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response: HttpResponse = self._view(request)
        if is_head:
            request.method = "HEAD"
        return response


def _view(request: HttpRequest) -> HttpResponse:
    """:raises DisallowedHost: asked under a name that is not ours."""
    request.get_host()
    try:
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return write_problem(Problem("not-there"))  # the page that says so is drawn for somebody known
    return response


def _read_rest(request: HttpRequest) -> None:
    """Take in a body that nobody has read: the server closes the connection under the next request else."""
    if 0 < int(request.META.get("CONTENT_LENGTH") or 0) <= MOST_READ:
        with suppress(OSError):
            request.read()


def _language(request: HttpRequest) -> str:
    if "HTTP_ACCEPT_LANGUAGE" in request.META:
        return get_language_from_request(request)
    return settings.LANGUAGE_CODE
