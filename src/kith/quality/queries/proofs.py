"""What a listing claims, what of it is proven, and what is not, in plain words for everybody.

Derived at every read from what the listing says now, the reports handed in, and the standards.
Nothing of it is kept, and nothing is written: a reading that has fallen behind is made anew in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from kith.core.errors import NotThere
from kith.quality import proving
from kith.quality.claims import reading_version
from kith.quality.models import BETWEEN, Decision, LabReport, Measure, Reading, ReportState, ReportUse
from kith.quality.proving import CONTRADICTED, PROVEN, PURPOSE, WAITING, Claim, Evidence, Said, Verdict
from kith.quality.readings import reading_of
from kith.quality.standards import Limit, standards
from kith.quality.standards.shape import LEVEL
from kith.quality.transitions import Act
from kith.quality.words import PURPOSES, QUANTITIES, say_day, say_value
from kith.shop.models import Listing

SHOWING = "what is proven of a listing is everybody's to see"


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """One claim: `state` is "proven", "waiting" (a report is handed in and not looked at yet),
    "not-proven" or "contradicted" (a laboratory measured less)."""

    words: str
    state: str
    says: str
    """Why, in one plain sentence or two, in the reader's language. It names laboratories, and no person."""


@dataclass(frozen=True, slots=True)
class Proof:
    """All that a listing claims; nothing, if it claims nothing that anybody would have to prove."""

    listing_id: int
    claims: tuple[ClaimCard, ...]


def get_proof(listing_id: int, *, today: date) -> Proof:
    """:raises NotThere: no such listing."""
    found = proofs_of([listing_id], today=today)
    if listing_id not in found:
        raise NotThere
    return found[listing_id]


def proofs_of(listing_ids: Collection[int], *, today: date) -> dict[int, Proof]:
    """The same of several, in as many queries as of one."""
    rows = Listing.objects.filter(pk__in=set(listing_ids)).select_related("reading")
    listings = {listing.pk: listing for listing in rows}
    reports, cleared = _reports(listings), _cleared(listings)
    known = standards()
    return {
        pk: Proof(pk, tuple(
            ClaimCard(say_claim(verdict.claim), verdict.state, say_why(verdict))
            for verdict in proving.judge(
                _said(listing), reports[pk], known, today=today, cleared=cleared[pk, listing.digest]
            )
        ))
        for pk, listing in listings.items()
    }  # fmt: skip


# --- What there is ---------------------------------------------------------------------------


def _said(listing: Listing) -> Said:
    reading: Reading | None = getattr(listing, "reading", None)
    if reading is None or reading.digest != listing.digest or reading.reader != reading_version():
        reading = reading_of(listing)
    return Said(
        merchant=listing.merchant_id, shelf=listing.category_id, standards=_split(reading.standards),
        grades=_split(reading.grades), levels=_split(reading.levels), medical=reading.medical,
        children=reading.children, produced_on=reading.produced_on, batch=reading.batch,
    )  # fmt: skip


def _split(members: str) -> tuple[str, ...]:
    return tuple(members.split(BETWEEN)) if members else ()


def _reports(listings: Collection[int]) -> Mapping[int, list[Evidence]]:
    """What was handed in for each listing and not refused. Whose it is, is told as in a sweep's snapshot."""
    all_reports = LabReport.objects.unguarded(SHOWING)
    earlier = all_reports.filter(
        laboratory=OuterRef("report__laboratory"), number=OuterRef("report__number"),
        state=ReportState.VERIFIED, submitted_at__lt=OuterRef("report__submitted_at"),
    )  # fmt: skip
    looked_at = ReportUse.objects.filter(listing__in=listings).exclude(report__state=ReportState.REFUSED)
    uses = list(looked_at.annotate(late=Exists(earlier)).select_related("report").order_by("report"))
    values: dict[int, dict[str, float]] = defaultdict(dict)
    measured = Measure.objects.filter(report__in={use.report_id for use in uses})
    for report_id, quantity, value in measured.values_list("report", "quantity", "value"):
        values[report_id][quantity] = value
    found: dict[int, list[Evidence]] = defaultdict(list)
    for use in uses:
        one: LabReport = use.report
        found[use.listing_id].append(Evidence(
            owner=one.merchant_id, standard=one.standard, grade=one.grade, batch=one.batch,
            valid_until=one.valid_until, covered=use.covered, first=not use.late,
            verified=one.state == ReportState.VERIFIED, laboratory=one.laboratory_name, number=one.number,
            tested_on=one.tested_on, values=values[one.pk],
        ))  # fmt: skip
    return found


