"""Accounts of a source, and what these people have agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from kith.core.guard import Viewer
from kith.core.ids import random_id, write_id
from kith.people.models import (
    Consent,
    Person,
    Purpose,
    SharingMode,
    SharingPreference,
    birth_years,
)
from kith.people.profile import ProfileRefused, read_display_name, read_handle
from kith.people.queries import find_sharing_preference, latest_consent
from kith.people.services import record_consent
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.goods import coarse_region
from kith.sharing.intake.records import ConsentEntry, Origin, PersonRecord
from kith.sharing.intake.verdicts import TAKEN, Verdict, rejected
from kith.sharing.services.standing import open_circles, withdraw_consent, write_openness
from kith.ties import contacts

CLOCKS_DIFFER_BY = timedelta(minutes=10)
"""How far ahead of ours a source's clock may be. Nobody agrees to anything in the future."""


def take_people(records: Sequence[PersonRecord], origin: Origin) -> list[Verdict]:
    """Make or change accounts, with their consent and their standing choice about sharing."""
    taking = _Taking(records, origin)
    verdicts: list[Verdict] = []
    for record in records:
        try:
            taking.take(record)
            verdicts.append(TAKEN)
        except RecordRefused as refusal:
            verdicts.append(rejected(str(refusal)))
    taking.write()
    return verdicts


class _Taking:
    """A batch of people: who is here already, who is new, and whose number and handle is whose."""

    def __init__(self, records: Sequence[PersonRecord], origin: Origin) -> None:
        self._source, self._now = origin.source, origin.now
        ids = [record.id for record in records]
        rows = Person.objects.filter(source=self._source, external_id__in=ids).order_by("pk")
        self._here = {person.external_id: person for person in rows.select_for_update(no_key=True)}
        phones = [record.phone for record in records if record.phone]
        handles = [record.handle for record in records if record.handle]
        self._phones = dict(Person.objects.filter(phone__in=phones).values_list("phone", "pk"))
        self._handles = dict(Person.objects.filter(handle__in=handles).values_list("handle", "pk"))
        self._new: list[Person] = []
        self._changed: list[tuple[Person, PersonRecord]] = []
        self._preferences: list[SharingPreference] = []
        self._consents: list[Consent] = []

    def take(self, record: PersonRecord) -> None:
        """:raises RecordRefused: what the profile may not say, or somebody else's number or handle."""
        here = self._here.get(record.id)
        person = here or Person(
            pk=random_id(), source=self._source, external_id=record.id, joined_at=self._now
        )
        fields = self._profile(record)
        self._claim(record, person.pk)
        for name, value in fields.items():
            setattr(person, name, value)
        if here is None:
            self._begin(person, record)
        else:
            self._changed.append((person, record))

    def _profile(self, record: PersonRecord) -> dict[str, Any]:
        if record.consent is not None and record.consent.at > self._now + CLOCKS_DIFFER_BY:
            raise RecordRefused("consent is in the future")
        if record.born is not None and record.born not in birth_years(self._now):
            years = birth_years(self._now)
            raise RecordRefused(f"born is not between {years[0]} and {years[-1]}")
        region = coarse_region(record.region)
        if record.region and not region:
            raise RecordRefused(f"there is no region {record.region}")
        optional = {
            "region": region or None,
            "born": record.born,
            "phone": record.phone,
            "handle": _handle(record.handle),
            "language": record.language,
            "care_mode": record.care_mode,
        }
        told = {name: value for name, value in optional.items() if value is not None}
        return {"display_name": _name(record.name), **told}

    def _claim(self, record: PersonRecord, person_id: int) -> None:
        if self._phones.get(record.phone or "", person_id) != person_id:
            raise RecordRefused("phone belongs to another account")
        if self._handles.get(record.handle or "", person_id) != person_id:
            raise RecordRefused("handle belongs to another account")
        if record.phone:
            self._phones[record.phone] = person_id
        if record.handle:
            self._handles[record.handle] = person_id

    def _begin(self, person: Person, record: PersonRecord) -> None:
        person.handle = person.handle or f"u{write_id(person.pk)}"
        person.password = make_password(None)
        person.suspended_at = self._now if record.suspended else None
        if record.consent is not None:
            self._consents.append(_entry(person.pk, record.consent, self._source))
            person.shows = record.consent.given and not record.paused and not record.suspended
        preference = SharingPreference(person=person, mode_since=self._now)
        if _write_choice(preference, record, self._now, is_new=True):
            self._preferences.append(preference)
        self._new.append(person)

    def write(self) -> None:
        Person.objects.bulk_create(self._new, batch_size=500)
        SharingPreference.objects.bulk_create(self._preferences, batch_size=500)
        Consent.objects.bulk_create(self._consents, batch_size=500)
        for person, record in self._changed:
            person.save()
            self._change(person, record)
        # Whoever hides from a number hides from its owner, as soon as it is known whose it is.
        people = [*self._new, *(person for person, _record in self._changed)]
        contacts.numbers_changed([person.pk for person in people])

    def _change(self, person: Person, record: PersonRecord) -> None:
        if record.suspended is not None:
            person.suspended_at = (person.suspended_at or self._now) if record.suspended else None
            person.save(update_fields=["suspended_at"])
        if record.consent is not None:
            _record(person.pk, record.consent, self._source)
            person.refresh_from_db(fields=["shows"])
        found = find_sharing_preference(person.pk)
        preference = found or SharingPreference(person=person, mode_since=self._now)
        if _write_choice(preference, record, self._now, is_new=found is None):
            preference.save()
        write_openness(person)


