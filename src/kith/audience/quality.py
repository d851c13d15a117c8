"""Who sees the papers of a merchant, and what a buyer said of a listing."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from kith.audience.shares import NOBODY
from kith.core.guard import Viewer


def sees_papers(viewer: Viewer, *, staffed: QuerySet[Any, Any]) -> Q:
    """Match the papers of merchants that the viewer acts for: reports handed in, appeals made.

    :param staffed: the ids of the merchants that the viewer acts for.
    """
    return NOBODY if viewer.person_id is None else Q(merchant__in=staffed)


def sees_own(viewer: Viewer) -> Q:
    """Match what the viewer said or asked for as a buyer. The merchant is never told by whom."""
    return NOBODY if viewer.person_id is None else Q(person=viewer.person_id)
