"""Somebody in two circles sees a share until the later of their ends; leaving and coming back, too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kith.core.clock import FOREVER
from kith.core.guard import Side, Viewer
from kith.people.models import Person
from kith.sharing.deliver import find_differences
from kith.sharing.models import Delivery
from kith.sharing.services import add_members, give_tip, remove_member
from kith.ties.models import Circle
from tests.intake.told import NOW, circle, friends, open_to_all, person, send

pytestmark = pytest.mark.django_db
LOOKING = "a test looks at what was delivered"


def test_who_leaves_one_of_two_circles_sees_what_the_other_lets_them_see_until_its_end() -> None:
    open_to_all()
    send(person("mei"), person("bo"), person("chen"), friends("mei", "bo"), friends("mei", "chen"))
    send(circle("mei", "bo", "chen", name="Long"), circle("mei", "bo", name="Short", window="3d"))
    mei = Viewer(Person.objects.get(external_id="mei").pk, NOW, Side.OPEN)
    bo = Person.objects.get(external_id="bo").pk
    long, short = (Circle.objects.visible_to(mei).get(name=name).pk for name in ("Long", "Short"))
    give_tip(mei, text="To both", circle_ids=[long, short])
    give_tip(mei, text="To one", circle_ids=[long])

    def seen_by_bo() -> list[object]:
        assert find_differences() == []
        rows = Delivery.objects.unguarded(LOOKING).filter(viewer=bo).order_by("visible_until")
        return list(rows.values_list("visible_until", flat=True))

    soon = NOW + timedelta(days=3)
    assert seen_by_bo() == [FOREVER, FOREVER]
    remove_member(mei, circle_id=long, person_id=bo)
    assert seen_by_bo() == [soon]
    for _time in range(2):  # once more changes nothing
        add_members(mei, circle_id=long, person_ids=[bo])
        assert seen_by_bo() == [FOREVER, FOREVER]
    remove_member(mei, circle_id=short, person_id=bo)
    assert seen_by_bo() == [FOREVER, FOREVER]
    remove_member(mei, circle_id=long, person_id=bo)
    assert seen_by_bo() == []
