"""The tables that the rules look at, read from the database and the standards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    When,
    Window,
)  # fmt: skip

from kith.core.clock import local_day
from kith.core.columns import KINDS, read_columns
from kith.quality.models import (
    WRONG,
    Complaint,
    Decision,
    LabReport,
    Measure,
    Reading,
    ReportState,
    ReportUse,
)
from kith.quality.rules.tables import SCHEMAS
from kith.quality.standards import Limit, Standard, standards
from kith.quality.transitions import Act
from kith.shop.models import GONE, LineStatus, Listing, OrderLine

LOOKED_BACK = timedelta(days=365)
"""For what was sold and came back."""
COMPLAINTS_COUNT = timedelta(days=180)
SWEEPING = "a sweep looks at everything"


def read_everything(now: datetime) -> dict[str, pa.Table]:
    """Read all tables. The caller's transaction makes them one snapshot."""
    rows: dict[str, QuerySet[Any, Any]] = {
        "listings": _listings(),
        "reports": _reports(),
        "measures": _measures(),
        "gone": _gone(),
        "sold": _sold(now),
        "complaints": _complaints(now),
        "cleared": _cleared(),
    }
    read = {name: read_columns(some, SCHEMAS[name]) for name, some in rows.items()}
    given = _of_standards(standards()) | {"calendar": [(local_day(now),)]}
    return read | {name: _table(name, some) for name, some in given.items()}


def _table(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    kinds = pa.schema([(column, KINDS[kind]) for column, kind in SCHEMAS[name].items()])
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, kinds, strict=True)]
    return pa.Table.from_arrays(arrays, schema=kinds)


# --- From the database -----------------------------------------------------------------


def _listings() -> QuerySet[Any, Any]:
    """What is not gone, of shops that are open, and has been read as it stands."""
    rows = Listing.objects.filter(merchant__closed_at=None, reading__digest=F("digest"))
    return rows.exclude(hold__state__in=GONE).values_list(
        "pk", "merchant_id", "category_id", "price_minor", "currency", "digest",
        "reading__standards", "reading__grades", "reading__levels", "reading__marks", "reading__figure",
        "reading__medical", "reading__children", "reading__produced_on", "reading__batch",
        "reading__pieces", "reading__text_print", "reading__picture_print",
    )  # fmt: skip


def _reports() -> QuerySet[Any, Any]:
    """Verified reports. Of two merchants with the same, the one who handed it in first is its owner.

    When staff verified it says nothing: they may look at the copy first, or at the owner's once more.
    """
    uses = ReportUse.objects.filter(report__in=verified())
    the_same = [F("report__laboratory"), F("report__number")]
    earliest = Window(Min("report__submitted_at"), partition_by=the_same)
    is_first = ExpressionWrapper(Q(report__submitted_at=earliest), output_field=BooleanField())
    return uses.annotate(first=is_first).values_list(
        "report_id", "listing_id", "report__merchant_id", "report__standard", "report__grade",
        "report__batch", "report__valid_until", "covered", "first",
    )  # fmt: skip


def verified() -> QuerySet[LabReport]:
    return LabReport.objects.unguarded(SWEEPING).filter(state=ReportState.VERIFIED)


def _measures() -> QuerySet[Any, Any]:
    return Measure.objects.filter(report__in=verified()).values_list("report_id", "quantity", "value")


def _gone() -> QuerySet[Any, Any]:
    rows = Reading.objects.filter(listing__hold__state__in=GONE)
    prints = rows.exclude(text_print=0, picture_print=0)
    return prints.values_list("listing_id", "text_print", "picture_print")


def _sold(now: datetime) -> QuerySet[Any, Any]:
    """Lines delivered in the last year, and those of them that came back since something was wrong."""
    lines = OrderLine.objects.unguarded(SWEEPING).filter(delivered_at__gt=now - LOOKED_BACK)
    came_back = Q(status__in=(LineStatus.REFUND_REQUESTED, LineStatus.REFUNDED), refund_reason__in=WRONG)
    complained = Exists(Complaint.objects.unguarded(SWEEPING).filter(line=OuterRef("pk"), dismissed_at=None))
    bad = lines.annotate(bad=Case(When(came_back | complained, then=1), default=0))
    return bad.order_by().values("listing").annotate(sold=Count("pk"), number=Sum("bad")).values_list(
        "listing_id", "listing__category_id", "sold", "number"
    )  # fmt: skip


def _complaints(now: datetime) -> QuerySet[Any, Any]:
    rows = Complaint.objects.unguarded(SWEEPING).filter(
        dismissed_at=None, at__gt=now - COMPLAINTS_COUNT, line__isnull=False
    )
    counted = rows.order_by().values("listing").annotate(buyers=Count("person", distinct=True))
    return counted.values_list("listing_id", "buyers")


def _cleared() -> QuerySet[Any, Any]:
    """What was reinstated one by one. What a sweep was undone for is found again by the next."""
    rows = Decision.objects.filter(act=Act.REINSTATE, sweep=None, listing__isnull=False)
    return rows.values_list("listing_id", "rule", "digest").distinct()


# --- From the standards -------------------------------------------------------------------


def _of_standards(known: tuple[Standard, ...]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        "names": [row for standard in known for row in _names(standard)],
        "editions": [(one.key, one.in_force_from, one.last_allowed) for one in known],
        "limits": [row for standard in known for row in _limits(standard)],
        "needs": [
            (one.key, grade.name, needed) for one in known for grade in one.grades for needed in grade.needs
        ],
        "covered": [(category, one.key) for one in known for category in one.covers],
        "marks": [(one.key, mark.code) for one in known for mark in one.marks],
        "forbidden": [(one.key, claim) for one in known for claim in _forbidden(one)],
    }


def _names(standard: Standard) -> list[tuple[str, str, date, date | None]]:
    """Its key means it on any day; its code alone does while it is in force."""
    always = (standard.key, standard.key, date.min.replace(year=1000), None)
    return [always, (standard.code, standard.key, standard.in_force_from, standard.in_force_until)]


def _forbidden(standard: Standard) -> list[str]:
    """What it forbids in words; and that a thing is for medical use, where what meets it is for none."""
    said = {claim.claim for claim in standard.forbidden}
    return sorted(said if standard.medical else said | {"medical"})


def _limits(standard: Standard) -> list[tuple[Any, ...]]:
    """What holds for every class stands with the class that has no name; so does nothing, for a class."""
    classes = [(grade.name, grade.kind, grade.limits) for grade in standard.grades]
    return [
        (standard.key, name, kind, limit.quantity, limit.at_least, limit.at_most)
        for name, kind, limits in [*classes, ("", "", standard.limits)]
        for limit in limits or (_NO_LIMIT,)
    ]


_NO_LIMIT = Limit(quantity="", at_least=None, at_most=None, unit="", condition="", clause="")
