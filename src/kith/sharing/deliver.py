"""Keeps deliveries exact, inside the transaction of whatever changes them.

A share is delivered to a viewer if and only if some circle in its audience holds the viewer
and the share is not withdrawn; it stays visible until the latest end that those circles'
windows allow. `SHOWN` says this once, as SQL; `redeliver` makes a part of the table equal to
it, whatever was there before; `find_differences` compares all of it, by other means.

The caller holds the authors (`people.locks.lock_people`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from kith.core import sql
from kith.core.batches import in_batches
from kith.sharing.models import Audience, Delivery, Share
from kith.ties.models import Member, Window

SHOWN = """
FROM sharing_share s
JOIN sharing_audience a ON a.author_id = s.author_id AND a.share_id = s.id
JOIN ties_member m ON m.owner_id = a.author_id AND m.circle_id = a.circle_id
WHERE s.withdrawn_at IS NULL
"""

_ADD = f"""
INSERT INTO sharing_delivery (viewer_id, share_id, author_id, kind, listing_id, merchant_id,
                              outcome, rating, visible_from, visible_until)
SELECT m.person_id, s.id, s.author_id, s.kind, s.listing_id, s.merchant_id,
       s.outcome, s.rating, s.visible_from, MAX(a.visible_until)
{SHOWN} AND s.author_id IN %(authors)s {{narrower}}
GROUP BY m.person_id, s.author_id, s.id
"""
_WRITE = f"""{_ADD}
ON CONFLICT (viewer_id, share_id) DO UPDATE SET
    listing_id = excluded.listing_id, merchant_id = excluded.merchant_id,
    outcome = excluded.outcome, rating = excluded.rating,
    visible_from = excluded.visible_from, visible_until = excluded.visible_until
