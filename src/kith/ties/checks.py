"""Whether the facts of how people stand to one another agree with each other. For `kith check`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from kith.core.guard import GuardedQuerySet
from kith.ties.models import Member, Relationship
from kith.ties.services import FACTS, MIRROR

CHECKING = "compares the two rows of every pair, and every circle with its owner's friends"


def find_contradictions() -> Iterator[str]:
    """Say each relationship row that its other half contradicts, and each member who is no friend."""
    for row in _one_sided().iterator():
        yield f"the row of {row.owner_id} about {row.other_id} has no equal on the other side"
    for row in _rows().exclude(shows=F("other__shows")).iterator():
        yield f"the row of {row.owner_id} does not know whether {row.other_id} shows anything"
    for row in _rows().filter(friend_at=None, **dict.fromkeys(FACTS, False)).iterator():
        yield f"the row of {row.owner_id} about {row.other_id} says nothing"
    for member in _members_who_are_no_friends().iterator():
        yield f"{member.person_id} is in a circle of {member.owner_id} and no friend of theirs"


def _rows() -> GuardedQuerySet[Relationship]:
    return Relationship.objects.unguarded(CHECKING)


def _one_sided() -> GuardedQuerySet[Relationship]:
    """Rows without a row of the other person that says the same in mirrored words."""
    same = Q(owner=OuterRef("other"), other=OuterRef("owner"))
    for mine, theirs in MIRROR.items():
        if mine != theirs:
            same &= Q(**{theirs: OuterRef(mine), mine: OuterRef(theirs)})
    befriended = same & Q(friend_at=OuterRef("friend_at"))
    apart = same & Q(friend_at=None)
    is_friend = Q(friend_at__isnull=False)
    return _rows().filter(
        is_friend & ~Exists(_rows().filter(befriended)) | ~is_friend & ~Exists(_rows().filter(apart))
    )


def _members_who_are_no_friends() -> GuardedQuerySet[Member]:
    friends = _rows().filter(owner=OuterRef("owner"), other=OuterRef("person"), friend_at__isnull=False)
    return Member.objects.unguarded(CHECKING).filter(~Exists(friends))
