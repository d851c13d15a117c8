"""What an exchange of letters is to its two ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max

from kith.strangers.models import Exchange, Letter

WISH_LIFE = timedelta(days=30)
"""So long a wish waits for the other's. One that is forgotten must not act years later."""


def ends(exchange: Exchange, person_id: int | None) -> tuple[str, str]:
    """Which end of an exchange somebody is, and which the other, as the names of its columns begin."""
    return ("starter", "greeted") if exchange.starter_id == person_id else ("greeted", "starter")


def is_alive(wished_at: datetime | None, now: datetime) -> bool:
    """Whether a wish made then still counts."""
    return wished_at is not None and now < wished_at + WISH_LIFE


def has_letters_both_ways(exchanges: Sequence[Exchange]) -> set[int]:
    """Of these exchanges, the ids of those in which each has written a letter. A greeting is none."""
    letters = Letter.objects.unguarded("whether both ends of an exchange have written")
    begun = {exchange.pk: exchange for exchange in exchanges if exchange.answered_at is not None}
    rows = letters.filter(exchange__in=begun).order_by().values_list("exchange", "author")
    latest = rows.annotate(latest=Max("at"))
    wrote = {(pk, author) for pk, author, at in latest if at > begun[pk].started_at}
    return {
        pk
        for pk, exchange in begun.items()
        if {(pk, exchange.starter_id), (pk, exchange.greeted_id)} <= wrote
    }
