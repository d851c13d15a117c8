"""Reads of the viewer's own ties: friends, circles, requests. Nobody reads anybody else's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from kith.core.compiled import CountOf, Nested, compiled
from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.people.models import Person
from kith.ties.models import Circle, FriendRequest, Invitation, Member, Relationship


@dataclass(frozen=True, slots=True)
class Face:
    """A person as this viewer knows them.

    `name` is what the viewer calls them, `circles` are the viewer's own circles that hold them.
    """

    id: int
    name: str
    handle: str
    circles: tuple[str, ...] = ()
    is_me: bool = False
    source: str | None = None
    external_id: str | None = None

    @property
    def initial(self) -> str:
        return self.name[:1].upper()


@dataclass(frozen=True, slots=True)
class Friend:
    face: Face
    alias: str
    friend_at: datetime
    muted: bool
    hidden_from: bool


@dataclass(frozen=True, slots=True)
class CircleSummary:
    id: int
    name: str
    kind: str
    weight: int
    window: str
    is_default: bool
    size: int


@dataclass(frozen=True, slots=True)
class CircleDetail:
    summary: CircleSummary
    members: tuple[Face, ...]
    others: tuple[Face, ...]
    """Friends who are not in it."""


@dataclass(frozen=True, slots=True)
class RequestCard:
    id: int
    face: Face
    note: str
    sent_at: datetime
    suggested_circle: int | None = None
    """For the recipient: the circle of theirs that they made the invitation for."""


def faces(viewer: Viewer, person_ids: Collection[int]) -> dict[int, Face]:
    """Say who these people are to the viewer. One query, however many they are.

    Whether the viewer may know of them is the caller's affair: faces belong to things seen.
    """
    if not person_ids:
        return {}
    return {row.pk: face_of(viewer, row) for row in _people(viewer, people=set(person_ids))}


@compiled()
def _people(viewer: Viewer, people: Collection[int]) -> QuerySet[Any, Any]:
    rows = known_to(viewer, Person.objects.filter(pk__among=people), who="pk")
    return rows.values_list(*columns_of_face())


def known_to(viewer: Viewer, rows: QuerySet[Any, Any], *, who: str) -> QuerySet[Any, Any]:
    """Fetch with rows what the viewer calls the people in a column, and their circles that hold them."""
    named = Relationship.objects.visible_to(viewer).filter(other=OuterRef(who))
    held = Member.objects.visible_to(viewer).filter(person=OuterRef(who)).order_by("circle__name")
    known: QuerySet[Any, Any] = rows.annotate(
        alias=Subquery(named.values("alias")), held_in=Nested(held.values("circle__name"))
    )
    return known


def columns_of_face(*, at: str = "") -> list[str]:
    """What `face_of` needs of a row that is `known_to` the viewer. :param at: how one gets to the person."""
    return [*(f"{at}{name}" for name in ("pk", *_OF_FACE)), "alias", "held_in"]


_OF_FACE = ("handle", "display_name", "source", "external_id")


def face_of(viewer: Viewer, row: Any, *, at: str = "") -> Face:
    pk = getattr(row, f"{at}pk")
    handle, name, source, external_id = (getattr(row, f"{at}{column}") for column in _OF_FACE)
    circles = tuple(name for (name,) in row.held_in)
    return Face(pk, row.alias or name, handle, circles, pk == viewer.person_id, source, external_id)


def friends(viewer: Viewer, *, cursor: str | None = None, size: int = 50) -> Page[Friend]:
    """The viewer's friends, longest known first."""
    rows = Relationship.objects.visible_to(viewer).filter(friend_at__isnull=False)
    rows = rows.order_by("friend_at", "other")
    if cursor:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(friend_at__gt=instant) | Q(friend_at=instant, other__gt=after))
    found = list(rows[: size + 1])
    more = len(found) > size
    last = found[size - 1] if more else None
    place = write_cursor(last.friend_at.isoformat(), last.other_id) if last and last.friend_at else None
    return Page(_friends(viewer, found[:size]), place)


def find_friend(viewer: Viewer, person_id: int) -> Friend:
    """:raises NotThere: not a friend of the viewer."""
    row = Relationship.objects.visible_to(viewer).filter(other=person_id, friend_at__isnull=False).first()
    if row is None:
        raise NotThere
    return _friends(viewer, [row])[0]


def _friends(viewer: Viewer, rows: Sequence[Relationship]) -> tuple[Friend, ...]:
    known = faces(viewer, [row.other_id for row in rows])
    return tuple(
        Friend(known[row.other_id], row.alias, row.friend_at, row.muted, row.hidden_from)
        for row in rows
        if row.friend_at is not None
    )


def blocked_people(viewer: Viewer) -> tuple[Face, ...]:
    """Whom the viewer has blocked, so that they can think again."""
    rows = Relationship.objects.visible_to(viewer).filter(blocked=True).values_list("other", flat=True)
    return tuple(sorted(faces(viewer, list(rows)).values(), key=lambda face: face.name))


