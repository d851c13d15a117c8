"""How many people a change would let in, before it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from kith.people.models import UNFINISHED, Person
from kith.rollout.queries import batches_of, openings
from kith.rollout.rules import Kind, Terms, rule_of, unite

FEWEST = 5
"""Fewer people than this are not counted out by where they live or how old they are."""
UNKNOWN = "unknown"
BANDS = ((0, 17), (18, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 79), (80, None))

Tally = tuple[tuple[str, int | None], ...]
"""A code and a number; None stands for fewer than five."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What batches would do once they run and the feature is open.

    :param people: all who have an account that can be used.
    :param already: of them, to whom the feature's running batches open it.
    :param newly: who would come in besides; the two tables are about them.
    :param out: who would be out, where the batches come instead of another.
    :param by_region: by province, in the order of the codes; `unknown` last.
    :param by_age: by band, the youngest first, by the age people reach this year; `unknown` last.
    """

    people: int
    already: int
    newly: int
    out: int
    by_region: Tally
    by_age: Tally


def simulate(
    feature: str, batches: Sequence[Terms], now: datetime, *, instead_of: int | None = None
) -> Simulation:
    """Count whom batches would let in besides those whom the feature's running batches let in.

    :param instead_of: the number of a batch that they would replace.
    """
    people = _accounts()
    running = {batch.pk: batch.rule(now) for batch in batches_of(feature) if batch.is_running(now)}
    inside, proposed = unite(running.values()), [_rule(feature, terms, now) for terms in batches]
    kept = [rule for pk, rule in running.items() if pk != instead_of]
    newly = _without(_matching(people, unite(proposed)), inside)
    number = newly.count()
    few = number < FEWEST
    return Simulation(
        people=people.count(),
        already=_matching(people, inside).count(),
        newly=number,
        out=_without(_matching(people, inside), unite([*kept, *proposed])).count(),
        by_region=() if few else _hide_few(_by_region(newly)),
        by_age=() if few else _hide_few(_by_age(newly, now)),
    )


def count_let_in(feature: str, now: datetime) -> int:
    """How many people a feature is open to now."""
    return _matching(_accounts(), openings([feature], now)[feature].let_in).count()


def count_matching(rule: Q) -> int:
    """How many people a batch is about."""
    return _matching(_accounts(), rule).count()


def _accounts() -> QuerySet[Person]:
    return Person.objects.filter(is_active=True).exclude(UNFINISHED)


def _rule(feature: str, terms: Terms, now: datetime) -> Q:
    listed = Q(pk__in=list(terms.people)) if terms.kind == Kind.PEOPLE else Q()
    return rule_of(terms, feature=feature, listed=lambda: listed, now=now)


def _matching(people: QuerySet[Person], rule: Q | None) -> QuerySet[Person]:
    return people.none() if rule is None else people.filter(rule)


def _without(people: QuerySet[Person], rule: Q | None) -> QuerySet[Person]:
    if rule is None:
        return people
    return people.exclude(Exists(Person.objects.filter(rule, pk=OuterRef("pk"))))


def _by_region(people: QuerySet[Person]) -> dict[str, int]:
    rows = people.values_list(Substr("region", 1, 2)).annotate(number=Count("pk")).order_by()
    counts = {f"{start}0000" if start else UNKNOWN: number for start, number in rows}
    return dict(sorted(counts.items()))


def _by_age(people: QuerySet[Person], now: datetime) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for born, number in people.values_list("born").annotate(number=Count("pk")).order_by():
        counts[UNKNOWN if born is None else band_of(now.year - born)] += number
    labels = [label_of(*band) for band in BANDS]
    return {label: counts[label] for label in (*labels, UNKNOWN) if counts[label]}


def band_of(age: int) -> str:
    """The band that an age lies in, such as 50-59."""
    band = next(band for band in BANDS if band[1] is None or age <= band[1])
    return label_of(*band)


def label_of(youngest: int, oldest: int | None) -> str:
    return f"{youngest}+" if oldest is None else f"{youngest}-{oldest}"


def _hide_few(counts: Mapping[str, int]) -> Tally:
    """Hide small numbers, and the smallest of the others if one alone could be reckoned from the sum."""
    hidden = {code for code, number in counts.items() if number < FEWEST}
    others: list[Any] = sorted((number, code) for code, number in counts.items() if code not in hidden)
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return tuple((code, None if code in hidden else number) for code, number in counts.items())
