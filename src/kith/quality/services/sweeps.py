"""Sweeps: planned, scanned, looked at, carried out, and if need be undone."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from math import sqrt
from threading import Thread

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kith.core.beside import beside
from kith.core.bulk import in_bulk
from kith.core.errors import NotThere, Refused
from kith.core.turns import take_turn
from kith.quality.apply import TURN, decide_some, take_back_some
from kith.quality.engines import Engine, choose_engine
from kith.quality.models import Finding, SampleItem, Sweep, SweepState
from kith.quality.readings import read_listings
from kith.quality.snapshot import read_everything
from kith.quality.standards import standards
from kith.sharing.services import tell_of_corrections
from kith.shop.models import Category

Z = 1.96
"""Of a two-sided interval of 95 %."""


class SweepRefused(Refused):
    """A sweep cannot go on as asked."""

    code = "sweep-refused"
    status = 409


# --- Planning and scanning -------------------------------------------------------------------


def plan_sweep(
    *,
    actor_id: int | None,
    now: datetime,
    standard: str = "",
    category: str = "",
    dry_run: bool = False,
    by_worker: bool = False,
) -> Sweep:
    """Begin a sweep of everything, or of what names a standard or lies on a shelf.

    Who plans it says who scans it: the caller, who goes on with `scan`, or the worker (`scan_waiting`).

    :param standard: its key, or its code alone for all its editions.
    :param by_worker: the worker shall scan it, within a minute or so.
    :raises SweepRefused: no such standard, or no such shelf.
    """
    if standard and all(standard not in (one.key, one.code) for one in standards()):
        raise SweepRefused(_("There is no such standard."))
    if category and not Category.objects.filter(pk=category).exists():
        raise SweepRefused(_("There is no such shelf."))
    return Sweep.objects.create(
        standard=standard, category_id=category or None, created_at=now,
        created_by_id=actor_id, dry_run=dry_run, by_worker=by_worker,
    )  # fmt: skip


def scan(sweep_id: int, *, now: datetime, engine: Engine | None = None) -> Sweep:
    """Run every rule over one snapshot of the catalogue, and write down what it finds.

    What was cut short has written nothing, and is scanned again from the beginning.

    :param engine: what carries the rules out; else the one of the settings.
    :raises SweepRefused: it was scanned already.
    :raises Refused: there is no such engine, or it does not run.
    """
    sweep = _require(sweep_id, SweepState.PLANNED)
    Sweep.objects.filter(pk=sweep_id).update(scan_began_at=now)
    chosen = engine or choose_engine()
    with beside() as process:
        # Loading the engine takes most of a second, while the database is read.
        Thread(target=import_module, args=["kith.quality.scanning"], daemon=True).start()
        read = read_everything(now, process)
        from kith.quality import scanning

        if scanning.is_any_unread(read):  # else, as usual where a worker runs, nothing is looked at twice
            read_listings()
            read = read_everything(now, process)
        seen = scanning.run_rules(read, chosen)
        if not scanning.write(sweep, seen, now, process):
            _require(sweep_id, SweepState.PLANNED)
    return Sweep.objects.get(pk=sweep_id)


def scan_waiting(*, now: datetime) -> int:
    """Scan, as the worker, the sweeps that were left to it, the oldest first; return how many were.

    One that somebody drops meanwhile is passed over.
    """
    waiting = Sweep.objects.filter(state=SweepState.PLANNED, by_worker=True).order_by("created_at", "pk")
    scanned = 0
    for sweep_id in list(waiting.values_list("pk", flat=True)):
        with suppress(SweepRefused):
            scan(sweep_id, now=now)
            scanned += 1
    return scanned


def _require(sweep_id: int, *states: SweepState) -> Sweep:
    """A sweep that is in one of these states; within a transaction it is held.

    :raises NotThere: no such sweep.
    :raises SweepRefused: it is in another state.
    """
    rows = Sweep.objects.filter(pk=sweep_id)
    sweep = (rows.select_for_update() if connection.in_atomic_block else rows).first()
    if sweep is None:
        raise NotThere
    if sweep.state not in states:
        raise SweepRefused(_("This cannot be done with a sweep that is %(state)s.") % {
            "state": SweepState(sweep.state).label
        })  # fmt: skip
    return sweep


# --- A sample for people to look at -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the findings that people looked at were right, and what that says of all of them.

    `low` and `high` are Wilson's interval of 95 % for the share that is right (E. B. Wilson, JASA 22, 1927).
    """

    drawn: int
    judged: int
    right: int

    @property
    def share(self) -> float | None:
        return self.right / self.judged if self.judged else None

    @property
    def low(self) -> float:
        return self._end(-1)

    @property
    def high(self) -> float:
        return self._end(+1)

    def _end(self, side: int) -> float:
        n = self.judged
        if not n:
            return 0.0 if side < 0 else 1.0
        p, z2 = self.right / n, Z * Z
        middle = p + z2 / (2 * n)
        reach = Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return min(1.0, max(0.0, (middle + side * reach) / (1 + z2 / n)))


