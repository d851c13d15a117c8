"""Tokens, scopes, and what is nobody's to see."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from ninja.operation import Operation

from kith.api.access import Access
from kith.api.openapi import access_of
from kith.api.server import api
from kith.core.clock import utc_now
from kith.core.ids import random_id, write_id
from kith.people.models import AccessToken
from kith.people.tokens import Scope
from kith.sharing import services as sharing
from tests.contract.cast import Program, Street, items, looks, problem, token_of


def operations() -> list[tuple[str, str, Operation]]:
    return [
        (method, path, operation)
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]


def test_every_operation_says_who_may_call_it() -> None:
    assert operations()
    for _method, _path, operation in operations():
        assert isinstance(access_of(operation), Access)


def test_whatever_changes_something_is_counted_as_a_write() -> None:
    for method, path, operation in operations():
        access = access_of(operation)
        if method != "GET" and not access.finding and not access.signed:
            assert access.writes, (method, path)
            assert access.scope is not None, (method, path)
            assert not access.scope.endswith(":read"), (method, path)


@pytest.mark.parametrize("path", ["/me", "/circle/feed", "/orders/lines"])
def test_without_a_token_nothing_personal_is_told(street: Street, path: str) -> None:
    answer = Program(None).get(path)
    assert problem(answer, 401)["type"] == "/problems/sign-in-first"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="kith"'


def test_a_signed_in_browser_is_nobody_here(street: Street) -> None:
    client = Client()
    client.force_login(street.mei)
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer kith_wrong", "Bearer", "Basic bWVpOm1laQ==", "kith_", "Bearer \x00"]
)
def test_a_token_that_is_none(street: Street, header: str) -> None:
    answer = Program(None).get("/listings", authorization=header)
    assert problem(answer, 401)["type"] == "/problems/bad-token"
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_that_has_ended_or_been_taken_away(street: Street) -> None:
    program = Program(street.mei)
    assert program.get("/me").status_code == 200
    AccessToken.objects.update(expires_at=utc_now())
    assert program.get("/me").status_code == 401


def test_a_token_of_a_closed_account(street: Street) -> None:
    program = Program(street.mei)
    street.mei.is_active = False
    street.mei.save()
    assert program.get("/me").status_code == 401


def test_a_token_does_what_its_scopes_allow_and_no_more(street: Street) -> None:
    program = Program(street.mei, [Scope.CIRCLE_READ])
    assert program.get("/circle/feed").status_code == 200
    answer = program.get("/friends")
    assert problem(answer, 403)["type"] == "/problems/scope-missing"
    assert 'scope="friends:read"' in answer.headers["WWW-Authenticate"]


def test_each_operation_asks_for_the_scope_that_it_tells_of(street: Street) -> None:
    for method, path, operation in operations():
        access = access_of(operation)
        if access.scope is None:
            continue
        program = Program(street.eve, [scope for scope in Scope.values if scope != access.scope][:1])
        asked = re.sub(r"{\w+:", "{", path)
        there = {**street.ids(), **street.outside_ids(), "token": "x"}
        named = ("request", "invitation", "token", "report", "decision", "sweep", "appeal", "claim")
        nowhere = {f"{name}_id": "0" * 13 for name in named}
        for name, value in {**there, **nowhere}.items():
            asked = asked.replace(f"{{{name}}}", value)
        assert problem(program.send(method, asked), 403)["type"] == "/problems/scope-missing", asked
        AccessToken.objects.all().delete()


def test_a_token_makes_no_token_that_may_more(street: Street) -> None:
    program = Program(street.mei, [Scope.ACCOUNT, Scope.CIRCLE_READ])
    more = {"name": "more", "scopes": ["circle:write"]}
    assert problem(program.post("/me/tokens", more), 403)["type"] == "/problems/scope-missing"
    made = program.post("/me/tokens", {"name": "less", "scopes": ["circle:read"]})
    assert made.status_code == 201
    text = json.loads(made.content)["text"]
    assert Program(None).get("/circle/feed", authorization=f"Bearer {text}").status_code == 200


def test_what_may_not_be_seen_answers_as_what_is_not_there(street: Street) -> None:
    share = f"/shares/{write_id(street.purchase.pk)}"
    nowhere = f"/shares/{write_id(random_id())}"
    assert Program(street.bo).get(share).status_code == 200
    for other in (street.chen, street.dan, street.eve):
        program = Program(other)
        assert problem(program.get(share), 404) == problem(program.get(nowhere), 404)
        assert problem(program.get(f"{share}/comments"), 404) == problem(
            program.get(f"{nowhere}/comments"), 404
        )
        said = {"text": "hello"}
        assert problem(program.post(f"{share}/comments", said), 404)
        assert problem(program.send("PUT", f"{share}/useful"), 404)
        assert problem(program.get(f"/photos/{write_id(street.photo.pk)}"), 404)
    for seen in ("/orders/lines", "/circles"):
        key = {"/orders/lines": street.line.pk, "/circles": street.family.pk}[seen]
        assert problem(Program(street.bo).get(f"{seen}/{write_id(key)}"), 404)


def test_hiding_works_at_the_next_request(street: Street) -> None:
    program = Program(street.bo)
    assert len(items(program.get("/circle/feed"))) == 3
    sharing.set_hidden_from(looks(street.mei), other_id=street.bo.pk, on=True)
    assert items(program.get("/circle/feed")) == []
    assert program.get(f"/shares/{write_id(street.review.pk)}").status_code == 404


def test_an_author_sees_their_own_with_a_friends_eyes(street: Street) -> None:
    program = Program(street.mei)
    seen = items(program.get(f"/shares/as-seen-by/{write_id(street.bo.pk)}"))
    assert len(seen) == 3
    assert all(share["audience"]["circles"] == [] for share in seen)
    sharing.set_hidden_from(looks(street.mei), other_id=street.bo.pk, on=True)
    assert items(program.get(f"/shares/as-seen-by/{write_id(street.bo.pk)}")) == []
    assert problem(program.get(f"/shares/as-seen-by/{write_id(street.eve.pk)}"), 404)


def test_the_merchant_side_is_for_those_who_act_for_the_merchant(street: Street) -> None:
    desk = f"/desk/merchants/{write_id(street.merchant.pk)}/lines?tray=done"
    assert len(items(Program(street.mo).get(desk))) == 1
    assert problem(Program(street.mei).get(desk), 404)


def test_the_address_tells_no_token(street: Street) -> None:
    text = token_of(street.mei)
    assert Program(None).get(f"/me?token={text}&access_token={text}").status_code == 401


def test_every_address_under_api_is_the_apis(street: Street) -> None:
    for path in ("/nothing", "/me/", "/shares/zzzzzzzzzzzzz", "/shares/short"):
        for method in ("GET", "POST", "DELETE"):
            assert problem(Program(street.mei).send(method, path), 404)
    assert problem(Program(None).fetch("/api/"), 404)
    assert problem(Program(None).fetch("/api/v2/me"), 404)
