"""From a source's ids to ours."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kith.people.models import Person
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.models import Share
from kith.shop.models import Listing, Merchant, Order, OrderLine

FINDING = "finds what a source's record refers to"
WITH_CATEGORY = "listing__category"


class Known:
    """Ids of one type that a batch refers to, looked up in one query."""

    def __init__(self, what: str, ids: dict[str, int]) -> None:
        self._what = what
        self._ids = ids

    def __getitem__(self, external_id: str) -> int:
        """:raises RecordRefused: nothing of that id has been taken in."""
        try:
            return self._ids[external_id]
        except KeyError:
            raise RecordRefused(f"unknown {self._what} {external_id}") from None

    def find(self, external_id: str) -> int | None:
        return self._ids.get(external_id)

    def values(self) -> Collection[int]:
        return self._ids.values()


def people_of(source: str, ids: Iterable[str]) -> Known:
    rows = Person.objects.filter(external_id__among=ids, source=source)
    return Known("person", _ids(rows.values_list("external_id", "pk")))


def merchants_of(source: str, ids: Iterable[str]) -> Known:
    rows = Merchant.objects.filter(source=source, external_id__in=set(ids))
    return Known("merchant", _ids(rows.values_list("external_id", "pk")))


def listings_of(source: str, ids: Iterable[str]) -> dict[str, Listing]:
    rows = Listing.objects.filter(source=source, external_id__in=set(ids)).select_related("category")
    return {listing.external_id or "": listing for listing in rows}


def prices_of(source: str, ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Our id of each listing, and the currency it is sold in."""
    rows = Listing.objects.filter(external_id__among=ids, source=source)
    found = rows.values_list("external_id", "pk", "currency")
    return {name or "": (pk, currency) for name, pk, currency in found}


def shares_of(source: str, ids: Iterable[str]) -> dict[str, Share]:
    rows = Share.objects.unguarded(FINDING).filter(source=source, external_id__in=set(ids))
    return {share.external_id or "": share for share in rows}


def lines_of(source: str, orders: Iterable[str]) -> dict[tuple[str, str], OrderLine]:
    """Lines by the source's ids of their order and of themselves."""
    held = Order.objects.unguarded(FINDING).filter(source=source, external_id__in=set(orders))
    names = dict(held.values_list("pk", "external_id"))
    rows = OrderLine.objects.unguarded(FINDING).filter(order__in=list(names)).select_related(WITH_CATEGORY)
    return {(names[line.order_id] or "", line.external_id): line for line in rows}


def _ids(rows: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    return {name or "": pk for name, pk in rows}
