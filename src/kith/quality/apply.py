"""Turning findings into decisions, and back: in batches, each a few statements in one transaction.

Every step of a batch is written as "for all of these, unless it is so already", so that a batch
that was cut short is simply done again, and one that was done changes nothing. What has changed
since the scan is passed over: the listing says something else, evidence came, or somebody decided.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max

from kith.core import sql
from kith.core.turns import take_turn
from kith.notices.models import NoticeKind
from kith.quality.models import Decision, Finding, Sweep, SweepState
from kith.quality.transitions import TELLS_BUYERS, TRANSITIONS, Act
from kith.sharing.services import OVER, recalled_back
from kith.shop.models import Listing

BATCH = 50_000
"""Listings at once: some tenths of a second, in which nobody else decides. Of fewer, more is written: each
batch changes nearly all pages of the indexes."""
TURN = "decisions"
"""Whoever decides anything about listings or shops takes this turn first."""

_THESE = "f.sweep_id = %(sweep)s AND f.main AND f.listing_id > %(after)s AND f.listing_id <= %(last)s"
_OF_BATCH = "d.sweep_id = %(sweep)s AND d.listing_id > %(after)s AND d.listing_id <= %(last)s"
_JUST_NOW = "d.id > %(newest)s AND d.sweep_id + 0 = %(sweep)s"
"""Whoever decides has the turn, so that nobody else's decisions come between. They are the last of the table,
and are to be looked for there, not in the index of the sweep's: hence the 0."""

_DECIDE = f"""
INSERT INTO quality_decision (listing_id, merchant_id, act, before, at, actor_id, found_by_machine,
    decided_by_machine, sweep_id, ends, rule, digest, standard, claimed, figure, bound, other, words)
SELECT f.listing_id, f.merchant_id, f.act, COALESCE(h.state, ''), %(now)s, %(actor)s, %(yes)s,
    %(yes)s, f.sweep_id, NULL, f.rule, f.digest, f.standard, f.claimed, f.figure, f.bound, f.other, f.words
FROM quality_finding f
JOIN shop_listing l ON l.id = f.listing_id AND l.digest = f.digest
LEFT JOIN shop_listinghold h ON h.listing_id = f.listing_id
WHERE {_THESE} AND {{legal}}
AND f.listing_id NOT IN (
    SELECT u.listing_id FROM quality_reportuse u WHERE u.report_id IN (
        SELECT r.id FROM quality_labreport r WHERE r.decided_at > %(scanned)s))
AND NOT EXISTS (
    SELECT 1 FROM quality_decision e WHERE e.listing_id = f.listing_id AND e.at > %(scanned)s
    AND (e.sweep_id IS NULL OR e.sweep_id = f.sweep_id))
ORDER BY f.listing_id
"""

_HOLD = f"""
INSERT INTO shop_listinghold (listing_id, state, since, decision, rule, standard, claimed, figure, bound,
    words)
SELECT d.listing_id, {{state}}, d.at, d.id, d.rule, d.standard, d.claimed, d.figure, d.bound,
    CASE WHEN d.decided_by_machine THEN d.words ELSE '' END
FROM quality_decision d
WHERE {_JUST_NOW} AND d.act IN %(against)s
ON CONFLICT (listing_id) DO UPDATE SET state = excluded.state, since = excluded.since,
    decision = excluded.decision, rule = excluded.rule, standard = excluded.standard,
    claimed = excluded.claimed, figure = excluded.figure, bound = excluded.bound, words = excluded.words
"""

_TELL_MERCHANTS = """
INSERT INTO notices_notice (id, recipient_id, kind, subject, actor_id, at, read_at)
SELECT {id}, s.person_id, %(kind)s, %(sweep)s, NULL, %(now)s, NULL
FROM shop_merchantstaff s
WHERE s.merchant_id IN (
    SELECT d.merchant_id FROM quality_decision d WHERE d.id >= (
        SELECT MIN(e.id) FROM quality_decision e WHERE e.sweep_id = %(sweep)s AND e.listing_id = (
            SELECT MIN(f.listing_id) FROM quality_decision f WHERE f.sweep_id = %(sweep)s))
    AND d.sweep_id + 0 = %(sweep)s AND d.act IN %(acts)s)
ORDER BY s.person_id
ON CONFLICT (recipient_id, kind, subject) DO {again}
"""
"""What a sweep decides, it decides in the order of the listings: none of it comes before the first, and from
there on the table is looked through. By the index of the sweep's it took three times as long."""

