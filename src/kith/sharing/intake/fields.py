"""Reading one record field by field. Whatever is not as the format says is refused with a reason.

The reasons are written for whoever runs the import; they are in English in every installation,
so that reject files can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

LONGEST_ID = 120
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,4})?")
CURRENCY = re.compile(r"[A-Z]{3}")
REGION = re.compile(r"[0-9]{6}")
_YEARS = range(1970, 2200)
"""Outside of these an instant is a mistake; and sums with it could leave the calendar."""
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters, and halves of surrogate pairs, which no database takes."""


class RecordRefused(ValueError):
    """A record is not as the format says, or says what may not be. Its text is the reason."""


class Fields:
    """The fields of one record. `done` says whether anything was left that the format has not."""

    def __init__(self, record: Mapping[str, Any], where: str = "") -> None:
        self._record = record
        self._where = where
        self._left = set(record)

    def done(self) -> None:
        """:raises RecordRefused: a field that the format does not have: a slip of the pen could
        otherwise show something to more people than was meant.
        """
        if self._left:
            raise RecordRefused(f"unknown field {self._name(str(min(self._left, key=str)))}")

    def take(self, name: str, *, required: bool = True) -> Any:
        """The raw value. An optional field that is null is as good as absent."""
        self._left.discard(name)
        value = self._record.get(name)
        if value is None and required:
            raise RecordRefused(f"{self._name(name)} is missing")
        return value

    def text(self, name: str, *, most: int, least: int = 1) -> str:
        value = self.take(name)
        return self._text(name, value, least, most)

    def maybe_text(self, name: str, *, most: int, least: int = 0) -> str | None:
        value = self.take(name, required=False)
        return None if value is None else self._text(name, value, least, most)

    def identifier(self, name: str) -> str:
        return self.text(name, most=LONGEST_ID)

    def maybe_identifier(self, name: str) -> str | None:
        return self.maybe_text(name, most=LONGEST_ID, least=1)

    def instant(self, name: str) -> datetime:
        return self._instant(name, self.take(name))

    def maybe_instant(self, name: str) -> datetime | None:
        value = self.take(name, required=False)
        return None if value is None else self._instant(name, value)

    def number(self, name: str, *, least: int, most: int) -> int:
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise RecordRefused(f"{self._name(name)} is not a whole number from {least} to {most}")
        return value

    def maybe_number(self, name: str, *, least: int, most: int) -> int | None:
        return self.number(name, least=least, most=most) if self._is_told(name) else None

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.take(name, required=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise RecordRefused(f"{self._name(name)} is neither true nor false")
        return value

    def maybe_flag(self, name: str) -> bool | None:
        return self.flag(name, default=False) if self._is_told(name) else None

    def choice(self, name: str, choices: Collection[str], *, default: str | None = None) -> str:
        value = self.take(name, required=default is None)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in choices:
            raise RecordRefused(f"{self._name(name)} is not one of {', '.join(choices)}")
        return value

    def maybe_choice(self, name: str, choices: Collection[str]) -> str | None:
        return self.choice(name, choices) if self._is_told(name) else None

    def matching(self, name: str, pattern: re.Pattern[str], what: str) -> str:
        value = self.take(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise RecordRefused(f"{self._name(name)} is not {what}")
        return value

    def maybe_matching(self, name: str, pattern: re.Pattern[str], what: str) -> str | None:
        return self.matching(name, pattern, what) if self._is_told(name) else None

    def inner(self, name: str) -> Fields | None:
        """The fields of an object inside the record, if it is there."""
        value = self.take(name, required=False)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise RecordRefused(f"{self._name(name)} is not an object")
        return Fields(value, f"{self._name(name)}.")

    def inners(self, name: str, *, most: int) -> list[Fields]:
        """The objects of a list that is not empty."""
        value = self._list(name, self.take(name), most)
        if not value:
            raise RecordRefused(f"{self._name(name)} is empty")
        for index, item in enumerate(value):
            if not isinstance(item, Mapping):
                raise RecordRefused(f"{self._name(name)}[{index}] is not an object")
        return [Fields(item, f"{self._name(name)}[{index}].") for index, item in enumerate(value)]

    def maybe_texts(self, name: str, *, most: int, longest: int) -> tuple[str, ...] | None:
        """A list of different texts, in its order."""
        value = self.take(name, required=False)
        if value is None:
            return None
        items = self._list(name, value, most)
        texts = [self._text(f"{name}[{index}]", item, 1, longest) for index, item in enumerate(items)]
        return tuple(dict.fromkeys(texts))

    def _is_told(self, name: str) -> bool:
        self._left.discard(name)
        return self._record.get(name) is not None

    def _name(self, name: str) -> str:
        return f"{self._where}{name}"

    def _list(self, name: str, value: Any, most: int) -> Sequence[Any]:
        if not isinstance(value, list | tuple):
            raise RecordRefused(f"{self._name(name)} is not a list")
        if len(value) > most:
            raise RecordRefused(f"{self._name(name)} has more than {most:,} entries")
        return value

    def _text(self, name: str, value: Any, least: int, most: int) -> str:
        if not isinstance(value, str):
            raise RecordRefused(f"{self._name(name)} is not text")
        if _UNSTORABLE.search(value):
            raise RecordRefused(f"{self._name(name)} has control characters")
        if not least <= len(value.strip()) or len(value) > most:
            raise RecordRefused(f"{self._name(name)} is not {least} to {most:,} characters long")
        return value.strip()

    def _instant(self, name: str, value: Any) -> datetime:
        if not isinstance(value, str) or not INSTANT.fullmatch(value):
            raise RecordRefused(f"{self._name(name)} is not an instant such as 2020-02-20T08:00:00Z")
        try:
            instant = datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise RecordRefused(f"{self._name(name)} is not an instant of the calendar") from None
        if instant.year not in _YEARS:
            raise RecordRefused(f"{self._name(name)} is not between {_YEARS[0]} and {_YEARS[-1]}")
        return instant
