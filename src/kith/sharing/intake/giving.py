"""The installation's data as the records of the import.

They come in an order in which they can be taken in again: shares are named one by one, and what
people want done with what they buy from now on comes last, so that taking in the orders makes no
share by itself. Left out: passwords, tokens, addresses of orders, photos, requests, notices, and
orders whose buyer's account was erased.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from kith.core.batches import in_batches
from kith.core.ids import write_id
from kith.people.models import Consent, Person, Purpose, SharingPreference
from kith.sharing.intake.fields import LONGEST_ID
from kith.sharing.models import Audience, Comment, Like, Share, ShareKind
from kith.shop.models import Category, LineStatus, Listing, Merchant, Order, OrderLine
from kith.ties.models import Circle, Member, Relationship

GIVING = "writes out the installation's data for whoever runs it"
CHUNK = 1000
_KEPT = (
    (LineStatus.DELIVERED, "delivered_at"),
    (LineStatus.REFUND_REQUESTED, "refund_requested_at"),
)
"""States of an order line whose instant is kept when newer ones come."""

Record = dict[str, Any]


def records_of(*, source: str | None = None, person_id: int | None = None) -> Iterator[Record]:
    """Write everything out, or what one person has and has said.

    :param source: whose ids are kept as they are; others are written with their source before
        them. The one that most people come from, if none is named.
    """
    return _Giving(source if source is not None else _main_source(), person_id).records()


def _main_source() -> str | None:
    sources = Person.objects.exclude(source=None).values_list("source", flat=True)
    most = Counter(sources).most_common(1)
    return most[0][0] if most else None


@dataclass(frozen=True, slots=True)
class _Giving:
    source: str | None
    person_id: int | None

    def records(self) -> Iterator[Record]:
        for part in (
            self._categories, self._people, self._friends, self._circles, self._ties, self._blocks,
            self._merchants, self._listings, self._orders, self._shares, self._comments, self._likes,
            self._choices,
        ):  # fmt: skip
            yield from part()

    def name(self, thing: Any) -> str:
        """The id that a thing is written with."""
        if thing.external_id is None or thing.source is None:
            return write_id(thing.pk)
        name = str(thing.external_id)
        if thing.source != self.source:
            name = f"{thing.source}/{name}"
        return name if len(name) <= LONGEST_ID else write_id(thing.pk)

    def _of(self, *columns: str) -> Q:
        """Match rows in which one of these columns is the person asked for; all, if none is."""
        if self.person_id is None:
            return Q()
        matches = Q(pk__in=[])
        for column in columns:
            matches |= Q(**{column: self.person_id})
        return matches

    # --- People and how they know each other --------------------------------------

    def _categories(self) -> Iterator[Record]:
        for category in sorted(Category.objects.all(), key=_depth(Category.objects.in_bulk())):
            yield _told(
                type="category", id=category.code, name_zh=category.name_zh, name_en=category.name_en,
                parent=category.parent_id, sensitive=category.sensitive, position=category.position,
            )  # fmt: skip

    def _people(self) -> Iterator[Record]:
        rows = Person.objects.filter(self._of("pk"), is_staff=False).order_by("pk")
        for some in in_batches(rows.iterator(CHUNK), CHUNK):
            consents = _consents(some)
            for person in some:
                yield self._person(person, consents.get(person.pk))

    def _person(self, person: Person, consent: Consent | None, **choice: Any) -> Record:
        entry = None
        if consent is not None:
            # A withdrawal has no version: nothing was read to make it.
            version = consent.text_version or "-"
            entry = {"version": version, "at": consent.at.isoformat(), "given": consent.given}
        return _told(
            type="person", id=self.name(person), name=person.display_name, handle=person.handle,
            phone=person.phone, region=person.region or None, born=person.born, language=person.language,
            care_mode=person.care_mode, suspended=person.suspended_at is not None or None,
            consent={"sharing": entry} if entry else None, **choice,
        )  # fmt: skip

    def _friends(self) -> Iterator[Record]:
        rows = Relationship.objects.unguarded(GIVING).filter(
            self._of("owner", "other"), friend_at__isnull=False, owner__lt=F("other")
        )
        for row in rows.select_related("owner", "other").order_by("pk").iterator(CHUNK):
            at = row.friend_at.isoformat() if row.friend_at else None
            yield _told(type="friends", a=self.name(row.owner), b=self.name(row.other), at=at)

    def _circles(self) -> Iterator[Record]:
        rows = Circle.objects.unguarded(GIVING).filter(self._of("owner")).select_related("owner")
        for some in in_batches(rows.order_by("pk").iterator(CHUNK), CHUNK):
            members: dict[int, list[str]] = defaultdict(list)
            held = Member.objects.unguarded(GIVING).filter(circle__in=[circle.pk for circle in some])
            for member in held.select_related("person").order_by("pk"):
                members[member.circle_id].append(self.name(member.person))
            for circle in some:
                yield _told(
                    type="circle", owner=self.name(circle.owner), name=circle.name, kind=circle.kind,
                    members=members[circle.pk], window=circle.window, weight=circle.weight,
                    default=circle.is_default,
                )  # fmt: skip

    def _ties(self) -> Iterator[Record]:
        said = Q(muted=True) | Q(hidden_from=True) | ~Q(alias="")
        rows = Relationship.objects.unguarded(GIVING).filter(said, self._of("owner"), friend_at__isnull=False)
        for row in rows.select_related("owner", "other").order_by("pk").iterator(CHUNK):
            yield _told(
                type="tie", owner=self.name(row.owner), other=self.name(row.other), muted=row.muted or None,
                hidden_from=row.hidden_from or None, alias=row.alias or None,
            )  # fmt: skip

    def _blocks(self) -> Iterator[Record]:
        rows = Relationship.objects.unguarded(GIVING).filter(self._of("owner"), blocked=True)
        for row in rows.select_related("owner", "other").order_by("pk").iterator(CHUNK):
            # When it was done is not kept; the block holds from when it is taken in.
            at = row.owner.joined_at.isoformat()
            yield _told(type="block", owner=self.name(row.owner), other=self.name(row.other), at=at)

    def _choices(self) -> Iterator[Record]:
        """People once more, with what they want done with what they buy."""
        rows = SharingPreference.objects.filter(self._of("person"), person__is_staff=False)
        for some in in_batches(rows.select_related("person").order_by("pk").iterator(CHUNK), CHUNK):
            consents = _consents([preference.person for preference in some])
            for preference in some:
                yield self._person(
                    preference.person,
                    consents.get(preference.person_id),
                    sharing=preference.mode,
                    sharing_since=preference.mode_since.isoformat(),
                    hold_minutes=int(preference.hold.total_seconds() // 60),
                    excluded_categories=preference.excluded_categories,
                    paused=preference.paused_at is not None,
                )

    # --- The shop -----------------------------------------------------------------

    def _merchants(self) -> Iterator[Record]:
        rows = Merchant.objects.all()
        if self.person_id is not None:
            rows = rows.filter(pk__in=self._listings_told().values("merchant"))
        for merchant in rows.order_by("pk").iterator(CHUNK):
            yield _told(
                type="merchant", id=self.name(merchant), name=merchant.name, about=merchant.about or None,
                region=merchant.region or None,
            )  # fmt: skip

    def _listings(self) -> Iterator[Record]:
        rows = self._listings_told().select_related("merchant").order_by("pk")
        for listing in rows.iterator(CHUNK):
            yield _told(
                type="listing", id=self.name(listing), merchant=self.name(listing.merchant),
                title=listing.title, description=listing.description or None, category=listing.category_id,
                price=f"{listing.price.amount:f}", currency=listing.currency,
                picture=listing.picture or None, on_sale=listing.on_sale,
            )  # fmt: skip

    def _listings_told(self) -> QuerySet[Listing]:
        """All listings; of one person, those they bought or spoke of."""
        if self.person_id is None:
            return Listing.objects.all()
        bought = OrderLine.objects.unguarded(GIVING).filter(buyer=self.person_id).values("listing")
        told = Share.objects.unguarded(GIVING).filter(author=self.person_id, listing__isnull=False)
        return Listing.objects.filter(Q(pk__in=bought) | Q(pk__in=told.values("listing")))

    def _orders(self) -> Iterator[Record]:
        rows = Order.objects.unguarded(GIVING).filter(self._of("buyer"), buyer__isnull=False)
        for some in in_batches(
            rows.select_related("buyer").order_by("placed_at", "pk").iterator(CHUNK), CHUNK
        ):
            lines: dict[int, list[OrderLine]] = defaultdict(list)
            held = OrderLine.objects.unguarded(GIVING).filter(order__in=[order.pk for order in some])
            for line in held.select_related("listing").order_by("external_id"):
                lines[line.order_id].append(line)
            for order in some:
                yield from self._order(order, lines[order.pk])

    def _order(self, order: Order, lines: Sequence[OrderLine]) -> Iterator[Record]:
        """An order as it stands; before it, as it was on arrival and when money was asked back.

        These are told where lines have moved on since.
        """
        if not lines or order.buyer is None:
            return
        record = _told(
            type="order", id=self.name(order), buyer=self.name(order.buyer),
            placed_at=order.placed_at.isoformat(), ship_to=order.ship_to or None,
        )  # fmt: skip
        for status, kept in _KEPT:
            told = [
                self._line(line) | {"status": status.value, "at": at.isoformat()}
                for line in lines
                if (at := getattr(line, kept)) is not None and at != line.status_at
            ]
            if told:
                yield record | {"lines": told}
        yield record | {"lines": [self._line(line) for line in lines]}

    def _line(self, line: OrderLine) -> Record:
        return _told(
            id=line.external_id, listing=self.name(line.listing), quantity=line.quantity,
            price=f"{line.price.amount:f}", currency=line.currency, status=line.status,
            at=line.status_at.isoformat(), reason=line.reason or None,
            refund_reason=line.refund_reason or None, gift=line.is_gift or None,
        )  # fmt: skip

    # --- What is shown and said -----------------------------------------------------

    def _shares(self) -> Iterator[Record]:
        """Reviews of an order line come before others, which must not take such a line for theirs."""
        rows = (
            Share.objects.unguarded(GIVING)
            .filter(self._of("author"))
            .select_related("author", "listing", "line__order")
        )
        rows = rows.order_by(F("line").asc(nulls_last=True), "visible_from", "pk")
        for some in in_batches(rows.iterator(CHUNK), CHUNK):
            circles: dict[int, list[str]] = defaultdict(list)
            shown = Audience.objects.unguarded(GIVING).filter(share__in=[share.pk for share in some])
            for share_id, name in shown.order_by("pk").values_list("share", "circle__name"):
                circles[share_id].append(name)
            for share in some:
                if share.line is not None or share.kind != ShareKind.PURCHASE:
                    yield self._share(share, circles[share.pk])

    def _share(self, share: Share, circles: list[str]) -> Record:
        of_listing = share.listing is not None and share.kind != ShareKind.PURCHASE
        of_shelf = share.listing is None and share.category_id is not None
        return _told(
            type=share.kind, id=self.name(share), author=self.name(share.author),
            at=share.visible_from.isoformat(), listing=self.name(share.listing) if of_listing else None,
            category=share.category_id if of_shelf else None,
            order=self.name(share.line.order) if share.line else None,
            line=share.line.external_id if share.line else None,
            rating=share.rating, text=share.text or None, circles=circles,
            everyone=share.to_everyone or None, withdrawn=share.withdrawn_at is not None or None,
        )  # fmt: skip

    def _comments(self) -> Iterator[Record]:
        rows = Comment.objects.unguarded(GIVING).filter(self._of("author"), hidden_at=None)
        for row in rows.select_related("share", "author").order_by("at", "pk").iterator(CHUNK):
            yield _told(
                type="comment", id=write_id(row.pk), share=self.name(row.share), author=self.name(row.author),
                text=row.text, at=row.at.isoformat(),
            )  # fmt: skip

    def _likes(self) -> Iterator[Record]:
        rows = Like.objects.unguarded(GIVING).filter(self._of("person"))
        for row in rows.select_related("share", "person").order_by("pk").iterator(CHUNK):
            yield _told(
                type="like", share=self.name(row.share), person=self.name(row.person), at=row.at.isoformat()
            )


def _told(**fields: Any) -> Record:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}


def _depth(categories: Mapping[str, Category]) -> Callable[[Category], tuple[int, int, str]]:
    """Sort shelves so that each comes after the one that it belongs to."""

    def key(category: Category) -> tuple[int, int, str]:
        depth, above = 0, category.parent_id
        while above is not None and depth < len(categories):
            depth, above = depth + 1, categories[above].parent_id
        return depth, category.position, category.code

    return key


def _consents(people: Iterable[Person]) -> dict[int, Consent]:
    """The newest entry of the ledger for each of these people."""
    entries = Consent.objects.filter(person__in=[person.pk for person in people], purpose=Purpose.SHARING)
    return {entry.person_id: entry for entry in entries.order_by("at", "pk")}
