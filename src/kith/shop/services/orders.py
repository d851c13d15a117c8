"""Orders that a host shop tells us of.

A source may tell the states of a line late, out of order and more than once. What is kept is
the greatest of all that was heard, in an order that ends every tie, so the rows that result do
not depend on the order of arrival: a join of a semilattice (Shapiro et al., "Conflict-free
Replicated Data Types", 2011).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from kith.core.batches import in_batches
from kith.core.bulk import append
from kith.shop.models import LineStatus, Listing, Order, OrderLine
from kith.shop.records import LineRecord, OrderRecord, newest_instant

BATCH = 10_000
RECORDING = "a host shop's order is written whoever bought it"

_Key = tuple[str, str]
_ORDER = ("external_id", "buyer", "placed_at", "ship_to")
_CHANGEABLE = (
    "listing", "merchant", "quantity", "price_minor", "currency",
    "status", "status_at", "reason", "refund_reason", "placed_at", "delivered_at", "refund_requested_at",
    "is_gift",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line and what became of it. `before` is None for a line that is new."""

    line: OrderLine
    became_delivered: bool
    """That it was delivered became known only now."""
    before: LineStatus | None
    delivered_before: datetime | None = None
    """The delivery known before; a late record may tell of an earlier one."""
    placed_before: datetime | None = None
    """When it was said to have been ordered, before."""


@dataclass(frozen=True, slots=True)
class _Was:
    """What others may have been told of a line before."""

    status: LineStatus | None = None
    delivered_at: datetime | None = None
    listing_id: int | None = None
    placed_at: datetime | None = None
    is_gift: bool = False


_NEW = _Was()


def record_orders(records: Sequence[OrderRecord]) -> list[LineChange]:
    """Upsert orders on (source, external id); return the lines whose state changed, in no order.

    Several records of one order may stand in one call. The buyer of an order is whoever it was
    first said to be, and stays nobody once their account was erased. Batches of 1,000 records
    are written with some ten statements each; the caller's transaction holds them all.
    """
    changes: list[LineChange] = []
    for batch in in_batches(records, BATCH):
        with transaction.atomic():
            changes += _record_batch(batch)
    return changes


def _record_batch(batch: Sequence[OrderRecord]) -> list[LineChange]:
    told: dict[_Key, list[OrderRecord]] = defaultdict(list)
    for record in batch:
        told[record.source, record.id].append(record)
    merchants = _merchants_of({line.listing_id for record in batch for line in record.lines})
    orders, known_before = _hold_orders(told)
    lines: dict[int, dict[str, OrderLine]] = defaultdict(dict)
    for line in OrderLine.objects.unguarded(RECORDING).filter(order__among=known_before):
        lines[line.order_id][line.external_id] = line

    written = _Written()
    for key, order in orders.items():
        known = lines[order.pk]
        _fold_order(order, known.values(), told[key], written)
        for record in told[key]:
            for line_record in record.lines:
                _fold_line(order, known, line_record, merchants[line_record.listing_id], written)
        for line in known.values():
            if line.placed_at != order.placed_at:
                written.note(line)
                line.placed_at = order.placed_at
                written.touched(line)
    _write(written)
    return written.changes()


class _Written:
    """What a batch changes: orders and lines to write, and how each line stood before."""

    def __init__(self) -> None:
        self.orders: dict[int, Order] = {}
        self.lines: dict[int, OrderLine] = {}
        self.was: dict[int, _Was] = {}

    def note(self, line: OrderLine) -> None:
        """Note how a line stands before the first change to it."""
        if line.pk not in self.was:
            self.was[line.pk] = _how_it_stands(line)

    def touched(self, line: OrderLine) -> None:
        self.lines[line.pk] = line

    def changes(self) -> list[LineChange]:
        found = []
        for pk, was in self.was.items():
            line = self.lines.get(pk)
            if line is not None and _how_it_stands(line) != was:
                known_now = was.delivered_at is None and line.delivered_at is not None
                found.append(LineChange(line, known_now, was.status, was.delivered_at, was.placed_at))
        return found


def _how_it_stands(line: OrderLine) -> _Was:
    return _Was(LineStatus(line.status), line.delivered_at, line.listing_id, line.placed_at, line.is_gift)


def _merchants_of(listing_ids: set[int]) -> dict[int, int]:
    return dict(Listing.objects.filter(pk__among=listing_ids).values_list("pk", "merchant_id"))


def _hold_orders(told: dict[_Key, list[OrderRecord]]) -> tuple[dict[_Key, Order], list[int]]:
    """Lock the orders told of, making those that are new; say which there were before.

    Made in the order of their keys, so that two imports of the same orders wait for each
    other and do not deadlock.
    """
    held = _find_orders(told)
    new = {key: _new_order(key, told[key]) for key in sorted(told.keys() - held.keys())}
    try:
        with transaction.atomic():
            append(list(new.values()))
    except IntegrityError:  # another import has just made some of them
        Order.objects.bulk_create(new.values(), ignore_conflicts=True)
        held |= _find_orders(new)
        new = {}
    return held | new, [order.pk for order in held.values()]


