"""Steps of migrations that keep nobody waiting, on a table that is being written to meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import RemoveConstraint
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Q
from django.db.transaction import TransactionManagementError

from kith.core.gently import AddConstraintGently, AddIndexGently, RemoveIndexGently

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = models.Index(fields=["name"], name="thing_by_name")
CHECK = models.CheckConstraint(condition=Q(rating__lte=5), name="thing_rating_to_5")
UNIQUE = models.UniqueConstraint(fields=["name"], name="thing_name_once")
PARTLY = models.UniqueConstraint(fields=["name"], condition=Q(rating=1), name="thing_name_once_at_1")


def before() -> ProjectState:
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
        ("rating", models.IntegerField(null=True)),
    ]
    state = ProjectState()
    state.add_model(ModelState("app", "Thing", fields, {"indexes": [], "constraints": []}))
    return state


@pytest.fixture
def thing() -> Iterator[Any]:
    model = before().apps.get_model("app", "Thing")
    with connection.schema_editor() as editor:
        editor.create_model(model)
    model.objects.create(name="a kettle", rating=5)
    yield model
    with connection.schema_editor() as editor:
        editor.delete_model(model)


def take(step: Operation, state: ProjectState, *, back: bool = False) -> ProjectState:
    after = state.clone()
    step.state_forwards("app", after)
    with connection.schema_editor(atomic=connection.vendor == "sqlite") as editor:
        if back:
            step.database_backwards("app", editor, after, state)
        else:
            step.database_forwards("app", editor, state, after)
    return after


def names() -> dict[str, Any]:
    with connection.cursor() as cursor:
        found: dict[str, Any] = connection.introspection.get_constraints(cursor, "app_thing")
        return found


def test_an_index_comes_and_goes_and_comes_back(thing: Any) -> None:
    with_it = take(AddIndexGently("thing", INDEX), before())
    assert names()["thing_by_name"]["columns"] == ["name"]
    take(RemoveIndexGently("thing", "thing_by_name"), with_it)
    assert "thing_by_name" not in names()
    take(RemoveIndexGently("thing", "thing_by_name"), with_it, back=True)
    assert "thing_by_name" in names()
    take(AddIndexGently("thing", INDEX), before(), back=True)
    assert "thing_by_name" not in names()


def test_a_check_holds_for_what_is_there_and_for_what_comes(thing: Any) -> None:
    take(AddConstraintGently("thing", CHECK), before())
    with pytest.raises(IntegrityError):
        thing.objects.create(name="a lamp", rating=6)
    thing.objects.all().delete()


@pytest.mark.parametrize("constraint", [UNIQUE, PARTLY], ids=["wholly", "partly"])
def test_what_is_unique(thing: Any, constraint: models.UniqueConstraint) -> None:
    thing.objects.update(rating=1)
    take(AddConstraintGently("thing", constraint), before())
    with pytest.raises(IntegrityError):
        thing.objects.create(name="a kettle", rating=1)
    with_it = before()
    AddConstraintGently("thing", constraint).state_forwards("app", with_it)
    take(RemoveConstraint("thing", constraint.name), with_it)  # Django finds it under its name
    thing.objects.create(name="a kettle", rating=1)


@pytest.mark.postgres
class TestOnPostgres:
    def test_no_step_is_taken_within_a_transaction(self, thing: Any) -> None:
        with pytest.raises(TransactionManagementError, match="atomic = False"), transaction.atomic():
            AddIndexGently("thing", INDEX).database_forwards(
                "app", connection.schema_editor(), before(), before()
            )

    @pytest.mark.parametrize("constraint", [CHECK, UNIQUE, PARTLY])
    def test_a_step_that_was_cut_short_is_taken_again(self, thing: Any, constraint: Any) -> None:
        thing.objects.create(name="a kettle", rating=1)
        thing.objects.create(name="a kettle", rating=1)
        thing.objects.create(name="a lamp", rating=6)
        step = AddConstraintGently("thing", constraint)
        with pytest.raises(IntegrityError):  # what is there already breaks it
            take(step, before())
        assert constraint.name in names()  # not proven, or an index of no use
        thing.objects.all().delete()
        take(step, before())
        take(step, before())  # once more is harmless
        thing.objects.create(name="a kettle", rating=1)
        with pytest.raises(IntegrityError):
            thing.objects.bulk_create([thing(name="a kettle", rating=1), thing(name="a lamp", rating=6)])

    @pytest.mark.parametrize("step", [AddIndexGently("thing", INDEX), AddConstraintGently("thing", UNIQUE)])
    def test_people_go_on_writing_while_it_waits_for_them(self, thing: Any, step: Operation) -> None:
        """Somebody's transaction is under way: the index waits for it, and nobody waits for the index."""
        with ThreadPoolExecutor(1) as builder, transaction.atomic():
            thing.objects.create(name="begun before", rating=1)
            built = builder.submit(self._build, step)
            self._wait_until_it_waits()
            with ThreadPoolExecutor(1) as another:
                another.submit(self._write, thing).result(timeout=10)
            self._wait_longer_than_for_a_lock()
        built.result(timeout=20)
        assert thing.objects.count() == 3
        assert "thing_by_name" in names() or "thing_name_once" in names()

    @staticmethod
    def _build(step: Operation) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")  # of `kith migrate`, which this wait is not held to
        take(step, before())
        connection.close()

    @staticmethod
    def _wait_longer_than_for_a_lock() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")

    @staticmethod
    def _write(thing: Any) -> None:
        thing.objects.create(name="meanwhile", rating=2)
        connection.close()

    @staticmethod
    def _wait_until_it_waits() -> None:
        waits = (
            "SELECT 1 FROM pg_stat_activity "
            "WHERE query LIKE 'CREATE%CONCURRENTLY%' AND wait_event_type = 'Lock'"
        )
        for _ in range(1000):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()")
                cursor.execute(waits)
                if cursor.fetchone():
                    return
        pytest.fail("it never waited")
