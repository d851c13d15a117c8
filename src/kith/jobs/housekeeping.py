"""What the worker does by itself: a sign of life every minute, and clearing away what has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.core.management import call_command
from huey import crontab

from kith.core.clock import utc_now
from kith.jobs.queue import queue
from kith.people.services import forget_tries, remove_unfinished
from kith.sharing.services import erase_unused_photos
from kith.ties.models import Invitation

log = structlog.get_logger("kith.jobs")

_SIGN_OF_LIFE = "worker-alive-at"
SILENCE_ALLOWED = timedelta(minutes=3)
"""The sign comes every minute; two may be late while the worker is busy."""


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


@queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
def every_minute() -> None:
    give_sign_of_life(now=utc_now())


@queue.periodic_task(crontab(minute="17", hour="3"))  # type: ignore[untyped-decorator]
def every_night() -> None:
    now = utc_now()
    call_command("clearsessions")
    log.info(
        "cleared",
        invitations=clear_expired_invitations(now=now),
        unfinished=remove_unfinished(now=now),
        tries=forget_tries(now=now),
        photos=erase_unused_photos(now=now),
    )
