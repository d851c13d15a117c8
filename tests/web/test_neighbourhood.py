"""The pages of the demonstration neighbourhood, as a visitor finds them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from kith.people.models import Person
from kith.sharing import queries as circle
from kith.shop.models import Listing
from kith.ties import queries as ties
from kith.web.jinja import ART
from tests.web.cast import as_viewer, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def mei(neighbourhood: datetime, db: None) -> Person:
    return Person.objects.get(handle="mei")


def test_it_looks_the_same_each_time_and_only_what_is_new_is_new(mei: Person) -> None:
    viewer = as_viewer(mei)
    assert [it.name for it in ties.circles(viewer)] == ["家人", "婆家", "大学室友", "同事", "长辈"]
    first = [friend.face.name for friend in ties.friends(viewer).items[:3]]
    assert first == ["妈妈", "爸爸", "弟弟"]
    told = circle.notices_of(viewer).items
    assert {notice.is_read for notice in told} == {True, False}
    for notice in told:
        assert notice.is_read == (viewer.now - notice.at > timedelta(hours=36))


def test_every_thing_has_a_drawing_and_strawberries_are_strawberries(mei: Person) -> None:
    assert set(Listing.objects.values_list("picture", flat=True)) <= ART
    thing = Listing.objects.get(external_id="strawberries")
    page = browser_of(mei).get(reverse("shop:listing", args=[thing.pk])).content.decode()
    assert re.search(r'art/strawberry[^"]*\.svg', page)