def _cleared(listings: Collection[int]) -> Mapping[tuple[int, int], set[str]]:
    """By which rules each listing was found before it was reinstated by itself, by what it said then."""
    rows = Decision.objects.filter(listing__in=listings, act=Act.REINSTATE, sweep=None)
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for listing_id, digest, rule in rows.values_list("listing", "digest", "rule"):
        found[listing_id or 0, digest].add(rule)
    return found


# --- In words ----------------------------------------------------------------------------------


def say_claim(claim: Claim) -> str:
    """Say what is claimed: the class, and the standards named that have it."""
    if claim.kind == PURPOSE:
        return str(PURPOSES[claim.name])
    name = _("protection level %(level)s") % {"level": claim.name} if claim.kind == LEVEL else claim.name
    return " · ".join([name, *claim.editions])


def say_why(verdict: Verdict) -> str:
    """Say how a claim stands, with the figures, the laboratory and the day."""
    if verdict.state == WAITING:
        return _("A laboratory report has been handed in. We have not looked at it yet.")
    if verdict.state == CONTRADICTED:
        return _say_measured(verdict)
    if verdict.state == PROVEN and verdict.report is None:
        return _("Our staff have looked at this once more and found nothing wrong.")
    if verdict.state == PROVEN:
        return _say_measured(verdict) if verdict.limit else _say_tested(verdict)
    return _say_wanting(verdict)


def _say_measured(verdict: Verdict) -> str:
    report, limit = verdict.report, verdict.limit
    if report is None or limit is None:
        return ""
    value = report.values[limit.quantity]
    too_high = limit.at_most is not None and value > limit.at_most
    facts = _facts(report) | {
        "quantity": str(QUANTITIES.get(limit.quantity, _("a value"))),
        "figure": say_value(value, limit.unit),
        "bound": say_value(*_bound(limit, too_high=too_high)),
        "asks": f"{verdict.grade} ({verdict.standard})" if verdict.grade else verdict.standard,
    }  # fmt: skip
    if limit.at_least is None or too_high:
        return (
            _(
                "%(laboratory)s measured %(quantity)s: %(figure)s on %(day)s (report %(number)s). "
                "%(asks)s allows at most %(bound)s."
            )
            % facts
        )
    return (
        _(
            "%(laboratory)s measured %(quantity)s: %(figure)s on %(day)s (report %(number)s). "
            "%(asks)s needs at least %(bound)s."
        )
        % facts
    )


def _bound(limit: Limit, *, too_high: bool) -> tuple[float | None, str]:
    return (limit.at_most if too_high or limit.at_least is None else limit.at_least), limit.unit


def _say_tested(verdict: Verdict) -> str:
    report = verdict.report
    if report is None:
        return ""
    return _("%(laboratory)s tested it by %(standard)s on %(day)s (report %(number)s).") % (
        _facts(report) | {"standard": verdict.standard}
    )


def _facts(report: Evidence) -> dict[str, str]:
    return {
        "laboratory": report.laboratory,
        "number": report.number,
        "day": say_day(report.tested_on) if report.tested_on else "",
        "batch": report.batch,
        "until": say_day(report.valid_until) if report.valid_until else "",
    }


def _say_wanting(verdict: Verdict) -> str:
    """Say what is not as it should be, of a claim that is not proven."""
    facts = _facts(verdict.report) if verdict.report else {}
    claim = verdict.claim
    facts |= {"standard": verdict.standard, "claim": claim.name}
    if claim.kind == PURPOSE:
        facts["claim"] = str(PURPOSES[claim.name])
    return _sentence(verdict.rule, claim) % facts


def _say_level(claim: Claim) -> str:
    if claim.kind == LEVEL:
        return _("By %(standard)s, this level needs a higher filtration class beside it.")
    return _("By %(standard)s, %(claim)s is a protection level and says nothing of filtration.")


def _sentence(rule: str, claim: Claim) -> str:
    if claim.kind == PURPOSE and rule == "unproven":
        return _("It says %(claim)s, but names no standard by which this could be proven.")
    sentences = {
        "evidence-of-another": _("The laboratory report that it shows belongs to another shop."),
        "evidence-not-covering": _("The laboratory report that it shows is about another thing."),
        "evidence-other-batch": _("The laboratory report is of batch %(batch)s, and another one is on sale."),
        "evidence-expired": _("The laboratory report was valid until %(until)s only."),
        "not-in-force": _("%(standard)s was not in force when this was made."),
        "superseded": _("%(standard)s is an old edition, and it does not say when this was made."),
        "no-such-class": _("%(standard)s has no class %(claim)s."),
        "level-as-class": _say_level(claim),
        "forbidden-claim": _("%(standard)s is not for that."),
        "unknown-standard": _("We know of no standard %(claim)s, so nobody can prove this."),
    }  # fmt: skip
    return sentences.get(rule, _("No laboratory report proves this."))
