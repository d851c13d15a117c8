"""Making the viewer of a request."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kith.core.compiled import Nested, compiled
from kith.core.guard import Side, Viewer
from kith.people.models import Person, Purpose, grown_up_since
from kith.people.queries import agreed_to, ledger_of
from kith.rollout.models import State
from kith.rollout.queries import FEATURE_ROW, Opening, lets_in, read_openings, rows_of_features

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
    return _viewer(known, rows, rows[0].ledger if rows else (), now)


@compiled()
def _features_and_ledger(person: int | None) -> QuerySet[Any, Any]:
    """All that it takes in one query, since every request asks it."""
    return rows_of_features(SIDES, "ledger", ledger=Nested(ledger_of(person)))


def _viewer(known: Any, features: Iterable[Any], ledger: Iterable[tuple[str, bool]], now: datetime) -> Viewer:
    """:param known: a person who may sign in, or a row that says of them what `LOOKS` names."""
    opening = read_openings(features, SIDES, now)
    inside, outside = _most(opening[CIRCLES], Side.PUBLIC), _most(opening[STRANGERS], Side.OWN)
    if known is None:
        return Viewer(None, now, min(inside, Side.PUBLIC), min(outside, Side.OWN))
    agreed = agreed_to(ledger) if known.suspended_at is None else set()
    grown_up = known.born is not None and known.born <= grown_up_since(now)
    if Purpose.SHARING not in agreed or not lets_in(opening[CIRCLES], known.pk):
        inside = min(inside, Side.PUBLIC)
    if Purpose.STRANGERS not in agreed or not grown_up or not lets_in(opening[STRANGERS], known.pk):
        outside = min(outside, Side.OWN)
    let_in = opening[STRANGERS].let_in
    return Viewer(known.pk, now, inside, outside, NOBODY if let_in is None else let_in)


def _most(feature: Opening, otherwise: Side) -> Side:
    """How far a side is open to whoever has all it takes. :param otherwise: if it is open to nobody."""
    by_state: Mapping[str, Side] = {State.CLOSED: Side.SHUT, State.WINDING_DOWN: Side.OWN}
    return by_state.get(feature.state, otherwise if feature.let_in is None else Side.OPEN)


# --- Who looks, in one query with what they would see ------------------------------------------

_FeatureRow = namedtuple("_FeatureRow", FEATURE_ROW)  # type: ignore[misc]  # its names are a model's
LOOKS = "pk", "is_active", "suspended_at", "born", "ledger", "features"


def supposed(person_id: int, now: datetime) -> Viewer:
    """Whoever has this id as if the circle side were open to them.

    Only for a query that asks at once, by `looking`, whether it is: what it found is theirs if
    `viewer_in` its row is `circle_open`, and else nobody's.
    """
    return Viewer(person_id, now, Side.OPEN, Side.SHUT)


def looking(person_id: int | None) -> QuerySet[Person, Any]:
    """Whoever has this id, with all that says how far each side is open to them: the columns `LOOKS`."""
    who = Person.objects.filter(Q(pk=person_id))
    return who.annotate(ledger=Nested(ledger_of(person_id)), features=Nested(rows_of_features(SIDES)))


def viewer_in(row: Any, now: datetime) -> Viewer:
    """Say who looks, by a row of `looking`."""
    features = map(_FeatureRow._make, row.features)
    return _viewer(row if row.is_active else None, features, row.ledger, now)
