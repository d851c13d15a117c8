"""What terms make sense, and how a batch reads in the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.people.models import Person
from kith.people.regions import is_region
from kith.rollout.models import Batch
from kith.rollout.rules import PLACES, Kind, Terms

OLDEST = 120
LONGEST_LIST = 10_000
LONGEST_NOTE = 200


class RolloutRefused(Refused):
    """A change of a feature that makes no sense; it says why."""

    code = "rollout-refused"


def refuse_unfit(terms: Terms, *, now: datetime) -> None:
    """Raise unless the terms make sense.

    :raises RolloutRefused: they do not.
    """
    if fault := _fault_of_kind(terms) or _fault_of_rest(terms, now):
        raise RolloutRefused(fault)


def fields_of(terms: Terms) -> dict[str, Any]:
    """The columns of a batch with these terms; what its kind does not read is left empty."""
    empty = {
        "per_ten_thousand": None, "region": "", "age_from": None, "age_to": None, "joined_before": None,
    }  # fmt: skip
    read = {
        Kind.SHARE: ("per_ten_thousand",),
        Kind.REGION: ("region",),
        Kind.AGE: ("age_from", "age_to"),
        Kind.JOINED: ("joined_before",),
    }
    kind = Kind(terms.kind)
    return {"kind": kind, **empty} | {name: getattr(terms, name) for name in read.get(kind, ())}


def describe(batch: Batch, *, listed: int) -> dict[str, Any]:
    """Write a batch for the log: its number and what it asks; of a list, how many are on it."""
    told: dict[str, Any] = {"batch": batch.pk, "kind": str(batch.kind)}
    for name in ("per_ten_thousand", "region", "age_from", "age_to", "note"):
        if (value := getattr(batch, name)) not in (None, ""):
            told[name] = value
    for name in ("joined_before", "starts_at", "paused_at"):
        if at := getattr(batch, name):
            told[name] = at.isoformat()
    return told | ({"people": listed} if batch.kind == Kind.PEOPLE else {})


def _fault_of_kind(terms: Terms) -> Promise | None:
    if terms.kind not in Kind.values:
        return _("Say whom to let in.")
    match Kind(terms.kind):
        case Kind.SHARE if not 1 <= (terms.per_ten_thousand or 0) <= PLACES:
            return _("A share is more than 0 and at most 100 per cent, in steps of a hundredth.")
        case Kind.REGION if not is_region(terms.region):
            return _("There is no such province or city.")
        case Kind.AGE:
            return _fault_of_ages(terms.age_from, terms.age_to)
        case Kind.JOINED if terms.joined_before is None:
            return _("Say before when they have signed up.")
        case Kind.PEOPLE:
            return _fault_of_list(terms)
        case _:
            return None


def _fault_of_ages(age_from: int | None, age_to: int | None) -> Promise | None:
    if age_from is None and age_to is None:
        return _("Say from what age or up to what age.")
    if any(age is not None and not 0 <= age <= OLDEST for age in (age_from, age_to)):
        return _("An age is between 0 and 120.")
    if age_from is not None and age_to is not None and age_from > age_to:
        return _("The youngest age is above the oldest.")
    return None


def _fault_of_list(terms: Terms) -> Promise | None:
    people = set(terms.people)
    if not people:
        return _("There is nobody on the list.")
    if len(people) > LONGEST_LIST:
        return _("At most ten thousand people fit on one list.")
    if Person.objects.filter(pk__in=people).count() != len(people):
        return _("Somebody on the list has no account.")
    return None


def _fault_of_rest(terms: Terms, now: datetime) -> Promise | None:
    for at in (terms.starts_at, terms.joined_before):
        if at is not None and at.tzinfo is None:
            return _("A time needs its time zone.")
    if terms.starts_at is not None and terms.starts_at < now:
        return _("The beginning lies in the past.")
    if len(terms.note) > LONGEST_NOTE:
        return _("The note is too long.")
    return None