_TELL_BUYERS = f"""
INSERT INTO notices_notice (id, recipient_id, kind, subject, actor_id, at, read_at)
SELECT {{id}}, o.buyer_id, %(kind)s, o.id, NULL, %(now)s, NULL
FROM quality_decision d JOIN shop_orderline o ON o.listing_id = d.listing_id
WHERE {_JUST_NOW} AND d.act IN %(acts)s AND o.buyer_id IS NOT NULL
AND o.placed_at > %(bought_after)s AND o.status NOT IN %(over)s
ON CONFLICT (recipient_id, kind, subject) DO UPDATE SET at = excluded.at, read_at = NULL
WHERE notices_notice.at < excluded.at
"""

_TAKE_BACK = f"""
INSERT INTO quality_decision (listing_id, merchant_id, act, before, at, actor_id, found_by_machine,
    decided_by_machine, sweep_id, ends, rule, digest, standard, claimed, figure, bound, other, words)
SELECT d.listing_id, d.merchant_id, %(reinstate)s, h.state, %(now)s, %(actor)s, %(no)s,
    %(no)s, d.sweep_id, d.id, d.rule, d.digest, d.standard, d.claimed, d.figure, d.bound, d.other, %(why)s
FROM quality_decision d
JOIN shop_listinghold h ON h.listing_id = d.listing_id AND h.decision = d.id
WHERE {_OF_BATCH} AND d.act <> %(reinstate)s
ORDER BY d.listing_id
"""

_RELEASE = f"""
DELETE FROM shop_listinghold WHERE decision IN (
    SELECT d.ends FROM quality_decision d WHERE {_OF_BATCH} AND d.act = %(reinstate)s)
"""

_FREEZE_AGAIN = f"""
INSERT INTO quality_decision (listing_id, merchant_id, act, before, at, actor_id, found_by_machine,
    decided_by_machine, sweep_id, ends, rule, digest, standard, claimed, figure, bound, other, words)
SELECT e.listing_id, e.merchant_id, e.act, '', %(now)s, e.actor_id, e.found_by_machine,
    e.decided_by_machine, NULL, NULL, e.rule, e.digest, e.standard, e.claimed, e.figure, e.bound, e.other,
    e.words
FROM quality_decision d JOIN quality_decision b ON b.ends = d.id AND b.at = %(now)s
JOIN quality_decision e ON e.id = (
    SELECT MAX(p.id) FROM quality_decision p
    WHERE p.listing_id = d.listing_id AND p.id < d.id AND p.act = %(suspect)s)
WHERE {_OF_BATCH} AND d.before = %(suspected)s
ORDER BY e.listing_id
"""

_HOLD_AGAIN = """
INSERT INTO shop_listinghold (listing_id, state, since, decision, rule, standard, claimed, figure, bound,
    words)
SELECT d.listing_id, %(suspected)s, d.at, d.id, d.rule, d.standard, d.claimed, d.figure, d.bound,
    CASE WHEN d.decided_by_machine THEN d.words ELSE '' END
FROM quality_decision d
WHERE d.listing_id > %(after)s AND d.listing_id <= %(last)s AND d.act = %(suspect)s AND d.at = %(now)s
AND d.sweep_id IS NULL
ON CONFLICT (listing_id) DO NOTHING
"""


@transaction.atomic
def decide_some(sweep_id: int, now: datetime) -> int:
    """Carry out the next batch of a sweep; return how many listings it was about, 0 when none is left.

    Buyers are told at once, merchants when nothing is left: one has listings in most of the batches.
    """
    sweep = _take(sweep_id, SweepState.APPLYING)
    if sweep is None:
        return 0
    number, last = _next_batch(sweep)
    given = _given(sweep, last, now)
    if not number:
        _tell_merchants(given | {"acts": given["against"]}, again="NOTHING")
        return _end(sweep, SweepState.APPLIED)
    _lock(sweep, last)
    decided = sql.run(_DECIDE.format(legal=_legal()), given | {"actor": sweep.decided_by_id})
    sql.run(_HOLD.format(state=_states()), given)
    buyers = {"kind": NoticeKind.RECALLED, "acts": list(TELLS_BUYERS)}
    sql.run(_TELL_BUYERS.format(id=sql.random_ids()), given | buyers)
    sweep.done_to = last
    sweep.taken_down += decided
    sweep.passed_over += number - decided
    sweep.save(update_fields=["done_to", "taken_down", "passed_over"])
    return number


