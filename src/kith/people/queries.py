"""Reads about people: consent, preferences, and who is found by what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from kith.core.compiled import columns_of, compiled, instance_of
from kith.people.models import UNFINISHED, Consent, Person, Purpose, SharingPreference


def find_person(person_id: int) -> Person | None:
    """Who has this id: for every request, so by a query that is compiled."""
    row = next(iter(_people(person=person_id)), None)
    return None if row is None else instance_of(Person, row)


@compiled()
def _people(person: int) -> QuerySet[Any, Any]:
    return Person.objects.filter(pk=person).values_list(*columns_of(Person))


def latest_consent(person_id: int, purpose: Purpose) -> Consent | None:
    """The newest entry of the ledger; None if the person was never asked."""
    entries = Consent.objects.filter(person=person_id, purpose=purpose)
    return entries.order_by("-at", "-id").first()


def has_consented(person_id: int, purpose: Purpose) -> bool:
    latest = _latest_of(person=person_id, purpose=purpose)
    return bool(latest and latest[0].given)


@compiled()
def _latest_of(person: int, purpose: Purpose) -> QuerySet[Any, Any]:
    return last_word_of(person, purpose)


def last_word_of(person_id: int | None, purpose: Purpose) -> QuerySet[Consent, Any]:
    """Whether somebody agrees, of their whole ledger: one value, or none if they were never asked."""
    entries = Consent.objects.filter(person=person_id, purpose=purpose)
    return entries.order_by("-at", "-id").values_list("given")[:1]


def ledger_of(person_id: Any) -> QuerySet[Consent, Any]:
    """Each purpose and whether it was agreed to, the oldest first: the last of a purpose holds.

    :param person_id: None, for somebody who is not known: they have agreed to nothing.
    """
    rows = Consent.objects.none() if person_id is None else Consent.objects.filter(person=person_id)
    return rows.order_by("at", "pk").values_list("purpose", "given")


def agreed_to(ledger: Iterable[tuple[str, bool]]) -> set[str]:
    """The purposes that somebody agrees to, by all of their `ledger_of`."""
    return {purpose for purpose, given in dict(ledger).items() if given}


def find_sharing_preference(person_id: int) -> SharingPreference | None:
    return SharingPreference.objects.filter(person=person_id).first()


def consents_given(person_ids: Collection[int], purpose: Purpose) -> dict[int, datetime]:
    """Those of these people whose consent is live, with the instant at which it was given."""
    entries = Consent.objects.filter(person__among=person_ids, purpose=purpose).order_by("at", "pk")
    latest = {person_id: (at, given) for person_id, at, given in entries.values_list("person", "at", "given")}
    return {person_id: at for person_id, (at, given) in latest.items() if given}


def consents_of(person_id: int) -> tuple[Consent, ...]:
    """A person's whole ledger, newest first."""
    return tuple(Consent.objects.filter(person=person_id).order_by("-at", "-pk"))


def has_second_factor(person_id: int) -> bool:
    """Whether an app or a key is asked for when somebody signs in. Backup codes alone are none."""
    ways = Authenticator.objects.filter(user=person_id)
    return bool(ways.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def find_account_by_phone(phone: str) -> Person | None:
    """Find whose number this is, proven or brought along from the host shop; not who only claims it.

    :param phone: E.164.
    """
    return Person.objects.filter(phone=phone).exclude(UNFINISHED).first()
