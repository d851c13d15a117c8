"""Holding people: until the transaction ends, and so only within one."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from kith.core.errors import NotThere
from kith.people.locks import lock_people, locked_people
from kith.people.models import Person


@pytest.mark.django_db(transaction=True)
def test_people_are_held_within_a_transaction_only() -> None:
    person = Person.objects.create(handle="held")
    for _time in range(2):  # the second statement is the first, kept
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            lock_people(person.pk)
            assert locked_people(person.pk) == {person.pk: person}
        locks = [
            query["sql"].endswith("FOR NO KEY UPDATE") for query in asked if "people_person" in query["sql"]
        ]
        assert locks == [connection.vendor == "postgresql"] * 2
        with pytest.raises(TransactionManagementError):
            lock_people(person.pk)


@pytest.mark.django_db
def test_whoever_is_not_there_cannot_be_held() -> None:
    person = Person.objects.create(handle="held")
    lock_people()
    assert locked_people() == {}
    with pytest.raises(NotThere):
        lock_people(person.pk, person.pk + 1)
