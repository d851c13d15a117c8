"""Friends: finding, asking, answering, parting. Mei owns; Bo is her friend; Eve is a stranger."""

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
from kith.web.acts import RECEIPT, write_receipt
from tests.web.cast import Answer, as_viewer, befriend, browser_of, circle_of, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]


def post(browser: Client, name: str, *places: int, **data: Any) -> Answer:
    return browser.post(reverse(f"friends:{name}", args=places or None), data)


def text_of(response: Answer) -> str:
    return response.content.decode()


def friend_ids(person: Person) -> set[int]:
    return {friend.face.id for friend in ties.friends(as_viewer(person)).items}


def ask(sender: Person, recipient: Person, **options: Any) -> int:
    sent = sharing.request_friend(as_viewer(sender), recipient_id=recipient.pk, **options)
    assert sent is not None
    return int(sent.pk)


# --- Who comes in ------------------------------------------------------------------------

PAGES = ["list", "find", "requests", "invitations", "blocked"]
OF_A_PERSON = ["friend", "rename", "belong", "mute", "hide", "unfriend", "block", "unblock"]
OF_A_REQUEST = ["accept", "decline", "withdraw"]


@pytest.mark.parametrize("name", [*PAGES, "ask", *OF_A_PERSON, *OF_A_REQUEST])
def test_who_is_not_signed_in_is_asked_to_sign_in(name: str, bo: Person) -> None:
    address = reverse(f"friends:{name}", args=[bo.pk] if name in OF_A_PERSON + OF_A_REQUEST else None)
    for answer in (browser_of(None).get(address), browser_of(None).post(address)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_for_whoever_is_signed_in(name: str, mei: Person, eve: Person) -> None:
    for person in (mei, eve):
        assert browser_of(person).get(reverse(f"friends:{name}")).status_code == 200


@pytest.mark.parametrize("name", ["rename", "belong", "mute", "hide", "unfriend", "unblock"])
def test_the_page_of_no_friend_is_not_there(name: str, bo: Person, eve: Person) -> None:
    browser = browser_of(eve)
    for person_id in (bo.pk, random_id()):
        answer = post(browser, name, person_id, on="1")
        assert answer.status_code == 404, name
    assert browser.get(reverse("friends:friend", args=[bo.pk])).status_code == 404


ONLY_CHANGE = ["ask", "rename", "belong", "mute", "hide", "unblock", "decline", "withdraw"]


@pytest.mark.parametrize("name", ONLY_CHANGE)
def test_what_changes_something_is_not_done_by_a_link(name: str, mei: Person, bo: Person) -> None:
    address = reverse(f"friends:{name}", args=None if name == "ask" else [bo.pk])
    assert browser_of(mei).get(address).status_code == 405


def test_a_form_of_another_site_changes_nothing(mei: Person, bo: Person) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mei)
    assert post(browser, "unfriend", bo.pk).status_code == 403
    assert friend_ids(mei) == {bo.pk}


# --- The list ----------------------------------------------------------------------------


def test_the_list_says_what_i_call_them_and_where_they_are(mei: Person, bo: Person) -> None:
    circle_of(mei, "Family", bo)
    sharing.set_alias(as_viewer(mei), other_id=bo.pk, alias="Little brother")
    page = text_of(browser_of(mei).get(reverse("friends:list")))
    assert "Little brother" in page
    assert "Family" in page


