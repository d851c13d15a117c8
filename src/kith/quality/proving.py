"""What of a listing's claims is proven: the rules about evidence, put to one listing, claim by claim.

A rule looks at a whole catalogue and names what must go; a page looks at one listing and says of each
of its claims how it stands. Both judge alike: a claim is proven where none of these rules would find
anything against it, and `tests/quality/test_proofs.py` holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kith.quality.standards import Limit, Standard
from kith.quality.standards.shape import CLASS, LEVEL

STANDARD, PURPOSE = "standard", "purpose"
"""Kinds of claims, beside `CLASS` and `LEVEL`."""
PROVEN, WAITING, NOT_PROVEN, CONTRADICTED = "proven", "waiting", "not-proven", "contradicted"
ORDER = (
    "measured-below", "forbidden-claim", "evidence-of-another", "evidence-not-covering",
    "evidence-other-batch", "not-in-force", "unproven", "no-such-class", "level-as-class", "superseded",
    "unknown-standard", "evidence-expired",
)  # fmt: skip
"""The rules that speak of claims, the gravest first, as they stand in `rules.RULES`."""
MENDED_BY_A_REPORT = frozenset(
    {"evidence-of-another", "evidence-not-covering", "evidence-other-batch", "unproven", "evidence-expired"}
)
"""What is found until the right report is there: one that is handed in may be it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a listing claims (`models.Reading`), and whose it is."""

    merchant: int
    shelf: str
    standards: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    medical: bool = False
    children: bool = False
    produced_on: date | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A report that is said to be about the listing; `first`: nobody else handed the same in before."""

    owner: int
    standard: str
    grade: str
    batch: str = ""
    valid_until: date | None = None
    covered: bool | None = None
    first: bool = True
    verified: bool = True
    laboratory: str = ""
    number: str = ""
    tested_on: date | None = None
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    kind: str
    name: str
    editions: tuple[str, ...] = ()
    """Of a class or level: the editions named for it, by their keys."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one claim stands, by which rule, and what shows it. Proven without a report: staff found it so."""

    claim: Claim
    state: str
    rule: str = ""
    standard: str = ""
    report: Evidence | None = None
    limit: Limit | None = None
    grade: str = ""
    """The class that `limit` is of."""


@dataclass(frozen=True, slots=True)
class _Fault:
    rule: str
    standard: str = ""
    report: Evidence | None = None
    limit: Limit | None = None
    grade: str = ""


def judge(
    said: Said,
    reports: Sequence[Evidence],
    known: Sequence[Standard],
    *,
    today: date,
    cleared: Collection[str] = (),
) -> tuple[Verdict, ...]:
    """Say how each claim of a listing stands; nothing of one that claims nothing we hold it to.

    :param reports: verified ones, and those that wait to be looked at.
    :param cleared: the rules by which it was found before it was reinstated, saying what it says now.
    """
    return tuple(_Judge(said, reports, known, today).verdicts(frozenset(cleared)))


