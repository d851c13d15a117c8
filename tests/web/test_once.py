"""A form makes one thing: sent twice, sent at the same moment twice, or sent again after a refusal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from kith.core.clock import utc_now
from kith.core.errors import Refused
from kith.core.guard import Viewer
from kith.core.ids import random_id
from kith.people.models import Person
from kith.web.models import SentForm
from kith.web.once import find_made, make_once, new_token


def a_viewer() -> Viewer:
    return Viewer(Person.objects.create_user(f"mei{random_id()}", display_name="Mei").pk, utc_now())


@pytest.mark.django_db
def test_a_refusal_leaves_the_form_unsent() -> None:
    viewer, token = a_viewer(), new_token()

    def refuse() -> int:
        raise Refused("not like this")

    with pytest.raises(Refused):
        make_once(viewer, token=token, make=refuse)
    assert find_made(viewer, token=token) is None
    assert make_once(viewer, token=token, make=lambda: 7) == 7
    assert make_once(viewer, token=token, make=lambda: 8) == 7


@pytest.mark.django_db
def test_a_form_without_a_token_or_with_a_silly_one_is_one_of_its_own() -> None:
    viewer = a_viewer()
    for token in ("", "x" * 33):
        assert [
            make_once(viewer, token=token, make=lambda: 7),
            make_once(viewer, token=token, make=lambda: 8),
        ] == [7, 8]
    assert not SentForm.objects.exists()


@pytest.mark.django_db
def test_what_was_sent_days_ago_is_forgotten() -> None:
    viewer = a_viewer()
    make_once(viewer, token="old", make=lambda: 7)
    later = Viewer(viewer.person_id, viewer.now + timedelta(days=3))
    make_once(later, token="new", make=lambda: 8)
    assert [form.token for form in SentForm.objects.all()] == ["new"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one() -> None:
    viewer, token, both = a_viewer(), new_token(), Barrier(2)
    made: list[int] = []

    def make() -> int:
        made.append(random_id())
        return made[-1]

    def press(_number: int) -> int:
        both.wait(timeout=10)
        try:
            return make_once(viewer, token=token, make=make)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        one, other = hands.map(press, range(2))
    assert one == other == made[0]
    assert len(made) == 1
