"""Circles: theirs alone who owns them. Mei owns; Bo is in her Family circle; Eve is a stranger."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kith.core.ids import random_id, write_id
from kith.people.models import Person
from kith.sharing import services as sharing
from kith.ties import queries as ties
from kith.ties.models import Circle
from kith.web.acts import RECEIPT
from tests.web.cast import as_viewer, befriend, browser_of, circle_of, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]

CHOICES = {"name": "Choir", "kind": "other", "weight": "4", "window": "1m"}


def at(name: str, circle: Circle | None = None) -> str:
    return reverse(f"circles:{name}", args=[circle.pk] if circle else None)


def members(owner: Person, circle: Circle) -> set[int]:
    return {face.id for face in ties.get_circle(as_viewer(owner), circle.pk).members}


def hidden(browser: Client, address: str, field: str) -> str:
    (value,) = re.findall(rf'name="{field}" value="([^"]+)"', browser.get(address).content.decode())
    return str(value)


@pytest.mark.parametrize("name", ["circle", "change", "members", "delete"])
def test_a_circle_is_there_for_its_owner_alone(name: str, family: Circle, mei: Person, bo: Person) -> None:
    address = at(name, family)
    assert browser_of(mei).get(address).status_code == 200
    assert browser_of(bo).get(address).status_code == 404, "not even for who is in it"
    assert browser_of(bo).post(address, CHOICES).status_code in (404, 405)
    assert browser_of(None).get(address).status_code == 302
    assert browser_of(mei).get(reverse(f"circles:{name}", args=[random_id()])).status_code == 404
    assert ties.circles(as_viewer(mei))[0].name == "Family"


@pytest.mark.parametrize("name", ["list", "new"])
def test_pages_of_no_circle(name: str, mei: Person) -> None:
    assert browser_of(mei).get(at(name)).status_code == 200
    assert browser_of(None).get(at(name)).status_code == 302


def test_the_first_circle_is_suggested(mei: Person) -> None:
    page = browser_of(mei).get(at("list")).content.decode()
    assert f"{at('new')}?kind=family" in page
    page = browser_of(mei).get(at("new"), {"kind": "family"}).content.decode()
    assert 'value="Family"' in page
    assert browser_of(mei).get(at("new"), {"kind": "nonsense"}).status_code == 200


def test_one_form_makes_one_circle(mei: Person) -> None:
    browser = browser_of(mei)
    once = hidden(browser, at("new"), "once")
    for _tap in range(2):
        answer = browser.post(at("new"), {**CHOICES, "is_default": "on", "once": once})
        assert answer.status_code == 302
    (circle,) = ties.circles(as_viewer(mei))
    assert answer["Location"] == reverse("circles:members", args=[circle.id])
    assert (circle.name, circle.kind, circle.weight, circle.window) == ("Choir", "other", 4, "1m")
    assert circle.is_default


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Please fill this in"),
        ({"name": "x" * 21}, "20"),
        ({"name": "Family"}, "of that name already"),
        ({"kind": "tribe"}, "cannot be chosen any more"),
        ({"weight": "6"}, "cannot be chosen any more"),
        ({"weight": ""}, "Please choose one"),
        ({"window": "1y"}, "cannot be chosen any more"),
    ],
)
def test_a_circle_that_cannot_be_comes_back_as_it_was_typed(
    wrong: dict[str, str], said: str, mei: Person, family: Circle
) -> None:
    other = circle_of(mei, "Other")
    for address in (at("new"), at("change", other)):
        answer = browser_of(mei).post(address, {**CHOICES, **wrong})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert said in page
        assert f'value="{wrong.get("name", "Choir")}"' in page or wrong.get("name") == ""
    assert [circle.name for circle in ties.circles(as_viewer(mei))] == ["Family", "Other"]


def test_the_twenty_first_circle_is_refused_in_words(mei: Person) -> None:
    for number in range(20):
        circle_of(mei, f"Circle {number}")
    answer = browser_of(mei).post(at("new"), CHOICES)
    assert "twenty circles" in answer.content.decode()


def test_changing_a_circle(mei: Person, family: Circle) -> None:
    for _tap in range(2):
        answer = browser_of(mei).post(at("change", family), {**CHOICES, "name": "Relatives"})
        assert answer.status_code == 302
    (circle,) = ties.circles(as_viewer(mei))
    assert (circle.name, circle.weight, circle.window, circle.size) == ("Relatives", 4, "1m", 1)


def test_ticks_decide_who_is_in_it(mei: Person, bo: Person, family: Circle) -> None:
    chen, late = somebody("Chen"), somebody("Late")
    befriend(mei, chen)
    seen_then = {"was": [write_id(bo.pk)], "members": [write_id(chen.pk)]}
    # Meanwhile somebody became a friend and came in; the page never showed them.
    befriend(mei, late)
    sharing.add_members(as_viewer(mei), circle_id=family.pk, person_ids=[late.pk])
    for _tap in range(2):
        assert browser_of(mei).post(at("members", family), seen_then).status_code == 302
    assert members(mei, family) == {chen.pk, late.pk}


@pytest.mark.parametrize("who", ["eve", "nonsense", "0000000000000"])
def test_nobody_comes_in_who_is_no_friend(who: str, mei: Person, bo: Person, family: Circle) -> None:
    eve = somebody("Eve")
    member = write_id(eve.pk) if who == "eve" else who
    answer = browser_of(mei).post(at("members", family), {"was": write_id(bo.pk), "members": member})
    assert answer.status_code == 200
    assert "Eve" not in answer.content.decode()
    assert members(mei, family) == {bo.pk}


def test_a_full_circle_says_so_and_stays_as_it_was(
    mei: Person, bo: Person, family: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kith.sharing.services.circles.MOST_MEMBERS", 1)
    chen = somebody("Chen")
    befriend(mei, chen)
    both: dict[str, Any] = {"was": write_id(bo.pk), "members": [write_id(bo.pk), write_id(chen.pk)]}
    answer = browser_of(mei).post(at("members", family), both)
    assert "150 people" in answer.content.decode()
    assert answer.content.decode().count("checked") == 2, "the ticks stay as they were made"
    assert members(mei, family) == {bo.pk}


def test_deleting_asks_first_and_twice_is_once(mei: Person, bo: Person, family: Circle) -> None:
    browser = browser_of(mei)
    receipt = hidden(browser, at("delete", family), RECEIPT)
    assert len(ties.circles(as_viewer(mei))) == 1
    for _tap in range(2):
        answer = browser.post(at("delete", family), {RECEIPT: receipt})
        assert (answer.status_code, answer["Location"]) == (302, at("list"))
    assert ties.circles(as_viewer(mei)) == ()
    assert ties.find_friend(as_viewer(mei), bo.pk).face.circles == ()
