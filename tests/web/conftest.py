"""The cast of most pages: Mei owns; Bo is her friend, in her Family circle; Eve is a stranger.

Outside, by their personas: Lotus writes; Plum, elsewhere, and Zhao do not know her; Stone is her friend.
"""

from __future__ import annotations

from typing import Any

import pytest

from kith.people.models import Person
from kith.ties.models import Circle
from tests.strangers import cast as strangers
from tests.web.cast import befriend, circle_of, open_to_all, somebody
from tests.web.outside_cast import of_some_time


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


@pytest.fixture
def channel(db: None, clock: Any) -> None:
    """The strangers' channel is open to everybody, and the clock stands still."""
    strangers.open_channel()


@pytest.fixture
def lotus(channel: None) -> Person:
    return of_some_time(strangers.stranger("Lotus Pond"))


@pytest.fixture
def plum(channel: None) -> Person:
    return of_some_time(strangers.stranger("Plum Rain", region="140400"))


@pytest.fixture
def zhao(channel: None) -> Person:
    return of_some_time(strangers.stranger("Old Zhao"))


@pytest.fixture
def stone(lotus: Person) -> Person:
    stone = of_some_time(strangers.stranger("River Stone"))
    strangers.befriend(lotus, stone)
    return stone
