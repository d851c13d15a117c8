"""What becomes of a feature's content once it has been wound down: it is erased, and the log says what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from kith.audience.viewer import CIRCLES, STRANGERS
from kith.rollout.queries import due_for_purge
from kith.rollout.services import record_purge
from kith.sharing.services.purging import purge as purge_inside
from kith.strangers.services.purging import purge as purge_outside

PURGES: Mapping[str, Callable[..., dict[str, int]]] = {CIRCLES: purge_inside, STRANGERS: purge_outside}
"""By feature, what erases all of it and says how many of what."""


def purge_what_is_due(*, now: datetime) -> dict[str, dict[str, int]]:
    """Erase the content of every feature whose last day is over, and write down what it was."""
    purged = {}
    for feature in due_for_purge(now):
        purged[feature] = PURGES[feature](now=now)
        record_purge(feature, purged[feature], now=now)
    return purged
