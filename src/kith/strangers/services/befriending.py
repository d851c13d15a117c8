"""From letters to friends: two strangers who both wish it learn who the other is."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.core.guard import Side, Viewer
from kith.notices.models import NoticeKind
from kith.notices.services import forget, tell
from kith.people.locks import locked_people
from kith.strangers.exchanges import ends, has_letters_both_ways, is_alive
from kith.strangers.models import Exchange
from kith.strangers.services.avoiding import forget_wishes
from kith.strangers.services.letters import hold_exchange
from kith.strangers.services.speaker import speaker
from kith.ties import services as ties


class MayNotMeet(Refused):
    code: ClassVar[str] = "may-not-meet"


@transaction.atomic
def wish_to_know(viewer: Viewer, *, exchange_id: int, on: bool) -> int | None:
    """Wish to be friends as shoppers, or wish it no more. When both do, they are friends at once.

    The other is told of a wish, and not of one that is withdrawn. With the friendship each vanishes
    from the other's outside.

    :returns: the new friend's id, for this once, if it was the second wish; else None.
    :raises NotThere: the viewer sees no such exchange.
    :raises MayNotPost: nobody could see the viewer's persona.
    :raises MayNotMeet: letters have not gone both ways yet, one of the two has as many friends as can
        be, or the circle side is switched off.
    """
    exchange = hold_exchange(viewer, exchange_id)
    mine, theirs = ends(exchange, viewer.person_id)
    if not on:
        setattr(exchange, f"{mine}_wishes", None)
        exchange.save(update_fields=[f"{mine}_wishes"])
        forget(kind=NoticeKind.WISH, subject=exchange.pk)
        return None
    speaker(viewer)
    _require_acquainted(exchange)
    if viewer.inside < Side.PUBLIC:
        raise MayNotMeet(_("Nobody can become friends at the moment. Please try again later."))
    me, other = getattr(exchange, f"{mine}_id"), getattr(exchange, f"{theirs}_id")
    if is_alive(getattr(exchange, f"{theirs}_wishes"), viewer.now):
        _befriend(viewer, exchange, me, other)
        return int(other)
    _wish(viewer, exchange, mine, theirs)
    return None


def _require_acquainted(exchange: Exchange) -> None:
    if not has_letters_both_ways([exchange]):
        raise MayNotMeet(_("Write to each other first: at least one letter each."))


def _wish(viewer: Viewer, exchange: Exchange, mine: str, theirs: str) -> None:
    """Write down a wish, and tell the other once. A wish of theirs that came too long ago is over."""
    if is_alive(getattr(exchange, f"{mine}_wishes"), viewer.now):
        return
    setattr(exchange, f"{mine}_wishes", viewer.now)
    setattr(exchange, f"{theirs}_wishes", None)
    exchange.save(update_fields=["starter_wishes", "greeted_wishes"])
    other = getattr(exchange, f"{theirs}_id")
    tell(other, kind=NoticeKind.WISH, subject=exchange.pk, actor=viewer.person_id, at=viewer.now)


def _befriend(viewer: Viewer, exchange: Exchange, me: int, other: int) -> None:
    people = locked_people(me, other)
    if ties.is_full(me) or ties.is_full(other):
        raise MayNotMeet(_("One of you has 5,000 friends. That is the most there can be."))
    ties.befriend(people[me], people[other], now=viewer.now)
    for request_id in ties.drop_requests(me, other):
        forget(kind=NoticeKind.REQUEST, subject=request_id)
    forget_wishes(me, other)
    forget(kind=NoticeKind.LETTER, subject=exchange.pk)
    tell(me, kind=NoticeKind.ACCEPTED, subject=other, actor=other, at=viewer.now)
    tell(other, kind=NoticeKind.ACCEPTED, subject=me, actor=me, at=viewer.now)
