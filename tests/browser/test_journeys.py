"""Mei, who is new here, and her people: from signing up to closing her circles again.

The same with a script and without. Mei puts Bo, her son, into her circle Family, and Lan into
Neighbours; Mo sends what was ordered. Everything is done as people do it, by what they read and tap.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import deeds
from tests.browser.conftest import WITH_AND_WITHOUT, OpenPhone
from tests.browser.deeds import a_photo, card
from tests.browser.town import KETTLE, Town, new_number

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOILS_FAST = "Boils fast, and the lid does not leak."


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_a_newcomer_and_her_people(open_phone: OpenPhone, town: Town, javascript: bool) -> None:
    mei, bo, lan = (open_phone(javascript=javascript) for _ in range(3))
    mo = open_phone(owner=town.mo, javascript=javascript)

    mei_signs_up(mei)
    bo_comes_by_her_link(mei, bo)
    lan_finds_her_by_name(mei, lan)
    mei_buys_a_kettle(mei, mo)
    mei_shows_it_to_her_family(mei, bo, lan)
    bo_asks_about_it(mei, bo)
    bo_asks_his_circle(mei, bo)
    the_listing_says_who_bought_it(town, bo, lan)
    bo_learns_whom_to_trust(bo, lan)
    mei_looks_with_other_eyes(mei)
    mei_writes_a_review_for_everyone(town, mei, lan)
    mei_closes_her_circles(town, mei, bo, lan)


def mei_signs_up(mei: Page) -> None:
    mei.goto("/")
    deeds.tap(mei, "Sign up")
    deeds.sign_up(mei, "Mei", new_number())
    expect(mei.get_by_role("heading", name="Hello Mei!")).to_be_visible()
    deeds.go(mei, "Circle")
    assert deeds.who_sees(mei) == "Your circles are closed: nobody sees anything of yours"
    deeds.open_my_circles(mei)
    deeds.make_circle(mei, "Family")
    deeds.want_to_be_asked(mei)


def bo_comes_by_her_link(mei: Page, bo: Page) -> None:
    link = deeds.make_invitation(mei)
    bo.goto(link)
    deeds.tap(bo, "Make an account")
    deeds.sign_up(bo, "Bo", new_number())
    assert bo.url == link
    deeds.ask_to_be_friends(bo, "It's me, Mum.")
    deeds.open_my_circles(bo)

    deeds.accept_friend(mei, "Bo", into="Family")
    deeds.follow_notice(bo, "Mei is your friend now")
    deeds.make_circle(bo, "Parents")
    deeds.put_into_circle(bo, "Parents", "Mei")


def lan_finds_her_by_name(mei: Page, lan: Page) -> None:
    lan.goto("/accounts/signup/")
    deeds.sign_up(lan, "Lan", new_number())
    deeds.open_my_circles(lan)
    deeds.find_person(lan, "@" + deeds.kith_name(mei))
    deeds.ask_to_be_friends(lan, "Lan from next door")
    deeds.accept_friend(mei, "Lan", into_new="Neighbours")


def mei_buys_a_kettle(mei: Page, mo: Page) -> None:
    deeds.find_in_shop(mei, "kettle", KETTLE)
    deeds.buy(mei, recipient="Mei Li", street="Lianchi, Dongfeng Road 12, flat 501")
    expect(card(mei, KETTLE)).to_contain_text("waits to be sent")

    mo.goto("/")
    deeds.send_and_hand_over(mo, KETTLE)
    mei.reload()
    expect(card(mei, KETTLE)).to_contain_text("arrived")


def mei_shows_it_to_her_family(mei: Page, bo: Page, lan: Page) -> None:
    deeds.show_what_came(mei, KETTLE, BOILS_FAST, "Family")
    expect(card(mei, BOILS_FAST)).to_contain_text("Family · 1 person")

    deeds.go(bo, "Circle")
    hers = card(bo, BOILS_FAST)
    expect(hers).to_contain_text("bought this month")
    expect(hers).to_contain_text("Only people in Mei's circles see this")
    for secret in ("79.90", "Family", "Dongfeng", "139 3120"):
        expect(bo.locator("main")).not_to_contain_text(secret)

    deeds.go(lan, "Circle")
    expect(lan.locator("main")).not_to_contain_text(KETTLE)


def bo_asks_about_it(mei: Page, bo: Page) -> None:
    deeds.tap(card(bo, BOILS_FAST), "Ask")
    deeds.say(bo, "Ask or say something", "Is it heavy when it is full?")

    deeds.follow_notice(mei, "Bo said something about what you show.*Is it heavy")
    deeds.say(mei, "Say something", "No, I lift it with one hand.")

    deeds.follow_notice(bo, "Mei wrote after you")
    expect(bo.locator("#talk")).to_contain_text("No, I lift it with one hand.")
    deeds.tap(bo, "Useful")
    expect(bo.get_by_role("button", name="Useful 1")).to_have_attribute("aria-pressed", "true")


def bo_asks_his_circle(mei: Page, bo: Page) -> None:
    deeds.ask_circles(bo, "Who knows a good rice cooker?", "Parents")

    deeds.go(mei, "Circle")
    deeds.tap(card(mei, "Who knows a good rice cooker?"), "Answer")
    deeds.say(mei, "Your answer", "Ask Aunt Hong, she has two.")

    deeds.follow_notice(bo, "Mei answered your question.*Aunt Hong")
    expect(bo.locator("#talk")).to_contain_text("Ask Aunt Hong, she has two.")


def the_listing_says_who_bought_it(town: Town, bo: Page, lan: Page) -> None:
    deeds.open_listing(bo, town.kettle)
    evidence = bo.locator("#circle")
    expect(evidence).to_contain_text("1 person in your circles bought this.")
    expect(evidence).to_contain_text("1 person kept it")
    expect(evidence).to_contain_text("Mei")

    deeds.open_listing(lan, town.kettle)
    expect(lan.locator("#circle")).to_contain_text("Nobody in your circles has shown that they bought this.")


def bo_learns_whom_to_trust(bo: Page, lan: Page) -> None:
    deeds.go(bo, "Trusted")
    shop = card(bo, "Home Helper")
    expect(shop).to_contain_text("1 person in your circles bought once, nothing returned")
    expect(shop).to_contain_text("the last time this month")

    deeds.go(lan, "Trusted")
    expect(lan.locator("main")).not_to_contain_text("Home Helper")


def mei_looks_with_other_eyes(mei: Page) -> None:
    deeds.see_mine_as(mei, "Bo")
    expect(card(mei, BOILS_FAST)).to_contain_text("Only people in Mei's circles see this")
    deeds.see_mine_as(mei, "Lan")
    expect(mei.get_by_text("Lan sees nothing of yours")).to_be_visible()


def mei_writes_a_review_for_everyone(town: Town, mei: Page, lan: Page) -> None:
    deeds.open_listing(mei, town.kettle)
    deeds.review_for_everyone(mei, 4, "Three weeks and still good.", a_photo())

    deeds.open_listing(lan, town.kettle)
    review = card(lan, "Three weeks and still good.")
    expect(review).to_contain_text("Everyone who looks at this listing sees this.")
    with lan.expect_response(re.compile("/photo/.*/large/")) as answer:
        review.get_by_role("link", name="Photo 1 by Mei").click()
    assert answer.value.headers["content-type"] == "image/webp"
    lan.go_back()


def mei_closes_her_circles(town: Town, mei: Page, bo: Page, lan: Page) -> None:
    deeds.go(bo, "Circle")
    deeds.tap(card(bo, BOILS_FAST), "Ask 2")
    deeds.close_my_circles(mei)

    gone = bo.reload()
    assert gone is not None
    assert gone.status == 404
    expect(bo.get_by_text("There is nothing here")).to_be_visible()
    deeds.go(bo, "Circle")
    expect(bo.locator("main")).not_to_contain_text("Mei")
    deeds.go(bo, "Trusted")
    expect(bo.locator("main")).not_to_contain_text("Home Helper")
    deeds.go(bo, "Notices")
    expect(bo.locator("main")).not_to_contain_text("Mei wrote after you")
    for anybody in (bo, lan):
        deeds.open_listing(anybody, town.kettle)
        expect(anybody.locator("main")).not_to_contain_text("Mei")
        expect(anybody.locator("main")).to_contain_text("Nobody in your circles has shown")
