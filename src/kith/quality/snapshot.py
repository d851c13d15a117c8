"""The tables that the rules look at, read from the database and the standards.

Tables of the database are read as they stand, one by one, and put together by DuckDB (`JOINED`): joined row
by row within SQLite it took twice as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from kith.core.beside import Beside
from kith.core.clock import local_day
from kith.core.columns import KINDS, PARTS, Wanted, read_at_one_moment
from kith.core.lazily import Lazily
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
from kith.shop.models import GONE, LineStatus, Listing, ListingHold, Merchant, OrderLine

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
else:
    duckdb, pa = Lazily("duckdb"), Lazily("pyarrow")

LOOKED_BACK = timedelta(days=365)
"""For what was sold and came back."""
COMPLAINTS_COUNT = timedelta(days=180)
SWEEPING = "a sweep looks at everything"

_SAID = ("listing", "merchant", "category", "price", "currency", "digest")
_READ = [name for name in SCHEMAS["listings"] if name not in _SAID]
_PLAIN: dict[str, dict[str, str]] = {
    "said": {name: SCHEMAS["listings"][name] for name in _SAID},
    "readings": {name: SCHEMAS["listings"][name] for name in ("listing", "digest", *_READ)} | {
        "reader": "int64"},
    "held": {"listing": "int64"},
    "closed": {"merchant": "int64"},
    "papers": {
        "report": "int64", "owner": "int64", "standard": "string", "grade": "string", "batch": "string",
        "valid_until": "date", "laboratory": "string", "number": "string", "handed_in": "string",
        "state": "string",
    },
    "used": {"report": "int64", "listing": "int64", "covered": "boolean"},
    "measured": SCHEMAS["measures"],
    "lines": {"listing": "int64", "buyer": "int64", "bad": "int64"},
    "complaints": SCHEMAS["complaints"],
    "cleared": SCHEMAS["cleared"],
}  # fmt: skip
_VERIFIED = f"(FROM papers WHERE state = '{ReportState.VERIFIED}')"
_FROM = {
    "listings": """
        FROM said JOIN readings USING (listing, digest) ANTI JOIN held USING (listing)
        ANTI JOIN closed USING (merchant)""",
    "reports": f"""
        FROM {_VERIFIED} JOIN used USING (report)
        JOIN (SELECT laboratory, number, min(handed_in) AS earliest FROM {_VERIFIED} GROUP BY ALL)
        USING (laboratory, number)""",  # noqa: S608 (our own names)
    "measures": f"FROM measured SEMI JOIN {_VERIFIED} USING (report)",
    "gone": "FROM readings SEMI JOIN held USING (listing) WHERE text_print <> 0 OR picture_print <> 0",
    "sold": """
        FROM (SELECT listing, count(*) AS sold, sum(bad)::bigint AS bad
            FROM (SELECT listing, buyer, max(bad) AS bad FROM lines GROUP BY ALL) GROUP BY listing)
        JOIN said USING (listing)""",
}
"""How the tables of the rules come of those. A listing counts as far as it was read as it stands. Of two
merchants with the same report, the one who handed it in first is its owner. When staff verified it says
nothing: they may look at the copy first, or at the owner's once more."""


_WHOLE = frozenset({"held", "closed", "complaints", "cleared"})
"""What is counted, or little: asked for at once."""


def read_everything(now: datetime, by: Beside | None = None) -> dict[str, pa.Table]:
    """Read all that the rules look at, as it is at one moment; `JOINED` says what is yet to be put together.

    :param by: what reads a file of SQLite.
    """
    wanted = {
        name: Wanted(rows, _PLAIN[name], parts=1 if name in _WHOLE else PARTS)
        for name, rows in _rows(now).items()
    }
    given = _of_standards(standards()) | {"calendar": [(local_day(now),)]}
    return read_at_one_moment(wanted, by) | {name: _table(name, some) for name, some in given.items()}


def put_together(read: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Make the tables of the rules out of what was read; those that are read as they are stay so."""
    with duckdb.connect() as engine:
        for name, table in read.items():
            engine.register(name, table)
        joined = {name: engine.sql(how).to_arrow_table() for name, how in JOINED.items()}
    return joined | {name: read[name] for name in SCHEMAS.keys() & read.keys()}


def _column(name: str) -> str:
    return "handed_in = earliest AS first" if name == "first" else f'"{name}"'


UNREAD = "SELECT count(*) FROM said ANTI JOIN (FROM readings WHERE reader = ?) USING (listing, digest)"
"""How many listings were never read, say something else by now, or were read by an older reader."""
JOINED = {name: f"SELECT {', '.join(map(_column, SCHEMAS[name]))} {how}" for name, how in _FROM.items()}
"""What makes each of these tables out of what was read, in DuckDB's SQL."""


def _table(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    kinds = pa.schema([(column, KINDS[kind]) for column, kind in SCHEMAS[name].items()])
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, kinds, strict=True)]
    return pa.Table.from_arrays(arrays, schema=kinds)


# --- From the database -----------------------------------------------------------------


def _rows(now: datetime) -> dict[str, QuerySet[Any, Any]]:
    return {
        "said": Listing.objects.values_list(
            "pk", "merchant_id", "category_id", "price_minor", "currency", "digest"
        ),
        "readings": Reading.objects.values_list("listing_id", "digest", *_READ, "reader"),
        "measured": Measure.objects.values_list("report_id", "quantity", "value"),
        "papers": LabReport.objects.unguarded(SWEEPING).values_list(
            "pk", "merchant_id", "standard", "grade", "batch", "valid_until", "laboratory", "number",
            "submitted_at", "state",
        ),
        "used": ReportUse.objects.values_list("report_id", "listing_id", "covered"),
        "lines": _lines(now),
        "held": ListingHold.objects.filter(state__in=GONE).values_list("listing_id"),
        "closed": Merchant.objects.filter(closed_at__isnull=False).values_list("pk"),
        "complaints": _complaints(now),
        "cleared": _cleared(),
    }  # fmt: skip


def _lines(now: datetime) -> QuerySet[Any, Any]:
    """Lines delivered in the last year, by whom, and whether they came back since something was wrong.

    A buyer counts once, however often they buy: one alone cannot give a thing a bad name. One whose
    account is gone is nobody's, and counts as somebody else.
    """
    lines = OrderLine.objects.unguarded(SWEEPING).filter(delivered_at__gt=now - LOOKED_BACK)
    came_back = Q(status__in=(LineStatus.REFUND_REQUESTED, LineStatus.REFUNDED), refund_reason__in=WRONG)
    complained = Exists(Complaint.objects.unguarded(SWEEPING).filter(line=OuterRef("pk"), dismissed_at=None))
    bad = lines.annotate(bad=Case(When(came_back | complained, then=1), default=0))
    return bad.annotate(by=Coalesce("buyer", "pk")).values_list("listing_id", "by", "bad")


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
