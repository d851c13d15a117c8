"""`kith import`: takes in what a host shop has exported."""

from __future__ import annotations

import json
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar

import click

from kith.cli.progress import Progress
from kith.cli.record_files import DAMAGE, CannotRun, Line, open_plain, read_lines

T = TypeVar("T")

FEEDS = {".tsv": "tsv", ".xml": "xml"}
SOME_REJECTED = 1


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--source", required=True, help="The host shop's name; its ids are kept apart from others'.")
@click.option(
    "--feed", type=click.Choice(["tsv", "xml"]), help="The files are Google Merchant Center product feeds."
)
@click.option("--merchant", help="For product feeds: the source's id of the merchant.  [default: the source]")
@click.option("--reject", help="Where bad records go.  [default: FILE.rejected.ndjson]")
@click.option("--again", is_flag=True, help="Take in also what was taken in before, word for word.")
def import_(
    *,
    files: tuple[str, ...],
    source: str,
    feed: str | None,
    merchant: str | None,
    reject: str | None,
    again: bool,
) -> None:
    """Take in FILEs of records (NDJSON, plain or gzip; - is the standard input), in their order.

    A bad record goes to the reject file with its line and the reason, and the rest goes in.
    Stopped and run again, nothing is doubled or lost. Ends with 0 if all went in, 1 if some were
    rejected, 2 if it could not run.
    """
    for file in files:
        if file != "-" and not Path(file).is_file():
            raise CannotRun(f"{file}: there is no such file.")
    how = _How(source=source, feed=feed, merchant=merchant or source, again=again)
    total = _import_all(files, how, Path(reject) if reject else None)
    if len(files) > 1:
        click.echo(_in_words("all", total))
    if total["rejected"]:
        raise SystemExit(SOME_REJECTED)


@dataclass(frozen=True, slots=True)
class _How:
    """What is the same for all files of one call."""

    source: str
    feed: str | None
    merchant: str
    again: bool

    def is_feed(self, file: str) -> bool:
        return bool(self.feed or FEEDS.get(Path(file.removesuffix(".gz")).suffix))


def _import_all(files: tuple[str, ...], how: _How, reject: Path | None) -> Counter[str]:
    from django.db import Error

    from kith.core.bulk import prepare_for_bulk

    total: Counter[str] = Counter()
    try:
        prepare_for_bulk()
        with ExitStack() as stack:
            shared = stack.enter_context(RejectFile(reject)) if reject else None
            for file in files:
                with nullcontext(shared) if shared else RejectFile(_beside(file)) as rejects:
                    take = _import_feed if how.is_feed(file) else _import_records
                    total += _count(file, take(file, how, rejects))
    except Error as error:
        hint = "If it is new, run: kith migrate"
        raise CannotRun(f"The database: {str(error).strip()}. {hint}") from None
    except KeyboardInterrupt:
        raise CannotRun("Stopped. Run it again to go on; what is in stays in.") from None
    return total


def _beside(file: str) -> Path:
    return Path(("stdin" if file == "-" else file) + ".rejected.ndjson")


def _in_words(what: str, counts: Counter[str]) -> str:
    numbers = ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in ("taken", "unchanged", "rejected"))
    return f"{what}: {numbers}"


def _count(file: str, answers: Iterator[tuple[str, int]]) -> Counter[str]:
    """Go through the answers (outcome, bytes read), show how far it is, print the numbers."""
    counts: Counter[str] = Counter()
    began = time.monotonic()
    size = Path(file).stat().st_size if file != "-" else None
    with Progress(file, size, unit="B") as bar:
        for outcome, read in answers:
            counts[outcome] += 1
            if read > bar.done:
                bar.advance(read - bar.done)
    rate = counts.total() / max(time.monotonic() - began, 0.001)
    click.echo(f"{_in_words(file, counts)} ({rate:,.0f} a second)")
    return counts


def _import_records(file: str, how: _How, rejects: RejectFile) -> Iterator[tuple[str, int]]:
    from kith.core.clock import utc_now
    from kith.sharing.intake import BadSource, take_in

    waiting: deque[Line] = deque()
    with open_plain(file) as (content, raw), _UntilDamage(DAMAGE) as sound:
        records = _noting(sound(read_lines(content, raw)), waiting)
        try:
            answers = take_in(records, source=how.source, now=utc_now(), again=how.again)
        except BadSource as problem:
            raise CannotRun(f"{how.source}: {problem}.") from None
        for answer in answers:
            line = waiting.popleft()
            if answer.outcome == "rejected":
                rejects.write(file, line.number, answer.reason, line.told)
            yield answer.outcome, line.read


class _UntilDamage:
    """Lets what could be read go all the way in before it is said that the rest cannot be."""

    def __init__(self, kinds: type[Exception] | tuple[type[Exception], ...]) -> None:
        self._kinds = kinds
        self._damage: Exception | None = None

    def __call__(self, items: Iterator[T]) -> Iterator[T]:
        try:
            yield from items
        except self._kinds as damage:
            self._damage = damage

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None and self._damage is not None:
            raise self._damage


def _noting(lines: Iterator[Line], waiting: deque[Line]) -> Iterator[Any]:
    """Hand on the records of lines, and keep the lines until their answers come."""
    for line in lines:
        waiting.append(line)
        yield line.record


def _import_feed(file: str, how: _How, rejects: RejectFile) -> Iterator[tuple[str, int]]:
    from kith.core.batches import in_batches
    from kith.core.clock import utc_now
    from kith.sharing.services import take_in_listings
    from kith.shop.feeds import FeedUnreadable, read_feed
    from kith.shop.models import Merchant

    found = Merchant.objects.filter(source=how.source, external_id=how.merchant).first()
    if found is None:
        raise CannotRun(f"There is no merchant {how.merchant} of {how.source}; import its record first.")
    try:
        with open_plain(file) as (content, raw), _UntilDamage((*DAMAGE, FeedUnreadable)) as sound:
            rows = sound(read_feed(content, source=how.source, merchant_id=found.pk))
            for batch in in_batches(rows, 1000):
                listings = [row.listing for row in batch if row.listing is not None]
                take_in_listings(listings, now=utc_now())
                for row in batch:
                    if row.listing is None:
                        rejects.write(file, row.line, row.reason, None)
                    yield ("taken" if row.listing else "rejected"), raw.tell() if file != "-" else 0
    except FeedUnreadable as problem:
        raise CannotRun(f"{file}: {problem}; what came before is in.") from None


class RejectFile:
    """Where bad records go, a line each. The file is there only if there are any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def write(self, file: str, line: int, reason: str, record: Any) -> None:
        """:raises CannotRun: it cannot be written; going on would lose the record."""
        try:
            if self._file is None:
                self._file = self._path.open("w", encoding="utf-8", errors="backslashreplace")
            entry = {"file": file, "line": line, "reason": reason, "record": record}
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        except OSError as error:
            raise CannotRun(f"{self._path}: {error.strerror or error}") from None

    def __enter__(self) -> Self:
        if self._file is None:
            self._path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            click.echo(f"Rejected records are in {self._path}")
