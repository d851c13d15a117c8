"""Who comes in to the pages outside. Whoever may not is sent to the door, which says why and what to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from kith.core.errors import NotThere
from kith.core.guard import Side
from kith.web.middleware import ViewerRequest

View = Callable[..., HttpResponse]


def outside_page(*methods: str, own: bool = False) -> Callable[[View], View]:
    """A page for those who are signed in and to whom the channel is open.

    :param methods: GET, POST or both.
    :param own: the page shows only what is its reader's own, so it stays while the channel is being
        wound down, or is not open to them: what they may not see any more leads to the door then.
        While it is switched off for all, nothing is shown.
    """

    def around(view: View) -> View:
        @login_required
        @require_http_methods(methods)
        @wraps(view)
        def checked(request: ViewerRequest, *places: Any, **named: Any) -> HttpResponse:
            if request.viewer.outside < (Side.OWN if own else Side.OPEN):
                return to_the_door(request)
            try:
                return view(request, *places, **named)
            except NotThere:
                if request.viewer.outside_open:
                    raise
                return to_the_door(request)

        return checked

    return around


def to_the_door(request: ViewerRequest) -> HttpResponse:
    """Lead to the door; as a whole page, also where htmx asked for a part of one."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(reverse("outside:door"))
    return redirect("outside:door")
