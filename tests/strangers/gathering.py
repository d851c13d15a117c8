"""Asks for everything that the channel answers, and keeps every byte.

What there is to ask for is read from the addresses and from the API's own description, so that what is
added is asked for without anybody thinking of it: each page with every method, each form as it stands in
a page, each operation with what its description says it takes; and from there every link.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from kith.api.limits import forget_counts
from kith.api.server import api
from kith.people.models import Person
from kith.people.tokens import Scope, make_token
from tests.oracle.pair import undone
from tests.strangers.forms import Form, Made, Page, queries_of, written_id
from tests.web.cast import as_viewer

OUTSIDE, API = "/outside/", "/api/v1/outside"
CONTENT = {
    "outside:post", "outside:person", "outside:photo",
    "api:outside_persona", "api:outside_threads",
}  # fmt: skip
"""What shows most: asked for with everything that there is."""
NOTHING = 1
"""The id of nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: who asked for what, and all that was sent."""

    who: str
    method: str
    path: str
    route: str
    status: int
    sent: bytes
    is_text: bool

    def __str__(self) -> str:
        return f"{self.status} {self.method} {self.path} to {self.who}"


@dataclass(slots=True)
class Asker:
    """Somebody with a browser and a program, and how much of each kind they ask for."""

    name: str
    person: Person | None
    most: int = 2
    """Of one page or operation, so many different addresses."""
    much: int = 0
    """And so many of those in `CONTENT`. With any, everything is also sent without a form."""
    has_program: bool = True
    browser: Client = field(init=False)
    program: Client = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Client(raise_request_exception=False)
        self.program = Client(raise_request_exception=False)
        if self.person is not None:
            self.browser.force_login(self.person)
            _token, secret = make_token(as_viewer(self.person), name="a test", scopes=list(Scope.values))
            self.program.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"

    def most_of(self, route: str) -> int:
        much = min(self.much, 12) if route.startswith("api:") else self.much
        return max(self.most, much) if route in CONTENT else self.most


@dataclass(slots=True)
class Gathering:
    """Everything that was answered to everybody.

    `things`: what stands in addresses, by the name of the parameter, for each asker what they may see first.
    """

    things: Callable[[Asker], dict[str, list[Any]]]
    answers: list[Answer] = field(default_factory=list)
    _asked: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _known: set[tuple[str, str, str]] = field(default_factory=set)
    _forms: Counter[tuple[str, str, tuple[str, ...]]] = field(default_factory=Counter)

    # --- Pages -----------------------------------------------------------------------

    def gather_pages(self, asker: Asker, *, inside: bool = False) -> None:
        """Each page by itself, every form in it, and every link from there.

        :param inside: all pages but those of the channel.
        """
        links, things = deque[str](), self.things(asker)
        for name, names in pages(inside=inside):
            links += _addresses(name, names, things, asker.most_of(name))
            if asker.much and not inside:
                for path in _addresses(name, names, things, 1):
                    self._ask(asker, asker.browser, "POST", path, data={})
        links += (
            []
            if inside
            else [f"{reverse('outside:search')}?{urlencode({'q': word})}" for word in ("月季", "tea")]
        )
        while links:
            path = links.popleft()
            for link in self._look(asker, path):
                if link.startswith(OUTSIDE) != inside and not link.startswith(
                    ("/api/", "/static/", "/staff/")
                ):
                    links.append(link)

    def _look(self, asker: Asker, path: str) -> Iterator[str]:
        """Open an address, once; send the forms in it; return where it leads."""
        route = route_of(path)
        if route is None or (asker.name, "GET", path) in self._known or self._is_enough(asker, "GET", route):
            return
        self._known.add((asker.name, "GET", path))
        response = self._ask(asker, asker.browser, "GET", path)
        yield from [response["Location"]] if response.has_header("Location") else []
        if response.has_header("Content-Type") and response["Content-Type"].startswith("text/html"):
            page = Page(path)
            page.feed(self.answers[-1].sent.decode(errors="replace"))
            if path.startswith(OUTSIDE):
                for form in page.forms:
                    self._send(asker, form)
            yield from page.links

    def _is_enough(self, asker: Asker, method: str, route: str) -> bool:
        self._asked[asker.name, method, route] += 1
        return self._asked[asker.name, method, route] > asker.most_of(route)

    def _send(self, asker: Asker, form: Form) -> None:
        route = route_of(form.action)
        key = (asker.name, f"{form.method} {route}", tuple(sorted(form.fields)))
        if route is None or not form.action.startswith(OUTSIDE) or self._forms[key] >= 1:
            return
        self._forms[key] += 1
        if form.method == "get":
            self._ask(asker, asker.browser, "GET", f"{form.action.split('?')[0]}?{urlencode(form.filled())}")
        else:
            self._ask(asker, asker.browser, "POST", form.action, data=form.filled())

    # --- The API ---------------------------------------------------------------------

    def gather_operations(self, asker: Asker, *, inside: bool = False) -> None:
        """Each operation with what its description says that it takes, and each page of what it lists.

        :param inside: what can be read by all operations but those of the channel.
        """
        if not asker.has_program:
            return
        description, things = api.get_openapi_schema(), self.things(asker)
        for path, methods in description["paths"].items():
            if path.startswith(API) == inside:
                continue
            for method, operation in methods.items():
                if isinstance(operation, dict) and (method == "get" or not inside):
                    forget_counts()
                    self._operate(asker, path, method.upper(), operation, Made(description, things))

    def _operate(self, asker: Asker, path: str, method: str, operation: Any, made: Made) -> None:
        named = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
        asked = [one for one in operation.get("parameters", []) if one["in"] == "query"]
        most = asker.most_of(f"api:{operation['operationId']}") if method == "GET" else 2
        for values in islice(_places(named, made.things), most):
            given = {name: written_id(value) for name, value in zip(named, values, strict=True)}
            for query in queries_of(asked):
                for sent in made.bodies(path, operation):
                    self._follow(asker, method, path.format(**given) + query, sent)

    def _follow(self, asker: Asker, method: str, address: str, sent: dict[str, Any]) -> None:
        response = self._ask(asker, asker.program, method, address, **sent)
        for _turn in range(10):
            told = _json(response)
            for link in _links(told):
                self._fetch(asker, link)
            cursor = told.get("next") if isinstance(told, dict) else None
            if method != "GET" or not isinstance(cursor, str):
                return
            between = "&" if "?" in address else "?"
            response = self._ask(
                asker, asker.program, "GET", f"{address}{between}{urlencode({'cursor': cursor})}"
            )

    def _fetch(self, asker: Asker, link: str) -> None:
        """What an answer of the API links to, once."""
        if link.startswith(("/api/", OUTSIDE)) and (asker.name, "API", link) not in self._known:
            self._known.add((asker.name, "API", link))
            if not self._is_enough(asker, "API", route_of(link) or ""):
                self._ask(asker, asker.program, "GET", link)

    # --- One request -----------------------------------------------------------------

    def _ask(self, asker: Asker, client: Client, method: str, path: str, **sent: Any) -> HttpResponseBase:
        """Ask, keep the answer, and undo what it did; what is looked at may be marked as read."""
        with nullcontext() if method == "GET" else undone():
            response = getattr(client, method.lower())(path, **sent)
            whole, is_text = _bytes(response)
        kept = Answer(asker.name, method, path, route_of(path) or "", response.status_code, whole, is_text)
        self.answers.append(kept)
        return response


def _bytes(response: Any) -> tuple[bytes, bool]:
    """All that was sent: headers, cookies and what is packed in them, and the body."""
    head = [f"{name}: {value}" for name, value in response.items()]
    head += [response.cookies.output(), *(unpack(one.value) for one in response.cookies.values())]
    body = b"".join(response.streaming_content) if response.streaming else response.content
    is_text = not response.get("Content-Type", "").startswith("image/")
    return "\n".join(head).encode() + b"\n\n" + body, is_text


def unpack(value: str) -> str:
    """What is written in a cookie: its parts as base64, packed or not."""
    parts = []
    for part in value.replace(":", ".").split("."):
        with suppress(ValueError, zlib.error):
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
            parts.append(raw.decode("utf-8", "replace"))
            parts.append(zlib.decompress(raw).decode("utf-8", "replace"))
    return " ".join(parts)


# --- What there is ----------------------------------------------------------------------


def pages(*, inside: bool) -> list[tuple[str, list[str]]]:
    """Every page of the channel, or of the shop's other sides, with the names of its parameters."""
    left_out = ("admin", "api", "account", "mfa")
    found = []
    for name, path, names in _patterns(get_resolver(), (), "", []):
        room = name.split(":")[0] if ":" in name else ""
        is_outside = path.startswith(OUTSIDE.lstrip("/"))
        if (
            is_outside != inside
            and (is_outside or room not in left_out)
            and not path.startswith(("api/", "accounts/"))
        ):
            found.append((name, names))
    return found


