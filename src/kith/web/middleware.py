"""Who looks: the viewer of every request, the pages' and the API's."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.functional import SimpleLazyObject

from kith.audience.viewer import viewer_of
from kith.core.clock import utc_now
from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.core.paging import BadCursor


class ViewerRequest(HttpRequest):
    """A request of our pages: `viewer` says who looks, and when."""

    viewer: Viewer


class ViewerMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = utc_now()

        def find() -> Viewer:
            """Leave the viewer in the place of what stands for them: a page asks hundreds of times."""
            viewer = viewer_of(request.user if request.user.is_authenticated else None, now)
            request.viewer = viewer  # type: ignore[attr-defined]
            return viewer

        request.viewer = SimpleLazyObject(find)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, _request: HttpRequest, exception: Exception) -> None:
        """What is not there, what may not be seen, and a place in a list that never was: no such page.

        :raises Http404: for these; anything else goes on as it is.
        """
        if isinstance(exception, (NotThere, BadCursor)):
            raise Http404 from exception


WORTH_PACKING = re.compile(r"text/|\S+[/+](json|javascript|xml)\b")


class CompressionMiddleware(GZipMiddleware):
    """Packs pages, data and drawings; photos and archives are packed already, and would only cost time."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not WORTH_PACKING.match(response.headers.get("Content-Type", "")):
            return response
        return super().process_response(request, response)
