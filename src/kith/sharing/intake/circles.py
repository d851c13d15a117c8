"""Circles and who is in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from kith.core.guard import Viewer
from kith.sharing.deliver import redeliver
from kith.sharing.intake.fields import RecordRefused
from kith.sharing.intake.lookup import people_of
from kith.sharing.intake.records import CircleRecord, Origin
from kith.sharing.intake.ties import TAKING, hold
from kith.sharing.intake.verdicts import TAKEN, UNCHANGED, Verdict, rejected
from kith.sharing.models import Share
from kith.sharing.services.circles import change_circle
from kith.ties.models import MOST_CIRCLES, Circle, Member, Relationship


def take_circles(records: Sequence[CircleRecord], origin: Origin) -> list[Verdict]:
    """Make circles what the records say: a member who is not named any more is taken out."""
    owners = people_of(origin.source, (record.owner for record in records))
    members = people_of(origin.source, (name for record in records for name in record.members))
    hold(owners.values())
    taking = _Taking(owners.values(), origin.now)
    verdicts: list[Verdict] = []
    for record in records:
        try:
            owner = owners[record.owner]
            wanted = {members[name]: name for name in record.members}
            verdicts.append(TAKEN if taking.take(owner, wanted, record) else UNCHANGED)
        except RecordRefused as refusal:
            verdicts.append(rejected(str(refusal)))
    taking.write()
    return verdicts


class _Taking:
    """A batch of circles: what there is, what comes, who goes."""

    def __init__(self, owners: Collection[int], now: datetime) -> None:
        self._now = now
        self._circles: dict[int, dict[str, Circle]] = defaultdict(dict)
        for circle in Circle.objects.unguarded(TAKING).filter(owner__in=owners):
            self._circles[circle.owner_id][circle.name] = circle
        self._members: dict[int, set[int]] = defaultdict(set)
        held = Member.objects.unguarded(TAKING).filter(owner__in=owners)
        for circle_id, person_id in held.values_list("circle", "person"):
            self._members[circle_id].add(person_id)
        friends = Relationship.objects.unguarded(TAKING).filter(owner__in=owners, friend_at__isnull=False)
        self._friends = set(friends.values_list("owner", "other"))
        self._new: list[Circle] = []
        self._coming: list[Member] = []
        self._going: list[tuple[Circle, set[int]]] = []
        self._concerned: dict[int, set[int]] = defaultdict(set)

    def take(self, owner: int, wanted: dict[int, str], record: CircleRecord) -> bool:
        """Note what one record changes; say whether that is anything.

        :raises RecordRefused: a member who is no friend, or one circle too many.
        """
        for person_id, name in wanted.items():
            if (owner, person_id) not in self._friends:
                raise RecordRefused(f"{name} is not a friend of {record.owner}")
        circle = self._circles[owner].get(record.name)
        changed = circle is None or self._change(circle, record)
        circle = circle or self._begin(owner, record)
        held = self._members[circle.pk]
        coming, going = wanted.keys() - held, held - wanted.keys()
        self._coming += [Member(owner_id=owner, circle=circle, person_id=one) for one in sorted(coming)]
        if going:
            self._going.append((circle, going))
        self._concerned[owner] |= coming | going
        return changed or bool(coming or going)

    def _begin(self, owner: int, record: CircleRecord) -> Circle:
        if len(self._circles[owner]) >= MOST_CIRCLES:
            raise RecordRefused(f"{record.owner} has {MOST_CIRCLES} circles, the most there can be")
        circle = Circle(
            owner_id=owner,
            name=record.name,
            kind=record.kind,
            weight=record.weight,
            window=record.window,
            is_default=record.default,
            created_at=self._now,
        )
        self._circles[owner][record.name] = circle
        self._new.append(circle)
        return circle

    def _change(self, circle: Circle, record: CircleRecord) -> bool:
        wanted: dict[str, str | int | bool] = {
            "kind": record.kind,
            "weight": record.weight,
            "window": record.window,
            "is_default": record.default,
        }
        changes = {name: value for name, value in wanted.items() if getattr(circle, name) != value}
        if changes:
            change_circle(Viewer(circle.owner_id, self._now), circle_id=circle.pk, **changes)
        return bool(changes)

    def write(self) -> None:
        """Write the circles and their members, and put deliveries right where there is anything to see."""
        Circle.objects.bulk_create(self._new, batch_size=1000)
        for circle, people in self._going:
            Member.objects.unguarded(TAKING).filter(circle=circle, person__in=people).delete()
        Member.objects.bulk_create(self._coming, batch_size=1000)
        shown = Share.objects.unguarded(TAKING).filter(author__in=self._concerned).order_by()
        for author in set(shown.values_list("author", flat=True)):
            redeliver(authors=[author], viewers=self._concerned[author])
