"""Where sight is revoked: an author, a viewer, and shares of the one that the other sees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kith.sharing.models import Share

WHY = "the bench looks who is shown what"
SHORT = timedelta(days=3)
MOST_SHARES, MOST_SCENES = 20, 300
LASTING = timedelta(days=1)
"""What ends sooner is in no sight: it might end by itself while this runs."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A share, its author, and somebody who sees it. No other scene is about either of the two.

    :param shares: of the same author, this one among them.
    :param circles: those of the author's that hold the viewer, with their windows.
    :param audience: all circles that it is shown to.
    :param others: to whom else it was delivered, who are in no scene as its author or viewer.
    """

    author: int
    viewer: int
    share: int
    shares: Collection[int]
    circles: Mapping[int, str]
    audience: Collection[int]
    is_old: bool
    """It would be gone from a circle with the shortest window."""
    others: Sequence[int] = ()


def find_scenes(choices: Mapping[str, Any]) -> list[Scene]:
    """Of the pairs that may be seen, those that have no person in common with one before.

    Those in which the most is to be seen: there an act revokes the most.
    """
    from kith.sharing.models import Share  # noqa: PLC0415 (Django is set up by now)

    taken, scenes = set[int](), []
    for pair in choices["pairs"]:
        share = Share.objects.unguarded(WHY).filter(pk=pair["share"]).first()
        if not pair["may"] or share is None or {share.author_id, pair["viewer"]} & taken:
            continue
        if find_sight(pair["viewer"], [share.pk]):
            taken |= {share.author_id, pair["viewer"]}
            scenes.append(_scene(share, pair["viewer"]))
    scenes = [replace(scene, others=_others(scene, taken)) for scene in scenes]
    return sorted(scenes, key=lambda scene: -len(scene.shares) * (1 + len(scene.others)))[:MOST_SCENES]


def _scene(share: Share, viewer: int) -> Scene:
    from kith.core.clock import utc_now  # noqa: PLC0415
    from kith.sharing.models import Audience, Delivery  # noqa: PLC0415
    from kith.ties.models import Member  # noqa: PLC0415

    audience = Audience.objects.unguarded(WHY).filter(share=share).values_list("circle", flat=True)
    held = Member.objects.unguarded(WHY).filter(circle__owner=share.author_id, person=viewer)
    shown = Delivery.objects.unguarded(WHY).filter(viewer=viewer, author=share.author_id).order_by("share")
    # What is shown to everybody is seen by those who are in no circle, too.
    more = shown.exclude(share=share).exclude(share__to_everyone=True)
    return Scene(
        author=share.author_id, viewer=viewer, share=share.pk,
        shares=(share.pk, *more.values_list("share", flat=True)[: MOST_SHARES - 1]),
        circles=dict(held.values_list("circle", "circle__window")), audience=list(audience),
        is_old=share.visible_from + SHORT < utc_now(),
    )  # fmt: skip


def _others(scene: Scene, taken: Collection[int]) -> list[int]:
    from kith.sharing.models import Delivery  # noqa: PLC0415

    rows = Delivery.objects.unguarded(WHY).filter(share=scene.share)
    shown = rows.order_by("viewer").values_list("viewer", flat=True)
    return [person_id for person_id in shown if person_id not in taken]


def find_sight(person_id: int, shares: Collection[int]) -> list[int]:
    """Which of these shares somebody sees, and will not stop to see by themselves for a while."""
    from kith.core.clock import utc_now  # noqa: PLC0415 (Django is set up by now)
    from kith.sharing.models import Delivery  # noqa: PLC0415

    rows = Delivery.objects.unguarded("the bench looks until when they are shown").filter(viewer=person_id)
    lasting = rows.filter(share__in=shares, visible_until__gt=utc_now() + LASTING)
    return sorted(fresh_look()(person_id, list(lasting.values_list("share", flat=True))))


def fresh_look() -> Callable[[int, Collection[int]], Collection[int]]:
    """Ask who it is, how far the circle side is open to them, and which of these they see."""
    from kith.core.clock import utc_now  # noqa: PLC0415 (Django is set up by now)
    from kith.sharing.queries import sees  # noqa: PLC0415

    def look(person_id: int, shares: Collection[int]) -> Collection[int]:
        return sees(person_id, utc_now(), share_ids=list(shares))

    return look
