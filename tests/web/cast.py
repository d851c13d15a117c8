"""The cast of the page tests, made through the services wherever a rule matters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.test import Client

from kith.audience.viewer import CIRCLES, viewer_of
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.people.models import Person
from kith.rollout.services import open_to_everyone
from kith.sharing import services as sharing
from kith.ties.models import Circle
from kith.ties.queries import requests_in

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
else:
    from django.http import HttpResponse as Answer

__all__ = ["Answer", "as_viewer", "befriend", "browser_of", "circle_of", "open_to_all", "somebody"]

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def open_to_all() -> None:
    """Long ago, so that it is open whatever the clock of a test says."""
    open_to_everyone(CIRCLES, now=LONG_AGO, why="the tests begin", surface="job")


def somebody(name: str, *, consents: bool = True, language: str = "en", **fields: Any) -> Person:
    """An account that reads English, so that tests can read it too, and has opened its circles."""
    person = Person.objects.create_user(name.lower(), display_name=name, language=language, **fields)
    if consents:
        sharing.open_circles(as_viewer(person), text_version="1", surface="web")
        person.refresh_from_db()
    return person


def as_viewer(person: Person, now: datetime | None = None) -> Viewer:
    return viewer_of(person, now or utc_now())


def befriend(one: Person, two: Person) -> None:
    sharing.request_friend(as_viewer(one), recipient_id=two.pk)
    (asked,) = [card for card in requests_in(as_viewer(two)) if card.face.id == one.pk]
    sharing.accept_request(as_viewer(two), request_id=asked.id)


def circle_of(owner: Person, name: str, *people: Person, **settings: Any) -> Circle:
    circle = sharing.create_circle(as_viewer(owner), name=name, **settings)
    sharing.add_members(as_viewer(owner), circle_id=circle.pk, person_ids=[one.pk for one in people])
    return circle


def browser_of(person: Person | None) -> Client:
    """A browser in which somebody is signed in, or (None) nobody."""
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person)
    return client
