"""One writer at a time on what a person shows, and to whom."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from kith.core.compiled import Compiled, columns_of, compiled, instance_of
from kith.core.errors import NotThere
from kith.people.models import Person


def lock_people(*person_ids: int) -> None:
    """Hold these people's rows until the transaction ends, always in the order of their ids.

    Whoever changes a person's circles, audiences or shares holds that person first: two
    such changes at once could each miss the other's rows, and a delivery would be lost.
    On SQLite the IMMEDIATE transaction already does this.

    :raises NotThere: one of them is not there.
    :raises TransactionManagementError: there is no transaction, so they would be let go at once.
    """
    _lock(_held_ids, person_ids)


def locked_people(*person_ids: int) -> dict[int, Person]:
    """Hold these people's rows as `lock_people` does, and say what stands in them."""
    return {row.id: instance_of(Person, row) for row in _lock(_held, person_ids)}


def _lock(held: Compiled[[Collection[int]]], person_ids: Collection[int]) -> list[Any]:
    if connection.get_autocommit():
        raise TransactionManagementError("people are held within a transaction")
    wanted = set(person_ids)
    rows = held(wanted) if wanted else []
    if len(rows) != len(wanted):
        raise NotThere
    return rows


@compiled()
def _held(people: Collection[int]) -> QuerySet[Any, Any]:
    return _holding(people).values_list(*columns_of(Person))


@compiled()
def _held_ids(people: Collection[int]) -> QuerySet[Any, Any]:
    return _holding(people).values_list("pk")


def _holding(people: Collection[int]) -> QuerySet[Person]:
    return Person.objects.filter(pk__among=people).order_by("pk").select_for_update(no_key=True)
