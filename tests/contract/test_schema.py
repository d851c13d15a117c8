"""The API does what its description says, whatever it is sent (schemathesis, in this process)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as described

from kith.api.limits import forget_counts
from kith.api.server import api
from kith.core.ids import read_id, write_id
from tests.contract.cast import Street, token_of

schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = get_wsgi_application()
"""Not that of `config.wsgi`, which binds its process as requests are bound."""
REJECTING = schema.config.checks.negative_data_rejection
REJECTING.expected_statuses = [*REJECTING.expected_statuses, "413"]
"""What is too long for its field may be too long for the whole body, and is refused before it is read."""
EXAMPLES = 6 if connection.vendor == "postgresql" else 3
"""For each operation, of which there are some hundred and seventy. PostgreSQL refuses more of what comes."""
CHECKS = [
    checks.not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_headers_conformance,
    described.response_schema_conformance,
    described.unsupported_method,
]
WITH_A_TOKEN = [
    *CHECKS,
    described.missing_required_header,
    described.ignored_auth,
]
"""Where a host shop signs, tests/contract/test_intake.py looks at what holds and what does not."""
HEADERS = {"Host": "testserver", "Accept-Encoding": "identity"}
"""Over WSGI nothing unpacks what came packed."""
WITH_A_BODY = [*WITH_A_TOKEN, described.negative_data_rejection]
"""A body has the fields that are described and no others; of a query, what we do not know is let be."""


LISTS: dict[str, Callable[[Street], str]] = {
    "circle_ids": lambda street: write_id(street.family.pk),
    "photo_ids": lambda street: write_id(street.channel.photo.pk),
}


@pytest.fixture(scope="module", autouse=True)
def connection_kept() -> Iterator[None]:
    """Keep the one connection, which has the street on it and which each request would close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def tokens(built: Street) -> dict[str, str]:
    return {"mo": token_of(built.mo), "mei": token_of(built.mei), "ada": token_of(built.ada)}


@pytest.mark.slow
@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_it_does_what_it_says(case: schemathesis.Case[Any], built: Street, tokens: dict[str, str]) -> None:
    """Each request is answered as described, and leaves no trace."""
    forget_counts()
    _name_what_is_there(case, built)
    staff = any(part in case.path for part in ("/rollout/", "/v1/quality/"))
    who = "mo" if "/desk/" in case.path else "ada" if staff else "mei"
    headers, wanted = {"Authorization": f"Bearer {tokens[who]}", **HEADERS}, WITH_A_TOKEN
    if case.method != "GET":
        wanted = WITH_A_BODY
    if case.path.endswith("/intake"):
        headers, wanted = {"Kith-Source": built.source.name, **HEADERS}, CHECKS
    with transaction.atomic(), patch("kith.api.intake._is_signed", return_value=True):
        case.call_and_validate(headers=headers, checks=wanted)
        transaction.set_rollback(True)


def _name_what_is_there(case: schemathesis.Case[Any], street: Street) -> None:
    """Every other time, let the ids in a request be those of things that are there."""
    ids = street.outside_ids() if "/outside/" in case.path else street.ids()
    for name in case.path_parameters or {}:
        if name in ids and _is_even(case.path_parameters[name]):
            case.path_parameters[name] = ids[name]
    if isinstance(case.body, dict):
        for name, value in case.body.items():
            if name in ids and _is_even(value):
                case.body[name] = ids[name]
            elif name in LISTS and isinstance(value, list) and value and _is_even(value[0]):
                case.body[name] = [LISTS[name](street)]


def _is_even(value: Any) -> bool:
    try:
        return isinstance(value, str) and read_id(value) % 2 == 0
    except ValueError:
        return False
