"""What becomes of a feature's content once it has been wound down: it is erased, and the log says what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from kith.audience.viewer import CIRCLES, STRANGERS
from kith.rollout.queries import due_for_purge
from kith.rollout.services import hold_if_due, record_purge
from kith.sharing.services.purging import purge as purge_inside
from kith.strangers.services.purging import purge as purge_outside

PURGES: Mapping[str, Callable[..., dict[str, int]]] = {CIRCLES: purge_inside, STRANGERS: purge_outside}
"""By feature, what erases all of it and says how many of what."""


def purge_what_is_due(*, now: datetime) -> dict[str, dict[str, int]]:
    """Erase the content of every feature whose last day is over, and write down what it was.

    A feature that is opened again or given more time meanwhile keeps what is left: each piece asks, and
    holds the feature while it erases.
    """
    return {feature: _purge(feature, now) for feature in due_for_purge(now)}


def _purge(feature: str, now: datetime) -> dict[str, int]:
    what = PURGES[feature](now=now, goes_on=lambda: hold_if_due(feature, now))
    with transaction.atomic():
        whole = hold_if_due(feature, now)
        if whole or any(what.values()):
            record_purge(feature, what, now=now, whole=whole)
    return what
