"""A persona's page: facts with words for each, nothing of the shopper behind it; and changing one's own."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kith.core.ids import write_id
from kith.people.models import Person
from kith.strangers import services as strangers
from tests.conftest import Clock
from tests.strangers.cast import befriend, inside_only, open_channel, stranger, viewer
from tests.web.cast import browser_of
from tests.web.circle_cast import a_photo
from tests.web.outside_people import is_at, letters_between, persona_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TELLS = ["age", "years", "region", "confirmed", "persona_age", "answers"]


def page_of(reader: Person, person: Person) -> str:
    answer = browser_of(reader).get(reverse("outside:person", args=[persona_of(person).pk]))
    assert answer.status_code == 200
    return text_of(answer)


@pytest.fixture
def mei(clock: Clock) -> Person:
    open_channel()
    return stranger("Lotus Pond", intro="I grow roses in pots.", interests=["roses", "dumplings"])


@pytest.fixture
def hua(mei: Person) -> Person:
    return stranger("River Stone")


def test_what_is_not_told_is_said_to_be_not_told(mei: Person, hua: Person) -> None:
    page = page_of(hua, mei)
    assert "I grow roses in pots." in page
    assert "Baoding, Hebei" in page
    assert page.count("They chose not to show") == 5
    assert "No upheld complaints" in page
    assert "These are facts, not a promise." in page
    assert "✓" not in page


def test_from_the_tips_one_goes_back_to_whom_one_was_reading_about(mei: Person, hua: Person) -> None:
    here = reverse("outside:person", args=[persona_of(mei).pk])
    there = f"{reverse('outside:tips')}?next={here}"
    assert there in browser_of(hua).get(here).content.decode()
    assert f'class="act back" href="{here}"' in browser_of(hua).get(there).content.decode()
    elsewhere = browser_of(hua).get(reverse("outside:tips"), {"next": "https://example.com/"})
    assert f'class="act back" href="{reverse("outside:letters")}"' in elsewhere.content.decode()


def test_what_is_told_stands_there_in_rough_words(mei: Person, hua: Person, clock: Clock) -> None:
    strangers.change_persona(viewer(mei), tells=TELLS)
    Person.objects.filter(pk=mei.pk).update(phone="+8613912345678", phone_verified=True)
    clock.advance(days=45)
    page = page_of(hua, mei)
    assert "in their 60s" in page
    assert "Has shopped here for less than a year" in page
    assert "We don't know whether they live where they say" in page
    assert "Telephone confirmed" in page
    assert "more than a month" in page
    assert "Too few greetings so far" in page
    assert "They chose not to show" not in page


def test_upheld_complaints_are_always_there(mei: Person, hua: Person) -> None:
    persona = persona_of(mei)
    persona.upheld = 2
    persona.save(update_fields=["upheld"])
    assert "2 upheld complaints" in page_of(hua, mei)


def test_somebody_who_knows_them_finds_nothing_there(mei: Person, hua: Person) -> None:
    befriend(mei, hua)
    browser = browser_of(hua)
    for name in ("person", "greet", "avoid"):
        answer = browser.get(reverse(f"outside:{name}", args=[persona_of(mei).pk]))
        never = browser.get(reverse(f"outside:{name}", args=[1]))
        assert (answer.status_code, answer.content) == (404, never.content), name


def outside_pages(person: Person, other: Person, exchange: int) -> list[str]:
    theirs = [persona_of(other).pk]
    return [
        reverse("outside:door"), reverse("outside:mine"), f"{reverse('outside:mine')}?show=letters",
        reverse("outside:persona"), reverse("outside:leave"), reverse("outside:contacts"),
        reverse("outside:avoided"), reverse("outside:person", args=theirs),
        reverse("outside:person", args=[persona_of(person).pk]), reverse("outside:greet", args=theirs),
        reverse("outside:avoid", args=theirs), reverse("outside:report", args=["persona", *theirs]),
        reverse("outside:letters"), reverse("outside:notices"), reverse("outside:tips"),
        reverse("outside:exchange", args=[exchange]), reverse("outside:know", args=[exchange]),
    ]  # fmt: skip


def test_no_page_outside_says_who_anybody_is_inside_not_even_to_themselves(clock: Clock) -> None:
    open_channel()
    mei = stranger("Lotus Pond", person=inside_only(phone="+8613987654321"))
    hua = stranger("River Stone", person=inside_only(phone="+8613987654322"))
    exchange = letters_between(mei, hua)
    for reader, other in ((mei, hua), (hua, mei)):
        browser = browser_of(reader)
        for address in outside_pages(reader, other, exchange.pk):
            page = browser.get(address, follow=True).content.decode()
            for person in (mei, hua):
                person.refresh_from_db()
                secrets = [str(person.pk), write_id(person.pk), person.handle, person.display_name]
                secrets += [(person.phone or "")[3:], "139 8765"]
                assert [one for one in secrets if one in page] == [], address


# --- My own -----------------------------------------------------------------------------------


def test_the_form_comes_as_it_is_and_sends_back_the_same(mei: Person) -> None:
    strangers.change_persona(viewer(mei), tells=["years"], looks_for=["company"], veils_faces=True)
    browser = browser_of(mei)
    page = browser.get(reverse("outside:persona")).content.decode()
    assert 'value="roses, dumplings"' in page
    for value in ("years", "company"):
        assert f'value="{value}"' in page
    assert page.count("checked") == 3
    assert '<option value="130600" selected>' in page


def test_a_name_that_is_taken_is_said_at_the_name_and_nothing_is_lost(mei: Person, hua: Person) -> None:
    browser = browser_of(mei)
    answer = browser.post(reverse("outside:persona"), {"name": "River stone!", "intro": "Other words."})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="id_name_error"' in page
    assert "Other words." in page
    assert persona_of(mei).intro == "I grow roses in pots."


def test_a_picture_is_put_there_kept_and_taken_away(mei: Person) -> None:
    browser = browser_of(mei)
    sent = {"name": "Lotus Pond"}
    assert is_at(browser.post(reverse("outside:persona"), {**sent, "avatar": a_photo()}), "outside:mine")
    avatar = persona_of(mei).avatar_id
    assert avatar is not None
    browser.post(reverse("outside:persona"), {**sent, "kept_avatar": write_id(avatar)})
    assert persona_of(mei).avatar_id == avatar
    browser.post(reverse("outside:persona"), sent)
    assert persona_of(mei).avatar_id is None
    assert browser.get(reverse("outside:photo", args=[avatar, "small"])).status_code == 404


def test_a_file_that_is_no_photo_is_refused_at_the_picture(mei: Person) -> None:
    answer = browser_of(mei).post(
        reverse("outside:persona"), {"name": "Lotus Pond", "avatar": SimpleUploadedFile("x.png", b"no")}
    )
    assert answer.status_code == 422
    assert "could not be read as a photo" in text_of(answer)
