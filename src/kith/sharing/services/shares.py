"""Showing something to one's circles, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kith.core.bulk import append
from kith.core.compiled import columns_of, compiled, instance_of
from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.notices.models import NoticeKind
from kith.notices.services import forget
from kith.people.locks import lock_people, locked_people
from kith.people.models import Purpose
from kith.people.queries import has_consented
from kith.people.signed_in import myself
from kith.sharing.deliver import deliver_new, redeliver
from kith.sharing.models import (
    MOST_PHOTOS,
    Audience,
    Outcome,
    Share,
    ShareKind,
    SharePhoto,
)
from kith.sharing.services.standing import MayNotShare
from kith.shop.models import Category, LineStatus, Listing, OrderLine
from kith.ties.models import Circle, Window

OWN = "the author changes their own share"


@transaction.atomic
def share_purchase(viewer: Viewer, *, line_id: int, circle_ids: Collection[int], text: str = "") -> Share:
    """Show one bought item to some of the buyer's circles. Shown again, its audience is changed.

    :raises NotThere: not a line the viewer bought.
    :raises MayNotShare: not arrived yet, a gift, a sensitive category, or sharing is not open.
    """
    me = open_author(viewer)
    line = _own_line(viewer, line_id)
    circles = own_circles(viewer, circle_ids)
    require_shareable(line)
    existing = Share.objects.unguarded(OWN).filter(line=line, kind=ShareKind.PURCHASE).first()
    share = existing or purchase_of(line, author_id=me, visible_from=viewer.now, now=viewer.now)
    share.text = _words(text, required=False, most=2000) or share.text
    if existing is not None:
        share.hidden_at = None
        share.withdrawn_at = share.withdrawn_at if share.withdrawn_by_staff else None
    share.save()
    forget(kind=NoticeKind.MAY_SHARE, subject=line.pk)
    show_to(share, circles)
    return share


def purchase_of(line: OrderLine, *, author_id: int, visible_from: datetime, now: datetime) -> Share:
    """Make the projection of an order line: none of price, quantity, address or number is in it."""
    return Share(
        author_id=author_id,
        kind=ShareKind.PURCHASE,
        listing_id=line.listing_id,
        merchant_id=line.merchant_id,
        category_id=line.listing.category_id,
        line_id=line.pk,
        bought_month=month_of(line.placed_at),
        outcome=outcome_of(line),
        created_at=now,
        visible_from=visible_from,
    )


def month_of(instant: datetime) -> date:
    return instant.date().replace(day=1)


def outcome_of(line: OrderLine) -> Outcome:
    """What became of it, as far as the circle is told: of a gift, or what never came, nothing."""
    if line.is_gift or line.status == LineStatus.CANCELLED:
        return Outcome.NONE
    if line.status == LineStatus.REFUNDED:
        return Outcome.RETURNED
    return Outcome.KEPT if line.delivered_at is not None else Outcome.NONE


def require_shareable(line: OrderLine) -> None:
    """:raises MayNotShare: it says why."""
    if line.delivered_at is None or line.status == LineStatus.CANCELLED:
        raise MayNotShare(_("You can show this once it has arrived."))
    if line.is_gift:
        raise MayNotShare(_("Gifts are never shown."))
    _require_not_sensitive(line.listing.category)


def _require_not_sensitive(category: Category | None) -> None:
    if category is not None and category.sensitive:
        raise MayNotShare(_("Things of this kind are never shown to circles."))


@transaction.atomic
def write_review(
    viewer: Viewer,
    *,
    listing_id: int,
    rating: int,
    text: str,
    circle_ids: Collection[int] = (),
    to_everyone: bool = False,
    photo_ids: Sequence[int] = (),
) -> Share:
    """Say what one thinks of a listing, to circles or, chosen explicitly, to everyone.

    It is tied to the newest of the viewer's order lines of that listing that has no review yet.

    :param rating: 1 to 5 stars.
    :raises NotThere: no such listing, or a circle or photo is not the viewer's.
    :raises MayNotShare: it says why.
    """
    me = open_author(viewer)
    listing = _listing(listing_id)
    circles = own_circles(viewer, circle_ids)
    _require_stars_and_readers(rating, bool(circles) or to_everyone)
    line = _line_to_review(viewer, listing)
    share = Share(
        author_id=me,
        kind=ShareKind.REVIEW,
        listing=listing,
        merchant_id=listing.merchant_id,
        category=listing.category,
        line=line,
        rating=rating,
        text=_words(text, required=False, most=2000),
        to_everyone=to_everyone,
        created_at=viewer.now,
        visible_from=viewer.now,
    )
    if line is not None:
        share.bought_month, share.outcome = month_of(line.placed_at), outcome_of(line)
    return _publish(viewer, share, circles, photo_ids)


def _require_stars_and_readers(rating: int, has_readers: bool) -> None:
    if rating not in range(1, 6):
        raise MayNotShare(_("Give one to five stars."))
    if not has_readers:
        raise MayNotShare(_("Choose who may see it."))


def _line_to_review(viewer: Viewer, listing: Listing) -> OrderLine | None:
    reviewed = Share.objects.unguarded(OWN).filter(
        author=viewer.person_id, kind=ShareKind.REVIEW, line__isnull=False
    )
    lines = OrderLine.objects.visible_to(viewer).filter(
        buyer=viewer.person_id, listing=listing, delivered_at__isnull=False, is_gift=False
    )
    return lines.exclude(pk__in=reviewed.values("line")).order_by("-placed_at", "-pk").first()


@transaction.atomic
def ask_question(
    viewer: Viewer,
    *,
    text: str,
    circle_ids: Collection[int],
    listing_id: int | None = None,
    category: str | None = None,
) -> Share:
    """Ask one's circles about a listing, a category, or anything.

    :raises MayNotShare: no words, no circle, a sensitive category, or sharing is not open.
    """
    return _say(viewer, ShareKind.QUESTION, text, circle_ids, listing_id=listing_id, category=category)


@transaction.atomic
def give_tip(
    viewer: Viewer,
    *,
    text: str,
    circle_ids: Collection[int],
    listing_id: int | None = None,
    photo_ids: Sequence[int] = (),
) -> Share:
    """Tell one's circles something useful.

    :raises MayNotShare: no words, no circle, a sensitive category, or sharing is not open.
    """
    return _say(viewer, ShareKind.TIP, text, circle_ids, listing_id=listing_id, photo_ids=photo_ids)


def _say(
    viewer: Viewer,
    kind: ShareKind,
    text: str,
    circle_ids: Collection[int],
    *,
    listing_id: int | None,
    category: str | None = None,
    photo_ids: Sequence[int] = (),
) -> Share:
    me = open_author(viewer)
    circles = own_circles(viewer, circle_ids)
    if not circles:
        raise MayNotShare(_("Choose who may see it."))
    listing = _listing(listing_id) if listing_id is not None else None
    shelf = listing.category if listing else _category(category)
    share = Share(
        author_id=me,
        kind=kind,
        listing=listing,
        merchant_id=listing.merchant_id if listing else None,
        category=shelf,
        text=_words(text, required=True, most=2000),
        created_at=viewer.now,
        visible_from=viewer.now,
    )
    return _publish(viewer, share, circles, photo_ids)


def _publish(viewer: Viewer, share: Share, circles: Sequence[Circle], photo_ids: Sequence[int]) -> Share:
    _require_not_sensitive(share.category)
    append([share])
    if photo_ids:
        _attach(viewer, share, photo_ids)
    append(audience_of(share, circles))
    deliver_new([share])
    return share


def _attach(viewer: Viewer, share: Share, photo_ids: Sequence[int]) -> None:
    if len(photo_ids) > MOST_PHOTOS:
        raise MayNotShare(_("At most nine photos."))
    used = SharePhoto.objects.unguarded(OWN).filter(photo__in=photo_ids)
    mine = Photo.objects.visible_to(viewer).filter(pk__in=photo_ids, outside=False)
    if used.exists() or mine.count() != len(photo_ids):
        raise NotThere
    SharePhoto.objects.bulk_create(
        SharePhoto(author_id=share.author_id, share=share, photo_id=photo_id, position=position)
        for position, photo_id in enumerate(photo_ids)
    )


def show_to(share: Share, circles: Sequence[Circle]) -> None:
    """Make these circles the audience of a share, and deliver it accordingly."""
    Audience.objects.unguarded(OWN).filter(author=share.author_id, share=share).delete()
    Audience.objects.bulk_create(audience_of(share, circles))
    redeliver(authors=[share.author_id], shares=[share.pk])


def audience_of(share: Share, circles: Sequence[Circle]) -> list[Audience]:
    return [
        Audience(
            author_id=share.author_id,
            share_id=share.pk,
            circle_id=circle.pk,
            visible_until=Window(circle.window).end(share.visible_from),
        )
        for circle in circles
    ]


# --- What an author may work with ---------------------------------------------------


def own_share(viewer: Viewer, share_id: int) -> Share:
    """Hold the author and fetch one of their shares. :raises NotThere: not the viewer's."""
    me = myself(viewer)
    lock_people(me)
    share = Share.objects.unguarded(OWN).filter(author=me, pk=share_id).first()
    if share is None:
        raise NotThere
    return share


