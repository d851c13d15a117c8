"""Where notices about quality lead, and which of them still lead anywhere: shops change hands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, QuerySet

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.quality.models import Decision
from kith.sharing.queries import points_above
from kith.shop.models import MerchantStaff


def speak_for_notices() -> None:
    """Say for sharing, at every read, which decisions and sweeps somebody may still open."""
    points_above(NoticeKind.DECIDED, open_decisions)
    points_above(NoticeKind.SWEPT, open_sweeps)


def open_decisions(viewer: Viewer, ids: Collection[int]) -> frozenset[int]:
    """Which of these decisions are about shops that the viewer acts for."""
    return frozenset(_about_mine(viewer).filter(pk__in=ids).values_list("pk", flat=True))


def open_sweeps(viewer: Viewer, ids: Collection[int]) -> frozenset[int]:
    """Which of these sweeps decided anything about shops that the viewer acts for."""
    return frozenset(_swept(viewer, ids).values_list("of_sweep", flat=True).distinct())


def merchant_of_decision(viewer: Viewer, *, decision_id: int) -> int:
    """:raises NotThere: about no merchant that the viewer acts for."""
    found = _about_mine(viewer).filter(pk=decision_id).first()
    if found is None:
        raise NotThere
    return int(found.merchant_id)


def merchants_of_sweep(viewer: Viewer, *, sweep_id: int) -> frozenset[int]:
    """About which merchants, of those that the viewer acts for, a sweep decided anything."""
    return frozenset(_swept(viewer, [sweep_id]).values_list("merchant", flat=True).distinct())


def _swept(viewer: Viewer, sweep_ids: Collection[int]) -> QuerySet[Any, Any]:
    """What these sweeps decided about the viewer's shops.

    Looked up by the shops. A sweep may have decided half a million times about others, and SQLite
    would go through all of that by the sweep's index: none is for a sum.
    """
    return _about_mine(viewer).annotate(of_sweep=F("sweep") + 0).filter(of_sweep__in=sweep_ids)


def _about_mine(viewer: Viewer) -> QuerySet[Decision]:
    mine = MerchantStaff.objects.filter(person=viewer.person_id).values("merchant")
    return Decision.objects.filter(merchant__in=mine)
