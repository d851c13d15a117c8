"""The catalogue of the bench: as true as it says, and loaded as the services would leave it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from django.db.models import QuerySet

from benchmarks.mask_load import (
    GONE_AT,
    HOME,
    SOURCE,
    WHY,
    decided_at,
    load,
    truth_table,
)
from benchmarks.masks import NOW, Mask, Plan, gone_mask, make_piece
from kith.core.money import Money
from kith.notices.models import Notice
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Complaint, Decision, Finding, LabReport, Measure, Reading, ReportUse
from kith.quality.readings import read_listings
from kith.quality.services import Grounds, Paper
from kith.quality.transitions import Act
from kith.shop import services as shop
from kith.shop.models import Listing, ListingHold, Merchant, MerchantStaff, OrderLine, RefundReason
from kith.shop.records import ListingRecord, MerchantRecord
from tests.oracle.pair import undone
from tests.quality.cast import looks, somebody, swept

pytestmark = pytest.mark.django_db
SMALL = Plan(listings=150, merchants=12, seed=1)
LARGER = Plan(listings=1500, merchants=300, seed=2)
LEFT_OUT = {"id", "created_at", "joined_at", "decision", "report__id"}
EXACT = {
    "unproven", "measured-below", "not-in-force", "superseded", "no-such-class", "marks-missing",
    "same-picture",
    "complained-of", "evidence-of-another", "evidence-not-covering", "evidence-other-batch",
    "evidence-expired",
}  # fmt: skip
"""Rules that find all that is there, and nothing else. What others miss, `benchmarks.sweep` prints."""


def test_the_same_seed_makes_the_same_catalogue() -> None:
    first, again = ([mask.text for mask in make_piece(SMALL, 0)] for _ in range(2))
    assert first == again
    assert first != [mask.text for mask in make_piece(Plan(150, 12, seed=3), 0)]


def test_loaded_as_the_services_would_leave_it() -> None:
    with undone():
        list(load(SMALL))
        loaded = what_is_there()
    through_services(SMALL)
    said = what_is_there()
    assert said.keys() == loaded.keys()
    for name, rows in said.items():
        assert rows, name
        assert rows == loaded[name], name


def test_what_is_true_is_found() -> None:
    truth: dict[str, set[int]] = defaultdict(set)
    for row in truth_table(load(LARGER)).to_pylist():
        truth[row["rule"]].add(row["listing"])
    found: dict[str, set[int]] = defaultdict(set)
    for rule, listing in Finding.objects.filter(sweep=swept(now=NOW)).values_list("rule", "listing"):
        found[rule].add(listing)
    assert truth.keys() - {""} == found.keys()
    assert {rule: found[rule] ^ truth[rule] for rule in EXACT} == {rule: set() for rule in EXACT}


# --- Through the services -------------------------------------------------------------------------


def through_services(plan: Plan) -> None:
    shop.load_categories()
    names = [f"m{number}" for number in range(plan.merchants)]
    merchants = shop.record_merchants([MerchantRecord(SOURCE, name, name) for name in names])
    staff = [named(f"staff{number}") for number in range(plan.merchants)]
    for merchant, person in zip(merchants, staff, strict=True):
        shop.set_merchant_staff(merchant_id=merchant, person_ids=[person.pk])
    buyers, desk = [named(f"buyer{number}") for number in range(plan.buyers)], named("desk0", is_staff=True)
    masks = [mask for number in range(plan.pieces) for mask in make_piece(plan, number)]
    gone = [gone_mask(plan, number) for number in range(plan.gone)]
    ids = shop.record_listings([record_of(mask, merchants[mask.merchant]) for mask in [*gone, *masks]])
    read_listings()
    for mask, pk in zip(masks, ids[len(gone) :], strict=True):
        hand_in(mask, pk, merchants[mask.merchant], staff[mask.merchant], desk)
        buy(mask, pk, staff[mask.merchant], buyers)
    for pk in ids[: len(gone)]:
        quality.decide(
            act=Act.REMOVE, listing_id=pk, actor_id=desk.pk, now=GONE_AT, grounds=Grounds(words=WHY)
        )


def named(name: str, **fields: Any) -> Person:
    return somebody(name, **fields)


def record_of(mask: Mask, merchant: int) -> ListingRecord:
    title, description = mask.text
    return ListingRecord(
        SOURCE, str(mask.pk), merchant, mask.category, title, Money(mask.price, mask.currency),
        description=description, picture=mask.picture,
    )  # fmt: skip


def hand_in(mask: Mask, pk: int, merchant: int, staff: Person, desk: Person) -> None:
    for one in mask.reports:
        paper = Paper(
            standard=one.standard, laboratory=one.laboratory, number=one.number, sample=mask.brand,
            tested_on=one.tested, measures=one.measures, grade=one.grade, batch=one.batch,
            produced_on=one.made, valid_until=one.until,
        )  # fmt: skip
        report = quality.hand_in_report(
            looks(staff, one.handed_in), merchant_id=merchant, listing_ids=[pk], paper=paper
        )
        when = decided_at(one)
        if when is not None:
            verified = one.state == "verified"
            quality.decide_report(
                report.pk, actor_id=desk.pk, now=when, verified=verified,
                covers=[pk] if verified and one.covers else [], reason="" if verified else "Forged.",
            )  # fmt: skip


def buy(mask: Mask, pk: int, staff: Person, buyers: list[Person]) -> None:
    home = shop.Delivery(
        recipient=HOME["recipient"], phone=HOME["phone"], region=HOME["ship_to"], address=HOME["address"]
    )
    for sale in mask.sales:
        ordered, sent, handed_over, *back = sale.steps
        buyer = buyers[sale.buyer]
        line = shop.place_order(
            looks(buyer, ordered), listing_id=pk, quantity=1, delivery=home, key=str(pk)
        ).line.pk
        shop.ship_line(looks(staff, sent), line_id=line)
        shop.deliver_line(looks(staff, handed_over), line_id=line)
        if back:
            why = RefundReason(sale.reason)
            shop.request_refund(looks(buyer, back[0]), line_id=line, reason="", code=why)
        for paid in back[1:]:
            shop.answer_refund(looks(staff, paid), line_id=line, accept=True)
        if sale.complained:
            quality.report_listing(
                looks(buyer, sale.complained), listing_id=pk, reason=RefundReason.NOT_AS_DESCRIBED
            )
    if any(sale.dismissed for sale in mask.sales):
        quality.dismiss_complaints(listing_id=pk, now=GONE_AT.replace(month=2, day=4))


# --- What is compared -----------------------------------------------------------------------------


def what_is_there() -> dict[str, list[tuple[Any, ...]]]:
    """Every row, with what the others call the things that it points to, and without drawn numbers."""
    why = "compares all of it"
    report = ("report__merchant__external_id", "report__laboratory", "report__number")
    rows: dict[str, tuple[QuerySet[Any, Any], tuple[Any, ...]]] = {
        "merchants": (Merchant.objects.all(), ("name", "external_id", "source", "closed_at")),
        "staff": (MerchantStaff.objects.all(), ("merchant__name", "person__handle", "person__is_staff")),
        "listings": (Listing.objects.all(), (
            "external_id", "source", "merchant__name", "category", "title", "description", "price_minor",
            "currency", "picture", "on_sale")),
        "readings": (Reading.objects.all(), (
            "listing__external_id", *fields_of(Reading, "listing", "digest"))),
        "reports": (LabReport.objects.unguarded(why), (
            "merchant__name", "submitted_by__handle", "decided_by__handle",
            *fields_of(LabReport, "merchant", "submitted_by", "decided_by"))),
        "measures": (Measure.objects.all(), (*report, "quantity", "value")),
        "uses": (ReportUse.objects.all(), (*report, "listing__external_id", "covered")),
        "complaints": (Complaint.objects.unguarded(why), (
            "listing__external_id", "person__handle", "line__listing__external_id",
            *fields_of(Complaint, "listing", "person", "line"))),
        "lines": (OrderLine.objects.unguarded(why), (
            "listing__external_id", "buyer__handle", "merchant__name", "order__recipient", "order__address",
            "order__phone", "order__ship_to",
            *fields_of(OrderLine, "listing", "buyer", "merchant", "order"))),
        "decisions": (Decision.objects.all(), (
            "listing__external_id", "merchant__name", "actor__handle",
            *fields_of(Decision, "listing", "merchant", "actor", "digest"))),
        "holds": (ListingHold.objects.all(), ("listing__external_id", *fields_of(ListingHold, "listing"))),
        "notices": (Notice.objects.unguarded(why), ("recipient__handle", "kind", "at", "actor", "read_at")),
    }  # fmt: skip
    return {name: sorted(some.values_list(*names), key=repr) for name, (some, names) in rows.items()}


def fields_of(model: Any, *but: str) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name not in LEFT_OUT.union(but)]


def test_every_digest_and_reading_is_that_of_what_is_said() -> None:
    list(load(SMALL))
    from kith.quality.readings import stale
    from kith.shop.digest import find_misdigested

    assert (find_misdigested(), stale().count()) == ([], 0)
