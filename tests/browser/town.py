"""What the journeys begin with: a shop that sells kettles, and Mo, who sends them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from kith.core.money import Money
from kith.people.models import Person
from kith.shop.models import Listing, Merchant
from kith.shop.records import ListingRecord, MerchantRecord
from kith.shop.services import load_categories, record_listings, record_merchants, set_merchant_staff
from tests.web.cast import open_to_all, somebody

_NUMBERS = count(13800138001)
KETTLE = "Steel kettle, 1.7 litres"


@dataclass(frozen=True)
class Town:
    merchant: Merchant
    mo: Person
    """Sends what was ordered."""
    kettle: Listing


def build_town() -> Town:
    open_to_all()
    load_categories()
    mo = somebody("Mo", consents=False)
    [merchant_id] = record_merchants(
        [MerchantRecord("town", "m1", "Home Helper", "Small things for the home")]
    )
    set_merchant_staff(merchant_id=merchant_id, person_ids=[mo.pk])
    records = [
        ListingRecord("town", f"l{number}", merchant_id, "kitchen-appliances", title, price, picture=picture)
        for number, (title, picture, price) in enumerate(GOODS)
    ]
    kettle_id, *_ = record_listings(records)
    merchant, kettle = Merchant.objects.get(pk=merchant_id), Listing.objects.get(pk=kettle_id)
    return Town(merchant, mo, kettle)


GOODS = [
    (KETTLE, "kettle", Money(7990)),
    ("Rice cooker, 3 litres", "rice", Money(23900)),
    ("Thermos flask, half a litre", "thermos", Money(5900)),
]


def new_number() -> str:
    """A telephone number that nobody has asked a code for yet: the server counts them."""
    return str(next(_NUMBERS))
