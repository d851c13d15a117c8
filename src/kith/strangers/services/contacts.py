"""Numbers that somebody never wants to meet outside, and whose number is whose.

No answer here tells whether a number belongs to anybody: what is said depends on the person's own list
alone. A number is known again when its owner signs up, changes it or gives it up: so every change of a
number goes through here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.core.guard import Viewer
from kith.people import services as people
from kith.people.locks import lock_people
from kith.people.models import Person
from kith.people.phones import read_phone
from kith.people.signed_in import myself
from kith.strangers.hidings import Hiding
from kith.strangers.limits import DAY, HIDDEN_A_DAY, HIDDEN_AN_HOUR, HOUR, MOST_HIDDEN
from kith.strangers.numbers import LONGEST_TEXT, find_numbers
from kith.ties import contacts
from kith.ties.models import HiddenContact

COUNTING = "counts what one person hides from, to keep its bounds"


class ContactsRefused(Refused):
    """Nothing was put on the list, or taken off it. It says why."""

    code: ClassVar[str] = "contacts-refused"


@dataclass(frozen=True, slots=True)
class HiddenSummary:
    """What became of a text with numbers. All of it follows from the text and from one's own list."""

    understood: int
    """Different numbers in it, one's own not counted."""
    new: int
    """Of these, put on the list now."""
    left: int
    """Of these, not put on it: there was no room."""
    not_numbers: tuple[str, ...]
    """Lines without a mobile number in them."""
    has_own: bool
    """One's own number was among them, and left out."""


@transaction.atomic
def hide_contacts(viewer: Viewer, *, text: str) -> HiddenSummary:
    """Never meet these numbers outside: neither sees anything of the other. Nobody is told.

    :param text: typed or pasted numbers, a vCard, or a CSV file of an address book.
    :raises ContactsRefused: nothing in it is a number, it is one's own, it is too long, or there is no room.
    """
    me = myself(viewer)
    if len(text) > LONGEST_TEXT:
        raise ContactsRefused(_("That is too much at once. Please take a part of it."))
    found = find_numbers(text)
    own = Person.objects.filter(pk=me).values_list("phone", flat=True).first()
    wanted = [phone for phone in found.phones if phone != own]
    if not wanted:
        raise ContactsRefused(
            _("This is your own number.") if found.phones else _("There is no mobile number in this.")
        )
    unknown = _not_on_list(me, wanted)
    some = unknown[: _room(viewer)]
    if unknown and not some:
        raise ContactsRefused(_no_room(me))
    lock_people(me, *_holders(some))  # all in one go: who hide from each other at once wait for nobody
    taken = _not_on_list(me, some)[: _room(viewer)]
    if taken:
        _hide(me, taken, viewer.now)
    return HiddenSummary(
        understood=len(wanted),
        new=len(taken),
        left=len(unknown) - len(taken),
        not_numbers=found.not_numbers,
        has_own=len(wanted) < len(found.phones),
    )


def _not_on_list(me: int, phones: Sequence[str]) -> list[str]:
    under = {phone: set(contacts.digests(phone).values()) for phone in phones}
    mine = HiddenContact.objects.unguarded(COUNTING).filter(owner=me)
    known = set(mine.filter(digest__in=set().union(*under.values())).values_list("digest", flat=True))
    return [phone for phone, digests in under.items() if not digests & known]


def _room(viewer: Viewer) -> int:
    """How many numbers may be added now."""
    on_list = HiddenContact.objects.unguarded(COUNTING).filter(owner=viewer.person_id).count()
    lately = Hiding.objects.visible_to(viewer)
    rooms = [MOST_HIDDEN - on_list]
    for span, most in ((HOUR, HIDDEN_AN_HOUR), (DAY, HIDDEN_A_DAY)):
        added = lately.filter(at__gt=viewer.now - span).aggregate(sum=Sum("numbers"))["sum"] or 0
        rooms.append(most - added)
    return max(min(rooms), 0)


def _no_room(me: int) -> str:
    if HiddenContact.objects.unguarded(COUNTING).filter(owner=me).count() >= MOST_HIDDEN:
        return str(_("Your list is full: it holds 500 numbers. Take some off it first."))
    return str(_("You have added many numbers. Please add the others tomorrow."))


def _hide(me: int, phones: Sequence[str], now: datetime) -> None:
    """Put numbers on the list. Whoever takes one of them at this very instant is found again afterwards.

    The caller holds whoever is concerned.
    """
    contacts.hide_numbers(me, phones, now=now)
    Hiding.objects.create(person_id=me, at=now, numbers=len(phones))
    transaction.on_commit(lambda: _put_right(_holders(phones)), robust=True)


def _holders(phones: Collection[str]) -> list[int]:
    return list(Person.objects.filter(phone__in=phones).values_list("pk", flat=True))


@transaction.atomic
def forget_contact(viewer: Viewer, *, phone: str) -> bool:
    """Take a number off the list. Returns whether it was on it.

    :param phone: as people write it.
    :raises ContactsRefused: not a number.
    """
    me = myself(viewer)
    try:
        number = read_phone(phone)
    except ValueError:
        raise ContactsRefused(_("There is no mobile number in this.")) from None
    if _not_on_list(me, [number]):
        return False  # looking whose it is would take time, and tell that it is somebody's
    lock_people(me, *_holders([number]))
    return contacts.forget_number(me, number)


@transaction.atomic
def forget_contacts(viewer: Viewer) -> int:
    """Empty the list. Returns how many numbers were on it."""
    return contacts.forget_all_numbers(myself(viewer))


def forget_hidings(*, now: datetime) -> int:
    """Forget when numbers were added, once no limit asks for it. Run from time to time."""
    old = Hiding.objects.unguarded("no limit asks for them any more").filter(at__lte=now - DAY)
    deleted: int = old.delete()[0]
    return deleted


def give_up_lost_keys(*, now: datetime) -> tuple[int, int]:
    """Let go of entries under keys that the installation no longer has: they could never match again.

    For an operator who knows that the key is gone for good, never by itself: a worker that was started
    with the wrong settings would take from everybody the numbers they hide from. Those that belong to
    somebody stay hidden from, under the newest key.

    :returns: how many are known again, and how many are gone.
    """
    known = gone = 0
    for owner_id in contacts.owners_of_lost():
        with transaction.atomic():
            lock_people(owner_id)
            some_known, some_gone = contacts.give_up_lost(owner_id, now=now)
        known, gone = known + some_known, gone + some_gone
    return known, gone


# --- Whose number is whose ------------------------------------------------------------


@transaction.atomic
def claim_phone(person: Person, *, phone: str) -> None:
    """Note the number that somebody says is theirs, until they prove it or another does.

    :raises ProfileRefused: it belongs to somebody else.
    """
    _follow(people.claim_phone(person, phone=phone))


@transaction.atomic
def verify_phone(person: Person, *, phone: str) -> None:
    """Give a number to who entered the code that was sent to it.

    :raises ProfileRefused: it belongs to somebody else.
    """
    _follow(people.verify_phone(person, phone=phone))


def _follow(changed: Collection[int]) -> None:
    contacts.numbers_changed(changed)
    transaction.on_commit(lambda: _put_right(changed), robust=True)


@transaction.atomic
def _put_right(person_ids: Collection[int]) -> None:
    """Look once more, when all can be seen: somebody may have hidden the number at the same instant."""
    contacts.numbers_changed(person_ids)
