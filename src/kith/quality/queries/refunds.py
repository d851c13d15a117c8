"""How much comes back, by week, shelf, shop and reason, and whether that is far more than a year before.

What counts, everywhere on this page:

- A **refund** is an order line whose money was asked back or given back (`REFUND_REQUESTED`, `REFUNDED`).
  It stands in the week in which it was asked for. Where that is not known, since a host shop told of the
  money given back alone, it stands in the week of that. One that the merchant refused, or the buyer gave
  up, does not count, so that the weeks a year before, of which none waits any more, are a little too low
  beside the last ones.
- **Orders** are the lines that were ordered in the same time and not cancelled. The rate is refunds for
  each hundred of them. It is no share of the same things: what comes back in a week was mostly ordered
  before it.
- Refunds of a **recall** are told apart. They come from what the shop has decided, say nothing new
  against a thing, and do not count in the rate, the comparison and the alarm.
- A **week** begins on Monday where the shop is. The same week a year before is 52 weeks before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import comb, exp
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import get_language

from kith.core.clock import local_day
from kith.core.guard import GuardedQuerySet
from kith.shop.models import Category, LineStatus, Listing, Merchant, OrderLine, RefundReason

COUNTING = "staff see how much comes back, in numbers"
BACK = (LineStatus.REFUND_REQUESTED, LineStatus.REFUNDED)
WEEKS = 26
YEAR = timedelta(weeks=52)
RISE = 2.2
"""More than this many times as many is an alarm: a rise of 120 %, as in February 2020."""
LEVEL = 0.01
"""How likely an alarm may be where nothing has changed."""
MOST_SHOPS = 20
MOST_EXACT = 2000
"""Of so many refunds in both weeks together the chance is reckoned exactly."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came back in some time, and in the same time 52 weeks before."""

    orders: int
    refunds: int
    recalled: int
    """Refunds of recalls, which are not among `refunds`."""
    orders_before: int
    refunds_before: int

    @property
    def rate(self) -> float | None:
        """Refunds for each hundred orders; None if nothing was ordered."""
        return 100 * self.refunds / self.orders if self.orders else None

    @property
    def rate_before(self) -> float | None:
        return 100 * self.refunds_before / self.orders_before if self.orders_before else None

    @property
    def rise(self) -> float | None:
        """By how many per cent there are more than a year before; None if nothing came back then."""
        return 100 * (self.refunds / self.refunds_before - 1) if self.refunds_before else None


