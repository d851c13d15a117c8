"""The channel as most of its tests find it: open, refusals in English, and some who are out there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from kith.people.models import Person
from tests.strangers.cast import open_channel, stranger


@pytest.fixture
def channel(db: None) -> Iterator[None]:
    """It is open, and refusals are read in English."""
    open_channel()
    with translation.override("en"):
        yield


@pytest.fixture
def mei(channel: None) -> Person:
    return stranger("Red Plum")


@pytest.fixture
def bo(channel: None) -> Person:
    return stranger("Old Oak")


@pytest.fixture
def he(channel: None) -> Person:
    return stranger("荷塘月色")


@pytest.fixture
def zhao(channel: None) -> Person:
    """Of another province than the others."""
    return stranger("老赵修车", region="140400")
