"""Who sees an order: its buyer, and the merchant who has to fulfil it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from kith.audience.shares import NOBODY
from kith.core.guard import Viewer


def sees_order_line(viewer: Viewer, *, staffed: QuerySet[Any, Any]) -> Q:
    """Match lines the viewer bought, or that a merchant they act for has sold.

    :param staffed: the ids of the merchants that the viewer acts for.
    """
    if viewer.person_id is None:
        return NOBODY
    return Q(buyer=viewer.person_id) | Q(merchant__in=staffed)


def sees_order(*, lines: QuerySet[Any]) -> Q:
    """Match orders of which a line may be seen.

    :param lines: the order lines that the viewer may see.
    """
    return Q(pk__in=lines.values("order"))
