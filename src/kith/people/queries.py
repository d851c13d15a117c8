"""Reads about people: consent, preferences, and who is found by what."""

from __future__ import annotations

from kith.people.models import Consent, Purpose, SharingPreference


def latest_consent(person_id: int, purpose: Purpose) -> Consent | None:
    """The newest entry of the ledger; None if the person was never asked."""
    entries = Consent.objects.filter(person=person_id, purpose=purpose)
    return entries.order_by("-at", "-id").first()


def has_consented(person_id: int, purpose: Purpose) -> bool:
    latest = latest_consent(person_id, purpose)
    return latest is not None and latest.given


def find_sharing_preference(person_id: int) -> SharingPreference | None:
    return SharingPreference.objects.filter(person=person_id).first()
