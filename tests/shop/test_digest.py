"""The digest of a listing is of all that it says and of nothing else, whoever wrote it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kith.core.money import Money
from kith.people.models import Person
from kith.shop.digest import digest_of, find_misdigested
from kith.shop.models import Listing
from kith.shop.records import ListingRecord
from kith.shop.services import record_listings, rename_merchant, save_listing
from tests.shop import goods
from tests.shop.goods import looks

SAID: dict[str, Any] = {
    "title": "KN95 口罩", "description": "20 只", "picture": "mask", "price_minor": 3990, "currency": "CNY",
    "category_id": "protection", "merchant_id": 7,
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "other"),
    [("title", "KN90 口罩"), ("description", ""), ("picture", "kettle"), ("price_minor", 3991),
     ("currency", "USD"), ("category_id", "tea"), ("merchant_id", 8)],
)  # fmt: skip
def test_whatever_it_says_otherwise_changes_the_digest(field: str, other: object) -> None:
    assert digest_of(Listing(**SAID)) != digest_of(Listing(**SAID | {field: other}))


def test_what_it_does_not_say_does_not_change_the_digest() -> None:
    assert digest_of(Listing(**SAID)) == digest_of(
        Listing(**SAID, pk=5, on_sale=False, source="host", external_id="l1")
    )


TEXTS = st.text(st.sampled_from("ab \x1f\ud800米"), max_size=4)


@given(title=TEXTS, description=TEXTS)
def test_what_moves_from_one_field_to_the_next_changes_it(title: str, description: str) -> None:
    moved = SAID | {"title": title + "x", "description": description}
    there = SAID | {"title": title, "description": "x" + description}
    one, other = digest_of(Listing(**moved)), digest_of(Listing(**there))
    assert one != other
    assert 0 <= one < 2**63


def recorded(title: str = "KN95 口罩", **more: Any) -> Listing:
    merchant = goods.merchant()
    record = ListingRecord("host", "l1", merchant.pk, "protection", title, Money(3990), **more)
    record_listings([record])
    return Listing.objects.get()


@pytest.mark.django_db
class TestEveryWrite:
    def test_told_by_a_host_shop_and_told_otherwise(self) -> None:
        first = recorded()
        assert first.digest == digest_of(first)
        again = recorded(on_sale=False)
        assert again.digest == first.digest
        changed = recorded(description="20 只")
        assert changed.digest == digest_of(changed) != first.digest
        assert find_misdigested() == []

    def test_put_on_sale_and_changed_by_its_merchant(self) -> None:
        chen = goods.person("Chen")
        merchant = goods.merchant(staff=(chen,))
        what: dict[str, Any] = {"merchant_id": merchant.pk, "category": "tea", "price": Money(100)}
        made = save_listing(looks(chen), title="茶", **what)
        before = Listing.objects.get().digest
        save_listing(looks(chen), title="新茶", listing_id=made.pk, **what)
        assert Listing.objects.get().digest != before
        assert find_misdigested() == []

    def test_changed_by_staff(self) -> None:
        listing = recorded()
        staff = Person.objects.create_superuser("ada", display_name="Ada")
        browser = Client()
        browser.force_login(staff)
        form = {
            "merchant": listing.merchant_id, "category": "protection", "title": "KN90 口罩",
            "description": "", "price_minor": 3990, "currency": "CNY", "picture": "", "on_sale": "on",
        }  # fmt: skip
        answer = browser.post(reverse("admin:shop_listing_change", args=[listing.pk]), form)
        assert answer.status_code == 302, answer.content.decode()
        assert Listing.objects.get().title == "KN90 口罩"
        assert find_misdigested() == []

    def test_a_merchant_with_another_name_says_nothing_else(self) -> None:
        listing = recorded()
        rename_merchant(merchant_id=listing.merchant_id, name="春风")
        assert find_misdigested() == []

    def test_the_check_finds_what_was_missed(self) -> None:
        listing = recorded()
        Listing.objects.update(title="KN100 口罩")
        assert find_misdigested() == [listing.pk]


@pytest.mark.django_db
def test_the_migration_digests_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    merchant = goods.merchant()
    records = [
        ListingRecord("host", f"l{number}", merchant.pk, "tea", f"茶 {number}", Money(100), description="绿")
        for number in range(7)
    ]
    record_listings(records)
    Listing.objects.update(digest=0)
    titles = set(Listing.objects.values_list("pk", "title", "description", "on_sale", "created_at"))
    migration = import_module("kith.shop.migrations.0004_digests")
    monkeypatch.setattr(migration, "BATCH", 3)
    migration.write_digests(apps, None)
    assert find_misdigested() == []
    assert set(Listing.objects.values_list("pk", "title", "description", "on_sale", "created_at")) == titles
