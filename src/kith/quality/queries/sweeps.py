"""Sweeps as staff see them: how far each is, what was found by which rules, and the sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Q
from django.utils.functional import Promise

from kith.core.errors import NotThere
from kith.core.money import Money
from kith.core.paging import BadCursor, Page, read_cursor, write_cursor
from kith.quality.models import Finding, LabReport, SampleItem, Sweep, SweepState
from kith.quality.queries.pages import SIZE, in_order_of
from kith.quality.rules import BY_CODE, RULES
from kith.quality.transitions import Act
from kith.quality.words import say_finding
from kith.shop.models import Listing, Merchant

LOOKING = "staff look at what a sweep found, and at the report that shows it"


class Stage(StrEnum):
    """How far a sweep is: its state, and of one that is planned whether it is being scanned."""

    WAITS = "waits"
    SCANNING = "scanning"
    SCANNED = "scanned"
    APPLYING = "applying"
    APPLIED = "applied"
    DROPPED = "dropped"
    UNDOING = "undoing"
    UNDONE = "undone"

    @property
    def moves(self) -> bool:
        """Whether somebody is at work on it, so that it is worth looking again soon."""
        return self in (Stage.WAITS, Stage.SCANNING, Stage.APPLYING, Stage.UNDOING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is: `done` of `of` listings are carried out, or taken back."""

    stage: Stage
    done: int = 0
    of: int = 0


def progress_of(sweep: Sweep) -> Progress:
    match sweep.state:
        case SweepState.PLANNED:
            return Progress(Stage.SCANNING if sweep.scan_began_at else Stage.WAITS)
        case SweepState.APPLYING:
            return Progress(Stage.APPLYING, sweep.taken_down + sweep.passed_over, sweep.flagged)
        case SweepState.UNDOING:
            through = Finding.objects.filter(sweep=sweep, main=True, listing__lte=sweep.done_to)
            return Progress(Stage.UNDOING, through.count(), sweep.flagged)
    return Progress(Stage(sweep.state))


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: a rule that a listing breaks, and the figures that show it."""

    listing_id: int
    title: str
    merchant_id: int
    merchant_name: str
    rule: str
    name: str | Promise
    act: Act
    main: bool
    says: str
    standard: str
    claimed: str
    figure: float | None
    bound: float | None
    report_id: int | None
    """The laboratory report that shows it."""
    other_listing_id: int | None
    """The listing that it is like."""
    has_changed: bool
    """Whether the listing says something else by now: then it is passed over."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many listings break a rule, and of how many it is the gravest."""

    rule: str
    name: str
    listings: int
    main: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """A listing of the sample: what was found against it, and what somebody said of that."""

    listing_id: int
    title: str
    says: tuple[str, ...]
    right: bool | None
    note: str


def get_sweep(sweep_id: int) -> Sweep:
    """:raises NotThere: no such sweep."""
    found = Sweep.objects.filter(pk=sweep_id).first()
    if found is None:
        raise NotThere
    return found


def newest_sweeps(*, cursor: str | None = None, size: int = SIZE) -> Page[Sweep]:
    """:raises BadCursor: not one of this list."""
    rows = Sweep.objects.select_related("category")
    return in_order_of("created_at", rows, newest_first=True, cursor=cursor, size=size)


def found_by_rule(sweep_id: int) -> list[RuleCount]:
    """Count what each rule found, in the order of the rules; those that found nothing are left out."""
    rows = Finding.objects.filter(sweep=sweep_id).order_by().values_list("rule")
    counted = {
        rule: (listings, main)
        for rule, listings, main in rows.annotate(
            listings=Count("*"), number=Count("rule", filter=Q(main=True))
        )
    }
    return [
        RuleCount(rule.code, str(rule.name), *counted[rule.code]) for rule in RULES if rule.code in counted
    ]


def sample_of(sweep_id: int) -> list[Sampled]:
    """The sample in the order in which it was drawn."""
    items = list(SampleItem.objects.filter(sweep=sweep_id).order_by("position"))
    ids = [item.listing_id for item in items]
    titles = dict(Listing.objects.filter(pk__in=ids).values_list("pk", "title"))
    says: dict[int, list[str]] = defaultdict(list)
    order = {code: place for place, code in enumerate(BY_CODE)}
    findings = Finding.objects.filter(sweep=sweep_id, listing__in=ids)
    for finding in sorted(findings, key=lambda one: (not one.main, order.get(one.rule, len(order)))):
        says[finding.listing_id].append(say_finding(finding))
    return [
        Sampled(
            item.listing_id,
            titles.get(item.listing_id, ""),
            tuple(says[item.listing_id]),
            item.right,
            item.note,
        )
        for item in items
    ]


