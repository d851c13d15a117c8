"""How the demonstration's goods are held to the standards, told backwards from now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from io import BytesIO
from typing import Any

from kith.core.guard import Viewer
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Appeal, LabReport
from kith.quality.queries import sample_of
from kith.shop.models import Listing, ListingHold, RefundReason

Record = dict[str, Any]
SAMPLE = 40
"""More than the neighbourhood's goods that break a rule: all of them are looked at."""


class Quality:
    """The story of `neighbourhood/quality.toml`, each thing in its turn."""

    def __init__(self, told: dict[str, Any], *, now: datetime, source: str) -> None:
        self._told, self._now, self._source = told, now, source

    @property
    def size(self) -> int:
        """How many things `happen` will do."""
        return sum(1 for _ in self._events())

    def happen(self) -> Iterator[object]:
        Person.objects.filter(source=self._source, external_id__in=self._told["staff"]).update(is_staff=True)
        for _days, do, record in sorted(self._events(), key=lambda event: -event[0]):
            do(record)
            yield record

    def _events(self) -> Iterator[tuple[float, Any, Record]]:
        """What happened how many days ago; of one day, in this order."""
        for report in self._told["report"]:
            yield report["days"], self._hand_in, report
            if "looked_at" in report:
                yield report["looked_at"], self._look_at, report
        for complaint in self._told["complaint"]:
            yield complaint["days"], self._complain, complaint
        for sweep in self._told["sweep"]:
            yield sweep["days"], self._sweep, sweep
        for appeal in self._told["appeal"]:
            yield appeal["days"], self._appeal, appeal
            if "decided" in appeal:
                yield appeal["decided"], self._answer, appeal

    # --- Evidence and complaints ---------------------------------------------------------

    def _hand_in(self, told: Record) -> LabReport:
        listing = self._listings[told["of"]]
        names = (
            "standard", "grade", "laboratory", "accreditation", "number", "sample", "batch", "produced_on",
            "tested_on", "measures",
        )  # fmt: skip
        return quality.hand_in_report(
            self._viewer(told["by"], told["days"]),
            merchant_id=listing.merchant_id,
            listing_ids=[listing.pk],
            paper=quality.Paper(**{name: told[name] for name in names if name in told}),
            file=BytesIO(files("kith.cli").joinpath("neighbourhood/report.pdf").read_bytes()),
        )

    def _look_at(self, told: Record) -> None:
        reports = LabReport.objects.unguarded("the demonstration's staff look at what was handed in")
        self._decide_report(reports.get(number=told["number"]), told, told["looked_at"])

    def _decide_report(self, report: LabReport, told: Record, days: float) -> None:
        verified = bool(told["verified"])
        quality.decide_report(
            report.pk,
            actor_id=self._people["luping"],
            now=self._ago(days),
            verified=verified,
            covers=[self._listings[told["of"]].pk] if verified else (),
            reason=told.get("reason", ""),
        )

    def _complain(self, told: Record) -> None:
        quality.report_listing(
            self._viewer(told["who"], told["days"]),
            listing_id=self._listings[told["what"]].pk,
            reason=RefundReason(told["reason"]),
            words=told["words"],
        )

    # --- Sweeps and appeals --------------------------------------------------------------

    def _sweep(self, told: Record) -> None:
        by, now = self._people[told["by"]], self._ago(told["days"])
        begun = quality.plan_sweep(
            actor_id=by, now=now, standard=told.get("standard", ""), category=told.get("category", "")
        )
        quality.scan(begun.pk, now=now)
        quality.draw_sample(begun.pk, number=SAMPLE)
        if "carried_out" not in told:
            return
        for item in sample_of(begun.pk):
            quality.judge(begun.pk, listing_id=item.listing_id, right=True, actor_id=by, now=now)
        quality.decide_sweep(begun.pk, actor_id=by, now=now, why=told["why"])
        quality.carry_out(begun.pk, now=self._ago(told["carried_out"]))

    def _appeal(self, told: Record) -> None:
        report = self._hand_in(told | told["report"])
        hold = ListingHold.objects.get(listing=self._listings[told["of"]])
        quality.appeal(
            self._viewer(told["by"], told["days"]),
            decision_id=hold.decision,
            words=told["words"],
            report_id=report.pk,
        )

    def _answer(self, told: Record) -> None:
        reports = LabReport.objects.unguarded("the demonstration's staff look at an appeal")
        report = reports.get(number=told["report"]["number"])
        self._decide_report(report, told | {"verified": True}, told["verified"])
        appeals = Appeal.objects.unguarded("the demonstration's staff look at an appeal")
        quality.decide_appeal(
            appeals.get(report=report).pk,
            actor_id=self._people[told["decided_by"]],
            now=self._ago(told["decided"]),
            overturn=told["overturn"],
            reasons=told["reasons"],
        )

    # --- Who and what ----------------------------------------------------------------------

    @cached_property
    def _people(self) -> dict[str | None, int]:
        rows = Person.objects.filter(source=self._source)
        return dict(rows.values_list("external_id", "pk"))

    @cached_property
    def _listings(self) -> dict[str | None, Listing]:
        rows = Listing.objects.filter(source=self._source)
        return {listing.external_id: listing for listing in rows}

    def _viewer(self, who: str, days: float) -> Viewer:
        return Viewer(self._people[who], self._ago(days))

    def _ago(self, days: float) -> datetime:
        return self._now - timedelta(days=days)
