"""Invitations: a link, a code, and what whoever opens them comes to."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from kith.core.clock import utc_now
from kith.people.models import Person
from kith.sharing import services as sharing
from kith.ties import queries as ties
from kith.ties.models import Invitation
from kith.web.acts import RECEIPT
from tests.web.cast import Answer, as_viewer, befriend, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]


@pytest.fixture
def invitation(mei: Person) -> Invitation:
    return sharing.make_invitation(as_viewer(mei))


def open_link(browser: Client, invitation: Invitation) -> Answer:
    return browser.get(reverse("friends:invited", args=[invitation.token]))


def make(browser: Client, **data: Any) -> Answer:
    return browser.post(reverse("friends:invitations"), data)


def test_one_form_makes_one_invitation(mei: Person) -> None:
    browser = browser_of(mei)
    page = browser.get(reverse("friends:invitations")).content.decode()
    (once,) = re.findall(r'name="once" value="([^"]+)"', page)
    for _tap in range(2):
        assert make(browser, once=once).status_code == 302
    (made,) = ties.invitations(as_viewer(mei))
    page = browser.get(reverse("friends:invitations")).content.decode()
    assert f"http://testserver/friends/invited/{made.token}/" in page


def test_more_invitations_than_can_be_are_refused_in_words(mei: Person) -> None:
    for _ in range(20):
        sharing.make_invitation(as_viewer(mei))
    answer = browser_of(mei).post(reverse("friends:invitations"), {}, follow=True)
    assert "twenty open invitations" in answer.content.decode()


def test_the_code_is_its_owners(mei: Person, eve: Person, invitation: Invitation) -> None:
    address = reverse("friends:code", args=[invitation.pk])
    answer = browser_of(mei).get(address)
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert browser_of(eve).get(address).status_code == 404
    assert browser_of(None).get(address).status_code == 302


def test_who_is_not_signed_in_sees_who_invites_and_comes_back_after_signing_in(
    mei: Person, invitation: Invitation
) -> None:
    mei.phone = "+8613800138000"
    mei.save()
    page = open_link(browser_of(None), invitation).content.decode()
    assert "Mei" in page
    assert "8000" not in page
    ways = re.findall(r'href="([^"]+next=[^"]+)"', page)
    here = reverse("friends:invited", args=[invitation.token])
    assert [parse_qs(urlsplit(way.replace("&amp;", "&")).query)["next"] for way in ways] == [[here], [here]]
    assert browser_of(None).post(here).status_code == 200
    assert ties.requests_in(as_viewer(mei)) == ()


def test_opening_it_asks_and_its_owner_decides(mei: Person, eve: Person, invitation: Invitation) -> None:
    browser = browser_of(eve)
    assert "Ask to be friends" in open_link(browser, invitation).content.decode()
    assert ties.requests_in(as_viewer(mei)) == (), "looking at it asks nothing"
    here = reverse("friends:invited", args=[invitation.token])
    for _tap in range(2):
        assert browser.post(here, {"note": "It is Eve"}).status_code == 302
    (card,) = ties.requests_in(as_viewer(mei))
    assert card.note == "It is Eve"


def test_a_note_that_is_too_long_comes_back(eve: Person, invitation: Invitation) -> None:
    answer = browser_of(eve).post(reverse("friends:invited", args=[invitation.token]), {"note": "z" * 101})
    assert answer.status_code == 200
    assert "z" * 101 in answer.content.decode()
    assert ties.requests_out(as_viewer(eve)) == ()


def test_its_owner_and_a_friend_have_nothing_to_ask(mei: Person, eve: Person, invitation: Invitation) -> None:
    assert "your own invitation" in open_link(browser_of(mei), invitation).content.decode()
    befriend(mei, eve)
    assert "friends already" in open_link(browser_of(eve), invitation).content.decode()
    assert browser_of(eve).post(reverse("friends:invited", args=[invitation.token])).status_code == 200


def test_what_is_over_void_or_of_somebody_who_blocked_me_is_not_there(
    mei: Person, eve: Person, invitation: Invitation
) -> None:
    sharing.block(as_viewer(mei), other_id=eve.pk)
    assert open_link(browser_of(eve), invitation).status_code == 404
    Invitation.objects.unguarded("a week goes by").update(expires_at=utc_now() - timedelta(seconds=1))
    assert open_link(browser_of(None), invitation).status_code == 404
    assert browser_of(None).get(reverse("friends:invited", args=["nonsense"])).status_code == 404


def test_making_it_void(mei: Person, eve: Person, invitation: Invitation) -> None:
    address = reverse("friends:revoke", args=[invitation.pk])
    assert browser_of(eve).post(address).status_code == 404
    page = browser_of(mei).get(reverse("friends:invitations")).content.decode()
    (receipt,) = re.findall(rf'name="{RECEIPT}" value="([^"]+)"', page)
    for _tap in range(2):
        assert browser_of(mei).post(address, {RECEIPT: receipt}).status_code == 302
    assert open_link(browser_of(eve), invitation).status_code == 404
