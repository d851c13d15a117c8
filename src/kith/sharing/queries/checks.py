"""Whether somebody may see shares, without what they say: for whoever has them already."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kith.audience.viewer import circle_viewer, looking, supposed
from kith.core.compiled import Nested, compiled
from kith.core.guard import Viewer
from kith.sharing.models import Share


def may_see(viewer: Viewer, *, share_ids: Collection[int]) -> frozenset[int]:
    """Those of these shares that the viewer may see at this moment. One query, however many they are."""
    return frozenset(row.pk for row in _seen(viewer, shares=share_ids)) if share_ids else frozenset()


def sees(person_id: int, now: datetime, *, share_ids: Collection[int]) -> frozenset[int]:
    """The same from ids alone, and in one query with who looks and how far the side is open to them.

    It asks what they would see if it is. If it is not, what they see then is asked by itself.
    """
    if not share_ids:
        return frozenset()
    found = _looker_and_seen(supposed(person_id, now), shares=share_ids)
    viewer = circle_viewer(found, person_id, now)
    if not viewer.circle_open:
        return may_see(viewer, share_ids=share_ids)
    return frozenset(found[0].seen)


@compiled()
def _looker_and_seen(viewer: Viewer, shares: Collection[int]) -> QuerySet[Any, Any]:
    seen = Share.objects.visible_to(viewer).filter(pk__among=shares).values("pk")
    return looking(viewer.person_id, seen=Nested(seen, flat=True))


@compiled()
def _seen(viewer: Viewer, shares: Collection[int]) -> QuerySet[Any, Any]:
    return Share.objects.visible_to(viewer).filter(pk__among=shares).values_list("pk")
