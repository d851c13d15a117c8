"""What the API says of itself: ninja's OpenAPI 3.1, and what our own rooms add to each operation."""

from __future__ import annotations

import json
from typing import Any

from django.utils import translation
from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from kith.api.access import Access
from kith.api.fields import Said
from kith.api.once import HEADER, REPLAYED
from kith.api.problems import MEDIA_TYPE, TITLES
from kith.people.tokens import Scope

LIMITS = ("RateLimit-Policy", "RateLimit")

HEADERS: dict[str, Any] = {
    "RateLimit-Policy": {
        "description": "Which limits hold: their name, quota and window in seconds",
        "schema": {"type": "string", "examples": ['"person";q=600;w=60']},
    },
    "RateLimit": {
        "description": "What is left of each, and in how many seconds it is whole again",
        "schema": {"type": "string", "examples": ['"person";r=599;t=60']},
    },
    "Retry-After": {
        "description": "How many seconds to wait",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {
        "description": "What it would take to be let in (RFC 6750)",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": "The next page, rel=next (RFC 8288)",
        "schema": {"type": "string"},
    },
    REPLAYED: {
        "description": "The request was sent before, and this is what was answered then",
        "schema": {"type": "string", "enum": ["true"]},
    },
}

KEY_PARAMETER: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Drawn at random by the caller. Sent again within a day, the same request is answered "
    "as the first time and not done again.",
    "schema": {
        "type": "string",
        "pattern": '^("[\\x20-\\x21\\x23-\\x7e]{1,200}"|[\\x21\\x23-\\x7e]{1,200})$',
        "examples": ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    },
}

WHEN: dict[int, str] = {
    400: "The request cannot be understood",
    401: "No valid token, or no valid signature",
    403: "The token lacks the scope",
    404: "Not there, or not for you to see: the same answer",
    409: "It does not go with how things stand",
    411: "The length of the body is not told",
    413: "The body is too large",
    415: "The body is of the wrong media type",
    422: "A value cannot be right, or the rules of Kith refuse it",
    429: "Too many requests",
    500: "Something is wrong on our side",
}
COMMON = {
    "cursor": "Where to go on: `next` of the page before",
    "limit": "How many at most",
}
CHALLENGES = {429: "Retry-After", 401: "WWW-Authenticate", 403: "WWW-Authenticate"}


class KithSchema(OpenAPISchema):
    def operation_details(self, operation: Operation) -> dict[str, Any]:
        details: dict[str, Any] = super().operation_details(operation)
        access = access_of(operation)
        details["security"] = _security(access)
        details["summary"], _, rest = details["description"].partition("\n")
        scope = f"Scope: `{access.scope}`" if access.scope else ""
        if access.permission:
            scope += f", of staff with the permission `{access.permission}`"
        details["description"] = f"{rest.strip()}\n\n{scope}".strip()
        keyed = getattr(operation.view_func, "takes_key", False)
        details["parameters"] = [_parameter(one) for one in details["parameters"]]
        if keyed:
            details["parameters"].append(KEY_PARAMETER)
        _complete_responses(details, access, keyed=keyed or access.signed)
        return details

    def get_components(self) -> dict[str, Any]:
        said = Said.model_json_schema(ref_template=REF_TEMPLATE)
        self.add_schema_definitions(said.pop("$defs"))
        self.add_schema_definitions({"Problem": said})
        return {
            "schemas": dict(sorted(self.schemas.items())),
            "responses": {f"Problem{status}": _problem(status) for status in WHEN},
            "headers": HEADERS,
            "securitySchemes": _security_schemes(),
        }


def describe(api: NinjaAPI, *, root: str) -> dict[str, Any]:
    """Write the description, in English whoever asks."""
    with translation.override("en"):
        whole = KithSchema(api, root)
    return {"openapi": whole["openapi"], "info": whole["info"]} | {
        name: _untitled(whole[name]) for name in ("servers", "paths", "components")
    }


def write_description(described: dict[str, Any]) -> str:
    """Write it as it is published, so that two of them can be compared line by line."""
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _untitled(part: Any) -> Any:
    """Leave out the titles that pydantic makes of field names: they say nothing new."""
    if isinstance(part, list):
        return [_untitled(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _untitled(value)
        for name, value in part.items()
        if not (name == "title" and isinstance(value, str))
    }


def access_of(operation: Operation) -> Access:
    """What it takes to call an operation. One that does not say is not served at all."""
    (access,) = operation.auth_callbacks
    if not isinstance(access, Access):
        raise TypeError(f"{operation.view_func} does not say who may call it")
    return access


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    """Say what a parameter is when it is there; whether it must be is said beside that."""
    schema = told["schema"]
    if "anyOf" in schema:
        (kept,) = (one for one in schema["anyOf"] if one != {"type": "null"})
        schema = {name: value for name, value in schema.items() if name != "anyOf"} | kept
    words = COMMON.get(told["name"])
    return told | {"schema": schema} | ({"description": words} if words else {})


def _security(access: Access) -> list[dict[str, list[str]]]:
    if access.signed:
        return [{"webhook": []}]
    if access.scope is None:
        return [{}, {"bearer": []}]
    return [{"bearer": [str(access.scope)]}]


def _security_schemes() -> dict[str, Any]:
    scopes = "\n".join(f"- `{scope.value}`: {scope.label}" for scope in Scope)
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "kith_…",
            "description": f"A person's token. Its scopes:\n\n{scopes}",
        },
        "webhook": {
            "type": "apiKey",
            "in": "header",
            "name": "webhook-signature",
            "description": "A host shop's signature over webhook-id, webhook-timestamp and the body "
            "(Standard Webhooks, with the secret of the source named in Kith-Source).",
        },
    }


def _complete_responses(details: dict[str, Any], access: Access, *, keyed: bool) -> None:
    responses: dict[Any, Any] = details["responses"]
    paged = any(one["name"] == "cursor" for one in details["parameters"])
    extra = [*LIMITS, *(["Link"] if paged else []), *([REPLAYED] if keyed else [])]
    for response in responses.values():
        response["headers"] = _headers(*extra)
    for status in _failures(details, access):
        responses[status] = {"$ref": f"#/components/responses/Problem{status}"}
    details["responses"] = dict(sorted(responses.items()))


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _failures(details: dict[str, Any], access: Access) -> set[int]:
    """Which problems an operation can be answered with."""
    failures = {400, 401, 429, 500}
    if access.scope:
        failures.add(403)
    if access.takes:
        failures |= {411, 413, 415, 422}
    if access.writes:
        failures |= {404, 422}
    if access.conflicts:
        failures.add(409)
    if access.outside or access.permission:
        failures.add(404)
    if details["parameters"]:
        failures |= {404, 422}
    return failures


def _problem(status: int) -> dict[str, Any]:
    codes = sorted(code for code, (of, _title) in TITLES.items() if of == status)
    types = f" ({', '.join(f'`/problems/{code}`' for code in codes)})" if codes else ""
    return {
        "description": WHEN[status] + types,
        "headers": _headers(*LIMITS, *([CHALLENGES[status]] if status in CHALLENGES else [])),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
