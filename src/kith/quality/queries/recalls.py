"""What a buyer is told of something they bought: what was found, what to do, what they may choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.core.errors import NotThere
from kith.core.guard import GuardedQuerySet, Viewer
from kith.notices.models import Notice, NoticeKind
from kith.quality.models import Decision, RecallClaim, Remedy
from kith.quality.transitions import Act
from kith.quality.words import say_danger, say_finding
from kith.sharing.services import OVER, recalled_back
from kith.shop.cards import HoldCard, LineCard
from kith.shop.models import GONE, OrderLine
from kith.shop.queries import get_line


@dataclass(frozen=True, slots=True)
class RecallCard:
    """A thing that the viewer bought and that was taken down or recalled; or was, and is in order again."""

    line: LineCard
    hold: HoldCard | None
    """None: it was looked at again, and is in order."""
    taken_back_at: datetime | None
    says: str
    danger: str
    words: str
    """What a person added, in their own words."""
    chosen: Remedy | None
    chosen_at: datetime | None
    may_choose: bool


def recalls_of(viewer: Viewer) -> tuple[RecallCard, ...]:
    """All that the viewer bought of what is taken down or recalled now, the newest purchase first."""
    lines = _told(viewer).filter(listing__hold__state__in=GONE).order_by("-placed_at", "-pk")
    return tuple(get_recall(viewer, line_id=pk) for pk in lines.values_list("pk", flat=True))


def get_recall(viewer: Viewer, *, line_id: int) -> RecallCard:
    """What the viewer is told of one thing bought.

    :raises NotThere: not theirs, or nothing was ever decided that buyers are told of.
    """
    line = get_line(viewer, line_id=line_id)
    hold = line.listing.hold
    if hold is None or hold.state not in GONE:
        return _taken_back(viewer, line)
    decision = Decision.objects.get(pk=hold.decision)
    claim: RecallClaim | None = RecallClaim.objects.visible_to(viewer).filter(line=line_id).first()
    recent = line.placed_at > hold.since - recalled_back()
    return RecallCard(
        line=line,
        hold=hold,
        taken_back_at=None,
        says=say_finding(hold),
        danger=say_danger(hold.rule),
        words="" if decision.decided_by_machine else decision.words,
        chosen=Remedy(claim.remedy) if claim else None,
        chosen_at=claim.at if claim else None,
        may_choose=claim is None and recent and line.status not in OVER,
    )


def _told(viewer: Viewer) -> GuardedQuerySet[OrderLine]:
    return OrderLine.objects.visible_to(viewer).filter(buyer=viewer.person_id)


def _taken_back(viewer: Viewer, line: LineCard) -> RecallCard:
    """Of what is in order again: that it is, to those who were told otherwise."""
    told = Notice.objects.visible_to(viewer).filter(kind=NoticeKind.RECALLED, subject=line.id)
    back = Decision.objects.filter(listing=line.listing.id, act=Act.REINSTATE).order_by("-pk").first()
    if back is None or not told.exists():
        raise NotThere
    return RecallCard(
        line=line, hold=None, taken_back_at=back.at, says="", danger="", words="", chosen=None,
        chosen_at=None, may_choose=False,
    )  # fmt: skip
