"""What has been taken down or recalled since, as the shop's holds say at this moment.

Nothing of it is copied onto shares and deliveries. So it is said at the next read, and from
when the hold is gone no read says it any more.
"""

from __future__ import annotations

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from kith.sharing.models import Outcome, ShareKind
from kith.shop.cards import HoldCard
from kith.shop.models import GONE, ListingHold


def correction_of(hold: HoldCard | None) -> HoldCard | None:
    """What a share of a listing has to say. Of one only suspected nothing: nothing is known yet."""
    return hold if hold is not None and hold.state in GONE else None


def outcome_of(kind: str, outcome: str, correction: HoldCard | None) -> str:
    """What became of the thing that a share is about.

    A review or a question by somebody who has not bought it, or not said so, goes on saying nothing.

    :param outcome: as the share has it. :param correction: that the thing was taken down or recalled.
    """
    bought = kind == ShareKind.PURCHASE or outcome != Outcome.NONE
    return Outcome.REMOVED if bought and correction is not None else outcome


def outcome_of_delivery() -> Case:
    """The same of a purchase, to be counted where its delivery lies.

    A thing that was taken down or recalled counts as that even if it went back: the merchant sold it.
    """
    gone = Exists(ListingHold.objects.filter(listing=OuterRef("listing"), state__in=GONE))
    sold = Q(kind=ShareKind.PURCHASE) & Q(gone)  # in this order, so that of a review no hold is looked for
    return Case(When(sold, then=Value(Outcome.REMOVED)), default="outcome")
