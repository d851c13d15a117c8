"""What the worker does by itself: a sign of life every minute, and clearing away what has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.management import call_command
from huey import crontab

from kith.core.batches import in_batches
from kith.core.clock import utc_now
from kith.jobs.queue import queue
from kith.media.services import fingerprint_photos
from kith.people.models import Person
from kith.people.services import forget_tries, remove_unfinished
from kith.quality.papers import erase_strays
from kith.quality.readings import read_listings
from kith.quality.services import count_decisions, go_on, scan_waiting, tell_late
from kith.rights.purging import purge_what_is_due
from kith.sharing.services import erase_unused_photos
from kith.strangers.services import erase_unused_outside_photos, forget_erasures, forget_hidings
from kith.ties.models import Invitation

log = structlog.get_logger("kith.jobs")

_SIGN_OF_LIFE = "worker-alive-at"
SILENCE_ALLOWED = timedelta(minutes=3)
"""The sign comes every minute; two may be late while the worker is busy."""
FINGERPRINTS_A_NIGHT = 10_000
"""Some five minutes. Those of whoever uploads meanwhile are made then and there."""
READ_AT_ONCE = 50_000
"""Listings; some ten seconds. A sweep reads what is left over."""


def give_sign_of_life(*, now: datetime) -> None:
    """Note that a worker runs, where every process of this installation can read it."""
    queue.put(_SIGN_OF_LIFE, now.isoformat())


def find_sign_of_life() -> datetime | None:
    """When a worker was last known to run; None: never."""
    said = queue.get(_SIGN_OF_LIFE, peek=True)
    return datetime.fromisoformat(said) if said else None


def clear_expired_invitations(*, now: datetime) -> int:
    """Delete invitations that open nothing any more, and return how many there were."""
    expired = Invitation.objects.unguarded("expired invitations of everybody are cleared away")
    deleted, _ = expired.filter(expires_at__lt=now).delete()
    return deleted


def clear_sessions_of_nobody() -> int:
    """Delete sessions of accounts that were erased, which hold their names; return how many there were."""
    stale = 0
    for some in in_batches(Session.objects.iterator(), 1000):
        owners = {session.pk: session.get_decoded().get(SESSION_KEY) for session in some}
        people = Person.objects.filter(pk__in={owner for owner in owners.values() if owner is not None})
        here = {str(person_id) for person_id in people.values_list("pk", flat=True)}
        gone = [pk for pk, owner in owners.items() if owner is not None and owner not in here]
        stale += Session.objects.filter(pk__in=gone).delete()[0]
    return stale


@queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
def every_minute() -> None:
    give_sign_of_life(now=utc_now())


@queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
@queue.lock_task("quality")  # type: ignore[untyped-decorator]
def resume_sweeps() -> None:
    """Scan the sweeps that a page or a program asked for, and go on with those that were decided upon.

    They are carried out, or undone, here too: a page only says that they shall be. What was decided is
    counted for the public page.
    """
    scan_waiting(now=utc_now())
    go_on(now=utc_now())
    count_decisions()


@queue.periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]
def keep_up_with_listings() -> None:
    """Read what they say anew, and tell those whom what was taken down meanwhile concerns."""
    read_listings(most=READ_AT_ONCE)
    tell_late(now=utc_now())


@queue.periodic_task(crontab(minute="17", hour="3"))  # type: ignore[untyped-decorator]
def every_night() -> None:
    now = utc_now()
    call_command("clearsessions")
    log.info(
        "cleared",
        invitations=clear_expired_invitations(now=now),
        unfinished=remove_unfinished(now=now),
        tries=forget_tries(now=now),
        sessions=clear_sessions_of_nobody(),
        photos=erase_unused_photos(now=now),
        outside_photos=erase_unused_outside_photos(now=now),
        papers=erase_strays(now=now),
        hidings=forget_hidings(now=now),
        erasures=forget_erasures(now=now),
        fingerprints=fingerprint_photos(limit=FINGERPRINTS_A_NIGHT),
    )
    for feature, what in purge_what_is_due(now=now).items():
        log.info("purged", feature=feature, **what)
