"""Laboratory reports: handed in by merchants, verified or refused by staff."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kith.core.clock import local_day
from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.quality import papers
from kith.quality.laboratories import fold_laboratory, fold_number
from kith.quality.models import LabReport, Measure, ReportState, ReportUse
from kith.quality.standards import Standard, find_standard
from kith.shop.models import Listing, MerchantStaff

DECIDING = "staff look at reports of all merchants"
MOST_LISTINGS = 200
ALREADY = _("This report was handed in already.")


class ReportRefused(Refused):
    """A report cannot be taken as it is; `field` says what to put right."""

    code = "report-refused"

    def __init__(self, sentence: object, *, field: str = "") -> None:
        super().__init__(sentence)  # type: ignore[arg-type]
        self.field = field


@dataclass(frozen=True, slots=True)
class Paper:
    """What a report says of itself. `measures` are by the standard's quantities, in its units."""

    standard: str
    laboratory: str
    number: str
    sample: str
    tested_on: date
    measures: Mapping[str, float]
    grade: str = ""
    accreditation: str = ""
    batch: str = ""
    produced_on: date | None = None
    valid_until: date | None = None


@transaction.atomic
def hand_in_report(
    viewer: Viewer,
    *,
    merchant_id: int,
    listing_ids: Collection[int],
    paper: Paper,
    file: IO[bytes] | None = None,
) -> LabReport:
    """Hand in a report for some listings of a merchant that the viewer acts for.

    Without its file it can be handed in too, and the file added (`add_file`).

    :raises NotThere: not their merchant, or not its listings.
    :raises ReportRefused: no such standard or class, values that are none, days in the wrong order,
        or handed in already.
    :raises PaperRefused: a file that cannot be taken.
    """
    if not MerchantStaff.objects.filter(merchant=merchant_id, person=viewer.person_id).exists():
        raise NotThere
    wanted = set(listing_ids)
    if Listing.objects.filter(merchant=merchant_id, pk__in=wanted).count() != len(wanted):
        raise NotThere
    if not 1 <= len(wanted) <= MOST_LISTINGS:
        raise ReportRefused(_("Please choose the listings that the report is about."), field="listings")
    _refuse_unfit(paper, local_day(viewer.now))
    report = LabReport(
        merchant_id=merchant_id, standard=paper.standard, grade=paper.grade,
        laboratory=fold_laboratory(paper.laboratory)[:120],
        laboratory_written=" ".join(paper.laboratory.split()), accreditation=paper.accreditation.strip(),
        number=fold_number(paper.number), sample=paper.sample.strip(),
        batch=paper.batch.strip().upper(), produced_on=paper.produced_on, tested_on=paper.tested_on,
        valid_until=paper.valid_until, submitted_by_id=viewer.person_id, submitted_at=viewer.now,
    )  # fmt: skip
    _refuse_known(viewer, report)
    with _kept(file) as report.file:
        _write(report, paper, wanted)
    return report


def _refuse_known(viewer: Viewer, report: LabReport) -> None:
    known = LabReport.objects.visible_to(viewer).filter(
        merchant=report.merchant_id, laboratory=report.laboratory, number=report.number
    )
    if known.exists():
        raise ReportRefused(ALREADY, field="number")


def _write(report: LabReport, paper: Paper, listing_ids: set[int]) -> None:
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:  # it was handed in twice at the same time
        raise ReportRefused(ALREADY, field="number") from None
    Measure.objects.bulk_create(
        [Measure(report=report, quantity=what, value=value) for what, value in paper.measures.items()]
    )
    ReportUse.objects.bulk_create([ReportUse(report=report, listing_id=pk) for pk in sorted(listing_ids)])


@contextmanager
def _kept(file: IO[bytes] | None) -> Iterator[str]:
    """Store a file, if there is one, for a row that is written meanwhile; without the row it goes again."""
    name = papers.keep_file(file) if file is not None else ""
    try:
        yield name
    except BaseException:
        if name:
            papers.path_of(name).unlink(missing_ok=True)
        raise


