"""A shelf that becomes sensitive takes what was shown of it out of everybody's sight."""

from __future__ import annotations

import pytest

from kith.core.money import Money
from kith.people.models import Person
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.sharing.deliver import find_differences
from kith.sharing.services.standing import MayNotShare
from kith.shop.models import Category, Listing, Merchant, MerchantStaff
from tests.web.cast import as_viewer, befriend, circle_of, open_to_all, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei() -> Person:
    open_to_all()
    return somebody("Mei")


def test_shares_of_a_shelf_that_becomes_sensitive_are_withdrawn_for_good(mei: Person) -> None:
    bo = somebody("Boo")
    befriend(bo, mei)
    family = circle_of(mei, "Family", bo)
    shelf = Category.objects.create(code="drops", name_zh="滴剂", name_en="Drops")
    shop = Merchant.objects.create(name="Lantern")
    drops = Listing.objects.create(merchant=shop, category=shelf, title="Eye drops", price_minor=900)
    review = sharing.write_review(
        as_viewer(mei), listing_id=drops.id, rating=4, text="Fine", circle_ids=[family.id], to_everyone=True
    )
    tip = sharing.give_tip(as_viewer(mei), text="Drink tea", circle_ids=[family.id])
    assert len(circle.circle_feed(as_viewer(bo)).items) == 2

    shelf.sensitive = True
    shelf.save()
    assert sharing.withdraw_sensitive(now=as_viewer(mei).now) == 1
    assert [card.id for card in circle.circle_feed(as_viewer(bo)).items] == [tip.id]
    assert circle.public_summary(as_viewer(bo), listing_id=drops.id).count == 0
    assert find_differences() == []
    with pytest.raises(MayNotShare):
        sharing.show_share(as_viewer(mei), share_id=review.id)


def test_a_listing_that_its_merchant_moves_there_takes_its_shares_along(mei: Person) -> None:
    bo, sun = somebody("Boo"), somebody("Sun")
    befriend(bo, mei)
    family = circle_of(mei, "Family", bo)
    for code, sensitive in (("kitchen", False), ("remedies", True)):
        Category.objects.create(code=code, name_zh=code, name_en=code, sensitive=sensitive)
    shop = Merchant.objects.create(name="Lantern")
    MerchantStaff.objects.create(merchant=shop, person=sun)
    given = {"merchant_id": shop.pk, "title": "Balm", "price": Money(900, "CNY")}
    balm = sharing.save_listing(as_viewer(sun), category="kitchen", **given)
    sharing.write_review(
        as_viewer(mei), listing_id=balm.pk, rating=4, text="Warm", circle_ids=[family.pk], to_everyone=True
    )
    sharing.save_listing(as_viewer(sun), category="kitchen", listing_id=balm.pk, **given)
    assert len(circle.circle_feed(as_viewer(bo)).items) == 1

    sharing.save_listing(as_viewer(sun), category="remedies", listing_id=balm.pk, **given)
    assert circle.circle_feed(as_viewer(bo)).items == ()
    assert circle.public_summary(as_viewer(bo), listing_id=balm.pk).count == 0
    assert find_differences() == []
