"""A person's rights over what is held about them: a copy, and erasure."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Model

from kith.core.guard import Viewer
from kith.core.ids import write_id
from kith.media.models import Photo
from kith.media.queries import open_photo
from kith.media.services import erase_photos
from kith.notices.models import Notice
from kith.people.locks import lock_people
from kith.people.models import AccessToken, Consent, Person, SharingPreference
from kith.people.services import forget_traces
from kith.sharing.models import Audience, Comment, Like, Share, SharePhoto
from kith.sharing.services.signed_in import myself
from kith.shop.models import MerchantStaff, Order, OrderLine
from kith.ties.models import Circle, FriendRequest, Invitation, Member, Relationship

COPY = "a person's copy of what is held about them"
ERASE = "an account is erased"

SECRET = {"password", "digest", "token"}
"""Never copied out: whoever holds a copy must not be able to sign in with it."""
OTHERS_SAY = {"blocked_by", "muted_by", "hidden_by", "shows"}
"""On a row about somebody else: what that person has chosen is theirs to know."""


def copy_of_data(viewer: Viewer) -> bytes:
    """Everything held about a person, as a ZIP of JSON files and their photos (PIPL art. 45, GDPR art. 15).

    What other people have said about them by blocking, muting or hiding is not theirs to know,
    and so is not in it.
    """
    me = myself(viewer)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _tables(me):
            found = [_plain(row, me) for row in rows]
            archive.writestr(f"{name}.json", json.dumps(found, ensure_ascii=False, indent=1, default=str))
        for photo in Photo.objects.visible_to(viewer):
            _add_photo(archive, photo)
    return out.getvalue()


def _add_photo(archive: zipfile.ZipFile, photo: Photo) -> None:
    with open_photo(photo, "large") as file:
        archive.writestr(f"photos/{write_id(photo.pk)}.webp", file.read())


def _tables(me: int) -> Iterable[tuple[str, Iterable[Model]]]:
    """Which rows are about a person, by name of the file."""
    yield "person", Person.objects.filter(pk=me)
    yield "consents", Consent.objects.filter(person=me).order_by("at")
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
    yield "notices", Notice.objects.unguarded(COPY).filter(recipient=me)
    yield "merchants_served", MerchantStaff.objects.filter(person=me)


def _plain(row: Model, me: int) -> dict[str, Any]:
    hidden = SECRET | (OTHERS_SAY if isinstance(row, Relationship) else set())
    if isinstance(row, FriendRequest):
        theirs = "suggested" if row.sender_id == me else "circle"
        hidden = hidden | {"declined_at", "taken_back_at", theirs}
    return {
        field.attname: _value(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if field.name not in hidden
    }


def _value(value: Any) -> Any:
    """Ids are written as everywhere else outside, so that the files refer to one another."""
    return write_id(value) if isinstance(value, int) and value > 2**31 else value


@transaction.atomic
def erase_person(*, person_id: int) -> None:
    """Erase an account and all that it showed or said, from every feed, at once.

    Orders stay with their merchants, who have to keep their books, without the person: name,
    telephone and address are emptied, and why something came back; a city remains.
    """
    person = lock_people(person_id)[person_id]
    orders = Order.objects.unguarded(ERASE).filter(buyer=person_id)
    orders.update(recipient="", phone="", address="")
    OrderLine.objects.unguarded(ERASE).filter(buyer=person_id).update(reason="")
    erase_photos(list(Photo.objects.unguarded(ERASE).filter(owner=person_id)))
    forget_traces(person)
    person.delete()
