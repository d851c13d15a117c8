"""What an order does to what a circle sees.

The moves themselves are the shop's; here each is followed by what the buyer has chosen to
happen: a share made, a question put ("shall this be shown?"), a share corrected or removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kith.core.bulk import append
from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.notices.services import forget_many, tell, tell_each
from kith.people.models import MINIMUM_HOLD, Person, Purpose, SharingMode, SharingPreference
from kith.people.queries import consents_given
from kith.sharing.deliver import deliver_new, redeliver_each
from kith.sharing.models import Audience, Comment, Like, Outcome, Share, ShareKind
from kith.sharing.services.corrections import OVER, tell_late_buyers
from kith.sharing.services.shares import audience_of, month_of, outcome_of, purchase_of
from kith.shop import services as shop
from kith.shop.models import LineStatus, Listing, OrderLine, RefundReason
from kith.shop.records import OrderRecord
from kith.shop.services import Delivery, LineChange
from kith.ties.models import Circle

FOLLOWING = "an order changes what its buyer shows"
HISTORY = timedelta(days=1)
"""What arrived longer ago than this when we hear of it is history: it takes its place in the
past. Anything newer stays held for three minutes from now, so that its buyer can cancel."""


@transaction.atomic
def take_in_orders(records: Sequence[OrderRecord], *, now: datetime) -> list[LineChange]:
    """Record what a host shop tells of orders, and do with each what its buyer has chosen.

    Whoever bought what was taken down or recalled meanwhile is told of it, however late the order comes.
    """
    _hold(record.buyer_id for record in records)
    changes = shop.record_orders(records)
    follow(changes, now=now)
    tell_late_buyers([change.line for change in changes], now=now)
    return changes


def place_order(viewer: Viewer, *, listing_id: int, quantity: int, delivery: Delivery, key: str) -> OrderLine:
    """Order a listing. See `shop.services.place_order`; nothing is shown before it arrives."""
    change = shop.place_order(viewer, listing_id=listing_id, quantity=quantity, delivery=delivery, key=key)
    return change.line


def ship_line(viewer: Viewer, *, line_id: int) -> OrderLine:
    return _moved(viewer, shop.ship_line, line_id)


def deliver_line(viewer: Viewer, *, line_id: int) -> OrderLine:
    return _moved(viewer, shop.deliver_line, line_id)


def confirm_line(viewer: Viewer, *, line_id: int) -> OrderLine:
    return _moved(viewer, shop.confirm_line, line_id)


def cancel_line(viewer: Viewer, *, line_id: int, reason: str = "") -> OrderLine:
    return _moved(viewer, shop.cancel_line, line_id, reason=reason)


def request_refund(
    viewer: Viewer, *, line_id: int, reason: str, code: RefundReason = RefundReason.OTHER
) -> OrderLine:
    return _moved(viewer, shop.request_refund, line_id, reason=reason, code=code)


def refund_recalled(viewer: Viewer, *, line_id: int) -> OrderLine:
    """Ask for the money of what was taken down or recalled. See `shop.services.recall_refund`."""
    return _moved(viewer, shop.recall_refund, line_id)


def answer_refund(viewer: Viewer, *, line_id: int, accept: bool, reason: str = "") -> OrderLine:
    return _moved(viewer, shop.answer_refund, line_id, accept=accept, reason=reason)


def mark_gift(viewer: Viewer, *, line_id: int, is_gift: bool) -> OrderLine:
    """Say that it is a gift: what was shown of it is erased, and it is never shown."""
    return _moved(viewer, shop.mark_gift, line_id, is_gift=is_gift)


@transaction.atomic
def _moved(viewer: Viewer, move: Callable[..., LineChange], line_id: int, **what: Any) -> OrderLine:
    line = OrderLine.objects.visible_to(viewer).filter(pk=line_id).first()
    if line is not None and line.buyer_id is not None:
        _hold([line.buyer_id])
    change = move(viewer, line_id=line_id, **what)
    follow([change], now=viewer.now)
    return change.line


def _hold(buyer_ids: Iterable[int]) -> None:
    held = Person.objects.filter(pk__among=buyer_ids).order_by("pk").select_for_update(no_key=True)
    list(held.values_list("pk", flat=True))


# --- What follows ---------------------------------------------------------------------


def follow(changes: Collection[LineChange], *, now: datetime) -> None:
    """Put right what is shown of these lines. The buyers are held by the caller."""
    lines = {change.line.pk: change.line for change in changes}
    _look_at_listings(lines.values())
    choices = _choices_of({line.buyer_id for line in lines.values() if line.buyer_id is not None})
    fresh = [lines[change.line.pk] for change in changes if change.became_delivered]
    moved = {
        change.line.pk
        for change in changes
        if change.delivered_before not in (None, change.line.delivered_at)
    }
    placed_before = {change.line.pk: change.placed_before for change in changes}
    known = {change.line.pk: change.line for change in changes if change.before is not None}
    _correct(known, moved, placed_before, choices, now=now)
    _begin(fresh, choices, now=now)


def _look_at_listings(lines: Collection[OrderLine]) -> None:
    """Give each line its listing with its shelf, which decides what may be shown; each fetched once."""
    listings = Listing.objects.select_related("category").defer("description")
    found = {
        listing.pk: listing for listing in listings.filter(pk__among={line.listing_id for line in lines})
    }
    for line in lines:
        line.listing = found[line.listing_id]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a buyer wants done with what they buy."""

    preference: SharingPreference
    since: datetime
    circles: list[Circle] = field(default_factory=list)

    def wants(self, line: OrderLine, mode: SharingMode) -> bool:
        """Whether `mode` is chosen and holds for this line: nothing bought before it was."""
        return (
            self.preference.mode == mode
            and self.preference.paused_at is None
            and line.placed_at >= self.since
            and line.delivered_at is not None
            and line.status != LineStatus.CANCELLED
            and not line.is_gift
            and not line.listing.category.sensitive
            and line.listing.category_id not in self.preference.excluded_categories
        )