def test_the_list_goes_on(mei: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ties.friends
    monkeypatch.setattr(ties, "friends", lambda viewer, cursor=None: whole(viewer, cursor=cursor, size=1))
    for name in ("Bo", "Chen"):
        befriend(mei, somebody(name))
    first = text_of(browser_of(mei).get(reverse("friends:list")))
    (after,) = re.findall(r'\?after=([^"]+)"', first)
    second = text_of(browser_of(mei).get(reverse("friends:list"), {"after": after}))
    assert ("Bo" in first, "Chen" in first, "Chen" in second) == (True, False, True)
    assert "Find somebody" not in second


def test_a_place_in_the_list_that_never_was_is_not_there(mei: Person) -> None:
    assert browser_of(mei).get(reverse("friends:list"), {"after": "x"}).status_code == 404


# --- Finding -----------------------------------------------------------------------------


def test_somebody_is_found_by_their_name_here(mei: Person, eve: Person) -> None:
    page = text_of(post(browser_of(mei), "find", who="@Eve"))
    assert "Ask to be friends" in page


def test_a_number_finds_only_who_allows_it_and_otherwise_tells_nothing(mei: Person, eve: Person) -> None:
    known, unknown = "138 0013 8000", "139 0013 9000"
    eve.phone, eve.phone_verified, eve.found_by_phone = "+8613800138000", True, True
    eve.save()
    assert "Eve" in text_of(post(browser_of(mei), "find", who=known))
    eve.found_by_phone = False
    eve.save()

    def said(number: str) -> str:
        page = text_of(post(browser_of(mei), "find", who=number)).replace(number, "NUMBER")
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

    assert said(known) == said(unknown)
    assert "We found nobody" in said(known)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("mei", "That is you"),
        ("bo", "You are friends already"),
        ("", "Please fill this in"),
        ("x" * 41, "40"),
    ],
)
def test_what_a_search_says(who: str, said: str, mei: Person, bo: Person) -> None:
    answer = post(browser_of(mei), "find", who=who)
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert who in text_of(answer)


def test_who_blocked_me_is_nobody(mei: Person, eve: Person) -> None:
    sharing.block(as_viewer(eve), other_id=mei.pk)
    assert "We found nobody" in text_of(post(browser_of(mei), "find", who="eve"))
    assert "We found nobody" in text_of(post(browser_of(mei), "ask", who="eve"))


def test_numbers_cannot_be_tried_one_after_the_other(mei: Person, eve: Person, settings: Any) -> None:
    settings.LOOK_UPS_PER_HOUR = 2
    browser = browser_of(mei)
    answers = [post(browser, name, who="eve").status_code for name in ("find", "find", "find", "ask")]
    assert answers == [200, 200, 429, 429]
    assert ties.requests_out(as_viewer(mei)) == ()


# --- Asking ------------------------------------------------------------------------------


def test_asking_sends_a_request_once(mei: Person, eve: Person) -> None:
    circle = circle_of(mei, "Neighbours")
    browser = browser_of(mei)
    for _tap in range(2):
        answer = post(browser, "ask", who="eve", note="From next door", circle=write_id(circle.pk))
        assert answer.status_code in (200, 302)
    (card,) = ties.requests_in(as_viewer(eve))
    assert (card.face.name, card.note) == ("Mei", "From next door")
    page = text_of(browser_of(eve).get(reverse("friends:requests")))
    assert "From next door" in page
    assert "Neighbours" not in page


@pytest.mark.parametrize("wrong", [{"note": "x" * 101}, {"circle": "0000000000000"}, {"circle": "?"}])
def test_a_request_that_cannot_be_comes_back_as_it_was_typed(
    wrong: dict[str, str], mei: Person, eve: Person
) -> None:
    answer = post(browser_of(mei), "ask", **{"who": "eve", "note": "Hello there", **wrong})
    assert answer.status_code == 200
    assert wrong.get("note", "Hello there") in text_of(answer)
    assert ties.requests_out(as_viewer(mei)) == ()


def test_the_circle_of_somebody_else_is_no_choice(mei: Person, bo: Person, eve: Person) -> None:
    theirs = circle_of(bo, "Bo's own")
    answer = post(browser_of(mei), "ask", who="eve", circle=write_id(theirs.pk))
    assert answer.status_code == 200
    assert ties.requests_in(as_viewer(eve)) == ()


