"""A small world is told through the services and by the bulk load; both leave the same in every table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from benchmarks.world.load import load
from benchmarks.world.plan import SMALL
from benchmarks.world.play import Play
from benchmarks.world.play_outside import PlayOutside
from benchmarks.world.story import Story, draw_story
from kith.core.ids import RandomIdField
from kith.notices.models import Notice
from kith.people.models import Person
from kith.sharing.models import Comment, Share
from kith.shop import search as listing_search
from kith.shop.digest import find_misdigested
from kith.shop.models import Listing, Merchant, Order, OrderLine
from kith.strangers import search as post_search
from kith.strangers.models import Persona, Post, PostComment, ShutOut
from kith.ties.models import Circle
from tests.oracle.pair import undone

pytestmark = pytest.mark.django_db

Key = tuple[Any, ...] | str | None
NOT_OURS = {"admin", "auth", "contenttypes", "sites", "sessions"}
BY_WHAT: dict[type[models.Model], tuple[str, ...]] = {
    Person: ("handle",), Merchant: ("external_id",), Listing: ("external_id",), Order: ("external_id",),
    OrderLine: ("order", "external_id"), Circle: ("owner", "name"), Persona: ("name",),
    Post: ("author", "created_at"),
    Share: ("author", "kind", "created_at", "listing"), Comment: ("share", "author", "at"),
    PostComment: ("post", "author", "at"),
}  # fmt: skip
"""By what a thing with a random id is known. The order is that in which they refer to each other."""
SUBJECTS: dict[str, type[models.Model]] = {
    "accepted": Person, "may_share": OrderLine, "comment": Comment, "answer": Comment, "reply": Comment,
    "correction": Share, "post_comment": PostComment, "post_answer": PostComment, "post_hidden": Post,
}  # fmt: skip
"""What a notice of each kind is about."""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_bulk_load_leaves_what_the_services_would(seed: int, clock: Any) -> None:
    story = draw_story(replace(SMALL, seed=seed))
    by_services = _left(lambda: _play(story, clock))
    in_bulk = _left(lambda: load(story))
    assert by_services.keys() == in_bulk.keys()
    for table, rows in by_services.items():
        missing, too_much = rows - in_bulk[table], in_bulk[table] - rows
        assert not missing, f"{table}: {next(iter(missing))} and not {next(iter(too_much), None)}"
        assert not too_much, f"{table}: {next(iter(too_much))}"


def _play(story: Story, clock: Any) -> None:
    play = Play(story)
    play.happen(lambda now: setattr(clock, "now", now), PlayOutside(play).events())


def _left(make: Callable[[], object]) -> dict[str, Counter[Any]]:
    with undone():
        make()
        return _dump()


def _dump() -> dict[str, Counter[Any]]:
    """Every table as a bag of rows, in which whatever has a random id stands by its own name."""
    assert not find_misdigested()
    names = _Names()
    tables: dict[str, Counter[Any]] = {}
    for model in apps.get_models():
        if model._meta.app_label not in NOT_OURS:
            rows = model._base_manager.all()
            tables[model._meta.db_table] = Counter(names.row(row) for row in rows)
    for index in (listing_search.INDEX, post_search.INDEX):
        tables[index.table] = Counter(names.words(index.table))
    return {table: rows for table, rows in tables.items() if rows}


class _Names:
    """What things are called whose ids are drawn."""

    def __init__(self) -> None:
        self._known: dict[type[models.Model], dict[int, Key]] = {}
        for model, fields in BY_WHAT.items():
            rows = model._base_manager.all()
            self._known[model] = {row.pk: tuple(self._value(row, name) for name in fields) for row in rows}
            assert len(set(self._known[model].values())) == len(self._known[model]), f"{model}: same names"

    def row(self, row: models.Model) -> tuple[tuple[str, Any], ...]:
        skipped = (models.AutoField, RandomIdField)
        fields = [field.name for field in row._meta.concrete_fields if not isinstance(field, skipped)]
        return tuple((name, self._value(row, name)) for name in fields)

    def _value(self, row: models.Model, name: str) -> Any:
        field = row._meta.get_field(name)
        value = getattr(row, field.attname)  # type: ignore[union-attr]
        if isinstance(row, Notice) and name == "subject":
            return self._known[SUBJECTS[row.kind]][value]
        if isinstance(row, ShutOut) and name == "mark":
            return self._known[Persona][value]
        if isinstance(row, Person) and name == "password":
            return value[:1]
        if isinstance(row, Listing) and name == "digest":
            return None  # of the merchant's id too; looked at by `find_misdigested`
        known = self._known.get(field.related_model) if field.is_relation else None  # type: ignore[arg-type]
        if field.is_relation and known is None and isinstance(value, int):
            return None  # numbered by the database
        value = known[value] if known is not None and value is not None else value
        if isinstance(value, dict):
            return repr({**value, "batch": None})  # numbered too
        return repr(value) if isinstance(value, list) else value

    def words(self, table: str) -> list[tuple[Any, ...]]:
        """What is found by words, and by which."""
        things = self._known[Listing if table.startswith("shop") else Post]
        key = "rowid, *" if connection.vendor == "sqlite" else "*"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {key} FROM {table}")  # noqa: S608 (our own table)
            return [(things[pk], *said) for pk, *said in cursor.fetchall()]
