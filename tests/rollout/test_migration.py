"""An installation of before batches: whoever was let in still is, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kith.people.models import Person
from kith.rollout.models import Batch, Feature, Listed
from kith.rollout.queries import is_open, openings
from tests.rollout.cast import NOW, somebody

OLD, NEW = ("rollout", "0001_initial"), ("rollout", "0002_batches")


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The tables as they were; at the end, as they are."""
    with connection.schema_editor() as editor:
        for model in reversed([Feature, Batch, Listed]):
            editor.delete_model(model)
        from kith.rollout.models import Change, Waiting

        for late in (Change, Waiting):
            editor.delete_model(late)
    executor = MigrationExecutor(connection)
    executor.recorder.record_unapplied(*NEW)
    executor.recorder.record_unapplied(*OLD)
    executor = MigrationExecutor(connection)
    yield executor.migrate([OLD]).apps
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("rollout"))


def test_states_become_batches(before: Any) -> None:
    mei, bo = somebody("mei"), somebody("bo")
    old, listed = before.get_model("rollout", "Feature"), before.get_model("rollout", "Listed")
    for openness in ("all", "listed", "none", "forgotten"):
        state = "none" if openness == "forgotten" else openness
        old.objects.create(name=openness, openness=state, changed_at=NOW)
        if openness in ("listed", "forgotten"):
            listed.objects.create(feature_id=openness, person_id=mei.pk)
    executor = MigrationExecutor(connection)
    executor.migrate([NEW])
    seen = {
        name: (is_open(name, mei.pk, NOW), is_open(name, bo.pk, NOW))
        for name in ("all", "listed", "none", "forgotten")
    }
    assert seen == {
        "all": (True, True), "listed": (True, False), "none": (False, False), "forgotten": (False, False),
    }  # fmt: skip
    assert openings(["all"], NOW)["all"].is_for_all
    assert {one.state for one in Feature.objects.all()} == {"open"}
    assert not Batch.objects.filter(feature="none").exists()
    kept = Batch.objects.get(feature="forgotten")
    assert kept.paused_at is not None
    assert Listed.objects.get(batch=kept).person_id == mei.pk
    assert Person.objects.count() == 2
