"""Finding listings: Chinese and Latin words, one character and two, and whatever people type."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kith.core import fulltext
from kith.core.money import Money
from kith.shop import search
from kith.shop.models import Category, Listing
from kith.shop.queries import search as search_page
from kith.shop.records import ListingRecord
from kith.shop.services import load_categories, record_listings, rename_merchant
from tests.shop import goods
from tests.shop.goods import looks

TITLES = {
    "rice": ("东北大米 5 公斤", "staples"),
    "mask": ("KN95 防护口罩 50 只装", "protection"),
    "kettle": ("不锈钢电热水壶 1.7 升", "kitchen-appliances"),
    "pan": ("Cast iron pan 30 cm", "kitchenware"),
    "thermos": ("热水瓶", "kitchenware"),
    "swapped": ("罩口布贴", "household"),
}


def found(query: str) -> set[str]:
    titles = {title: name for name, (title, _) in TITLES.items()}
    return {titles[card.title] for card in search_page(looks(None), query=query).items}


@pytest.mark.django_db
class TestFinding:
    @pytest.fixture(autouse=True)
    def shelves(self) -> None:
        merchant = goods.merchant("Lantern 灯笼百货")
        for title, category in TITLES.values():
            goods.listing(title, of=merchant, category=category)

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("米", {"rice"}),
            ("口罩", {"mask"}),
            ("罩口", {"swapped"}),
            ("KN95", {"mask"}),
            ("kn9", {"mask"}),
            ("95", {"mask"}),
            ("ＫＮ９５　口罩", {"mask"}),
            ("KN95口罩", {"mask"}),
            ("口罩 米", set()),
            ("电热水壶", {"kettle"}),
            ("電熱水壺", {"kettle"}),
            ("不锈钢水壶", {"kettle"}),
            ("热水", {"kettle", "thermos"}),
            ("IRON", {"pan"}),
            ("iro cas", {"pan"}),
            ("ron", set()),
            ("pan 锅", {"pan"}),
            ("kitchenware", {"pan", "thermos"}),
            ("lantern 米", {"rice"}),
            ("灯笼", set(TITLES)),
            ("不存在", set()),
            ("", set()),
            ("   ", set()),
            ("，。！", set()),
        ],
    )
    def test_finds(self, query: str, names: set[str]) -> None:
        assert found(query) == names

    @pytest.mark.parametrize(
        "query",
        ['"', '"口罩', "口罩*", "AND", "口罩 OR", "NOT 口罩", "title:口罩", "NEAR(口 罩)", "口罩 & !",
         "'口罩':*", "(", "-口罩", "^口罩", "\\", "%", "口\x00罩", "\ud800", "<->", "{title}: 口"],
    )  # fmt: skip
    def test_operators_are_text(self, query: str) -> None:
        found(query)

    def test_quotes_and_stars_are_nothing(self) -> None:
        assert found('"口罩"*') == {"mask"}

    def test_ten_thousand_characters_are_answered_at_once(self) -> None:
        started = time.monotonic()
        found("乱七八糟 nonsense " * 1000)
        found("米" * 10_000)
        assert time.monotonic() - started < 5

    def test_title_before_merchant_and_shelf(self) -> None:
        other = goods.merchant("米老头")
        goods.listing("锅巴", of=other, category="snacks")
        goods.listing("米饼", of=other, category="snacks")
        titles = [card.title for card in search_page(looks(None), query="米").items]
        assert titles.index("米饼") < titles.index("锅巴")

    def test_pages_go_on_without_a_gap_or_a_repeat(self) -> None:
        merchant = goods.merchant("Lantern 灯笼百货")
        records = [
            ListingRecord("host", f"same {number}", merchant.pk, "toys", "一模一样", Money(100))
            for number in range(5)
        ]
        record_listings(records)
        whole = [card.id for card in search_page(looks(None), query="灯笼").items]
        seen: list[int] = []
        cursor = None
        while True:
            page = search_page(looks(None), query="灯笼", cursor=cursor, size=2)
            seen += [card.id for card in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == whole
        assert len(seen) == len(set(seen)) == len(TITLES) + 5


@pytest.mark.django_db
class TestKeepingTheIndexRight:
    def titles(self, query: str) -> list[str]:
        return [card.title for card in search_page(looks(None), query=query).items]

    def test_written_again_under_another_title(self) -> None:
        merchant = goods.merchant()
        record = ListingRecord("host", "l1", merchant.pk, "tea", "龙井", Money(100))
        record_listings([record])
        record_listings([ListingRecord("host", "l1", merchant.pk, "tea", "碧螺春", Money(100))])
        assert (self.titles("龙井"), self.titles("碧螺春")) == ([], ["碧螺春"])

    def test_off_sale_is_not_found_and_back_on_sale_is(self) -> None:
        merchant = goods.merchant()
        goods.listing("龙井", of=merchant, category="tea")
        goods.listing("龙井", of=merchant, category="tea", on_sale=False)
        assert self.titles("龙井") == []
        assert not search.find_unindexed()
        goods.listing("龙井", of=merchant, category="tea")
        assert self.titles("龙井") == ["龙井"]
        assert not search.find_unindexed()

    def test_a_merchant_that_is_renamed(self) -> None:
        merchant = goods.merchant("老王茶庄")
        goods.listing("龙井", of=merchant, category="tea")
        rename_merchant(merchant_id=merchant.pk, name="春风茶庄")
        assert (self.titles("老王"), self.titles("春风")) == ([], ["龙井"])

    def test_a_shelf_that_gets_another_name(self) -> None:
        goods.listing("龙井", of=goods.merchant(), category="tea")
        Category.objects.filter(pk="tea").update(name_en="Leaves")
        load_categories()
        assert self.titles("drinks") == ["龙井"]

    def test_the_check_finds_what_was_missed(self) -> None:
        listing = goods.listing(of=goods.merchant())
        Listing.objects.filter(pk=listing.pk).update(on_sale=False)
        assert search.find_unindexed() == {listing.pk}


CHARACTERS = st.sampled_from("米口罩水壶热电KN9a 臺台，")
TEXTS = st.text(CHARACTERS, max_size=12)


class TestOneAndTwoCharacters(TestCase):
    def setUp(self) -> None:
        self.merchant = goods.merchant("x")

    @given(titles=st.lists(TEXTS.filter(str.strip), min_size=1, max_size=6, unique=True), query=TEXTS)
    def test_are_found_exactly_where_they_stand(self, titles: list[str], query: str) -> None:
        Listing.objects.all().delete()
        for title in titles:
            goods.listing(title, of=self.merchant, category="other")
        words = [run for run in fulltext.runs(query) if run.is_ideographic and len(run.text) <= 2]
        for word in words:
            plain = {title for title in titles if word.text in fulltext.normalise(title)}
            hits = {card.title for card in search_page(looks(None), query=word.text, size=50).items}
            assert hits == plain
