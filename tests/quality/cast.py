"""Who sells masks and who looks at them: Lin's shop and Wang's, the laboratory, and the staff."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from kith.core.guard import Viewer
from kith.core.money import Money
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import LabReport, Sweep
from kith.quality.services import Paper
from kith.shop.models import HoldState, Listing, ListingHold, Merchant
from kith.shop.records import ListingRecord, MerchantRecord
from kith.shop.services import load_categories, record_listings, record_merchants, set_merchant_staff

NOW = datetime(2020, 2, 5, 4, 0, tzinfo=UTC)
"""Noon in Beijing, in the first days of February 2020: GB 2626-2006 is in force."""
LAB = "国家劳动保护用品质量监督检验中心"
GOOD = "KN95口罩 GB 2626-2006 独立包装"
PLAIN = "棉布口罩 可清洗"
MEASURED = "filtration-salt"


def later(**by: float) -> datetime:
    return NOW + timedelta(**by)


def somebody(name: str, **fields: Any) -> Person:
    return Person.objects.create_user(name.lower(), display_name=name, **fields)


def looks(person: Person, now: datetime = NOW) -> Viewer:
    return Viewer(person.pk, now)


def shop(name: str, *staff: Person) -> Merchant:
    load_categories()
    [pk] = record_merchants([MerchantRecord("host", name, name)])
    set_merchant_staff(merchant_id=pk, person_ids=[person.pk for person in staff])
    return Merchant.objects.get(pk=pk)


def sells(merchant: Merchant, title: str = GOOD, *, name: str = "", **said: Any) -> Listing:
    """Put something on sale, or say something else of it: `name` is what the host calls it."""
    told: dict[str, Any] = {"category": "protection", "price": Money(1990), "description": ""} | said
    record = ListingRecord("host", name or title, merchant.pk, title=title, **told)
    [pk] = record_listings([record])
    return Listing.objects.get(pk=pk)


def paper(**changed: Any) -> Paper:
    """What a laboratory writes of a good mask."""
    said: dict[str, Any] = {
        "standard": "GB 2626-2006", "grade": "KN95", "laboratory": LAB, "number": "2020-ZJ-0117",
        "sample": "折叠式 KN95 口罩", "tested_on": date(2020, 1, 20), "measures": {MEASURED: 97.2},
    }  # fmt: skip
    return Paper(**said | changed)


def proven(person: Person, *listings: Listing, by: Person, now: datetime = NOW, **said: Any) -> LabReport:
    """Hand a report in for listings of one merchant, and have it verified for all of them."""
    report = quality.hand_in_report(
        looks(person, now), merchant_id=listings[0].merchant_id, listing_ids=[one.pk for one in listings],
        paper=paper(**said),
    )  # fmt: skip
    covers = [one.pk for one in listings]
    return quality.decide_report(report.pk, actor_id=by.pk, now=now, verified=True, covers=covers)


def swept(*, now: datetime = NOW, **scope: Any) -> Sweep:
    """Sweep, and look no further."""
    return quality.scan(quality.plan_sweep(actor_id=None, now=now, **scope).pk, now=now)


def carried_out(*, by: Person, now: datetime = NOW, **scope: Any) -> Sweep:
    """Sweep, and carry out whatever is found."""
    found = swept(now=now, **scope)
    quality.decide_sweep(found.pk, actor_id=by.pk, now=now, why="the test")
    return quality.carry_out(found.pk, now=now)


def state_of(listing: Listing) -> str:
    """How a listing stands; "" is live."""
    return ListingHold.objects.filter(listing=listing).values_list("state", flat=True).first() or ""


REMOVED, SUSPECTED, RECALLED = HoldState.REMOVED, HoldState.SUSPECTED, HoldState.RECALLED
LIVE = ""