def own_circles(viewer: Viewer, circle_ids: Collection[int]) -> list[Circle]:
    """:raises NotThere: one of them is not the viewer's."""
    wanted = set(circle_ids)
    circles = [instance_of(Circle, row) for row in _circles(viewer, wanted=wanted)] if wanted else []
    if len(circles) != len(wanted):
        raise NotThere
    return circles


@compiled()
def _circles(viewer: Viewer, wanted: Collection[int]) -> QuerySet[Any, Any]:
    return Circle.objects.visible_to(viewer).filter(pk__among=wanted).values_list(*columns_of(Circle))


def open_author(viewer: Viewer) -> int:
    """Hold the author; nothing is shared by somebody who has not agreed to it."""
    me = myself(viewer)
    person = locked_people(me)[me]
    if person.suspended_at is not None or not viewer.circle_open:
        raise MayNotShare(_("Open your circles first."))
    if not person.shows and not has_consented(me, Purpose.SHARING):  # who pauses may go on writing
        raise MayNotShare(_("Open your circles first."))
    return me


def _own_line(viewer: Viewer, line_id: int) -> OrderLine:
    rows = OrderLine.objects.visible_to(viewer).select_related("listing__category")
    line = rows.filter(pk=line_id, buyer=viewer.person_id).first()
    if line is None:
        raise NotThere
    return line


def _listing(listing_id: int) -> Listing:
    listing = Listing.objects.select_related("category").filter(pk=listing_id).first()
    if listing is None:
        raise NotThere
    return listing


def _category(code: str | None) -> Category | None:
    if code is None:
        return None
    category = Category.objects.filter(pk=code).first()
    if category is None:
        raise NotThere
    return category


def _words(text: str, *, required: bool, most: int) -> str:
    said = text.replace("\x00", "").strip()
    if required and not said:
        raise MayNotShare(_("Write a few words first."))
    if len(said) > most:
        raise MayNotShare(_("That is too long. At most 2,000 characters."))
    return said
