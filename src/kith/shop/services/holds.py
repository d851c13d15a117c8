"""What `quality` has decided about a listing or a merchant, kept where the shop reads it.

Whoever may decide, why, and what follows from it is known there; nothing else calls this. An
order locks the listing that it is for (`place_order`). What is done here locks it too, so that
of a hold and an order at the same moment one is there first: if it is the hold, there is no order.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kith.core.errors import NotThere
from kith.shop.models import HoldState, Listing, ListingHold, Merchant


@transaction.atomic
def hold_listing(
    *,
    listing_id: int,
    state: HoldState,
    since: datetime,
    decision: int,
    rule: str,
    standard: str = "",
    claimed: str = "",
    figure: float | None = None,
    bound: float | None = None,
    words: str = "",
) -> None:
    """Freeze, take down or recall a listing, whatever was decided about it before.

    :raises NotThere: no such listing.
    """
    _lock(listing_id)
    ListingHold.objects.update_or_create(
        listing_id=listing_id,
        defaults={
            "state": HoldState(state), "since": since, "decision": decision, "rule": rule,
            "standard": standard, "claimed": claimed, "figure": figure, "bound": bound, "words": words,
        },
    )  # fmt: skip


@transaction.atomic
def release_listing(*, listing_id: int) -> None:
    """Let a listing be live again: listed, found, and sold if its merchant wants to.

    :raises NotThere: no such listing.
    """
    _lock(listing_id)
    ListingHold.objects.filter(listing=listing_id).delete()


def _lock(listing_id: int) -> None:
    if Listing.objects.select_for_update(no_key=True).filter(pk=listing_id).first() is None:
        raise NotThere


@transaction.atomic
def close_merchant(*, merchant_id: int, at: datetime) -> None:
    """Close a shop: nothing of it is listed, found or sold. One that is closed stays so since when it was.

    :raises NotThere: no such merchant.
    """
    listings = Listing.objects.select_for_update(no_key=True).filter(merchant=merchant_id).order_by("pk")
    list(listings.values_list("pk", flat=True))
    merchant = Merchant.objects.select_for_update(no_key=True).filter(pk=merchant_id).first()
    if merchant is None:
        raise NotThere
    if merchant.closed_at is None:
        merchant.closed_at = at
        merchant.save(update_fields=["closed_at"])


@transaction.atomic
def reopen_merchant(*, merchant_id: int) -> None:
    """Open a shop that was closed; what it had on sale is on sale again.

    :raises NotThere: no such merchant.
    """
    if not Merchant.objects.filter(pk=merchant_id).update(closed_at=None):
        raise NotThere
