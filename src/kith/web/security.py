"""What a browser may do with our pages: run our own scripts, load our own styles, nothing else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_ALWAYS = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data: https:"  # pictures of listings may lie with the host shop
)
STRICT = f"{_ALWAYS}; script-src 'self'; style-src 'self'"
FOR_STAFF = f"{_ALWAYS}; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
"""The admin's theme brings scripts within its pages and evaluates expressions in them."""

FOR_A_PHOTO = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A photo opened by itself: the browser draws a page around it, and styles it within that page."""


class SecurityHeadersMiddleware:
    """Adds the headers that Django's own middleware does not know.

    A page is one person's: no cache on the way may keep it, and going back after signing out
    asks anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = FOR_STAFF if request.path.startswith("/staff/") else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
