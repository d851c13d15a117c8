"""Whom a share draws, and whom each kind of batch lets in."""

from __future__ import annotations

from datetime import timedelta
from math import sqrt
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.db.models import OuterRef, Q, Subquery
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from kith.people.models import Consent, Person
from kith.rollout import services
from kith.rollout.models import Feature
from kith.rollout.queries import is_open, lets_in, openings
from kith.rollout.rules import PLACES, Kind, Terms, place_expression, place_of, rule_of
from tests.rollout.cast import CIRCLES, NOW, how, is_in, later, let_in, somebody

ids = st.integers(0, 2**63 - 1)


# --- The hash ----------------------------------------------------------------------------


@given(person=ids, feature=st.text(max_size=40))
def test_a_place_is_one_of_ten_thousand_and_never_overflows(person: int, feature: str) -> None:
    assert 0 <= place_of(feature, person) < PLACES


@given(person=ids, shares=st.tuples(st.integers(1, PLACES), st.integers(1, PLACES)))
def test_a_smaller_share_stays_inside_a_larger_one(person: int, shares: tuple[int, int]) -> None:
    small, large = sorted(shares)
    place = place_of(CIRCLES, person)
    assert not place < small or place < large


@pytest.mark.parametrize("drawn", ["at random", "one after the other", "a thousand apart"])
def test_places_are_drawn_evenly(drawn: str) -> None:
    """Chi-squared over a hundred cells: for a fair draw it lies about 99, hardly ever beyond 99 ± 70."""
    draw, number = Random(7), 200_000
    people = {
        "at random": [draw.getrandbits(63) for _ in range(number)],
        "one after the other": range(number),
        "a thousand apart": range(0, number * 1000, 1000),
    }[drawn]
    cells = [0] * 100
    for person in people:
        cells[place_of(CIRCLES, person) // 100] += 1
    expected = number / 100
    chi = sum((cell - expected) ** 2 / expected for cell in cells)
    assert chi < 99 + 5 * sqrt(2 * 99), chi


def test_features_draw_independently() -> None:
    """Who is in the first tenth of one is in the first tenth of another one time in ten."""
    draw = Random(11)
    people = [draw.getrandbits(63) for _ in range(100_000)]
    first = [one for one in people if place_of("circles", one) < 1000]
    both = sum(place_of("strangers", one) < 1000 for one in first) / len(first)
    assert abs(both - 0.1) < 0.02


@pytest.mark.django_db
def test_the_database_reckons_as_python_does() -> None:
    draw = Random(3)
    edges = [1, 2**31 - 2, 2**31 - 1, 2**31, 2**62, 2**63 - 1]
    made = [*edges, *(draw.getrandbits(63) for _ in range(200))]
    Person.objects.bulk_create(
        Person(id=number, handle=f"p{place}", display_name="P") for place, number in enumerate(made)
    )
    for feature in ("circles", "strangers", "another", ""):
        rows = Person.objects.annotate(place=place_expression(feature)).values_list("pk", "place")
        assert dict(rows) == {number: place_of(feature, number) for number in made}


# --- Kinds of batches --------------------------------------------------------------------


@pytest.mark.django_db
class TestKinds:
    def test_nobody_is_in_before_there_is_a_batch(self) -> None:
        mei = somebody("mei")
        assert not is_in(mei)
        services.set_up(CIRCLES, **how())
        assert not is_in(mei)

    def test_everybody(self) -> None:
        let_in(Kind.EVERYONE)
        assert is_in(somebody("mei"))

    def test_a_share_is_those_whose_place_is_below_it(self) -> None:
        people = [somebody(f"p{number}") for number in range(40)]
        places = sorted(place_of(CIRCLES, one.pk) for one in people)
        let_in(Kind.SHARE, per_ten_thousand=places[20])
        for one in people:
            assert is_in(one) == (place_of(CIRCLES, one.pk) < places[20])
        let_in(Kind.SHARE, per_ten_thousand=PLACES)
        assert all(is_in(one) for one in people)

    def test_a_list(self) -> None:
        mei, bo = somebody("mei"), somebody("bo")
        let_in(Kind.PEOPLE, people=[mei.pk, mei.pk])
        assert (is_in(mei), is_in(bo)) == (True, False)

    @pytest.mark.parametrize(
        ("region", "lives", "inside"),
        [
            ("130000", "130600", True),
            ("130000", "130000", True),
            ("130000", "139001", True),
            ("130000", "140100", False),
            ("130000", "", False),
            ("130600", "130600", True),
            ("130600", "130000", False),
            ("130600", "130700", False),
            ("310000", "310000", True),
        ],
    )
    def test_a_region(self, region: str, lives: str, inside: bool) -> None:
        let_in(Kind.REGION, region=region)
        assert is_in(somebody("mei", region=lives)) == inside

    @pytest.mark.parametrize(
        ("ages", "born", "inside"),
        [
            ((50, 59), 1976, True),
            ((50, 59), 1977, False),
            ((50, 59), 1967, True),
            ((50, 59), 1966, False),
            ((50, 59), None, False),
            ((60, None), 1966, True),
            ((60, None), 1967, False),
            ((60, None), None, False),
            ((None, 29), 1997, True),
            ((None, 29), 1996, False),
            ((None, 29), None, False),
            ((0, 120), None, False),
        ],
    )
    def test_an_age(self, ages: tuple[Any, Any], born: int | None, inside: bool) -> None:
        let_in(Kind.AGE, age_from=ages[0], age_to=ages[1])
        assert is_in(somebody("mei", born=born)) == inside

    def test_an_age_without_bounds_is_not_everybody(self) -> None:
        """Such a batch cannot be made; if one were there, it would not open the feature to all."""
        assert rule_of(Terms(Kind.AGE), feature=CIRCLES, listed=Q, now=NOW)

    def test_an_age_goes_with_the_years(self) -> None:
        mei = somebody("mei", born=1967)
        let_in(Kind.AGE, age_from=60)
        assert not is_in(mei)
        assert is_in(mei, later(days=365))

    def test_who_signed_up_before(self) -> None:
        let_in(Kind.JOINED, joined_before=NOW)
        assert is_in(somebody("mei", joined_at=NOW - timedelta(seconds=1)))
        assert not is_in(somebody("bo", joined_at=NOW))


@pytest.mark.django_db
class TestTime:
    def test_a_batch_begins_at_its_time(self) -> None:
        mei = somebody("mei")
        let_in(Kind.EVERYONE, starts_at=later(hours=1))
        assert not is_in(mei, later(minutes=59))
        assert is_in(mei, later(hours=1))

    def test_a_paused_batch_lets_nobody_in_until_it_goes_on(self) -> None:
        mei, batch = somebody("mei"), let_in(Kind.EVERYONE)
        services.pause_batch(batch.pk, **how())
        assert not is_in(mei)
        services.resume_batch(batch.pk, **how())
        assert is_in(mei)
        services.remove_batch(batch.pk, **how())
        assert not is_in(mei)

    def test_whom_one_batch_lets_in_is_in(self) -> None:
        mei, bo, eve = somebody("mei", region="130600"), somebody("bo", born=1970), somebody("eve")
        let_in(Kind.REGION, region="130000")
        aged = let_in(Kind.AGE, age_from=50, age_to=59)
        let_in(Kind.EVERYONE, starts_at=later(days=1))
        assert [is_in(one) for one in (mei, bo, eve)] == [True, True, False]
        services.pause_batch(aged.pk, **how())
        assert [is_in(one) for one in (mei, bo, eve)] == [True, False, False]

    def test_the_kill_switch_is_over_all_batches(self) -> None:
        mei = somebody("mei")
        let_in(Kind.EVERYONE)
        services.close(CIRCLES, **how())
        assert not is_in(mei)
        assert openings([CIRCLES], NOW)[CIRCLES].state == "closed"
        services.reopen(CIRCLES, **how())
        assert is_in(mei)


# --- How it is asked -----------------------------------------------------------------------


@pytest.mark.django_db
class TestOpenings:
    def test_any_number_of_features_and_batches_is_one_query(self) -> None:
        mei = somebody("mei")
        for _number in range(3):
            let_in(Kind.PEOPLE, people=[mei.pk])
            let_in(Kind.REGION, feature="strangers", region="130000")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = openings(["circles", "strangers", "nothing"], NOW)
        assert len(asked) == 1
        assert [opening.state for opening in found.values()] == ["open", "open", "open"]
        assert found["nothing"].is_for_nobody

    def test_everybody_and_nobody_need_no_query(self) -> None:
        let_in(Kind.EVERYONE)
        let_in(Kind.REGION, region="130000")
        found = openings(["circles", "strangers"], NOW)
        assert found["circles"].let_in == Q()
        with CaptureQueriesContext(connection) as asked:
            assert lets_in(found["circles"], 1)
            assert not lets_in(found["strangers"], 1)
        assert len(asked) == 0

    def test_it_can_stand_within_another_query(self) -> None:
        """As where the authors of posts have to be let in."""
        mei, bo, eve = somebody("mei"), somebody("bo", region="130600"), somebody("eve")
        for one in (mei, bo, eve):
            Consent.objects.create(
                person=one, purpose="sharing", text_version="1", surface="t", given=True, at=NOW
            )
        let_in(Kind.PEOPLE, people=[mei.pk])
        let_in(Kind.REGION, region="130000")
        inside = openings([CIRCLES], NOW)[CIRCLES].let_in
        assert inside is not None
        authors = Person.objects.filter(inside, pk=OuterRef("person")).values("pk")
        found = Consent.objects.filter(person__in=Subquery(authors)).values_list("person", flat=True)
        assert set(found) == {mei.pk, bo.pk}
        for number in (1, PLACES - 1):
            services.change_batch(
                let_in(Kind.EVERYONE).pk, services.Terms(Kind.SHARE, per_ten_thousand=number), **how()
            )
            inside = openings([CIRCLES], NOW)[CIRCLES].let_in
            assert inside is not None
            within = Person.objects.filter(inside, pk=OuterRef("person")).values("pk")
            people = set(Person.objects.filter(inside).values_list("pk", flat=True))
            assert set(Consent.objects.filter(person__in=within).values_list("person", flat=True)) == people


@pytest.mark.django_db
class TestWaffle:
    """What is written for django-waffle gets the same answers, and none of them from a cache."""

    def request(self, rf: Any, person: Person | None) -> Any:
        from kith.audience.viewer import viewer_of

        request = rf.get("/")
        request.viewer = viewer_of(person, NOW)
        return request

    def test_the_answer_is_ours_and_new_each_time(self, rf: Any) -> None:
        import waffle

        mei, bo = somebody("mei"), somebody("bo")
        asked = self.request(rf, mei)
        assert not waffle.flag_is_active(asked, CIRCLES)
        let_in(Kind.PEOPLE, people=[mei.pk])
        assert waffle.flag_is_active(asked, CIRCLES)
        assert not waffle.flag_is_active(self.request(rf, bo), CIRCLES)
        assert not waffle.flag_is_active(self.request(rf, None), CIRCLES)
        Feature.objects.update(state="closed")  # past everything that could empty a cache
        assert not waffle.flag_is_active(asked, CIRCLES)

    def test_asked_for_a_user(self) -> None:
        mei = somebody("mei", is_superuser=True, is_staff=True)
        assert not Feature.get(CIRCLES).is_active_for_user(mei, now=NOW), "staff are people like others"
        let_in(Kind.PEOPLE, people=[mei.pk])
        assert Feature.get(CIRCLES).is_active_for_user(mei, now=NOW)
        assert [one.name for one in Feature.get_all()] == [CIRCLES]

    def test_it_brings_no_table_of_its_own(self) -> None:
        assert [name for name in connection.introspection.table_names() if "waffle" in name] == []


@pytest.mark.django_db
def test_one_that_is_not_set_up_is_open_to_nobody() -> None:
    assert not is_open("strangers", somebody("mei").pk, NOW)