def _name(text: str) -> str:
    try:
        return read_display_name(text)
    except ProfileRefused:
        raise RecordRefused("name has signs that cannot be shown") from None


def _handle(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return read_handle(text)
    except ProfileRefused:
        raise RecordRefused(
            "handle is not 3 to 20 letters a-z, digits and _, or is kept for the shop"
        ) from None


def _entry(person_id: int, consent: ConsentEntry, source: str) -> Consent:
    return Consent(
        person_id=person_id,
        purpose=Purpose.SHARING,
        text_version=consent.version,
        surface=_surface(source),
        given=consent.given,
        at=consent.at,
    )


def _surface(source: str) -> str:
    return f"import:{source}"[:40]


def _record(person_id: int, consent: ConsentEntry, source: str) -> None:
    """Append to the ledger what is newer than all that stands there; an older word changes nothing."""
    latest = latest_consent(person_id, Purpose.SHARING)
    if latest is not None and consent.at <= latest.at:
        return
    live = latest is not None and latest.given
    viewer = Viewer(person_id, consent.at)
    if consent.given and not live:
        open_circles(viewer, text_version=consent.version, surface=_surface(source))
    elif not consent.given and live:
        withdraw_consent(viewer, surface=_surface(source))
    else:
        record_consent(
            person_id=person_id,
            purpose=Purpose.SHARING,
            text_version=consent.version,
            surface=_surface(source),
            given=consent.given,
            at=consent.at,
        )


def _write_choice(
    preference: SharingPreference, record: PersonRecord, now: datetime, *, is_new: bool
) -> bool:
    """Write the standing choice that a record tells; say whether it tells any.

    The newest choice wins, whether it was made here or there: a record that tells of an older
    one leaves `mode` as it is.
    """
    agreed = record.consent.at if record.consent is not None else None
    since = record.sharing_since or agreed or now
    if record.sharing is not None and (is_new or since > preference.mode_since):
        if is_new or preference.mode != record.sharing:
            preference.mode_since = since
        preference.mode = SharingMode(record.sharing)
    if record.hold_minutes is not None:
        preference.hold = timedelta(minutes=record.hold_minutes)
    if record.excluded_categories is not None:
        preference.excluded_categories = sorted(record.excluded_categories)
    if record.paused is not None:
        preference.paused_at = (preference.paused_at or now) if record.paused else None
    told = (record.sharing, record.hold_minutes, record.excluded_categories, record.paused)
    return any(value is not None for value in told)
