"""Compiled queries say what queries built anew say, and are as locked as they are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import OuterRef, QuerySet

from kith.core.compiled import CountOf, Nested, columns_of, compiled, instance_of
from kith.core.guard import Side, Unguarded, Viewer
from kith.people.models import Consent, Person
from kith.strangers.models import Persona
from kith.ties.models import Circle, Member, Relationship

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@compiled(fixed=["most"])
def befriended(
    viewer: Viewer, since: datetime | None = None, muted: bool | None = None, most: int = 10
) -> QuerySet[Any, Any]:
    rows = Relationship.objects.visible_to(viewer)
    if since is not None:
        rows = rows.filter(friend_at__gte=since)
    if muted is not None:
        rows = rows.filter(muted=muted)
    return rows.order_by("friend_at").values_list("other_id", "friend_at", "muted")[:most]


@compiled()
def named(people: Collection[int], name: str | None = None) -> QuerySet[Any, Any]:
    rows = Person.objects.filter(pk__among=people)
    return (rows if name is None else rows.filter(display_name=name)).order_by("pk").values_list("pk")


@pytest.fixture
def people() -> list[Person]:
    return [Person.objects.create(handle=f"p{n}", display_name=f"100% '{n}'") for n in range(4)]


@pytest.fixture
def viewer(people: list[Person]) -> Viewer:
    mei, *others = people
    for number, other in enumerate(others):
        Relationship.objects.create(
            owner=mei, other=other, friend_at=NOW - timedelta(days=number), muted=number == 1, shows=True
        )
    return Viewer(mei.pk, NOW, inside=Side.OPEN)


@pytest.mark.parametrize("since", [None, NOW - timedelta(days=1), NOW + timedelta(days=1)])
@pytest.mark.parametrize("muted", [None, True, False])
def test_it_says_what_a_query_built_anew_says(viewer: Viewer, since: Any, muted: Any) -> None:
    found = befriended(viewer, since=since, muted=muted)
    assert found == befriended.plainly(viewer, since=since, muted=muted)
    assert all(row.friend_at.tzinfo is not None and isinstance(row.muted, bool) for row in found)


def test_one_viewer_is_never_answered_with_the_rows_of_another(viewer: Viewer, people: list[Person]) -> None:
    assert len(befriended(viewer)) == 3
    assert befriended(Viewer(people[1].pk, NOW, inside=Side.OPEN)) == []
    assert befriended(Viewer(None, NOW)) == []
    assert len(befriended(viewer)) == 3


def test_what_has_changed_is_seen_by_the_next_call(viewer: Viewer) -> None:
    assert len(befriended(viewer, muted=True)) == 1
    Relationship.objects.unguarded("a test changes them").update(muted=True)
    assert len(befriended(viewer, muted=True)) == 3


def test_how_many_rows_there_may_be_stands_in_the_statement(viewer: Viewer) -> None:
    assert [len(befriended(viewer, most=most)) for most in (1, 2, 5)] == [1, 2, 3]


def test_a_query_that_asked_no_rule_is_refused(viewer: Viewer) -> None:
    @compiled()
    def everybody(viewer: Viewer) -> QuerySet[Any, Any]:
        return Relationship.objects.all().values_list("other_id")

    with pytest.raises(Unguarded):
        everybody(viewer)


def test_the_same_statement_is_sent_for_everyone(viewer: Viewer, people: list[Person]) -> None:
    sent = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        befriended(viewer)
        befriended(Viewer(people[2].pk, NOW, inside=Side.OPEN))
    first, second = sent
    assert first == second
    assert str(viewer.person_id) not in first


@pytest.mark.parametrize("number", [0, 1, 4])
def test_any_number_of_ids_is_one_value(people: list[Person], number: int) -> None:
    ids = [person.pk for person in people[:number]]
    assert [row.pk for row in named(ids)] == sorted(ids)
    assert named(ids) == named.plainly(ids)
    assert named(set(ids)) == named(tuple(ids)) == named(ids)


def test_words_with_quotes_and_percent_signs_are_only_words(people: list[Person]) -> None:
    @compiled(fixed=["name"])
    def called(name: str) -> QuerySet[Any, Any]:
        return Person.objects.filter(display_name=name).values_list("pk", "display_name")

    ids = [person.pk for person in people]
    for person in people:
        assert [row.pk for row in named(ids, name=person.display_name)] == [person.pk]
        assert [row.pk for row in called(person.display_name)] == [person.pk]
    assert called("%s") == called("'; DROP TABLE people_person; --") == []


def test_rows_and_counts_of_others_come_along(viewer: Viewer, people: list[Person]) -> None:
    @compiled()
    def circles(viewer: Viewer) -> QuerySet[Any, Any]:
        held = Member.objects.visible_to(viewer).filter(circle=OuterRef("pk")).order_by("person__handle")
        rows: QuerySet[Any, Any] = Circle.objects.visible_to(viewer).order_by("created_at")
        rows = rows.annotate(held=Nested(held.values("person", "person__handle")), number=CountOf(held))
        return rows.values_list("name", "held", "number")

    for number, name in enumerate(["Family", "Nobody"]):
        made = Circle.objects.create(owner=people[0], name=name, created_at=NOW + timedelta(days=number))
        for person in people[1:3] if name == "Family" else ():
            Member.objects.create(owner=people[0], circle=made, person=person)
    family, nobody = circles(viewer)
    assert family == ("Family", [[people[1].pk, "p1"], [people[2].pk, "p2"]], 2)
    assert nobody == ("Nobody", [], 0)


def test_what_is_json_comes_as_it_is_within_the_rows_of_another(people: list[Person]) -> None:
    @compiled()
    def personas() -> QuerySet[Any, Any]:
        theirs = Persona.objects.unguarded("the test looks at all").filter(person=OuterRef("pk"))
        rows: QuerySet[Any, Any] = Person.objects.annotate(theirs=Nested(theirs.values("name", "looks_for")))
        return rows.order_by("handle").values_list("theirs")

    looks_for = ["friends", 'a "word" \\ 花']
    for person, name, words in (people[0], "Moon", looks_for), (people[1], "Sun", []):
        Persona.objects.create(
            person=person, name=name, name_key=name.lower(), looks_for=words, created_at=NOW
        )
    expected = [[["Moon", looks_for]], [["Sun", []]]] + [[] for _ in people[2:]]
    assert [row.theirs for row in personas()] == [row.theirs for row in personas.plainly()] == expected


def test_rows_that_cannot_be_are_an_empty_list(people: list[Person]) -> None:
    @compiled()
    def held() -> QuerySet[Any, Any]:
        nothing = Consent.objects.none().values("purpose")
        rows: QuerySet[Any, Any] = Person.objects.annotate(held=Nested(nothing))
        return rows.order_by("pk").values_list("held", "born")

    assert held() == held.plainly() == [([], None)] * len(people)


def test_an_instance_is_made_of_all_its_columns(people: list[Person]) -> None:
    @compiled()
    def found(pk: int) -> QuerySet[Any, Any]:
        return Person.objects.filter(pk=pk).values_list(*columns_of(Person))

    made = instance_of(Person, found(people[2].pk)[0])
    kept = Person.objects.get(pk=people[2].pk)
    assert made == kept
    assert {name: getattr(made, name) for name in columns_of(Person)} == {
        name: getattr(kept, name) for name in columns_of(Person)
    }
    assert made.get_deferred_fields() == set()
