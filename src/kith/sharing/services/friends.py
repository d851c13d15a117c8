"""Becoming friends, parting, and keeping apart: what each then sees of the other.

Every function holds both people, writes the fact through `ties.services` and puts the
deliveries right before it returns.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.notices.services import forget, tell
from kith.people.locks import locked_people
from kith.people.models import Person
from kith.people.signed_in import myself
from kith.sharing.deliver import redeliver
from kith.sharing.services.circles import TooMany, own_circle, put_in
from kith.ties import services as ties
from kith.ties.models import FriendRequest, Invitation, Relationship
from kith.ties.queries import find_invitation, is_shut_out

REQUEST_PAUSE = timedelta(days=30)
"""How long a declined request cannot be repeated."""
INVITATION_LIFE = timedelta(days=7)
MOST_INVITATIONS = 20


class MayNotBefriend(Refused):
    code: ClassVar[str] = "may-not-befriend"


# --- Becoming friends ------------------------------------------------------------


@transaction.atomic
def request_friend(
    viewer: Viewer,
    *,
    recipient_id: int,
    note: str = "",
    circle_id: int | None = None,
    invitation: Invitation | None = None,
) -> FriendRequest | None:
    """Ask somebody to be friends. If they have asked already, that is an acceptance (None).

    :param circle_id: the viewer's circle that the other goes into on accepting.
    :param invitation: what brought the viewer here, if anything.
    :raises NotThere: no such person, or the two have shut each other out.
    :raises MayNotBefriend: oneself, or friends already.
    """
    me = myself(viewer)
    if recipient_id == me:
        raise MayNotBefriend(_("That is you."))
    people = locked_people(me, recipient_id)
    if is_shut_out(viewer, recipient_id) or not people[recipient_id].is_active:
        raise NotThere
    if _are_friends(me, recipient_id):
        raise MayNotBefriend(_("You are friends already."))
    circle = own_circle(viewer, circle_id) if circle_id is not None else None
    theirs = FriendRequest.objects.visible_to(viewer).filter(sender=recipient_id, recipient=me).first()
    if theirs is not None:
        accept_request(viewer, request_id=theirs.pk, circle_ids=[circle.pk] if circle else [])
        return None
    suggested = invitation.circle if invitation else None
    request = FriendRequest(
        sender_id=me, recipient_id=recipient_id, note=note[:100], circle=circle, suggested=suggested
    )
    return _find_earlier(viewer, recipient_id) or _send(viewer, request)


def _send(viewer: Viewer, request: FriendRequest) -> FriendRequest:
    request.sent_at = viewer.now
    request.save()
    tell(
        request.recipient_id,
        kind=NoticeKind.REQUEST,
        subject=request.pk,
        actor=request.sender_id,
        at=viewer.now,
    )
    return request


def _find_earlier(viewer: Viewer, recipient_id: int) -> FriendRequest | None:
    """A request that still stands, or was declined so lately that nothing new is sent.

    The sender sees no difference between the two.
    """
    rows = FriendRequest.objects.unguarded("a declined request cannot be repeated at once")
    before = rows.filter(sender=viewer.person_id, recipient=recipient_id).first()
    if before is None:
        return None
    if before.declined_at is not None and viewer.now >= before.declined_at + REQUEST_PAUSE:
        before.delete()
        return None
    before.taken_back_at = None
    before.save(update_fields=["taken_back_at"])
    return before


@transaction.atomic
def request_by_invitation(
    viewer: Viewer, *, token: str, note: str = "", circle_id: int | None = None
) -> FriendRequest | None:
    """Answer an invitation link: ask its owner. The owner still decides.

    :raises NotThere: no such invitation, or it has expired.
    """
    invitation = find_invitation(viewer, token)
    return request_friend(
        viewer, recipient_id=invitation.owner_id, note=note, circle_id=circle_id, invitation=invitation
    )


@transaction.atomic
def accept_request(viewer: Viewer, *, request_id: int, circle_ids: Collection[int] = ()) -> None:
    """Become friends, and put the new friend into these circles of the viewer's.

    :raises NotThere: no request to the viewer waits under this id.
    :raises TooMany: one of the two has as many friends, or a circle as many members, as can be.
    """
    me = myself(viewer)
    request = _request_to(viewer, request_id)
    people = locked_people(me, request.sender_id)
    request = _request_to(viewer, request_id)
    for person_id in people:
        _require_room_for_friend(person_id)
    ties.befriend(people[me], people[request.sender_id], now=viewer.now)
    for circle_id in circle_ids:
        put_in(me, circle_id, [request.sender_id])
    if request.circle_id is not None:
        with suppress(TooMany):  # in theirs there may be no room any more
            put_in(request.sender_id, request.circle_id, [me])
    tell(request.sender_id, kind=NoticeKind.ACCEPTED, subject=me, actor=me, at=viewer.now)
    _forget_requests(me, request.sender_id)


def _request_to(viewer: Viewer, request_id: int) -> FriendRequest:
    rows = FriendRequest.objects.visible_to(viewer)
    request = rows.filter(pk=request_id, recipient=viewer.person_id).first()
    if request is None:
        raise NotThere
    return request


def _forget_requests(one: int, two: int) -> None:
    for request_id in ties.drop_requests(one, two):
        forget(kind=NoticeKind.REQUEST, subject=request_id)


@transaction.atomic
def decline_request(viewer: Viewer, *, request_id: int) -> None:
    """Say no. The sender is not told, and cannot ask again for 30 days."""
    request = _request_to(viewer, request_id)
    request.declined_at = viewer.now
    request.save(update_fields=["declined_at"])
    forget(kind=NoticeKind.REQUEST, subject=request.pk)


@transaction.atomic
def withdraw_request(viewer: Viewer, *, request_id: int) -> None:
    """Take back a request. One that was declined stays, or it could be repeated at once."""
    rows = FriendRequest.objects.visible_to(viewer).filter(sender=viewer.person_id, pk=request_id)
    request = rows.first()
    if request is None:
        raise NotThere
    if request.declined_at is None:
        request.delete()
    else:
        request.taken_back_at = viewer.now
        request.save(update_fields=["taken_back_at"])
    forget(kind=NoticeKind.REQUEST, subject=request_id)


@transaction.atomic
def make_invitation(viewer: Viewer, *, circle_id: int | None = None) -> Invitation:
    """Make a link for seven days. Whoever opens it can send the viewer a request.

    :raises TooMany: twenty are open already.
    """
    me = myself(viewer)
    if Invitation.objects.visible_to(viewer).filter(expires_at__gt=viewer.now).count() >= MOST_INVITATIONS:
        raise TooMany(_("You have twenty open invitations. Take one back first."))
    return Invitation.objects.create(
        owner_id=me,
        token=secrets.token_urlsafe(24),
        circle=own_circle(viewer, circle_id) if circle_id is not None else None,
        created_at=viewer.now,
        expires_at=viewer.now + INVITATION_LIFE,
    )


def revoke_invitation(viewer: Viewer, *, invitation_id: int) -> None:
    """:raises NotThere: not an invitation of the viewer's."""
    deleted, _rows = Invitation.objects.visible_to(viewer).filter(pk=invitation_id).delete()
    if not deleted:
        raise NotThere


