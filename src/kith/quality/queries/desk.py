"""What those who act for a merchant see of quality: what was decided, their reports, and what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from kith.core.errors import NotThere
from kith.core.guard import GuardedQuerySet, Viewer
from kith.core.paging import Page, read_number, read_place, write_cursor
from kith.quality import papers
from kith.quality.models import Appeal, Decision, LabReport, Measure, ReportState, ReportUse
from kith.quality.papers import OpenPaper
from kith.quality.queries.statements import Statement, statements_of, with_time
from kith.quality.services.reports import MOST_LISTINGS
from kith.quality.standards import Standard
from kith.quality.transitions import Act
from kith.quality.words import QUANTITIES, say_value, unit_of
from kith.shop.models import Listing, ListingHold, Merchant, MerchantStaff
from kith.shop.queries import with_children


@dataclass(frozen=True, slots=True)
class Measured:
    quantity: str
    name: str
    value: float
    unit: str
    written: str


@dataclass(frozen=True, slots=True)
class Covered:
    """A listing that a report was handed in for; `covered` is what staff found of that, None: nothing yet."""

    listing_id: int
    title: str
    covered: bool | None


@dataclass(frozen=True, slots=True)
class ReportCard:
    """A laboratory report as its merchant handed it in, and what became of it."""

    id: int
    merchant_id: int
    standard: str
    grade: str
    laboratory: str
    accreditation: str
    number: str
    sample: str
    batch: str
    produced_on: date | None
    tested_on: date
    valid_until: date | None
    measures: tuple[Measured, ...]
    listings: tuple[Covered, ...]
    has_file: bool
    state: str
    state_words: str
    submitted_at: datetime
    decided_at: datetime | None
    reason: str
    """Why it was refused."""

    @property
    def is_waiting(self) -> bool:
        return self.state == ReportState.SUBMITTED


@dataclass(frozen=True, slots=True)
class Waits:
    """What there is to look at: decisions that may still be appealed against, reports refused lately."""

    decisions: int
    refused: int

    @property
    def all(self) -> int:
        return self.decisions + self.refused


LATELY = timedelta(days=30)


def require_staff(viewer: Viewer, merchant_id: int) -> None:
    """:raises NotThere: a merchant that the viewer does not act for."""
    if viewer.person_id is None or not _staffed(viewer).filter(merchant=merchant_id).exists():
        raise NotThere


def _staffed(viewer: Viewer) -> QuerySet[MerchantStaff]:
    return MerchantStaff.objects.filter(person=viewer.person_id)


def listings_to_prove(
    viewer: Viewer, *, merchant_id: int, standard: Standard, also: int | None = None
) -> dict[int, str]:
    """Listings that a report by this standard may be about, by their ids: the newest on its shelves.

    :param also: one that is wanted, whatever shelf it lies on.
    :raises NotThere: a merchant that the viewer does not act for.
    """
    require_staff(viewer, merchant_id)
    shelves = {code for shelf in standard.covers for code in with_children(shelf)}
    own = Listing.objects.filter(merchant=merchant_id)
    rows = own.filter(category__in=shelves).order_by("-created_at", "-pk")[:MOST_LISTINGS]
    titles = dict(rows.values_list("pk", "title"))
    wanted = dict(own.filter(pk=also).values_list("pk", "title")) if also is not None else {}
    return wanted | titles


# --- Decisions -------------------------------------------------------------------------------


def decisions_of(
    viewer: Viewer,
    *,
    merchant_id: int,
    sweep_id: int | None = None,
    cursor: str | None = None,
    size: int = 20,
) -> Page[Statement]:
    """What was decided about a merchant and its listings, the newest first; or only by one sweep.

    :raises NotThere: a merchant that the viewer does not act for.
    """
    require_staff(viewer, merchant_id)
    rows = Decision.objects.filter(merchant=merchant_id)
    if sweep_id is not None:
        rows = rows.filter(sweep=sweep_id)
    if cursor is not None:
        rows = rows.filter(pk__lt=read_number(cursor))
    found = list(rows.order_by("-pk")[: size + 1])
    more = write_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(tuple(with_time(viewer, one) for one in statements_of(found[:size])), more)


def what_waits(viewer: Viewer, *, merchant_id: int) -> Waits:
    """:raises NotThere: a merchant that the viewer does not act for."""
    require_staff(viewer, merchant_id)
    since = viewer.now - timedelta(days=settings.QUALITY_APPEAL_DAYS)
    appealed = Appeal.objects.visible_to(viewer).filter(merchant=merchant_id).values("decision")
    held = ListingHold.objects.filter(listing__merchant=merchant_id, since__gte=since)
    closed = Merchant.objects.filter(pk=merchant_id, closed_at__gte=since)
    last = Decision.objects.filter(merchant=merchant_id, listing=None, act=Act.CLOSE).order_by("-pk").first()
    shop = int(last is not None and closed.exists() and not appealed.filter(decision=last.pk).exists())
    reports = LabReport.objects.visible_to(viewer).filter(merchant=merchant_id, state=ReportState.REFUSED)
    return Waits(
        held.exclude(decision__in=appealed).count() + shop,
        reports.filter(decided_at__gte=viewer.now - LATELY).count(),
    )


# --- Reports ---------------------------------------------------------------------------------


def reports_of(
    viewer: Viewer, *, merchant_id: int, cursor: str | None = None, size: int = 20
) -> Page[ReportCard]:
    """The reports that a merchant has handed in, the newest first.

    :raises NotThere: a merchant that the viewer does not act for.
    """
    require_staff(viewer, merchant_id)
    rows = _mine(viewer).filter(merchant=merchant_id)
    if cursor is not None:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(submitted_at__lt=instant) | Q(submitted_at=instant, pk__lt=after))
    found = list(rows.order_by("-submitted_at", "-pk")[: size + 1])
    shown = found[:size]
    more = write_cursor(shown[-1].submitted_at.isoformat(), shown[-1].pk) if len(found) > size else None
    return Page(report_cards(shown), more)


def get_own_report(viewer: Viewer, *, report_id: int) -> ReportCard:
    """:raises NotThere: not of a merchant that the viewer acts for."""
    return report_cards([_one(viewer, report_id)])[0]


def open_own_paper(viewer: Viewer, *, report_id: int) -> OpenPaper:
    """Open the file of a report, as one who acts for its merchant.

    :raises NotThere: not theirs, or it has no file.
    """
    return papers.open_paper(_one(viewer, report_id))


def _mine(viewer: Viewer) -> GuardedQuerySet[LabReport]:
    return LabReport.objects.visible_to(viewer)


def _one(viewer: Viewer, report_id: int) -> LabReport:
    found: LabReport | None = _mine(viewer).filter(pk=report_id).first()
    if found is None:
        raise NotThere
    return found


def report_cards(reports: Collection[LabReport]) -> tuple[ReportCard, ...]:
    """Tell of reports that the caller has seen through the rule, or may see as staff."""
    measures: dict[int, list[Measure]] = defaultdict(list)
    for one in Measure.objects.filter(report__in=reports).order_by("pk"):
        measures[one.report_id].append(one)
    uses: dict[int, list[Covered]] = defaultdict(list)
    for use in ReportUse.objects.filter(report__in=reports).select_related("listing").order_by("pk"):
        uses[use.report_id].append(Covered(use.listing_id, use.listing.title, use.covered))
    return tuple(_report_card(one, measures[one.pk], uses[one.pk]) for one in reports)


def _report_card(row: LabReport, measures: Iterable[Measure], uses: Iterable[Covered]) -> ReportCard:
    return ReportCard(
        id=row.pk, merchant_id=row.merchant_id, standard=row.standard, grade=row.grade,
        laboratory=row.laboratory_name, accreditation=row.accreditation, number=row.number, sample=row.sample,
        batch=row.batch, produced_on=row.produced_on, tested_on=row.tested_on, valid_until=row.valid_until,
        measures=tuple(_measured(row.standard, one) for one in measures), listings=tuple(uses),
        has_file=bool(row.file), state=row.state, state_words=str(ReportState(row.state).label),
        submitted_at=row.submitted_at, decided_at=row.decided_at, reason=row.reason,
    )  # fmt: skip


def _measured(standard: str, one: Measure) -> Measured:
    unit = unit_of(standard, one.quantity)
    name = str(QUANTITIES.get(one.quantity, one.quantity))
    return Measured(one.quantity, name, one.value, unit, say_value(one.value, unit))
