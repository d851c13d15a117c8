"""The feed: Bo shows things to his Family circle, which holds Mei. Mei reads. Eve is a stranger."""

from __future__ import annotations

import gzip
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.core.ids import write_id
from kith.people.models import Person
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.ties.models import Circle
from tests.web.cast import as_viewer, befriend, browser_of, circle_of, somebody
from tests.web.circle_cast import bought, listing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]
FEED = reverse("circle:feed")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def of_bo(bo: Person, mei: Person) -> Circle:
    return circle_of(bo, "Bo's secret name", mei)


def tip(author: Person, circle: Circle, text: str) -> int:
    return int(sharing.give_tip(as_viewer(author), text=text, circle_ids=[circle.pk]).pk)


def page(person: Person | None, address: str = FEED, **headers: str) -> str:
    return browser_of(person).get(address, headers=headers).content.decode()


def test_a_card_says_who_what_when_and_who_sees_it_and_nothing_else(
    mei: Person, bo: Person, of_bo: Circle
) -> None:
    circle_of(mei, "Neighbours", bo)
    line = bought(bo, listing("Steel kettle, 1.7 litres"))
    sharing.share_purchase(as_viewer(bo), line_id=line.pk, circle_ids=[of_bo.pk], text="Boils fast.")
    html = page(mei)
    assert "Steel kettle, 1.7 litres" in html
    assert "Boils fast." in html
    assert "✓ kept" in html
    assert "Neighbours" in html
    assert "Only people in Bo's circles see this" in html
    for kept_back in ("secret name", "129.00", "12 Plum Lane", write_id(line.pk), write_id(line.order_id)):
        assert kept_back not in html


def test_a_review_and_its_purchase_hang_together(mei: Person, bo: Person, of_bo: Circle) -> None:
    thing = listing()
    line = bought(bo, thing)
    tip(bo, of_bo, "Descale it")
    sharing.share_purchase(as_viewer(bo), line_id=line.pk, circle_ids=[of_bo.pk])
    sharing.write_review(as_viewer(bo), listing_id=thing.pk, rating=5, text="Quick", circle_ids=[of_bo.pk])
    shown = page(mei)
    assert re.findall(r'<article class="([^"]+)"', shown) == ["card", "card again", "card"]
    assert "bought, reviewed this month" in shown


def test_somebody_not_signed_in_is_asked_to_sign_in() -> None:
    answer = browser_of(None).get(FEED)
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]


def test_who_has_not_opened_their_circles_is_invited_to() -> None:
    html = page(somebody("Eve", consents=False))
    assert "Open your circles" in html
    assert reverse("privacy:open") in html


def test_an_empty_feed_says_what_to_do_next(mei: Person) -> None:
    assert reverse("circles:new") in page(mei)
    circle_of(mei, "Family")
    html = page(mei)
    assert "It is still quiet here" in html
    assert reverse("circle:write", args=["question"]) in html


def test_a_circle_and_a_kind_narrow_the_feed(mei: Person, bo: Person, of_bo: Circle) -> None:
    yi = somebody("Yi")
    befriend(mei, yi)
    family = circle_of(mei, "Family", bo)
    tip(bo, of_bo, "from Bo")
    tip(yi, circle_of(yi, "All", mei), "from Yi")
    sharing.ask_question(as_viewer(bo), text="which kettle?", circle_ids=[of_bo.pk])
    narrowed = page(mei, f"{FEED}?circle={write_id(family.pk)}")
    assert "from Bo" in narrowed
    assert "from Yi" not in narrowed
    questions = page(mei, f"{FEED}?kind=question")
    assert "which kettle?" in questions
    assert "from Bo" not in questions


@pytest.mark.parametrize("query", ["?circle=0000000000000", "?circle=nonsense", "?after=nonsense"])
def test_what_is_not_there_is_no_such_page(mei: Person, query: str) -> None:
    assert browser_of(mei).get(FEED + query).status_code == 404


