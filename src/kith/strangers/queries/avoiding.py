"""Whom the viewer has shut out outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.core.guard import Viewer
from kith.strangers.models import ShutOut


@dataclass(frozen=True, slots=True)
class ShutOutCard:
    """A persona that the viewer has shut out, by the name it had then. What became of it is not told."""

    mark: int
    """The id that the persona had then, for `stop_avoiding`."""
    name: str
    at: datetime


def shut_out_by_me(viewer: Viewer) -> tuple[ShutOutCard, ...]:
    """The viewer's own list, the latest first."""
    rows = ShutOut.objects.visible_to(viewer).order_by("-at", "-pk")
    return tuple(ShutOutCard(mark, name, at) for mark, name, at in rows.values_list("mark", "name", "at"))
