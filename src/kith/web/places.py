"""What every page knows: who looks, in which language and size, and what waits for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from kith.sharing.queries import unread_notices

LANGUAGE_TAGS = {"zh-hans": "zh-Hans", "en": "en"}


def about_page(request: HttpRequest) -> dict[str, Any]:
    """Give `viewer`, `language`, `care` and `unread` to every template.

    `unread` is asked only by pages that show the five places.
    """
    viewer = request.viewer  # type: ignore[attr-defined]
    return {
        "viewer": viewer,
        "language": LANGUAGE_TAGS.get(get_language() or "", "zh-Hans"),
        "care": getattr(request, "care", False),
        "unread": SimpleLazyObject(lambda: unread_notices(viewer)) if request.user.is_authenticated else 0,
    }