class _Judge:
    """One listing, with what was handed in for it."""

    def __init__(
        self, said: Said, reports: Sequence[Evidence], known: Sequence[Standard], today: date
    ) -> None:
        self.said, self.known, self.today = said, {one.key: one for one in known}, today
        self.verified = [one for one in reports if one.verified]
        self.handed_in = [one for one in reports if not one.verified and one.owner == said.merchant]
        self.day = said.produced_on or today
        self.covered = any(said.shelf in one.covers for one in known)
        self.meant = [one for one in known if any(_means(name, one, self.day) for name in said.standards)]
        self.classes = (*said.grades, *said.levels)

    def verdicts(self, cleared: frozenset[str]) -> Iterator[Verdict]:
        for claim in self.claims():
            bearing = [one for one in self.verified if self.bears(claim, one)]
            faults = list(self.faults(claim, bearing))
            waits = any(self.bears(claim, one) for one in self.handed_in)
            if self.covered or bearing or faults or waits:
                yield self.verdict(claim, faults, bearing, waits=waits, cleared=cleared)

    # --- What is claimed

    def claims(self) -> Iterator[Claim]:
        """Each class with the standards named that have it; then the standards that stand alone."""
        named_with: set[str] = set()
        for kind, names in ((CLASS, self.said.grades), (LEVEL, self.said.levels)):
            for name in names:
                editions = tuple(key for key in self.editions() if name in _classes(self.known[key]))
                named_with.update(editions)
                yield Claim(kind, name, editions)
        for name in self.said.standards:
            if not any(_means(name, self.known[key], self.day) for key in named_with):
                yield Claim(STANDARD, name)
        for purpose, is_said in (("medical", self.said.medical), ("children", self.said.children)):
            if is_said and (self.forbids(purpose) or (self.covered and not self.meant)):
                yield Claim(PURPOSE, purpose)

    def editions(self) -> list[str]:
        """The editions that the standards named mean, in the order in which they are named."""
        meant = ((name, one) for name in self.said.standards for one in self.known.values())
        return list(dict.fromkeys(one.key for name, one in meant if _means(name, one, self.day)))

    def forbids(self, purpose: str) -> Standard | None:
        """A standard named that rules a purpose out, if none of them allows it."""
        out = [one for one in self.meant if purpose in _forbidden(one)]
        return out[0] if out and len(out) == len(self.meant) else None

    def bears(self, claim: Claim, report: Evidence) -> bool:
        """Whether a report measured anything that a claim rests on, good or bad (`rules.derived.bearing`)."""
        standard = self.known.get(report.standard)
        if standard is None or claim.kind == PURPOSE:
            return False
        if claim.kind == STANDARD:
            return claim.name in (standard.key, standard.code)
        asked = {limit.quantity for limit in _limits(standard, claim.name)}
        return claim.name in _classes(standard) and (not asked or not asked.isdisjoint(report.values))

    # --- What there is against it

    def faults(self, claim: Claim, bearing: Sequence[Evidence]) -> Iterator[_Fault]:
        yield from self.below(claim)
        yield from self.purpose(claim) if claim.kind == PURPOSE else self.wanting(claim, bearing)
        yield from self.out_of_force(claim)
        if claim.kind in (CLASS, LEVEL):
            yield from self.contradictory(claim)

    def below(self, claim: Claim) -> Iterator[_Fault]:
        """Values below the class (`rules.measured_below`); of no class claimed, against all."""
        for report in self.verified:
            standard = self.known.get(report.standard)
            if standard is None or report.covered is False or self.of_other_batch(report):
                continue
            held = [name for name in self.classes if name in _classes(standard)] or [report.grade]
            for grade in dict.fromkeys([*held, ""]):
                if self.speaks_of(claim, grade, report):
                    for limit in _limits(standard, grade):
                        if is_below(report.values.get(limit.quantity), limit):
                            yield _Fault("measured-below", standard.key, report, limit, grade)

    def speaks_of(self, claim: Claim, grade: str, report: Evidence) -> bool:
        """Whether what a report says of a class says something of this claim."""
        if claim.kind == PURPOSE:
            return False
        if grade in self.classes:
            return grade == claim.name and claim.kind in (CLASS, LEVEL)
        return self.bears(claim, report) or not any(self.bears(one, report) for one in self.claims())

    def wanting(self, claim: Claim, bearing: Sequence[Evidence]) -> Iterator[_Fault]:
        """No report, or none in order."""
        if claim.kind == STANDARD and not any(
            claim.name in (one.key, one.code) for one in self.known.values()
        ):
            if self.covered:
                yield _Fault("unknown-standard")
        elif not bearing:
            if self.covered:
                yield _Fault("unproven")
        elif not any(self.fault_of(report) is None for report in bearing):
            for report in bearing:
                yield _Fault(self.fault_of(report) or "", report.standard, report)

    def fault_of(self, report: Evidence) -> str | None:
        """The gravest thing that is wrong with a report."""
        if report.owner != self.said.merchant or not report.first:
            return "evidence-of-another"
        if report.covered is False:
            return "evidence-not-covering"
        if self.of_other_batch(report):
            return "evidence-other-batch"
        if report.valid_until is not None and report.valid_until < self.today:
            return "evidence-expired"
        return None

    def of_other_batch(self, report: Evidence) -> bool:
        return bool(self.said.batch and report.batch) and self.said.batch != report.batch

    def purpose(self, claim: Claim) -> Iterator[_Fault]:
        standard = self.forbids(claim.name)
        yield _Fault("forbidden-claim", standard.key) if standard else _Fault("unproven")

    def out_of_force(self, claim: Claim) -> Iterator[_Fault]:
        keys = (claim.name,) if claim.kind == STANDARD else claim.editions
        for key in keys:
            one = self.known.get(key) if key in self.said.standards else None
            if one and not (one.in_force_from <= self.day and _before(self.day, one.last_allowed)):
                yield _Fault("not-in-force" if self.said.produced_on else "superseded", key)

    def contradictory(self, claim: Claim) -> Iterator[_Fault]:
        """Classes that none of the standards has, levels taken for classes, and levels above their class."""
        if self.meant and not any(claim.name in _classes(one) for one in self.meant):
            yield _Fault("no-such-class", self.meant[0].key)
        kinds = [(one, _classes(one).get(claim.name)) for one in self.meant]
        if claim.kind == CLASS and not any(kind == CLASS for _one, kind in kinds):
            yield from (_Fault("level-as-class", one.key) for one, kind in kinds if kind == LEVEL)
        for one in self.meant if claim.kind == LEVEL else ():
            needs = [need for grade in one.grades if grade.name == claim.name for need in grade.needs]
            beside = [name for name in self.said.grades if _classes(one).get(name) == CLASS]
            if needs and any(name not in needs for name in beside):
                yield _Fault("level-as-class", one.key)

    # --- How it stands

    def verdict(
        self, claim: Claim, faults: Sequence[_Fault], bearing: Sequence[Evidence], *, waits: bool,
        cleared: frozenset[str],
    ) -> Verdict:  # fmt: skip
        left = [fault for fault in faults if fault.rule not in cleared]
        if left:
            worst = min(left, key=lambda fault: ORDER.index(fault.rule))
            state = CONTRADICTED if worst.rule == "measured-below" else NOT_PROVEN
            if waits and worst.rule in MENDED_BY_A_REPORT:
                state = WAITING
            return Verdict(claim, state, worst.rule, worst.standard, worst.report, worst.limit, worst.grade)
        good = [report for report in bearing if self.fault_of(report) is None]
        if faults or not good:
            return Verdict(claim, PROVEN)
        return max((self.shown_by(claim, report) for report in good), key=_says_most)

    def shown_by(self, claim: Claim, report: Evidence) -> Verdict:
        """What a report in order shows, with the first of its values that the class asks for."""
        standard = self.known[report.standard]
        for grade in dict.fromkeys((claim.name, report.grade, "")):
            for limit in _limits(standard, grade):
                if limit.quantity in report.values:
                    return Verdict(claim, PROVEN, "", standard.key, report, limit, grade)
        return Verdict(claim, PROVEN, "", standard.key, report)


