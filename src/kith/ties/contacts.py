"""Hidden contacts: numbers whose owners somebody never wants to meet outside.

Kept as HMAC-SHA256 under a key that lies outside the database (KITH_CONTACT_KEYS): who has the
database alone cannot try all telephone numbers. A number is looked up under every key there is, so a
new key can be put first while the old ones still answer for what was written under them.

Called by the services of `sharing` and `strangers`, whoever's number it was that changed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator
from datetime import datetime

from django.conf import settings

from kith.core.batches import in_batches
from kith.core.guard import GuardedQuerySet
from kith.people.locks import lock_people, locked_people
from kith.people.models import Person
from kith.ties.models import HiddenContact, Relationship
from kith.ties.services import write_facts

WHY = "keeps the rows of pairs in step with hidden numbers; nobody is told whose they are"
BATCH = 500


def digests(phone: str) -> dict[str, str]:
    """The digest of a number (E.164) under each key, the one for new entries first, by the key's mark."""
    return {
        mark_of(key): hmac.new(key.encode(), phone.encode(), hashlib.sha256).hexdigest()
        for key in settings.CONTACT_KEYS
    }


def mark_of(key: str) -> str:
    """Eight letters by which an entry says which key made it; they tell nothing of the key."""
    return hashlib.sha256(b"kith.contact-key:" + key.encode()).hexdigest()[:8]


def hide_numbers(owner_id: int, phones: Collection[str], *, now: datetime) -> int:
    """Add numbers (E.164) that somebody never wants to meet. Returns how many are new to the list.

    The caller holds the owner, and whose numbers they are.
    """
    mine = HiddenContact.objects.unguarded(WHY).filter(owner=owner_id)
    new = 0
    for phone in phones:
        under = digests(phone)
        if mine.filter(digest__in=under.values()).exists():
            continue
        key, digest = next(iter(under.items()))
        HiddenContact.objects.create(owner_id=owner_id, digest=digest, key=key, added_at=now)
        new += 1
    for person in Person.objects.filter(phone__in=phones).exclude(pk=owner_id).order_by("pk"):
        _write(owner_id, person.pk, on=True)
    return new


def forget_number(owner_id: int, phone: str) -> bool:
    """Take one number off the list. Returns whether it was on it. The caller holds as for `hide_numbers`."""
    mine = HiddenContact.objects.unguarded(WHY).filter(owner=owner_id)
    deleted, _rows = mine.filter(digest__in=digests(phone).values()).delete()
    for person in Person.objects.filter(phone=phone).exclude(pk=owner_id):
        _write(owner_id, person.pk, on=False)
    return bool(deleted)


def forget_all_numbers(owner_id: int) -> int:
    """Empty the list. Returns how many numbers were on it."""
    rows = Relationship.objects.unguarded(WHY).filter(owner=owner_id, contact=True)
    lock_people(owner_id, *rows.values_list("other", flat=True))
    for other_id in list(rows.values_list("other", flat=True)):
        _write(owner_id, other_id, on=False)
    deleted: int = HiddenContact.objects.unguarded(WHY).filter(owner=owner_id).delete()[0]
    return deleted


def numbers_changed(person_ids: Collection[int]) -> None:
    """Put right who hides some people, after their numbers came, changed or went."""
    for some in in_batches(sorted(set(person_ids)), BATCH):
        ought = _ought_to_hide(some)
        rows = Relationship.objects.unguarded(WHY).filter(other__in=some, contact=True)
        wrong = ought ^ set(rows.values_list("owner", "other"))
        people = locked_people(*{person_id for pair in wrong for person_id in pair})
        for owner_id, other_id in sorted(wrong):
            write_facts(people[owner_id], people[other_id], contact=(owner_id, other_id) in ought)


def _ought_to_hide(person_ids: Collection[int]) -> set[tuple[int, int]]:
    """Who has the number of which of these people on their list."""
    people = Person.objects.filter(pk__in=person_ids, phone__isnull=False).values_list("pk", "phone")
    whose = {digest: pk for pk, phone in people for digest in digests(phone or "").values()}
    hidden = HiddenContact.objects.unguarded(WHY).filter(digest__in=list(whose))
    pairs = hidden.values_list("owner", "digest")
    return {(owner, whose[digest]) for owner, digest in pairs if owner != whose[digest]}


def _write(owner_id: int, other_id: int, *, on: bool) -> None:
    people = locked_people(owner_id, other_id)
    write_facts(people[owner_id], people[other_id], contact=on)


def find_contradictions() -> Iterator[str]:
    """Say each pair whose row differs from the hidden numbers. For `kith check`."""
    entries = dict(_by_digest())
    ought = {
        (owner, person_id)
        for person_id, phone in Person.objects.exclude(phone=None).values_list("pk", "phone").iterator()
        for digest in digests(phone or "").values()
        for owner in entries.get(digest, ())
        if owner != person_id
    }
    rows = Relationship.objects.unguarded(WHY).filter(contact=True)
    found = set(rows.values_list("owner", "other"))
    for owner, other in sorted(ought - found):
        yield f"{owner} hides from the number of {other}, and their row does not say so"
    for owner, other in sorted(found - ought):
        yield f"the row of {owner} says that they hide from the number of {other}, which they do not"


def _by_digest() -> dict[str, set[int]]:
    owners: dict[str, set[int]] = {}
    for digest, owner in HiddenContact.objects.unguarded(WHY).values_list("digest", "owner").iterator():
        owners.setdefault(digest, set()).add(owner)
    return owners


def count_lost() -> int:
    """How many entries are under keys that the installation does not have: they match nothing meanwhile."""
    return _lost().count()


def owners_of_lost() -> list[int]:
    """Whose lists hold entries under keys that the installation does not have."""
    return list(_lost().order_by("owner").values_list("owner", flat=True).distinct())


def give_up_lost(owner_id: int, *, now: datetime) -> tuple[int, int]:
    """Let go of what of a list is under lost keys. What stands on a row is written anew under the newest key.

    The caller holds the owner. Returns how many entries are known again, and how many are gone for good:
    those whose number nobody had.
    """
    rows = Relationship.objects.unguarded(WHY).filter(owner=owner_id, contact=True)
    phones = [phone for phone in rows.values_list("other__phone", flat=True) if phone]
    lost: int = _lost().filter(owner=owner_id).delete()[0]
    new = hide_numbers(owner_id, phones, now=now)
    return new, max(0, lost - new)


def _lost() -> GuardedQuerySet[HiddenContact]:
    known = [mark_of(key) for key in settings.CONTACT_KEYS]
    return HiddenContact.objects.unguarded(WHY).exclude(key__in=known)
