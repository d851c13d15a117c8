"""What is held about a person inside: for their copy of it, and before it is erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model

from kith.core.copying import plain_row
from kith.notices.models import OUTSIDE, Notice
from kith.people.models import AccessToken, Consent, Person, Purpose, SharingPreference
from kith.sharing.models import Audience, Comment, Like, Share, SharePhoto
from kith.shop.models import MerchantStaff, Order, OrderLine
from kith.ties.models import Circle, FriendRequest, Invitation, Member, Relationship

COPY = "a person's copy of what is held about them"
ERASE = "an account is erased"

SECRET = {"password", "digest", "token"}
"""Never copied out: whoever holds a copy must not be able to sign in with it."""
OTHERS_SAY = {"blocked_by", "muted_by", "hidden_by", "shows"}
"""On a row about somebody else: what that person has chosen is theirs to know."""
OUTSIDE_ONLY = {"contact", "contact_of", "avoids", "avoided_by"}
"""On the same row: it would tell who somebody is outside, or whose number it was that one hides from."""


def tables(me: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What is held about a person inside, by name of the file.

    What other people have said about them by blocking, muting or hiding is not theirs to know,
    and so is not in it.
    """
    for name, rows in _rows(me):
        yield name, [plain_row(row, without=_without(row, me)) for row in rows]


def _rows(me: int) -> Iterator[tuple[str, Iterable[Model]]]:
    """Which rows are about a person."""
    yield "person", Person.objects.filter(pk=me)
    yield "consents", Consent.objects.filter(person=me).exclude(purpose=Purpose.STRANGERS).order_by("at")
    yield "sharing_preference", SharingPreference.objects.filter(person=me)
    yield "access_tokens", AccessToken.objects.filter(person=me)
    yield "friends", Relationship.objects.unguarded(COPY).filter(owner=me, friend_at__isnull=False)
    yield "blocked", Relationship.objects.unguarded(COPY).filter(owner=me, blocked=True)
    yield "circles", Circle.objects.unguarded(COPY).filter(owner=me)
    yield "circle_members", Member.objects.unguarded(COPY).filter(owner=me)
    yield "requests_received", FriendRequest.objects.unguarded(COPY).filter(recipient=me, declined_at=None)
    yield "requests_sent", FriendRequest.objects.unguarded(COPY).filter(sender=me, taken_back_at=None)
    yield "invitations", Invitation.objects.unguarded(COPY).filter(owner=me)
    yield "shares", Share.objects.unguarded(COPY).filter(author=me)
    yield "audiences", Audience.objects.unguarded(COPY).filter(author=me)
    yield "share_photos", SharePhoto.objects.unguarded(COPY).filter(author=me)
    yield "comments", Comment.objects.unguarded(COPY).filter(author=me)
    yield "useful", Like.objects.unguarded(COPY).filter(person=me)
    yield "orders", Order.objects.unguarded(COPY).filter(buyer=me)
    yield "order_lines", OrderLine.objects.unguarded(COPY).filter(buyer=me)
    yield "notices", Notice.objects.unguarded(COPY).filter(recipient=me).exclude(kind__in=OUTSIDE)
    yield "merchants_served", MerchantStaff.objects.filter(person=me)


def _without(row: Model, me: int) -> set[str]:
    if isinstance(row, Relationship):
        return SECRET | OTHERS_SAY | OUTSIDE_ONLY
    if isinstance(row, FriendRequest):
        theirs = "suggested" if row.sender_id == me else "circle"
        return SECRET | {"declined_at", "taken_back_at", theirs}
    return SECRET


def empty_orders(person_id: int) -> None:
    """Take a person out of their orders, which stay with the merchants, who have to keep their books.

    Name, telephone and address are emptied, and why something came back; a city remains.
    """
    orders = Order.objects.unguarded(ERASE).filter(buyer=person_id)
    orders.update(recipient="", phone="", address="")
    OrderLine.objects.unguarded(ERASE).filter(buyer=person_id).update(reason="")
