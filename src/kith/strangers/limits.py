"""How much one person may do outside in an hour and in a day.

Counted from the rows of what they did, under the lock on the person: nothing can be forgotten or
outrun. What they erased themselves counts for a day as if it stood there still.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core.errors import Refused
from kith.core.guard import GuardedQuerySet, Viewer
from kith.strangers.erasures import Erasure
from kith.strangers.models import Exchange, Letter, Persona, Post, PostComment, Reaction

COUNTING = "counts what one person did lately, to keep its limit"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Kind = Literal["post", "comment", "like", "greeting", "letter"]


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of one kind in any sixty minutes, and in any twenty-four hours."""

    an_hour: int
    a_day: int


LIMITS: dict[str, Limit] = {
    "post": Limit(5, 20),
    "comment": Limit(30, 150),
    "like": Limit(100, 500),
    "greeting": Limit(5, 20),
    "letter": Limit(60, 300),
}
FIRST_LIMITS: dict[str, Limit] = {
    "post": Limit(2, 5),
    "comment": Limit(10, 40),
    "like": Limit(40, 150),
    "greeting": Limit(2, 5),
    "letter": Limit(20, 100),
}
"""Of personas that are new, and of people whose telephone is not confirmed: most fraud is by such."""
NEW = timedelta(days=7)

MOST_HIDDEN = 500
"""Numbers that one person may hide from."""
HIDDEN_AN_HOUR = 100
HIDDEN_A_DAY = 300
"""Numbers that may be added to those, so that nobody can try out all there are."""


class TooFast(Refused):
    """So much in so short a time. `again_at` says when one may go on."""

    code: ClassVar[str] = "too-fast"
    status: ClassVar[int] = 429

    def __init__(self, sentence: str, *, again_at: datetime) -> None:
        super().__init__(sentence)
        self.again_at = again_at


def require_room(viewer: Viewer, *, kind: Kind) -> None:
    """Let somebody do one more. The caller holds the person.

    :raises TooFast: the limit of the hour or of the day is reached; it says when there is room again.
    """
    limit = limit_of(viewer, kind=kind)
    again = [_room_at(viewer, kind, limit.an_hour, HOUR), _room_at(viewer, kind, limit.a_day, DAY)]
    later = [instant for instant in again if instant is not None]
    if later:
        raise TooFast(_sentence(max(later) - viewer.now), again_at=max(later))


def limit_of(viewer: Viewer, *, kind: Kind) -> Limit:
    """What holds for this viewer now."""
    personas = Persona.objects.unguarded(COUNTING).filter(person=viewer.person_id)
    known = personas.filter(created_at__lte=viewer.now - NEW, person__phone_verified=True)
    return (LIMITS if known.exists() else FIRST_LIMITS)[kind]


def _room_at(viewer: Viewer, kind: Kind, most: int, span: timedelta) -> datetime | None:
    """When the oldest of the `most` latest has left the span; None: there is room now."""
    rows, at = _done(viewer, kind)
    lately = rows.filter(**{f"{at}__gt": viewer.now - span}).order_by(f"-{at}")
    gone = Erasure.objects.visible_to(viewer).filter(kind=kind, at__gt=viewer.now - span)
    erased = list(gone.order_by("-at").values_list("at", flat=True)[:most])
    # What is erased can only push the oldest of the latest back by as many places.
    first = max(0, most - 1 - len(erased))
    instants = sorted([*lately.values_list(at, flat=True)[first:most], *erased], reverse=True)
    oldest = instants[most - 1 - first : most - first]
    return oldest[0] + span if oldest else None


def count_erased(person_id: int, *, kind: Kind, at: datetime, now: datetime) -> None:
    """Let what somebody erases go on counting in their limits. :param at: when they wrote it."""
    if at > now - DAY:
        Erasure.objects.create(person_id=person_id, kind=kind, at=at)


def forget_erasures(*, now: datetime) -> int:
    """Forget what was erased, once no limit asks for it. Run from time to time."""
    old = Erasure.objects.unguarded("no limit asks for them any more").filter(at__lte=now - DAY)
    deleted: int = old.delete()[0]
    return deleted


def _done(viewer: Viewer, kind: Kind) -> tuple[GuardedQuerySet[Any], str]:
    """The rows of what they did, and the column of when."""
    me = viewer.person_id
    match kind:
        case "post":
            return Post.objects.unguarded(COUNTING).filter(author=me), "created_at"
        case "comment":
            return PostComment.objects.unguarded(COUNTING).filter(author=me), "at"
        case "like":
            return Reaction.objects.unguarded(COUNTING).filter(person=me), "liked_at"
        case "greeting":
            return Exchange.objects.unguarded(COUNTING).filter(starter=me), "started_at"
        case "letter":
            return Letter.objects.unguarded(COUNTING).filter(author=me), "at"


def _sentence(wait: timedelta) -> str:
    """Say how long to wait, never less than it takes."""
    minutes = max(1, ceil(wait / timedelta(minutes=1)))
    if minutes <= 90:
        pause = ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    else:
        hours = ceil(minutes / 60)
        pause = ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    return _("That was a lot in a short time. You can go on in %(pause)s.") % {"pause": pause}
