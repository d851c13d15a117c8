"""What was taken down, called back or frozen, and a shop that is closed, as their pages tell it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from kith.core.clock import utc_now
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.sharing import services as sharing
from kith.shop.models import HoldState, Listing, ListingHold, Merchant, OrderLine
from kith.shop.services.holds import close_merchant, hold_listing, release_listing
from tests.shop import goods
from tests.web.cast import as_viewer, browser_of, open_to_all, somebody

pytestmark = pytest.mark.django_db
LOOK = "a test looks at what was written"
SENTENCES = {
    HoldState.SUSPECTED: "The shop is checking this. It is not for sale until we know.",
    HoldState.REMOVED: "This was taken down yesterday.",
    HoldState.RECALLED: "This was called back yesterday. Please stop using it.",
}
WORDS = {"suspected": "being checked", "removed": "taken down", "recalled": "called back"}


class Stage:
    """Chen's shop sells a mask; Mei has bought one, Eve looks around."""

    def __init__(self) -> None:
        open_to_all()
        self.mei, self.chen, self.eve = (somebody(name) for name in ("Mei", "Chen", "Eve"))
        self.merchant = goods.merchant("Lantern", staff=(self.chen,))
        self.mask = goods.listing("KN95 mask", of=self.merchant, category="protection")
        self.line = goods.bought(self.mei, self.mask)
        sharing.ship_line(as_viewer(self.chen), line_id=self.line.pk)

    def hold(self, state: HoldState) -> None:
        since = utc_now() - timedelta(days=1)
        hold_listing(listing_id=self.mask.pk, state=state, since=since, decision=1, rule="x")

    def close(self) -> None:
        close_merchant(merchant_id=self.merchant.pk, at=utc_now() - timedelta(days=1))


@pytest.fixture
def stage() -> Stage:
    return Stage()


def read(person: Person | None, name: str, *args: Any, **query: str) -> str:
    response = browser_of(person).get(reverse(name, args=args), query)
    assert response.status_code == 200
    html: str = response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index("<main") :]))


@pytest.mark.parametrize("state", list(HoldState))
def test_the_listing_says_its_state_and_is_not_for_sale(stage: Stage, state: HoldState) -> None:
    buys, page = (reverse(name, args=[stage.mask.pk]) for name in ("shop:buy", "shop:listing"))
    browser = browser_of(stage.eve)
    assert buys in browser.get(page).content.decode()
    stage.hold(state)
    for who in (None, stage.mei, stage.eve):
        shown = read(who, "shop:listing", stage.mask.pk)
        assert SENTENCES[state] in shown
        assert "not on sale any more" not in shown
    assert buys not in browser.get(page).content.decode()
    assert browser.get(buys).headers["Location"] == page
    release_listing(listing_id=stage.mask.pk)
    assert browser.get(buys).status_code == 200


@pytest.mark.parametrize("state", list(HoldState))
def test_lists_tag_what_is_frozen_and_have_nothing_of_what_is_gone(stage: Stage, state: HoldState) -> None:
    stage.hold(state)
    for page in (
        read(None, "shop:front"),
        read(None, "shop:front", q="mask"),
        read(stage.eve, "shop:merchant", stage.merchant.pk),
    ):
        assert ("KN95 mask" in page) == ("… being checked" in page) == (state == "suspected")
    for name in ("merchant:listings", "shop:merchant"):
        theirs = read(stage.chen, name, stage.merchant.pk)
        assert "KN95 mask" in theirs
        assert WORDS[state] in theirs


def test_a_closed_shop_says_so_and_lists_nothing(stage: Stage) -> None:
    stage.close()
    page = read(stage.eve, "shop:merchant", stage.merchant.pk)
    assert "This shop is closed. Nothing can be bought here." in page
    assert "It was closed yesterday." in page
    assert "On sale here" not in page
    assert "KN95 mask" not in page
    assert "KN95 mask" not in read(stage.eve, "shop:front")
    listing = read(stage.eve, "shop:listing", stage.mask.pk)
    assert "This shop is closed." in listing
    assert "Buy" not in listing.split()
    assert "It was closed yesterday." in read(stage.chen, "merchant:listings", stage.merchant.pk)


def test_somebody_at_the_till_is_told_why_it_cannot_be_bought(stage: Stage) -> None:
    browser, address = browser_of(stage.eve), reverse("shop:buy", args=[stage.mask.pk])
    [token] = set(re.findall(r'name="once" value="([^"]+)"', browser.get(address).content.decode()))
    given = {
        "quantity": "1", "recipient": "Li Mei", "phone": "138 0013 8000", "province": "130000",
        "city": "130600", "address": "Dongfeng Road 12", "once": token, "confirmed": "1",
    }  # fmt: skip
    stage.hold(HoldState.REMOVED)
    refused = browser.post(address, given)
    assert refused.status_code == 422
    assert "This was taken down. It cannot be bought any more." in refused.content.decode()
    assert OrderLine.objects.unguarded(LOOK).count() == 1


