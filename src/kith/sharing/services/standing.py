"""Whether a person's circle side is open, and what is done with what they buy.

Opening, pausing, suspending and withdrawing touch no share and no delivery: they set
`Person.shows` and its copy on the relationship rows that point at the person, which the
rule reads. So everything is gone for others at their next read.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kith.core.batches import in_batches
from kith.core.errors import Refused
from kith.core.guard import Viewer
from kith.people.locks import lock_people, locked_people
from kith.people.models import DEFAULT_HOLD, MINIMUM_HOLD, Person, Purpose, SharingMode, SharingPreference
from kith.people.queries import find_sharing_preference, has_consented
from kith.people.services import end_consents, record_consent
from kith.people.signed_in import myself
from kith.sharing.deliver import redeliver
from kith.sharing.models import Comment, Like, Share
from kith.shop.models import Category
from kith.ties import services as ties

MOST_HOLD = timedelta(days=14)


class MayNotShare(Refused):
    code: ClassVar[str] = "may-not-share"


class PreferenceRefused(Refused):
    code: ClassVar[str] = "preference-refused"


@transaction.atomic
def open_circles(viewer: Viewer, *, text_version: str, surface: str) -> None:
    """Agree to the circle side. Nothing that was bought or shown before comes back by it."""
    me = myself(viewer)
    person = locked_people(me)[me]
    if has_consented(me, Purpose.SHARING):
        return
    record_consent(
        person_id=me,
        purpose=Purpose.SHARING,
        text_version=text_version,
        surface=surface,
        given=True,
        at=viewer.now,
    )
    _withdraw_the_past(me, viewer.now)
    write_openness(person)


def _withdraw_the_past(person_id: int, now: datetime) -> None:
    """What was shown under an earlier consent stays with its author until they show it again."""
    rows = Share.objects.unguarded("nothing is shared from before consent")
    earlier = list(rows.filter(author=person_id, hidden_at=None).values_list("pk", flat=True))
    for some in in_batches(earlier, 500):
        rows.filter(pk__in=some).update(hidden_at=now, withdrawn_at=Coalesce("withdrawn_at", now))
        redeliver(authors=[person_id], shares=some)


@transaction.atomic
def withdraw_consent(viewer: Viewer, *, surface: str) -> None:
    """Take consent back: the circle side closes, and others see nothing of its author at their next read.

    What they said under other people's shares goes too, and stays away when consent is given anew.
    """
    me = myself(viewer)
    person = locked_people(me)[me]
    if not end_consents([me], purpose=Purpose.SHARING, surface=surface, at=viewer.now):
        return
    mine = Comment.objects.unguarded("whoever withdraws takes their words along")
    mine.filter(author=me, hidden_at=None).update(hidden_at=viewer.now)
    Like.objects.unguarded("whoever withdraws takes their words along").filter(person=me).delete()
    write_openness(person)


@transaction.atomic
def pause(viewer: Viewer) -> None:
    """Show nothing to anybody until resumed."""
    _set_paused(viewer, viewer.now)


@transaction.atomic
def resume(viewer: Viewer) -> None:
    """Show again what was shown before the pause."""
    _set_paused(viewer, None)


def _set_paused(viewer: Viewer, at: datetime | None) -> None:
    me = myself(viewer)
    person = locked_people(me)[me]
    preference = _preference(me, viewer.now)
    preference.paused_at = at
    preference.save()
    write_openness(person)


@transaction.atomic
def suspend(*, person_id: int, now: datetime) -> None:
    """Close the circle side for somebody, by a decision of the shop's staff."""
    _set_suspended(person_id, now)


@transaction.atomic
def unsuspend(*, person_id: int) -> None:
    _set_suspended(person_id, None)


def _set_suspended(person_id: int, at: datetime | None) -> None:
    person = locked_people(person_id)[person_id]
    person.suspended_at = at
    person.save(update_fields=["suspended_at"])
    write_openness(person)


def write_openness(person: Person) -> None:
    """Work out whether a person's circle sharing is open, and write it wherever a rule reads it."""
    preference = find_sharing_preference(person.pk)
    paused = preference is not None and preference.paused_at is not None
    shows = person.suspended_at is None and not paused and has_consented(person.pk, Purpose.SHARING)
    if shows != person.shows:
        person.shows = shows
        person.save(update_fields=["shows"])
        ties.copy_openness(person)


@transaction.atomic
def set_sharing(
    viewer: Viewer,
    *,
    mode: str,
    hold: timedelta = DEFAULT_HOLD,
    excluded_categories: Collection[str] = (),
) -> SharingPreference:
    """Choose what is done with what one buys from now on: off, ask, or after delivery.

    :param hold: 3 minutes to 14 days between delivery and being shown.
    :raises MayNotShare: the circle side has not been agreed to.
    :raises PreferenceRefused: an unknown mode or category, or a hold out of bounds.
    """
    me = myself(viewer)
    lock_people(me)
    if mode not in SharingMode.values:
        raise PreferenceRefused(_("That is not one of the choices."))
    if not MINIMUM_HOLD <= hold <= MOST_HOLD:
        raise PreferenceRefused(_("The wait must be between 3 minutes and 14 days."))
    if mode != SharingMode.OFF and not has_consented(me, Purpose.SHARING):
        raise MayNotShare(_("Open your circles first."))
    excluded = sorted(set(excluded_categories))
    if Category.objects.filter(pk__in=excluded).count() != len(excluded):
        raise PreferenceRefused(_("There is no such category."))
    preference = _preference(me, viewer.now)
    if preference.mode != mode:
        preference.mode, preference.mode_since = mode, viewer.now
    preference.hold, preference.excluded_categories = hold, excluded
    preference.save()
    return preference


def _preference(person_id: int, now: datetime) -> SharingPreference:
    return find_sharing_preference(person_id) or SharingPreference(person_id=person_id, mode_since=now)
