"""Reading a Google Merchant Center product feed: tab-separated text, or RSS 2.0 and Atom as XML.

The format: https://support.google.com/merchants/answer/7052112 (product data specification).
Of its fields we take id, title, description, link, image_link, price, availability, brand,
google_product_category, product_type and adult. A row that cannot be taken is told with its
line and the reason, and the rest goes in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit
from xml.parsers import expat

from babel.numbers import list_currencies

from kith.core.money import Money, read_money
from kith.shop.records import ListingRecord
from kith.shop.shelves import ADULT, UNSORTED, read_shelf

LONGEST_ROW = 1_000_000
OFF_SALE = {"out_of_stock", "out of stock"}
AVAILABLE = {"in_stock", "in stock", "preorder", "backorder", "available for order"}
_AMOUNT = r"[0-9]{1,10}(?:\.[0-9]{1,4}|,[0-9]{1,2})?"
"""A comma with three digits after it would part thousands, which the format does not have."""
_PRICE = re.compile(rf"({_AMOUNT})\s*([A-Za-z]{{3}})|([A-Za-z]{{3}})\s*({_AMOUNT})")


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A listing of a feed, or why it could not be read."""

    line: int
    listing: ListingRecord | None
    reason: str = ""


class FeedUnreadable(ValueError):
    """The file is not a product feed at all, or breaks off; with the line where."""


def read_feed(file: IO[bytes], *, source: str, merchant_id: int) -> Iterator[FeedRow]:
    """Read a feed, a row at a time, whichever of the two forms it has.

    :raises FeedUnreadable: neither of them; broken XML; or XML that declares entities.
    """
    start = file.peek(64)[:64] if hasattr(file, "peek") else _peek(file)
    is_xml = start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    for line, fields in read_xml(file) if is_xml else read_tsv(file):
        yield _row(line, fields, source, merchant_id)


def _peek(file: IO[bytes]) -> bytes:
    start = file.read(64)
    file.seek(0)
    return start


# --- Tab-separated ----------------------------------------------------------------


