"""Whether somebody may see shares, without what they say: for whoever has them already."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from kith.core.compiled import compiled
from kith.core.guard import Viewer
from kith.sharing.models import Share


def may_see(viewer: Viewer, *, share_ids: Collection[int]) -> frozenset[int]:
    """Those of these shares that the viewer may see at this moment. One query, however many they are."""
    return frozenset(row.pk for row in _seen(viewer, shares=share_ids)) if share_ids else frozenset()


@compiled()
def _seen(viewer: Viewer, shares: Collection[int]) -> QuerySet[Any, Any]:
    return Share.objects.visible_to(viewer).filter(pk__among=shares).values_list("pk")
