"""The shop's pages: looking around, buying, and what becomes of an order on both sides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kith.core.ids import write_id
from kith.people.models import Person
from kith.sharing import services as sharing
from kith.shop.models import LineStatus, Listing, Order, OrderLine
from tests.shop import goods
from tests.web.cast import as_viewer, befriend, browser_of, circle_of, open_to_all, somebody

pytestmark = pytest.mark.django_db
LOOK = "a test looks at what was written"
ADDRESS = {
    "quantity": "2", "recipient": "Li Mei", "phone": "138 0013 8000", "province": "130000", "city": "130600",
    "address": "Dongfeng Road 12, flat 501",
}  # fmt: skip


class Stage:
    """Bo bought a kettle and shows it to his family: Mei. Chen works in the shop; Eve knows nobody."""

    def __init__(self) -> None:
        open_to_all()
        self.mei, self.bo, self.chen, self.eve = (somebody(name) for name in ("Mei", "Bo", "Chen", "Eve"))
        befriend(self.bo, self.mei)
        self.family = circle_of(self.bo, "Family", self.mei)
        circle_of(self.mei, "Relatives", self.bo)
        self.kettle = goods.listing("Steel kettle 1.7 l", of=goods.merchant("Lantern", staff=(self.chen,)))

    def arrived(self, person: Person, key: str = "k") -> OrderLine:
        line = goods.bought(person, self.kettle, key=key)
        sharing.ship_line(as_viewer(self.chen), line_id=line.pk)
        return sharing.confirm_line(as_viewer(person), line_id=line.pk)

    def bo_shows(self) -> None:
        line = self.arrived(self.bo)
        sharing.share_purchase(as_viewer(self.bo), line_id=line.pk, circle_ids=[self.family.pk])
        sharing.write_review(
            as_viewer(self.bo), listing_id=self.kettle.pk, rating=5, text="Boils in a minute",
            circle_ids=[self.family.pk],
        )  # fmt: skip


@pytest.fixture
def stage() -> Stage:
    return Stage()


def text_of(response: Any) -> str:
    html: str = response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def token_of(response: Any) -> str:
    [token] = {str(found) for found in re.findall(r'name="once" value="([^"]+)"', response.content.decode())}
    return token


class TestLookingAround:
    def test_open_to_everybody(self, stage: Stage) -> None:
        for client in (browser_of(None), browser_of(stage.eve)):
            for address in (
                reverse("shop:front"),
                reverse("shop:front") + "?category=home",
                reverse("shop:front") + "?q=kettle",
                reverse("shop:categories"),
                reverse("shop:listing", args=[stage.kettle.pk]),
                reverse("shop:merchant", args=[stage.kettle.merchant_id]),
            ):
                response = client.get(address)
                assert response.status_code == 200, address
        assert "Steel kettle" in text_of(browser_of(None).get(reverse("shop:front") + "?q=kett"))

    def test_live_search_answers_with_a_part(self, stage: Stage) -> None:
        response = browser_of(None).get(
            reverse("shop:front"), {"q": "kettle"}, headers={"HX-Request": "true"}
        )
        assert "<html" not in response.content.decode()
        assert "Steel kettle" in response.content.decode()
        assert "HX-Request" in response["Vary"]

    @pytest.mark.parametrize(
        "query", ["", "?q=%00", "?category=nowhere", "?after=nonsense", "?q=x&after=zzz"]
    )
    def test_nonsense_is_no_error(self, stage: Stage, query: str) -> None:
        assert browser_of(None).get(reverse("shop:front") + query).status_code in {200, 404}

    def test_pages_go_on(self, stage: Stage) -> None:
        for number in range(25):
            goods.listing(f"Thing {number}", of=stage.kettle.merchant)
        first = browser_of(None).get(reverse("shop:front"), {"q": "thing"}).content.decode()
        [more] = set(re.findall(r'hx-get="(/shop/\?[^"]*after=[^"]+)"', first))
        rest = browser_of(None).get(more.replace("&amp;", "&")).content.decode()
        found = {*re.findall(r"Thing \d+", first), *re.findall(r"Thing \d+", rest)}
        assert len(found) == 25

    def test_what_is_not_there_is_not_there(self, stage: Stage) -> None:
        for name in ("shop:listing", "shop:merchant"):
            assert browser_of(stage.mei).get(reverse(name, args=[123])).status_code == 404

    def test_sensitive_shelves_are_published(self, stage: Stage) -> None:
        text = text_of(browser_of(None).get(reverse("shop:categories")))
        assert "Medicines never shown" in text
        assert "Tea &amp; drinks never shown" not in text


class TestCircleFirst:
    def test_the_circle_knows_before_the_public_does(self, stage: Stage) -> None:
        stage.bo_shows()
        text = text_of(browser_of(stage.mei).get(reverse("shop:listing", args=[stage.kettle.pk])))
        assert "1 person in your circles bought this." in text
        assert text.index("Boils in a minute") < text.index("What everyone says")
        assert "Relatives" in text
        assert "Family" not in text

    def test_a_stranger_learns_nothing_of_it(self, stage: Stage) -> None:
        stage.bo_shows()
        for who in (stage.eve, None, stage.chen):
            for address in (
                reverse("shop:listing", args=[stage.kettle.pk]),
                reverse("shop:merchant", args=[stage.kettle.merchant_id]),
                reverse("shop:front"),
            ):
                text = text_of(browser_of(who).get(address))
                assert "Bo" not in text.split()
                assert "Boils" not in text
                assert "in your circles bought it" not in text

    def test_tiles_and_the_merchant_tell_what_the_circle_bought(self, stage: Stage) -> None:
        stage.bo_shows()
        browser = browser_of(stage.mei)
        assert "1 person in your circles bought it" in text_of(browser.get(reverse("shop:front")))
        merchant = text_of(browser.get(reverse("shop:merchant", args=[stage.kettle.merchant_id])))
        assert "1 person in your circles bought once, nothing returned" in merchant

    def test_people_are_counted_as_people_and_pieces_as_pieces(self, stage: Stage) -> None:
        """Bo kept one and bought another, which he sent back: that is one person, who did both."""
        stage.bo_shows()
        line = stage.arrived(stage.bo, key="second")
        sharing.share_purchase(as_viewer(stage.bo), line_id=line.pk, circle_ids=[stage.family.pk])
        sharing.request_refund(as_viewer(stage.bo), line_id=line.pk, reason="It leaks")
        sharing.answer_refund(as_viewer(stage.chen), line_id=line.pk, accept=True)
        browser = browser_of(stage.mei)
        text = text_of(browser.get(reverse("shop:listing", args=[stage.kettle.pk])))
        assert "1 person in your circles bought this." in text
        assert "1 person kept it and 1 person returned it" in text
        assert "kept 1" in text
        tile = text_of(browser.get(reverse("shop:front")))
        assert "1 person in your circles bought it · ↩ returned 1" in tile
        merchant = text_of(browser.get(reverse("shop:merchant", args=[stage.kettle.merchant_id])))
        assert "bought 2 times, returned once" in merchant

    def test_at_a_shop_words_say_what_they_are_about(self, stage: Stage) -> None:
        stage.bo_shows()
        browser = browser_of(stage.mei)
        shop = text_of(browser.get(reverse("shop:merchant", args=[stage.kettle.merchant_id])))
        assert "About “Steel kettle 1.7 l” Boils in a minute" in shop
        assert "About “" not in text_of(browser.get(reverse("shop:listing", args=[stage.kettle.pk])))

    def test_trusted_shops_say_why_or_how_to_begin(self, stage: Stage) -> None:
        browser = browser_of(stage.mei)
        assert "Nothing to go by yet" in text_of(browser.get(reverse("trusted:merchants")))
        stage.bo_shows()
        text = text_of(browser.get(reverse("trusted:merchants")))
        assert "Lantern" in text
        assert "1 person in your circles bought once, nothing returned" in text
        assert "too little is known" in text
        sharing.withdraw_consent(as_viewer(stage.bo), surface="web")
        assert "Lantern" not in text_of(browser.get(reverse("trusted:merchants")))

    def test_who_has_not_opened_their_circles_is_asked_to(self, stage: Stage) -> None:
        closed = somebody("Dan", consents=False)
        assert "Open your circles" in text_of(browser_of(closed).get(reverse("trusted:merchants")))
        address = reverse("shop:listing", args=[stage.kettle.pk])
        assert "Open your circles" in text_of(browser_of(closed).get(address))
        assert "Sign in, and you see here" in text_of(browser_of(None).get(address))


class TestBuying:
    def buy(self, browser: Client, listing: Listing, **changes: str) -> Any:
        address = reverse("shop:buy", args=[listing.pk])
        given = ADDRESS | {"once": token_of(browser.get(address))} | changes
        return browser.post(address, given), given

    def test_shows_the_total_before_anything_is_ordered(self, stage: Stage) -> None:
        response, _ = self.buy(browser_of(stage.mei), stage.kettle)
        text = text_of(response)
        assert "¥159.80" in text
        assert "Dongfeng Road 12" in text
        assert not Order.objects.unguarded(LOOK).exists()

    def test_confirming_twice_orders_once(self, stage: Stage) -> None:
        browser = browser_of(stage.mei)
        _, given = self.buy(browser, stage.kettle)
        address = reverse("shop:buy", args=[stage.kettle.pk])
        for _ in range(2):
            response = browser.post(address, given | {"confirmed": "1"})
            assert response.status_code == 302
        line = OrderLine.objects.unguarded(LOOK).get()
        assert (line.buyer_id, line.quantity) == (stage.mei.pk, 2)
        assert response.headers["Location"].endswith(f"#o-{write_id(line.pk)}")
        assert "waits to be sent" in text_of(browser.get(reverse("shop:orders")))

    def test_going_back_keeps_what_was_typed(self, stage: Stage) -> None:
        response, _ = self.buy(browser_of(stage.mei), stage.kettle, back="1")
        assert 'value="Li Mei"' in response.content.decode()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"phone": "none"}, "Please check the phone number"),
            ({"city": ""}, "Please choose the city"),
            ({"quantity": "100"}, "At most 99, please"),
            ({"address": ""}, "Please fill this in"),
        ],
    )
    def test_what_is_wrong_is_said_and_the_rest_kept(
        self, stage: Stage, changes: dict[str, str], sentence: str
    ) -> None:
        response, _ = self.buy(browser_of(stage.mei), stage.kettle, confirmed="1", **changes)
        assert response.status_code == 422
        assert sentence in text_of(response)
        assert 'value="Li Mei"' in response.content.decode()
        assert not Order.objects.unguarded(LOOK).exists()

    def test_a_number_that_nobody_can_call_is_refused_before_the_total_is_shown(self, stage: Stage) -> None:
        response, _ = self.buy(browser_of(stage.mei), stage.kettle, phone="12")
        assert response.status_code == 422
        page = response.content.decode()
        assert re.search(r'id="id_phone_error"[^>]*>Please check the phone number: the courier', page)
        assert 'value="12"' in page
        assert 'name="confirmed"' not in page

    def test_the_courier_may_call_a_landline(self, stage: Stage) -> None:
        response, _ = self.buy(browser_of(stage.mei), stage.kettle, phone="(0312) 501 2345")
        assert "+86 312 501 2345" in text_of(response)

    def test_cities_are_drawn_without_judging(self, stage: Stage) -> None:
        browser, address = browser_of(stage.mei), reverse("shop:buy", args=[stage.kettle.pk])
        page = browser.post(address, {"province": "130000", "cities": "1"})
        assert "Baoding" in text_of(page)
        assert "Please fill this in" not in text_of(page)
        part = browser.post(address, {"province": "130000", "cities": "1"}, headers={"HX-Request": "true"})
        assert part.content.decode().startswith('<div id="city">')

    def test_the_next_order_begins_with_the_last_address(self, stage: Stage) -> None:
        goods.bought(stage.mei, stage.kettle)
        page = browser_of(stage.mei).get(reverse("shop:buy", args=[stage.kettle.pk])).content.decode()
        assert goods.HOME.address in page
        assert (
            goods.HOME.address
            not in browser_of(stage.eve).get(reverse("shop:buy", args=[stage.kettle.pk])).content.decode()
        )

    def test_one_signs_in_first(self, stage: Stage) -> None:
        for name in ("shop:buy", "shop:ask-refund"):
            response = browser_of(None).get(reverse(name, args=[stage.kettle.pk]))
            assert response.status_code == 302
            assert "/accounts/" in response.headers["Location"]


class TestOrders:
    def post(self, person: Person, line: OrderLine, deed: str) -> Any:
        return browser_of(person).post(reverse("shop:act", args=[line.pk, deed]), follow=True)

    def test_the_whole_way_and_back(self, stage: Stage) -> None:
        line = goods.bought(stage.mei, stage.kettle)
        desk = browser_of(stage.chen)
        merchant = line.merchant_id
        page = text_of(desk.get(reverse("merchant:desk", args=[merchant])))
        assert goods.HOME.recipient in page
        desk.post(reverse("merchant:act", args=[merchant, line.pk, "ship"]))
        assert "Good that it has arrived." in text_of(self.post(stage.mei, line, "confirm"))
        mine = browser_of(stage.mei)
        mine.post(reverse("shop:ask-refund", args=[line.pk]), {"code": "other", "reason": "It whistles"})
        assert "It whistles" in text_of(desk.get(reverse("merchant:desk", args=[merchant]) + "?tray=refunds"))
        desk.post(reverse("merchant:refuse-refund", args=[merchant, line.pk]), {"reason": "All kettles do"})
        text = text_of(mine.get(reverse("shop:orders")))
        assert "The shop did not give the money back" in text
        assert "All kettles do" in text
        mine.post(reverse("shop:ask-refund", args=[line.pk]), {"code": "not-as-described"})
        desk_page = text_of(desk.get(reverse("merchant:desk", args=[merchant]) + "?tray=refunds"))
        assert "It is not as described" in desk_page
        desk.post(reverse("merchant:act", args=[merchant, line.pk, "accept-refund"]))
        assert "money given back" in text_of(mine.get(reverse("shop:orders")))

    def test_a_gift_is_marked_and_unmarked(self, stage: Stage) -> None:
        line = stage.arrived(stage.mei)
        assert "gifts are never shown" in text_of(self.post(stage.mei, line, "gift"))
        assert OrderLine.objects.unguarded(LOOK).get().is_gift
        self.post(stage.mei, line, "no-gift")
        assert not OrderLine.objects.unguarded(LOOK).get().is_gift

    def test_what_may_not_be_done_is_said(self, stage: Stage) -> None:
        line = goods.bought(stage.mei, stage.kettle)
        assert "Only an order that is on its way can be received." in text_of(
            self.post(stage.mei, line, "confirm")
        )

    @pytest.mark.parametrize("deed", ["confirm", "cancel", "gift", "request-refund", "nonsense"])
    def test_to_others_my_order_is_not_there(self, stage: Stage, deed: str) -> None:
        line = goods.bought(stage.mei, stage.kettle)
        for other in (stage.eve, stage.chen):
            assert self.post(other, line, deed).status_code == 404
        assert OrderLine.objects.unguarded(LOOK).get().status == LineStatus.PLACED

    def test_orders_show_only_mine(self, stage: Stage) -> None:
        goods.bought(stage.mei, stage.kettle)
        assert "Steel kettle" in text_of(browser_of(stage.mei).get(reverse("shop:orders")))
        assert "Steel kettle" not in text_of(browser_of(stage.eve).get(reverse("shop:orders")))


class TestDesk:
    def test_is_not_there_for_others(self, stage: Stage) -> None:
        line = goods.bought(stage.mei, stage.kettle)
        merchant = line.merchant_id
        for person in (stage.mei, stage.eve):
            browser = browser_of(person)
            assert "You work for no shop here" in text_of(browser.get(reverse("merchant:home")))
            for address in (
                reverse("merchant:desk", args=[merchant]),
                reverse("merchant:listings", args=[merchant]),
                reverse("merchant:new-listing", args=[merchant]),
                reverse("merchant:edit-listing", args=[merchant, stage.kettle.pk]),
                reverse("merchant:refuse-refund", args=[merchant, line.pk]),
            ):
                assert browser.get(address).status_code == 404
            for deed in ("ship", "deliver", "cancel", "accept-refund"):
                assert (
                    browser.post(reverse("merchant:act", args=[merchant, line.pk, deed])).status_code == 404
                )
        assert OrderLine.objects.unguarded(LOOK).get().status == LineStatus.PLACED

    def test_staff_of_one_shop_do_nothing_through_another(self, stage: Stage) -> None:
        line = goods.bought(stage.mei, stage.kettle)
        other = goods.merchant("Other", staff=(stage.eve,))
        address = reverse("merchant:act", args=[other.pk, line.pk, "ship"])
        assert browser_of(stage.eve).post(address).status_code == 404
        address = reverse("merchant:edit-listing", args=[other.pk, stage.kettle.pk])
        assert browser_of(stage.eve).get(address).status_code == 404

    def test_one_shop_alone_opens_at_once(self, stage: Stage) -> None:
        response = browser_of(stage.chen).get(reverse("merchant:home"))
        assert response.headers["Location"] == reverse("merchant:desk", args=[stage.kettle.merchant_id])

    def test_putting_something_on_sale_twice_is_once(self, stage: Stage) -> None:
        browser, merchant = browser_of(stage.chen), stage.kettle.merchant_id
        address = reverse("merchant:new-listing", args=[merchant])
        given = {"title": "Green tea", "category": "tea", "price": "¥19.90", "on_sale": "on",
                 "once": token_of(browser.get(address))}  # fmt: skip
        for _ in range(2):
            assert browser.post(address, given).status_code == 302
        assert Listing.objects.filter(title="Green tea").count() == 1
        assert "Green tea" in text_of(browser_of(None).get(reverse("shop:front"), {"q": "green"}))

    def test_changing_and_taking_off_sale(self, stage: Stage) -> None:
        browser, merchant = browser_of(stage.chen), stage.kettle.merchant_id
        address = reverse("merchant:edit-listing", args=[merchant, stage.kettle.pk])
        assert 'value="79.90"' in browser.get(address).content.decode()
        wrong = browser.post(address, {"title": "Kettle", "category": "home", "price": "cheap"})
        assert wrong.status_code == 422
        browser.post(address, {"title": "Chrome pot", "category": "home", "price": "75"})
        page = text_of(browser_of(None).get(reverse("shop:listing", args=[stage.kettle.pk])))
        assert "not on sale any more" in page
        assert "Chrome pot" in page
        assert "Chrome pot" not in text_of(browser_of(None).get(reverse("shop:front")))
