"""The ledger of consent takes entries and gives none back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from kith.people.models import Consent, Person, Purpose
from kith.people.queries import has_consented, latest_consent
from kith.people.services import end_consents, record_consent
from tests.people.signing import mei

pytestmark = pytest.mark.django_db


def say(person: Person, at: datetime, *, given: bool) -> Consent:
    return record_consent(
        person_id=person.pk, purpose=Purpose.SHARING, text_version="1", surface="web", given=given, at=at
    )


def test_the_latest_entry_counts(now: datetime) -> None:
    person = mei()
    assert not has_consented(person.pk, Purpose.SHARING)
    say(person, now, given=True)
    assert has_consented(person.pk, Purpose.SHARING)
    say(person, now, given=False)
    assert not has_consented(person.pk, Purpose.SHARING), "at one instant, what was said last"
    say(person, now - timedelta(days=1), given=True)
    assert not has_consented(person.pk, Purpose.SHARING), "by its own time, not by when it was written"
    assert Consent.objects.filter(person=person).count() == 3


def test_whoever_ends_it_has_ended_it_whatever_the_clocks_say(now: datetime) -> None:
    person, other = mei(), Person.objects.create_user("bo", display_name="Bo")
    say(person, now + timedelta(days=1), given=True)
    say(other, now, given=False)
    ending: Any = {"purpose": Purpose.SHARING, "surface": "web", "at": now}
    assert end_consents([person.pk, other.pk], **ending) == {person.pk}
    assert not has_consented(person.pk, Purpose.SHARING)
    assert end_consents([person.pk, other.pk], **ending) == set()
    assert Consent.objects.count() == 3


CHANGES: dict[str, Callable[[Consent], object]] = {
    "save": lambda entry: entry.save(),
    "delete": lambda entry: entry.delete(),
    "update": lambda entry: Consent.objects.filter(pk=entry.pk).update(given=False),
    "queryset delete": lambda entry: Consent.objects.filter(pk=entry.pk).delete(),
    "bulk_update": lambda entry: Consent.objects.bulk_update([entry], ["given"]),
    "update_or_create": lambda entry: Consent.objects.update_or_create(
        pk=entry.pk, defaults={"given": False}
    ),
    "upsert": lambda entry: Consent.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["id"], update_fields=["given"]
    ),
}


@pytest.mark.parametrize("way", CHANGES)
def test_no_entry_is_ever_changed_or_removed(now: datetime, way: str) -> None:
    entry = say(mei(), now, given=True)
    with pytest.raises(TypeError, match="append-only"), transaction.atomic():
        CHANGES[way](entry)
    kept = latest_consent(entry.person_id, Purpose.SHARING)
    assert kept is not None
    assert kept.given


def test_erasing_the_account_erases_its_entries(now: datetime) -> None:
    person = mei()
    say(person, now, given=True)
    person.delete()
    assert not Consent.objects.exists()
