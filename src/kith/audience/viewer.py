"""Making the viewer of a request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Subquery

from kith.core.compiled import Nested, compiled
from kith.core.guard import Side, Viewer
from kith.people.models import Person, Purpose, grown_up_since
from kith.people.queries import agreed_to, find_person, last_word_of, ledger_of
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
    opening = read_openings(rows, SIDES, now)
    agreed = agreed_to(rows[0].ledger if rows else ())
    may_look_in = known is not None and known.suspended_at is None and Purpose.SHARING in agreed
    inside = _inside(opening[CIRCLES], known.pk if known is not None and may_look_in else None)
    outside = _outside(known, opening[STRANGERS], agreed, now)
    if known is None:
        return Viewer(None, now, inside, outside)
    let_in = opening[STRANGERS].let_in
    return Viewer(known.pk, now, inside, outside, NOBODY if let_in is None else let_in)


@compiled()
def _features_and_ledger(person: int | None) -> QuerySet[Any, Any]:
    """All that it takes in one query, since every request asks it."""
    return rows_of_features(SIDES, ledger=Nested(ledger_of(person)))


def _inside(opening: Opening, person_id: int | None) -> Side:
    """How far the circle side is open. :param person_id: of whoever is not suspended, and agrees to it."""
    most = _most(opening, Side.PUBLIC)
    if person_id is None or not lets_in(opening, person_id):
        return min(most, Side.PUBLIC)
    return most


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


def supposed(person_id: int, now: datetime) -> Viewer:
    """Whoever has this id as if the circle side were open to them.

    Only for a query that asks at once, by `looking`, whether it is: what it found is theirs if
    `circle_viewer` of its rows is `circle_open`, and else nobody's.
    """
    return Viewer(person_id, now, Side.OPEN, Side.SHUT)


def looking(person_id: int | None, **more: Any) -> QuerySet[Any, Any]:
    """All that says how far the circle side is open to whoever has this id, for `circle_viewer`.

    :param more: what is asked for at once, and stands in each row.
    """
    who = Person.objects.filter(Q(pk=person_id), is_active=True)
    suspended = Subquery(who.values(suspended=Q(suspended_at__isnull=False)))
    agrees = Subquery(last_word_of(person_id, Purpose.SHARING))
    return rows_of_features([CIRCLES], suspended=suspended, agrees=agrees, **more)


def circle_viewer_of(person_id: int, now: datetime) -> Viewer:
    """Say who looks at the circle side, by an id alone, in one query: for whoever asks without a request."""
    return circle_viewer(_looking(person=person_id), person_id, now)


@compiled()
def _looking(person: int) -> QuerySet[Any, Any]:
    return looking(person)


def circle_viewer(rows: Sequence[Any], person_id: int, now: datetime) -> Viewer:
    """Say who looks, by the rows of `looking`: on the circle side alone, the other is shut."""
    if not rows:  # nobody has set the circle side up, and nothing was said of who it is
        return viewer_of(find_person(person_id), now)
    known, may_look_in = rows[0].suspended is not None, rows[0].suspended is False and rows[0].agrees
    opening = read_openings(rows, [CIRCLES], now)[CIRCLES]
    inside = _inside(opening, person_id if may_look_in else None)
    return Viewer(person_id if known else None, now, inside, Side.SHUT)
