"""What circles see of a thing that was taken down or recalled, and that they see it only while it is so.

Mei looks; Bo is in her Family and shows her what he buys; Eve is a stranger to her.
"""

from __future__ import annotations

from typing import Any

import pytest

from kith.sharing import queries
from kith.sharing.deliver import find_differences
from kith.sharing.models import Delivery
from kith.sharing.queries import Card, Tally
from kith.sharing.queries.trust import wilson_lower_bound
from kith.shop.cards import HoldCard
from kith.shop.models import HoldState
from kith.shop.services.holds import close_merchant, hold_listing, release_listing, reopen_merchant
from tests.oracle.compare import compare_everything
from tests.oracle.pair import START, Pair

pytestmark = pytest.mark.django_db

GONE = pytest.mark.parametrize("state", [HoldState.REMOVED, HoldState.RECALLED])


class Village:
    """`kettle` is what Bo buys; `lamp` is another thing of the same shop."""

    def __init__(self) -> None:
        self.pair = pair = Pair()
        self.mei, self.bo, self.eve = (pair.add_person(name) for name in ("Mei", "Bo", "Eve"))
        pair.add_shop(merchants=1, listings=2)
        self.kettle, self.lamp, _ = pair.plain.listings
        self.merchant = pair.plain.listings[self.kettle].merchant
        self.circles = {who: self.opened(who) for who in (self.mei, self.bo, self.eve)}
        pair.befriend(self.mei, self.bo)
        for one, other in ((self.mei, self.bo), (self.bo, self.mei)):
            pair.do("add_members", one, circle_id=self.circles[one], person_ids=[other])

    def opened(self, who: int) -> int:
        self.pair.do("open_circles", who, text_version="1", surface="test")
        return self.pair.do("create_circle", who, name="Family", window="all", weight=5, is_default=True)

    def buys(self, who: int, listing: int, *, shows: bool = True, returns: bool = False) -> int:
        """The id of what they show of it."""
        line = self.pair.arrived(who, listing)
        shown = {"line_id": line, "circle_ids": [self.circles[who]]}
        share = self.pair.do("share_purchase", who, **shown) if shows else 0
        for step in ("request_refund", "accept_refund") if returns else ():
            self.pair.move(line, step)
        return share

    def says(self, deed: str, who: int, **what: Any) -> int:
        return self.pair.do(
            deed, who, listing_id=self.kettle, text="so so", circle_ids=[self.circles[who]], **what
        )

    def hold(self, state: HoldState) -> None:
        self.pair.put(**{state.value: self.kettle})

    def release(self) -> None:
        self.pair.put(live=self.kettle)

    # --- What Mei sees -------------------------------------------------------------------

    def card(self, share: int, who: int | None = None) -> Card:
        return queries.get_card(self.pair.viewer(who or self.mei), share_id=share)

    def tally(self) -> Tally:
        return queries.listing_evidence(self.pair.viewer(self.mei), listing_id=self.kettle).tally

    def all_that_mei_is_told(self) -> tuple[object, ...]:
        mei = self.pair.viewer(self.mei)
        return (
            queries.circle_feed(mei).items,
            queries.listing_evidence(mei, listing_id=self.kettle),
            queries.merchant_evidence(mei, merchant_id=self.merchant),
            queries.evidence_for_listings(mei, listing_ids=[self.kettle, self.lamp]),
            queries.trusted_merchants(mei),
            queries.public_reviews(mei, listing_id=self.kettle),
            queries.public_summary(mei, listing_id=self.kettle),
            queries.notices_of(mei),
        )


@pytest.fixture
def village() -> Village:
    return Village()


# --- The card ----------------------------------------------------------------------------


@GONE
def test_a_share_says_what_was_found_and_since_when(village: Village, state: HoldState) -> None:
    share = village.buys(village.bo, village.kettle)
    assert village.card(share).correction is None
    hold_listing(
        listing_id=village.kettle, state=state, since=START, decision=4711, rule="below-class",
        standard="GB 2626-2019", claimed="KN95", figure=71.0, bound=95.0,
    )  # fmt: skip
    card = village.card(share)
    said = HoldCard(state.value, START, 4711, "below-class", "GB 2626-2019", "KN95", 71.0, 95.0, "")
    assert (card.correction, card.outcome) == (said, "removed")
    release_listing(listing_id=village.kettle)
    card = village.card(share)
    assert (card.correction, card.outcome) == (None, "kept")


