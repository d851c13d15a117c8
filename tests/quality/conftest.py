"""Lin sells masks; Desk and Wei work for the shop; Mei buys."""

from __future__ import annotations

import pytest

from kith.people.models import Person
from kith.shop.models import Merchant
from tests.quality.cast import shop, somebody


@pytest.fixture
def desk(db: None) -> Person:
    return somebody("Desk", is_staff=True)


@pytest.fixture
def wei(db: None) -> Person:
    return somebody("Wei", is_staff=True)


@pytest.fixture
def lin(db: None) -> Person:
    return somebody("Lin")


@pytest.fixture
def mei(db: None) -> Person:
    return somebody("Mei")


@pytest.fixture
def masks(lin: Person) -> Merchant:
    return shop("林记口罩", lin)
