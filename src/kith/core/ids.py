"""Ids that tell nothing: random 63-bit integers, written as thirteen letters and digits.

Random, because an id that counts would tell how many others exist, and one made from the
time would tell when a thing was bought, which no share may.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, small letters: no i, l, o or u to misread."""
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 13
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
"""A page of the feed writes eighty ids, and two letters at a time that is twice as quick."""


def random_id() -> int:
    """Draw an id. At a thousand million rows a clash has odds of 1 in 18."""
    return secrets.randbits(63)


def write_id(number: int) -> str:
    """Write an id for URLs and the API, always thirteen characters."""
    pairs = _PAIRS
    return (
        _ALPHABET[number >> 60] + pairs[number >> 50 & 1023] + pairs[number >> 40 & 1023]
        + pairs[number >> 30 & 1023] + pairs[number >> 20 & 1023] + pairs[number >> 10 & 1023]
        + pairs[number & 1023]
    )  # fmt: skip


def read_id(text: str) -> int:
    """Read what `write_id` wrote.

    :raises ValueError: not thirteen characters of the alphabet, or beyond 63 bits.
    """
    if len(text) != _LENGTH or not set(text) <= _VALUE.keys():
        raise ValueError("not an id")
    number = 0
    for letter in text:
        number = number * 32 + _VALUE[letter]
    if number >= 2**63:
        raise ValueError("not an id")
    return number


class RandomIdField(models.BigIntegerField):  # type: ignore[type-arg]
    """A primary key that is drawn by us, so that a row's id is known before it is written."""

    def __init__(self, **options: object) -> None:
        options |= {"primary_key": True, "default": random_id, "editable": False}
        super().__init__(**options)  # type: ignore[arg-type]

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """Call it INTEGER on SQLite, which makes it the row's own key instead of an index beside it."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class IdConverter:
    """`<id:share>` in a URL; anything malformed is no such page."""

    regex = f"[{_ALPHABET}]{{{_LENGTH}}}"

    def to_python(self, value: str) -> int:
        return read_id(value)

    def to_url(self, value: int) -> str:
        return write_id(value)