def findings_of(sweep_id: int, *, rule: str = "", cursor: str | None = None, size: int = 50) -> Page[Found]:
    """What a sweep found, of all rules or one, in the order of the listings.

    :raises BadCursor: not one of this list.
    """
    rows = Finding.objects.filter(sweep=sweep_id)
    if rule:
        rows = rows.filter(rule=rule)
    if cursor:
        listing, after = _read_place(cursor)
        rows = rows.filter(Q(listing__gt=listing) | Q(listing=listing, rule__gt=after))
    found = list(rows.order_by("listing", "rule")[: size + 1])
    shown = found[:size]
    more = write_cursor(shown[-1].listing_id, shown[-1].rule) if len(found) > size else None
    return Page(_told(shown), more)


def _read_place(cursor: str) -> tuple[int, str]:
    place = read_cursor(cursor)
    if len(place) != 2 or not isinstance(place[0], int) or not isinstance(place[1], str):
        raise BadCursor("this cursor is not one of this list")
    return place[0], place[1]


def _told(findings: Iterable[Finding]) -> tuple[Found, ...]:
    findings = [one for one in findings if one.rule in BY_CODE]
    listings = Listing.objects.in_bulk([one.listing_id for one in findings])
    names = dict(
        Merchant.objects.filter(pk__in={one.merchant_id for one in findings}).values_list("pk", "name")
    )
    others = {one.other for one in findings if one.other is not None}
    reports = set(LabReport.objects.unguarded(LOOKING).filter(pk__in=others).values_list("pk", flat=True))
    alike = set(Listing.objects.filter(pk__in=others - reports).values_list("pk", flat=True))
    return tuple(
        Found(
            listing_id=one.listing_id, title=listings[one.listing_id].title, merchant_id=one.merchant_id,
            merchant_name=names.get(one.merchant_id, ""), rule=one.rule, name=BY_CODE[one.rule].name,
            act=Act(one.act), main=one.main, says=say_finding(one), standard=one.standard,
            claimed=one.claimed, figure=one.figure, bound=one.bound,
            report_id=one.other if one.other in reports else None,
            other_listing_id=one.other if one.other in alike else None,
            has_changed=listings[one.listing_id].digest != one.digest,
        )
        for one in findings if one.listing_id in listings
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """One listing of the sample, with all that it takes to say whether what was found is right."""

    position: int
    of: int
    listing_id: int
    title: str
    description: str
    price: Money
    merchant_id: int
    merchant_name: str
    findings: tuple[Found, ...]
    right: bool | None
    note: str
    judged_by: str
    """The handle of who said it."""
    next_id: int | None
    """The next listing of the sample that nobody has looked at."""


def get_drawn(sweep_id: int, *, listing_id: int) -> Drawn:
    """:raises NotThere: it is not in the sample."""
    items = list(SampleItem.objects.filter(sweep=sweep_id).order_by("position").select_related("by"))
    item = next((one for one in items if one.listing_id == listing_id), None)
    if item is None:
        raise NotThere
    listing = Listing.objects.select_related("merchant").get(pk=listing_id)
    order = {code: place for place, code in enumerate(BY_CODE)}
    findings = sorted(
        Finding.objects.filter(sweep=sweep_id, listing=listing_id),
        key=lambda one: (not one.main, order.get(one.rule, len(order))),
    )
    return Drawn(
        position=item.position + 1, of=len(items), listing_id=listing_id, title=listing.title,
        description=listing.description, price=listing.price, merchant_id=listing.merchant_id,
        merchant_name=listing.merchant.name, findings=_told(findings), right=item.right, note=item.note,
        judged_by=item.by.handle if item.by else "", next_id=_next(items, item.position),
    )  # fmt: skip


def _next(items: list[SampleItem], position: int) -> int | None:
    """The first after this one that nobody has looked at, or else the first of all."""
    open_ones = [one for one in items if one.right is None and one.position != position]
    later = (one for one in open_ones if one.position > position)
    found = next(later, open_ones[0] if open_ones else None)
    return found.listing_id if found else None