def test_another_persons_circle_is_no_such_page(mei: Person, of_bo: Circle) -> None:
    assert browser_of(mei).get(f"{FEED}?circle={write_id(of_bo.pk)}").status_code == 404


def test_more_comes_by_link_and_by_htmx_and_nothing_twice(mei: Person, bo: Person, of_bo: Circle) -> None:
    for number in range(25):
        tip(bo, of_bo, f"tip {number}!")
    first = page(mei)
    following = circle.circle_feed(as_viewer(mei)).next
    assert following is not None
    rest = page(mei, f"{FEED}?after={following}")
    part = page(mei, f"{FEED}?after={following}", **HTMX)
    assert "<html" in rest
    assert "<html" not in part
    for number in range(25):
        assert (f"tip {number}!" in first) != (f"tip {number}!" in rest)
        assert (f"tip {number}!" in rest) == (f"tip {number}!" in part)
    assert "HX-Request" in browser_of(mei).get(FEED)["Vary"]


def test_the_same_number_of_queries_for_3_cards_and_for_20(mei: Person, bo: Person, of_bo: Circle) -> None:
    circle_of(mei, "Family", bo)
    browser = browser_of(mei)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(FEED).status_code == 200
        return len(asked)

    for number in range(3):
        tip(bo, of_bo, f"tip {number}")
    few = queries()
    for number in range(30):
        line = bought(bo, listing(f"Thing {number}"))
        share = sharing.share_purchase(as_viewer(bo), line_id=line.pk, circle_ids=[of_bo.pk])
        sharing.comment(as_viewer(mei), share_id=share.pk, text="is it good?")
    assert queries() <= few + 1  # the listings are fetched, once for all


def test_a_full_page_stays_under_50_kb(mei: Person, bo: Person, of_bo: Circle) -> None:
    circle_of(mei, "Family", bo)
    for number in range(21):
        line = bought(bo, listing(f"Steel kettle with a long name, number {number}"))
        sharing.share_purchase(
            as_viewer(bo), line_id=line.pk, circle_ids=[of_bo.pk], text=f"{number} words are said here. " * 20
        )
    answer = browser_of(mei).get(FEED)
    assert answer.content.count(b"<article") == 20
    assert len(gzip.compress(answer.content)) < 50_000


# --- What is new -------------------------------------------------------------------------


def new(person: Person, since: str, **headers: str) -> tuple[int, str]:
    answer = browser_of(person).get(reverse("circle:new"), {"since": since}, headers=headers)
    return answer.status_code, answer.content.decode()


def test_new_things_are_counted_since_the_page_was_drawn(mei: Person, bo: Person, of_bo: Circle) -> None:
    since = circle.circle_feed(as_viewer(mei)).since
    assert since is not None
    assert new(mei, since) == (204, "")
    tip(bo, of_bo, "fresh")
    status, html = new(mei, since)
    assert status == 200
    assert "1 new thing" in html
    assert "fresh" not in html
    assert new(mei, since, **{"If-None-Match": '"1"'})[0] == 304
    assert new(mei, "nonsense")[0] == 404
    assert new(mei, "") == (204, "")


# --- One friend --------------------------------------------------------------------------


def test_a_persons_page_holds_what_they_show_me_and_no_more(mei: Person, bo: Person, of_bo: Circle) -> None:
    tip(bo, of_bo, "for Mei")
    tip(bo, circle_of(bo, "Others"), "for others")
    html = page(mei, reverse("circle:person", args=[bo.pk]))
    assert "for Mei" in html
    assert "for others" not in html


def test_a_strangers_page_is_no_such_page(mei: Person) -> None:
    eve = somebody("Eve")
    assert browser_of(mei).get(reverse("circle:person", args=[eve.pk])).status_code == 404
    mine = browser_of(mei).get(reverse("circle:person", args=[mei.pk]))
    assert mine["Location"] == reverse("circle:mine")


def test_the_front_door_leads_members_in_and_tells_others_what_it_is(mei: Person) -> None:
    assert browser_of(mei).get("/")["Location"] == FEED
    assert reverse("account_signup") in page(None, "/")