@transaction.atomic
def draw_sample(sweep_id: int, *, number: int) -> int:
    """Draw so many listings with findings, each as likely as any other; return how many were drawn.

    :raises SweepRefused: one was drawn already, or the sweep is not waiting for a decision.
    """
    sweep = _require(sweep_id, SweepState.SCANNED)
    if SampleItem.objects.filter(sweep=sweep).exists():
        raise SweepRefused(_("A sample was drawn already."))
    all_of_them = list(
        Finding.objects.filter(sweep=sweep, main=True).order_by("listing").values_list("listing", flat=True)
    )
    drawn = secrets.SystemRandom().sample(all_of_them, min(number, len(all_of_them)))
    SampleItem.objects.bulk_create(
        [SampleItem(sweep=sweep, listing_id=listing, position=place) for place, listing in enumerate(drawn)],
        batch_size=500,
    )
    return len(drawn)


@transaction.atomic
def judge(
    sweep_id: int, *, listing_id: int, right: bool, actor_id: int | None, now: datetime, note: str = ""
) -> None:
    """Say of a listing of the sample whether what was found is right, anew if need be until it is decided.

    :raises NotThere: it is not in the sample.
    """
    sweep = _require(sweep_id, SweepState.SCANNED)
    said = SampleItem.objects.filter(sweep=sweep, listing=listing_id).update(
        right=right, by=actor_id, at=now, note=note.strip()[:500]
    )
    if not said:
        raise NotThere


def precision(sweep_id: int) -> Precision:
    said = list(SampleItem.objects.filter(sweep=sweep_id).values_list("right", flat=True))
    return Precision(len(said), sum(one is not None for one in said), sum(one is True for one in said))


# --- Carrying out and undoing ------------------------------------------------------------


@transaction.atomic
def decide_sweep(
    sweep_id: int, *, actor_id: int | None, now: datetime, why: str = "", go: bool = True
) -> Sweep:
    """Have a sweep carried out (`carry_out` does it), or drop it.

    It is carried out only after a sample was looked at, whole, and enough of it was right
    (`settings.QUALITY_LEAST_PRECISION` by the lower end of the interval), or if somebody takes it upon
    themselves and says why.

    One that was not scanned yet can be dropped too.

    :raises SweepRefused: a dry run, not scanned, or not looked at.
    """
    sweep = _require(sweep_id, *((SweepState.SCANNED,) if go else (SweepState.SCANNED, SweepState.PLANNED)))
    if go:
        _refuse_unfit(sweep, why)
    sweep.state = SweepState.APPLYING if go else SweepState.DROPPED
    sweep.decided_by_id, sweep.decided_at, sweep.why = actor_id, now, why.strip()[:500]
    sweep.save(update_fields=["state", "decided_by", "decided_at", "why"])
    return sweep


def _refuse_unfit(sweep: Sweep, why: str) -> None:
    if sweep.dry_run:
        raise SweepRefused(_("This was a dry run. Begin another sweep to carry one out."))
    known = precision(sweep.pk)
    if why.strip():
        return
    if known.judged < known.drawn or not known.drawn:
        raise SweepRefused(_("Look at a whole sample first, or say why it can be done without."))
    least: float = settings.QUALITY_LEAST_PRECISION
    if known.low < least <= (known.share or 0):
        raise SweepRefused(
            _("So small a sample says too little. Begin another sweep and draw more, or say why to go on.")
        )
    if known.low < least:
        raise SweepRefused(
            _("Too much of the sample was wrong. Drop the sweep, or say why it is right to go on.")
        )


def carry_out(sweep_id: int, *, now: datetime, told: Callable[[int], None] | None = None) -> Sweep:
    """Carry out what was decided, batch by batch; begun again, it goes on where it was.

    :param told: called after each batch with how many listings are done.
    """
    return _go_through(sweep_id, decide_some, now, told)


@transaction.atomic
def undo_sweep(sweep_id: int, *, actor_id: int | None, now: datetime, why: str) -> Sweep:
    """Have all of a sweep taken back (`take_back` does it), whether it is all carried out or not.

    :raises SweepRefused: nothing of it was carried out, or no reason is given.
    """
    take_turn(TURN)
    sweep = _require(sweep_id, SweepState.APPLIED, SweepState.APPLYING)
    if not why.strip():
        raise SweepRefused(_("Please say why: the merchants are told."))
    sweep.state, sweep.done_to = SweepState.UNDOING, -1
    sweep.undone_by_id, sweep.undone_at, sweep.undone_why = actor_id, now, why.strip()[:500]
    sweep.save(update_fields=["state", "done_to", "undone_by", "undone_at", "undone_why"])
    return sweep


def take_back(sweep_id: int, *, now: datetime, told: Callable[[int], None] | None = None) -> Sweep:
    """Undo what was carried out, batch by batch; begun again, it goes on where it was."""
    return _go_through(sweep_id, take_back_some, now, told)


def _go_through(
    sweep_id: int, step: Callable[[int, datetime], int], now: datetime, told: Callable[[int], None] | None
) -> Sweep:
    done = 0
    with in_bulk():
        while number := step(sweep_id, now):
            done += number
            if told is not None:
                told(done)
    sweep = Sweep.objects.get(pk=sweep_id)
    if sweep.state == SweepState.APPLIED and sweep.decided_at is not None:
        tell_of_corrections(since=sweep.decided_at)
    return sweep


def go_on(*, now: datetime) -> int:
    """Go on with every sweep that was cut short while it was carried out or undone; return how many."""
    steps = {SweepState.APPLYING: decide_some, SweepState.UNDOING: take_back_some}
    unfinished = list(Sweep.objects.filter(state__in=steps).values_list("pk", "state"))
    for sweep_id, state in unfinished:
        _go_through(sweep_id, steps[SweepState(state)], now, None)
    return len(unfinished)
