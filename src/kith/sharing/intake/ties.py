"""Friends, what they set about each other, and blocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db.models import Count

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.notices.services import forget
from kith.people.models import Person
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.lookup import people_of
from kith.sharing.intake.records import BlockRecord, FriendsRecord, Origin, TieRecord
from kith.sharing.intake.verdicts import TAKEN, UNCHANGED, Verdict, rejected
from kith.sharing.services.circles import block, set_alias, set_hidden_from, set_muted
from kith.ties.models import MOST_FRIENDS, FriendRequest, Relationship

TAKING = "takes in how people of a source stand to one another"

Pair = tuple[int, int]
R = TypeVar("R", TieRecord, BlockRecord)


def hold(person_ids: Iterable[int]) -> dict[int, Person]:
    """Lock people until the transaction ends, in the order of their ids."""
    rows = Person.objects.filter(pk__in=set(person_ids)).order_by("pk")
    return {person.pk: person for person in rows.select_for_update(no_key=True)}


# --- Friends ------------------------------------------------------------------------


def take_friends(records: Sequence[FriendsRecord], origin: Origin) -> list[Verdict]:
    """Make pairs friends, two rows a pair."""
    known = people_of(origin.source, (name for record in records for name in (record.a, record.b)))
    people = hold(known.values())
    rows = _rows_among(people)
    friends = _numbers_of_friends(people)
    new: list[Relationship] = []
    verdicts: list[Verdict] = []
    for record in records:
        try:
            one, two = people[known[record.a]], people[known[record.b]]
            if _are_friends(rows, one, two):
                verdicts.append(UNCHANGED)
                continue
            _require_may_be_friends(rows, friends, one, two)
            new += _pair(one, two, record.at)
            verdicts.append(TAKEN)
        except RecordRefused as refusal:
            verdicts.append(rejected(str(refusal)))
    Relationship.objects.bulk_create(
        new,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["owner", "other"],
        update_fields=["friend_at", "shows"],
    )
    _forget_requests({(row.owner_id, row.other_id) for row in new})
    return verdicts


def _rows_among(people: Collection[int]) -> dict[Pair, Relationship]:
    rows = Relationship.objects.unguarded(TAKING).filter(owner__in=people, other__in=people)
    return {(row.owner_id, row.other_id): row for row in rows}


def _numbers_of_friends(people: Collection[int]) -> dict[int, int]:
    rows = Relationship.objects.unguarded(TAKING).filter(owner__in=people, friend_at__isnull=False)
    counted = rows.order_by().values_list("owner").annotate(number=Count("pk"))
    return dict.fromkeys(people, 0) | dict(counted)


def _are_friends(rows: dict[Pair, Relationship], one: Person, two: Person) -> bool:
    row = rows.get((one.pk, two.pk))
    return row is not None and row.friend_at is not None


def _require_may_be_friends(
    rows: dict[Pair, Relationship], friends: dict[int, int], one: Person, two: Person
) -> None:
    row = rows.get((one.pk, two.pk))
    if row is not None and (row.blocked or row.blocked_by):
        raise RecordRefused("one of them has blocked the other")
    if max(friends[one.pk], friends[two.pk]) >= MOST_FRIENDS:
        raise RecordRefused(f"one of them has {MOST_FRIENDS:,} friends, the most there can be")
    friends[one.pk] += 1
    friends[two.pk] += 1


def _pair(one: Person, two: Person, at: datetime) -> list[Relationship]:
    return [
        Relationship(owner=one, other=two, friend_at=at, shows=two.shows),
        Relationship(owner=two, other=one, friend_at=at, shows=one.shows),
    ]


def _forget_requests(pairs: set[Pair]) -> None:
    people = {person for pair in pairs for person in pair}
    rows = FriendRequest.objects.unguarded(TAKING).filter(sender__in=people, recipient__in=people)
    for request in rows:
        if (request.sender_id, request.recipient_id) in pairs:
            forget(kind=NoticeKind.REQUEST, subject=request.pk)
            request.delete()


# --- What one says of another --------------------------------------------------------


def take_ties(records: Sequence[TieRecord], origin: Origin) -> list[Verdict]:
    """Set what people have said of friends, through the services a person uses."""

    def take(owner: int, other: int, record: TieRecord) -> None:
        viewer = Viewer(owner, origin.now)
        if record.muted is not None:
            set_muted(viewer, other_id=other, on=record.muted)
        if record.hidden_from is not None:
            set_hidden_from(viewer, other_id=other, on=record.hidden_from)
        if record.alias is not None:
            set_alias(viewer, other_id=other, alias=record.alias)

    return _one_by_one(records, origin, take)


def take_blocks(records: Sequence[BlockRecord], origin: Origin) -> list[Verdict]:
    """Shut people out, through the service a person uses; a friendship between them ends."""

    def take(owner: int, other: int, _record: BlockRecord) -> None:
        block(Viewer(owner, origin.now), other_id=other)

    return _one_by_one(records, origin, take)


def _one_by_one(records: Sequence[R], origin: Origin, take: Callable[[int, int, R], None]) -> list[Verdict]:
    known = people_of(origin.source, (name for record in records for name in (record.owner, record.other)))
    hold(known.values())
    verdicts: list[Verdict] = []
    for record in records:
        try:
            take(known[record.owner], known[record.other], record)
            verdicts.append(TAKEN)
        except RecordRefused as refusal:
            verdicts.append(rejected(str(refusal)))
        except NotThere:
            verdicts.append(rejected("they are not friends"))
    return verdicts
