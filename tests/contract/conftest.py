from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.contract.cast import Street, build_street


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Street]:
    """The street, built once for a module and taken down after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_street()
        transaction.set_rollback(True)


@pytest.fixture
def street(built: Street, db: None) -> Street:
    """The street as it was built, whatever the tests before did in it."""
    return copy.deepcopy(built)
