"""What the two sides of an order may do with a line in the storefront: one table, one way through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.shop.models import (
    GONE,
    LineStatus,
    ListingHold,
    MerchantStaff,
    Order,
    OrderLine,
    RefundReason,
    Source,
)
from kith.shop.services.orders import LineChange

LONGEST_REASON = 500
_MOVED = ("status", "status_at", "reason", "refund_reason", "delivered_at", "refund_requested_at")


class Side(Enum):
    BUYER = "buyer"
    MERCHANT = "merchant"


@dataclass(frozen=True, slots=True)
class Move:
    """Who may bring a line from which states to which, and what to say when it is in another."""

    sides: frozenset[Side]
    begin: frozenset[LineStatus]
    end: LineStatus
    refusal: str | Promise
    needs_reason: bool = False
    because: RefundReason | None = None
    """The reason that this move always has."""
    needs_gone: bool = False
    """Only while what was bought is taken down or recalled."""
    not_because: RefundReason | None = None
    """Not of a line that comes back for this reason."""
    why_not: str | Promise = ""
    """Said when one of these two stands in the way."""

    def suits(self, refund_reason: str, *, is_gone: Callable[[], bool]) -> bool:
        """Whether it can be made of a line, in whatever state, that comes back for this reason.

        :param is_gone: tells whether what was bought is taken down or recalled; asked if it matters.
        """
        if self.not_because is not None and refund_reason == self.not_because:
            return False
        return not self.needs_gone or is_gone()


MOVES: dict[str, Move] = {
    "ship": Move(
        frozenset({Side.MERCHANT}), frozenset({LineStatus.PLACED}), LineStatus.SHIPPED,
        _("Only an order that is waiting can be sent."),
    ),
    "deliver": Move(
        frozenset({Side.MERCHANT}), frozenset({LineStatus.SHIPPED}), LineStatus.DELIVERED,
        _("Only an order that is on its way can be handed over."),
    ),
    "confirm": Move(
        frozenset({Side.BUYER}), frozenset({LineStatus.SHIPPED}), LineStatus.DELIVERED,
        _("Only an order that is on its way can be received."),
    ),
    "cancel": Move(
        frozenset({Side.BUYER, Side.MERCHANT}), frozenset({LineStatus.PLACED}), LineStatus.CANCELLED,
        _("It can no longer be cancelled. Once it has arrived you can ask for a refund."),
    ),
    "request_refund": Move(
        frozenset({Side.BUYER}), frozenset({LineStatus.DELIVERED}), LineStatus.REFUND_REQUESTED,
        _("You can ask for a refund once it has arrived."), needs_reason=True,
    ),
    "recall_refund": Move(
        frozenset({Side.BUYER}), frozenset({LineStatus.SHIPPED, LineStatus.DELIVERED}),
        LineStatus.REFUND_REQUESTED, _("Your money has already been asked for, or the order is closed."),
        because=RefundReason.RECALLED, needs_gone=True,
        why_not=_("This has not been called back."),
    ),
    "accept_refund": Move(
        frozenset({Side.MERCHANT}), frozenset({LineStatus.REFUND_REQUESTED}), LineStatus.REFUNDED,
        _("Nobody asks for a refund of this order now."),
    ),
    "refuse_refund": Move(
        frozenset({Side.MERCHANT}), frozenset({LineStatus.REFUND_REQUESTED}), LineStatus.DELIVERED,
        _("Nobody asks for a refund of this order now."), needs_reason=True,
        not_because=RefundReason.RECALLED,
        why_not=_("This was called back. The money for it cannot be refused."),
    ),
}  # fmt: skip


class MoveRefused(Refused):
    """The line is in another state, belongs to the other side, or is looked after elsewhere."""

    code = "move-refused"
    status = 409


class ReasonMissing(Refused):
    code = "reason-missing"


def ship_line(viewer: Viewer, *, line_id: int) -> LineChange:
    """Send it off, for its merchant."""
    return _move(viewer, line_id, "ship")


def deliver_line(viewer: Viewer, *, line_id: int) -> LineChange:
    """Say, for its merchant, that it was handed over."""
    return _move(viewer, line_id, "deliver")


def confirm_line(viewer: Viewer, *, line_id: int) -> LineChange:
    """Say, as its buyer, that it arrived."""
    return _move(viewer, line_id, "confirm")


def cancel_line(viewer: Viewer, *, line_id: int, reason: str = "") -> LineChange:
    """Call it off before it was sent, as its buyer or for its merchant."""
    return _move(viewer, line_id, "cancel", reason)


def request_refund(
    viewer: Viewer, *, line_id: int, reason: str, code: RefundReason = RefundReason.OTHER
) -> LineChange:
    """Ask for the money back, as its buyer, saying why: in words too where no code says it.

    :raises ReasonMissing: no words for `OTHER`; or `RECALLED`, which is not for the buyer to say.
    """
    if code == RefundReason.RECALLED:
        raise ReasonMissing(_("Please choose one."))
    return _move(viewer, line_id, "request_refund", reason, code=RefundReason(code))


def recall_refund(viewer: Viewer, *, line_id: int) -> LineChange:
    """Ask, as its buyer, for the money of what was taken down or recalled. The merchant cannot refuse."""
    return _move(viewer, line_id, "recall_refund")


def answer_refund(viewer: Viewer, *, line_id: int, accept: bool, reason: str = "") -> LineChange:
    """Give the money back, or refuse and say why, for its merchant.

    Accepting keeps the buyer's reason: it is why the thing came back.
    """
    return _move(viewer, line_id, "accept_refund" if accept else "refuse_refund", reason)


@transaction.atomic
def mark_gift(viewer: Viewer, *, line_id: int, is_gift: bool) -> LineChange:
    """Say, as its buyer, that it is (or is not) a gift. A gift is never shared by itself."""
    line = _hold(viewer, line_id)
    if line.buyer_id != viewer.person_id:
        raise MoveRefused(_("Only the person who bought it can say that it is a gift."))
    line.is_gift = is_gift
    line.save(update_fields=["is_gift"])
    return LineChange(
        line,
        became_delivered=False,
        before=LineStatus(line.status),
        delivered_before=line.delivered_at,
    )


@transaction.atomic
def _move(
    viewer: Viewer, line_id: int, name: str, reason: str = "", *, code: RefundReason | None = None
) -> LineChange:
    move, reason = MOVES[name], reason.strip()[:LONGEST_REASON]
    line = _hold(viewer, line_id)
    before, delivered_before = LineStatus(line.status), line.delivered_at
    if not sides_of(viewer, line) & move.sides:
        raise MoveRefused(_("This step is for the other side of the order."))
    if is_mirrored(line):
        raise MoveRefused(_("This was bought in another shop, which looks after it. Please do this there."))
    if before not in move.begin:
        raise MoveRefused(move.refusal)
    if not move.suits(line.refund_reason, is_gone=lambda: _is_gone(line)):
        raise MoveRefused(move.why_not)
    if move.needs_reason and not reason and code in (None, RefundReason.OTHER):
        raise ReasonMissing(_("Please say why in a few words."))
    line.status, line.status_at = move.end, max(viewer.now, line.status_at)
    keeps = move.end == LineStatus.REFUNDED
    line.reason = reason or (line.reason if keeps else "")
    line.refund_reason = move.because or code or (line.refund_reason if keeps else "")
    if move.end == LineStatus.DELIVERED and line.delivered_at is None:
        line.delivered_at = viewer.now
    if move.end == LineStatus.REFUND_REQUESTED:
        line.refund_requested_at = line.status_at
    line.save(update_fields=_MOVED)
    return LineChange(line, line.delivered_at != delivered_before, before, delivered_before)


def _is_gone(line: OrderLine) -> bool:
    return ListingHold.objects.filter(listing=line.listing_id, state__in=GONE).exists()


def _hold(viewer: Viewer, line_id: int) -> OrderLine:
    found: OrderLine | None = (
        OrderLine.objects.visible_to(viewer).select_for_update().filter(pk=line_id).first()
    )
    if found is None:
        raise NotThere
    return found


def sides_of(viewer: Viewer, line: OrderLine) -> frozenset[Side]:
    """On which sides of the order the viewer stands: perhaps, trying their own shop, on both."""
    sides = {Side.BUYER} if line.buyer_id == viewer.person_id else set()
    if MerchantStaff.objects.filter(merchant=line.merchant_id, person=viewer.person_id).exists():
        sides.add(Side.MERCHANT)
    return frozenset(sides)


def is_mirrored(line: OrderLine) -> bool:
    """Whether a host shop that sends us its records looks after this line: it alone moves it."""
    order = Order.objects.unguarded("the source of an order whose line the viewer holds")
    source = order.filter(pk=line.order_id).values("source")
    return Source.objects.filter(name__in=source).exists()
