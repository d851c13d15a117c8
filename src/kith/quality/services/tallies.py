"""Keeping the sums of what was decided, month by month, so that the public page need not count it all.

To count 500,000 decisions takes SQLite a second or two at every visit, whatever index they have, since
all of them count. Here they are counted once: the ledger is only ever added to, and its numbers rise
in the order in which decisions take effect, as every decision takes the same turn. So the page adds to the
sums what has come since (`up_to`), which it finds by the primary key: 3 milliseconds for 10,000, and
14 for the whole page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, Exists, IntegerField, Max, Min, OuterRef, QuerySet, Value, When

from kith.core.clock import local_day
from kith.core.turns import take_turn
from kith.quality.apply import TURN
from kith.quality.models import Appeal, AppealState, Decision, DecisionCount

COUNTING = "numbers that name nobody"
NEVER = False
"""What takes nothing back comes after no appeal."""


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """What decisions that are counted together have in common."""

    month: date
    standard: str
    act: str
    found_by_machine: bool
    decided_by_machine: bool
    after_appeal: bool


@transaction.atomic
def count_decisions() -> int:
    """Count what was decided since it was last done, and return how many decisions that were."""
    take_turn(TURN)
    sums, up_to = kept_sums()
    last = Decision.objects.filter(pk__gt=up_to).aggregate(last=Max("pk"))["last"]
    if last is None:
        return 0
    new = sums_behind(up_to)
    sums.update(new)
    DecisionCount.objects.all().delete()
    DecisionCount.objects.bulk_create(
        [
            DecisionCount(
                month=kind.month, standard=kind.standard, act=kind.act,
                found_by_machine=kind.found_by_machine, decided_by_machine=kind.decided_by_machine,
                after_appeal=kind.after_appeal, number=number, up_to=last,
            )
            for kind, number in sorted(sums.items())
        ]
    )  # fmt: skip
    return new.total()


def kept_sums(rows: QuerySet[DecisionCount] | None = None) -> tuple[Counter[Kind], int]:
    """What is counted already, and up to which decision.

    :param rows: the sums as some other database has them; what they do not count yet is behind `up_to`.
    """
    sums: Counter[Kind] = Counter()
    up_to = 0
    for row in DecisionCount.objects.all() if rows is None else rows:
        kind = Kind(
            row.month, row.standard, row.act, row.found_by_machine, row.decided_by_machine, row.after_appeal
        )
        sums[kind] += row.number
        up_to = row.up_to
    return sums, up_to


def sums_behind(up_to: int) -> Counter[Kind]:
    """Count the decisions that come after one. The month is told by its bounds, which costs the least."""
    rows = Decision.objects.filter(pk__gt=up_to)
    ends = rows.aggregate(first=Min("at"), last=Max("at"))
    if ends["first"] is None:
        return Counter()
    months = list(months_between(local_day(ends["first"]), local_day(ends["last"])))
    bounds = [When(at__lt=start_of(month), then=Value(place)) for place, month in enumerate(months[1:])]
    overturned = Appeal.objects.unguarded(COUNTING).filter(
        decision=OuterRef("ends"), state=AppealState.OVERTURNED
    )
    counted = (
        rows.order_by()
        .annotate(
            place=Case(*bounds, default=Value(len(months) - 1), output_field=IntegerField()),
            appealed=Case(When(ends__isnull=True, then=Value(NEVER)), default=Exists(overturned)),
        )
        .values_list("place", "standard", "act", "found_by_machine", "decided_by_machine", "appealed")
        .annotate(number=Count("pk"))
    )
    return Counter({Kind(months[place], *kind): number for place, *kind, number in counted})


def months_between(first: date, last: date) -> Iterator[date]:
    """The first days of all months from that of one day to that of another."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def start_of(day: date) -> datetime:
    """The instant at which a day begins where the shop is."""
    return datetime.combine(day, time(), ZoneInfo(settings.DISPLAY_TIME_ZONE))
