"""Friends, what they set about each other, and blocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from django.db.models import Count

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.notices.services import forget
from kith.people.models import Person
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.lookup import Known, people_of
from kith.sharing.intake.records import BlockRecord, FriendsRecord, Origin, TieRecord
from kith.sharing.intake.verdicts import TAKEN, UNCHANGED, Verdict, rejected
from kith.sharing.services.friends import block, set_alias, set_hidden_from, set_muted
from kith.ties.models import MOST_FRIENDS, FriendRequest, Relationship

TAKING = "takes in how people of a source stand to one another"

Pair = tuple[int, int]
R = TypeVar("R", TieRecord, BlockRecord)


def hold(person_ids: Iterable[int]) -> dict[int, bool]:
    """Lock people until the transaction ends, in the order of their ids; say of each whether they show."""
    rows = Person.objects.filter(pk__in=set(person_ids)).order_by("pk").select_for_update(no_key=True)
    return dict(rows.values_list("pk", "shows"))


# --- Friends ------------------------------------------------------------------------


def take_friends(records: Sequence[FriendsRecord], origin: Origin) -> list[Verdict]:
    """Make pairs friends, two rows a pair."""
    known = people_of(origin.source, (name for record in records for name in (record.a, record.b)))
    shows = hold(known.values())
    taking = _Befriending(records, known, shows)
    verdicts: list[Verdict] = []
    for record in records:
        try:
            verdicts.append(TAKEN if taking.take(record) else UNCHANGED)
        except RecordRefused as refusal:
            verdicts.append(rejected(str(refusal)))
    taking.write()
    return verdicts


class _Befriending:
    """A batch of pairs: what there is between them, and how many friends each has."""

    def __init__(self, records: Sequence[FriendsRecord], known: Known, shows: dict[int, bool]) -> None:
        self._known, self._shows = known, shows
        owners = {known.find(record.a) for record in records} - {None}
        others = {known.find(record.b) for record in records} - {None}
        rows = Relationship.objects.unguarded(TAKING).filter(owner__in=owners, other__in=others)
        facts = rows.values_list("owner", "other", "friend_at", "blocked", "blocked_by")
        self._friends: set[Pair] = set()
        self._shut_out: set[Pair] = set()
        for owner, other, friend_at, blocked, blocked_by in facts:
            if blocked or blocked_by:
                self._shut_out.add((owner, other))
            elif friend_at is not None:
                self._friends.add((owner, other))
        self._numbers = _numbers_of_friends(shows)
        self._new: list[Relationship] = []

    def take(self, record: FriendsRecord) -> bool:
        """Note what one record makes; False if they are friends already.

        :raises RecordRefused: one has blocked the other, or one has as many friends as can be.
        """
        one, two = self._known[record.a], self._known[record.b]
        if (one, two) in self._friends:
            return False
        if (one, two) in self._shut_out:
            raise RecordRefused("one of them has blocked the other")
        if max(self._numbers[one], self._numbers[two]) >= MOST_FRIENDS:
            raise RecordRefused(f"one of them has {MOST_FRIENDS:,} friends, the most there can be")
        for owner, other in ((one, two), (two, one)):
            self._numbers[owner] += 1
            self._new.append(
                Relationship(owner_id=owner, other_id=other, friend_at=record.at, shows=self._shows[other])
            )
        return True

    def write(self) -> None:
        Relationship.objects.bulk_create(
            self._new,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["owner", "other"],
            update_fields=["friend_at", "shows"],
        )
        _forget_requests({(row.owner_id, row.other_id) for row in self._new})


def _numbers_of_friends(people: Collection[int]) -> dict[int, int]:
    rows = Relationship.objects.unguarded(TAKING).filter(owner__in=people, friend_at__isnull=False)
    counted = rows.order_by().values_list("owner").annotate(number=Count("pk"))
    return dict.fromkeys(people, 0) | dict(counted)


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
