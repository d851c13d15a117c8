"""The cast of most pages: Mei owns; Bo is her friend, in her Family circle; Eve is a stranger."""

from __future__ import annotations

import pytest

from kith.people.models import Person
from kith.ties.models import Circle
from tests.web.cast import befriend, circle_of, open_to_all, somebody


@pytest.fixture
def circles_open(db: None) -> None:
    open_to_all()


@pytest.fixture
def mei(db: None) -> Person:
    return somebody("Mei")


@pytest.fixture
def bo(mei: Person) -> Person:
    bo = somebody("Bo")
    befriend(mei, bo)
    return bo


@pytest.fixture
def eve(db: None) -> Person:
    return somebody("Eve")


@pytest.fixture
def family(mei: Person, bo: Person) -> Circle:
    return circle_of(mei, "Family", bo)
