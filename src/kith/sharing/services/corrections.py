"""Telling buyers, and those whom a share misled, that a thing was taken down or recalled.

The correction itself is nowhere kept: every card reads it from the shop's holds. What is written here
are notices alone, which lead to the share; whoever does not see the share is shown none of them, and
nobody is once the thing is in order again (`sharing.queries.notices`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from kith.core import sql
from kith.core.guard import GuardedQuerySet
from kith.notices.models import Notice, NoticeKind
from kith.notices.services import tell_each
from kith.sharing.models import Share
from kith.shop.models import GONE, LineStatus, ListingHold, OrderLine

TELLING = "tells whoever was misled by a share"
TELLING_BUYERS = "tells the buyers of something taken down"
OVER = (LineStatus.CANCELLED, LineStatus.REFUNDED)
"""States of an order line for which nothing is owed any more."""
AT_ONCE = 20_000
"""Listings in one transaction."""

_TELL = """
INSERT INTO notices_notice (id, recipient_id, kind, subject, actor_id, at, read_at)
WITH misled AS (
    SELECT s.id, s.author_id, s.listing_id, h.since
    FROM sharing_share s
    JOIN shop_listinghold h ON h.listing_id = s.listing_id
    LEFT JOIN shop_orderline o ON o.id = s.line_id
    WHERE s.listing_id >= %(first)s AND s.listing_id <= %(last)s
    AND h.state IN %(gone)s AND h.since >= %(since)s
    AND s.withdrawn_at IS NULL AND s.visible_from <= h.since AND (o.id IS NULL OR NOT o.is_gift)
)
SELECT {id}, t.person_id, %(kind)s, t.share_id,
    CASE WHEN t.person_id = t.author_id THEN NULL ELSE t.author_id END, t.since, NULL
FROM (
    SELECT m.author_id AS person_id, m.id AS share_id, m.author_id, m.listing_id, m.since FROM misled m
    UNION
    SELECT c.author_id, m.id, m.author_id, m.listing_id, m.since
    FROM misled m JOIN sharing_comment c ON c.share_id = m.id AND c.at <= m.since
    UNION
    SELECT l.person_id, m.id, m.author_id, m.listing_id, m.since
    FROM misled m JOIN sharing_like l ON l.share_id = m.id AND l.at <= m.since
) t
WHERE NOT EXISTS (
    SELECT 1 FROM shop_orderline b
    JOIN notices_notice n ON n.recipient_id = b.buyer_id AND n.kind = %(recalled)s AND n.subject = b.id
    WHERE b.buyer_id = t.person_id AND b.listing_id = t.listing_id
)
ON CONFLICT (recipient_id, kind, subject) DO UPDATE SET at = excluded.at, read_at = NULL
WHERE notices_notice.at < excluded.at
"""


@transaction.atomic
def tell_of_correction(*, listing_id: int) -> int:
    """Tell whoever showed, or spoke of, this listing, which is held; return how many were told.

    Not those who bought it and are told so anyway; nor of what is a gift, hidden or not shown yet.
    Nobody is told twice of the same decision; of another one, later, they are.
    """
    since = ListingHold.objects.filter(listing=listing_id).values_list("since", flat=True).first()
    return 0 if since is None else sql.run(_statement(), _given(listing_id, listing_id, since))


def tell_of_corrections(*, since: datetime) -> int:
    """Do the same for all that was taken down or recalled at that instant or after it.

    Done again, it tells those who were not told: it may be cut short anywhere.
    """
    told, after = 0, -1
    shown = Share.objects.unguarded(TELLING).filter(listing=OuterRef("listing"))
    held = ListingHold.objects.filter(Exists(shown), state__in=GONE, since__gte=since).order_by("listing")
    while some := list(held.filter(listing__gt=after).values_list("listing", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            told += sql.run(_statement(), _given(some[0], some[-1], since))
        after = some[-1]
    return told


def _statement() -> str:
    return _TELL.format(id=sql.random_ids())


def _given(first: int, last: int, since: datetime) -> dict[str, Any]:
    return {
        "first": first, "last": last, "since": since, "gone": list(GONE),
        "kind": NoticeKind.CORRECTED, "recalled": NoticeKind.RECALLED,
    }  # fmt: skip


# --- Buyers --------------------------------------------------------------------------------


def recalled_back() -> timedelta:
    """How long ago something may have been bought of which its buyer is told."""
    return timedelta(days=settings.QUALITY_BUYERS_TOLD_DAYS)


def tell_buyers(lines: GuardedQuerySet[OrderLine], *, now: datetime) -> int:
    """Tell the buyers of these lines, of things that are held, as far as they were bought lately enough."""
    recent = lines.filter(buyer__isnull=False, placed_at__gt=F("listing__hold__since") - recalled_back())
    buyers = dict(recent.exclude(status__in=OVER).values_list("pk", "buyer"))
    tell_each(buyers, kind=NoticeKind.RECALLED, at=now)
    return len(buyers)


def tell_buyers_not_told(lines: GuardedQuerySet[OrderLine], *, now: datetime) -> int:
    """Do so with those alone who were not told of their line yet."""
    told = Notice.objects.unguarded(TELLING_BUYERS).filter(
        recipient=OuterRef("buyer"), kind=NoticeKind.RECALLED, subject=OuterRef("pk")
    )
    return tell_buyers(lines.exclude(Exists(told)), now=now)


def tell_late_buyers(lines: Collection[OrderLine], *, now: datetime) -> int:
    """Tell the buyers of lines that have just come in, or changed, of what is gone by now.

    A host shop may send an order long after what was bought was taken down. By the listings alone, one
    look decides for nearly all lines that there is nothing to tell.
    """
    listings = {line.listing_id for line in lines if line.buyer_id is not None}
    held = ListingHold.objects.filter(listing__among=listings, state__in=GONE)
    gone = frozenset(held.values_list("listing", flat=True))
    concerned = [line.pk for line in lines if line.listing_id in gone]
    if not concerned:
        return 0
    return tell_buyers_not_told(OrderLine.objects.unguarded(TELLING_BUYERS).filter(pk__in=concerned), now=now)
