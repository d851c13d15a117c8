"""What could join a persona to the shopper behind it, in every form in which it could be written down."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import UUID

import numpy as np
from django.apps import apps

from kith.core.guard import Guarded
from kith.core.ids import write_id
from kith.people.models import Person
from kith.ties.contacts import digests

SEARCHING = "the anonymity test collects what must not be found"
FEWEST = 6
"""Bytes that a form must have to be looked for anywhere. Shorter ones are looked for as whole words."""
SHORTEST = 3
"""What is shorter in all its forms ("1", the number of an order line) names nobody."""
SMALLEST = 2**32
"""Ids are drawn from 63 bits; a number below this one was not drawn, but counts something."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One identifier, and whose it is."""

    kind: str
    owner: int
    value: str | int

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


# --- What there is to be found --------------------------------------------------------

COLUMNS: dict[str, tuple[str, ...]] = {
    "people.Person": ("id", "handle", "display_name", "phone", "external_id", "password"),
    "people.AccessToken": ("id", "name", "digest"),
    "ties.Relationship": ("alias",),
    "ties.Circle": ("id", "name"),
    "ties.Member": ("circle_id",),
    "ties.FriendRequest": ("id", "note"),
    "ties.Invitation": ("id", "token"),
    "ties.HiddenContact": ("digest",),
    "media.Photo": ("id", "name", "veiled", "fingerprint"),
    "shop.Order": ("id", "recipient", "phone", "address", "external_id"),
    "shop.OrderLine": ("id",),
    "sharing.Share": ("id", "external_id", "text"),
    "sharing.Comment": ("id", "text"),
    "quality.Complaint": ("id", "words"),
    "quality.RecallClaim": ("id",),
    "mfa.Authenticator": ("data",),
    "account.EmailAddress": ("email",),
}
"""The columns that name somebody or something of theirs, of every table whose rows belong to people."""

NAMELESS: dict[str, str] = {
    "admin.LogEntry": "counts from 1, and says what staff did",
    "people.Consent": "counts from 1; versions and times",
    "people.SharingPreference": "choices only",
    "rollout.Listed": "counts from 1",
    "rollout.Waiting": "counts from 1",
    "rollout.Change": "counts from 1",
    "notices.Notice": "what it points to stands in its own table",
    "shop.MerchantStaff": "counts from 1",
    "sharing.Audience": "counts from 1; share and circle stand in their own tables",
    "sharing.Delivery": "share and people stand in their own tables",
    "sharing.SharePhoto": "counts from 1; share and photo stand in their own tables",
    "sharing.Like": "counts from 1",
    "quality.LabReport": "the papers of a merchant",
    "quality.Appeal": "the papers of a merchant",
    "quality.Sweep": "says what staff did",
    "quality.SampleItem": "says what staff did",
    "quality.Decision": "says what staff did",
    "web.SentForm": "random marks of forms, which their own reader holds",
    "api.KeptAnswer": "what a program was answered, kept for that program",
}
"""Tables of people in which nothing names anybody, and why."""


def tables_of_people() -> set[str]:
    """Every table outside `strangers` with a column that points to a person."""
    return {
        model._meta.label
        for model in apps.get_models()
        if model is Person or (model._meta.app_label != "strangers" and any(_owners(model)))
    }


def _owners(model: Any) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.related_model is Person]


def traces_of(people: Collection[int]) -> list[Trace]:
    """Every identifier of these people, from every table that has any."""
    found = {trace for label, columns in COLUMNS.items() for trace in _in_table(label, columns, people)}
    return sorted(found, key=str)


def _in_table(label: str, columns: tuple[str, ...], people: Collection[int]) -> Iterator[Trace]:
    model = apps.get_model(label)
    owners = ["id"] if model is Person else _owners(model)
    rows: Any = model.objects.unguarded(SEARCHING) if issubclass(model, Guarded) else model.objects.all()
    for owner in owners:
        # A picture for outside is shown there by its number; the name of its file is nobody's business.
        for row in rows.filter(**{f"{owner}__in": people}).values(owner, *columns, *_side(model)):
            for column in columns:
                if not (row.get("outside") and column in {"id", "fingerprint"}):
                    yield from _traces(f"{label}.{column}", row[owner], row[column])


def _side(model: Any) -> tuple[str, ...]:
    return ("outside",) if model._meta.label == "media.Photo" else ()


def _traces(kind: str, owner: int, value: Any) -> Iterator[Trace]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _traces(kind, owner, part)
    elif isinstance(value, int):
        if abs(value) >= SMALLEST:
            yield Trace(kind, owner, value)
    elif isinstance(value, str) and len(value.encode()) >= SHORTEST:
        yield Trace(kind, owner, value)


# --- In what forms --------------------------------------------------------------------


def forms_of(trace: Trace) -> set[bytes]:
    """Every form in which a trace is looked for."""
    if isinstance(trace.value, int):
        return set(_of_number(trace.value))
    if trace.kind.endswith(".phone"):
        return set(_of_phone(trace.value))
    return set(_of_text(trace.value))


def _of_text(text: str) -> Iterator[bytes]:
    for said in {text, text.upper(), text.lower(), text.title()}:
        yield from _written(said)
    raw = text.encode()
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    yield from _base64(raw)
    yield from _hashed(raw)
    for coding in ("utf-16-le", "utf-16-be", "gb18030"):
        yield text.encode(coding)


