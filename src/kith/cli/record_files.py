"""Reading files of records: NDJSON, plain or gzip, a line at a time in bounded memory."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import click

from kith.sharing.intake import Unreadable

LONGEST_LINE = 1_000_000
LONGEST_TOLD = 2_000
"""How much of a line that could not be read is put into the reject file, in characters."""
DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error)
"""What reading a packed file says that is damaged or breaks off."""
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


class CannotRun(click.ClickException):
    """The import could not be run, or not to its end."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: what it says, or why it could not be read."""

    number: int
    record: Any
    read: int
    """How many bytes of the file had been read when it came."""

    @property
    def told(self) -> Any:
        """The record as it can be written into a reject file."""
        return self.record.text if isinstance(self.record, UnreadableLine) else self.record


class UnreadableLine(Unreadable):
    """A line that is not JSON, with what it holds instead."""

    def __init__(self, reason: str, raw: bytes) -> None:
        super().__init__(reason)
        self.text = raw.decode(errors="replace")[:LONGEST_TOLD]


@contextmanager
def open_plain(path: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Open a file, or `-` for the standard input: its contents unpacked, and the file itself.

    gzip is known by how it begins, whatever the file is called.

    :raises CannotRun: it cannot be opened, or breaks off in the middle.
    """
    try:
        with click.open_file(path, "rb") if path == "-" else Path(path).open("rb") as opened:
            file = opened if isinstance(opened, io.BufferedReader) else io.BufferedReader(cast("Any", opened))
            start = file.peek(2)[:2]
            yield (cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if start == _GZIP else file), file
    except DAMAGE as error:
        raise CannotRun(
            f"{path}: the file is damaged or breaks off ({error}); what came before is in."
        ) from None
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror or error}") from None


def read_lines(file: IO[bytes], raw: IO[bytes]) -> Iterator[Line]:
    """Each line that is not blank, as JSON; a line that is none is handed on as `UnreadableLine`."""
    number = 0
    while text := file.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            text = text.removeprefix(_BOM)
        if len(text) > LONGEST_LINE and not text.endswith(b"\n"):
            _skip_rest(file)
            record: Any = UnreadableLine(f"longer than {LONGEST_LINE:,} bytes", text[: LONGEST_TOLD * 4])
        elif not text.strip():
            continue
        else:
            record = _read(text)
        yield Line(number, record, _position(raw))


def _skip_rest(file: IO[bytes]) -> None:
    while (more := file.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
        pass


def _read(text: bytes) -> Any:
    try:
        return json.loads(text.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        return UnreadableLine("not UTF-8", text)
    except (ValueError, RecursionError) as error:
        return UnreadableLine(f"not JSON: {error}", text)


def _refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(f"{name} is no number of JSON")


def _position(raw: IO[bytes]) -> int:
    try:
        return raw.tell()
    except OSError:
        return 0
