"""What may become of a listing, and of a shop: the one table of legal steps."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.shop.models import HoldState

LIVE = ""
"""The state of a listing, or a shop, of which nothing has been decided."""
CLOSED = "closed"
"""The state of a shop that sells nothing any more."""
STATES_OF_LISTINGS = (LIVE, *HoldState.values)


class Act(models.TextChoices):
    """What is decided. The codes are stable."""

    SUSPECT = "suspect", _("frozen")
    REMOVE = "remove", _("taken down")
    RECALL = "recall", _("recalled")
    REINSTATE = "reinstate", _("reinstated")
    CLOSE = "close", _("shop closed")
    REOPEN = "reopen", _("shop opened again")


@dataclass(frozen=True, slots=True)
class Transition:
    begin: frozenset[str]
    end: str


TRANSITIONS: dict[Act, Transition] = {
    Act.SUSPECT: Transition(frozenset({LIVE}), HoldState.SUSPECTED),
    Act.REMOVE: Transition(frozenset({LIVE, HoldState.SUSPECTED}), HoldState.REMOVED),
    Act.RECALL: Transition(
        frozenset({LIVE, HoldState.SUSPECTED, HoldState.REMOVED}), HoldState.RECALLED
    ),
    Act.REINSTATE: Transition(
        frozenset({HoldState.SUSPECTED, HoldState.REMOVED, HoldState.RECALLED}), LIVE
    ),
    Act.CLOSE: Transition(frozenset({LIVE}), CLOSED),
    Act.REOPEN: Transition(frozenset({CLOSED}), LIVE),
}  # fmt: skip
"""A recall may follow a takedown, since that a thing is dangerous is often learnt last; a takedown never
follows a recall, of which the buyers have been told."""
OF_SHOPS = frozenset({Act.CLOSE, Act.REOPEN})
AGAINST = frozenset({Act.SUSPECT, Act.REMOVE, Act.RECALL, Act.CLOSE})
"""What a merchant is given reasons for and may appeal against."""
TELLS_BUYERS = frozenset({Act.REMOVE, Act.RECALL})


def may_follow(act: Act, state: str) -> bool:
    return state in TRANSITIONS[act].begin
