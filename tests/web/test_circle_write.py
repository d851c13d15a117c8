"""Writing: who will see it is said before it is sent, nothing typed is lost, nothing is sent twice."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kith.core.ids import random_id, write_id
from kith.media.models import Photo
from kith.people.models import Person
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.sharing.models import Share
from kith.sharing.queries import Card
from kith.ties.models import Circle
from tests.web.cast import as_viewer, befriend, browser_of, circle_of, somebody
from tests.web.circle_cast import a_photo, bought, listing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]


def address(kind: str, **about: int) -> str:
    query = "&".join(f"{name}={write_id(number)}" for name, number in about.items())
    return reverse("circle:write", args=[kind]) + (f"?{query}" if query else "")


def sent(circle: Circle, **fields: Any) -> dict[str, Any]:
    return {"circles": [write_id(circle.pk)], **fields}


def mine(person: Person) -> tuple[Card, ...]:
    return circle.my_shares(as_viewer(person)).items


def test_the_page_names_who_will_see_it_before_it_is_sent(mei: Person, bo: Person, family: Circle) -> None:
    chen = somebody("Chen")
    befriend(mei, chen)
    sharing.add_members(as_viewer(mei), circle_id=family.pk, person_ids=[chen.pk])
    sharing.set_hidden_from(as_viewer(mei), other_id=chen.pk, on=True)
    html = browser_of(mei).get(address("question")).content.decode()
    assert "Family · 1 person" in html
    assert "1 person will see it: Bo." in html
    assert "Chen" not in html  # in the circle, but Mei does not show him hers


def test_it_is_said_anew_for_the_circles_that_are_ticked(mei: Person, bo: Person, family: Circle) -> None:
    who, browser = reverse("circle:who"), browser_of(mei)

    def words(**ticked: str) -> str:
        return browser.get(who, ticked).content.decode()

    assert "1 person will see it: Bo." in words(circles=write_id(family.pk))
    assert "Nobody would see it yet" in words()
    assert "Everyone who looks at this listing" in words(everyone="1", public="1")
    assert "Everyone" not in words(everyone="1")
    assert "Nobody would see it yet" in words(circles=write_id(random_id()))


def test_a_question_reaches_the_circle(mei: Person, bo: Person, family: Circle) -> None:
    kettle = listing()
    answer = browser_of(mei).post(
        address("question", listing=kettle.pk), sent(family, text="Is it good?"), follow=True
    )
    assert "It is shown." in answer.content.decode()
    (card,) = circle.circle_feed(as_viewer(bo)).items
    assert (card.kind, card.text, card.thing and card.thing.title) == (
        "question",
        "Is it good?",
        "Steel kettle",
    )


def test_a_question_may_be_about_a_shelf_but_no_sensitive_one(mei: Person, family: Circle) -> None:
    listing()
    listing("Ointment", sensitive=True)
    html = browser_of(mei).get(address("question")).content.decode()
    assert 'value="kitchen"' in html
    assert "remedies" not in html
    browser_of(mei).post(address("question"), sent(family, text="Good pans?", category="kitchen"))
    assert mine(mei)[0].category == "kitchen"
    refused = browser_of(mei).post(address("question"), sent(family, text="Good ones?", category="remedies"))
    assert refused.status_code == 422
    assert "Good ones?" in refused.content.decode()


@pytest.mark.parametrize("kind", ["question", "tip", "review", "purchase"])
def test_nothing_goes_to_nobody_and_what_was_typed_stays(mei: Person, family: Circle, kind: str) -> None:
    thing = listing()
    about = {"line": bought(mei, thing).pk} if kind == "purchase" else {"listing": thing.pk}
    answer = browser_of(mei).post(address(kind, **about), {"text": "All that I typed", "rating": "4"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "All that I typed" in html
    assert "Choose who may see it." in html
    assert kind != "review" or re.search(r'name="rating" value="4" checked', html)
    assert mine(mei) == ()


def test_a_purchase_is_shown_and_one_of_somebody_else_is_not_there(
    mei: Person, bo: Person, family: Circle
) -> None:
    line, of_bo = bought(mei, listing()), bought(bo, listing("Lamp"))
    browser = browser_of(mei)
    browser.post(address("purchase", line=line.pk), sent(family, text="Boils fast."))
    (card,) = circle.circle_feed(as_viewer(bo)).items
    assert (card.kind, card.outcome, card.text) == ("purchase", "kept", "Boils fast.")
    assert browser.get(address("purchase", line=of_bo.pk)).status_code == 404
    assert browser.post(address("purchase", line=of_bo.pk), sent(family)).status_code == 404


def test_the_domains_own_sentence_stands_at_the_form(mei: Person, family: Circle) -> None:
    line = bought(mei, listing(), delivered=False)
    answer = browser_of(mei).post(address("purchase", line=line.pk), sent(family, text="Cannot wait"))
    assert answer.status_code == 422
    assert "You can show this once it has arrived." in answer.content.decode()
    assert "Cannot wait" in answer.content.decode()


def test_everyone_is_chosen_explicitly_and_for_reviews_only(mei: Person, family: Circle) -> None:
    thing = listing()
    browser = browser_of(mei)
    html = browser.get(address("review", listing=thing.pk)).content.decode()
    assert "Strangers too." in html
    assert not re.search(r'name="everyone" value="1" checked', html)
    browser.post(address("tip", listing=thing.pk), sent(family, text="a tip", everyone="1"))
    assert not mine(mei)[0].audience.everyone
    browser.post(address("review", listing=thing.pk), {"rating": "5", "everyone": "1"})
    assert mine(mei)[0].audience.everyone


def test_the_same_form_sent_twice_makes_one(mei: Person, family: Circle) -> None:
    browser = browser_of(mei)
    (once,) = re.findall(r'name="once" value="([^"]+)"', browser.get(address("tip")).content.decode())
    form = sent(family, text="a tip", once=once)
    first = browser.post(address("tip"), {**form, "photos": a_photo()})
    second = browser.post(address("tip"), {**form, "photos": a_photo()})
    assert first["Location"] == second["Location"]
    assert len(mine(mei)) == 1
    assert Photo.objects.unguarded("a test counts").count() == 1


def test_a_token_is_its_owners(mei: Person, bo: Person, family: Circle) -> None:
    of_bo = circle_of(bo, "Home", mei)
    browser_of(mei).post(address("tip"), sent(family, text="by Mei", once="same"))
    browser_of(bo).post(address("tip"), sent(of_bo, text="by Bo", once="same"))
    assert len(mine(mei)) == len(mine(bo)) == 1


# --- Photos --------------------------------------------------------------------------------


def write_tip(browser: Client, family: Circle, **fields: Any) -> Any:
    return browser.post(address("tip"), sent(family, **fields))


def test_photos_survive_a_complaint_and_are_sent_with_the_next_try(mei: Person, family: Circle) -> None:
    browser = browser_of(mei)
    complaint = write_tip(browser, family, text="", photos=[a_photo(), a_photo()])
    kept = re.findall(r'name="kept_photos" value="([^"]+)" checked', complaint.content.decode())
    assert len(kept) == 2
    write_tip(browser, family, text="now with words", kept_photos=kept[:1])
    assert [write_id(photo.id) for photo in mine(mei)[0].photos] == kept[:1]


def test_ten_photos_are_too_many(mei: Person, family: Circle) -> None:
    answer = write_tip(browser_of(mei), family, text="a tip", photos=[a_photo() for _ in range(10)])
    assert answer.status_code == 422
    assert "At most nine photos." in answer.content.decode()
    assert mine(mei) == ()


def test_what_is_no_photo_is_named(mei: Person, family: Circle) -> None:
    broken = a_photo("holiday.png")
    broken.file.truncate(10)  # type: ignore[union-attr]
    answer = write_tip(browser_of(mei), family, text="a tip", photos=broken)
    assert answer.status_code == 422
    assert "holiday.png" in answer.content.decode()


def test_photos_of_somebody_else_are_not_there(mei: Person, bo: Person, family: Circle) -> None:
    write_tip(browser_of(bo), circle_of(bo, "Home", mei), text="a tip", photos=a_photo())
    (photo,) = Photo.objects.unguarded("a test looks")
    answer = write_tip(browser_of(mei), family, text="stolen", kept_photos=write_id(photo.pk))
    assert answer.status_code == 404
    assert not Share.objects.unguarded("a test looks").filter(text="stolen").exists()


def test_a_photo_is_served_to_whoever_sees_its_share(mei: Person, bo: Person, family: Circle) -> None:
    write_tip(browser_of(mei), family, text="a tip", photos=a_photo())
    (photo,) = Photo.objects.unguarded("a test looks")
    large = reverse("circle:photo", args=[photo.pk, "large"])
    for person in (mei, bo):
        answer = browser_of(person).get(large)
        assert answer["Content-Type"] == "image/webp"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer.content[8:12] == b"WEBP"
    assert large in browser_of(bo).get(reverse("circle:feed")).content.decode()
    assert browser_of(somebody("Eve")).get(large).status_code == 404
    assert browser_of(None).get(large).status_code == 404
    assert browser_of(mei).get(reverse("circle:photo", args=[photo.pk, "huge"])).status_code == 404
    sharing.hide_share(as_viewer(mei), share_id=mine(mei)[0].id)
    assert browser_of(bo).get(large).status_code == 404


def test_what_still_waits_says_so(mei: Person, family: Circle) -> None:
    line = bought(mei, listing())
    share = sharing.share_purchase(as_viewer(mei), line_id=line.pk, circle_ids=[family.pk])
    tomorrow = as_viewer(mei).now + timedelta(days=1)
    Share.objects.unguarded("a test holds it").filter(pk=share.pk).update(visible_from=tomorrow)
    answer = browser_of(mei).post(address("purchase", line=line.pk), sent(family, text="Good"), follow=True)
    assert "It waits a little before others see it." in answer.content.decode()
    assert "It is shown." not in answer.content.decode()


# --- Choosing what --------------------------------------------------------------------------


def test_things_bought_come_ready_to_be_shown_or_say_why_not(mei: Person, family: Circle) -> None:
    line, underway = bought(mei, listing()), bought(mei, listing("Lamp"), delivered=False)
    bought(mei, listing("Ointment", sensitive=True))
    html = browser_of(mei).get(reverse("circle:choose")).content.decode()
    assert address("purchase", line=line.pk) in html
    assert address("purchase", line=underway.pk) not in html
    assert "You can show it once it has come" in html
    assert "Things of this kind are never shown to circles" in html


@pytest.mark.parametrize("kind", ["review", "purchase"])
def test_without_a_thing_one_chooses_it_first(mei: Person, family: Circle, kind: str) -> None:
    assert browser_of(mei).get(address(kind))["Location"] == reverse("circle:choose")


def test_a_kind_that_does_not_exist_is_no_such_page(mei: Person, family: Circle) -> None:
    assert browser_of(mei).get(address("poem")).status_code == 404


def test_with_circles_closed_one_is_invited_to_open_them() -> None:
    eve = browser_of(somebody("Eve", consents=False))
    for page in (reverse("circle:choose"), address("tip")):
        assert reverse("privacy:open") in eve.get(page).content.decode()
