"""The viewer's list of numbers that they hide from. Which numbers they are, nobody can read any more."""

from __future__ import annotations

from kith.core.guard import Viewer
from kith.ties.models import HiddenContact


def hidden_count(viewer: Viewer) -> int:
    """How many numbers are on the list, whoever they belong to."""
    if viewer.person_id is None:
        return 0
    return HiddenContact.objects.visible_to(viewer).count()
