"""Making the viewer of a request."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Collection, Mapping
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
    opening = read_openings(rows, SIDES, now)
    agreed = agreed_to(rows[0].ledger if rows else ())
    inside = _inside(known, opening[CIRCLES], agreed)
    outside = _outside(known, opening[STRANGERS], agreed, now)
    if known is None:
        return Viewer(None, now, inside, outside)
    let_in = opening[STRANGERS].let_in
    return Viewer(known.pk, now, inside, outside, NOBODY if let_in is None else let_in)


@compiled()
def _features_and_ledger(person: int | None) -> QuerySet[Any, Any]:
    """All that it takes in one query, since every request asks it."""
    return rows_of_features(SIDES, "ledger", ledger=Nested(ledger_of(person)))


def _inside(known: Any, opening: Opening, agreed: Collection[str]) -> Side:
    """How far the circle side is open. :param known: a person who may sign in, or a row that says who."""
    most = _most(opening, Side.PUBLIC)
    if known is None or known.suspended_at is not None or Purpose.SHARING not in agreed:
        return min(most, Side.PUBLIC)
    return most if lets_in(opening, known.pk) else min(most, Side.PUBLIC)


def _outside(known: Person | None, opening: Opening, agreed: Collection[str], now: datetime) -> Side:
    most = _most(opening, Side.OWN)
    if known is None or known.suspended_at is not None or Purpose.STRANGERS not in agreed:
        return min(most, Side.OWN)
    grown_up = known.born is not None and known.born <= grown_up_since(now)
    return most if grown_up and lets_in(opening, known.pk) else min(most, Side.OWN)


def _most(feature: Opening, otherwise: Side) -> Side:
    """How far a side is open to whoever has all it takes. :param otherwise: if it is open to nobody."""
    return _BY_STATE.get(feature.state, otherwise if feature.let_in is None else Side.OPEN)


_BY_STATE: Mapping[str, Side] = {State.CLOSED: Side.SHUT, State.WINDING_DOWN: Side.OWN}


# --- Who looks, in one query with what they would see ------------------------------------------

_FeatureRow = namedtuple("_FeatureRow", FEATURE_ROW)  # type: ignore[misc]  # its names are a model's
LOOKS = "pk", "is_active", "suspended_at", "ledger", "features"


def supposed(person_id: int, now: datetime) -> Viewer:
    """Whoever has this id as if the circle side were open to them.

    Only for a query that asks at once, by `looking`, whether it is: what it found is theirs if
    `circle_viewer` of its row is `circle_open`, and else nobody's.
    """
    return Viewer(person_id, now, Side.OPEN, Side.SHUT)


def looking(person_id: int | None) -> QuerySet[Person, Any]:
    """Whoever has this id, and all that says how far the circle side is open to them: the columns `LOOKS`."""
    ledger = Nested(ledger_of(person_id).filter(purpose=Purpose.SHARING))
    return Person.objects.filter(Q(pk=person_id)).annotate(
        ledger=ledger, features=Nested(rows_of_features([CIRCLES]))
    )


def circle_viewer_of(person_id: int, now: datetime) -> Viewer:
    """Say who looks at the circle side, by an id alone, in one query: for whoever asks without a request."""
    found = _looking(person=person_id)
    return circle_viewer(found[0], now) if found else viewer_of(None, now)


@compiled()
def _looking(person: int) -> QuerySet[Any, Any]:
    return looking(person).values_list(*LOOKS)


def circle_viewer(row: Any, now: datetime) -> Viewer:
    """Say who looks, by a row of `looking`: on the circle side alone, the other is shut."""
    known = row if row.is_active else None
    opening = read_openings(map(_FeatureRow._make, row.features), [CIRCLES], now)[CIRCLES]
    return Viewer(known and known.pk, now, _inside(known, opening, agreed_to(row.ledger)), Side.SHUT)
