"""How a listing or a shop stands, what has been decided about it, and which steps are open to staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from kith.core.errors import NotThere
from kith.core.money import Money
from kith.quality.models import Decision, Finding, LabReport, ReportState, Sweep
from kith.quality.queries.reported import Reported, find_reported
from kith.quality.queries.statements import say_facts
from kith.quality.transitions import CLOSED, LIVE, OF_SHOPS, TELLS_BUYERS, Act, may_follow
from kith.quality.words import say_danger, say_finding
from kith.shop.cards import HoldCard, hold_card
from kith.shop.models import GONE, HoldState, Listing, ListingHold, Merchant

DECIDING = "staff look at the evidence of a listing before they decide"
MOST = 50


@dataclass(frozen=True, slots=True)
class Step:
    """One decision about a listing or a shop."""

    id: int
    at: datetime
    act: Act
    who: str
    """The handle of who decided; "" for a job, or somebody who has left."""
    by_machine: bool
    rule: str
    says: str
    words: str
    sweep_id: int | None
    listing_id: int | None
    title: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A laboratory report that was handed in for a listing."""

    id: int
    laboratory: str
    number: str
    standard: str
    grade: str
    state: ReportState
    covered: bool | None


@dataclass(frozen=True, slots=True)
class Standing:
    listing_id: int
    title: str
    description: str
    price: Money
    category: str
    merchant_id: int
    merchant_name: str
    merchant_closed_at: datetime | None
    state: str
    """`HoldState`; "" is live."""
    state_words: str
    hold: HoldCard | None
    says: str
    acts: tuple[Act, ...]
    """The steps that may follow (`transitions.TRANSITIONS`)."""
    steps: tuple[Step, ...]
    evidence: tuple[Evidence, ...]
    reported: Reported | None


@dataclass(frozen=True, slots=True)
class ShopStanding:
    merchant_id: int
    name: str
    closed_at: datetime | None
    listings: int
    taken_down: int
    acts: tuple[Act, ...]
    steps: tuple[Step, ...]
    """What was decided about the shop itself."""
    takedowns: tuple[Step, ...]
    """The decisions by which listings of it are gone now, the newest first."""


def standing_of(listing_id: int) -> Standing:
    """:raises NotThere: no such listing."""
    listing = Listing.objects.select_related("merchant", "category").filter(pk=listing_id).first()
    if listing is None:
        raise NotThere
    row = ListingHold.objects.filter(listing=listing_id).first()
    hold = hold_card(row) if row else None
    state = hold.state if hold else LIVE
    return Standing(
        listing_id=listing_id, title=listing.title, description=listing.description, price=listing.price,
        category=listing.category.code, merchant_id=listing.merchant_id, merchant_name=listing.merchant.name,
        merchant_closed_at=listing.merchant.closed_at, state=state, state_words=_in_words(state),
        hold=hold,
        says=say_finding(hold) if hold else "",
        acts=tuple(act for act in Act if act not in OF_SHOPS and may_follow(act, state)),
        steps=_told(Decision.objects.filter(listing=listing_id).order_by("-pk")[:MOST]),
        evidence=_evidence(listing_id), reported=find_reported(listing_id),
    )  # fmt: skip


def shop_standing(merchant_id: int) -> ShopStanding:
    """:raises NotThere: no such merchant."""
    merchant = Merchant.objects.filter(pk=merchant_id).first()
    if merchant is None:
        raise NotThere
    state = CLOSED if merchant.closed_at else LIVE
    gone = ListingHold.objects.filter(listing__merchant=merchant_id, state__in=GONE)
    decisions = list(gone.order_by("-decision").values_list("decision", flat=True)[:MOST])
    return ShopStanding(
        merchant_id=merchant_id, name=merchant.name, closed_at=merchant.closed_at,
        listings=Listing.objects.filter(merchant=merchant_id).count(), taken_down=gone.count(),
        acts=tuple(act for act in Act if act in OF_SHOPS and may_follow(act, state)),
        steps=_told(Decision.objects.filter(merchant=merchant_id, listing=None).order_by("-pk")[:MOST]),
        takedowns=_told(Decision.objects.filter(pk__in=decisions).order_by("-pk")),
    )  # fmt: skip


def _told(decisions: Iterable[Decision]) -> tuple[Step, ...]:
    rows = list(decisions)
    handles = dict(
        Decision.objects.filter(pk__in=[one.pk for one in rows], actor__isnull=False)
        .values_list("pk", "actor__handle")
    )  # fmt: skip
    titles = dict(
        Listing.objects.filter(pk__in=[one.listing_id for one in rows if one.listing_id])
        .values_list("pk", "title")
    )  # fmt: skip
    return tuple(
        Step(
            id=one.pk, at=one.at, act=Act(one.act), who=handles.get(one.pk, ""),
            by_machine=one.decided_by_machine, rule=one.rule, says=say_facts(one),
            words="" if one.decided_by_machine else one.words, sweep_id=one.sweep_id,
            listing_id=one.listing_id, title=titles.get(one.listing_id or 0, ""),
        )
        for one in rows
    )  # fmt: skip


def _in_words(state: str) -> str:
    return str(HoldState(state).label) if state else ""


def _evidence(listing_id: int) -> tuple[Evidence, ...]:
    rows = LabReport.objects.unguarded(DECIDING).filter(uses__listing=listing_id).order_by("-submitted_at")
    told = rows.annotate(covered=F("uses__covered"))[:MOST]
    return tuple(Evidence(one.pk, one.laboratory_name, one.number, one.standard, one.grade,
                          ReportState(one.state), one.covered) for one in told)  # fmt: skip


# --- What a decision can rest on --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ground:
    """Something that was found against a listing, with its figures: a decision may rest on it."""

    rule: str
    says: str
    standard: str
    claimed: str
    figure: float | None
    bound: float | None
    other: int | None

    @property
    def words(self) -> str:
        """A person's own words are not the word that the rule's sentence needs."""
        return ""


LATEST = 5
"""Sweeps in which findings against one listing are looked for."""


def grounds_for(listing_id: int) -> tuple[Ground, ...]:
    """What it is held for now, and what the latest sweeps found in what it says now; each rule once.

    :raises NotThere: no such listing.
    """
    listing = Listing.objects.filter(pk=listing_id).first()
    if listing is None:
        raise NotThere
    held = Decision.objects.filter(pk__in=ListingHold.objects.filter(listing=listing_id).values("decision"))
    scanned = Sweep.objects.filter(scanned_at__isnull=False).order_by("-scanned_at", "-pk")
    latest = list(scanned.values_list("pk", flat=True)[:LATEST])
    found = Finding.objects.filter(sweep__in=latest, listing=listing_id, digest=listing.digest)
    newest_first = sorted(found, key=lambda one: (latest.index(one.sweep_id), not one.main, one.rule))
    told = [_ground(one, say_facts(one)) for one in held]
    told += [_ground(one, say_finding(one)) for one in newest_first]
    grounds: dict[str, Ground] = {}
    for one in told:
        if one.rule:
            grounds.setdefault(one.rule, one)
    return tuple(grounds.values())


def _ground(one: Decision | Finding, says: str) -> Ground:
    return Ground(one.rule, says, one.standard, one.claimed, one.figure, one.bound, one.other)


def what_buyers_read(act: Act, ground: Ground | None, words: str) -> tuple[str, ...]:
    """The sentences that buyers are told if a listing is taken down or recalled on this ground."""
    if act not in TELLS_BUYERS:
        return ()
    told = (say_finding(ground) if ground else "", say_danger(ground.rule if ground else ""), words.strip())
    return tuple(sentence for sentence in told if sentence)
