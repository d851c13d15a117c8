"""Shelves, merchants and listings of a source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kith.core.money import Money, read_money
from kith.people.regions import is_region
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.lookup import Known, merchants_of
from kith.sharing.intake.records import CategoryEntry, ListingEntry, MerchantEntry, Origin
from kith.sharing.intake.verdicts import TAKEN, Verdict, rejected
from kith.sharing.services.goods import take_in_listings
from kith.sharing.services.taking_back import withdraw_sensitive
from kith.shop.models import Category
from kith.shop.records import ListingRecord, MerchantRecord
from kith.shop.services import record_merchants


def take_categories(records: Sequence[CategoryEntry], origin: Origin) -> list[Verdict]:
    """Upsert shelves, which all sources share. A record can make one sensitive, never the contrary."""
    wanted = {record.id for record in records} | {record.parent for record in records if record.parent}
    known = Category.objects.in_bulk(list(wanted))
    verdicts: list[Verdict] = []
    for record in records:
        if record.parent is not None and (record.parent not in known or record.parent == record.id):
            verdicts.append(rejected(f"unknown category {record.parent}"))
            continue
        category = known.get(record.id) or Category(code=record.id)
        known[record.id] = category
        category.name_zh, category.name_en = record.name_zh, record.name_en
        category.parent_id = record.parent or category.parent_id
        category.sensitive = bool(record.sensitive) or category.sensitive
        category.position = category.position if record.position is None else record.position
        category.save()
        verdicts.append(TAKEN)
    if any(record.sensitive for record in records):
        withdraw_sensitive(now=origin.now)
    return verdicts


def take_merchants(records: Sequence[MerchantEntry], origin: Origin) -> list[Verdict]:
    record_merchants(
        [
            MerchantRecord(
                source=origin.source,
                id=record.id,
                name=record.name,
                about=record.about,
                region=coarse_region(record.region),
            )
            for record in records
        ]
    )
    return [TAKEN] * len(records)


def coarse_region(code: str) -> str:
    """The province or city of a region code; "" where there is no such one."""
    wider = (code, f"{code[:4]}00", f"{code[:2]}0000")
    return next((region for region in wider if is_region(region)), "")


def take_listings(records: Sequence[ListingEntry], origin: Origin) -> list[Verdict]:
    """Upsert listings. A category that is not there yet is made, under its code."""
    merchants = merchants_of(origin.source, (record.merchant for record in records))
    ready: list[ListingRecord] = []
    verdicts: list[Verdict] = []
    for record in records:
        try:
            ready.append(_listing(record, origin.source, merchants))
            verdicts.append(TAKEN)
        except RecordRefused as refusal:
            verdicts.append(rejected(str(refusal)))
    _make_categories(record.category for record in ready)
    take_in_listings(ready, now=origin.now)
    return verdicts


def _make_categories(codes: Iterable[str]) -> None:
    wanted = set(codes)
    known = set(Category.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    Category.objects.bulk_create(
        [Category(code=code, name_zh=code, name_en=code) for code in sorted(wanted - known)],
        ignore_conflicts=True,
    )


def _listing(record: ListingEntry, source: str, merchants: Known) -> ListingRecord:
    return ListingRecord(
        source=source,
        id=record.id,
        merchant_id=merchants[record.merchant],
        category=record.category,
        title=record.title,
        price=price_in(record.price, record.currency),
        description=record.description,
        picture=record.picture,
        on_sale=record.on_sale,
    )


def price_in(amount: str, currency: str) -> Money:
    """:raises RecordRefused: finer than the currency's smallest coin."""
    try:
        return read_money(amount, currency)
    except ValueError as problem:
        raise RecordRefused(str(problem)) from None
