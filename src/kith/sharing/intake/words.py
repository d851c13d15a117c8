"""Purchases shown by hand, reviews, questions and tips of a source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from kith.notices.models import NoticeKind
from kith.notices.services import forget
from kith.people.models import Purpose
from kith.people.queries import consents_given
from kith.sharing.deliver import redeliver_each
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.lookup import lines_of, listings_of, people_of, shares_of
from kith.sharing.intake.records import Origin, ShareRecord
from kith.sharing.intake.ties import TAKING, hold
from kith.sharing.intake.verdicts import TAKEN, Verdict, rejected
from kith.sharing.models import Audience, Outcome, Share, ShareKind
from kith.sharing.services.shares import audience_of, month_of, outcome_of, require_shareable
from kith.sharing.services.standing import MayNotShare
from kith.shop.models import Category, Listing, OrderLine
from kith.ties.models import Circle

_CHANGEABLE = [
    "text",
    "rating",
    "to_everyone",
    "visible_from",
    "hidden_at",
    "withdrawn_at",
    "source",
    "external_id",
]


def take_shares(records: Sequence[ShareRecord], origin: Origin) -> list[Verdict]:
    """Make or change shares of one kind, and show them to whom the records say.

    A share that is here already keeps its audience unless its record names one, and stays
    withdrawn once it is: what its author has changed here is not undone.
    """
    taking = _Taking(records, origin)
    verdicts: list[Verdict] = []
    for record in records:
        try:
            taking.take(record)
            verdicts.append(TAKEN)
        except RecordRefused as refusal:
            verdicts.append(rejected(str(refusal)))
        except MayNotShare:
            verdicts.append(rejected("not yet delivered, cancelled, a gift, or of a sensitive category"))
    taking.write()
    return verdicts


class _Taking:
    """A batch of shares and all that they refer to, fetched at once."""

    def __init__(self, records: Sequence[ShareRecord], origin: Origin) -> None:
        source = self._source = origin.source
        self._now = origin.now
        self._people = people_of(source, (record.author for record in records))
        authors = self._people.values()
        hold(authors)
        self._agreed = consents_given(authors, Purpose.SHARING)
        self._circles = _circles_of(authors)
        self._listings = listings_of(source, (record.listing for record in records if record.listing))
        self._categories = Category.objects.in_bulk([each.category for each in records if each.category])
        self._lines = lines_of(source, (record.order for record in records if record.order))
        self._here = shares_of(source, (record.id for record in records))
        self._to_review = _LinesToReview(authors, records, self._listings.values())
        self._shown = _shares_of_lines([line.pk for line in self._lines.values()])
        self._new: list[Share] = []
        self._changed: list[Share] = []
        self._audiences: list[Audience] = []
        self._retold: list[int] = []

    def take(self, record: ShareRecord) -> None:
        """:raises RecordRefused, MayNotShare: it says what it must not, or refers to what is not there."""
        author = self._people[record.author]
        self._require_agreed(author, record)
        circles = self._audience(author, record)
        listing, line = self._thing(author, record)
        share = self._here.get(record.id) or self._shown_of(line, record)
        if share is None:
            share = self._begin(author, record, listing, line)
            self._audiences += audience_of(share, circles)
            self._new.append(share)
            return
        self._require_same(share, author, record, listing)
        self._change(share, record)
        if record.circles is not None or not self._here.get(record.id):
            self._retold.append(share.pk)
            self._audiences += audience_of(share, circles)

    def _require_agreed(self, author: int, record: ShareRecord) -> None:
        agreed = self._agreed.get(author)
        if agreed is None:
            raise RecordRefused(f"{record.author} has not agreed to sharing")
        if record.at < agreed:
            raise RecordRefused(f"from before {record.author} agreed to sharing")

    def _audience(self, author: int, record: ShareRecord) -> list[Circle]:
        circles = self._circles[author]
        if record.circles is None:
            return [circle for circle in circles.values() if circle.is_default]
        unknown = [name for name in record.circles if name not in circles]
        if unknown:
            raise RecordRefused(f"{record.author} has no circle {unknown[0]}")
        return [circles[name] for name in record.circles]

    def _thing(self, author: int, record: ShareRecord) -> tuple[Listing | None, OrderLine | None]:
        """The listing that is spoken of, and the order line of it if there is one."""
        listing = self._listings.get(record.listing or "")
        if record.listing is not None and listing is None:
            raise RecordRefused(f"unknown listing {record.listing}")
        if record.category is not None and record.category not in self._categories:
            raise RecordRefused(f"unknown category {record.category}")
        category = listing.category if listing else self._categories.get(record.category or "")
        if category is not None and category.sensitive:
            raise MayNotShare("sensitive")
        line = None
        if record.order is not None and (record.line is not None or record.kind == ShareKind.PURCHASE):
            line = self._named_line(author, record, listing)
            self._to_review.forget(line)
        elif record.kind == ShareKind.REVIEW and listing is not None and record.id not in self._here:
            line = self._to_review.take(author, listing, record)
        return (line.listing if line and not listing else listing), line

    def _named_line(self, author: int, record: ShareRecord, listing: Listing | None) -> OrderLine:
        line = self._lines.get((record.order or "", record.line or ""))
        if line is None:
            raise RecordRefused(f"unknown line {record.line} of order {record.order}")
        if line.buyer_id != author:
            raise RecordRefused(f"{record.author} has not bought this")
        if listing is not None and listing.pk != line.listing_id:
            raise RecordRefused("the order line is of another listing")
        if record.kind == ShareKind.PURCHASE:
            require_shareable(line)
        return line

    def _shown_of(self, line: OrderLine | None, record: ShareRecord) -> Share | None:
        """What is shown of this line already. A second review of one line is refused."""
        share = self._shown.get((line.pk, record.kind)) if line else None
        if share is not None and (share.external_id is not None or record.kind != ShareKind.PURCHASE):
            raise RecordRefused(f"there is a {record.kind} of this order line already")
        return share

    def _begin(
        self, author: int, record: ShareRecord, listing: Listing | None, line: OrderLine | None
    ) -> Share:
        share = Share(
            author_id=author,
            kind=record.kind,
            listing=listing,
            merchant_id=listing.merchant_id if listing else None,
            category_id=listing.category_id if listing else record.category,
            line=line,
            bought_month=month_of(line.placed_at) if line else None,
            outcome=outcome_of(line) if line else Outcome.NONE,
            rating=record.rating,
            text=record.text,
            to_everyone=record.everyone,
            created_at=min(record.at, self._now),
            visible_from=record.at,
            hidden_at=self._now if record.withdrawn else None,
            withdrawn_at=self._now if record.withdrawn else None,
            source=self._source,
            external_id=record.id,
        )
        if line is not None:
            self._shown[line.pk, record.kind] = share
        return share

    def _require_same(self, share: Share, author: int, record: ShareRecord, listing: Listing | None) -> None:
        if (share.author_id, share.kind) != (author, record.kind):
            raise RecordRefused("this id is of another author's share, or of another kind")
        if share.listing_id != (listing.pk if listing else None):
            raise RecordRefused("this share is of another listing")

    def _change(self, share: Share, record: ShareRecord) -> None:
        share.text, share.rating = record.text, record.rating
        share.to_everyone = record.everyone if record.circles is not None else share.to_everyone
        share.visible_from = record.at
        share.source, share.external_id = self._source, record.id
        if record.withdrawn and share.hidden_at is None:
            share.hidden_at = self._now
            share.withdrawn_at = share.withdrawn_at or self._now
        self._changed.append(share)

    def write(self) -> None:
        Share.objects.bulk_create(self._new, batch_size=1000)
        Share.objects.unguarded(TAKING).bulk_update(self._changed, _CHANGEABLE, batch_size=200)
        Audience.objects.unguarded(TAKING).filter(share__in=self._retold).delete()
        Audience.objects.bulk_create([*self._audiences, *self._moved_ends()], batch_size=1000)
        touched = [*self._new, *self._changed]
        redeliver_each(touched)
        for share in self._new:
            if share.kind == ShareKind.PURCHASE and share.line_id is not None:
                forget(kind=NoticeKind.MAY_SHARE, subject=share.line_id)

    def _moved_ends(self) -> list[Audience]:
        """Audiences of changed shares that keep their circles, with ends after the new beginning."""
        kept = {share.pk: share for share in self._changed if share.pk not in self._retold}
        rows = Audience.objects.unguarded(TAKING).filter(share__in=kept).select_related("circle")
        circles: dict[int, list[Circle]] = defaultdict(list)
        for row in rows:
            circles[row.share_id].append(row.circle)
        rows.delete()
        return [one for pk, shown in circles.items() for one in audience_of(kept[pk], shown)]


def _circles_of(owners: Collection[int]) -> dict[int, dict[str, Circle]]:
    circles: dict[int, dict[str, Circle]] = defaultdict(dict)
    for circle in Circle.objects.unguarded(TAKING).filter(owner__in=owners):
        circles[circle.owner_id][circle.name] = circle
    return circles


def _shares_of_lines(lines: Collection[int]) -> dict[tuple[int | None, str], Share]:
    rows = Share.objects.unguarded(TAKING).filter(line__in=lines)
    return {(share.line_id, share.kind): share for share in rows}


class _LinesToReview:
    """Order lines that have arrived and that nobody has written a review of."""

    def __init__(
        self, authors: Collection[int], records: Sequence[ShareRecord], listings: Collection[Listing]
    ) -> None:
        self._lines: dict[tuple[int | None, int], list[OrderLine]] = defaultdict(list)
        if not any(record.kind == ShareKind.REVIEW and record.line is None for record in records):
            return
        rows = OrderLine.objects.unguarded(TAKING).filter(
            buyer__in=authors, listing__in=listings, delivered_at__isnull=False, is_gift=False
        )
        in_time = ("placed_at", "delivered_at", "order__external_id", "external_id", "pk")
        lines = list(rows.order_by(*in_time))
        reviews = Share.objects.unguarded(TAKING).filter(line__in=[line.pk for line in lines])
        reviewed = set(reviews.filter(kind=ShareKind.REVIEW).values_list("line", flat=True))
        for line in lines:
            if line.pk not in reviewed:
                self._lines[line.buyer_id, line.listing_id].append(line)

    def take(self, author: int, listing: Listing, record: ShareRecord) -> OrderLine | None:
        """The newest one that had arrived when the review was written; it is then taken."""
        waiting = self._lines[author, listing.pk]
        bought = [line for line in waiting if line.delivered_at and line.delivered_at <= record.at]
        if not bought:
            return None
        waiting.remove(bought[-1])
        return bought[-1]

    def forget(self, line: OrderLine) -> None:
        """Take a line out that a record has named."""
        waiting = self._lines[line.buyer_id, line.listing_id]
        self._lines[line.buyer_id, line.listing_id] = [one for one in waiting if one.pk != line.pk]
