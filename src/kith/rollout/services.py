"""Opening and closing features. It takes effect at everybody's next request.

Each service writes what it did into the log, in the same transaction: who (`actor`), from where
(`surface`: web, api, cli or job), when (`now`), and why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.clock import local_day
from kith.core.errors import NotThere
from kith.people.models import Person
from kith.rollout.models import FEATURES, Batch, Change, Feature, Listed, State, Waiting, What
from kith.rollout.queries import is_open, listed_count, waiting_people
from kith.rollout.rules import Kind, Terms
from kith.rollout.terms import RolloutRefused, describe, fields_of, refuse_unfit

__all__ = [
    "RolloutRefused", "Terms", "admit_waiting", "change_batch", "close", "join_waiting", "leave_waiting",
    "open_batch", "open_to_everyone", "pause_batch", "record_purge", "remove_batch", "reopen",
    "resume_batch", "set_up", "wind_down",
]  # fmt: skip


@transaction.atomic
def set_up(feature: str, *, actor: Person | None, why: str, surface: str, now: datetime) -> Feature:
    """Set up a feature, open to nobody yet. All other services do so by themselves.

    :raises RolloutRefused: it is set up already, there is no such feature, or nobody says why.
    """
    if Feature.objects.filter(name=feature).exists():
        raise RolloutRefused(_("This feature is set up already."))
    found = _lock(feature, now)
    _log(found, What.SET_UP, {}, {"state": found.state}, actor=actor, why=why, surface=surface, now=now)
    return found


# --- Batches -------------------------------------------------------------------------


@transaction.atomic
def open_batch(
    feature: str, terms: Terms, *, actor: Person | None, why: str, surface: str, now: datetime
) -> Batch:
    """Open a feature to a batch of people, besides those to whom it is open already.

    :raises RolloutRefused: the terms make no sense, there is no such feature, or nobody says why.
    """
    refuse_unfit(terms, now=now)
    found = _lock(feature, now)
    batch = Batch.objects.create(
        feature=found, starts_at=terms.starts_at or now, note=terms.note, **fields_of(terms)
    )
    _put_on_list(batch, terms.people)
    _log(found, What.BATCH_OPENED, {}, _said(batch), actor=actor, why=why, surface=surface, now=now)
    return batch


@transaction.atomic
def change_batch(
    batch_id: int, terms: Terms, *, actor: Person | None, why: str, surface: str, now: datetime
) -> Batch:
    """Give a batch other terms. What begins at no stated time begins when it did.

    :raises NotThere: there is no such batch.
    :raises RolloutRefused: the terms make no sense, or nobody says why.
    """
    batch = _lock_batch(batch_id)
    begun = terms.starts_at is None or terms.starts_at == batch.starts_at
    refuse_unfit(replace(terms, starts_at=None) if begun else terms, now=now)
    before = _said(batch)
    for name, value in {**fields_of(terms), "note": terms.note}.items():
        setattr(batch, name, value)
    batch.starts_at = terms.starts_at or batch.starts_at
    batch.save()
    Listed.objects.filter(batch=batch).delete()
    _put_on_list(batch, terms.people)
    _logged(batch, What.BATCH_CHANGED, before, actor=actor, why=why, surface=surface, now=now)
    return batch


@transaction.atomic
def pause_batch(batch_id: int, *, actor: Person | None, why: str, surface: str, now: datetime) -> Batch:
    """Let nobody in by this batch until it goes on.

    :raises NotThere: there is no such batch.
    :raises RolloutRefused: it is paused already, or nobody says why.
    """
    batch = _lock_batch(batch_id)
    if batch.paused_at is not None:
        raise RolloutRefused(_("This batch is paused already."))
    before, batch.paused_at = _said(batch), now
    batch.save(update_fields=["paused_at"])
    _logged(batch, What.BATCH_PAUSED, before, actor=actor, why=why, surface=surface, now=now)
    return batch


@transaction.atomic
def resume_batch(batch_id: int, *, actor: Person | None, why: str, surface: str, now: datetime) -> Batch:
    """Let people in by a paused batch again.

    :raises NotThere: there is no such batch.
    :raises RolloutRefused: it is not paused, or nobody says why.
    """
    batch = _lock_batch(batch_id)
    if batch.paused_at is None:
        raise RolloutRefused(_("This batch is not paused."))
    before, batch.paused_at = _said(batch), None
    batch.save(update_fields=["paused_at"])
    _logged(batch, What.BATCH_RESUMED, before, actor=actor, why=why, surface=surface, now=now)
    return batch


@transaction.atomic
def remove_batch(batch_id: int, *, actor: Person | None, why: str, surface: str, now: datetime) -> None:
    """Remove a batch; it stays in the log.

    :raises NotThere: there is no such batch.
    :raises RolloutRefused: nobody says why.
    """
    batch = _lock_batch(batch_id)
    before = _said(batch)
    batch.delete()
    _log(batch.feature, What.BATCH_REMOVED, before, {}, actor=actor, why=why, surface=surface, now=now)


def open_to_everyone(
    feature: str, *, now: datetime, why: str, surface: str, actor: Person | None = None
) -> Batch:
    """Open a feature to everybody by a batch of its own."""
    return open_batch(feature, Terms(Kind.EVERYONE), actor=actor, why=why, surface=surface, now=now)


# --- The whole feature -----------------------------------------------------------------


@transaction.atomic
def close(feature: str, *, actor: Person | None, why: str, surface: str, now: datetime) -> Feature:
    """Close a feature for all, at the next request: the kill switch. Nothing of it is lost.

    :raises RolloutRefused: it is closed or its content purged, there is no such feature, or nobody says why.
    """
    found = _lock(feature, now)
    if found.state == State.CLOSED:
        raise RolloutRefused(_("It is closed already."))
    if found.purged_at is not None:
        raise RolloutRefused(_("What was in it has been purged: nobody sees anything of it any more."))
    return _set_state(found, State.CLOSED, What.CLOSED, actor=actor, why=why, surface=surface, now=now)


@transaction.atomic
def reopen(feature: str, *, actor: Person | None, why: str, surface: str, now: datetime) -> Feature:
    """Open a closed feature, or one that is winding down, to the batches it has.

    :raises RolloutRefused: it is open, there is no such feature, or nobody says why.
    """
    found = _lock(feature, now)
    if found.state == State.OPEN:
        raise RolloutRefused(_("It is open already."))
    return _set_state(found, State.OPEN, What.REOPENED, actor=actor, why=why, surface=surface, now=now)


@transaction.atomic
def wind_down(
    feature: str, *, until: date, actor: Person | None, why: str, surface: str, now: datetime
) -> Feature:
    """Let everyone only read, copy and erase their own until a day has passed; then all of it is purged.

    :raises RolloutRefused: the feature is not closed and not winding down, the day has come already,
        the purge is done, there is no such feature, or nobody says why.
    """
    found = _lock(feature, now)
    if found.state == State.OPEN:
        raise RolloutRefused(_("Close it first: only a closed feature is wound down."))
    if found.purged_at is not None:
        raise RolloutRefused(_("What was in it has been purged already."))
    if until <= local_day(now):
        raise RolloutRefused(_("The last day has to be after today."))
    return _set_state(
        found, State.WINDING_DOWN, What.WINDING_DOWN, until=until,
        actor=actor, why=why, surface=surface, now=now,
    )  # fmt: skip


@transaction.atomic
def record_purge(feature: str, what: Mapping[str, Any], *, now: datetime, whole: bool = True) -> Feature:
    """Write down that a feature's content is gone, and what it was. It deletes nothing itself.

    :param what: how many of what.
    :param whole: all of it is gone; else only this, since the feature was opened again or given more time.
    :raises RolloutRefused: people may still take what is theirs, or it was recorded before.
    """
    found = _lock(feature, now)
    if whole and not _is_due(found, now):
        raise RolloutRefused(_("Nothing is to be purged here now."))
    found.changed_at, found.purged_at = now, now if whole else found.purged_at
    found.save(update_fields=["purged_at", "changed_at"])
    Change.objects.create(feature=found, at=now, surface="job", what=What.PURGED, after=dict(what))
    return found


def hold_if_due(feature: str, now: datetime) -> bool:
    """Hold a feature until the transaction ends, and say whether its content is still to be purged."""
    return _is_due(_lock(feature, now), now)


def _is_due(feature: Feature, now: datetime) -> bool:
    over = feature.wound_down_on is not None and feature.wound_down_on < local_day(now)
    return over and feature.purged_at is None


# --- The waiting list ----------------------------------------------------------------


@transaction.atomic
def join_waiting(person_id: int, feature: str, *, now: datetime) -> Waiting:
    """Put somebody at the end of the waiting list; who waits already keeps their place.

    :raises RolloutRefused: it is open to them, it is winding down, or there is no such feature.
    """
    found = _lock(feature, now)
    if found.state == State.WINDING_DOWN:
        raise RolloutRefused(_("This is coming to its end: nobody is let in any more."))
    if is_open(feature, person_id, now):
        raise RolloutRefused(_("It is open to you already."))
    return Waiting.objects.get_or_create(feature=found, person_id=person_id, defaults={"since": now})[0]


def leave_waiting(person_id: int, feature: str) -> None:
    """Take somebody off the waiting list, if they are on it."""
    Waiting.objects.filter(feature=feature, person=person_id).delete()


@transaction.atomic
def admit_waiting(
    feature: str, count: int, *, actor: Person | None, why: str, surface: str, now: datetime
) -> Batch:
    """Let in the first who wait, by a list, and take them off the waiting list.

    :raises RolloutRefused: nobody waits, the number is none, the feature is not open, or nobody says why.
    """
    if count < 1:
        raise RolloutRefused(_("Say how many people to let in."))
    found = _lock(feature, now)
    if found.state != State.OPEN:
        raise RolloutRefused(_("It is closed: open it again before you let people in."))
    first = list(waiting_people(feature, now).values_list("pk", "person")[:count])
    if not first:
        raise RolloutRefused(_("Nobody is waiting."))
    batch = Batch.objects.create(feature=found, kind=Kind.PEOPLE, starts_at=now)
    _put_on_list(batch, [person for _waiting, person in first])
    Waiting.objects.filter(pk__in=[waiting for waiting, _person in first]).delete()
    _log(found, What.ADMITTED, {}, _said(batch), actor=actor, why=why, surface=surface, now=now)
    return batch


# --- Below all of them -----------------------------------------------------------------


def _lock(feature: str, now: datetime) -> Feature:
    """Take the feature's row for this transaction, made if it is not there."""
    if feature not in FEATURES:
        names = ", ".join(FEATURES)
        raise RolloutRefused(_("There is no such feature. There are: %(names)s.") % {"names": names})
    Feature.objects.get_or_create(name=feature, defaults={"changed_at": now})
    return Feature.objects.select_for_update().get(name=feature)


