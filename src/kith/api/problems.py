"""Every error of the API as application/problem+json (RFC 9457), with a `type` that never changes."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from kith.core.busy import AGAIN_IN, is_busy
from kith.core.clock import utc_now
from kith.core.errors import NotThere, Refused
from kith.core.paging import BadCursor

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger("kith.api")

TITLES: dict[str, tuple[int, str | Promise]] = {
    "bad-request": (400, _("The request cannot be understood")),
    "bad-json": (400, _("The body is not JSON")),
    "bad-cursor": (400, _("This cursor is not one of ours")),
    "sign-in-first": (401, _("A token is needed")),
    "bad-token": (401, _("This token is not valid")),
    "bad-signature": (401, _("The signature does not hold")),
    "scope-missing": (403, _("This token may not do that")),
    "not-there": (404, _("Not there, or not for you to see")),
    "wrong-method": (405, _("This address does not answer to that method")),
    "length-missing": (411, _("Send the length of the body")),
    "too-large": (413, _("The body is too large")),
    "wrong-content-type": (415, _("The body is of a kind that is not taken here")),
    "not-valid": (422, _("Some of what was sent cannot be right")),
    "key-reused": (422, _("This key was used for something else")),
    "too-many-requests": (429, _("Too many requests")),
    "server-error": (500, _("Something is wrong on our side")),
    "busy": (503, _("Too busy just now; nothing was changed")),
}
"""The problems of the API itself. The domain's refusals bring their own codes and sentences."""

BY_STATUS = {
    400: "bad-request",
    401: "sign-in-first",
    403: "scope-missing",
    404: "not-there",
    405: "wrong-method",
    411: "length-missing",
    413: "too-large",
    415: "wrong-content-type",
    429: "too-many-requests",
    503: "busy",
}


class Problem(Exception):
    """An answer that the API itself refuses with, by its code in `TITLES`."""

    def __init__(
        self,
        code: str,
        detail: str | Promise = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def write_problem(problem: Problem) -> HttpResponse:
    status, title = TITLES[problem.code]
    return _write(status, problem.code, str(title), str(problem.detail), problem.errors, problem.headers)


def write_refusal(refusal: Refused) -> HttpResponse:
    """Write a refusal by the domain; its code and sentence are the domain's own."""
    field = getattr(refusal, "field", "")
    errors = [{"at": field, "code": refusal.code, "detail": str(refusal)}] if field else []
    title = str(_("This may not be done"))
    return _write(refusal.status, refusal.code, title, str(refusal), errors, _when_again(refusal))


def _when_again(refusal: Refused) -> dict[str, str]:
    """Say in Retry-After when somebody may go on who did much in a short time."""
    again_at: datetime | None = getattr(refusal, "again_at", None)
    if again_at is None:
        return {}
    return {"Retry-After": str(max(1, ceil((again_at - utc_now()).total_seconds())))}


def write_status(response: HttpResponse) -> HttpResponse:
    """Say again as a problem what Django or ninja answered in their own way, keeping the headers."""
    status = response.status_code
    code = BY_STATUS.get(status, "server-error" if status >= 500 else "bad-request")
    told = _write(status, code, str(TITLES[code][1]))
    for name, value in response.items():
        if name not in {"Content-Type", "Content-Length", "X-Frame-Options"}:
            told[name] = value
    return told


def _write(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    body: dict[str, Any] = {"type": f"/problems/{code}", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = list(errors)
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False).encode(), status=status, content_type=MEDIA_TYPE, headers=headers
    )
    if status == 401 and not response.has_header("WWW-Authenticate"):
        response["WWW-Authenticate"] = 'Bearer realm="kith"'
    return response


def answer_with_problems(api: NinjaAPI) -> None:
    """Say for every kind of failure what it is answered with."""
    api.add_exception_handler(Problem, lambda _request, error: write_problem(_raised(error, Problem)))
    api.add_exception_handler(Refused, lambda _request, error: write_refusal(_raised(error, Refused)))
    api.add_exception_handler(NotThere, _not_there)
    api.add_exception_handler(Http404, _not_there)
    api.add_exception_handler(BadCursor, lambda _request, _error: write_problem(Problem("bad-cursor")))
    api.add_exception_handler(RequestDataTooBig, lambda _r, _error: write_problem(Problem("too-large")))
    api.add_exception_handler(SuspiciousOperation, lambda _r, _e: write_problem(Problem("bad-request")))
    api.add_exception_handler(UnreadablePostError, lambda _r, _e: write_problem(Problem("bad-request")))
    api.add_exception_handler(ValidationError, _not_valid)
    api.add_exception_handler(HttpError, _by_status)
    api.add_exception_handler(Exception, _failed)


def _raised(error: Any, kind: type[Any]) -> Any:
    """Make an instance where ninja's types also allow the class."""
    return error if isinstance(error, kind) else error()


def _not_there(_request: HttpRequest, _error: object) -> HttpResponse:
    return write_problem(Problem("not-there"))


def _by_status(_request: HttpRequest, error: Any) -> HttpResponse:
    # The only one that ninja raises after we have taken authentication over is for a body it cannot parse.
    cause = getattr(error, "__cause__", None)
    if isinstance(cause, RequestDataTooBig):
        return write_problem(Problem("too-large"))
    return write_problem(Problem("bad-json" if error.status_code == 400 else BY_STATUS[error.status_code]))


def _not_valid(_request: HttpRequest, error: Any) -> HttpResponse:
    errors = [
        {"at": "/".join(str(step) for step in one["loc"]), "code": one["type"], "detail": one["msg"]}
        for one in error.errors
    ]
    return write_problem(Problem("not-valid", errors=errors))


def _failed(request: HttpRequest, error: Any) -> HttpResponse:
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    if is_busy(error):
        return write_problem(Problem("busy", headers={"Retry-After": str(AGAIN_IN)}))
    return write_problem(Problem("server-error"))
