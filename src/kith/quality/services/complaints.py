"""What buyers report of a listing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import GuardedQuerySet, Viewer
from kith.quality.models import WRONG, Complaint
from kith.shop.models import LineStatus, OrderLine, RefundReason

DECIDING = "staff look at what buyers report"


class ComplaintRefused(Refused):
    code = "complaint-refused"


def bought_and_sent(viewer: Viewer, *, listing_id: int) -> GuardedQuerySet[OrderLine]:
    """The viewer's own orders of a listing, as far as they have been sent: of that one may complain."""
    bought = OrderLine.objects.visible_to(viewer).filter(listing=listing_id, buyer=viewer.person_id)
    return bought.exclude(status__in=(LineStatus.PLACED, LineStatus.CANCELLED))


@transaction.atomic
def report_listing(viewer: Viewer, *, listing_id: int, reason: RefundReason, words: str = "") -> Complaint:
    """Report something that the viewer bought. Reported again, the words are those said last.

    :raises NotThere: they did not buy it here, or it has not been sent.
    :raises ComplaintRefused: the reason is none that speaks against the thing.
    """
    if reason not in WRONG:
        raise ComplaintRefused(_("Please choose what is wrong with it."))
    line = bought_and_sent(viewer, listing_id=listing_id).order_by("-placed_at").first()
    if line is None or viewer.person_id is None:
        raise NotThere
    said: Complaint
    said, _made = Complaint.objects.unguarded("one's own report is written").update_or_create(
        listing_id=listing_id, person_id=viewer.person_id,
        defaults={"line": line, "reason": reason, "words": words.strip()[:1000], "at": viewer.now,
                  "dismissed_at": None},
    )  # fmt: skip
    return said


def take_back_report(viewer: Viewer, *, listing_id: int) -> None:
    """Say no more against a listing."""
    Complaint.objects.visible_to(viewer).filter(listing=listing_id).delete()


def dismiss_complaints(*, listing_id: int, now: datetime) -> int:
    """Put away what was reported of a listing, after staff have looked at it; return how much it was."""
    rows = Complaint.objects.unguarded(DECIDING).filter(listing=listing_id, dismissed_at=None)
    return int(rows.update(dismissed_at=now))
