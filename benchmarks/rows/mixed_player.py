"""One client of the mixed row: reads feeds over HTTP, and changes things by the API meanwhile."""

from __future__ import annotations

import http.client
import json
import random
import time
from typing import Any

from benchmarks.rows.feed import PATH

API = "/api/v1"
JSON = {"Content-Type": "application/json"}
WRITES = ("share",) * 8 + ("comment",) * 8 + ("hide",) + ("unfriend", "block") + ("comment",)
"""What is written, by how often; of twenty."""
WORDS = "The bench says so"


class NotDone(RuntimeError):
    """A change was refused that should not have been."""


class Client:
    """Reads as anybody of `readers`; writes as its own part of the authors, and those who may see them.

    :param told: "tokens" by person, "readers", "circles" (each [circle, its author, who may see it]), and
        "writes", the part of all requests that change something.
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self._told, self._dice = told, random.Random(f"{told['seed']} {told['number']}")
        authors = sorted({author for _circle, author, _readers in told["circles"]})
        own = set(authors[told["number"] :: told["clients"]])
        self._circles = [circle for circle in told["circles"] if circle[1] in own]
        self._shares: list[tuple[str, str, list[str]]] = []
        self._parted: set[frozenset[str]] = set()
        self._events: list[list[Any]] = []
        self._connection = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=60)

    def answer(self, question: Any) -> Any:
        """Say all that was done since the last time."""
        told, self._events = self._events, []
        return told

    def prepare(self) -> None:
        """Connect anew: which of the server's processes a connection falls to is chance, and stays so."""
        self._connection.close()

    def play(self) -> None:
        if self._dice.random() < self._told["writes"]:
            getattr(self, f"_{self._dice.choice(WRITES)}")()
        else:
            self._read(self._dice.choice(self._told["readers"]))

    def close(self) -> None:
        self._connection.close()

    def _read(self, reader: str) -> None:
        begin, end, said = self._ask("GET", PATH, reader)
        items = [[item["id"], item["author"]["id"], item["comments"]] for item in said["items"]]
        self._events.append(["read", begin, end, reader, items])

    def _share(self) -> None:
        circle, author, readers = self._dice.choice(self._circles)
        asked = {"kind": "tip", "text": WORDS, "circle_ids": [circle]}
        begin, end, said = self._ask("POST", f"{API}/shares", author, asked)
        self._events.append(["share", begin, end, author, said["id"], circle])
        self._shares.append((said["id"], author, readers))

    def _comment(self) -> None:
        if (found := self._shown()) is None:
            return self._share()
        share, _author, reader = found
        begin, end, _said = self._ask("POST", f"{API}/shares/{share}/comments", reader, {"text": WORDS})
        self._events.append(["comment", begin, end, reader, share])
        return None

    def _hide(self) -> None:
        if not self._shares:
            return self._share()
        share, author, _readers = self._shares.pop(self._dice.randrange(len(self._shares)))
        begin, end, _said = self._ask("POST", f"{API}/shares/{share}/hide", author)
        self._events.append(["hide", begin, end, author, share])
        return None

    def _unfriend(self) -> None:
        self._part("unfriend")

    def _block(self) -> None:
        self._part("block")

    def _part(self, how: str) -> None:
        """Part an author and somebody who sees one of their newest; either of the two does it."""
        if (found := self._shown()) is None:
            return self._share()
        pair = list(found[1:])
        self._dice.shuffle(pair)
        one, other = pair
        if how == "block":
            begin, end, _said = self._ask("POST", f"{API}/blocks", one, {"person_id": other})
        else:
            begin, end, _said = self._ask("DELETE", f"{API}/friends/{other}", one)
        self._parted.add(frozenset(pair))
        self._events.append([how, begin, end, one, other])
        return None

    def _shown(self) -> tuple[str, str, str] | None:
        """One of its newest shares, its author, and somebody who may see it."""
        for share, author, readers in self._shares[:-6:-1]:
            left = [reader for reader in readers if frozenset((author, reader)) not in self._parted]
            if left:
                return share, author, self._dice.choice(left)
        return None

    def _ask(self, method: str, path: str, who: str, body: Any = None) -> tuple[int, int, Any]:
        headers = {"Authorization": f"Bearer {self._told['tokens'][who]}", **(JSON if body else {})}
        begin = time.monotonic_ns()
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        said = self._connection.getresponse()
        content = said.read()
        end = time.monotonic_ns()
        if said.status >= http.client.BAD_REQUEST:
            raise NotDone(f"{method} {path}: {said.status} {content[:500]!r}")
        return begin, end, json.loads(content) if content else None