def _lock_batch(batch_id: int) -> Batch:
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NotThere(f"batch {batch_id}")
    batch.feature = Feature.objects.select_for_update().get(pk=batch.feature_id)
    batch.refresh_from_db(fields=["paused_at"])
    return batch


def _put_on_list(batch: Batch, people: Collection[int]) -> None:
    Listed.objects.bulk_create(Listed(batch=batch, person_id=person) for person in sorted(set(people)))


def _set_state(
    feature: Feature, state: str, what: str, *, until: date | None = None, now: datetime, **by: Any
) -> Feature:
    before = _standing(feature)
    feature.state, feature.wound_down_on, feature.purged_at = state, until, None
    feature.save(update_fields=["state", "wound_down_on", "purged_at"])
    _log(feature, what, before, _standing(feature), now=now, **by)
    return feature


def _standing(feature: Feature) -> dict[str, Any]:
    """What the log keeps of how a feature stands."""
    until = feature.wound_down_on
    return {"state": feature.state} | ({"until": until.isoformat()} if until else {})


def _said(batch: Batch) -> dict[str, Any]:
    return describe(batch, listed=listed_count(batch.pk) if batch.kind == Kind.PEOPLE else 0)


def _logged(batch: Batch, what: str, before: dict[str, Any], *, now: datetime, **by: Any) -> None:
    _log(batch.feature, what, before, _said(batch), now=now, **by)


def _log(
    feature: Feature, what: str, before: dict[str, Any], after: dict[str, Any], *,
    actor: Person | None, why: str, surface: str, now: datetime,
) -> None:  # fmt: skip
    """Append to the log. Whoever gives no reason gets nothing done: the transaction goes back."""
    if not why.strip():
        raise RolloutRefused(_("Say why: it stands in the log."))
    feature.changed_at = now
    feature.save(update_fields=["changed_at"])
    Change.objects.create(
        feature=feature, at=now, actor=actor, surface=surface, what=what, before=before, after=after,
        why=why.strip(),
    )  # fmt: skip