def _written(text: str) -> Iterator[bytes]:
    """As it stands in a page, an address, JSON or a script."""
    yield text.encode()
    quoted = quote(text, safe="")
    for said in (quoted, quoted.lower(), quote_plus(text), html.escape(text), text.replace("'", "&#x27;")):
        yield said.encode()
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(text)[1:-1].upper().replace("\\U", "\\u").encode()
    yield "".join(f"&#{ord(letter)};" for letter in text).encode()
    yield "".join(f"&#x{ord(letter):x};" for letter in text).encode()
    yield "".join(f"&#x{ord(letter):X};" for letter in text).encode()


def _of_number(number: int) -> Iterator[bytes]:
    whole = number % 2**64
    thirteen = write_id(number) if 0 <= number < 2**63 else ""
    for text in {str(number), str(whole), thirteen} - {""}:
        raw = text.encode()
        yield from (raw, raw.upper(), raw.hex().encode(), raw[::-1])
        yield from _base64(raw)
        yield from _hashed(raw)
    yield from (f"{number:,}".encode(), f"{number:,}".replace(",", " ").encode())
    yield from (f"{whole:x}".encode(), f"{whole:X}".encode(), f"{whole:016x}".encode(), f"{whole:o}".encode())
    yield from (_in_base(whole, 36), _in_base(whole, 36).upper(), _in_base(whole, 62))
    yield str(UUID(int=whole)).encode()
    for order in ("big", "little"):
        raw = whole.to_bytes(8, order)
        yield raw
        yield from (raw.hex().encode(), raw.hex().upper().encode())
        yield from _base64(raw)


def _of_phone(phone: str) -> Iterator[bytes]:
    national = phone.removeprefix("+86")
    yield from _of_text(phone)
    yield from _base64(national.encode())
    yield from _hashed(national.encode())
    yield from _hashed(b"86" + national.encode())
    for between in ("", " ", "-", ".", "\u00a0", "%20"):
        parts = between.join((national[:3], national[3:7], national[7:]))
        for before in ("", "86", "+86", "0086", "%2B86"):
            yield (before + between + parts).encode()
    yield f"{national[:3]}****{national[7:]}".encode()
    for digest in digests(phone).values():
        yield from (digest.encode(), digest[:16].encode())


def _base64(raw: bytes) -> Iterator[bytes]:
    """What stands in base64 text wherever in it the bytes begin: the letters that they alone decide."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw)
        cut = whole[(0, 2, 3)[before] : len(whole) - (0, 3, 2)[(before + len(raw)) % 3]]
        yield from (cut, cut.translate(bytes.maketrans(b"+/", b"-_")))


def _hashed(raw: bytes) -> Iterator[bytes]:
    for algorithm in ("md5", "sha1", "sha256"):
        digest = hashlib.new(algorithm, raw, usedforsecurity=False)
        yield digest.hexdigest().encode()
        yield base64.b64encode(digest.digest()).rstrip(b"=")


def _in_base(number: int, base: int) -> bytes:
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    written = ""
    while number:
        number, rest = divmod(number, base)
        written = letters[rest] + written
    return written.encode()


# --- Looking for all of them at once ----------------------------------------------------


class Search:
    """Finds any of very many short pieces of bytes: first those places where six bytes fit, then exactly."""

    def __init__(self, traces: Iterable[Trace]) -> None:
        self.traces, self.forms = 0, 0
        self._by_start: dict[int, list[tuple[bytes, Trace]]] = defaultdict(list)
        self._words: list[tuple[bytes, Trace]] = []
        for trace in traces:
            self._take(trace)
        self._starts = np.array(sorted(self._by_start), dtype=np.int64)
        self._likely = np.zeros(1 << 24, dtype=bool)
        self._likely[self._starts >> 24] = True

    def _take(self, trace: Trace) -> None:
        self.traces += 1
        for form in forms_of(trace):
            if len(form) >= FEWEST:
                self._by_start[int.from_bytes(form[:FEWEST], "big")].append((form, trace))
            elif len(form) >= SHORTEST and form.isalnum():
                self._words.append((form, trace))
            else:
                continue
            self.forms += 1

    def find(self, body: bytes, *, is_text: bool = True) -> list[tuple[bytes, Trace]]:
        """Every form that stands in some bytes, with the trace it is of.

        :param is_text: look for short ones too, as whole words; in a photo they stand by chance.
        """
        found = [
            (form, trace)
            for place in self._places(body)
            for form, trace in self._by_start[int.from_bytes(body[place : place + FEWEST], "big")]
            if body.startswith(form, place)
        ]
        if is_text:
            words = words_of(body)
            found += [(form, trace) for form, trace in self._words if form in words]
        return found

    def _places(self, body: bytes) -> Any:
        if len(body) < FEWEST or not len(self._starts):
            return ()
        letters = np.frombuffer(body, dtype=np.uint8).astype(np.int64)
        first = (letters[:-5] << 16) | (letters[1:-4] << 8) | letters[2:-3]
        last = (letters[3:-2] << 16) | (letters[4:-1] << 8) | letters[5:]
        likely = np.flatnonzero(self._likely[first])
        wanted = (first[likely] << 24) | last[likely]
        at = np.searchsorted(self._starts, wanted)
        at[at == len(self._starts)] = 0
        return likely[self._starts[at] == wanted].tolist()


_SEALED = re.compile(rb"gAAAAA[\w-]{60,}")
"""A cursor, encrypted: what stands in it as a word of three letters stands there by chance."""


@lru_cache(maxsize=1)
def words_of(body: bytes) -> set[bytes]:
    """The stretches of ASCII letters and digits in some bytes, but for what is encrypted."""
    body = _SEALED.sub(b" ", body)
    plain = bytes(letter if chr(letter).isascii() and chr(letter).isalnum() else 32 for letter in range(256))
    return set(body.translate(plain).split())
