"""The base of all schemas, and the kinds of values they share.

Plain pydantic models that read attributes: ninja's own `Schema` wraps every object in a
getter, which made a page of the feed six times slower to write; and a `ModelSchema` would
let a new column out by itself. What a schema does not name is not told.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from django.utils.functional import Promise
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator

from kith.core.ids import read_id, write_id

MOST_AT_ONCE = 100
"""The most that one page of anything holds."""


class Out(BaseModel):
    """What the API tells: exactly these fields, read from what a query returned."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """What the API is told: these fields and no others, and of the types that JSON has for them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator("*")
    @classmethod
    def _require_text(cls, value: Any) -> Any:
        # PostgreSQL takes no NUL in text, and nobody types one.
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and "\x00" in text for text in texts):
            raise ValueError("there is a sign in it that cannot be kept")
        return value


ID_SCHEMA = {
    "type": "string",
    "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{12}$",
    "examples": ["3v8kq2n5c7m1x"],
}


def _written(number: Any) -> Any:
    return write_id(number) if isinstance(number, int) else number


def _read(text: Any) -> Any:
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError("an id is a string of thirteen letters and digits")
    return read_id(text)


def _plain(text: Any) -> Any:
    return str(text) if isinstance(text, Promise) else text


def _instant(text: Any) -> Any:
    if text is None:
        return None
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise ValueError("an instant is written as 2026-03-14T09:26:53Z (RFC 3339)")
    return datetime.fromisoformat(text.upper())


_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")

GivenInstant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant that we are told. Without its offset from UTC it would be none."""

Id = Annotated[str, BeforeValidator(_written), WithJsonSchema(ID_SCHEMA)]
"""An id that we tell."""

GivenId = Annotated[int, BeforeValidator(_read), WithJsonSchema(ID_SCHEMA)]
"""An id that we are told, in a body or a query."""

PathId = Annotated[int, WithJsonSchema(ID_SCHEMA)]
"""An id in the path, already read by the `id` converter."""

Told = Annotated[str, BeforeValidator(_plain)]
"""Text that may still wait for its reader's language."""

GivenIds = Annotated[list[GivenId], Field(max_length=200)]


class Money(Out):
    minor: int = Field(description="In the currency's smallest coin")
    currency: str = Field(description="ISO 4217", examples=["CNY"])


class Said(Out):
    """A problem, as in RFC 9457."""

    type: str = Field(description="Which problem; never changes", examples=["/problems/not-there"])
    title: str
    status: int
    detail: str = Field("", description="A sentence for people, in the reader's language")
    errors: list[Wrong] = Field([], description="Which of the values sent cannot be right")


class Wrong(Out):
    at: str = Field(description="Where it stands", examples=["body/data/rating"])
    code: str
    detail: str


Said.model_rebuild()

Cursor = Annotated[str, Field(max_length=2000)]
Limit = Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]
