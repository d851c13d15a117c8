"""What the viewer has said is wrong with something they bought, and whether they may say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.quality.models import Complaint
from kith.quality.services.complaints import bought_and_sent
from kith.shop.models import RefundReason


@dataclass(frozen=True, slots=True)
class ComplaintCard:
    listing_id: int
    reason: str
    """A code of `shop.RefundReason`."""
    words: str
    at: datetime

    @property
    def reason_words(self) -> str:
        return str(RefundReason(self.reason).label)


def may_report(viewer: Viewer, *, listing_id: int) -> bool:
    """Whether the viewer is offered to say what is wrong with it: they bought it, and it has arrived."""
    if not viewer.is_known:
        return False
    lines = bought_and_sent(viewer, listing_id=listing_id)
    return bool(lines.filter(delivered_at__isnull=False).exists())


def find_complaint(viewer: Viewer, *, listing_id: int) -> ComplaintCard | None:
    """What the viewer has said of it; None if nothing.

    :raises NotThere: they did not buy it here, or it has not been sent.
    """
    said: Complaint | None = Complaint.objects.visible_to(viewer).filter(listing=listing_id).first()
    if said is not None:
        return ComplaintCard(listing_id, said.reason, said.words, said.at)
    if not viewer.is_known or not bought_and_sent(viewer, listing_id=listing_id).exists():
        raise NotThere
    return None
