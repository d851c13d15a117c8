"""What buyers report of listings, as staff see it: how many said what, and never who."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils.functional import Promise

from kith.core.guard import GuardedQuerySet
from kith.core.paging import BadCursor, Page, read_cursor, write_cursor
from kith.quality.models import Complaint
from kith.quality.queries.pages import SIZE
from kith.shop.models import HoldState, Listing, ListingHold, RefundReason

DECIDING = "staff look at what buyers report; who they are is not told"
MOST = 100
"""So many words of buyers are shown about one listing."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason, and how many gave it."""

    code: str
    name: str | Promise
    buyers: int


@dataclass(frozen=True, slots=True)
class Reported:
    """A listing that buyers report and nobody has looked at since."""

    listing_id: int
    title: str
    merchant_id: int
    merchant_name: str
    state: str
    """What has been decided about it (`HoldState`); "": it is live."""
    state_words: str
    buyers: int
    """Different people whose purchase we know."""
    newest_at: datetime
    why: tuple[Why, ...]


def reported_listings(*, cursor: str | None = None, size: int = SIZE) -> Page[Reported]:
    """Listings that are reported, by the most buyers first; of as many, what has waited longest.

    :raises BadCursor: not one of this list.
    """
    grouped = _open().order_by().values("listing")
    counted = grouped.annotate(buyers=Count("person", distinct=True), newest=Max("at"))
    if cursor is not None:
        buyers, newest, listing = _read_place(cursor)
        as_many = Q(newest__gt=newest) | Q(newest=newest, listing__gt=listing)
        counted = counted.filter(Q(buyers__lt=buyers) | Q(as_many, buyers=buyers))
    rows = list(counted.order_by("-buyers", "newest", "listing")[: size + 1])
    shown = rows[:size]
    last = shown[-1] if len(rows) > size else None
    more = write_cursor(last["buyers"], last["newest"].isoformat(), last["listing"]) if last else None
    return Page(_told({row["listing"]: (row["buyers"], row["newest"]) for row in shown}), more)


def _read_place(cursor: str) -> tuple[int, datetime, int]:
    try:
        buyers, at, listing = read_cursor(cursor)
        newest = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        raise BadCursor("this cursor is not one of this list") from None
    if not isinstance(buyers, int) or not isinstance(listing, int) or newest.tzinfo is None:
        raise BadCursor("this cursor is not one of this list")
    return buyers, newest, listing


def find_reported(listing_id: int) -> Reported | None:
    """What is reported of one listing; None if nothing is."""
    rows = _open().filter(listing=listing_id).order_by()
    said = rows.aggregate(buyers=Count("person", distinct=True), newest=Max("at"))
    if not said["buyers"]:
        return None
    (one,) = _told({listing_id: (said["buyers"], said["newest"])})
    return one


def words_about(listing_id: int, *, most: int = MOST) -> list[tuple[str | Promise, str]]:
    """The reason and words of each buyer who gave some, the newest first."""
    rows = _open().filter(listing=listing_id).exclude(words="").order_by("-at", "pk")
    said = rows.values_list("reason", "words")[:most]
    return [(_name_of(reason), words) for reason, words in said]


def _open() -> GuardedQuerySet[Complaint]:
    """What verified buyers said, and nobody has put away."""
    return Complaint.objects.unguarded(DECIDING).filter(dismissed_at=None, line__isnull=False)


def _told(counted: dict[int, tuple[int, datetime]]) -> tuple[Reported, ...]:
    listings = Listing.objects.filter(pk__in=counted).select_related("merchant").in_bulk()
    states = dict(ListingHold.objects.filter(listing__in=counted).values_list("listing", "state"))
    by_reason = _open().filter(listing__in=counted).order_by().values_list("listing", "reason")
    why: dict[int, list[Why]] = defaultdict(list)
    for listing, reason, buyers in by_reason.annotate(buyers=Count("person", distinct=True)):
        why[listing].append(Why(reason, _name_of(reason), buyers))
    return tuple(
        Reported(
            listing_id=pk, title=listings[pk].title, merchant_id=listings[pk].merchant_id,
            merchant_name=listings[pk].merchant.name, state=states.get(pk, ""),
            state_words=str(HoldState(states[pk]).label) if pk in states else "", buyers=buyers,
            newest_at=newest, why=tuple(sorted(why[pk], key=lambda one: (-one.buyers, one.code))),
        )
        for pk, (buyers, newest) in counted.items()
    )  # fmt: skip


def _name_of(reason: str) -> str | Promise:
    return RefundReason(reason).label if reason in RefundReason.values else reason
