"""Pages and their cursors.

A cursor holds the place of the last thing shown. It is encrypted, since the place of a
share is the instant it was shown at, and a share tells no more than the month.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

T = TypeVar("T")


class BadCursor(ValueError):
    """The cursor was not made by us, or by another installation of us."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some things in order, and where to go on from (None: that was all)."""

    items: tuple[T, ...]
    next: str | None = None


def write_cursor(*place: Any) -> str:
    """Write a place (JSON values only) as text that can stand in a URL."""
    return _box().encrypt(json.dumps(place).encode()).decode().rstrip("=")


def read_cursor(text: str) -> list[Any]:
    """Read what `write_cursor` wrote.

    :raises BadCursor: anything else.
    """
    try:
        plain = _box().decrypt(text.encode() + b"=" * (-len(text) % 4))
    except (InvalidToken, UnicodeEncodeError):
        raise BadCursor("this cursor is not one of ours") from None
    return list(json.loads(plain))


def read_place(text: str) -> tuple[datetime, int]:
    """Read a cursor into a list that is ordered by an instant and an id.

    :raises BadCursor: not one of ours, or one into another kind of list.
    """
    try:
        at, number = read_cursor(text)
        instant = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        raise BadCursor("this cursor is not one of this list") from None
    if not isinstance(number, int) or instant.tzinfo is None:
        raise BadCursor("this cursor is not one of this list")
    return instant, number


def read_number(text: str) -> int:
    """Read a cursor into a list that is ordered by numbers alone.

    :raises BadCursor: not one of ours, or one into another kind of list.
    """
    place = read_cursor(text)
    if len(place) != 1 or not isinstance(place[0], int):
        raise BadCursor("this cursor is not one of this list")
    return place[0]


@lru_cache(maxsize=1)
def _box() -> Fernet:
    key = hashlib.sha256(b"kith.cursor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
