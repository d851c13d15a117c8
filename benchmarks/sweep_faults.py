"""Killing the process that scans, carries out or undoes a sweep (SIGKILL): is all of it done once?"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import connection

from benchmarks.masks import NOW
from kith.core import sql
from kith.quality import apply, services
from kith.quality.models import Sweep, SweepState
from kith.sharing.services import OVER, recalled_back

LONGEST = 1.2
"""Seconds that a process is let live."""
KILLS_OF_A_SCAN = 60
BATCH = 2_000
"""So that of few listings there are many batches between which, and within which, it is killed."""
DONE = NOW + timedelta(hours=1)
MUST_BE_NONE = {
    "findings that were not counted": """SELECT count(*) FROM (
        SELECT s.flagged FROM quality_sweep s JOIN quality_finding f ON f.sweep_id = s.id AND f.main
        WHERE s.id = %(sweep)s GROUP BY s.flagged HAVING count(*) <> s.flagged) AS odd""",
    "decided twice": """SELECT count(*) FROM (
        SELECT listing_id FROM quality_decision WHERE sweep_id = %(sweep)s AND act <> 'reinstate'
        GROUP BY listing_id HAVING count(*) > 1) AS twice""",
    "found and not decided": """SELECT count(*) FROM quality_finding f
        WHERE f.sweep_id = %(sweep)s AND f.main AND NOT EXISTS (SELECT 1 FROM quality_decision d
        WHERE d.sweep_id = f.sweep_id AND d.listing_id = f.listing_id)""",
    "decided and not found": """SELECT count(*) FROM quality_decision d
        WHERE d.sweep_id = %(sweep)s AND NOT EXISTS (SELECT 1 FROM quality_finding f
        WHERE f.sweep_id = d.sweep_id AND f.listing_id = d.listing_id AND f.main)""",
    "decided and not held": """SELECT count(*) FROM quality_decision d
        WHERE d.sweep_id = %(sweep)s AND NOT EXISTS (SELECT 1 FROM shop_listinghold h
        WHERE h.listing_id = d.listing_id AND h.decision = d.id)""",
    "held without a decision": """SELECT count(*) FROM shop_listinghold h
        WHERE NOT EXISTS (SELECT 1 FROM quality_decision d
        WHERE d.id = h.decision AND d.listing_id = h.listing_id)""",
    "merchants told twice": """SELECT count(*) FROM (
        SELECT recipient_id FROM notices_notice WHERE kind = 'swept' AND subject = %(sweep)s
        GROUP BY recipient_id HAVING count(*) > 1) AS twice""",
    "merchants not told": """SELECT count(*) FROM shop_merchantstaff s WHERE s.merchant_id IN
        (SELECT merchant_id FROM quality_decision WHERE sweep_id = %(sweep)s)
        AND NOT EXISTS (SELECT 1 FROM notices_notice n
        WHERE n.recipient_id = s.person_id AND n.kind = 'swept' AND n.subject = %(sweep)s)""",
    "buyers told twice": """SELECT count(*) FROM (
        SELECT recipient_id FROM notices_notice WHERE kind = 'recalled'
        GROUP BY recipient_id, subject HAVING count(*) > 1) AS twice""",
    "buyers not told": """SELECT count(*) FROM quality_decision d
        JOIN shop_orderline o ON o.listing_id = d.listing_id
        WHERE d.sweep_id = %(sweep)s AND d.act = 'remove' AND o.placed_at > %(since)s
        AND o.status NOT IN %(over)s AND NOT EXISTS (SELECT 1 FROM notices_notice n
        WHERE n.kind = 'recalled' AND n.subject = o.id AND n.recipient_id = o.buyer_id)""",
}
AFTER_UNDOING = {
    "still held": """SELECT count(*) FROM shop_listinghold h JOIN quality_decision d ON d.id = h.decision
        WHERE d.sweep_id = %(sweep)s""",
    "taken back twice or never": """SELECT count(*) FROM (
        SELECT d.listing_id FROM quality_decision d WHERE d.sweep_id = %(sweep)s
        GROUP BY d.listing_id HAVING count(*) <> 2) AS odd""",
}


def survive(kills: int, *, seed: int) -> dict[str, Any]:
    """Sweep, and undo it, again and again until so many processes were killed; say what is amiss."""
    dice, told, done = Random(seed), dict.fromkeys((*MUST_BE_NONE, *AFTER_UNDOING), 0), 0
    sweeps = 0
    while done < kills:
        sweep_id = _in_a_process(_plan)
        sweeps += 1
        done += _killed_again_and_again(dice, min(kills - done, KILLS_OF_A_SCAN), partial(_scan, sweep_id))
        _in_a_process(partial(_decide, sweep_id))
        done += _killed_again_and_again(dice, kills - done)
        _count(told, MUST_BE_NONE, sweep_id, SweepState.APPLIED)
        _in_a_process(partial(_undo, sweep_id))
        done += _killed_again_and_again(dice, kills - done)
        _count(told, AFTER_UNDOING, sweep_id, SweepState.UNDONE)
        _in_a_process(_forget_what_buyers_were_told)
    return {"kills": done, "sweeps": sweeps, "amiss": told}


def _plan() -> int:
    return int(services.plan_sweep(actor_id=None, now=NOW).pk)


def _scan(sweep_id: int) -> int:
    """Scan it, unless what a process that was killed had begun is done by now."""
    with suppress(services.SweepRefused):
        services.scan(sweep_id, now=NOW)
    return 0


def _decide(sweep_id: int) -> int:
    services.decide_sweep(sweep_id, actor_id=None, now=NOW, why="the bench")
    return 0


def _undo(sweep_id: int) -> int:
    services.undo_sweep(sweep_id, actor_id=None, now=DONE, why="the bench")
    return 0


def _forget_what_buyers_were_told() -> int:
    """So that the next sweep tells them."""
    return sql.run("DELETE FROM notices_notice WHERE kind = 'recalled'", {})


def _go_on() -> int:
    apply.BATCH = BATCH
    return services.go_on(now=DONE)


def _killed_again_and_again(dice: Random, most: int, do: Callable[[], int] = _go_on) -> int:
    """Go on with what is unfinished until it is done, killed at a random moment up to so many times."""
    killed = 0
    while True:
        child, _answer = _fork(do)
        if killed < most:
            time.sleep(dice.uniform(0, LONGEST))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return killed
        killed += 1


def _in_a_process(do: Callable[[], int]) -> int:
    """Do something in a process of its own, so that this one has neither connections nor threads."""
    child, answer = _fork(do)
    with os.fdopen(answer) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, said
    return int(said)


def _fork(do: Callable[[], int]) -> tuple[int, int]:
    answer, end = os.pipe()
    child = os.fork()
    if child:
        os.close(end)
        return child, answer
    status = 1
    try:
        os.write(end, str(do()).encode())
        status = 0
    finally:
        os._exit(status)


def _count(told: dict[str, int], wanted: dict[str, str], sweep_id: int, state: SweepState) -> None:
    given = {"sweep": sweep_id, "since": DONE - recalled_back(), "over": OVER}
    for name, statement in wanted.items():
        told[name] += sql.rows(statement, given)[0][0]
    sweep = Sweep.objects.get(pk=sweep_id)
    assert (sweep.state, sweep.taken_down) == (state, sweep.flagged), (sweep.state, sweep.taken_down)
    connection.close()
