"""Shelves, listings and the product feeds that fill them."""

from __future__ import annotations

import io

import pytest

from kith.core.errors import NotThere
from kith.core.money import Money
from kith.shop import queries
from kith.shop.feeds import FeedUnreadable, read_feed
from kith.shop.models import Category, Listing
from kith.shop.records import ListingRecord
from kith.shop.services import ListingRefused, load_categories, record_listings
from kith.shop.services.catalogue import save_listing
from kith.shop.shelves import UNSORTED, read_shelf, shelves
from tests.shop import goods
from tests.shop.goods import looks


class TestShelves:
    def test_every_shelf_stands_behind_its_own_and_has_both_names(self) -> None:
        seen: set[str] = set()
        for shelf in shelves():
            assert shelf.parent is None or shelf.parent in seen
            assert shelf.zh
            assert shelf.en
            assert shelf.code not in seen
            seen.add(shelf.code)

    def test_below_a_sensitive_shelf_everything_is(self) -> None:
        sensitive = {shelf.code for shelf in shelves() if shelf.sensitive}
        assert all(shelf.sensitive for shelf in shelves() if shelf.parent in sensitive)

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("tea", "tea"),
            ("茶和饮料", "tea"),
            (" Tea &  drinks ", "tea"),
            ("Health & Beauty > Health Care > Medicine & Drugs > Cough", "medicine"),
            ("Health & Beauty > Health Care > Fitness & Nutrition > Weight Loss", "weight-loss"),
            ("Food, Beverages & Tobacco > Beverages > Alcoholic Beverages > Wine", "alcohol-tobacco"),
            ("Apparel & Accessories > Clothing > Outerwear", "clothes"),
            ("772", "sexual-health"),
            ("Mature", "sexual-health"),
            ("something else", None),
            ("", None),
        ],
    )
    def test_other_shops_words(self, words: str, code: str | None) -> None:
        assert read_shelf(words) == code

    @pytest.mark.django_db
    def test_loading_twice_is_loading_once_and_keeps_what_staff_closed(self) -> None:
        load_categories()
        Category.objects.filter(pk="tea").update(sensitive=True)
        Category.objects.create(code="ciao-1", name_zh="一", name_en="One")
        load_categories()
        assert Category.objects.count() == len(shelves()) + 1
        assert Category.objects.get(pk="tea").sensitive
        assert "tea" in {shelf.code for shelf in queries.sensitive_categories()}

    @pytest.mark.django_db
    def test_a_shelf_shows_what_lies_below_it(self) -> None:
        kettle = goods.listing(of=goods.merchant())
        goods.listing("龙井", of=kettle.merchant, category="tea")
        [card] = queries.newest_listings(looks(None), category="home").items
        assert card.id == kettle.pk
        with pytest.raises(NotThere):
            queries.newest_listings(looks(None), category="nowhere")

    @pytest.mark.django_db
    def test_pages_of_listings_made_at_one_instant_have_no_gap(self) -> None:
        merchant = goods.merchant()
        record_listings(
            [ListingRecord("host", f"l{n}", merchant.pk, "tea", f"茶 {n}", Money(100)) for n in range(7)]
        )
        seen: list[int] = []
        cursor = None
        while True:
            page = queries.newest_listings(looks(None), cursor=cursor, size=3)
            seen += [card.id for card in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 7


@pytest.mark.django_db
class TestMerchantsOwnListings:
    def test_staff_put_on_sale_and_change(self) -> None:
        chen = goods.person("Chen")
        merchant = goods.merchant(staff=(chen,))
        made = save_listing(
            looks(chen), merchant_id=merchant.pk, title="新米", category="staples", price=Money(1990)
        )
        save_listing(
            looks(chen), merchant_id=merchant.pk, listing_id=made.pk, title="陈米", category="staples",
            price=Money(990), on_sale=False,
        )  # fmt: skip
        assert Listing.objects.get().title == "陈米"
        assert queries.listings_of(looks(None), merchant_id=merchant.pk).items == ()
        assert len(queries.listings_of(looks(chen), merchant_id=merchant.pk).items) == 1

    def test_nobody_else_does(self) -> None:
        merchant = goods.merchant()
        with pytest.raises(NotThere):
            save_listing(
                looks(goods.person("Eve")), merchant_id=merchant.pk, title="x", category="tea", price=Money(1)
            )

    def test_not_anothers_listing_through_ones_own_merchant(self) -> None:
        chen = goods.person("Chen")
        mine, theirs = goods.merchant(staff=(chen,)), goods.listing(of=goods.merchant("别家"))
        with pytest.raises(NotThere):
            save_listing(
                looks(chen),
                merchant_id=mine.pk,
                listing_id=theirs.pk,
                title="x",
                category="tea",
                price=Money(1),
            )

    @pytest.mark.parametrize(
        ("field", "changes"),
        [("title", {"title": " "}), ("category", {"category": "nowhere"}), ("price", {"price": Money(0)})],
    )
    def test_says_which_field_is_wrong(self, field: str, changes: dict[str, object]) -> None:
        chen = goods.person("Chen")
        given = {"title": "x", "category": "tea", "price": Money(1)} | changes
        with pytest.raises(ListingRefused) as refusal:
            save_listing(looks(chen), merchant_id=goods.merchant(staff=(chen,)).pk, **given)  # type: ignore[arg-type]
        assert refusal.value.field == field


TSV = '''id\ttitle\tdescription\tlink\timage link\tprice\tavailability\tgoogle product category\tadult
1\tKN95 mask\tBox of 20\thttps://a/1\thttps://a/1.jpg\t39.90 CNY\tin_stock\t口罩防护\tno
2\tTea\t"Green, ""loose"""\thttps://a/2\t\tCNY 12\tout of stock\t\t
3\tNo price\t\t\t\tcheap\tin_stock\t\t
\tNo id\t\t\t\t1.00 CNY\tin_stock\t\t
5\tHalf a cent\t\t\t\t1.005 CNY\tin_stock\t\t
6\tScript\t\t\tjavascript:alert(1)\t1.00 CNY\tin_stock\t\t
7\tFor adults\t\t\t\t1.00 CNY\tin_stock\tApparel & Accessories\tyes
'''
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>1</g:id><title>口罩 &amp; 手套</title><g:price>39.90 CNY</g:price>
<g:availability>in_stock</g:availability>
<g:shipping><g:price>5.00 CNY</g:price></g:shipping><g:product_type>口罩防护</g:product_type></item>
<item><g:id>2</g:id><title><![CDATA[Tea <b>]]></title><g:price>1.00 XXQ</g:price></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
<entry><g:id>9</g:id><title>Cup</title><link href="https://a/9"/><g:price>8.00 CNY</g:price></entry></feed>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<rss><channel><item><id>1</id><title>&b;</title></item></channel></rss>"""
FILE = """<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item>&a;</item></rss>"""


class TestFeeds:
    def read(self, text: str | bytes) -> list[tuple[int, str | None, str]]:
        data = text.encode() if isinstance(text, str) else text
        rows = read_feed(io.BytesIO(data), source="host", merchant_id=1)
        return [(row.line, row.listing.id if row.listing else None, row.reason) for row in rows]

    def test_tab_separated(self) -> None:
        rows = self.read("\ufeff" + TSV)
        assert [(line, pk) for line, pk, _ in rows] == [
            (2, "1"), (3, "2"), (4, None), (5, None), (6, None), (7, None), (8, "7"),
        ]  # fmt: skip
        reasons = [reason for _, pk, reason in rows if pk is None]
        assert [reason.split()[0] for reason in reasons] == ["price", "id", "'1.005'", "image_link"]

    def test_what_it_takes_from_a_row(self) -> None:
        rows = [row.listing for row in read_feed(io.BytesIO(TSV.encode()), source="host", merchant_id=1)]
        mask, tea, adult = rows[0], rows[1], rows[6]
        assert mask is not None
        assert tea is not None
        assert adult is not None
        assert (mask.price, mask.category, mask.on_sale) == (Money(3990), "protection", True)
        assert (tea.price, tea.on_sale, tea.description) == (Money(1200), False, 'Green, "loose"')
        assert tea.category == UNSORTED
        assert adult.category == "sexual-health"

    def test_rss_with_what_lies_deeper_left_alone(self) -> None:
        [good, bad] = list(read_feed(io.BytesIO(RSS.encode()), source="host", merchant_id=1))
        assert good.listing is not None
        assert (good.listing.title, good.listing.price) == ("口罩 & 手套", Money(3990))
        assert good.listing.category == "protection"
        assert (bad.line, bad.listing) == (6, None)
        assert bad.reason == "price is in XXQ, which is no currency"

    def test_atom(self) -> None:
        assert self.read(ATOM) == [(2, "9", "")]

    def test_of_a_field_that_is_told_twice_the_first_counts(self) -> None:
        twice = "<title>Cup</title><g:title>Mug</g:title><g:product_type>tea</g:product_type>"
        text = ATOM.replace("<title>Cup</title>", twice + "<g:product_type>Sale</g:product_type>")
        [row] = list(read_feed(io.BytesIO(text.encode()), source="host", merchant_id=1))
        assert row.listing is not None
        assert (row.listing.title, row.listing.category) == ("Cup", "tea")

    @pytest.mark.parametrize("price", [f"{'9' * 20} CNY", "1,000 JPY", "JPY 1,000", "1.00000 CNY"])
    def test_a_price_that_cannot_be_meant_is_none(self, price: str) -> None:
        [(_line, listing, reason)] = self.read(f"id\ttitle\tprice\n1\tCup\t{price}\n")
        assert listing is None
        assert "is not an amount and a currency" in reason

    @pytest.mark.parametrize(
        "text",
        [
            BOMB, FILE, "<rss><item>", "<rss>&nbsp;</rss>", "hello", "", b"\xff\xfe\x00",
            '<?xml version="1.0" encoding="GBK"?><rss/>', '<?xml version="1.0" encoding="none"?><rss/>',
        ],
    )  # fmt: skip
    def test_what_is_no_feed_is_refused_as_a_whole(self, text: str | bytes) -> None:
        with pytest.raises(FeedUnreadable):
            self.read(text)
