"""Hidden by its author, taken back by the shop: two facts, and undoing one leaves the other."""

from __future__ import annotations

import pytest

from tests.oracle.compare import compare_deliveries
from tests.oracle.pair import Pair
from tests.oracle.world import feed

pytestmark = pytest.mark.django_db


class Neighbourhood:
    """Mei shows her family, Bo, a tip about a book."""

    def __init__(self) -> None:
        self.pair = Pair()
        self.mei, self.bo = self.pair.add_person("Mei"), self.pair.add_person("Bo")
        self.pair.add_shop()
        for who in (self.mei, self.bo):
            self.pair.do("open_circles", who, text_version="1", surface="test")
        self.pair.befriend(self.mei, self.bo)
        family = self.pair.do(
            "create_circle", self.mei, name="Family", window="all", weight=3, is_default=False
        )
        self.pair.do("add_members", self.mei, circle_id=family, person_ids=[self.bo])
        book = next(one.id for one in self.pair.plain.listings.values() if one.category == "books")
        self.share = self.pair.do(
            "give_tip", self.mei, text="Read this", circle_ids=[family], listing_id=book
        )

    def is_shown(self) -> bool:
        """To Bo: and the program and the oracle agree about it."""
        compare_deliveries(self.pair)
        return bool(feed(self.pair.plain, self.bo))


def test_what_its_author_hid_stays_hidden_when_the_shop_gives_it_back() -> None:
    village = Neighbourhood()
    village.pair.do("hide_share", village.mei, share_id=village.share)
    village.pair.put(taken_back=village.share)
    village.pair.put(given_back=village.share)
    assert not village.is_shown()
    village.pair.do("show_share", village.mei, share_id=village.share)
    assert village.is_shown()


def test_what_is_hidden_while_the_shop_has_it_stays_hidden() -> None:
    village = Neighbourhood()
    village.pair.put(taken_back=village.share)
    village.pair.do("change_past", village.mei, action="hide", kinds=None, before=None)
    village.pair.put(given_back=village.share)
    assert not village.is_shown()


def test_what_was_shown_under_an_earlier_consent_does_not_come_back_with_the_shops_leave() -> None:
    village = Neighbourhood()
    village.pair.put(taken_back=village.share)
    village.pair.do("withdraw_consent", village.mei, surface="test")
    village.pair.do("open_circles", village.mei, text_version="1", surface="test")
    village.pair.put(given_back=village.share)
    assert not village.is_shown()


def test_what_was_not_hidden_is_shown_again_when_given_back() -> None:
    village = Neighbourhood()
    village.pair.put(taken_back=village.share)
    assert not village.is_shown()
    village.pair.do("show_share", village.mei, share_id=village.share)
    assert not village.is_shown()
    village.pair.put(given_back=village.share)
    assert village.is_shown()


def test_hiding_it_first_is_no_way_round_a_shelf_that_became_sensitive() -> None:
    village = Neighbourhood()
    village.pair.do("hide_share", village.mei, share_id=village.share)
    village.pair.put(sensitive="books")
    village.pair.do("show_share", village.mei, share_id=village.share)
    village.pair.do("change_past", village.mei, action="show", kinds=None, before=None)
    assert not village.is_shown()
    village.pair.put(given_back=village.share)
    assert not village.is_shown()
