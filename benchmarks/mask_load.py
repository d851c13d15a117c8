"""Putting the catalogue of masks straight into the tables, as the services would leave it.

What buyers search by is left out: no sweep looks at it.
"""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.core.management.color import no_style
from django.db import connection, models, transaction

from benchmarks.masks import NOW, Mask, Plan, Report, gone_mask, make_piece
from kith.core.columns import write_columns
from kith.notices.models import Notice, NoticeKind
from kith.people.models import Person
from kith.quality.laboratories import fold_laboratory
from kith.quality.models import Complaint, Decision, LabReport, Measure, Reading, ReportUse
from kith.quality.readings import reading_of
from kith.quality.transitions import Act
from kith.shop.digest import digest_of
from kith.shop.models import (
    HoldState,
    LineStatus,
    Listing,
    ListingHold,
    Merchant,
    MerchantStaff,
    Order,
    OrderLine,
)
from kith.shop.services import load_categories

SOURCE = "bench"
GONE_AT = NOW - timedelta(days=20)
WHY = "Taken down before."
STATES = (
    LineStatus.PLACED,
    LineStatus.SHIPPED,
    LineStatus.DELIVERED,
    LineStatus.REFUND_REQUESTED,
    LineStatus.REFUNDED,
)
"""Of a line, by how many steps it has taken."""
HOME = {
    "recipient": "李梅",
    "phone": "+8613800138000",
    "ship_to": "130600",
    "address": "莲池区东风路 12 号 3 单元 501",
}
Truth = list[tuple[int, str, str]]
"""Listing, rule that it breaks ("" for none), and what it was made to be."""
_KINDS = {
    "BooleanField": pa.bool_(), "FloatField": pa.float64(), "CharField": pa.string(),
    "TextField": pa.string(), "DateField": pa.string(), "DateTimeField": pa.string(),
}  # fmt: skip


def load(plan: Plan, *, processes: int = 1, kept: Path | None = None) -> Iterator[Truth]:
    """Fill an empty database; yield what is true of each piece, as it is written.

    :param kept: a folder for what was made, and from which it is taken when it is there: of this plan alone.
    """
    load_categories()
    with _in_bulk():
        _write(_base(plan))
        for tables, truth in _pieces(plan, processes, kept):
            _write(tables)
            yield truth
        _set_numbers([Decision, Measure, ReportUse, MerchantStaff])


def _pieces(plan: Plan, processes: int, kept: Path | None) -> Iterator[tuple[list[_Written], Truth]]:
    make = partial(_kept_piece, plan, kept)
    if processes == 1:
        yield from map(make, range(plan.pieces))
        return
    connection.close()  # no process may use what another has opened
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap(make, range(plan.pieces))


_Written = tuple[type[models.Model], pa.Table]


def _write(tables: Iterable[_Written]) -> None:
    with transaction.atomic():
        for model, table in tables:
            if len(table):
                write_columns(model, table)


@contextmanager
def _in_bulk() -> Iterator[None]:
    """Look nothing up and wait for no disk while very much is written that is whole in itself."""
    begin, end = {
        "sqlite": (
            ("PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000"),
            ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = NORMAL", "PRAGMA wal_checkpoint(TRUNCATE)"),
        ),
        "postgresql": (
            ("SET session_replication_role = replica",), ("SET session_replication_role = DEFAULT",),
        ),
    }[connection.vendor]  # fmt: skip
    if connection.in_atomic_block:
        yield
        return
    _run(begin)
    yield
    _run(end)


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _set_numbers(numbered: Sequence[type[models.Model]]) -> None:
    _run(connection.ops.sequence_reset_sql(no_style(), numbered))


def table_of(model: type[models.Model], rows: Mapping[str, Sequence[Any]]) -> _Written:
    """Columns of a model: those given, and the defaults of all others but what the database numbers."""
    length = len(next(iter(rows.values())))
    arrays: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        name, kind = str(field.column), _kind(field)
        if name in rows:
            arrays[name] = pa.array([_plain(value) for value in rows[name]], kind)
        elif not isinstance(field, models.AutoField):
            arrays[name] = pa.repeat(pa.scalar(_plain(field.get_default()), kind), length)
    return model, pa.table(arrays)


def _kind(field: models.Field[Any, Any]) -> Any:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return _KINDS.get(target.get_internal_type(), pa.int64())