def test_to_ask_who_has_asked_me_is_to_answer(mei: Person, eve: Person) -> None:
    ask(eve, mei)
    page = text_of(post(browser_of(mei), "find", who="eve"))
    assert "Answer them" in page


# --- Answering ---------------------------------------------------------------------------


def test_a_new_friend_goes_into_the_circles_that_are_ticked_and_named(mei: Person, eve: Person) -> None:
    one, two = circle_of(mei, "Family"), circle_of(mei, "Choir")
    asked = ask(eve, mei)
    browser = browser_of(mei)
    ticked = {"circles": [write_id(one.pk), write_id(two.pk)], "new_circle": "Garden"}
    receipt = {RECEIPT: write_receipt(as_viewer(mei), asked)}
    for _tap in range(2):
        assert post(browser, "accept", asked, **ticked, **receipt).status_code == 302
    assert ties.find_friend(as_viewer(mei), eve.pk).face.circles == ("Choir", "Family", "Garden")


def test_a_new_circle_of_a_name_that_is_there_is_that_circle(mei: Person, eve: Person) -> None:
    circle_of(mei, "Family")
    post(browser_of(mei), "accept", ask(eve, mei), new_circle="Family")
    assert ties.find_friend(as_viewer(mei), eve.pk).face.circles == ("Family",)


def test_an_answer_that_cannot_be_makes_neither_friend_nor_circle(mei: Person, eve: Person) -> None:
    for number in range(20):
        circle_of(mei, f"Circle {number}")
    asked = ask(eve, mei)
    answer = post(browser_of(mei), "accept", asked, new_circle="One more")
    assert answer.status_code == 200
    assert "twenty circles" in text_of(answer)
    assert "One more" in text_of(answer)
    assert friend_ids(mei) == set()
    answer = post(browser_of(mei), "accept", asked, circles="nonsense")
    assert answer.status_code == 200
    assert friend_ids(mei) == set()


@pytest.mark.parametrize("name", OF_A_REQUEST)
def test_nobody_answers_for_another(name: str, mei: Person, bo: Person, eve: Person) -> None:
    asked = ask(eve, mei)
    browser = browser_of(bo)
    assert post(browser, name, asked).status_code == 404
    assert post(browser, name, asked, **{RECEIPT: write_receipt(as_viewer(eve), asked)}).status_code == 404
    assert len(ties.requests_in(as_viewer(mei))) == 1


def test_declining_twice_is_declining(mei: Person, eve: Person) -> None:
    asked = ask(eve, mei)
    receipt = {RECEIPT: write_receipt(as_viewer(mei), asked)}
    browser = browser_of(mei)
    for _tap in range(2):
        assert post(browser, "decline", asked, **receipt).status_code == 302
    assert ties.requests_in(as_viewer(mei)) == ()
    page = text_of(browser_of(eve).get(reverse("friends:requests")))
    assert "Mei" in page, "who was declined is not told"


def test_taking_a_request_back_twice_is_taking_it_back(mei: Person, eve: Person) -> None:
    asked = ask(eve, mei)
    page = text_of(browser_of(eve).get(reverse("friends:requests")))
    (receipt,) = re.findall(rf'name="{RECEIPT}" value="([^"]+)"', page)
    for _tap in range(2):
        assert post(browser_of(eve), "withdraw", asked, receipt=receipt).status_code == 302
    assert ties.requests_in(as_viewer(mei)) == ()


# --- A friend's page ---------------------------------------------------------------------


def test_what_i_call_them_is_mine_alone(mei: Person, bo: Person) -> None:
    browser = browser_of(mei)
    assert post(browser, "rename", bo.pk, alias="Didi").status_code == 302
    assert "Didi" in text_of(browser.get(reverse("friends:friend", args=[bo.pk])))
    assert "Didi" not in text_of(browser_of(bo).get(reverse("friends:list")))
    too_long = post(browser, "rename", bo.pk, alias="y" * 41)
    assert too_long.status_code == 200
    assert "y" * 41 in text_of(too_long)