def _says_most(verdict: Verdict) -> tuple[bool, bool, date]:
    report = verdict.report
    tested = report.tested_on if report and report.tested_on else date.min
    return verdict.grade == verdict.claim.name, verdict.limit is not None, tested


def is_below(value: float | None, limit: Limit) -> bool:
    """Whether a value does not keep to a limit, on whichever side."""
    if value is None:
        return False
    low = limit.at_least is not None and value < limit.at_least
    return low or (limit.at_most is not None and value > limit.at_most)


def _means(said: str, standard: Standard, day: date) -> bool:
    """By its key it is meant on any day; by its code alone while it is in force."""
    return said == standard.key or (said == standard.code and standard.holds_on(day))


def _before(day: date, end: date | None) -> bool:
    return end is None or day < end


def _classes(standard: Standard) -> dict[str, str]:
    """Its classes and levels, and of which kind each is."""
    return {grade.name: grade.kind for grade in standard.grades}


def _limits(standard: Standard, grade: str) -> Iterable[Limit]:
    if not grade:
        return standard.limits
    return tuple(limit for one in standard.grades if one.name == grade for limit in one.limits)


def _forbidden(standard: Standard) -> frozenset[str]:
    out = frozenset(one.claim for one in standard.forbidden)
    return out if standard.medical else out | {"medical"}
