"""Mine: all that I wrote, also what nobody else sees; leaving; and the rows that lead here."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kith.core.ids import write_id
from kith.people.models import Person, Purpose
from kith.people.queries import has_consented
from kith.strangers import services as strangers
from kith.strangers.models import Letter, Post, PostComment
from tests.conftest import Clock
from tests.strangers.cast import befriend, inside_only, open_channel, stranger, viewer
from tests.web.cast import browser_of
from tests.web.outside_people import WHY, is_at, letters_between, persona_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINE = "/outside/me/"


@pytest.fixture
def mei(clock: Clock) -> Person:
    open_channel()
    return stranger("Lotus Pond")


def mine(person: Person, show: str) -> str:
    return text_of(browser_of(person).get(MINE, {"show": show}))


def test_all_that_i_wrote_is_there_also_what_nobody_else_sees(mei: Person) -> None:
    hua = stranger("River Stone")
    shown = strangers.write_post(viewer(mei), topic="meet", text="Who walks in the evenings?")
    hidden = strangers.write_post(viewer(mei), topic="food", text="My dumplings with chives.")
    strangers.set_withdrawn(viewer(mei), post_id=hidden.pk, on=True)
    theirs = strangers.write_post(viewer(hua), topic="meet", text="I like rivers and long walks.")
    strangers.comment(viewer(mei), post_id=theirs.pk, text="So do I, in autumn.")
    letters_between(mei, hua)
    befriend(mei, hua)  # what is said to a friend is not seen outside any more; but it is still mine
    posts = mine(mei, "posts")
    assert shown.text in posts
    assert hidden.text in posts
    assert theirs.text not in posts
    assert "So do I, in autumn." in mine(mei, "comments")
    letters = mine(mei, "letters")
    assert "I shall try that." in letters
    assert "They do, under straw." not in letters
    assert shown.text not in mine(hua, "posts")


def test_erasing_everything_leaves_nothing_to_be_found(mei: Person) -> None:
    hua = stranger("River Stone")
    post = strangers.write_post(viewer(mei), topic="meet", text="Who walks in the evenings?")
    letters_between(mei, hua)
    assert is_at(browser_of(mei).post(reverse("outside:leave"), {"how": "erase"}), "outside:door")
    for model in (Post, PostComment, Letter):
        assert not model.objects.unguarded(WHY).filter(author=mei).exists()
    assert not has_consented(mei.pk, Purpose.STRANGERS)
    assert is_at(browser_of(mei).get(MINE), "outside:door")
    assert browser_of(hua).get(reverse("outside:post", args=[post.pk])).status_code == 404
    assert browser_of(hua).get(reverse("outside:person", args=[1])).status_code == 404


def test_whoever_was_never_outside_has_nothing_here(clock: Clock) -> None:
    open_channel()
    browser = browser_of(inside_only())
    for name in ("mine", "persona", "leave"):
        assert is_at(browser.get(reverse(f"outside:{name}")), "outside:door"), name
    assert browser.get(reverse("outside:contacts")).status_code == 200


def test_a_closed_persona_is_told_so(mei: Person) -> None:
    strangers.close_persona(persona_id=persona_of(mei).pk, now=viewer(mei).now)
    assert "The shop has closed your place outside" in mine(mei, "posts")


def test_the_inside_pages_lead_here_and_say_nothing_of_the_persona(mei: Person) -> None:
    browser = browser_of(mei)
    for name in ("me:home", "privacy:home", "privacy:data", "privacy:ledger", "circle:notices"):
        page = browser.get(reverse(name)).content.decode()
        assert "Lotus Pond" not in page, name
        assert write_id(persona_of(mei).pk) not in page, name
    assert reverse("outside:mine") in browser.get(reverse("me:home")).content.decode()
    assert reverse("outside:leave") in browser.get(reverse("privacy:home")).content.decode()
    elsewhere = browser_of(inside_only())
    assert reverse("outside:door") in elsewhere.get(reverse("me:home")).content.decode()
    new = elsewhere.get(reverse("privacy:home")).content.decode()
    assert reverse("outside:contacts") in new
    assert reverse("outside:leave") not in new