@GONE
def test_in_every_list_of_cards(village: Village, state: HoldState) -> None:
    share = village.buys(village.bo, village.kettle)
    review = village.says("write_review", village.bo, rating=5, to_everyone=True)
    village.hold(state)
    mei, bo, nobody = (village.pair.viewer(who) for who in (village.mei, village.bo, None))
    lists = [
        queries.circle_feed(mei).items,
        queries.shares_of(mei, person_id=village.bo).items,
        queries.my_shares(bo).items,
        queries.my_shares_as_seen_by(bo, friend_id=village.mei).items,
        (queries.my_card_as_seen_by(bo, friend_id=village.mei, share_id=share),),
        queries.public_reviews(nobody, listing_id=village.kettle).items,
        queries.listing_evidence(mei, listing_id=village.kettle).reviews,
        queries.merchant_evidence(mei, merchant_id=village.merchant).reviews,
    ]
    for cards in lists:
        assert {card.id for card in cards} <= {share, review}
        assert [(card.correction.state if card.correction else "", card.outcome) for card in cards] == [
            (state.value, "removed")
        ] * len(cards)
        assert cards


@GONE
def test_whoever_did_not_say_that_they_bought_it_is_not_said_to_have(
    village: Village, state: HoldState
) -> None:
    said = [
        village.says("write_review", village.bo, rating=1, to_everyone=False),
        village.says("ask_question", village.bo),
        village.says("give_tip", village.bo),
    ]
    village.hold(state)
    for share in said:
        card = village.card(share)
        assert (card.correction is not None, card.outcome) == (True, "")
    assert (village.tally().purchases, village.tally().removed) == (0, 0)


def test_of_another_thing_nothing_is_said(village: Village) -> None:
    lamp = village.buys(village.bo, village.lamp)
    tip = village.pair.do(
        "give_tip", village.bo, text="Descale", circle_ids=[village.circles[village.bo]], listing_id=None
    )
    village.hold(HoldState.REMOVED)
    assert [village.card(share).correction for share in (lamp, tip)] == [None, None]
    assert village.card(lamp).outcome == "kept"


# --- Whether it can be bought --------------------------------------------------------------


def on_sale(village: Village, share: int) -> bool:
    thing = village.card(share).thing
    assert thing is not None
    return thing.on_sale


@pytest.mark.parametrize("state", HoldState)
def test_what_is_held_cannot_be_bought(village: Village, state: HoldState) -> None:
    share = village.buys(village.bo, village.kettle)
    assert on_sale(village, share)
    village.hold(state)
    assert not on_sale(village, share)
    village.release()
    assert on_sale(village, share)


def test_nor_what_a_closed_shop_has(village: Village) -> None:
    share = village.buys(village.bo, village.kettle)
    close_merchant(merchant_id=village.merchant, at=START)
    assert not on_sale(village, share)
    assert village.card(share).correction is None
    reopen_merchant(merchant_id=village.merchant)
    assert on_sale(village, share)


def test_of_a_thing_only_suspected_nothing_is_said_or_counted(village: Village) -> None:
    share = village.buys(village.bo, village.kettle)
    before = village.tally(), queries.trusted_merchants(village.pair.viewer(village.mei))
    village.hold(HoldState.SUSPECTED)
    assert village.card(share).correction is None
    assert village.card(share).outcome == "kept"
    assert before == (village.tally(), queries.trusted_merchants(village.pair.viewer(village.mei)))


# --- What is counted -----------------------------------------------------------------------


