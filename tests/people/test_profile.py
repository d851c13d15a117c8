"""What somebody says of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.people.models import Person
from kith.people.profile import RESERVED, ProfileRefused, read_handle
from kith.people.services import change_profile, free_handle, verify_phone
from tests.conftest import Clock
from tests.people.signing import MEIS, mei

pytestmark = pytest.mark.django_db


def test_what_is_named_changes_and_the_rest_stays(clock: Clock) -> None:
    person = mei(region="310000", born=1954)
    viewer = Viewer(person.pk, clock.now)
    change_profile(viewer, display_name=" 梅  ", handle="@Mei_1954", care_mode=True)
    person.refresh_from_db()
    assert (person.display_name, person.handle, person.care_mode) == ("梅", "mei_1954", True)
    assert (person.region, person.born, person.language) == ("310000", 1954, "en")
    change_profile(viewer, region="", born=None, language="zh-hans", found_by_phone=True)
    person.refresh_from_db()
    assert (person.region, person.born, person.language) == ("", None, "zh-hans")
    assert person.found_by_phone


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"display_name": " \n "}, "display_name"),
        ({"display_name": "x" * 41}, "display_name"),
        ({"display_name": "Mei\u202eieM"}, "display_name"),
        ({"display_name": "!?"}, "display_name"),
        ({"handle": "mo"}, "handle"),
        ({"handle": "9mei"}, "handle"),
        ({"handle": "_mei"}, "handle"),
        ({"handle": "mei-lin"}, "handle"),
        ({"handle": "méi"}, "handle"),
        ({"handle": "ｍｅｉ!"}, "handle"),
        ({"handle": "m" * 21}, "handle"),
        ({"handle": "SUPPORT"}, "handle"),
        ({"handle": "Bo_lin"}, "handle"),
        ({"region": "110100"}, "region"),
        ({"region": "130602"}, "region"),
        ({"region": "Shanghai"}, "region"),
        ({"born": 2013}, "born"),
        ({"born": 1905}, "born"),
        ({"language": "fr"}, "language"),
    ],
)
def test_refusals_change_nothing(clock: Clock, changes: dict[str, Any], field: str) -> None:
    mei(handle="bo_lin", phone=None)
    person = mei()
    with pytest.raises(ProfileRefused) as refusal:
        change_profile(Viewer(person.pk, clock.now), **{"display_name": "New", **changes})
    assert (refusal.value.field, refusal.value.code) == (field, "profile-refused")
    person.refresh_from_db()
    assert person.display_name == "Mei"


@pytest.mark.parametrize("born", [1906, 2012])
def test_the_first_and_the_last_year(clock: Clock, born: int) -> None:
    assert change_profile(Viewer(mei().pk, clock.now), born=born).born == born


def test_emoji_and_many_scripts_are_names(clock: Clock) -> None:
    viewer = Viewer(mei().pk, clock.now)
    for name in ("👩‍👧 梅", "Bo Ødegård", "Айгүл", "ﻡﻱ", "小李 2"):
        assert change_profile(viewer, display_name=name).display_name


def test_who_has_no_number_is_not_found_by_it(clock: Clock) -> None:
    for phone, verified in ((None, False), (MEIS, False)):
        Person.objects.all().delete()
        person = mei(phone=phone, phone_verified=verified)
        with pytest.raises(ProfileRefused) as refusal:
            change_profile(Viewer(person.pk, clock.now), found_by_phone=True)
        assert refusal.value.field == "found_by_phone"


def test_nobody_has_no_profile(clock: Clock) -> None:
    with pytest.raises(NotThere):
        change_profile(Viewer(None, clock.now), display_name="Eve")


def test_a_number_belongs_to_one_account(clock: Clock) -> None:
    mei()
    eve = mei(handle="eve", phone=None, phone_verified=False)
    with pytest.raises(ProfileRefused) as refusal:
        verify_phone(eve, phone=MEIS)
    assert refusal.value.field == "phone"
    eve.refresh_from_db()
    assert (eve.phone, eve.phone_verified) == (None, False)


def test_drawn_handles_are_fit_and_their_own() -> None:
    drawn = {free_handle() for _ in range(50)}
    assert len(drawn) == 50
    assert all(read_handle(handle) == handle for handle in drawn)


def test_every_reserved_name_is_refused() -> None:
    for name in RESERVED:
        with pytest.raises(ProfileRefused):
            read_handle(name)
