"""The route table: what everybody gets at every address. `routes.py` is the table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.oracle.pair import undone
from tests.web.routes import API, FILES, PAGES, STAFF, bodies, queries
from tests.web.street import ROLES, Street

pytestmark = pytest.mark.django_db

ELSEWHERE = {"kind": "review", "deed": "confirm", "feature": "strangers"}
"""What stands in addresses and is no id."""


class Route(NamedTuple):
    method: str
    name: str
    args: dict[str, str]
    answers: dict[str, str]

    def __str__(self) -> str:
        return " ".join([self.method, self.name, *self.args.values()])


def read(table: str) -> list[Route]:
    routes = []
    for line in table.splitlines():
        words = line.split("#")[0].split()
        if words:
            method, name, *args = words[:-6]
            routes.append(
                Route(
                    method,
                    name,
                    dict(arg.split("=") for arg in args),
                    dict(zip(ROLES, words[-6:], strict=True)),
                )
            )
    return routes


ROUTES, OPERATIONS = read(PAGES), read(API)


def address(street: Street, route: Route, role: str) -> str:
    wanted = parameters()[route.name]
    given = {name: value_of(street, name, route, role) for name in wanted}
    return reverse(route.name, kwargs=given)


def value_of(street: Street, name: str, route: Route, role: str) -> Any:
    """What stands in the address: by the table, or what there is of that kind on the street."""
    if name in route.args:
        value = 1 if route.args[name] == "missing" else getattr(street, route.args[name])
        return getattr(value, "pk", value)
    if name == "person_id":
        return street.person_for(role)
    if name == "persona_id":
        return street.persona_for(role)
    if name == "deed" and route.name.startswith("merchant:"):
        return "deliver"
    if route.name.startswith(("outside:", "api:outside_")) and name in street.outside_args:
        return street.outside_args[name]
    return ELSEWHERE.get(name) or street.args[name]


def answer(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "in"
    return str(response.status_code)


def ask(client: Client, method: str, path: str, **sent: Any) -> str:
    """Ask, and undo what it did."""
    with undone():
        return answer(client.generic(method, path, **sent))


# --- The table is whole ------------------------------------------------------------------


def patterns(resolver: URLResolver, inside: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield ":".join([*inside, one.name or ""]), one
        else:
            yield from patterns(one, (*inside, *([one.namespace] if one.namespace else [])))


@cache
def parameters() -> dict[str, list[str]]:
    """The names of the parameters in each address."""
    names: dict[str, list[str]] = {}

    def walk(resolver: URLResolver, inside: tuple[str, ...], before: list[str]) -> None:
        for one in resolver.url_patterns:
            mine = [*before, *getattr(one.pattern, "converters", {})]
            if isinstance(one, URLPattern):
                names[":".join([*inside, one.name or ""])] = mine
            else:
                walk(one, (*inside, *([one.namespace] if one.namespace else [])), mine)

    walk(get_resolver(), (), [])
    return names


def test_every_address_is_in_the_table() -> None:
    there = {name for name, _pattern in patterns(get_resolver()) if name and not name.startswith(STAFF)}
    written = {route.name for route in [*ROUTES, *OPERATIONS]} | FILES.keys()
    assert there == written


# --- And it is so -------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_pages(route: Route, street: Street) -> None:
    form = "application/x-www-form-urlencoded"
    found = {
        role: ask(street.browser(role), route.method, address(street, route, role), content_type=form)
        for role in ROLES
    }
    assert found == route.answers


def one_way_only() -> list[Route]:
    """The pages that the table names with one method, asked with the other."""
    methods: dict[str, set[str]] = {}
    for route in ROUTES:
        methods.setdefault(route.name, set()).add(route.method)
    firsts = {route.name: route for route in reversed(ROUTES)}
    other = {"GET": "POST", "POST": "GET"}
    return [
        firsts[name]._replace(method=other[next(iter(used))])
        for name, used in methods.items()
        if len(used) == 1
    ]


@pytest.mark.parametrize("route", one_way_only(), ids=str)
def test_nothing_is_changed_by_looking_nor_looked_at_by_changing(route: Route, street: Street) -> None:
    for role in ROLES:
        assert ask(street.browser(role), route.method, address(street, route, role)) in {"405", "in"}


@pytest.mark.parametrize("route", OPERATIONS, ids=str)
def test_api(route: Route, street: Street) -> None:
    found = {}
    for role in ROLES:
        name = route.name.removeprefix("api:")
        path = address(street, route, role) + queries(street).get(name, "")
        sent = bodies(street, role).get(name, {})
        program = street.program(role)
        with undone():
            response = (
                program.generic(route.method, path)
                if route.method == "GET"
                else getattr(program, route.method.lower())(path, sent, content_type="application/json")
            )
            found[role] = str(response.status_code)
    assert found == route.answers


@pytest.mark.parametrize("name", FILES)
def test_what_is_the_same_for_everybody(name: str, street: Street) -> None:
    for role in ROLES:
        assert street.browser(role).get(reverse(name)).status_code == FILES[name]


def staff_addresses() -> list[str]:
    return sorted({name for name, _pattern in patterns(get_resolver()) if name.startswith(STAFF)})


def staff_address(name: str, wanted: list[str]) -> str:
    if name == "admin:app_list":
        return reverse(name, args=["shop"])
    return reverse(name, args=["1"] * len(wanted))


def test_staff_pages_are_for_staff(street: Street) -> None:
    opened = 0
    for name in staff_addresses():
        wanted = parameters()[name]
        if name in {"admin:", "admin:login", "admin:logout", "admin:jsi18n"}:
            continue
        path = staff_address(name, wanted)
        for role in ("out", "Mei", "Bo", "Eve", "Li"):
            status = street.browser(role).get(path).status_code
            assert status in {302, 403, 404}, (name, role, status)
        opened += street.browser("Mo").get(path).status_code == 200
    assert opened >= 10