def circles(viewer: Viewer) -> tuple[CircleSummary, ...]:
    """The viewer's circles with their sizes, oldest first."""
    return tuple(CircleSummary(*row) for row in _circles(viewer))


@compiled()
def _circles(viewer: Viewer) -> QuerySet[Any, Any]:
    members = Member.objects.visible_to(viewer).filter(circle=OuterRef("pk"))
    rows = Circle.objects.visible_to(viewer).order_by("created_at", "pk").annotate(size=CountOf(members))
    return rows.values_list("id", "name", "kind", "weight", "window", "is_default", "size")


def get_circle(viewer: Viewer, circle_id: int) -> CircleDetail:
    """:raises NotThere: not one of the viewer's circles."""
    circle = Circle.objects.visible_to(viewer).filter(pk=circle_id).first()
    if circle is None:
        raise NotThere
    inside = set(Member.objects.visible_to(viewer).filter(circle=circle).values_list("person", flat=True))
    befriended = Relationship.objects.visible_to(viewer).filter(friend_at__isnull=False)
    known = faces(viewer, [*inside, *befriended.values_list("other", flat=True)])
    by_name = sorted(known.values(), key=lambda face: face.name)
    return CircleDetail(
        _summary(circle, len(inside)),
        members=tuple(face for face in by_name if face.id in inside),
        others=tuple(face for face in by_name if face.id not in inside),
    )


def _summary(circle: Circle, size: int) -> CircleSummary:
    return CircleSummary(
        circle.pk, circle.name, circle.kind, circle.weight, circle.window, circle.is_default, size
    )


def requests_in(viewer: Viewer) -> tuple[RequestCard, ...]:
    """Requests that wait for the viewer's answer, newest first."""
    rows = FriendRequest.objects.visible_to(viewer).filter(recipient=viewer.person_id)
    found = list(rows.order_by("-sent_at"))
    known = faces(viewer, [row.sender_id for row in found])
    return tuple(
        RequestCard(row.pk, known[row.sender_id], row.note, row.sent_at, row.suggested_id) for row in found
    )


def requests_out(viewer: Viewer) -> tuple[RequestCard, ...]:
    """Requests that the viewer sent. A declined one looks like one not answered yet."""
    rows = FriendRequest.objects.visible_to(viewer).filter(sender=viewer.person_id)
    found = list(rows.order_by("-sent_at"))
    known = faces(viewer, [row.recipient_id for row in found])
    return tuple(RequestCard(row.pk, known[row.recipient_id], row.note, row.sent_at) for row in found)


def invitations(viewer: Viewer) -> tuple[Invitation, ...]:
    """The viewer's invitations that can still be opened, newest first."""
    rows = Invitation.objects.visible_to(viewer).filter(expires_at__gt=viewer.now)
    return tuple(rows.select_related("circle").order_by("-created_at"))


def find_person_by_handle(viewer: Viewer, handle: str) -> Face | None:
    """Find somebody by their exact handle, unless they and the viewer have shut each other out."""
    return _find(viewer, Q(handle=handle.strip().lstrip("@").lower()))


def find_person_by_phone(viewer: Viewer, phone: str) -> Face | None:
    """Find somebody by their number (E.164) if they allow it; else None, as for no such number."""
    return _find(viewer, Q(phone=phone, phone_verified=True, found_by_phone=True))


def _find(viewer: Viewer, who: Q) -> Face | None:
    person_id = Person.objects.filter(who, is_active=True).values_list("pk", flat=True).first()
    if person_id is None or is_shut_out(viewer, person_id):
        return None
    return faces(viewer, [person_id])[person_id]


def is_shut_out(viewer: Viewer, person_id: int) -> bool:
    """Whether there is a block between the two, either way."""
    rows = Relationship.objects.visible_to(viewer).filter(other=person_id)
    return rows.filter(Q(blocked=True) | Q(blocked_by=True)).exists()


def inviter(viewer: Viewer, token: str) -> Face:
    """Say who made an invitation. Whoever holds the link may know, signed in or not.

    :raises NotThere: no such invitation, expired, or the two have shut each other out.
    """
    invitation = find_invitation(viewer, token)
    return faces(viewer, [invitation.owner_id])[invitation.owner_id]


def find_invitation(viewer: Viewer, token: str) -> Invitation:
    """The invitation of a link, for whoever holds it. :raises NotThere: as `inviter`."""
    if not token.isprintable():  # PostgreSQL takes no NUL in text
        raise NotThere
    rows = Invitation.objects.unguarded("whoever holds the link may know who made it")
    found = rows.filter(token=token, expires_at__gt=viewer.now, owner__is_active=True).first()
    if found is None or is_shut_out(viewer, found.owner_id):
        raise NotThere
    return found


def how_much_trusted(viewer: Viewer, person_ids: Collection[int]) -> dict[int, int]:
    """For each person, the greatest weight of the viewer's circles that hold them."""
    rows = Member.objects.visible_to(viewer).filter(person__in=set(person_ids))
    trusted: dict[int, int] = {}
    for person_id, weight in rows.values_list("person", "circle__weight"):
        trusted[person_id] = max(weight, trusted.get(person_id, 0))
    return trusted
