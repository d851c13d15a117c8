"""No migration keeps people waiting, but for those that had landed before anybody did wait."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Q
from django.db.models.functions import Now

from kith.core.gently import AddConstraintGently, AddIndexGently, RemoveIndexGently
from tests.architecture.migrations import offences

LANDED = {
    "notices.0004_where_nobody_did_it": "one index of a table that is cleared of what is old every night",
    "quality.0002_laboratories": "reports that merchants handed in: thousands, written by few",
    "rollout.0002_batches": "features and people on lists: staff's tables, short",
    "shop.0004_digests": "closed merchants are few; a digest is written to listings, which wait for it once",
    "shop.0005_refund_requested_at": "writes to the lines whose refund is asked for at that moment",
    "strangers.0003_topics": "writes a score of topics into a table that is empty",
}
"""They had landed before anybody had to wait, and never change; and why they may do what no new one may."""


@cache
def _found() -> dict[str, list[str]]:
    """What the migrations of Kith would keep people waiting for."""
    loader = MigrationLoader(None)
    state = ProjectState(real_apps=loader.unmigrated_apps)
    found = {}
    for key in _in_order(loader):
        migration = loader.graph.nodes[key]
        if migration.__module__.startswith("kith."):
            found[".".join(key)] = list(offences(migration, state))
        state = migration.mutate_state(state, preserve=False)
    return found


def _in_order(loader: MigrationLoader) -> Iterator[tuple[str, str]]:
    done: set[tuple[str, str]] = set()
    for leaf in loader.graph.leaf_nodes():
        for key in loader.graph.forwards_plan(leaf):
            if key not in done:
                done.add(key)
                yield key


def test_no_migration_keeps_people_waiting() -> None:
    waited_for = {name: said for name, said in _found().items() if said and name not in LANDED}
    assert waited_for == {}


def test_every_exception_is_still_needed() -> None:
    assert [name for name in LANDED if not _found().get(name)] == []


# --- What it catches ---------------------------------------------------------------

INDEX = models.Index(fields=["name"], name="by_name")
CHECK = models.CheckConstraint(condition=Q(rating__lte=5), name="rating_to_5")
UNIQUE = models.UniqueConstraint(fields=["name"], name="name_once")
NOTHING = migrations.RunPython.noop


def _add(field: Any) -> Operation:
    return migrations.AddField("thing", "more", field)


def _alter(name: str, field: Any) -> Operation:
    return migrations.AlterField("thing", name, field)


CAUGHT: dict[str, list[Operation]] = {
    "an index": [migrations.AddIndex("thing", INDEX)],
    "a check": [migrations.AddConstraint("thing", CHECK)],
    "that it is unique": [migrations.AddConstraint("thing", UNIQUE)],
    "a unique field": [_add(models.IntegerField(null=True, unique=True))],
    "an indexed field": [_add(models.IntegerField(null=True, db_index=True))],
    "a foreign key with its index": [_add(models.ForeignKey("app.thing", models.CASCADE, null=True))],
    "a default for each row": [_add(models.DateTimeField(db_default=Now()))],
    "another type": [_alter("rating", models.BigIntegerField(null=True))],
    "a shorter text": [_alter("name", models.CharField(max_length=10))],
    "never empty": [_alter("rating", models.IntegerField(default=0))],
    "unique from now on": [_alter("name", models.CharField(max_length=20, unique=True))],
    "both of them unique": [migrations.AlterUniqueTogether("thing", {("name", "rating")})],
    "writing rows": [migrations.RunPython(NOTHING)],
    "SQL that nobody reads": [migrations.RunSQL("VACUUM FULL")],
    "hidden from the state": [migrations.SeparateDatabaseAndState([migrations.AddIndex("thing", INDEX)], [])],
    "PostgreSQL's alone": [AddIndexConcurrently("thing", INDEX)],
    "within a transaction": [AddIndexGently("thing", INDEX)],
}  # fmt: skip
PASSED: dict[str, list[Operation]] = {
    "a field": [_add(models.IntegerField(null=True))],
    "a field of one value": [_add(models.IntegerField(default=7))],
    "a foreign key": [_add(models.ForeignKey("app.thing", models.CASCADE, null=True, db_index=False))],
    "a longer text": [_alter("name", models.CharField(max_length=40))],
    "any text": [_alter("name", models.TextField())],
    "other words": [_alter("rating", models.IntegerField("stars", null=True, choices=[(1, "one")]))],
    "maybe empty": [_alter("name", models.CharField(max_length=20, null=True))],
    "a table and its index": [
        migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("other", "name", models.CharField(max_length=9, unique=True)),
        migrations.AddIndex("other", INDEX),
    ],
}
GENTLE: dict[str, list[Operation]] = {
    "an index": [AddIndexGently("thing", INDEX)],
    "a check": [AddConstraintGently("thing", CHECK)],
    "that it is unique": [AddConstraintGently("thing", UNIQUE)],
    "without an index": [RemoveIndexGently("thing", "by_rating")],
    "in pieces": [migrations.RunPython(NOTHING)],
}


def _of(operations: list[Operation], *, atomic: bool) -> list[str]:
    before = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
        ("rating", models.IntegerField(null=True)),
    ]
    by_rating = models.Index(fields=["rating"], name="by_rating")
    before.add_model(ModelState("app", "Thing", fields, {"indexes": [by_rating], "constraints": []}))
    made = type("Migration", (migrations.Migration,), {"operations": operations, "atomic": atomic})
    return list(offences(made("0002", "app"), before))


@pytest.mark.parametrize("what", CAUGHT)
def test_catches(what: str) -> None:
    assert _of(CAUGHT[what], atomic=True)


@pytest.mark.parametrize("what", PASSED)
def test_lets_pass(what: str) -> None:
    assert _of(PASSED[what], atomic=True) == []


@pytest.mark.parametrize("what", GENTLE)
def test_lets_pass_what_is_gentle(what: str) -> None:
    assert _of(GENTLE[what], atomic=False) == []


def test_what_is_gentle_stands_alone() -> None:
    together = [*GENTLE["an index"], *PASSED["a field"]]
    assert _of(together, atomic=False)
