"""What everybody may know of what was checked and decided: numbers, and nobody's name.

What each number counts:

- `checked`: listings looked at by sweeps in the month, dry runs included; one that two sweeps looked at
  counts twice.
- `frozen`, `taken_down`, `recalled`: decisions by which a listing came into that state. One that was
  frozen and then taken down counts in both. What an undone sweep makes frozen again counts anew.
- `reinstated_after_appeal`: decisions that took one of those back, or opened a shop again, since an appeal
  was upheld; `reinstated_otherwise`: those taken back without one, whole sweeps that were undone included.
- `appealed`: appeals made in the month. `upheld`: appeals by which a decision was taken back, by the
  month in which they were made.
- `shops_closed`, `shops_reopened`: decisions about whole shops.
- `found_by_machine`, `decided_by_machine`: of `decisions` (frozen, taken down, recalled, closed), those
  that a sweep found, and those that were carried out without a person looking at each.
- `taken_back_share`: what was reinstated, of `decisions`; in a single month those taken back in that
  month, whenever they were made.
- `median_days`: of appeals decided, by the month in which they were decided: from made to decided.

A month begins and ends where the shop is. Of the standard a decision names the edition it rests on, if any.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from kith.core.clock import local_day
from kith.core.replica import may_be_old
from kith.quality.models import Appeal, AppealState, DecisionCount, Sweep
from kith.quality.services.tallies import COUNTING, Kind, kept_sums, sums_behind
from kith.quality.transitions import AGAINST, Act


@dataclass(frozen=True, slots=True)
class Numbers:
    checked: int = 0
    frozen: int = 0
    taken_down: int = 0
    recalled: int = 0
    appealed: int = 0
    upheld: int = 0
    reinstated_after_appeal: int = 0
    reinstated_otherwise: int = 0
    shops_closed: int = 0
    shops_reopened: int = 0
    found_by_machine: int = 0
    decided_by_machine: int = 0
    median_days: float | None = None

    @property
    def decisions(self) -> int:
        """What was decided against listings and shops."""
        return self.frozen + self.taken_down + self.recalled + self.shops_closed

    @property
    def taken_back_share(self) -> float | None:
        back = self.reinstated_after_appeal + self.reinstated_otherwise
        return back / self.decisions if self.decisions else None


@dataclass(frozen=True, slots=True)
class MonthOfNumbers:
    month: date
    numbers: Numbers
    standards: tuple[StandardOfNumbers, ...]


@dataclass(frozen=True, slots=True)
class StandardOfNumbers:
    standard: str
    """The edition that decisions rest on; empty for those that rest on none."""
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Transparency:
    total: Numbers
    months: tuple[MonthOfNumbers, ...]
    """The newest first."""
    standards: tuple[StandardOfNumbers, ...]
    """What most was decided by first."""


@dataclass(frozen=True, slots=True)
class _Appeal:
    made: date
    decided: date | None
    standard: str
    days: float
    overturned: bool


def transparency() -> Transparency:
    """All numbers there are, in five queries, however much was decided."""
    sums, up_to = kept_sums(may_be_old(DecisionCount.objects.all()))
    sums.update(sums_behind(up_to))
    appeals, checked = _appeals(), _checked()
    months = {kind.month for kind in sums} | set(checked)
    months |= {one.made for one in appeals} | {one.decided for one in appeals if one.decided}
    return Transparency(
        total=_numbers(sums, appeals, checked=sum(checked.values())),
        months=tuple(
            MonthOfNumbers(
                month,
                _of_month(sums, appeals, checked, month),
                _by_standard(_only(sums, month), [one for one in appeals if one.made == month]),
            )
            for month in sorted(months, reverse=True)
        ),
        standards=_by_standard(sums, appeals),
    )


def _only(sums: Counter[Kind], month: date) -> Counter[Kind]:
    return Counter({kind: number for kind, number in sums.items() if kind.month == month})


def _of_month(
    sums: Counter[Kind], appeals: Iterable[_Appeal], checked: Mapping[date, int], month: date
) -> Numbers:
    concerned = [one for one in appeals if month in (one.made, one.decided)]
    return _numbers(_only(sums, month), concerned, checked=checked.get(month, 0), month=month)


def _by_standard(sums: Counter[Kind], appeals: Iterable[_Appeal]) -> tuple[StandardOfNumbers, ...]:
    parts: dict[str, Counter[Kind]] = defaultdict(Counter)
    for kind, number in sums.items():
        parts[kind.standard][kind] = number
    said: dict[str, list[_Appeal]] = defaultdict(list)
    for one in appeals:
        said[one.standard].append(one)
    found = [StandardOfNumbers(key, _numbers(parts[key], said[key])) for key in {*parts, *said}]
    return tuple(sorted(found, key=lambda one: (-one.numbers.decisions, one.standard)))


def _numbers(
    sums: Counter[Kind], appeals: Iterable[_Appeal], *, checked: int = 0, month: date | None = None
) -> Numbers:
    acts: Counter[str] = Counter()
    found = decided = after_appeal = 0
    for kind, number in sums.items():
        acts[kind.act] += number
        if kind.act in AGAINST:
            found += number * kind.found_by_machine
            decided += number * kind.decided_by_machine
        after_appeal += number * kind.after_appeal
    made = [one for one in appeals if month in (None, one.made)]
    days = [one.days for one in appeals if one.decided and month in (None, one.decided)]
    return Numbers(
        checked=checked, frozen=acts[Act.SUSPECT], taken_down=acts[Act.REMOVE], recalled=acts[Act.RECALL],
        appealed=len(made), upheld=sum(one.overturned for one in made),
        reinstated_after_appeal=after_appeal,
        reinstated_otherwise=acts[Act.REINSTATE] + acts[Act.REOPEN] - after_appeal,
        shops_closed=acts[Act.CLOSE], shops_reopened=acts[Act.REOPEN], found_by_machine=found,
        decided_by_machine=decided, median_days=median(days) if days else None,
    )  # fmt: skip


def _appeals() -> list[_Appeal]:
    rows = Appeal.objects.unguarded(COUNTING).values_list("at", "decided_at", "decision__standard", "state")
    return [
        _Appeal(
            made=local_day(at).replace(day=1),
            decided=local_day(decided_at).replace(day=1) if decided_at else None,
            standard=standard,
            days=(decided_at - at).total_seconds() / 86_400 if decided_at else 0.0,
            overturned=state == AppealState.OVERTURNED,
        )
        for at, decided_at, standard, state in rows
    ]


def _checked() -> Counter[date]:
    found: Counter[date] = Counter()
    rows = may_be_old(Sweep.objects.filter(scanned_at__isnull=False))
    for scanned_at, listings in rows.values_list("scanned_at", "listings"):
        if scanned_at is not None:
            found[local_day(scanned_at).replace(day=1)] += listings
    return found
