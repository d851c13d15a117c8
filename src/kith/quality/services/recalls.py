"""What a buyer may do about something that was taken down or recalled: choose a remedy, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.quality.models import RecallClaim, Remedy
from kith.sharing.services import OVER, recalled_back, refund_recalled
from kith.shop.models import GONE, LineStatus, ListingHold, OrderLine
from kith.shop.services.moves import is_mirrored


class ClaimRefused(Refused):
    """Nothing can be asked for, or something else was."""

    code = "claim-refused"
    status = 409


@transaction.atomic
def claim_remedy(viewer: Viewer, *, line_id: int, remedy: Remedy) -> RecallClaim:
    """Ask, as its buyer, for the money or another remedy. Asked for the same again, it is the same claim.

    The money for what was bought here is asked for at once, and cannot be refused. What was bought
    in a host shop is given back there: the shop reads the claim.

    :raises NotThere: not theirs, or it was neither taken down nor recalled.
    :raises ClaimRefused: another remedy was chosen, it was bought too long ago, or it is over.
    """
    if viewer.person_id is None:
        raise NotThere
    line = _hold_line(viewer, line_id)
    earlier = RecallClaim.objects.visible_to(viewer).filter(line=line).first()
    if earlier is not None:
        if earlier.remedy != remedy:
            raise ClaimRefused(_("You have chosen already. It cannot be changed here."))
        return earlier
    hold = ListingHold.objects.filter(listing=line.listing_id, state__in=GONE).first()
    if hold is None:
        raise NotThere
    if line.status in OVER:
        raise ClaimRefused(_("This order was cancelled, or its money given back already."))
    if line.placed_at <= hold.since - recalled_back():
        raise ClaimRefused(_("It was bought too long ago. Please ask the shop."))
    claim: RecallClaim = RecallClaim.objects.create(
        line=line, person_id=viewer.person_id, decision_id=hold.decision, remedy=remedy, at=viewer.now
    )
    if remedy == Remedy.REFUND and not is_mirrored(line) and line.status != LineStatus.REFUND_REQUESTED:
        refund_recalled(viewer, line_id=line_id)
    return claim


def _hold_line(viewer: Viewer, line_id: int) -> OrderLine:
    lines = OrderLine.objects.visible_to(viewer).select_for_update(of=("self",))
    line: OrderLine | None = lines.filter(pk=line_id, buyer=viewer.person_id).first()
    if line is None:
        raise NotThere
    return line


FULFILLING = "staff see to what buyers chose after a recall"


def finish_claim(claim_id: int, *, now: datetime) -> RecallClaim:
    """Say that the shop has done what a buyer chose. Said again, it was done when it was first said.

    :raises NotThere: no such claim.
    """
    rows = RecallClaim.objects.unguarded(FULFILLING).filter(pk=claim_id)
    rows.filter(done_at=None).update(done_at=now)
    found: RecallClaim | None = rows.first()
    if found is None:
        raise NotThere
    return found