# --- Parting, and keeping apart ---------------------------------------------------


@transaction.atomic
def unfriend(viewer: Viewer, *, other_id: int) -> None:
    """Stop being friends: each leaves the other's circles, at once and untold.

    :raises NotThere: no such person, or oneself.
    """
    me, other = _the_two(viewer, other_id)
    ties.write_facts(me, other, friend_at=None, muted=False, hidden_from=False)
    _clear_what_they_said_of_me(me, other)
    _part(me, other)


@transaction.atomic
def block(viewer: Viewer, *, other_id: int) -> None:
    """Shut somebody out: no friendship, no request, no word of each other.

    :raises MayNotBefriend: oneself.
    """
    me_id = myself(viewer)
    if other_id == me_id:
        raise MayNotBefriend(_("That is you."))
    people = locked_people(me_id, other_id)
    me, other = people[me_id], people[other_id]
    ties.write_facts(me, other, blocked=True, friend_at=None, muted=False, hidden_from=False)
    _clear_what_they_said_of_me(me, other)
    _forget_requests(me_id, other_id)
    _part(me, other)


@transaction.atomic
def unblock(viewer: Viewer, *, other_id: int) -> None:
    """Let somebody back in as a stranger. If they have blocked the viewer, that stays.

    :raises NotThere: no such person, or oneself.
    """
    me, other = _the_two(viewer, other_id)
    ties.write_facts(me, other, blocked=False)


def _the_two(viewer: Viewer, other_id: int) -> tuple[Person, Person]:
    """Hold the viewer and another."""
    me = myself(viewer)
    if other_id == me:
        raise NotThere
    people = locked_people(me, other_id)
    return people[me], people[other_id]


def _clear_what_they_said_of_me(me: Person, other: Person) -> None:
    """Muting and hiding belong to a friendship; with it they are over on both sides."""
    ties.write_facts(other, me, muted=False, hidden_from=False)


def _part(me: Person, other: Person) -> None:
    ties.part(me, other)
    redeliver(authors=[me.pk], viewers=[other.pk])
    redeliver(authors=[other.pk], viewers=[me.pk])


@transaction.atomic
def set_muted(viewer: Viewer, *, other_id: int, on: bool) -> None:
    """Don't show me theirs. They are not told.

    :raises NotThere: not a friend.
    """
    _write_about_friend(viewer, other_id, muted=on)


@transaction.atomic
def set_hidden_from(viewer: Viewer, *, other_id: int, on: bool) -> None:
    """Don't show them mine. They are not told.

    :raises NotThere: not a friend.
    """
    _write_about_friend(viewer, other_id, hidden_from=on)


def _write_about_friend(viewer: Viewer, other_id: int, **fact: bool) -> None:
    people = locked_people(myself(viewer), other_id)
    if not _are_friends(myself(viewer), other_id):
        raise NotThere
    ties.write_facts(people[myself(viewer)], people[other_id], **fact)


@transaction.atomic
def set_alias(viewer: Viewer, *, other_id: int, alias: str) -> None:
    """What I call them ("Mum"); empty: what they call themselves.

    :raises NotThere: not a friend.
    """
    rows = Relationship.objects.visible_to(viewer).filter(other=other_id, friend_at__isnull=False)
    if not rows.update(alias=alias.strip()[:40]):
        raise NotThere


def _are_friends(one: int, two: int) -> bool:
    rows = Relationship.objects.unguarded("whether two people are friends, before a change to it")
    return rows.filter(owner=one, other=two, friend_at__isnull=False).exists()


def _require_room_for_friend(person_id: int) -> None:
    if ties.is_full(person_id):
        raise TooMany(_("One of you has 5,000 friends. That is the most there can be."))
