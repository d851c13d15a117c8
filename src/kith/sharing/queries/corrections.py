"""What has been taken down or recalled since, as the shop's holds say at this moment.

Nothing of it is copied onto shares and deliveries. So it is said at the next read, and from
when the hold is gone no read says it any more.
"""

from __future__ import annotations

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from kith.sharing.models import Outcome, Share, ShareKind
from kith.shop.cards import HoldCard, hold_card
from kith.shop.models import GONE, Listing, ListingHold


def hold_of(listing: Listing) -> ListingHold | None:
    """What has been decided about a listing that was fetched with its hold."""
    hold: ListingHold | None = getattr(listing, "hold", None)  # Django raises where there is no row
    return hold


def correction_of(listing: Listing | None) -> HoldCard | None:
    """What a share of this listing has to say. Of one only suspected nothing: nothing is known yet."""
    hold = hold_of(listing) if listing is not None else None
    return hold_card(hold) if hold is not None and hold.state in GONE else None


def outcome_of(share: Share, listing: Listing | None) -> str:
    """What became of the thing.

    A review or a question by somebody who has not bought it, or not said so, goes on saying nothing.
    """
    bought = share.kind == ShareKind.PURCHASE or share.outcome != Outcome.NONE
    return Outcome.REMOVED if bought and correction_of(listing) is not None else share.outcome


def outcome_of_delivery() -> Case:
    """The same of a purchase, to be counted where its delivery lies.

    A thing that was taken down or recalled counts as that even if it went back: the merchant sold it.
    """
    gone = Exists(ListingHold.objects.filter(listing=OuterRef("listing"), state__in=GONE))
    sold = Q(kind=ShareKind.PURCHASE) & Q(gone)  # in this order, so that of a review no hold is looked for
    return Case(When(sold, then=Value(Outcome.REMOVED)), default="outcome")