def read_tsv(file: IO[bytes]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a tab-separated feed by the names of its head."""
    csv.field_size_limit(LONGEST_ROW)
    reader = csv.reader(_text_lines(file), delimiter="\t")
    try:
        names = [_plain_name(name) for name in next(reader, [])]
        if "id" not in names or "title" not in names:
            raise FeedUnreadable("line 1: the first line names the columns, with id and title among them")
        for values in reader:
            if any(values):
                yield reader.line_num, dict(zip(names, values, strict=False))
    except (csv.Error, UnicodeDecodeError) as error:
        raise FeedUnreadable(f"line {reader.line_num + 1}: {error}") from error


def _text_lines(file: IO[bytes]) -> Iterator[str]:
    for number, line in enumerate(file):
        yield line.decode("utf-8-sig" if number == 0 else "utf-8")


def _plain_name(name: str) -> str:
    """`g:image link` and `image_link` are the same field."""
    return name.strip().lower().removeprefix("g:").replace(" ", "_")


# --- XML --------------------------------------------------------------------------


def read_xml(file: IO[bytes]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The items of an RSS feed or the entries of an Atom feed, in bounded memory.

    A document type may declare entities that grow without end or name files of this machine
    (CWE-776, CWE-611); a feed needs none, so one that has any is refused.
    """
    reader = _ItemReader()
    try:
        while chunk := file.read(1 << 16):
            reader.parser.Parse(chunk, False)  # noqa: FBT003
            yield from reader.take()
        reader.parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise FeedUnreadable(f"line {error.lineno}: {expat.errors.messages[error.code]}") from error
    except FeedUnreadable:
        raise
    except (LookupError, ValueError) as error:  # GBK, for one, which expat has no table for
        raise FeedUnreadable("line 1: the feed is not in UTF-8") from error
    yield from reader.take()


class _ItemReader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._done: list[tuple[int, dict[str, str]]] = []
        self._item: dict[str, str] | None = None
        self._line = 0
        self._size = 0
        self._field = ""
        self._depth = 0

    def take(self) -> list[tuple[int, dict[str, str]]]:
        done, self._done = self._done, []
        return done

    def _refuse(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise FeedUnreadable(f"line {line}: a feed with a document type is not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _plain_name(name.rpartition(" ")[2])
        if self._item is None:
            if name in {"item", "entry"}:
                self._item, self._line, self._size, self._depth = {}, self.parser.CurrentLineNumber, 0, 0
            return
        self._depth += 1
        if self._depth == 1:
            # Of fields that are told more than once, or as `title` and as `g:title`, the first counts.
            self._field = "" if name in self._item else name
            if "href" in attributes:  # Atom's link
                self._item.setdefault(name, attributes["href"])

    def _end(self, _name: str) -> None:
        if self._item is None:
            return
        if self._depth == 0:
            self._done.append((self._line, self._item))
            self._item = None
        self._depth -= 1
        self._field = "" if self._depth == 0 else self._field

    def _text(self, text: str) -> None:
        if self._item is None or self._depth != 1 or not self._field:
            return
        self._size += len(text)
        if self._size > LONGEST_ROW:
            raise FeedUnreadable(f"line {self._line}: an item of more than a million characters")
        self._item[self._field] = self._item.get(self._field, "") + text


# --- One row ----------------------------------------------------------------------


def _row(line: int, fields: Mapping[str, str], source: str, merchant_id: int) -> FeedRow:
    try:
        return FeedRow(line, _listing(fields, source, merchant_id))
    except ValueError as error:
        return FeedRow(line, None, str(error))


def _listing(fields: Mapping[str, str], source: str, merchant_id: int) -> ListingRecord:
    return ListingRecord(
        source=source,
        id=_text(fields, "id", 120),
        merchant_id=merchant_id,
        category=_shelf(fields),
        title=_text(fields, "title", 200),
        price=_price(fields.get("price", "")),
        description=fields.get("description", "").strip()[:10_000],
        picture=_address(fields.get("image_link", "").strip()),
        on_sale=_on_sale(fields.get("availability", "in_stock")),
    )


def _text(fields: Mapping[str, str], name: str, most: int) -> str:
    value = " ".join(fields.get(name, "").split())
    if not value:
        raise ValueError(f"{name} is missing")
    if len(value) > most:
        raise ValueError(f"{name} is longer than {most} characters")
    if not value.isprintable():
        raise ValueError(f"{name} has control characters")
    return value


def _price(text: str) -> Money:
    """Read "19.90 CNY", as the specification writes it, or "CNY 19.90"."""
    found = _PRICE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"price {text.strip()[:40]!r} is not an amount and a currency, such as 19.90 CNY")
    amount, currency = (found[1], found[2]) if found[1] else (found[4], found[3])
    if currency.upper() not in list_currencies():
        raise ValueError(f"price is in {currency}, which is no currency")
    return read_money(amount.replace(",", "."), currency.upper())


def _address(text: str) -> str:
    """An address of a picture; only one that a page may show."""
    if not text:
        return ""
    if urlsplit(text).scheme not in {"http", "https"} or len(text) > 500:
        raise ValueError("image_link is not an address that begins with https, of up to 500 characters")
    return text


def _on_sale(text: str) -> bool:
    availability = text.strip().lower()
    if availability in OFF_SALE:
        return False
    if availability not in AVAILABLE:
        raise ValueError(f"availability {availability[:40]!r} is none of the four that there are")
    return True


def _shelf(fields: Mapping[str, str]) -> str:
    """The shelf of a row. What is marked as adult, and what nobody has sorted, lies on sensitive ones."""
    if fields.get("adult", "").strip().lower() in {"yes", "true"}:
        return ADULT
    for name in ("google_product_category", "product_type"):
        shelf = read_shelf(fields.get(name, ""))
        if shelf:
            return shelf
    return UNSORTED
