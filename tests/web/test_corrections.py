"""What the pages of circles say of a thing that was taken down or called back.

Bo shows Mei what he bought; Eve is a stranger to both.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from kith.people.models import Person
from kith.sharing import services as sharing
from kith.shop.models import HoldState, Listing
from kith.shop.services.holds import hold_listing, release_listing
from kith.ties.models import Circle
from tests.web.cast import as_viewer, browser_of, circle_of
from tests.web.circle_cast import bought, listing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]

SINCE = datetime(2020, 2, 3, 8, 0, tzinfo=UTC)
TITLES = {
    HoldState.REMOVED: "Taken down on 3 February 2020",
    HoldState.RECALLED: "Called back on 3 February 2020",
}
ADVICE = {
    HoldState.REMOVED: "It broke the rules of the shop, and is no longer sold.",
    HoldState.RECALLED: "Please stop using it.",
}
GONE = pytest.mark.parametrize("state", TITLES)


@pytest.fixture
def of_bo(bo: Person, mei: Person) -> Circle:
    circle_of(mei, "Neighbours", bo)
    return circle_of(bo, "Family of Bo", mei)


@pytest.fixture
def masks(mei: Person) -> Listing:
    return listing("Masks KN95")


def shown(bo: Person, of_bo: Circle, thing: Listing) -> int:
    line = bought(bo, thing)
    return sharing.share_purchase(as_viewer(bo), line_id=line.pk, circle_ids=[of_bo.pk]).pk


def reviewed(bo: Person, of_bo: Circle, thing: Listing) -> None:
    sharing.write_review(
        as_viewer(bo), listing_id=thing.pk, rating=4, text="Fits well", circle_ids=[of_bo.pk],
        to_everyone=True,
    )  # fmt: skip


def hold(thing: Listing, state: HoldState) -> None:
    hold_listing(listing_id=thing.pk, state=state, since=SINCE, decision=1, rule="below-class")


def page(person: Person | None, name: str, *args: Any, language: str = "en") -> str:
    response = browser_of(person).get(reverse(name, args=args), headers={"accept-language": language})
    assert response.status_code == 200
    html: str = response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index("<main") :]))


@GONE
def test_a_card_says_it_wherever_it_stands(
    mei: Person, bo: Person, of_bo: Circle, masks: Listing, state: HoldState
) -> None:
    share = shown(bo, of_bo, masks)
    hold(masks, state)
    pages = [
        page(mei, "circle:feed"),
        page(mei, "circle:share", share),
        page(mei, "circle:person", bo.pk),
        page(bo, "circle:mine"),
        page(bo, "circle:view-as", mei.pk),
    ]
    for text in pages:
        assert f"{TITLES[state]} {ADVICE[state]}" in text
        assert "✓ kept" not in text
        assert "✕" not in text
    release_listing(listing_id=masks.pk)
    text = page(mei, "circle:feed")
    assert TITLES[state] not in text
    assert "✓ kept" in text


def test_of_what_hangs_together_it_is_said_once(
    mei: Person, bo: Person, of_bo: Circle, masks: Listing
) -> None:
    shown(bo, of_bo, masks)
    reviewed(bo, of_bo, masks)
    hold(masks, HoldState.REMOVED)
    text = page(mei, "circle:feed")
    assert text.count(TITLES[HoldState.REMOVED]) == 1
    assert "✓ kept" not in text
    assert "★★★★☆" in text


@GONE
def test_the_listing_says_what_became_of_what_my_circles_bought(
    mei: Person, bo: Person, of_bo: Circle, masks: Listing, state: HoldState
) -> None:
    shown(bo, of_bo, masks)
    reviewed(bo, of_bo, masks)
    assert "1 person kept it" in page(mei, "shop:listing", masks.pk)
    hold(masks, state)
    text = page(mei, "shop:listing", masks.pk)
    assert f"1 person in your circles bought this. {TITLES[state]} · ★★★★☆" in text
    assert "kept" not in text
    assert "✕ taken down" in text


def test_a_public_review_says_it_to_everyone(eve: Person, bo: Person, of_bo: Circle, masks: Listing) -> None:
    reviewed(bo, of_bo, masks)
    hold(masks, HoldState.RECALLED)
    for reader in (eve, None):
        text = page(reader, "shop:listing", masks.pk)
        assert "Called back on 3 February 2020 Please stop using it." in text
        assert "1 person" not in text


@GONE
def test_the_merchant_and_the_ranking_say_how_many(
    mei: Person, bo: Person, of_bo: Circle, masks: Listing, state: HoldState
) -> None:
    kettle = listing("Kettle")
    shown(bo, of_bo, kettle)
    shown(bo, of_bo, masks)
    reviewed(bo, of_bo, masks)
    hold(masks, state)
    merchant = page(mei, "shop:merchant", masks.merchant_id)
    counted = "1 person in your circles bought 2 times; 1 item was taken down"
    assert counted in merchant
    assert "✓ kept 1 ✕ 1 taken down bought 2 times" in merchant
    word = "taken down" if state == HoldState.REMOVED else "called back"
    assert f"About “Masks KN95” ✕ {word} Fits well" in merchant
    ranking = page(mei, "trusted:merchants")
    assert counted in ranking
    assert "be careful" in ranking


def test_what_is_only_suspected_is_not_said_to_be_bad(
    mei: Person, bo: Person, of_bo: Circle, masks: Listing
) -> None:
    share = shown(bo, of_bo, masks)
    hold(masks, HoldState.SUSPECTED)
    for text in (page(mei, "circle:feed"), page(mei, "circle:share", share)):
        assert "3 February 2020" not in text
        assert "✓ kept" in text
    assert "1 person kept it" in page(mei, "shop:listing", masks.pk)


def test_nobody_learns_of_what_was_not_shown(mei: Person, bo: Person, of_bo: Circle, masks: Listing) -> None:
    bought(bo, masks)
    hold(masks, HoldState.RECALLED)
    for text in (
        page(mei, "circle:feed"),
        page(mei, "circle:person", bo.pk),
        page(mei, "shop:listing", masks.pk).replace("called back on 3 February 2020.", "", 1),
        page(mei, "shop:merchant", masks.merchant_id),
        page(mei, "trusted:merchants"),
    ):
        for words in ("3 February 2020", "taken down", "1 person", "bought once"):
            assert words not in text


@GONE
def test_in_chinese(mei: Person, bo: Person, of_bo: Circle, masks: Listing, state: HoldState) -> None:
    shown(bo, of_bo, masks)
    hold(masks, state)
    mei.language = "zh-hans"
    mei.save()
    text = page(mei, "circle:feed", language="zh-hans")
    words = {
        HoldState.REMOVED: "2020年2月3日已下架 它违反了商城的规定，不再出售。",
        HoldState.RECALLED: "2020年2月3日已召回 请不要再使用。",
    }
    assert words[state] in text
