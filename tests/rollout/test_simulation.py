"""A simulation says what plain loops over people say."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kith.people.models import Person
from kith.rollout.rules import Kind, Terms, place_of
from kith.rollout.simulation import FEWEST, Simulation, count_let_in, simulate
from tests.rollout.cast import CIRCLES, NOW, let_in, somebody

REGIONS = ["", "130000", "130600", "130700", "310000", "440300"]
people_of_all_kinds = st.lists(
    st.fixed_dictionaries({
        "region": st.sampled_from(REGIONS),
        "born": st.sampled_from([None, 1950, 1966, 1967, 1970, 1999, 2011]),
        "joined_at": st.sampled_from([NOW - timedelta(days=400), NOW]),
        "is_active": st.sampled_from([True, True, True, False]),
        "password": st.sampled_from(["x", "x", "!never finished"]),
    }),
    min_size=3,
    max_size=40,
)  # fmt: skip
some_terms = st.one_of(
    st.just(Terms(Kind.EVERYONE)),
    st.builds(lambda share: Terms(Kind.SHARE, per_ten_thousand=share), st.integers(1, 10_000)),
    st.builds(lambda region: Terms(Kind.REGION, region=region), st.sampled_from(REGIONS[1:])),
    st.builds(
        lambda age, span: Terms(Kind.AGE, age_from=age, age_to=age + span),
        st.integers(0, 80),
        st.integers(0, 30),
    ),
    st.just(Terms(Kind.JOINED, joined_before=NOW)),
    st.builds(
        lambda places: Terms(Kind.PEOPLE, people=tuple(places)), st.sets(st.integers(0, 2), min_size=1)
    ),
)
"""Of a list, the places of its people among all; `listing` puts their ids there."""


def listing(terms: Terms, people: list[Person]) -> Terms:
    return Terms(Kind.PEOPLE, people=[people[place].pk for place in terms.people]) if terms.people else terms


def is_let_in(one: Person, terms: Terms) -> bool:
    """The rule once more, in plain words."""
    match terms.kind:
        case Kind.EVERYONE:
            return True
        case Kind.SHARE:
            return place_of(CIRCLES, one.pk) < (terms.per_ten_thousand or 0)
        case Kind.PEOPLE:
            return one.pk in terms.people
        case Kind.REGION:
            whole = terms.region[2:] == "0000"
            return one.region[:2] == terms.region[:2] if whole else one.region == terms.region
        case Kind.AGE:
            assert terms.age_from is not None
            assert terms.age_to is not None
            return one.born is not None and terms.age_from <= NOW.year - one.born <= terms.age_to
        case _:
            assert terms.joined_before is not None
            return one.joined_at < terms.joined_before


def by_age(one: Person) -> str:
    if one.born is None:
        return "unknown"
    age = NOW.year - one.born
    for youngest, oldest in ((0, 17), (18, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 79)):
        if youngest <= age <= oldest:
            return f"{youngest}-{oldest}"
    return "80+"


def by_region(one: Person) -> str:
    return f"{one.region[:2]}0000" if one.region else "unknown"


def is_told(table: tuple[tuple[str, int | None], ...], counts: Counter[str]) -> None:
    """Every number is right; those that are missing are the small ones, and never one alone."""
    told = dict(table)
    assert told.keys() == counts.keys()
    hidden = [code for code, number in told.items() if number is None]
    assert all(told[code] == counts[code] for code in counts if code not in hidden)
    assert all(counts[code] >= FEWEST for code in counts if code not in hidden)
    assert len(hidden) != 1 or len(counts) == 1, "one alone could be reckoned from the sum"


class TestAgainstPlainLoops(TestCase):
    @given(facts=people_of_all_kinds, running=st.lists(some_terms, max_size=2), asked=st.lists(some_terms))
    def test_it_agrees(self, facts: list[dict[str, Any]], running: list[Terms], asked: list[Terms]) -> None:
        people = [
            Person.objects.create(handle=f"p{number}", display_name="P", **fact)
            for number, fact in enumerate(facts)
        ]
        running, asked = ([listing(one, people) for one in some] for some in (running, asked))
        batches = [
            let_in(
                terms.kind, people=terms.people, region=terms.region, age_from=terms.age_from,
                age_to=terms.age_to, joined_before=terms.joined_before,
                per_ten_thousand=terms.per_ten_thousand,
            )
            for terms in running
        ]  # fmt: skip
        fit = [one for one in people if one.is_active and one.password != "!never finished"]
        already = [one for one in fit if any(is_let_in(one, terms) for terms in running)]
        newly = [one for one in fit if one not in already and any(is_let_in(one, terms) for terms in asked)]
        result = simulate(CIRCLES, asked, NOW)
        assert (result.people, result.already, result.newly) == (len(fit), len(already), len(newly))
        assert result.out == 0
        for place, batch in enumerate(batches):
            kept = running[:place] + running[place + 1 :]
            out = [one for one in already if not any(is_let_in(one, rule) for rule in [*kept, *asked])]
            assert simulate(CIRCLES, asked, NOW, instead_of=batch.pk).out == len(out)
        assert count_let_in(CIRCLES, NOW) == len(already)
        if len(newly) < FEWEST:
            assert (result.by_region, result.by_age) == ((), ())
        else:
            is_told(result.by_region, Counter(by_region(one) for one in newly))
            is_told(result.by_age, Counter(by_age(one) for one in newly))


def town(now: datetime = NOW) -> Simulation:
    return simulate(CIRCLES, [Terms(Kind.EVERYONE, starts_at=now)], NOW)


@pytest.mark.django_db
def test_few_are_not_counted_out() -> None:
    for number in range(13):
        region = "310000" if number < 7 else "130600" if number < 12 else "440300"
        somebody(f"p{number}", region=region, born=1970)
    assert town().by_region == (("130000", None), ("310000", 7), ("440000", None))
    assert town().by_age == (("50-59", 13),)


@pytest.mark.django_db
def test_of_a_handful_nothing_is_said_but_how_many() -> None:
    for number in range(4):
        somebody(f"p{number}", region="310000")
    assert (town().newly, town().by_region, town().by_age) == (4, (), ())


@pytest.mark.django_db
def test_what_begins_later_is_counted_as_if_it_ran() -> None:
    somebody("mei")
    assert town(NOW + timedelta(days=9)).newly == 1


@pytest.mark.django_db
def test_it_costs_the_same_whoever_there_is() -> None:
    counts = []
    for number in range(0, 40, 20):
        for one in range(number, number + 20):
            somebody(f"p{one}", region="310000", born=1950 + one)
        let_in(Kind.REGION, region="130000")
        with CaptureQueriesContext(connection) as asked:
            town()
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 7
