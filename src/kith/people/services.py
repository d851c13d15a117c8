"""All that is written about a person by the person: account, profile, number, consent."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Unpack

from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.people.models import UNFINISHED, Consent, Person, Purpose
from kith.people.profile import ProfileChanges, ProfileRefused, read_changes, read_display_name, read_handle
from kith.people.queries import consents_given, find_person

KEPT_FOR = timedelta(days=1)
_HANDLE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HANDLE_TAKEN = _("Somebody else has this Kith name already. Please choose another.")
_PHONE_TAKEN = _("This number belongs to another account. Sign in with it, or use another number.")


def record_consent(
    *, person_id: int, purpose: Purpose, text_version: str, surface: str, given: bool, at: datetime
) -> Consent:
    """Append to the ledger that somebody agreed, or took it back. What follows is the caller's to do."""
    return Consent.objects.create(
        person_id=person_id, purpose=purpose, text_version=text_version, surface=surface, given=given, at=at
    )


def end_consents(person_ids: Collection[int], *, purpose: Purpose, surface: str, at: datetime) -> set[int]:
    """Note for all of these people who agree now that they do so no more. Returns who did.

    It counts even where a clock that was ahead wrote down the consent: it is never noted as the older.
    """
    agreed = consents_given(person_ids, purpose)
    for person_id, since in agreed.items():
        record_consent(
            person_id=person_id,
            purpose=purpose,
            text_version="",
            surface=surface,
            given=False,
            at=max(at, since),
        )
    return set(agreed)


def open_account(
    *,
    display_name: str,
    now: datetime,
    handle: str = "",
    password: str | None = None,
    language: str = Person.Language.CHINESE,
    care_mode: bool = False,
) -> Person:
    """Make an account. Without a handle it gets one, which its owner may change later.

    :raises ProfileRefused: a name or handle that cannot be, or is taken.
    """
    person = Person(
        display_name=read_display_name(display_name),
        handle=read_handle(handle) if handle else free_handle(),
        language=language,
        care_mode=care_mode,
        joined_at=now,
    )
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise ProfileRefused(_HANDLE_TAKEN, field="handle") from None
    return person


def free_handle() -> str:
    """Draw a handle that nobody has. Without letters that are misread when told over the telephone."""
    while True:
        handle = "u" + "".join(secrets.choice(_HANDLE_LETTERS) for _ in range(8))
        if not Person.objects.filter(handle=handle).exists():
            return handle


def change_profile(viewer: Viewer, **changes: Unpack[ProfileChanges]) -> Person:
    """Change what the viewer says of themselves; what is not named stays.

    :raises ProfileRefused: the first thing that cannot be so; nothing is changed then.
    :raises NotThere: nobody is signed in.
    """
    written = read_changes(changes, now=viewer.now)
    person = find_person(viewer.person_id or 0)
    if person is None:
        raise NotThere
    if written.get("found_by_phone") and not (person.phone and person.phone_verified):
        raise ProfileRefused(_("Add your phone number first."), field="found_by_phone")
    for field, value in written.items():
        setattr(person, field, value)
    try:
        with transaction.atomic():
            person.save(update_fields=list(written))
    except IntegrityError:
        raise ProfileRefused(_HANDLE_TAKEN, field="handle") from None
    return person


def claim_phone(person: Person, *, phone: str) -> tuple[int, ...]:
    """Note the number that somebody says is theirs, until they prove it or another does.

    Called by `strangers.services`, as is `verify_phone`: who hides from a number follows it.

    :returns: whose number is another now: theirs, and that of sign-ups which were never finished.
    :raises ProfileRefused: it belongs to somebody else.
    """
    return _write_phone(person, phone, verified=False)


def verify_phone(person: Person, *, phone: str) -> tuple[int, ...]:
    """Give a number to who entered the code that was sent to it. Returns as `claim_phone` does.

    :raises ProfileRefused: it belongs to somebody else.
    """
    return _write_phone(person, phone, verified=True)


def _write_phone(person: Person, phone: str, *, verified: bool) -> tuple[int, ...]:
    person.phone, person.phone_verified = phone, verified
    unfinished = Person.objects.filter(UNFINISHED, phone=phone).exclude(pk=person.pk)
    losing = list(unfinished.values_list("pk", flat=True))
    try:
        with transaction.atomic():
            Person.objects.filter(UNFINISHED, pk__in=losing).update(phone=None)
            person.save(update_fields=["phone", "phone_verified"])
    except IntegrityError:
        raise ProfileRefused(_PHONE_TAKEN, field="phone") from None
    return (person.pk, *losing)


def forget_tries(*, now: datetime) -> int:
    """Forget wrong passwords of more than a day ago: who tried, and from where. Run from time to time."""
    deleted: int = AccessAttempt.objects.filter(attempt_time__lt=now - KEPT_FOR).delete()[0]
    return deleted


def forget_traces(person: Person) -> None:
    """Forget what stands of an account beside it: wrong passwords, and its name in what staff have done."""
    AccessAttempt.objects.filter(username__in=[person.handle, person.phone]).delete()
    kind = ContentType.objects.get_for_model(Person)
    LogEntry.objects.filter(content_type=kind, object_id=str(person.pk)).update(object_repr="")


def remove_unfinished(*, now: datetime) -> int:
    """Forget sign-ups that were not finished within a day. Run from time to time."""
    stale = Person.objects.filter(UNFINISHED, joined_at__lt=now - KEPT_FOR, is_staff=False)
    _total, by_model = stale.delete()
    return by_model.get(Person._meta.label, 0)