def _patterns(
    resolver: URLResolver, rooms: tuple[str, ...], path: str, names: list[str]
) -> Iterator[tuple[str, str, list[str]]]:
    for one in resolver.url_patterns:
        here, more = path + str(one.pattern), [*names, *getattr(one.pattern, "converters", {})]
        if isinstance(one, URLPattern):
            if one.name:
                yield ":".join([*rooms, one.name]), here, more
        else:
            yield from _patterns(one, (*rooms, *([one.namespace] if one.namespace else [])), here, more)


def _addresses(name: str, names: list[str], things: dict[str, list[Any]], most: int) -> Iterator[str]:
    """Some addresses of a page, with what there is to stand in them."""
    for values in islice(_places(names, things), most):
        with suppress(NoReverseMatch):
            yield reverse(name, kwargs=dict(zip(names, values, strict=True)))


def _places(names: list[str], things: dict[str, list[Any]]) -> Iterator[tuple[Any, ...]]:
    return product(*(things.get(name, [NOTHING if name.endswith("_id") else "nothing"]) for name in names))


def route_of(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def _json(response: Any) -> Any:
    if response.get("Content-Type", "").split(";")[0] in {"application/json", "application/problem+json"}:
        with suppress(ValueError):
            return json.loads(response.content)
    return None


def _links(told: Any) -> Iterator[str]:
    """Every address in an answer."""
    if isinstance(told, str) and told.startswith("/"):
        yield told
    elif isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from _links(part)
