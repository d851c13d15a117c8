"""Who sees a delivery, and so a share."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kith.core.guard import Viewer
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
    return Q(
        Exists(_open_authors(viewer)),
        viewer=viewer.person_id,
        visible_from__lte=viewer.now,
        visible_until__gt=viewer.now,
    )


def sees_share(viewer: Viewer, *, delivered: QuerySet[Any]) -> Q:
    """Match shares the viewer may see now: their own, delivered to them, or a review to everyone.

    :param delivered: the deliveries that this viewer may see.
    """
    public = Q(
        ~Exists(shut_out(viewer, "author")),
        to_everyone=True,
        withdrawn_at=None,
        visible_from__lte=viewer.now,
        author__shows=True,
    )
    mine = Q(author=viewer.person_id) if viewer.is_known else NOBODY
    return mine | public | Q(pk__in=delivered.values("share"))


def _open_authors(viewer: Viewer) -> QuerySet[Relationship]:
    return Relationship.objects.visible_to(viewer).filter(
        other=OuterRef("author"),
        friend_at__isnull=False,
        blocked=False,
        blocked_by=False,
        muted=False,
        hidden_by=False,
        shows=True,
    )


def shut_out(viewer: Viewer, who: str) -> QuerySet[Relationship]:
    """The viewer's rows to people with whom there is a block, either way."""
    blocks = Q(blocked=True) | Q(blocked_by=True)
    return Relationship.objects.visible_to(viewer).filter(blocks, other=OuterRef(who))
