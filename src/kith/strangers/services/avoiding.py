"""Shutting somebody out, outside. It tells nothing inside, where they have another name.

The fact is `avoids` on the relationship, which only the strangers' rule reads. For the viewer's own
list there is a `ShutOut`, which knows the persona and not the person.
"""

from __future__ import annotations

from django.db import transaction

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.notices.services import forget
from kith.people.locks import locked_people
from kith.people.signed_in import myself
from kith.strangers.models import Exchange, Persona, ShutOut
from kith.strangers.services.letters import hold_stranger
from kith.ties import services as ties

SHUTTING = "whom somebody has shut out is found by the persona that they shut out"


@transaction.atomic
def avoid(viewer: Viewer, *, persona_id: int) -> None:
    """Shut a persona out: neither sees anything of the other outside any more. They are not told.

    :raises NotThere: the viewer does not see it.
    :raises LetterRefused: it is the viewer's own.
    """
    me, other = hold_stranger(viewer, persona_id)
    shut_out(me, other, viewer=viewer)


def shut_out(me: int, other: int, *, viewer: Viewer) -> None:
    """Write it down. The caller holds both, and the viewer sees the other's persona."""
    people = locked_people(me, other)
    ties.write_facts(people[me], people[other], avoids=True)
    persona = Persona.objects.unguarded(SHUTTING).get(person=other)
    ShutOut.objects.unguarded(SHUTTING).update_or_create(
        person_id=me,
        persona=persona,
        defaults={"mark": persona.pk, "name": persona.name, "at": viewer.now},
    )
    forget_wishes(me, other)


def forget_wishes(one: int, two: int) -> None:
    """Let neither of two people wish to know the other any more. The caller holds both."""
    pair = Exchange.objects.unguarded("what two people wished is over").filter(
        starter__in=[one, two], greeted__in=[one, two]
    )
    for exchange in pair:
        forget(kind=NoticeKind.WISH, subject=exchange.pk)
    pair.update(starter_wishes=None, greeted_wishes=None)


@transaction.atomic
def stop_avoiding(viewer: Viewer, *, mark: int) -> None:
    """Let a persona back in. If the other has shut the viewer out, that stays.

    :param mark: of an entry of the viewer's list (`queries.shut_out_by_me`).
    :raises NotThere: not on it.
    """
    me = myself(viewer)
    entry = ShutOut.objects.visible_to(viewer).filter(mark=mark)
    other = entry.values_list("persona__person", flat=True).first()
    if other is None:
        raise NotThere
    people = locked_people(me, other)
    ties.write_facts(people[me], people[other], avoids=False)
    entry.delete()
