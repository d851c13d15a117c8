"""Instants. Everything is UTC and aware; `now` is passed in by the entrances, which ask here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of what has no end: a value and not NULL, so that one comparison serves for all rows."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def local_day(now: datetime) -> date:
    """The day that an instant falls on where the shop is."""
    return now.astimezone(ZoneInfo(settings.DISPLAY_TIME_ZONE)).date()