def test_ticks_put_a_friend_into_circles_and_out_of_them(mei: Person, bo: Person) -> None:
    family, choir, garden = (circle_of(mei, name) for name in ("Family", "Choir", "Garden"))
    sharing.add_members(as_viewer(mei), circle_id=family.pk, person_ids=[bo.pk])
    seen_then = {"was": [write_id(family.pk)], "circles": [write_id(choir.pk)]}
    # Meanwhile, on another telephone, Bo was put into a third circle; the page never showed that.
    sharing.add_members(as_viewer(mei), circle_id=garden.pk, person_ids=[bo.pk])
    for _tap in range(2):
        assert post(browser_of(mei), "belong", bo.pk, **seen_then).status_code == 302
    assert ties.find_friend(as_viewer(mei), bo.pk).face.circles == ("Choir", "Garden")


def test_a_friend_cannot_be_put_into_somebody_elses_circle(mei: Person, bo: Person, eve: Person) -> None:
    theirs = circle_of(eve, "Eve's")
    answer = post(browser_of(mei), "belong", bo.pk, circles=write_id(theirs.pk))
    assert answer.status_code == 200
    assert ties.circles(as_viewer(eve))[0].size == 0


@pytest.mark.parametrize(("name", "fact"), [("mute", "muted"), ("hide", "hidden_from")])
def test_a_switch_stays_where_it_is_put(name: str, fact: str, mei: Person, bo: Person) -> None:
    for on in ("1", "1", "0", "0", "nonsense"):
        assert post(browser_of(mei), name, bo.pk, on=on).status_code == 302
        assert getattr(ties.find_friend(as_viewer(mei), bo.pk), fact) is (on == "1")
    post(browser_of(mei), name, bo.pk, on="1")
    assert "see nothing of what" in text_of(browser_of(mei).get(reverse("friends:friend", args=[bo.pk])))
    assert "see nothing of what" not in text_of(browser_of(bo).get(reverse("friends:friend", args=[mei.pk])))


# --- Parting -----------------------------------------------------------------------------


def test_unfriending_asks_first_and_twice_is_once(mei: Person, bo: Person) -> None:
    browser = browser_of(mei)
    page = text_of(browser.get(reverse("friends:unfriend", args=[bo.pk])))
    assert friend_ids(mei) == {bo.pk}
    (receipt,) = re.findall(rf'name="{RECEIPT}" value="([^"]+)"', page)
    for _tap in range(2):
        answer = post(browser, "unfriend", bo.pk, receipt=receipt)
        assert (answer.status_code, answer["Location"]) == (302, reverse("friends:list"))
    assert friend_ids(mei) == friend_ids(bo) == set()


def test_blocking_asks_first_and_can_be_taken_back(mei: Person, bo: Person) -> None:
    browser = browser_of(mei)
    assert "Bo" in text_of(browser.get(reverse("friends:block", args=[bo.pk])))
    for _tap in range(2):
        assert post(browser, "block", bo.pk).status_code == 302
    assert friend_ids(bo) == set()
    page = text_of(browser.get(reverse("friends:blocked")))
    assert "Bo" in page
    (receipt,) = re.findall(rf'name="{RECEIPT}" value="([^"]+)"', page)
    for _tap in range(2):
        assert post(browser, "unblock", bo.pk, receipt=receipt).status_code == 302
    assert ties.blocked_people(as_viewer(mei)) == ()


def test_a_stranger_is_blocked_without_a_word_of_who_they_are(mei: Person, eve: Person) -> None:
    page = text_of(browser_of(mei).get(reverse("friends:block", args=[eve.pk])))
    assert "this person" in page
    assert "Eve" not in page
    assert post(browser_of(mei), "block", eve.pk).status_code == 302
    assert post(browser_of(mei), "block", random_id()).status_code == 404
    myself = browser_of(mei).post(reverse("friends:block", args=[mei.pk]), follow=True)
    assert "That is you" in text_of(myself)
