"""Taking records in, in batches, each batch one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from django.db import DataError, IntegrityError, InternalError, NotSupportedError, transaction

from kith.core.errors import NotThere, Refused
from kith.sharing.intake import circles, goods, memory, orders, people, talk, ties, words
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.parsing import key_of, parse, size_of
from kith.sharing.intake.records import Origin
from kith.sharing.intake.verdicts import UNCHANGED, OutcomeOfRecord, Verdict, rejected

BATCH = 5_000
"""Records in one transaction. More are quicker, but whom they are about can change nothing until it ends."""
LONGEST_SOURCE = 40

Taker = Callable[[Any, Origin], list[Verdict]]
"""Writes records of one type, no two of them about the same thing; a verdict for each, in their order."""

TAKERS: Final[dict[str, Taker]] = {
    "person": people.take_people,
    "friends": ties.take_friends,
    "circle": circles.take_circles,
    "tie": ties.take_ties,
    "block": ties.take_blocks,
    "category": goods.take_categories,
    "merchant": goods.take_merchants,
    "listing": goods.take_listings,
    "order": orders.take_orders,
    "purchase": words.take_shares,
    "review": words.take_shares,
    "question": words.take_shares,
    "tip": words.take_shares,
    "comment": talk.take_comments,
    "like": talk.take_likes,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the record at `index`. `id` is the source's, as far as it could be read."""

    index: int
    type: str
    id: str
    outcome: OutcomeOfRecord
    reason: str = ""


class BadSource(ValueError):
    """A source has a name of 1 to 40 characters."""


def take_in(
    records: Iterable[object], *, source: str, now: datetime, again: bool = False
) -> Iterator[Answer]:
    """Take records in, in their order; answer for each, in the same order.

    Neighbouring records of one type are written together, up to five thousand in one
    transaction, so an answer may come that much later than its record. Whoever stops reading
    the answers stops the import; what was answered for is in.

    :param records: JSON objects; anything else is rejected like any bad record.
    :param again: take in also what was taken in before word for word.
    :raises BadSource: see there.
    """
    if not len(source.strip()) >= 1 or len(source) > LONGEST_SOURCE:
        raise BadSource(f"a source has a name of 1 to {LONGEST_SOURCE} characters")
    return _answers(records, _Run(Origin(source.strip(), now), again))


@dataclass(frozen=True, slots=True)
class _Run:
    origin: Origin
    again: bool


@dataclass(frozen=True, slots=True)
class _Item:
    index: int
    type: str
    id: str
    parsed: Any
    reason: str
    key: int = 0
    digest: int = 0
    size: int = 1

    def answer(self, verdict: Verdict) -> Answer:
        return Answer(self.index, self.type, self.id, verdict.outcome, verdict.reason)


@dataclass(slots=True)
class _Batch:
    """Neighbours of one type about different things, and between them what cannot be taken."""

    items: list[_Item] = field(default_factory=list)
    type: str = ""
    keys: set[int] = field(default_factory=set)
    size: int = 0

    def holds(self, item: _Item) -> bool:
        """Whether the item may join: it goes with what is there, and there is room."""
        if self.size + item.size > BATCH and self.items:
            return False
        fits = item.type == self.type or not self.type
        return item.parsed is None or (fits and item.key not in self.keys)

    def add(self, item: _Item) -> None:
        self.items.append(item)
        self.size += item.size
        if item.parsed is not None:
            self.type = item.type
            self.keys.add(item.key)


def _answers(records: Iterable[object], run: _Run) -> Iterator[Answer]:
    batch = _Batch()
    for index, record in enumerate(records):
        item = _read(index, record, run)
        if not batch.holds(item):
            yield from _take(batch, run)
            batch = _Batch()
        batch.add(item)
    yield from _take(batch, run)


def _read(index: int, record: object, run: _Run) -> _Item:
    kind, name = _named(record, "type"), _named(record, "id")
    try:
        parsed = parse(record)
    except RecordRefused as refusal:
        return _Item(index, kind, name, None, _writable(str(refusal)))
    about = key_of(parsed)
    key = memory.key_hash(run.origin.source, kind, about)
    return _Item(
        index,
        kind,
        name or " ".join(about),
        parsed,
        "",
        key,
        memory.digest_of(cast("Mapping[str, Any]", record)),
        size_of(parsed),
    )


def _named(record: object, name: str) -> str:
    value = record.get(name) if isinstance(record, Mapping) else None
    return _writable(value[:120]) if isinstance(value, str) else ""


def _writable(text: str) -> str:
    """Spell out halves of surrogate pairs: JSON may hold them, and no answer can be written with them."""
    return text.encode(errors="backslashreplace").decode()


def _take(batch: _Batch, run: _Run) -> list[Answer]:
    sound = [item for item in batch.items if item.parsed is not None]
    verdicts = dict(zip((item.index for item in sound), _verdicts(batch.type, sound, run), strict=True))
    return [item.answer(verdicts.get(item.index) or rejected(item.reason)) for item in batch.items]


_UNFIT = (DataError, IntegrityError, InternalError, NotSupportedError, Refused, NotThere)
"""What the database or the domain says of a record that cannot be kept. A database that is
not there says OperationalError, which is no record's fault and ends the run."""


def _verdicts(kind: str, items: Sequence[_Item], run: _Run) -> list[Verdict]:
    """Take a batch in one transaction; if a record spoils it, each half in its own, and so on."""
    if not items:
        return []
    try:
        return _write(kind, items, run)
    except _UNFIT as error:
        if len(items) == 1:
            return [rejected(f"it cannot be kept: {str(error).strip().splitlines()[0]}")]
    half = len(items) // 2
    return [*_verdicts(kind, items[:half], run), *_verdicts(kind, items[half:], run)]


@transaction.atomic
def _write(kind: str, items: Sequence[_Item], run: _Run) -> list[Verdict]:
    known = {} if run.again else memory.recall([item.key for item in items])
    new = [item for item in items if known.get(item.key) != item.digest]
    told = TAKERS[kind]([item.parsed for item in new], run.origin) if new else []
    verdicts = dict(zip((item.index for item in new), told, strict=True))
    memory.remember((item.key, item.digest) for item in new if verdicts[item.index].outcome != "rejected")
    return [verdicts.get(item.index, UNCHANGED) for item in items]
