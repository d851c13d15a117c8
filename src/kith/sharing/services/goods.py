"""What becomes of the things that circles are shown, when the catalogue changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kith.core.guard import Viewer
from kith.sharing.services.taking_back import withdraw_sensitive
from kith.shop import services as shop
from kith.shop.models import Category, Listing
from kith.shop.records import ListingRecord


@transaction.atomic
def take_in_listings(records: Sequence[ListingRecord], *, now: datetime) -> list[int]:
    """Record what a host shop tells of its listings; return our id of each record, in their order.

    What was shown of a listing that now lies on a sensitive shelf is taken back.
    """
    ids = shop.record_listings(records)
    shelves = {record.category for record in records}
    closed = set(Category.objects.filter(pk__in=shelves, sensitive=True).values_list("pk", flat=True))
    lying_there = {pk for pk, record in zip(ids, records, strict=True) if record.category in closed}
    if lying_there:
        withdraw_sensitive(now=now, listing_ids=lying_there)
    return ids


@transaction.atomic
def save_listing(viewer: Viewer, **what: Any) -> Listing:
    """Put something on sale, or change what is: see `shop.services.save_listing`.

    What was shown of it is taken back if it now lies on a sensitive shelf.
    """
    listing = shop.save_listing(viewer, **what)
    withdraw_sensitive(now=viewer.now, listing_ids=[listing.pk])
    return listing