WHERE sharing_delivery.visible_until <> excluded.visible_until
OR sharing_delivery.visible_from <> excluded.visible_from
OR sharing_delivery.outcome <> excluded.outcome
OR COALESCE(sharing_delivery.rating, 0) <> COALESCE(excluded.rating, 0)
OR COALESCE(sharing_delivery.listing_id, -1) <> COALESCE(excluded.listing_id, -1)
OR COALESCE(sharing_delivery.merchant_id, -1) <> COALESCE(excluded.merchant_id, -1)
"""
"""A row that says all of it already is left alone: to write it anew would be to write its indexes anew."""

_SHOWN_TO = """IN %(members)s AND {share} IN (
    SELECT share_id FROM sharing_audience WHERE author_id IN %(authors)s AND circle_id = %(circle)s
)"""
_OF_SHARES = "AND s.id IN %(members)s"
AT_ONCE = 5000
"""Shares in one statement. They are written by viewer: the more at once, the more lie side by side."""

_REMOVE = f"""
DELETE FROM sharing_delivery
WHERE author_id IN %(authors)s {{narrower}} AND NOT EXISTS (
    SELECT 1 {SHOWN}
    AND s.author_id = sharing_delivery.author_id
    AND s.id = sharing_delivery.share_id
    AND m.person_id = sharing_delivery.viewer_id
)
"""  # noqa: S608 — made of constants alone; values are bound


def redeliver(
    *,
    authors: Collection[int],
    shares: Collection[int] | None = None,
    viewers: Collection[int] | None = None,
) -> None:
    """Make deliveries what they ought to be: of some shares, or to some viewers.

    After a change to shares or their audiences name the `shares`; after a change to who is in
    a circle, or to its window, name the people concerned as `viewers`.
    """
    if shares is not None:
        _bring_about(authors, "s.id", "share_id", shares)
    if viewers is not None:
        _bring_about(authors, "m.person_id", "viewer_id", viewers)


def deliver_new(shares: Iterable[Share]) -> None:
    """Show shares that have just been made, with their audiences: there is nothing yet to put right."""
    for some in in_batches(shares, AT_ONCE):
        given = {"authors": {share.author_id for share in some}, "members": [share.pk for share in some]}
        sql.run_often(_ADD.format(narrower=_OF_SHARES), given)


def deliver_to_members(owner_id: int, circle_id: int, person_ids: Collection[int]) -> None:
    """Show people who have come into a circle what it sees. Nothing is taken away by that."""
    given: dict[str, Any] = {"authors": [owner_id], "members": set(person_ids), "circle": circle_id}
    sql.run_often(_WRITE.format(narrower=f"AND m.person_id {_SHOWN_TO.format(share='s.id')}"), given)


def take_from_members(owner_id: int, circle_id: int, person_ids: Collection[int]) -> None:
    """Take from people who have left a circle what it sees, as far as no other circle lets them see it."""
    given: dict[str, Any] = {"authors": [owner_id], "members": set(person_ids), "circle": circle_id}
    sql.run_often(_REMOVE.format(narrower=f"AND viewer_id {_SHOWN_TO.format(share='share_id')}"), given)
    sql.run_often(_WRITE.format(narrower=f"AND m.person_id {_SHOWN_TO.format(share='s.id')}"), given)


def redeliver_each(shares: Iterable[Share]) -> None:
    """Put deliveries of many shares right, by many authors."""
    for some in in_batches(shares, AT_ONCE):
        redeliver(authors={share.author_id for share in some}, shares=[share.pk for share in some])


def _bring_about(authors: Collection[int], ought: str, found: str, members: Collection[int]) -> None:
    if not members:
        return
    given = {"authors": set(authors), "members": set(members)}
    sql.run_often(_REMOVE.format(narrower=f"AND {found} IN %(members)s"), given)
    sql.run_often(_WRITE.format(narrower=f"AND {ought} IN %(members)s"), given)


# --- The check: plain loops over plain rows ------------------------------------

CHECKING = "compares every delivery with what it ought to be"

Row = tuple[int, int, int, str, int | None, int | None, str, int | None, datetime, datetime]
_COLUMNS = (
    "viewer_id", "share_id", "author_id", "kind", "listing_id", "merchant_id",
    "outcome", "rating", "visible_from", "visible_until",
)  # fmt: skip


def find_differences() -> list[str]:
    """Recompute all deliveries from circles and audiences; say each one that differs.

    There must be none. Goes through the authors in batches, so that it fits in memory.
    """
    told = Share.objects.unguarded(CHECKING).order_by("author").values_list("author", flat=True)
    authors = [*told.distinct()]
    differences = list(_strays(authors))
    for some in in_batches(authors, 200):
        ought, found = dict(_ought(some)), dict(_found(some))
        for key in ought.keys() | found.keys():
            if ought.get(key) != found.get(key):
                viewer, share = key
                state = "missing" if key not in found else "not allowed" if key not in ought else "wrong"
                differences.append(f"delivery of share {share} to {viewer} is {state}")
    return differences


def _strays(authors: list[int]) -> Iterator[str]:
    """Deliveries of people who have no shares at all."""
    rows = Delivery.objects.unguarded(CHECKING).order_by().values_list("author", flat=True).distinct()
    for author in set(rows) - set(authors):
        yield f"deliveries of {author}, who has no shares"


def _ought(authors: Collection[int]) -> Iterator[tuple[tuple[int, int], Row]]:
    members: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = Member.objects.unguarded(CHECKING).filter(owner__in=authors)
    for circle, person, window in rows.values_list("circle", "person", "circle__window"):
        members[circle].append((person, window))
    audiences: dict[int, list[int]] = defaultdict(list)
    shown = Audience.objects.unguarded(CHECKING).filter(author__in=authors)
    for share_id, circle in shown.values_list("share", "circle"):
        audiences[share_id].append(circle)
    for share in Share.objects.unguarded(CHECKING).filter(author__in=authors, withdrawn_at=None):
        ends: dict[int, datetime] = {}
        for circle in audiences[share.pk]:
            for person, window in members[circle]:
                end = Window(window).end(share.visible_from)
                ends[person] = max(end, ends.get(person, end))
        for person, end in ends.items():
            yield (person, share.pk), _row(share, person, end)


def _row(share: Share, viewer: int, end: datetime) -> Row:
    return (
        viewer, share.pk, share.author_id, share.kind, share.listing_id, share.merchant_id,
        share.outcome, share.rating, share.visible_from, end,
    )  # fmt: skip


def _found(authors: Collection[int]) -> Iterator[tuple[tuple[int, int], Any]]:
    rows = Delivery.objects.unguarded(CHECKING).filter(author__in=authors)
    for row in rows.values_list(*_COLUMNS):
        yield (row[0], row[1]), row
