"""Writing answers: one thing, a page of things, or nothing."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from kith.api.fields import Out
from kith.core.paging import Page

JSON = "application/json"


def answer(schema: type[Out], thing: Any, *, status: int = 200) -> HttpResponse:
    """Tell of a thing what its schema names, and nothing else."""
    return HttpResponse(schema.model_validate(thing).model_dump_json(), status=status, content_type=JSON)


def answer_page(request: HttpRequest, schema: type[Out], page: Page[Any] | Any) -> HttpResponse:
    """Tell a page of things, with the address of the next one in Link (RFC 8288)."""
    response = answer(schema, page)
    if page.next is not None:
        query = request.GET.copy()
        query["cursor"] = page.next
        response["Link"] = f'<{quote(request.path)}?{query.urlencode()}>; rel="next"'
    return response


def answer_all(request: HttpRequest, schema: type[Out], things: tuple[Any, ...]) -> HttpResponse:
    """Tell things that are few enough to need no pages, in the same form as a page."""
    return answer_page(request, schema, Page(things))


def nothing() -> HttpResponse:
    """Say that it is done."""
    return HttpResponse(status=204)


def unless_known(request: HttpRequest, response: HttpResponse, *cursors: str | None) -> HttpResponse:
    """Send 304 without the body to whoever has this very answer already (RFC 9110, 13.1.2).

    :param cursors: what stands in the answer and is encrypted anew each time.
    """
    content = response.content
    for cursor in filter(None, cursors):
        content = content.replace(cursor.encode(), b"")
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    response["ETag"] = tag
    known = get_conditional_response(request, etag=tag, response=response)
    return known if isinstance(known, HttpResponse) else response
