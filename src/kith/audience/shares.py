"""Who sees a delivery, and so a share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kith.core.guard import Side, Viewer
from kith.people.models import Person
from kith.ties.models import Relationship

NOBODY = Q(pk__in=[])


def sees_delivery(viewer: Viewer) -> Q:
    """Match what was shown to the viewer and may be seen by them now.

    The share was delivered to them and its time has come and not passed; on their own row
    to its author: friends, no block either way, they have not muted the author, the author
    does not hide from them and has circle sharing open; and the circle side is open to them.
    Evaluated at read, so that unfriending, hiding and pausing need no clean-up to take effect.
    """
    if viewer.person_id is None or not viewer.circle_open:
        return NOBODY
    return _is_shown(viewer.person_id, viewer.now, _authors_who_show(viewer.person_id).filter(muted=False))


def is_shown_to(friend_id: int, *, now: datetime) -> Q:
    """Match deliveries that their authors' choices let a friend see.

    For authors who look at their own pages with a friend's eyes. What the friend has chosen
    (muting, closing the circle side) is left out, or it would be told by what is missing.
    """
    return _is_shown(friend_id, now, _authors_who_show(friend_id))


def _is_shown(viewer_id: int, now: datetime, authors: QuerySet[Relationship]) -> Q:
    return Q(
        # By NOT, for SQLite: it takes a timeline up to an instant for the shortest of all lists, and would
        # look through all of it. Of what is known of one merchant that took 720 µs instead of 39.
        ~Q(visible_from__gt=now),
        Exists(authors),
        viewer=viewer_id,
        visible_until__gt=now,
    )


def _authors_who_show(viewer_id: int) -> QuerySet[Relationship]:
    rows = Relationship.objects.unguarded("the rule reads how the viewer stands to the author")
    return rows.filter(
        owner=viewer_id,
        other=OuterRef("author"),
        friend_at__isnull=False,
        blocked=False,
        blocked_by=False,
        hidden_by=False,
        shows=True,
    )


def sees_share(viewer: Viewer, *, delivered: QuerySet[Any]) -> Q:
    """Match shares the viewer may see now: their own, delivered to them, or a review to everyone.

    :param delivered: the deliveries that this viewer may see.
    """
    if viewer.inside == Side.SHUT:
        return NOBODY
    mine = Q(author=viewer.person_id) if viewer.is_known else NOBODY
    if viewer.inside == Side.OWN:
        return mine
    public = is_public(viewer.now) & Q(~Exists(shut_out(viewer, "author")))
    return mine | public | Q(Exists(delivered.filter(share=OuterRef("pk"))))


def is_public(now: datetime) -> Q:
    """Match reviews that their authors show to everyone: the shop's visitors, signed in or not."""
    open_to_all = Q(to_everyone=True, withdrawn_at=None, visible_from__lte=now)
    # By a query of its own, and last: with the authors joined, PostgreSQL asks all of `sees_share` once
    # before it knows them and once after. To see which of twenty may be seen took 267 µs instead of 215.
    return open_to_all & Q(Exists(Person.objects.filter(Q(pk=OuterRef("author"), shows=True))))


def shut_out(viewer: Viewer, who: str) -> QuerySet[Relationship]:
    """The viewer's rows to people with whom there is a block, either way."""
    blocks = Q(blocked=True) | Q(blocked_by=True)
    return Relationship.objects.visible_to(viewer).filter(blocks, other=OuterRef(who))
