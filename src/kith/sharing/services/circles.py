"""Circles: who is in them, for how long they see, and what their members then see.

Every function holds its owner, writes the fact through `ties.services` and puts the
deliveries right before it returns.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kith.core.compiled import CountOf, compiled
from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.people.locks import lock_people
from kith.people.signed_in import myself
from kith.sharing.deliver import deliver_to_members, redeliver, take_from_members
from kith.sharing.models import Audience, Share
from kith.sharing.services.shares import own_circles
from kith.ties import services as ties
from kith.ties.models import (
    MOST_CIRCLES,
    MOST_MEMBERS,
    Circle,
    CircleKind,
    Member,
    Relationship,
    Window,
)

CHANGING = "who is in a circle, for its owner's change"


class TooMany(Refused):
    """A bound by design is reached: it keeps every change small enough to be exact at once."""

    code: ClassVar[str] = "too-many"


class CircleRefused(Refused):
    code: ClassVar[str] = "circle-refused"


@transaction.atomic
def create_circle(
    viewer: Viewer,
    *,
    name: str,
    kind: str = CircleKind.OTHER,
    weight: int = 3,
    window: str = Window.ALL,
    is_default: bool = False,
) -> Circle:
    """:raises CircleRefused: no name, a name taken, or a value out of range. :raises TooMany: 20 already."""
    me = myself(viewer)
    lock_people(me)
    if Circle.objects.visible_to(viewer).count() >= MOST_CIRCLES:
        raise TooMany(_("You have twenty circles. That is the most there can be."))
    circle = Circle(owner_id=me, created_at=viewer.now)
    return _write_circle(circle, name=name, kind=kind, weight=weight, window=window, is_default=is_default)


@transaction.atomic
def change_circle(viewer: Viewer, *, circle_id: int, **changes: str | int | bool) -> Circle:
    """Change a circle's `name`, `kind`, `weight`, `window` or `is_default`.

    A new window counts for what was shown before, too.

    :raises NotThere: not the viewer's. :raises CircleRefused: as in `create_circle`.
    """
    lock_people(myself(viewer))
    circle = own_circle(viewer, circle_id)
    before = circle.window
    _write_circle(circle, **changes)
    if circle.window != before:
        _write_ends(circle)
        redeliver(authors=[circle.owner_id], viewers=_members(circle))
    return circle


def _write_circle(circle: Circle, **values: str | int | bool) -> Circle:
    for field, value in values.items():
        setattr(circle, field, value.strip() if isinstance(value, str) else value)
    if not 1 <= len(circle.name) <= 20:
        raise CircleRefused(_("Give the circle a name of at most 20 characters."))
    known = circle.kind in CircleKind.values and circle.window in Window.values
    if not known or circle.weight not in range(1, 6):
        raise CircleRefused(_("That is not one of the choices."))
    others = Circle.objects.unguarded("a name is compared with the owner's other circles")
    if others.filter(owner=circle.owner_id, name=circle.name).exclude(pk=circle.pk).exists():
        raise CircleRefused(_("You have a circle of that name already."))
    circle.save()
    return circle


def _write_ends(circle: Circle) -> None:
    """Say anew until when the circle sees each thing shown to it."""
    rows = Audience.objects.unguarded("the circle's window has changed").filter(
        author=circle.owner_id, circle=circle
    )
    shares = Share.objects.unguarded("the circle's window has changed")
    starts = dict(shares.filter(pk__in=rows.values("share")).values_list("pk", "visible_from"))
    audiences = list(rows)
    for audience in audiences:
        audience.visible_until = Window(circle.window).end(starts[audience.share_id])
    Audience.objects.unguarded("the circle's window has changed").bulk_update(
        audiences, ["visible_until"], batch_size=500
    )


@transaction.atomic
def delete_circle(viewer: Viewer, *, circle_id: int) -> None:
    """Remove a circle: what was shown to it alone is from now on shown to nobody."""
    lock_people(myself(viewer))
    circle = own_circle(viewer, circle_id)
    concerned = _members(circle)
    circle.delete()
    redeliver(authors=[myself(viewer)], viewers=concerned)


@transaction.atomic
def add_members(viewer: Viewer, *, circle_id: int, person_ids: Collection[int]) -> None:
    """Put friends into a circle; they see at once what it sees.

    :raises NotThere: not the viewer's circle, or one of them is no friend.
    :raises TooMany: more than 150 in one circle.
    """
    me = myself(viewer)
    lock_people(me, *person_ids)
    put_in(me, circle_id, person_ids)


@transaction.atomic
def remove_member(viewer: Viewer, *, circle_id: int, person_id: int) -> None:
    """Take somebody out of a circle; they are not told. Nothing happens if they are not in it.

    :raises NotThere: not the viewer's circle.
    """
    me = myself(viewer)
    lock_people(me)
    if ties.take_out(me, circle_id, [person_id]):
        take_from_members(me, circle_id, [person_id])
    else:
        own_circle(viewer, circle_id)


def own_circle(viewer: Viewer, circle_id: int) -> Circle:
    """:raises NotThere: not one of the viewer's circles."""
    [circle] = own_circles(viewer, [circle_id])
    return circle


def put_in(owner_id: int, circle_id: int, person_ids: Collection[int]) -> None:
    """Put friends of somebody who is held into a circle of theirs.

    :raises NotThere: no circle of theirs, or one of the people is no friend.
    :raises TooMany: more than 150 in one circle.
    """
    people = set(person_ids)
    found = next(iter(_look_into(owner=owner_id, circle=circle_id, people=people)), None)
    if found is None or found.friends != len(people):
        raise NotThere
    if found.others + len(people) > MOST_MEMBERS:
        raise TooMany(_("A circle holds at most 150 people."))
    ties.put_in(owner_id, circle_id, people)
    deliver_to_members(owner_id, circle_id, people)


@compiled()
def _look_into(owner: int, circle: int, people: Collection[int]) -> QuerySet[Any, Any]:
    """A circle: how many of some people are its owner's friends, and how many others are in it."""
    friends = Relationship.objects.unguarded(CHANGING).filter(
        owner=owner, other__among=people, friend_at__isnull=False
    )
    others = Member.objects.unguarded(CHANGING).filter(~Q(person__among=people), owner=owner, circle=circle)
    circles = Circle.objects.unguarded(CHANGING).filter(pk=circle, owner=owner)
    return circles.annotate(friends=CountOf(friends), others=CountOf(others)).values_list("friends", "others")


def _members(circle: Circle) -> list[int]:
    rows = Member.objects.unguarded(CHANGING).filter(circle=circle)
    return list(rows.values_list("person", flat=True))