class TestGettingOnesMoneyBack:
    def test_an_order_leads_to_what_can_be_done_and_the_merchant_cannot_refuse(self, stage: Stage) -> None:
        assert "What you can do now" not in read(stage.mei, "shop:orders")
        mine = OrderLine.objects.unguarded(LOOK).filter(pk=stage.line.pk)
        mine.update(placed_at=utc_now() - timedelta(days=5))
        grounds = Grounds(words="It burns.")
        quality.decide(
            act=Act.RECALL,
            listing_id=stage.mask.pk,
            actor_id=None,
            grounds=grounds,
            now=utc_now() - timedelta(days=1),
        )
        address = reverse("recalls:recall", args=[stage.line.pk])
        assert SENTENCES[HoldState.RECALLED] in read(stage.mei, "shop:orders")
        assert address in browser_of(stage.mei).get(reverse("shop:orders")).content.decode()
        browser_of(stage.mei).post(address, {"remedy": "refund"})
        after = read(stage.mei, "shop:orders")
        assert "refund asked for" in after
        assert "Reason: The shop has called it back" in after
        desk = read(stage.chen, "merchant:desk", stage.merchant.pk, tray="refunds")
        assert "Give the money back" in desk
        assert "Refuse" not in desk
        refuse = reverse("merchant:refuse-refund", args=[stage.merchant.pk, stage.line.pk])
        said = browser_of(stage.chen).post(refuse, {"reason": "No"}, follow=True).content.decode()
        assert "The money for it cannot be refused." in said
        assert OrderLine.objects.unguarded(LOOK).get().status == "refund_requested"


class TestSayingWhy:
    @pytest.fixture(autouse=True)
    def arrived(self, stage: Stage) -> None:
        sharing.confirm_line(as_viewer(stage.mei), line_id=stage.line.pk)

    def ask(self, stage: Stage, **given: str) -> Any:
        return browser_of(stage.mei).post(reverse("shop:ask-refund", args=[stage.line.pk]), given)

    def test_reasons_are_there_to_choose_but_for_the_shops_own(self, stage: Stage) -> None:
        page = read(stage.mei, "shop:ask-refund", stage.line.pk)
        assert "It is dangerous, or does not protect" in page
        assert "The shop has called it back" not in page

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({}, "Please choose one."),
            ({"reason": "It whistles"}, "Please choose one."),
            ({"code": "other"}, "Please say why in a few words."),
            ({"code": "other", "reason": "  "}, "Please say why in a few words."),
            ({"code": "recalled"}, "This cannot be chosen any more."),
            ({"code": "because"}, "This cannot be chosen any more."),
        ],
    )
    def test_what_says_nothing_is_asked_again(
        self, stage: Stage, given: dict[str, str], sentence: str
    ) -> None:
        refused = self.ask(stage, **given)
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
        assert OrderLine.objects.unguarded(LOOK).get().status == "delivered"

    def test_the_merchant_reads_both_the_reason_and_the_words(self, stage: Stage) -> None:
        assert self.ask(stage, code="unsafe", reason="It lets smoke through").status_code == 302
        said = "It is dangerous, or does not protect · It lets smoke through"
        assert said in read(stage.chen, "merchant:desk", stage.merchant.pk, tray="refunds")
        assert said in read(stage.chen, "merchant:refuse-refund", stage.merchant.pk, stage.line.pk)
        assert said in read(stage.mei, "shop:orders")


class TestStaff:
    def browser(self, *rights: str) -> Client:
        ada = Person.objects.create_user("ada", display_name="Ada", is_staff=True, language="en")
        ada.user_permissions.set(Permission.objects.filter(codename__in=rights))
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(ada)
        return browser

    def test_see_what_is_decided_and_set_none_of_it_by_hand(self, stage: Stage) -> None:
        stage.hold(HoldState.RECALLED)
        stage.close()
        browser = self.browser("view_listing", "change_listing", "view_merchant", "change_merchant")
        listing = reverse("admin:shop_listing_change", args=[stage.mask.pk])
        merchant = reverse("admin:shop_merchant_change", args=[stage.merchant.pk])
        assert "recalled · " in browser.get(listing).content.decode()
        assert "recalled · " in browser.get(reverse("admin:shop_listing_changelist")).content.decode()
        assert "losed since" in browser.get(merchant).content.decode()
        given = {
            "merchant": stage.merchant.pk, "category": "protection", "title": "KN95 mask", "description": "",
            "price_minor": 1, "currency": "CNY", "picture": "", "on_sale": "on", "held": "", "hold": "",
            "digest": "5", "state": "",
        }  # fmt: skip
        assert browser.post(listing, given).status_code == 302
        browser.post(merchant, {"name": "Lantern", "about": "", "region": "", "closed_at_0": ""})
        assert ListingHold.objects.get().state == "recalled"
        assert Listing.objects.get().price_minor == 1
        assert Merchant.objects.get().closed_at is not None
