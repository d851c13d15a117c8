"""Hiding, erasing, showing again, and changing who sees: one's own shares, one by one or many at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kith.core.batches import in_batches
from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.media.services import erase_photos
from kith.notices.models import NoticeKind
from kith.notices.services import forget, forget_many
from kith.people.locks import lock_people
from kith.people.signed_in import myself
from kith.sharing.deliver import redeliver
from kith.sharing.models import Audience, Comment, Share, ShareKind, SharePhoto
from kith.sharing.services.shares import (
    OWN,
    audience_of,
    open_author,
    own_circles,
    own_share,
    show_to,
)
from kith.sharing.services.standing import MayNotShare
from kith.ties.models import Circle

_SENSITIVE = Q(category__sensitive=True) | Q(listing__category__sensitive=True)


@transaction.atomic
def hide_share(viewer: Viewer, *, share_id: int) -> None:
    """Show it to nobody; its author keeps it and can show it again."""
    share = own_share(viewer, share_id)
    if share.hidden_at is None:
        share.hidden_at = viewer.now
        _settle(share, now=viewer.now)


@transaction.atomic
def show_share(viewer: Viewer, *, share_id: int) -> None:
    """Show again what was hidden.

    :raises NotThere: not the viewer's.
    :raises MayNotShare: the shop's staff withdrew it, or sharing is not open.
    """
    share = own_share(viewer, share_id)
    open_author(viewer)
    if share.withdrawn_by_staff:
        raise MayNotShare(_("The shop has taken this back. You cannot show it again."))
    share.hidden_at = None
    _settle(share, now=viewer.now)


def _settle(share: Share, *, now: datetime) -> None:
    """Show it to nobody while its author hides it, or the shop has taken it back."""
    away = share.hidden_at is not None or share.withdrawn_by_staff
    share.withdrawn_at = (share.withdrawn_at or now) if away else None
    share.save(update_fields=["hidden_at", "withdrawn_by_staff", "withdrawn_at"])
    redeliver(authors=[share.author_id], shares=[share.pk])


@transaction.atomic
def withdraw_by_staff(*, share_id: int, on: bool, now: datetime) -> None:
    """Take something back for the shop, or (not `on`) undo that. Its author cannot show it meanwhile.

    What its author hides stays hidden, and what lies on a sensitive shelf stays taken back.

    :raises NotThere: no such share.
    """
    shares = Share.objects.unguarded("staff take back what breaks the rules").filter(pk=share_id)
    author = shares.values_list("author", flat=True).first()
    if author is None:
        raise NotThere
    lock_people(author)
    share = shares.get()
    share.withdrawn_by_staff = on or shares.filter(_SENSITIVE).exists()
    _settle(share, now=now)


@transaction.atomic
def withdraw_sensitive(*, now: datetime, listing_ids: Collection[int] | None = None) -> int:
    """Take back what there is of things on a shelf that has become sensitive; say how many shares.

    Also what its author hides, who could otherwise show it again. Called after shelves or what
    lies on them have changed.

    :param listing_ids: only what is shown of these.
    """
    shares = Share.objects.unguarded("things of a sensitive kind are never shown")
    shown = shares.filter(_SENSITIVE, withdrawn_by_staff=False)
    if listing_ids is not None:
        shown = shown.filter(listing__in=listing_ids)
    lock_people(*shown.order_by().values_list("author", flat=True).distinct())
    found = list(shown.values_list("pk", "author"))
    for some in in_batches(found, 500):
        ids = [share_id for share_id, _author in some]
        shares.filter(pk__in=ids).update(withdrawn_by_staff=True, withdrawn_at=Coalesce("withdrawn_at", now))
        redeliver(authors={author for _share, author in some}, shares=ids)
    return len(found)


@transaction.atomic
def delete_share(viewer: Viewer, *, share_id: int) -> None:
    """Erase it with all that was said under it; also cancels one that is still held."""
    share = own_share(viewer, share_id)
    attached = SharePhoto.objects.unguarded(OWN).filter(share=share)
    erase_photos([row.photo for row in attached.select_related("photo")])
    comments = Comment.objects.unguarded("notices of comments go with the share").filter(share=share)
    for comment_id in comments.values_list("pk", flat=True):
        for kind in (NoticeKind.COMMENT, NoticeKind.ANSWER, NoticeKind.REPLY):
            forget(kind=kind, subject=comment_id)
    forget_many(kinds=(NoticeKind.CORRECTION, NoticeKind.CORRECTED), subjects=[share.pk])
    share.delete()


@transaction.atomic
def change_audience(
    viewer: Viewer, *, share_id: int, circle_ids: Collection[int], to_everyone: bool = False
) -> Share:
    """Show it to these circles instead.

    :raises NotThere: not the viewer's, or one of the circles is not.
    :raises MayNotShare: something other than a review to everyone, or sharing is not open.
    """
    share = own_share(viewer, share_id)
    open_author(viewer)
    circles = own_circles(viewer, circle_ids)
    if to_everyone and share.kind != ShareKind.REVIEW:
        raise MayNotShare(_("Only a review can be shown to everyone."))
    share.to_everyone = to_everyone
    share.save(update_fields=["to_everyone"])
    show_to(share, circles)
    return share


@transaction.atomic
def change_past(
    viewer: Viewer,
    *,
    action: Literal["hide", "show", "audience"],
    kinds: Collection[str] | None = None,
    before: datetime | None = None,
    circle_ids: Collection[int] = (),
) -> int:
    """Do one thing to many of one's shares; say how many it touched.

    :param before: only what was visible from before this instant.
    """
    me = myself(viewer)
    if action == "hide":
        lock_people(me)
    else:
        open_author(viewer)
    circles = own_circles(viewer, circle_ids)
    rows = Share.objects.unguarded(OWN).filter(author=me)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    if before is not None:
        rows = rows.filter(visible_from__lt=before)
    match action:
        case "hide":
            rows = rows.filter(hidden_at=None)
        case "show":
            rows = rows.filter(hidden_at__isnull=False, withdrawn_by_staff=False)
    chosen = list(rows.only("author", "visible_from"))
    for some in in_batches(chosen, 500):
        ids = [share.pk for share in some]
        shares = Share.objects.unguarded(OWN).filter(pk__among=ids)
        if action == "audience":
            _replace_audiences(me, some, circles)
        elif action == "hide":
            shares.update(hidden_at=viewer.now, withdrawn_at=Coalesce("withdrawn_at", viewer.now))
        else:
            shares.update(hidden_at=None, withdrawn_at=None)
        redeliver(authors=[me], shares=ids)
    return len(chosen)


def _replace_audiences(author_id: int, shares: Sequence[Share], circles: Sequence[Circle]) -> None:
    ids = [share.pk for share in shares]
    Audience.objects.unguarded(OWN).filter(author=author_id, share__in=ids).delete()
    rows = [audience for share in shares for audience in audience_of(share, circles)]
    Audience.objects.bulk_create(rows, batch_size=1000)
    Share.objects.unguarded(OWN).filter(pk__in=ids).update(to_everyone=False)