NOTHING = Tally(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Week:
    begins_on: date
    is_whole: bool
    """Whether it is over."""
    count: Tally
    alarm: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One shelf, shop or reason."""

    code: str
    name: str | Promise
    count: Tally
    alarm: bool


@dataclass(frozen=True, slots=True)
class Refunds:
    weeks: tuple[Week, ...]
    """The oldest first; the last one is the one that we are in."""
    since: date
    until: date
    """The first day of the weeks, and the last of those that are whole: of what the rows below count."""
    total: Tally
    by_category: tuple[Part, ...]
    by_merchant: tuple[Part, ...]
    """The shops to which most comes back."""
    by_reason: tuple[Part, ...]
    knows_year_before: bool
    """Whether anything was ordered then; if not, nothing can be compared."""

    @property
    def alarms(self) -> tuple[Week, ...]:
        return tuple(week for week in self.weeks if week.alarm)


def refund_figures(*, now: datetime, weeks: int = WEEKS) -> Refunds:
    """Count what came back in the last weeks, and in the same weeks a year before.

    Twelve statements, however much there is, each over a range of instants and grouped by the database.
    Orders and refunds are each gone through once for each of the two years; and once more, by the index
    of their merchants, for the few shops to which most comes back.
    """
    mondays = _mondays(now, weeks)
    before = [monday - YEAR for monday in mondays]
    both = _cells(mondays), _cells(before)
    told = _weeks(_rolled(*both, by=_WEEK), mondays)
    whole = [cells.without(weeks - 1) for cells in both]
    shelves = _rolled(*whole, by=_SHELF)
    return Refunds(
        weeks=told, since=mondays[0], until=mondays[-2] - timedelta(days=1),
        total=_rolled(*whole, by=_ALL).get(None, NOTHING), by_category=_named(shelves, _names_of(shelves)),
        by_merchant=_shops((mondays[0], mondays[-2]), (before[0], before[-2])), by_reason=_reasons(*whole),
        knows_year_before=any(week.count.orders_before for week in told),
    )  # fmt: skip


def is_alarming(refunds: int, before: int, *, level: float = LEVEL) -> bool:
    """Whether so many are far more than so many a year before, and not by chance.

    They must be more than 2.2 times as many, and so many that it would happen with a chance of at most
    `level` if nothing had changed: given their sum, each falls into either week with a chance of a half
    (J. Przyborowski and H. Wilenski, Biometrika 31, 1940). With none before it takes 7.
    """
    return refunds > RISE * before and _by_chance(refunds, before) <= level


def _by_chance(now: int, before: int) -> float:
    """How likely at least `now` of all of them fall into this week, each with a chance of a half."""
    both = now + before
    if both > MOST_EXACT:
        # Hoeffding's bound is never too small, and far below any level at such numbers.
        return exp(-((now - before) ** 2) / (2 * both))
    return float(Fraction(sum(comb(both, number) for number in range(now, both + 1)), 1 << both))


# --- Weeks -------------------------------------------------------------------------------


def _mondays(now: datetime, weeks: int) -> list[date]:
    """The Mondays on which the weeks begin, and the one after the last of them."""
    today = local_day(now)
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in range(weeks - 1, -2, -1)]


def _instant(day: date) -> datetime:
    """When a day begins where the shop is."""
    return datetime.combine(day, time(), ZoneInfo(settings.DISPLAY_TIME_ZONE)).astimezone(UTC)


Key = Callable[[int, str], Any]
_WEEK: Key = lambda week, _shelf: week  # noqa: E731 (three of a kind, read at a glance)
_SHELF: Key = lambda _week, shelf: shelf  # noqa: E731
_ALL: Key = lambda _week, _shelf: None  # noqa: E731


@dataclass(frozen=True, slots=True)
class _Cells:
    """Orders by week and shelf; refunds by week, shelf and reason. Of few hundred kinds, however many."""

    orders: dict[tuple[int, str], int]
    back: dict[tuple[int, str, str], int]

    def without(self, week: int) -> _Cells:
        return _Cells(
            {key: number for key, number in self.orders.items() if key[0] != week},
            {key: number for key, number in self.back.items() if key[0] != week},
        )


def _cells(mondays: Sequence[date]) -> _Cells:
    """Count them. The shelf is looked up line by line: joined, the database may begin with the shelves."""
    span = (mondays[0], mondays[-1])
    shelf = Subquery(Listing.objects.filter(pk=OuterRef("listing")).values("category")[:1])
    ordered = _ordered(span).order_by().annotate(week=_week_of("placed_at", mondays), shelf=shelf)
    back = _came_back(span).order_by().annotate(week=_week_of("asked_at", mondays), shelf=shelf)
    orders = ordered.values_list("week", "shelf").annotate(number=Count("pk"))
    refunds = back.values_list("week", "shelf", "refund_reason").annotate(number=Count("pk"))
    return _Cells(
        {(week, shelf): number for week, shelf, number in orders},
        {(week, shelf, why): number for week, shelf, why, number in refunds},
    )


def _rolled(now: _Cells, before: _Cells, *, by: Key) -> dict[Any, Tally]:
    """Sum cells up, by what the key says of their week and shelf."""
    sums: dict[Any, list[int]] = defaultdict(lambda: [0] * 5)
    for place, cells in ((0, now), (3, before)):
        for (week, shelf), number in cells.orders.items():
            sums[by(week, shelf)][place] += number
        for (week, shelf, why), number in cells.back.items():
            if why != RefundReason.RECALLED:
                sums[by(week, shelf)][place + 1] += number
    for (week, shelf, why), number in now.back.items():
        if why == RefundReason.RECALLED:
            sums[by(week, shelf)][2] += number
    return {key: Tally(*numbers) for key, numbers in sums.items()}


def _week_of(field: str, mondays: Sequence[date]) -> Case:
    """The number of the week that an instant lies in: the first whose end lies behind it."""
    ends = enumerate(mondays[1:])
    whens = [When(**{f"{field}__lt": _instant(end)}, then=Value(week)) for week, end in ends]
    return Case(*whens, output_field=IntegerField())


def _ordered(span: tuple[date, date]) -> GuardedQuerySet[OrderLine]:
    rows = OrderLine.objects.unguarded(COUNTING).exclude(status=LineStatus.CANCELLED)
    return rows.filter(placed_at__gte=_instant(span[0]), placed_at__lt=_instant(span[1]))


def _came_back(span: tuple[date, date]) -> GuardedQuerySet[OrderLine]:
    back = OrderLine.objects.unguarded(COUNTING).filter(status__in=BACK)
    rows: Any = back.alias(asked_at=Coalesce("refund_requested_at", "status_at"))
    found: GuardedQuerySet[OrderLine] = rows.filter(
        asked_at__gte=_instant(span[0]), asked_at__lt=_instant(span[1])
    )
    return found


def _weeks(counts: Mapping[int, Tally], mondays: Sequence[date]) -> tuple[Week, ...]:
    known = any(count.orders_before for count in counts.values())
    told = [(monday, counts.get(number, NOTHING)) for number, monday in enumerate(mondays[:-1])]
    return tuple(
        Week(
            begins_on=monday, is_whole=monday < mondays[-2], count=count,
            alarm=known and is_alarming(count.refunds, count.refunds_before),
        )
        for monday, count in told
    )  # fmt: skip


# --- Shelves, shops, reasons -------------------------------------------------------------------


def _rows_of(field: str, span: tuple[date, date], before: tuple[date, date], **only: Any) -> dict[Any, Tally]:
    """Orders and refunds of the whole weeks, and of the same a year before, by a field of the lines."""
    spans = (span, before)
    orders = [dict(_by(_ordered(one).filter(**only), field)) for one in spans]
    back = [_refunds_by(_came_back(one).filter(**only), field) for one in spans]
    keys = {key for counted in (*orders, *back) for key in counted}
    nothing = (0, 0)
    return {
        key: Tally(
            orders[0].get(key, 0), *back[0].get(key, nothing), orders[1].get(key, 0),
            back[1].get(key, nothing)[0],
        )
        for key in keys
    }  # fmt: skip


def _by(rows: GuardedQuerySet[OrderLine], field: str) -> list[tuple[Any, int]]:
    return list(rows.order_by().values_list(field).annotate(number=Count("pk")))


def _refunds_by(rows: GuardedQuerySet[OrderLine], field: str) -> dict[Any, tuple[int, int]]:
    """Refunds, and those of recalls, by a field."""
    recalled = Q(refund_reason=RefundReason.RECALLED)
    counted = rows.order_by().values_list(field).annotate(
        number=Count("pk", filter=~recalled), of_recalls=Count("pk", filter=recalled)
    )  # fmt: skip
    return {key: (number, of_recalls) for key, number, of_recalls in counted}


def _named(counts: Mapping[Any, Tally], names: Mapping[Any, str | Promise]) -> tuple[Part, ...]:
    """Rows, most refunds first. Many are tested at once, so each at a part of the level (Bonferroni)."""
    level = LEVEL / max(1, len(counts))
    rows = [
        Part(
            str(key), names.get(key, str(key)), count,
            count.orders_before > 0 and is_alarming(count.refunds, count.refunds_before, level=level),
        )
        for key, count in counts.items()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.count.refunds, -row.count.orders, row.code)))


def _names_of(counts: Mapping[Any, Tally]) -> dict[Any, str]:
    chinese = (get_language() or "zh").startswith("zh")
    names = Category.objects.filter(pk__in=counts).values_list("pk", "name_zh", "name_en")
    return {pk: zh if chinese else en for pk, zh, en in names}


def _shops(span: tuple[date, date], before: tuple[date, date]) -> tuple[Part, ...]:
    """The shops to which most comes back. There may be very many: the rest is not counted in full."""
    back = _came_back(span).exclude(refund_reason=RefundReason.RECALLED)
    most = back.order_by().values("merchant").annotate(number=Count("pk")).order_by("-number", "merchant")
    ids = list(most.values_list("merchant", flat=True)[:MOST_SHOPS])
    counts = _rows_of("merchant", span, before, merchant__in=ids)
    return _named(counts, dict(Merchant.objects.filter(pk__in=ids).values_list("pk", "name")))


def _reasons(now: _Cells, before: _Cells) -> tuple[Part, ...]:
    """By reason, the refunds of recalls among them; what has no code, came from a host shop without one."""
    counted: list[Counter[str]] = [Counter(), Counter()]
    for counter, cells in zip(counted, (now, before), strict=True):
        for (_week, _shelf, why), number in cells.back.items():
            counter[why] += number
    names: dict[str, str | Promise] = {code: label for code, label in RefundReason.choices if code}
    rows = [
        Part(code, names.get(code, ""), Tally(0, counted[0][code], 0, 0, counted[1][code]), alarm=False)
        for code in sorted(counted[0].keys() | counted[1].keys())
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count.refunds, row.code)))