@transaction.atomic
def add_file(viewer: Viewer, *, report_id: int, file: IO[bytes]) -> LabReport:
    """Add the file of a report, or put another in its place, as long as nobody has decided on it.

    :raises NotThere: not of a merchant that the viewer acts for.
    :raises ReportRefused: it was decided on already.
    :raises PaperRefused: a file that cannot be taken.
    """
    mine = LabReport.objects.visible_to(viewer).select_for_update()
    report: LabReport | None = mine.filter(pk=report_id).first()
    if report is None:
        raise NotThere
    if report.state != ReportState.SUBMITTED:
        raise ReportRefused(_("This report was looked at already. Its file stays as it was."), field="file")
    before = report.file
    with _kept(file) as report.file:
        report.save(update_fields=["file"])
    papers.erase_file(before)
    return report


def _refuse_unfit(paper: Paper, today: date) -> None:
    standard = find_standard(paper.standard)
    if standard is None:
        raise ReportRefused(_("Please choose the standard it was tested by."), field="standard")
    if paper.grade and paper.grade not in {grade.name for grade in standard.grades}:
        raise ReportRefused(_("This standard has no such class."), field="grade")
    _refuse_unfit_values(paper.measures, standard)
    laboratory = paper.laboratory if fold_laboratory(paper.laboratory) else ""
    for field, text, longest in (
        ("laboratory", laboratory, 120), ("number", fold_number(paper.number), 60),
        ("sample", paper.sample, 120),
    ):  # fmt: skip
        if not 1 <= len(text.strip()) <= longest:
            raise ReportRefused(_("Please fill this in, as the report says it."), field=field)
    if len(paper.batch) > 60 or len(paper.accreditation) > 40:
        raise ReportRefused(
            _("This is too long."), field="batch" if len(paper.batch) > 60 else "accreditation"
        )
    if paper.tested_on > today:
        raise ReportRefused(
            _("It cannot have been tested on a day that is still to come."), field="tested_on"
        )
    if paper.produced_on and paper.produced_on > paper.tested_on:
        raise ReportRefused(_("It cannot have been tested before it was made."), field="produced_on")
    if paper.valid_until and paper.valid_until < paper.tested_on:
        raise ReportRefused(_("It cannot have expired before it was tested."), field="valid_until")


def _refuse_unfit_values(measures: Mapping[str, float], standard: Standard) -> None:
    limits = [limit for grade in standard.grades for limit in grade.limits] + list(standard.limits)
    units = {limit.quantity: limit.unit for limit in limits}
    if not measures:
        raise ReportRefused(_("Please write at least one value that was measured."), field="measures")
    for quantity, value in measures.items():
        if quantity not in units:
            raise ReportRefused(_("The standard does not ask for this value."), field=quantity)
        most = 100 if units[quantity] == "%" else 1_000_000
        if not 0 <= value <= most:
            raise ReportRefused(_("Please write a number as the report gives it."), field=quantity)


@transaction.atomic
def decide_report(
    report_id: int,
    *,
    actor_id: int,
    now: datetime,
    verified: bool,
    covers: Collection[int] = (),
    reason: str = "",
) -> LabReport:
    """Verify a report, saying which of its listings it is about, or refuse it and say why.

    It can be decided anew: papers that turned out to be forged.

    :raises NotThere: no such report.
    :raises ReportRefused: refused without a reason.
    """
    report: LabReport | None = (
        LabReport.objects.unguarded(DECIDING).select_for_update().filter(pk=report_id).first()
    )
    if report is None:
        raise NotThere
    if not verified and not reason.strip():
        raise ReportRefused(_("Please say why: the merchant is told."), field="reason")
    report.state = ReportState.VERIFIED if verified else ReportState.REFUSED
    report.decided_by_id, report.decided_at, report.reason = actor_id, now, reason.strip()[:500]
    report.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    uses = ReportUse.objects.filter(report=report)
    uses.exclude(listing__in=covers).update(covered=False)
    uses.filter(listing__in=covers).update(covered=True)
    return report
