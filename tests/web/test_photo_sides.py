"""A photo for strangers is not there on the circle side: not by address, not by the API, not on a share."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kith.core.errors import NotThere
from kith.core.ids import write_id
from kith.media.models import Photo
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.people.tokens import Scope, make_token
from kith.sharing import services as sharing
from kith.sharing.models import Share, SharePhoto
from kith.ties.models import Circle
from tests.web.cast import as_viewer, browser_of
from tests.web.circle_cast import a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]
SIDES = pytest.mark.parametrize(("outside", "status"), [(False, 200), (True, 404)])


def photo_of(person: Person, *, outside: bool) -> Photo:
    return take_in_photo(as_viewer(person), file=a_photo(), outside=outside)


@SIDES
def test_by_its_address(mei: Person, outside: bool, status: int) -> None:
    photo = photo_of(mei, outside=outside)
    address = reverse("circle:photo", args=[photo.pk, "small"])
    assert browser_of(mei).get(address).status_code == status


@SIDES
def test_by_the_api(mei: Person, outside: bool, status: int) -> None:
    photo = photo_of(mei, outside=outside)
    token = make_token(as_viewer(mei), name="a test", scopes=tuple(Scope.values))[1]
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.get(f"/api/v1/photos/{write_id(photo.pk)}").status_code == status


def test_it_cannot_be_put_on_a_share(mei: Person, family: Circle) -> None:
    inside, outside = photo_of(mei, outside=False), photo_of(mei, outside=True)
    given: dict[str, Any] = {"text": "Look", "circle_ids": [family.pk]}
    with pytest.raises(NotThere):
        sharing.give_tip(as_viewer(mei), **given, photo_ids=[inside.pk, outside.pk])
    assert not Share.objects.unguarded("a test counts").exists()
    share = sharing.give_tip(as_viewer(mei), **given, photo_ids=[inside.pk])
    shown = SharePhoto.objects.unguarded("a test counts").filter(share=share)
    assert [row.photo_id for row in shown] == [inside.pk]


def test_what_a_page_or_the_api_takes_in_is_for_the_circle_side(mei: Person, family: Circle) -> None:
    token = make_token(as_viewer(mei), name="a test", scopes=tuple(Scope.values))[1]
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.post("/api/v1/photos", {"file": a_photo()}).status_code == 201
    fields = {"text": "Look", "circles": [write_id(family.pk)], "photos": a_photo()}
    browser_of(mei).post(reverse("circle:write", args=["tip"]), fields)
    sides = Photo.objects.unguarded("a test counts").values_list("outside", flat=True)
    assert list(sides) == [False, False]
