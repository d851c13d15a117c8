"""Which shops are proposed for closing: by number, by share, and only for what stands."""

from __future__ import annotations

import pytest

from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Decision
from kith.quality.queries import shops_to_decide_on
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.shop.models import Listing, Merchant
from tests.quality.cast import NOW, PLAIN, later, looks, sells, shop, somebody

pytestmark = pytest.mark.django_db


def decide(act: Act, listing: Listing, by: Person) -> Decision:
    return quality.decide(
        act=act, listing_id=listing.pk, actor_id=by.pk, now=NOW, grounds=Grounds(words="Looked at.")
    )


def a_shop(name: str, *, false: int, honest: int, by: Person) -> tuple[Merchant, list[Decision]]:
    owner = somebody(f"Owner{name}")
    merchant = shop(name, owner)
    masks = [sells(merchant, f"{name} {number} 号口罩") for number in range(false)]
    for number in range(honest):
        sells(merchant, f"{name} {PLAIN} {number}")
    return merchant, [decide(Act.REMOVE, mask, by) for mask in masks]


def proposed() -> list[tuple[str, int, int]]:
    return [(one.name, one.taken_down, one.listings) for one in shops_to_decide_on()]


def test_by_number_or_by_share(desk: Person, settings: pytest.FixtureRequest) -> None:
    settings.QUALITY_CLOSING_NUMBER, settings.QUALITY_CLOSING_SHARE = 5, 0.5  # type: ignore[attr-defined]
    a_shop("甲", false=5, honest=20, by=desk)
    a_shop("乙", false=4, honest=20, by=desk)
    a_shop("丙", false=3, honest=3, by=desk)
    a_shop("丁", false=3, honest=4, by=desk)
    a_shop("戊", false=2, honest=0, by=desk)
    assert proposed() == [("甲", 5, 25), ("丙", 3, 6)]


def test_only_what_stands(desk: Person) -> None:
    merchant, decisions = a_shop("甲", false=3, honest=1, by=desk)
    owner = Person.objects.get(handle="owner甲")
    assert proposed() == [("甲", 3, 4)]
    quality.appeal(looks(owner, later(days=1)), decision_id=decisions[0].pk, words="It is proven.")
    assert proposed() == []
    sells(merchant, "甲 另一款口罩")
    more = Listing.objects.get(title="甲 另一款口罩")
    decide(Act.SUSPECT, more, desk)
    assert proposed() == []
    decide(Act.RECALL, more, desk)
    assert proposed() == [("甲", 3, 5)]
    decide(Act.REINSTATE, more, desk)
    assert proposed() == []


def test_a_closed_shop_is_decided_on(desk: Person) -> None:
    merchant, _decisions = a_shop("甲", false=3, honest=0, by=desk)
    quality.decide_shop(
        act=Act.CLOSE, merchant_id=merchant.pk, actor_id=desk.pk, now=NOW, grounds=Grounds(words="All false.")
    )
    assert proposed() == []
