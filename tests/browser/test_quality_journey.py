"""A mask says KN95 and was measured at 71 %: found, reviewed, taken down; appealed, and reinstated.

Wang sells it, Ada and Ben are the shop's staff, Lin bought it, and Mei is in her circle. Everything is
done on the pages; the worker's part, which takes a minute there, is done at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from kith.core.clock import utc_now
from kith.core.ids import write_id
from kith.core.money import Money
from kith.people.models import Person
from kith.quality import services as quality
from kith.sharing.services import deliver_line, place_order, ship_line, write_review
from kith.shop.models import Listing, OrderLine
from kith.shop.records import ListingRecord, MerchantRecord
from kith.shop.services import (
    Delivery,
    load_categories,
    record_listings,
    record_merchants,
    set_merchant_staff,
)
from tests.browser import deeds
from tests.browser import quality_deeds as does
from tests.browser.conftest import WITH_AND_WITHOUT, OpenPhone
from tests.browser.deeds import card
from tests.web.cast import as_viewer, befriend, circle_of, open_to_all, somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MASK = "KN95 mask GB 2626-2019, box of 30"
BATCH = "20251012A"
FITS_WELL = "Fits well, and does not fog my glasses."


@dataclass(frozen=True)
class Market:
    mask: Listing
    line: OrderLine
    """What Lin bought."""
    wang: Person
    lin: Person
    mei: Person


@pytest.fixture
def market(transactional_db: None) -> Market:
    """Wang sells a mask; Lin has it, and has written of it to Mei."""
    open_to_all()
    load_categories()
    wang, lin, mei = somebody("Wang"), somebody("Lin"), somebody("Mei")
    [shop] = record_merchants([MerchantRecord("town", "m1", "Wang's masks")])
    set_merchant_staff(merchant_id=shop, person_ids=[wang.pk])
    said = f"生产日期 2025-10-12，批号 {BATCH}。"
    [mask] = record_listings(
        [ListingRecord("town", "l1", shop, "protection", MASK, Money(4900), description=said)]
    )
    befriend(lin, mei)
    family = circle_of(lin, "Family", mei)
    home = Delivery("Lin", "13900000001", "130600", "18 Old Street")
    line = place_order(as_viewer(lin), listing_id=mask, quantity=1, delivery=home, key="lin-1")
    for step in (ship_line, deliver_line):
        step(as_viewer(wang), line_id=line.pk)
    write_review(
        as_viewer(lin), listing_id=mask, rating=5, text=FITS_WELL, circle_ids=[family.pk], to_everyone=False
    )
    return Market(Listing.objects.get(pk=mask), line, wang, lin, mei)


def staff(name: str) -> Person:
    return somebody(name, consents=False, is_staff=True, is_superuser=True)


def the_worker_works() -> None:
    quality.scan_waiting(now=utc_now())
    quality.go_on(now=utc_now())


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_found_reviewed_taken_down_and_reinstated(
    open_phone: OpenPhone, market: Market, javascript: bool
) -> None:
    wang, lin, mei = (
        open_phone(owner=one, javascript=javascript) for one in (market.wang, market.lin, market.mei)
    )
    ada, ben = open_phone(owner=staff("Ada")), open_phone(owner=staff("Ben"))

    wang_hands_in_a_report(market, wang, ben)
    ada_sweeps(ada)
    everybody_sees_that_it_is_gone(market, lin, mei)
    lin_asks_for_her_money(lin)
    wang_appeals(wang)
    somebody_else_decides(ada, ben)
    it_is_in_order_again(market, wang, lin, mei)


def wang_hands_in_a_report(market: Market, wang: Page, ben: Page) -> None:
    """Ben sees that it is a true report: it speaks against the mask."""
    does.open_quality(wang, "Claims")
    expect(card(wang, MASK)).to_contain_text("No laboratory report proves this.")
    deeds.tap(card(wang, MASK), "Hand in a report for this")
    does.write_report(wang, MASK, number="HB-1", batch=BATCH, tested_on="2025-10-30", salt="71.0")
    does.verify_report(ben, "HB-1")
    wang.goto(f"/shop/listings/{write_id(market.mask.pk)}/")
    expect(card(wang, "What it says, and what is proven")).to_contain_text("71 %")


def ada_sweeps(ada: Page) -> None:
    sweep = does.begin_sweep(ada)
    the_worker_works()
    ada.goto(sweep)
    expect(ada.locator("body")).to_contain_text("1 of 1 listings break a rule.")
    does.look_at_a_sample(ada, MASK, "71 %")
    does.have_it_carried_out(ada, "There is one only, and I have seen it.")
    the_worker_works()
    ada.goto(sweep)
    expect(ada.locator("body")).to_contain_text("1 listing was taken down or frozen.")


def everybody_sees_that_it_is_gone(market: Market, lin: Page, mei: Page) -> None:
    mei.goto("/circle/")
    expect(card(mei, FITS_WELL)).to_contain_text("71 %")
    mei.goto(f"/shop/listings/{write_id(market.mask.pk)}/")
    expect(mei.get_by_role("link", name="Buy")).to_have_count(0)
    mei.goto("/shop/search/?q=KN95")
    expect(mei.locator("main")).not_to_contain_text(MASK)


def lin_asks_for_her_money(lin: Page) -> None:
    lin.goto("/notices/")
    lin.get_by_role("link", name=re.compile("taken off sale|taken down")).first.click()
    expect(lin.get_by_role("heading", name="What is wrong with it")).to_be_visible()
    expect(lin.locator("main")).to_contain_text("71 %")
    deeds.tap(lin, "I want my money back")
    deeds.is_told(lin, "The shop has been told what you want.")
    expect(lin.get_by_role("button", name="I want my money back")).to_have_count(0)


def wang_appeals(wang: Page) -> None:
    words = "The first sample had got wet. We had masks of the same batch tested anew."
    report = {"number": "HB-2", "batch": BATCH, "tested_on": "2025-11-12", "salt": "96.2"}
    does.appeal(wang, MASK, words, **report)
    expect(wang.locator("main")).to_contain_text("You have appealed. It waits for an answer.")


def somebody_else_decides(ada: Page, ben: Page) -> None:
    does.verify_report(ada, "HB-2")
    does.open_appeal(ada, MASK)
    expect(ada.locator("body")).to_contain_text("Somebody else has to decide this.")
    expect(ada.get_by_role("button", name="Take the decision back")).to_have_count(0)
    does.open_appeal(ben, MASK)
    does.take_the_decision_back(ben, "The new report is of the same batch, and true: 96.2 %.")


def it_is_in_order_again(market: Market, wang: Page, lin: Page, mei: Page) -> None:
    does.open_quality(wang, "Decisions")
    wang.get_by_role("link", name=re.compile(re.escape(MASK))).last.click()
    expect(wang.locator("main")).to_contain_text("The new report is of the same batch, and true: 96.2 %.")
    mei.goto("/circle/")
    expect(card(mei, FITS_WELL)).not_to_contain_text("71 %")
    mei.goto(f"/shop/listings/{write_id(market.mask.pk)}/")
    expect(mei.get_by_role("link", name="Buy")).to_be_visible()
    lin.goto(f"/recalls/{write_id(market.line.pk)}/")
    expect(lin.get_by_role("heading", name="In order again")).to_be_visible()
