"""Statements that go to the drivers themselves: what they take, what is heard of them, how they fail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from kith.core import driver, sql
from kith.core.bulk import append
from kith.core.compiled import Removal
from kith.core.guard import Unguarded
from kith.people.models import Person
from kith.ties.models import Circle, Member, Relationship

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def people() -> list[Person]:
    return [Person.objects.create(handle=f"p{number}") for number in range(4)]


@pytest.fixture
def circle(people: list[Person]) -> Circle:
    mei, *others = people
    made = Circle.objects.create(owner=mei, name="Family", created_at=NOW)
    Member.objects.bulk_create(Member(owner=mei, circle=made, person=other) for other in others)
    return made


def asked(text: str, *values: Any) -> Any:
    return driver.ask(driver.Statement(text), values)


@pytest.mark.parametrize("again", range(4))  # the third time, PostgreSQL has prepared it
def test_each_value_comes_as_what_it_is(people: list[Person], again: int) -> None:
    row = Relationship(
        owner=people[0], other=people[1], muted=True, friend_at=NOW.astimezone(CHINA) if again else None
    )
    append([row])
    found = Relationship.objects.unguarded("a test looks").get()
    assert (found.muted, found.blocked, found.friend_at) == (True, False, NOW if again else None)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_list_is_one_value(people: list[Person], number: int) -> None:
    ids = [person.pk for person in people[:number]]
    where = f"id {driver.is_among(driver.place(1))}"
    assert len(asked(f"SELECT id FROM people_person WHERE {where}", ids)) == number  # noqa: S608


def test_a_value_may_stand_at_several_places() -> None:
    one, two = driver.place(1), driver.place(2)
    assert asked(f"SELECT 1 WHERE {one} = {one} AND {two} > {one}", 3, 5) == [(1,)]


def test_percent_signs_are_left_alone_and_the_log_hears_all_of_it(people: list[Person]) -> None:
    text = "SELECT id % 1 FROM people_person WHERE handle LIKE 'p%' AND id = " + driver.place(1)  # noqa: S608
    with CaptureQueriesContext(connection) as heard:
        assert asked(text, people[0].pk) == [(0,)]
    assert [query["sql"] for query in heard] == [text]


def test_errors_are_those_of_django_and_end_the_transaction(people: list[Person], circle: Circle) -> None:
    member = Member(owner=people[0], circle=circle, person=people[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        append([member])
    append([member], unless_there=True)
    assert Member.objects.unguarded("a test counts").count() == 3
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            asked("SELECT 1")


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_is_run_often_does_what_is_run_once(people: list[Person], number: int) -> None:
    statement = """UPDATE people_person SET display_name = 'a%%'
        WHERE id IN %(wanted)s AND id IN %(mine)s AND id <> %(not)s"""
    ids = [person.pk for person in people]
    given = {"wanted": ids[:number], "mine": set(ids), "not": ids[3]}
    assert sql.run_often(statement, given) == sql.run(statement, given) == number
    assert Person.objects.filter(display_name="a%").count() == number


# --- Removing --------------------------------------------------------------------------------


@Removal
def out_of(circle: int, people: Collection[int]) -> QuerySet[Any, Any]:
    return Member.objects.unguarded("a test removes them").filter(circle=circle, person__among=people)


def test_what_fits_is_removed_and_counted_and_nothing_else(people: list[Person], circle: Circle) -> None:
    ids = [person.pk for person in people]
    assert out_of(circle.pk, []) == 0
    assert out_of(circle.pk + 1, ids) == 0
    assert out_of(circle.pk, ids[1:3]) == 2
    assert out_of(circle.pk, ids[1:3]) == 0
    left = Member.objects.unguarded("a test looks").values_list("person", flat=True)
    assert list(left) == ids[3:]


def test_what_has_asked_no_rule_cannot_be_removed(circle: Circle) -> None:
    @Removal
    def all_of(circle: int) -> QuerySet[Any, Any]:
        return Member.objects.filter(circle=circle)

    with pytest.raises(Unguarded):
        all_of(circle.pk)
    assert Member.objects.unguarded("a test counts").count() == 3
