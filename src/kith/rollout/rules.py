"""Whom a batch lets in, as one condition on people, and when.

A share is drawn by a hash of person and feature that both databases and Python reckon alike:
Carter and Wegman's `((a * x + b) mod p) mod m` with a and b from the feature's name
(Universal classes of hash functions, 1979). Somebody keeps their place among the ten thousand,
so whoever is among the first 5 % is among the first 20 %, and another feature begins with others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Protocol

from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.lookups import LessThan
from django.utils.translation import gettext_lazy as _

from kith.people.models import Person

PRIME = 2**31 - 1
"""With it every product stays below 2**62, which both databases' integers hold."""
PLACES = 10_000


class Kind(models.TextChoices):
    """By what a batch lets people in."""

    EVERYONE = "everyone", _("everybody")
    SHARE = "share", _("a share of all people")
    PEOPLE = "people", _("people on a list")
    REGION = "region", _("a region")
    AGE = "age", _("an age")
    JOINED = "joined", _("who signed up before a date")


class HasTerms(Protocol):
    """What a batch asks of people, and what somebody proposes that one should ask."""

    @property
    def kind(self) -> str: ...
    @property
    def per_ten_thousand(self) -> int | None: ...
    @property
    def region(self) -> str: ...
    @property
    def age_from(self) -> int | None: ...
    @property
    def age_to(self) -> int | None: ...
    @property
    def joined_before(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What a batch shall ask of people. Only what its kind needs is read.

    :param people: ids, for a list.
    :param region: the code of a province, which includes its cities, or of a city.
    :param age_from: the youngest, and `age_to` the oldest, by the year of birth; one may be left out.
    :param starts_at: None means at once.
    """

    kind: str
    per_ten_thousand: int | None = None
    people: Collection[int] = ()
    region: str = ""
    age_from: int | None = None
    age_to: int | None = None
    joined_before: datetime | None = None
    starts_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a feature stands at one instant.

    :param state: open, closed (the kill switch) or winding_down.
    :param let_in: whom it is open to, as a condition on Person: None is nobody, an empty one everybody.
    :param wound_down_on: the last day on which everyone may still take what is theirs.
    """

    state: str
    let_in: Q | None = None
    wound_down_on: date | None = None

    @property
    def is_for_all(self) -> bool:
        return self.let_in is not None and not self.let_in

    @property
    def is_for_nobody(self) -> bool:
        return self.let_in is None


def lets_in(opening: Opening, person_id: int) -> bool:
    """Whether somebody is let in. Nothing is read where it is everybody or nobody."""
    if opening.let_in is None:
        return False
    return not opening.let_in or Person.objects.filter(opening.let_in, pk=person_id).exists()


def unite(rules: Collection[Q]) -> Q | None:
    """One condition for whom any of the rules lets in; None if there is no rule."""
    if not rules:
        return None
    if not all(rules):
        return Q()
    return Q(*rules, _connector=Q.OR)


def rule_of(terms: HasTerms, *, feature: str, listed: Callable[[], Q], now: datetime) -> Q:
    """Match the people whom a batch of a feature lets in; an empty condition matches all.

    :param listed: says what matches those on its list.
    """
    match Kind(terms.kind):
        case Kind.EVERYONE:
            return Q()
        case Kind.SHARE:
            share = terms.per_ten_thousand or 0
            return Q() if share >= PLACES else Q(LessThan(place_expression(feature), share))
        case Kind.PEOPLE:
            return listed()
        case Kind.REGION:
            return _lives_in(terms.region)
        case Kind.AGE:
            return _is_aged(terms.age_from, terms.age_to, now)
        case Kind.JOINED:
            return Q(joined_at__lt=terms.joined_before)


def _lives_in(region: str) -> Q:
    return Q(region__startswith=region[:2]) if region.endswith("0000") else Q(region=region)


def _is_aged(age_from: int | None, age_to: int | None, now: datetime) -> Q:
    """Match by the age that people reach in this year: no more is known of them than the year."""
    aged = Q(born__isnull=False)
    if age_from is not None:
        aged &= Q(born__lte=now.year - age_from)
    if age_to is not None:
        aged &= Q(born__gte=now.year - age_to)
    return aged


def place_expression(feature: str) -> ExpressionWrapper[Any]:
    """Reckon a person's place among the ten thousand, in the database."""
    factor, offset = _draw(feature)
    place = (F("pk") % PRIME * factor + offset) % PRIME % PLACES
    return ExpressionWrapper(place, output_field=models.BigIntegerField())


def place_of(feature: str, person_id: int) -> int:
    """Reckon a person's place among the ten thousand as the database does."""
    factor, offset = _draw(feature)
    return (person_id % PRIME * factor + offset) % PRIME % PLACES


def _draw(feature: str) -> tuple[int, int]:
    """Draw a and b for a feature: from its name, so that they are the same everywhere and for ever."""
    digest = sha256(f"kith rollout {feature}".encode()).digest()
    factor = int.from_bytes(digest[:16], "big") % (PRIME - 1) + 1
    return factor, int.from_bytes(digest[16:], "big") % PRIME