def _choices_of(buyer_ids: set[int]) -> dict[int, _Choice]:
    """The standing choices of those buyers who have agreed to sharing and are not suspended."""
    agreed = consents_given(buyer_ids, Purpose.SHARING)
    circles: dict[int, list[Circle]] = defaultdict(list)
    for circle in Circle.objects.unguarded(FOLLOWING).filter(owner__among=agreed, is_default=True):
        circles[circle.owner_id].append(circle)
    preferences = SharingPreference.objects.filter(person__among=agreed, person__suspended_at=None)
    return {
        preference.person_id: _Choice(
            preference,
            max(preference.mode_since, agreed[preference.person_id]),
            circles[preference.person_id],
        )
        for preference in preferences
    }


def _begin(lines: Iterable[OrderLine], choices: dict[int, _Choice], *, now: datetime) -> None:
    """Make shares of lines that have just become delivered, or ask their buyers."""
    shares: list[Share] = []
    audiences: list[Audience] = []
    asked: dict[int, int] = {}
    shown_by_hand = set(
        Share.objects.unguarded(FOLLOWING)
        .filter(line__among=[line.pk for line in lines], kind=ShareKind.PURCHASE)
        .values_list("line", flat=True)
    )
    for line in lines:
        choice = choices.get(line.buyer_id or 0)
        if choice is None or line.buyer_id is None or line.pk in shown_by_hand:
            continue
        if choice.wants(line, SharingMode.ASK):
            asked[line.pk] = line.buyer_id
        elif choice.wants(line, SharingMode.AFTER_DELIVERY):
            share = purchase_of(
                line, author_id=line.buyer_id, visible_from=_visible_from(line, choice, now), now=now
            )
            share.by_itself = True
            shares.append(share)
            audiences += audience_of(share, choice.circles)
    tell_each(asked, kind=NoticeKind.MAY_SHARE, at=now)
    append(shares)
    append(audiences)
    deliver_new(shares)


