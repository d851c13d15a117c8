"""The reader's language and care mode: from their profile, else from this browser, else from its headers."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST

from kith.people.models import Person
from kith.people.profile import ProfileChanges
from kith.people.services import change_profile
from kith.web.acts import onward
from kith.web.middleware import ViewerRequest

CARE_COOKIE = "kith_care"
A_YEAR = 365 * 24 * 60 * 60


class PreferencesMiddleware:
    """Speaks the reader's language and the shop's time while the request lasts, and knows of care mode.

    Stands after the middleware that knows who is signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if isinstance(request.user, Person) else None
        language = person.language if person else translation.get_language_from_request(request)
        care = person.care_mode if person else request.COOKIES.get(CARE_COOKIE) == "1"
        request.care = care  # type: ignore[attr-defined]
        with translation.override(language), timezone.override(ZoneInfo(settings.DISPLAY_TIME_ZONE)):
            response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response.headers.setdefault("Content-Language", language)
        return response


@require_POST
def set_preferences(request: ViewerRequest) -> HttpResponse:
    """Switch the language (`language`) or care mode (`care`: 1 or 0), for the account and this browser."""
    response = redirect(onward(request, "/"))
    changes: ProfileChanges = {}
    language, care = request.POST.get("language"), request.POST.get("care")
    if language in Person.Language.values:
        changes["language"] = language
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if care == "1":
        changes["care_mode"] = True
        _keep(response, CARE_COOKIE, care)
    elif care == "0":
        changes["care_mode"] = False
        response.delete_cookie(CARE_COOKIE, samesite="Lax")
    if changes and request.viewer.is_known:
        change_profile(request.viewer, **changes)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