@transaction.atomic
def take_back_some(sweep_id: int, now: datetime) -> int:
    """Undo the next batch of a sweep: what is still as the sweep decided becomes what it was before."""
    sweep = _take(sweep_id, SweepState.UNDOING)
    if sweep is None:
        return 0
    number, last = _next_batch(sweep)
    given = _given(sweep, last, now)
    if not number:
        again = "UPDATE SET at = excluded.at, read_at = NULL"
        _tell_merchants(given | {"acts": [Act.REINSTATE]}, again=again)
        return _end(sweep, SweepState.UNDONE)
    sql.run(_TAKE_BACK, given | {"actor": sweep.undone_by_id, "why": sweep.undone_why})
    for statement in (_RELEASE, _FREEZE_AGAIN, _HOLD_AGAIN):
        sql.run(statement, given)
    sweep.done_to = last
    sweep.save(update_fields=["done_to"])
    return number


def _take(sweep_id: int, state: SweepState) -> Sweep | None:
    take_turn(TURN)
    return Sweep.objects.select_for_update().filter(pk=sweep_id, state=state).first()


def _next_batch(sweep: Sweep) -> tuple[int, int]:
    """How many listings come next, and the last of them."""
    rest = Finding.objects.filter(sweep=sweep, main=True, listing__gt=sweep.done_to).order_by("listing")
    whole: list[int] = list(rest.values_list("listing", flat=True)[BATCH - 1 : BATCH])
    if whole:
        return BATCH, whole[0]
    ends = rest.order_by().aggregate(number=Count("listing"), last=Max("listing"))
    return ends["number"], ends["last"] or 0


def _lock(sweep: Sweep, last: int) -> None:
    """Let none of them be changed or ordered meanwhile. On SQLite nobody writes anyway."""
    if not connection.features.has_select_for_update:
        return
    about = Finding.objects.filter(sweep=sweep, main=True, listing__gt=sweep.done_to, listing__lte=last)
    rows = Listing.objects.select_for_update(no_key=True).filter(pk__in=about.values("listing"))
    list(rows.order_by("pk").values_list("pk", flat=True))


def _end(sweep: Sweep, state: SweepState) -> int:
    Sweep.objects.filter(pk=sweep.pk).update(state=state)
    return 0


def _given(sweep: Sweep, last: int, now: datetime) -> dict[str, Any]:
    return {
        "sweep": sweep.pk, "after": sweep.done_to, "last": last, "now": now, "scanned": sweep.scanned_at,
        "newest": Decision.objects.aggregate(newest=Max("pk"))["newest"] or 0,
        "yes": True, "no": False,
        "bought_after": now - recalled_back(), "over": OVER,
        "against": [Act.SUSPECT, Act.REMOVE], "reinstate": Act.REINSTATE, "suspect": Act.SUSPECT,
        "suspected": TRANSITIONS[Act.SUSPECT].end,
    }  # fmt: skip


def _legal() -> str:
    """That the step is one of `TRANSITIONS`."""
    cases = []
    for act in (Act.SUSPECT, Act.REMOVE):
        begin = ", ".join(f"'{state}'" for state in sorted(TRANSITIONS[act].begin))
        cases.append(f"(f.act = '{act}' AND COALESCE(h.state, '') IN ({begin}))")
    return f"({' OR '.join(cases)})"


def _states() -> str:
    """The state that each act leads to."""
    cases = " ".join(f"WHEN '{act}' THEN '{TRANSITIONS[act].end}'" for act in (Act.SUSPECT, Act.REMOVE))
    return f"CASE d.act {cases} END"


def _tell_merchants(given: dict[str, Any], *, again: str) -> None:
    """Tell whoever acts for a merchant, once for the sweep. In the order of the index that it fills."""
    sql.run(_TELL_MERCHANTS.format(id=sql.random_ids(), again=again), given | {"kind": NoticeKind.SWEPT})
