"""Reading telephone numbers out of what people type, paste or export from an address book."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from kith.people.phones import read_phone

LONGEST_TEXT = 1_000_000
"""Characters: an address book of some thousands, without pictures."""
MOST_NAMED = 20
"""Lines that were not understood and are named."""
LONGEST_NAMED = 40
_SEPARATORS = re.compile(r"[\n,;、，；|\t]+")
_IN_WORDS = re.compile(r"[+＋]?\d[\d\s().\-/‐‑‒–—−·]{5,}\d")
_FOLDED = re.compile(r"\r?\n[ \t]")
"""A long line of a vCard goes on in the next, which begins with a space (RFC 6350, 3.2)."""
_VCARD_TEL = re.compile(r"^(?:[\w-]+\.)?TEL(?:;[^:]*)?:(.*)$", re.IGNORECASE)
_COLUMN = re.compile(r"phone|mobile|\btel\b|\bcell\b|电话|手机|電話|手機", re.IGNORECASE)
_NO_COLUMN = re.compile(r"type|label|fax|类型|标签|传真", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was found in a text: numbers in E.164, each once, and lines in which there was none."""

    phones: tuple[str, ...]
    not_numbers: tuple[str, ...]


def find_numbers(text: str) -> Numbers:
    """Read the mobile numbers in a text, in the order in which they stand there."""
    phones: dict[str, None] = {}
    unread: list[str] = []
    for piece in _pieces(text.replace("\x00", "").removeprefix("\ufeff")):
        found = _read(piece)
        phones |= dict.fromkeys(found)
        if not found:
            unread.append(piece[:LONGEST_NAMED])
    return Numbers(tuple(phones), tuple(dict.fromkeys(unread))[:MOST_NAMED])


def _pieces(text: str) -> Iterator[str]:
    """What should each be a number: the fields of an address book, or the parts of a list."""
    if "BEGIN:VCARD" in text.upper():
        fields = _of_vcard(text)
    elif columns := _phone_columns(text):
        fields = _of_csv(text, *columns)
    else:
        fields = iter(_SEPARATORS.split(text.replace("\r", "\n")))
    return (field.strip() for field in fields if field.strip())


def _of_vcard(text: str) -> Iterator[str]:
    for line in _FOLDED.sub("", text).splitlines():
        if found := _VCARD_TEL.match(line):
            yield re.sub(r"^tel:|;.*$", "", found[1], flags=re.IGNORECASE)


def _phone_columns(text: str) -> tuple[str, list[int]] | None:
    """The separator of a table, and where numbers stand in it; None if it is none that we know."""
    first = text.lstrip().partition("\n")[0]
    if re.search(r"\d{5}", first):
        return None
    for separator in ",;\t":
        heads = next(csv.reader([first], delimiter=separator), [])
        found = [at for at, head in enumerate(heads) if _COLUMN.search(head) and not _NO_COLUMN.search(head)]
        if found and len(heads) > 1:
            return separator, found
    return None


def _of_csv(text: str, separator: str, columns: list[int]) -> Iterator[str]:
    """The fields of an export of Google, Outlook and others; Google puts several into one by `:::`."""
    rows = csv.reader(StringIO(text.lstrip()), delimiter=separator)
    next(rows)
    try:
        for row in rows:
            for at in columns:
                yield from row[at].split(":::") if at < len(row) else ()
    except csv.Error:
        return


def _read(piece: str) -> list[str]:
    """The numbers in a piece: it is one, or has words around it, or several beside one another."""
    if phone := _try(piece):
        return [phone]
    found = []
    for stretch in _IN_WORDS.findall(piece):
        whole = _try(stretch)
        found += [whole] if whole else [phone for part in stretch.split() if (phone := _try(part))]
    return found


def _try(text: str) -> str | None:
    try:
        return read_phone(text)
    except ValueError:
        return None
