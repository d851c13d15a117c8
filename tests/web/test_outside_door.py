"""The door: nobody comes in who may not, everybody reads why, and agreeing comes before being anybody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from kith.audience.viewer import STRANGERS
from kith.core.ids import write_id
from kith.people.models import Consent, Person, Purpose
from kith.people.queries import has_consented
from kith.rollout import services as rollout
from kith.rollout.queries import position
from kith.rollout.rules import Terms
from kith.strangers import services as strangers
from kith.strangers.models import Persona
from tests.conftest import Clock
from tests.strangers.cast import NOW, inside_only, open_channel, outside_photo, stranger, viewer
from tests.web.cast import browser_of
from tests.web.circle_cast import a_photo
from tests.web.outside_people import WHY, is_at, letters_between, persona_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DOOR = "/outside/door/"
BEGIN = "/outside/begin/"
BY_STAFF: dict[str, Any] = {"actor": None, "why": "for the test", "surface": "cli", "now": NOW}


def close() -> None:
    rollout.close(STRANGERS, **BY_STAFF)


def wind_down() -> None:
    close()
    rollout.wind_down(STRANGERS, until=date(2026, 4, 30), **BY_STAFF)


def open_to(person: Person) -> None:
    """To them alone."""
    batch = rollout.open_batch(STRANGERS, Terms("people", people=[person.pk]), **BY_STAFF)
    for other in batch.feature.batches.exclude(pk=batch.pk):
        rollout.remove_batch(other.pk, **BY_STAFF)


def said_at_the_door(person: Person) -> str:
    answer = browser_of(person).get(DOOR)
    assert answer.status_code == 200
    return text_of(answer)


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (1964, "It is your turn"),
        (None, "your year of birth"),
        (2007, "It is your turn"),
        (2008, "only for people who are surely 18"),  # 18 this year, perhaps not yet
        (2012, "only for people who are surely 18"),
    ],
)
def test_it_says_what_stands_in_the_way(born: int | None, words: str) -> None:
    open_channel()
    assert words in said_at_the_door(inside_only(born))


def test_nobody_comes_in_before_their_turn_and_the_list_keeps_it() -> None:
    open_to(inside_only())
    first, second = inside_only(), inside_only()
    for person in (first, second):
        browser = browser_of(person)
        assert "Not your turn yet" in said_at_the_door(person)
        assert is_at(browser.get(BEGIN), "outside:door")
        assert is_at(browser.post(reverse("outside:wait"), {"on": "1"}), "outside:door")
        browser.post(reverse("outside:wait"), {"on": "1"})
    assert "in place 2" in said_at_the_door(second)
    browser_of(first).post(reverse("outside:wait"), {"on": "0"})
    assert (position(STRANGERS, first.pk, NOW), position(STRANGERS, second.pk, NOW)) == (None, 1)


def test_whose_year_of_birth_is_not_known_is_told_so_while_they_wait() -> None:
    """A batch may go by age: whoever has not said theirs would wait for ever."""
    open_to(inside_only())
    words = "We don't know your year of birth yet."
    assert words in said_at_the_door(inside_only(born=None))
    assert words not in said_at_the_door(inside_only())


@pytest.mark.parametrize("change", [{"suspended_at": NOW}, {"born": 2012}], ids=["suspended", "too young"])
def test_whoever_is_kept_out_still_finds_what_is_their_own(change: dict[str, Any]) -> None:
    open_channel()
    mei = stranger("Lotus Pond")
    Person.objects.filter(pk=mei.pk).update(**change)
    assert "What I have written outside" in said_at_the_door(mei)


@pytest.mark.parametrize("state", ["closed", "winding down", "not let in", "suspended", "not agreed"])
def test_whoever_may_not_come_in_is_sent_to_the_door(state: str) -> None:
    """By reading and by writing, on whatever page; a photo is simply not there."""
    open_channel()
    mei, hua = stranger("Lotus Pond"), stranger("River Stone")
    exchange, photo = letters_between(mei, hua), outside_photo(hua)
    if state == "closed":
        close()
    elif state == "winding down":
        wind_down()
    elif state == "not let in":
        open_to(hua)
    elif state == "suspended":
        Person.objects.filter(pk=mei.pk).update(suspended_at=NOW)
    else:
        strangers.leave(viewer(mei), surface="web")
    browser = browser_of(mei)
    for name, args in (
        ("home", []), ("letters", []), ("notices", []), ("tips", []), ("exchange", [exchange.pk]),
        ("person", [persona_of(hua).pk]), ("greet", [persona_of(hua).pk]), ("know", [exchange.pk]),
        ("report", ["persona", persona_of(hua).pk]), ("avoid", [persona_of(hua).pk]),
    ):  # fmt: skip
        assert is_at(browser.get(reverse(f"outside:{name}", args=args)), "outside:door"), name
    sent = browser.post(reverse("outside:write-letter", args=[exchange.pk]), {"text": "Are you there?"})
    assert is_at(sent, "outside:door")
    assert browser.get(reverse("outside:photo", args=[photo.pk, "small"])).status_code == 404
    assert "River Stone" not in said_at_the_door(mei)


def test_while_it_is_wound_down_ones_own_can_be_read_and_erased_until_a_day() -> None:
    open_channel()
    mei = stranger("Lotus Pond", intro="I grow roses in pots.")
    strangers.write_post(viewer(mei), topic="meet", text="Who walks in the evenings?")
    wind_down()
    assert "30 April 2026" in said_at_the_door(mei)
    browser = browser_of(mei)
    page = text_of(browser.get(reverse("outside:mine")))
    assert "30 April 2026" in page
    assert "Who walks in the evenings?" in page
    assert "Strangers see this" not in page
    assert browser.post(reverse("outside:leave"), {"how": "keep"}).status_code == 422  # nobody comes back
    assert is_at(browser.post(reverse("outside:leave"), {"how": "erase"}), "outside:door")
    assert not Persona.objects.unguarded(WHY).filter(person=mei).exclude(name="").exists()
    assert "nothing for you to do" in said_at_the_door(mei)


def test_switched_off_nothing_is_shown_but_leaving_is_possible() -> None:
    open_channel()
    mei = stranger("Lotus Pond")
    close()
    browser = browser_of(mei)
    for name in ("mine", "persona", "leave", "avoided", "contacts"):
        assert is_at(browser.get(reverse(f"outside:{name}")), "outside:door"), name
    assert "Lotus Pond" not in said_at_the_door(mei)
    assert browser.post(DOOR, {}).status_code == 422
    assert is_at(browser.post(DOOR, {"how": "keep"}), "outside:door")
    assert not has_consented(mei.pk, Purpose.STRANGERS)


# --- Agreeing, and who one is ---------------------------------------------------------------


AGREED = {"version": "1", "agree": "on"}
LOTUS = {**AGREED, "step": "persona", "name": "Lotus Pond", "intro": "I grow roses.", "tells": ["years"]}


def test_agreeing_and_a_persona_are_written_together_or_not_at_all() -> None:
    open_channel()
    mei = inside_only()
    browser = browser_of(mei)
    assert browser.post(BEGIN, {"version": "1"}).status_code == 422
    page = browser.post(BEGIN, AGREED)
    assert page.status_code == 200
    assert "What shall people call you here?" in text_of(page)
    refused = browser.post(BEGIN, {**LOTUS, "name": mei.display_name[:20], "intro": "Ring me: 139 8765 4321"})
    assert refused.status_code == 422
    assert "Ring me" in refused.content.decode()
    assert not Consent.objects.filter(person=mei, purpose=Purpose.STRANGERS).exists()
    assert is_at(
        browser.post(BEGIN, {**LOTUS, "interests": "roses、 dumplings, evening walks"}), "outside:home"
    )
    persona = persona_of(mei)
    assert (persona.name, persona.interests) == ("Lotus Pond", ["roses", "dumplings", "evening walks"])
    assert (persona.tells_years, persona.tells_age, persona.tells_confirmed) == (True, False, False)
    consent = Consent.objects.get(person=mei, purpose=Purpose.STRANGERS)
    assert (consent.given, consent.text_version) == (True, "1")


def test_other_words_than_the_ones_that_stand_there_now_are_not_agreed_to() -> None:
    open_channel()
    mei = inside_only()
    page = browser_of(mei).post(BEGIN, {**LOTUS, "version": "0"})
    assert "read them once more" in text_of(page)
    assert not Persona.objects.unguarded(WHY).filter(person=mei).exists()


def test_nothing_is_ticked_beforehand() -> None:
    open_channel()
    page = browser_of(inside_only()).post(BEGIN, AGREED).content.decode()
    ticks = [
        part.split(">")[0] for part in page.split("<input")[1:] if 'type="checkbox"' in part.split(">")[0]
    ]
    assert len(ticks) >= 12
    assert [tick for tick in ticks if "checked" in tick] == []


def test_a_picture_stays_while_something_else_is_refused() -> None:
    open_channel()
    mei = inside_only()
    browser = browser_of(mei)
    refused = browser.post(BEGIN, {**LOTUS, "name": "x", "avatar": a_photo()})
    assert refused.status_code == 422
    kept = refused.content.decode().split('name="kept_avatar" value="')[1].split('"')[0]
    assert is_at(browser.post(BEGIN, {**LOTUS, "kept_avatar": kept}), "outside:home")
    assert persona_of(mei).avatar_id is not None


def test_somebody_elses_picture_is_not_taken() -> None:
    open_channel()
    hua = stranger("River Stone")
    photo = outside_photo(hua)

    mei = inside_only()
    answer = browser_of(mei).post(BEGIN, {**LOTUS, "kept_avatar": write_id(photo.pk)})
    assert write_id(photo.pk) not in answer.content.decode()
    assert persona_of(mei).avatar_id is None


def test_another_province_has_other_cities_without_a_script_and_nothing_is_lost() -> None:
    open_channel()
    mei = inside_only()
    sent = {**LOTUS, "name": "Lotus", "cities": "1", "province": "140000", "looks_for": ["company"]}
    page = browser_of(mei).post(BEGIN, sent)
    html = page.content.decode()
    assert page.status_code == 200
    assert 'value="140400"' in html
    assert 'value="Lotus"' in html
    assert "I grow roses." in html
    assert html.count("checked") == 2
    assert not Persona.objects.unguarded(WHY).filter(person=mei).exists()


def test_coming_back_brings_nothing_back_by_itself() -> None:
    open_channel()
    mei = stranger("Lotus Pond")
    post = strangers.write_post(viewer(mei), topic="meet", text="Who walks in the evenings?")
    browser = browser_of(mei)
    assert browser.post(reverse("outside:leave"), {}).status_code == 422
    assert is_at(browser.post(reverse("outside:leave"), {"how": "keep"}), "outside:door")
    assert "You can come back" in said_at_the_door(mei)
    assert is_at(browser.post(BEGIN, AGREED), "outside:door")
    assert persona_of(mei).shows
    post.refresh_from_db()
    assert post.withdrawn_at is not None


def test_both_purposes_stand_in_the_record(clock: Clock) -> None:
    open_channel()
    mei = stranger("Lotus Pond")
    clock.advance(days=1)
    browser_of(mei).post(reverse("outside:leave"), {"how": "keep"})
    page = text_of(browser_of(mei).get(reverse("privacy:ledger")))
    assert "Leaving outside" in page
    assert "Going outside" in page
    assert "Opening my circles" not in page
