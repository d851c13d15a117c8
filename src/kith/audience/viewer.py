"""Making the viewer of a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kith.core.compiled import Nested, compiled
from kith.core.guard import Side, Viewer
from kith.people.models import Person, Purpose, grown_up_since
from kith.people.queries import agreed_to, ledger_of
from kith.rollout.models import State
from kith.rollout.queries import Opening, lets_in, read_openings, rows_of_features

CIRCLES = "circles"
"""The feature that opens the circle side."""
STRANGERS = "strangers"
"""The feature that opens the strangers' channel."""
SIDES = CIRCLES, STRANGERS
NOBODY = Q(pk__in=[])


def viewer_of(person: Person | None, now: datetime) -> Viewer:
    """Say who looks: asked anew for every request, so that a closed feature is closed at once."""
    known = person if person is not None and person.is_active else None
    rows = _features_and_ledger(person=known.pk if known else None)
    features = read_openings(rows, SIDES, now)
    inside, outside = _most(features[CIRCLES], Side.PUBLIC), _most(features[STRANGERS], Side.OWN)
    if known is None:
        return Viewer(None, now, min(inside, Side.PUBLIC), min(outside, Side.OWN))
    agreed = agreed_to(rows[0].ledger) if rows and known.suspended_at is None else set()
    grown_up = known.born is not None and known.born <= grown_up_since(now)
    if Purpose.SHARING not in agreed or not lets_in(features[CIRCLES], known.pk):
        inside = min(inside, Side.PUBLIC)
    if Purpose.STRANGERS not in agreed or not grown_up or not lets_in(features[STRANGERS], known.pk):
        outside = min(outside, Side.OWN)
    let_in = features[STRANGERS].let_in
    return Viewer(known.pk, now, inside, outside, NOBODY if let_in is None else let_in)


@compiled()
def _features_and_ledger(person: int | None) -> QuerySet[Any, Any]:
    """All that it takes in one query, since every request asks it."""
    return rows_of_features(SIDES, "ledger", ledger=Nested(ledger_of(person)))


def _most(feature: Opening, otherwise: Side) -> Side:
    """How far a side is open to whoever has all it takes. :param otherwise: if it is open to nobody."""
    by_state: Mapping[str, Side] = {State.CLOSED: Side.SHUT, State.WINDING_DOWN: Side.OWN}
    return by_state.get(feature.state, otherwise if feature.let_in is None else Side.OPEN)
