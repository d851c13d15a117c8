"""Making the viewer of a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from kith.core.guard import Side, Viewer
from kith.people.models import Person, Purpose, grown_up_since
from kith.people.queries import agreed_to
from kith.rollout.models import State
from kith.rollout.queries import Opening, lets_in, openings

CIRCLES = "circles"
"""The feature that opens the circle side."""
STRANGERS = "strangers"
"""The feature that opens the strangers' channel."""
NOBODY = Q(pk__in=[])


def viewer_of(person: Person | None, now: datetime) -> Viewer:
    """Say who looks: asked anew for every request, so that a closed feature is closed at once."""
    features = openings((CIRCLES, STRANGERS), now)
    inside, outside = _most(features[CIRCLES], Side.PUBLIC), _most(features[STRANGERS], Side.OWN)
    if person is None or not person.is_active:
        return Viewer(None, now, min(inside, Side.PUBLIC), min(outside, Side.OWN))
    agreed = agreed_to(person.pk) if person.suspended_at is None else set()
    grown_up = person.born is not None and person.born <= grown_up_since(now)
    if Purpose.SHARING not in agreed or not lets_in(features[CIRCLES], person.pk):
        inside = min(inside, Side.PUBLIC)
    if Purpose.STRANGERS not in agreed or not grown_up or not lets_in(features[STRANGERS], person.pk):
        outside = min(outside, Side.OWN)
    let_in = features[STRANGERS].let_in
    return Viewer(person.pk, now, inside, outside, NOBODY if let_in is None else let_in)


def _most(feature: Opening, otherwise: Side) -> Side:
    """How far a side is open to whoever has all it takes. :param otherwise: if it is open to nobody."""
    by_state: Mapping[str, Side] = {State.CLOSED: Side.SHUT, State.WINDING_DOWN: Side.OWN}
    return by_state.get(feature.state, otherwise if feature.let_in is None else Side.OPEN)