def _find_orders(told: Iterable[_Key]) -> dict[_Key, Order]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, external_id in told:
        by_source[source].append(external_id)
    found: dict[_Key, Order] = {}
    for source, external_ids in sorted(by_source.items()):
        rows = Order.objects.unguarded(RECORDING).filter(external_id__among=external_ids, source=source)
        rows = rows.select_for_update().order_by("external_id").only(*_ORDER)
        found |= {(source, order.external_id or ""): order for order in rows}
    return found


def _new_order(key: _Key, records: list[OrderRecord]) -> Order:
    return Order(
        buyer_id=records[0].buyer_id, source=key[0], external_id=key[1],
        placed_at=min(record.placed_at for record in records),
        ship_to=max(map(_whereabouts, records))[1],
    )  # fmt: skip


def _whereabouts(record: OrderRecord) -> tuple[datetime, str]:
    """Where an order goes is told best by the record with the newest news."""
    return newest_instant(record), record.ship_to


def _fold_order(
    order: Order, known: Iterable[OrderLine], records: list[OrderRecord], written: _Written
) -> None:
    """Correct where the order goes, and when it was placed: the earliest that was ever said."""
    ship_to = order.ship_to
    newest = max((line.status_at for line in known), default=None)
    if newest is not None:
        ship_to = max((newest, ship_to), *map(_whereabouts, records))[1]
    placed_at = min(order.placed_at, *(record.placed_at for record in records))
    if (order.ship_to, order.placed_at) != (ship_to, placed_at):
        order.ship_to, order.placed_at = ship_to, placed_at
        written.orders[order.pk] = order


def _fold_line(
    order: Order, known: dict[str, OrderLine], record: LineRecord, merchant_id: int, written: _Written
) -> None:
    line = known.get(record.id)
    if line is None:
        line = known[record.id] = _new_line(order, record, merchant_id)
        written.was[line.pk] = _NEW
        written.touched(line)
    else:
        written.note(line)
        if _strength_of_record(record) > _strength(line):
            _say(line, record, merchant_id)
            written.touched(line)
        if record.status == LineStatus.DELIVERED and (
            line.delivered_at is None or record.at < line.delivered_at
        ):
            line.delivered_at = record.at
            written.touched(line)
        if record.status == LineStatus.REFUND_REQUESTED and (
            line.refund_requested_at is None or record.at > line.refund_requested_at
        ):
            line.refund_requested_at = record.at
            written.touched(line)
        if record.is_gift and not line.is_gift:
            line.is_gift = True
            written.touched(line)


def _new_line(order: Order, record: LineRecord, merchant_id: int) -> OrderLine:
    line = OrderLine(
        order_id=order.pk, buyer_id=order.buyer_id, external_id=record.id,
        placed_at=order.placed_at, is_gift=record.is_gift,
    )  # fmt: skip
    _say(line, record, merchant_id)
    line.delivered_at = record.at if record.status == LineStatus.DELIVERED else None
    line.refund_requested_at = record.at if record.status == LineStatus.REFUND_REQUESTED else None
    return line


def _say(line: OrderLine, record: LineRecord, merchant_id: int) -> None:
    line.listing_id, line.merchant_id = record.listing_id, merchant_id
    line.quantity = record.quantity
    line.price_minor, line.currency = record.price.minor, record.price.currency
    line.status, line.status_at, line.reason = record.status, record.at, record.reason
    line.refund_reason = record.refund_reason


_Strength = tuple[datetime, int, str, str, int, int, str, int]


def _strength_of_record(record: LineRecord) -> _Strength:
    """The newest wins; of the same instant, the further state; then anything that ends the tie."""
    return (
        record.at, record.status.rank, record.reason, record.refund_reason,
        record.quantity, record.price.minor, record.price.currency, record.listing_id,
    )  # fmt: skip


def _strength(line: OrderLine) -> _Strength:
    return (
        line.status_at, LineStatus(line.status).rank, line.reason, line.refund_reason,
        line.quantity, line.price_minor, line.currency, line.listing_id,
    )  # fmt: skip


def _write(written: _Written) -> None:
    """Write changed lines as upserts, which are far quicker than `bulk_update`."""
    orders = Order.objects.unguarded(RECORDING)
    orders.bulk_update(written.orders.values(), ["ship_to", "placed_at"], batch_size=300)
    lines = written.lines.items()
    append([line for pk, line in lines if written.was[pk] is _NEW])
    OrderLine.objects.bulk_create(
        [line for pk, line in lines if written.was[pk] is not _NEW],
        update_conflicts=True, unique_fields=["id"], update_fields=_CHANGEABLE,
    )  # fmt: skip
