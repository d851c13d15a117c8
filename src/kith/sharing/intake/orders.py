"""Orders of a source."""

from __future__ import annotations

from collections.abc import Sequence

from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.goods import price_in
from kith.sharing.intake.lookup import FINDING, Known, people_of, prices_of
from kith.sharing.intake.records import OrderEntry, OrderLineEntry, Origin
from kith.sharing.intake.verdicts import TAKEN, UNCHANGED, Verdict, rejected
from kith.sharing.services.orders import take_in_orders
from kith.shop.models import LineStatus, Order
from kith.shop.records import LineRecord, OrderRecord


def take_orders(records: Sequence[OrderEntry], origin: Origin) -> list[Verdict]:
    """Take orders in with all that follows from them for their buyers' circles.

    A record that tells nothing newer than what is known is `unchanged`.
    """
    source, now = origin.source, origin.now
    buyers = people_of(source, (record.buyer for record in records))
    listings = prices_of(source, (line.listing for record in records for line in record.lines))
    known = _known_buyers(source, records)
    ready: dict[str, OrderRecord] = {}
    verdicts: dict[str, Verdict] = {}
    for record in records:
        try:
            _require_same_buyer(record, buyers, known)
            ready[record.id] = _order(record, source, buyers, listings)
        except RecordRefused as refusal:
            verdicts[record.id] = rejected(str(refusal))
    changes = take_in_orders(list(ready.values()), now=now)
    told = {change.line.order_id for change in changes} if known else set()
    rows = Order.objects.unguarded(FINDING).filter(pk__among=told)
    moved = set(rows.values_list("external_id", flat=True))
    for name in ready:
        new = name not in known or name in moved
        verdicts[name] = TAKEN if new else UNCHANGED
    return [verdicts[record.id] for record in records]


def _known_buyers(source: str, records: Sequence[OrderEntry]) -> dict[str, int | None]:
    named = [record.id for record in records]
    rows = Order.objects.unguarded(FINDING).filter(external_id__among=named, source=source)
    return {name or "": buyer for name, buyer in rows.values_list("external_id", "buyer")}


def _require_same_buyer(record: OrderEntry, buyers: Known, known: dict[str, int | None]) -> None:
    buyer = buyers[record.buyer]
    if known.get(record.id, buyer) != buyer:
        raise RecordRefused("this order has another buyer")


def _order(
    record: OrderEntry, source: str, buyers: Known, listings: dict[str, tuple[int, str]]
) -> OrderRecord:
    return OrderRecord(
        source=source,
        id=record.id,
        buyer_id=buyers[record.buyer],
        placed_at=record.placed_at,
        ship_to=record.ship_to,
        lines=tuple(_line(line, listings) for line in record.lines),
    )


def _line(line: OrderLineEntry, listings: dict[str, tuple[int, str]]) -> LineRecord:
    if line.listing not in listings:
        raise RecordRefused(f"unknown listing {line.listing}")
    listing_id, currency = listings[line.listing]
    return LineRecord(
        id=line.id,
        listing_id=listing_id,
        quantity=line.quantity,
        price=price_in(line.price, line.currency or currency),
        status=LineStatus(line.status),
        at=line.at,
        reason=line.reason,
        refund_reason=line.refund_reason,
        is_gift=line.gift,
    )