def _visible_from(line: OrderLine, choice: _Choice, now: datetime) -> datetime:
    arrived = line.delivered_at or now
    held_until = arrived + choice.preference.hold
    return held_until if arrived < now - HISTORY else max(held_until, now + MINIMUM_HOLD)


def _correct(
    lines: dict[int, OrderLine],
    moved: set[int],
    placed_before: dict[int, datetime | None],
    choices: dict[int, _Choice],
    *,
    now: datetime,
) -> None:
    """Bring shares already made of these lines up to date, and tell those who spoke of them.

    :param lines: those known before: of a new one nothing has been made, and nobody asked.
    """
    concerned: list[Share] = []
    for share in Share.objects.unguarded(FOLLOWING).filter(line__among=lines):
        line = lines[share.line_id or 0]
        choice = choices.get(share.author_id)
        if share.kind == ShareKind.PURCHASE and _is_not_to_be_shown(
            share, line, placed_before[line.pk], choice
        ):
            forget_many(kinds=(NoticeKind.CORRECTION, NoticeKind.CORRECTED), subjects=[share.pk])
            share.delete()
            continue
        if _project_again(share, line):
            concerned.append(share)
        outcome = outcome_of(line) if share.line_id is not None else Outcome.NONE
        if share.outcome != outcome:
            share.outcome = outcome
            if not line.is_gift:
                _tell_of_correction(share, now)
            concerned.append(share)
        if share.by_itself and line.pk in moved and choice is not None:
            share.visible_from = _visible_from(line, choice, now)
            _move_ends(share)
            concerned.append(share)
    Share.objects.unguarded(FOLLOWING).bulk_update(concerned, _CORRECTED, batch_size=200)
    redeliver_each(concerned)
    over = [line.pk for line in lines.values() if line.is_gift or line.status in OVER]
    forget_many(kinds=(NoticeKind.MAY_SHARE,), subjects=over)


_CORRECTED = ["outcome", "visible_from", "listing", "merchant", "category", "line", "bought_month"]


def _is_not_to_be_shown(
    share: Share, line: OrderLine, placed_before: datetime | None, choice: _Choice | None
) -> bool:
    """Whether a purchase that is shown would not have been, had all been known of it at first."""
    shelf = line.listing.category
    if line.is_gift or line.status == LineStatus.CANCELLED:
        return True
    if share.listing_id != line.listing_id and shelf.sensitive:
        return True
    if choice is None or not share.by_itself:
        return False
    excluded = share.listing_id != line.listing_id and shelf.pk in choice.preference.excluded_categories
    return excluded or line.placed_at < choice.since <= (placed_before or line.placed_at)


def _project_again(share: Share, line: OrderLine) -> bool:
    """Say of what and when a line is, where the source has put that right; say whether it had.

    A review is of what its author named. If the line turns out to be of something else, it has none.
    """
    before = (share.listing_id, share.line_id, share.bought_month)
    if share.listing_id == line.listing_id or share.kind == ShareKind.PURCHASE:
        share.bought_month = month_of(line.placed_at)
    else:
        share.line, share.bought_month = None, None
    if share.kind == ShareKind.PURCHASE and share.listing_id != line.listing_id:
        share.listing, share.category = line.listing, line.listing.category
        share.merchant_id = line.merchant_id
    return before != (share.listing_id, share.line_id, share.bought_month)


def _move_ends(share: Share) -> None:
    rows = Audience.objects.unguarded(FOLLOWING).filter(share=share).select_related("circle")
    circles = [row.circle for row in rows]
    rows.delete()
    Audience.objects.bulk_create(audience_of(share, circles))


def _tell_of_correction(share: Share, now: datetime) -> None:
    """Tell those who commented or found it useful: they spoke of something that has changed."""
    said = Comment.objects.unguarded(FOLLOWING).filter(share=share).values_list("author", flat=True)
    liked = Like.objects.unguarded(FOLLOWING).filter(share=share).values_list("person", flat=True)
    for person_id in {*said, *liked} - {share.author_id}:
        tell(person_id, kind=NoticeKind.CORRECTION, subject=share.pk, actor=share.author_id, at=now)
