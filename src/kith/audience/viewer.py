"""Making the viewer of a request."""

from __future__ import annotations

from datetime import datetime

from kith.core.guard import Viewer
from kith.people.models import Person, Purpose
from kith.people.queries import has_consented
from kith.rollout.queries import is_open

CIRCLES = "circles"
"""The feature that opens the circle side."""


def viewer_of(person: Person | None, now: datetime) -> Viewer:
    """Say who looks: asked anew for every request, so that a closed feature is closed at once."""
    if person is None or not person.is_active:
        return Viewer(None, now)
    circle_open = (
        person.suspended_at is None
        and is_open(CIRCLES, person.pk)
        and has_consented(person.pk, Purpose.SHARING)
    )
    return Viewer(person.pk, now, circle_open)