@GONE
def test_a_purchase_counts_as_removed_even_if_it_went_back(village: Village, state: HoldState) -> None:
    village.buys(village.bo, village.kettle)
    village.buys(village.bo, village.kettle, returns=True)
    village.buys(village.bo, village.lamp)
    before = village.all_that_mei_is_told()
    assert village.tally() == Tally(people=1, purchases=2, kept=1, returned=1)
    village.hold(state)
    assert village.tally() == Tally(people=1, purchases=2, removed=2)
    mei = village.pair.viewer(village.mei)
    all_of_it = queries.merchant_evidence(mei, merchant_id=village.merchant)
    assert all_of_it.tally == Tally(people=1, purchases=3, kept=1, removed=2)
    (person,) = all_of_it.people
    assert (person.kept, person.returned, person.removed) == (1, 0, 2)
    several = queries.evidence_for_listings(mei, listing_ids=[village.kettle, village.lamp])
    assert (several[village.kettle].removed, several[village.lamp].kept) == (2, 1)
    village.release()
    assert village.all_that_mei_is_told() == before


def test_what_goes_back_after_it_was_taken_down_is_counted_as_removed(village: Village) -> None:
    line = village.pair.arrived(village.bo, village.kettle)
    village.pair.do("share_purchase", village.bo, line_id=line, circle_ids=[village.circles[village.bo]])
    village.hold(HoldState.RECALLED)
    village.pair.move(line, "refund_recalled")
    village.pair.move(line, "accept_refund")
    assert village.tally() == Tally(people=1, purchases=1, removed=1)
    village.release()
    assert village.tally() == Tally(people=1, purchases=1, returned=1)


@GONE
def test_stars_stay_as_they_were_given(village: Village, state: HoldState) -> None:
    review = village.says("write_review", village.bo, rating=5, to_everyone=True)
    village.hold(state)
    assert (village.card(review).rating, village.tally().mean_rating) == (5, 5.0)
    summary = queries.public_summary(village.pair.viewer(None), listing_id=village.kettle)
    assert (summary.count, summary.mean) == (1, 5.0)


@GONE
def test_nothing_is_copied_onto_shares_and_deliveries(village: Village, state: HoldState) -> None:
    village.buys(village.bo, village.kettle)
    village.hold(state)
    rows = Delivery.objects.unguarded("the test looks for copies").values_list("outcome", flat=True)
    assert list(rows) == ["kept"]
    assert find_differences() == []


# --- Trusted merchants ---------------------------------------------------------------------


@GONE
def test_a_takedown_costs_a_merchant_more_than_a_return(village: Village, state: HoldState) -> None:
    """Bo kept a lamp and a kettle, and sent another kettle back; Mei trusts him wholly."""
    mei = village.pair.viewer(village.mei)
    village.buys(village.bo, village.lamp)
    village.buys(village.bo, village.kettle)
    village.buys(village.bo, village.kettle, returns=True)
    (before,) = queries.trusted_merchants(mei)
    assert before.score == pytest.approx(wilson_lower_bound(1 + 1 / 2, 1))
    village.hold(state)
    (after,) = queries.trusted_merchants(mei)
    assert after.score == pytest.approx(wilson_lower_bound(1, 2 * 2))
    assert (before.level, after.level) == ("too-little", "careful")
    assert (after.tally.kept, after.tally.returned, after.tally.removed) == (1, 0, 2)
    assert (after.repeat_buyers, after.latest_month) == (before.repeat_buyers, before.latest_month)
    village.release()
    assert queries.trusted_merchants(mei) == (before,)


# --- Nobody learns of a purchase that was not shown ----------------------------------------


@GONE
def test_what_was_not_shown_stays_unknown(village: Village, state: HoldState) -> None:
    """Bo keeps one to himself, and Eve shows hers to her own people."""
    village.buys(village.bo, village.lamp)
    before = village.all_that_mei_is_told()
    village.buys(village.bo, village.kettle, shows=False)
    village.buys(village.eve, village.kettle)
    assert village.all_that_mei_is_told() == before
    village.hold(state)
    assert village.all_that_mei_is_told() == before


@GONE
def test_nor_is_what_may_not_be_seen_any_more(village: Village, state: HoldState) -> None:
    village.buys(village.bo, village.kettle)
    village.pair.do("set_hidden_from", village.bo, other_id=village.mei, on=True)
    before = village.all_that_mei_is_told()
    village.hold(state)
    assert village.all_that_mei_is_told() == before
    compare_everything(village.pair, closely=list(village.pair.plain.people))