def _plain(value: Any) -> Any:
    """As Django writes it: instants in UTC, without a zone."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else value


# --- Who is there -------------------------------------------------------------------------------


def _base(plan: Plan) -> Iterator[_Written]:
    merchants, staff, buyers = (
        plan.ids(what, number)
        for what, number in (("merchant", plan.merchants), ("staff", plan.merchants), ("buyer", plan.buyers))
    )
    desk = plan.ids("desk", 1)
    for what, ids in (("staff", staff), ("buyer", buyers), ("desk", desk)):
        names = [f"{what}{number}" for number in range(len(ids))]
        yield table_of(Person, {
            "id": ids, "handle": names, "display_name": names, "password": ["!"] * len(ids),
            "is_staff": [what == "desk"] * len(ids),
        })  # fmt: skip
    names = [f"m{number}" for number in range(plan.merchants)]
    yield table_of(Merchant, {
        "id": merchants, "name": names, "external_id": names, "source": [SOURCE] * len(names)})  # fmt: skip
    yield table_of(MerchantStaff, {"merchant_id": merchants, "person_id": staff})
    yield from _gone(plan, desk[0])


def _gone(plan: Plan, desk: int) -> Iterator[_Written]:
    masks = [gone_mask(plan, number) for number in range(plan.gone)]
    listings = [listing_of(plan, mask) for mask in masks]
    yield from _said(listings)
    numbers, at = list(range(1, len(masks) + 1)), [GONE_AT] * len(masks)
    ids = [one.pk for one in listings]
    yield table_of(Decision, {
        "id": numbers, "listing_id": ids, "merchant_id": [one.merchant_id for one in listings],
        "act": [Act.REMOVE.value] * len(masks), "at": at, "actor_id": [desk] * len(masks),
        "digest": [one.digest for one in listings], "words": [WHY] * len(masks),
    })  # fmt: skip
    yield table_of(ListingHold, {
        "listing_id": ids, "state": [HoldState.REMOVED.value] * len(masks), "since": at, "decision": numbers,
        "rule": [""] * len(masks),
    })  # fmt: skip
    staff = plan.ids("staff", plan.merchants)
    yield table_of(Notice, {
        "id": plan.ids("notice", len(masks)), "recipient_id": [staff[mask.merchant] for mask in masks],
        "kind": [NoticeKind.DECIDED.value] * len(masks), "subject": numbers, "at": at,
    })  # fmt: skip


# --- What is sold -------------------------------------------------------------------------------


def listing_of(plan: Plan, mask: Mask) -> Listing:
    title, description = mask.text
    listing = Listing(
        pk=mask.pk, merchant_id=plan.ids("merchant", plan.merchants)[mask.merchant],
        category_id=mask.category, title=title, description=description, price_minor=mask.price,
        currency=mask.currency,
        picture=mask.picture, source=SOURCE, external_id=str(mask.pk),
    )  # fmt: skip
    listing.digest = digest_of(listing)
    return listing


def _said(listings: Sequence[Listing]) -> Iterator[_Written]:
    yield _of_instances(Listing, listings)
    yield _of_instances(Reading, [reading_of(listing) for listing in listings])


def _of_instances(model: type[models.Model], some: Sequence[models.Model]) -> _Written:
    fields = model._meta.concrete_fields
    return table_of(
        model, {str(field.column): [getattr(one, field.attname) for one in some] for field in fields}
    )


def _kept_piece(plan: Plan, kept: Path | None, number: int) -> tuple[list[_Written], Truth]:
    if kept is None:
        return _piece(plan, number)
    file = kept / f"piece-{number}"
    if file.exists():
        made: tuple[list[_Written], Truth] = pickle.loads(file.read_bytes())  # noqa: S301 (written below)
        return made
    made = _piece(plan, number)
    file.write_bytes(pickle.dumps(made))
    return made


def _piece(plan: Plan, number: int) -> tuple[list[_Written], Truth]:
    masks = list(make_piece(plan, number))
    truth = [(mask.pk, rule, mask.sort) for mask in masks for rule in sorted(mask.breaks) or [""]]
    listings = [listing_of(plan, mask) for mask in masks]
    return [*_said(listings), *_evidence(plan, masks), *_sales(plan, masks, listings)], truth


def _evidence(plan: Plan, masks: Sequence[Mask]) -> Iterator[_Written]:
    owned = [(mask, report) for mask in masks for report in mask.reports]
    desk = plan.ids("desk", 1)[0]
    staff, merchants = plan.ids("staff", plan.merchants), plan.ids("merchant", plan.merchants)

    def each(value: Callable[[Mask, Report], Any]) -> list[Any]:
        return [value(mask, report) for mask, report in owned]

    plain = {
        "id": "pk", "standard": "standard", "grade": "grade", "laboratory_written": "laboratory",
        "number": "number", "produced_on": "made", "tested_on": "tested", "valid_until": "until",
        "state": "state", "submitted_at": "handed_in",
    }  # fmt: skip
    yield table_of(LabReport, {
        **{column: [getattr(report, name) for _, report in owned] for column, name in plain.items()},
        "merchant_id": each(lambda mask, _: merchants[mask.merchant]),
        "laboratory": each(lambda _, report: fold_laboratory(report.laboratory)),
        "sample": each(lambda mask, _: mask.brand), "batch": each(lambda _, report: report.batch.upper()),
        "submitted_by_id": each(lambda mask, _: staff[mask.merchant]),
        "decided_by_id": each(lambda _, report: desk if report.state != "submitted" else None),
        "decided_at": each(lambda _, report: decided_at(report)),
        "reason": each(lambda _, report: "Forged." if report.state == "refused" else ""),
    })  # fmt: skip
    values = [(report.pk, *one) for _, report in owned for one in report.measures.items()]
    yield _of_rows(Measure, ("report_id", "quantity", "value"), values)
    yield table_of(ReportUse, {
        "report_id": each(lambda _, report: report.pk), "listing_id": each(lambda mask, _: mask.pk),
        "covered": each(lambda _, report: covered(report)),
    })  # fmt: skip


def decided_at(report: Report) -> datetime | None:
    return (
        None
        if report.state == "submitted"
        else min(report.handed_in + timedelta(hours=20), NOW - timedelta(hours=1))
    )


def covered(report: Report) -> bool | None:
    """What staff have said: of a report that they refused, that it covers nothing."""
    if report.state == "submitted":
        return None
    return report.covers and report.state == "verified"


def _of_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> _Written:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return table_of(model, dict(zip(names, columns, strict=True)))


def _sales(plan: Plan, masks: Sequence[Mask], listings: Sequence[Listing]) -> Iterator[_Written]:
    buyers = plan.ids("buyer", plan.buyers)
    lines, orders, complaints = [], [], []
    for mask, listing in zip(masks, listings, strict=True):
        for number, sale in enumerate(mask.sales):
            pk, buyer = (mask.pk + number) & (2**63 - 1), buyers[sale.buyer]
            orders.append((pk, buyer, sale.steps[0], SOURCE, f"{pk}", *HOME.values()))
            lines.append((
                pk, pk, buyer, listing.merchant_id, mask.pk, "1", 1, listing.price_minor, listing.currency,
                STATES[len(sale.steps) - 1].value, sale.steps[-1], sale.reason, sale.steps[0], sale.steps[2],
                next(iter(sale.steps[3:]), None),
            ))  # fmt: skip
            if sale.complained:
                gone = NOW - timedelta(days=1) if sale.dismissed else None
                complaints.append((pk, mask.pk, buyer, pk, "not-as-described", sale.complained, gone))
    yield _of_rows(Order, ("id", "buyer_id", "placed_at", "source", "external_id", *HOME), orders)
    yield _of_rows(OrderLine, (
        "id", "order_id", "buyer_id", "merchant_id", "listing_id", "external_id", "quantity",
        "price_minor", "currency", "status", "status_at", "refund_reason", "placed_at", "delivered_at",
        "refund_requested_at",
    ), lines)  # fmt: skip
    said = ("id", "listing_id", "person_id", "line_id", "reason", "at", "dismissed_at")
    yield _of_rows(Complaint, said, complaints)


def truth_table(pieces: Iterable[Truth]) -> pa.Table:
    """All that is true, as columns: `listing`, `rule`, `sort`."""
    rows = list(chain.from_iterable(pieces))
    columns = list(zip(*rows, strict=True))
    kinds = (pa.int64(), pa.string(), pa.string())
    names = ("listing", "rule", "sort")
    return pa.table(
        {name: pa.array(some, kind) for name, some, kind in zip(names, columns, kinds, strict=True)}
    )
