"""Whether a feature is open, to whom, and who waits. Nothing is remembered from one call to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kith.core.clock import local_day
from kith.core.compiled import columns_of, compiled
from kith.people.models import Person
from kith.rollout.models import Batch, Change, Feature, Listed, State, Waiting, opening_of
from kith.rollout.rules import Opening, lets_in

__all__ = [
    "FEATURE_ROW", "Opening", "Standing", "batches_of", "changes_of", "due_for_purge", "is_open", "last_day",
    "lets_in", "openings", "position", "read_openings", "rows_of_features", "standing_of", "waiting_count",
]  # fmt: skip


def openings(names: Collection[str], now: datetime) -> dict[str, Opening]:
    """Say how features stand now, in one query. One that nobody has set up is open to nobody."""
    return read_openings(_rows_of_features(names=tuple(names)), names, now)


@compiled(fixed=["names"])
def _rows_of_features(names: tuple[str, ...]) -> QuerySet[Any, Any]:
    return rows_of_features(names)


_OF_BATCH = columns_of(Batch)
FEATURE_ROW = "name", "state", "wound_down_on", *_OF_BATCH
"""What a row of `rows_of_features` says, in this order."""


def rows_of_features(names: Collection[str], **more: Any) -> QuerySet[Any, Any]:
    """The rows that `read_openings` reads: a feature with one of its batches each, or with none.

    :param more: what is asked for at once, and stands in each row.
    """
    of_batch = {name: F(f"batches__{name}") for name in _OF_BATCH}
    rows = Feature.objects.filter(name__in=names).annotate(**of_batch, **more)
    return rows.values_list(*FEATURE_ROW, *more)


def read_openings(rows: Iterable[Any], names: Collection[str], now: datetime) -> dict[str, Opening]:
    """Say how features stand at an instant. :param rows: all of theirs (`rows_of_features`)."""
    found: dict[str, list[Any]] = {name: [] for name in names}
    for row in rows:
        found[row.name].append(row)
    return {name: _opening(rows, now) for name, rows in found.items()}


def _opening(rows: Sequence[Any], now: datetime) -> Opening:
    if not rows:
        return Feature().opening([], now)
    feature, batches = rows[0], [row for row in rows if row.id is not None]
    return opening_of(feature.state, feature.wound_down_on, batches, now)


def is_open(feature: str, person_id: int, now: datetime) -> bool:
    """Whether a feature is open to somebody now."""
    return lets_in(openings([feature], now)[feature], person_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feature stands for somebody."""

    state: str
    """Of `State`."""
    let_in: bool
    until: date | None
    """The last day for taking what is one's own, while it is being wound down."""
    place: int | None
    """Among those who wait, from 1; None: they do not wait."""


def standing_of(feature: str, person_id: int, now: datetime) -> Standing:
    """How a feature stands for somebody now: open to them, and if not, what there is to wait for."""
    opening = openings([feature], now)[feature]
    let_in = lets_in(opening, person_id)
    place = None if let_in else position(feature, person_id, now)
    return Standing(opening.state, let_in, last_day(opening, now), place)


def last_day(opening: Opening, now: datetime) -> date | None:
    """The last day on which people may take what is their own, until it is over; None: there is none."""
    day = opening.wound_down_on
    return day if day is not None and day >= local_day(now) else None


def batches_of(feature: str) -> QuerySet[Batch]:
    """The batches of a feature, the oldest first."""
    return Batch.objects.filter(feature=feature).order_by("pk")


def changes_of(feature: str) -> QuerySet[Change]:
    """The log of a feature, the newest first."""
    return Change.objects.filter(feature=feature).select_related("actor").order_by("-at", "-pk")


def waiting_people(feature: str, now: datetime) -> QuerySet[Waiting]:
    """Who waits, in their turn. Whom a batch has let in since they came does not wait any more."""
    waiting = Waiting.objects.filter(feature=feature).order_by("since", "pk")
    let_in = openings([feature], now)[feature].let_in
    if let_in is None:
        return waiting
    return waiting.exclude(Exists(Person.objects.filter(let_in, pk=OuterRef("person"))))


def position(feature: str, person_id: int, now: datetime) -> int | None:
    """Somebody's place among those who wait, from 1; None if they do not wait."""
    waiting = waiting_people(feature, now)
    mine = waiting.filter(person=person_id).first()
    if mine is None:
        return None
    return waiting.filter(Q(since__lt=mine.since) | Q(since=mine.since, pk__lt=mine.pk)).count() + 1


def waiting_count(feature: str, now: datetime) -> int:
    return waiting_people(feature, now).count()


def listed_count(batch_id: int) -> int:
    """How many people are on the list of a batch."""
    return Listed.objects.filter(batch=batch_id).count()


def due_for_purge(now: datetime) -> list[str]:
    """The features whose content nobody may take any more, and which has not been purged."""
    due = Feature.objects.filter(
        state=State.WINDING_DOWN, wound_down_on__lt=local_day(now), purged_at__isnull=True
    )
    return list(due.order_by("name").values_list("name", flat=True))
