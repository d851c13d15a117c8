"""The API put together, and its docs page, which needs nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Swagger
from ninja.operation import Operation
from ninja.parser import Parser

from kith.api import (
    catalogue,
    circle,
    circles,
    complaints,
    desk,
    friends,
    intake,
    me,
    merchant_quality,
    orders,
    outside,
    outside_comments,
    outside_door,
    outside_letters,
    outside_people,
    photos,
    quality,
    quality_decisions,
    quality_queues,
    quality_statements,
    recalls,
    rollout,
    shares,
    transparency,
)
from kith.api.once import once
from kith.api.openapi import describe
from kith.api.problems import Problem, answer_with_problems, write_problem

DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI writes its styles into the page; its scripts are files of ours."""

DESCRIPTION = """\
What a person's circles show them, and everything else that Kith's pages do, for programs.

- **Tokens.** `Authorization: Bearer kith_…`, made under Me → Keys. Each operation names its scope.
- **Ids** are strings of thirteen letters and digits. What came from a host shop also tells its
  `source` and `external_id`.
- **Not seen is not there.** What the caller may not see answers 404, exactly as what does not exist.
- **Outside.** Who a person is among strangers is told under `/outside/` alone, where nothing says who
  anybody is on the circle side.
- **Pages.** `next` is the `cursor` of the next page, also in the Link header; null on the last one.
- **Errors** are `application/problem+json` (RFC 9457). `type` never changes; `detail` is for people.
- **Limits** are told on every answer in `RateLimit-Policy` and `RateLimit`.
- **Sent twice, done once.** Creating operations take an `Idempotency-Key`.
"""


class StrictParser(Parser):
    """JSON as RFC 8259 has it: NaN and infinities are none."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body, parse_constant=_refuse)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


class KithAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **_options: Any) -> Any:
        return describe(self, root="/api/v1/")


def with_own_policy(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the docs page be drawn, which is stricter than our pages in scripts and laxer in styles."""

    @wraps(getattr(view, "func", view))
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = DOCS_POLICY
        return response

    return served


api = KithAPI(
    title="Kith",
    version="1",
    description=DESCRIPTION,
    docs=Swagger({"persistAuthorization": False, "docExpansion": "list", "validatorUrl": None}),
    docs_decorator=with_own_policy,
    servers=[{"url": "/"}],
    parser=StrictParser(),
    urls_namespace="api",
)
api.add_decorator(once, mode="operation")
answer_with_problems(api)
for _feature in (
    circle, shares, catalogue, friends, circles, orders, complaints, recalls, transparency, desk,
    merchant_quality, me, photos,
    outside, outside_comments, outside_people, outside_door, outside_letters,
    rollout, quality, quality_queues, quality_decisions, quality_statements, intake,
):  # fmt: skip
    api.add_router("", _feature.router)


@csrf_exempt
def not_there(request: HttpRequest, path: str = "") -> HttpResponse:
    """What is at every other address under /api/."""
    return write_problem(Problem("not-there"))
