"""Whether a persona is out there: agreeing again, leaving, and being closed by the shop's staff.

All of it comes down to `Persona.shows`, which the rule reads: so whatever hangs on a persona is gone for
others at their next read, and back only if its owner shows it again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.notices.services import forget_many
from kith.people.locks import locked_people
from kith.people.models import Person, Purpose
from kith.people.services import end_consents
from kith.people.signed_in import myself
from kith.strangers import search
from kith.strangers.models import Exchange, Persona, Post
from kith.strangers.names import PersonaRefused
from kith.strangers.services.erasing import erase_outside
from kith.strangers.services.personas import agree, require_may_go, write_shows
from kith.strangers.services.reactions import hold_posts_of, take_back_reactions

LEAVING = "whoever leaves takes their words along"
STAFF = "the shop's staff close a persona"


@transaction.atomic
def go_outside(viewer: Viewer, *, text_version: str, surface: str) -> None:
    """Agree to the channel again, under the persona that one has. Nothing written before comes back by it.

    :raises MayNotGoOutside: the channel is not open to them, or they are not certainly 18.
    :raises PersonaRefused: they have no persona yet.
    """
    me = myself(viewer)
    person = locked_people(me)[me]
    require_may_go(person, viewer)
    if not Persona.objects.visible_to(viewer).filter(person=me).exclude(name="").exists():
        raise PersonaRefused(_("Choose who you are outside first."), field="name")
    agree(person, viewer, text_version=text_version, surface=surface)


@transaction.atomic
def leave(viewer: Viewer, *, surface: str, erase: bool = False) -> None:
    """Take back that one agreed to the channel; it works also while the channel is switched off.

    Others see nothing of its author at their next read. Posts and comments stay with their author, who
    may show posts again one by one; likes and wishes are taken back. Letters are between two: they are
    there again for both if their author comes back.

    :param erase: erase all that one is and has written there, at once and for good.
    """
    me = myself(viewer)
    person = locked_people(me)[me]
    if end_consents([me], purpose=Purpose.STRANGERS, surface=surface, at=viewer.now):
        _withdraw(person, viewer.now)
    if erase:
        erase_outside(me, now=viewer.now)
    write_shows(person)


def _withdraw(person: Person, now: datetime) -> None:
    """Let nobody see what somebody has written and liked, and let them wish nothing any more."""
    hold_posts_of(person.pk)
    shown = Post.objects.unguarded(LEAVING).filter(author=person, withdrawn_at=None)
    ids = list(shown.values_list("pk", flat=True))
    shown.update(withdrawn_at=now)
    search.forget_posts(ids)
    take_back_reactions(person_id=person.pk, now=now)
    wished = Exchange.objects.unguarded(LEAVING).filter(Q(starter=person) | Q(greeted=person))
    forget_many(kinds=[NoticeKind.WISH], subjects=list(wished.values_list("pk", flat=True)))
    wished.update(starter_wishes=None, greeted_wishes=None)


# --- By the shop's staff --------------------------------------------------------------


@transaction.atomic
def close_persona(*, persona_id: int, now: datetime) -> None:
    """Let nobody see a persona and what it wrote. Its owner reads on, and writes nothing.

    :raises NotThere: there is none.
    """
    _set_closed(persona_id, now)


@transaction.atomic
def reopen_persona(*, persona_id: int) -> None:
    """Let a closed persona be seen again, if its owner still agrees.

    :raises NotThere: there is none.
    """
    _set_closed(persona_id, None)


def _set_closed(persona_id: int, at: datetime | None) -> None:
    rows = Persona.objects.unguarded(STAFF).filter(pk=persona_id)
    owner = rows.values_list("person", flat=True).first()
    if owner is None:
        raise NotThere
    person = locked_people(owner)[owner]
    if at is None:
        rows.update(closed_at=None)
    else:
        rows.filter(closed_at=None).update(closed_at=at)
    write_shows(person)
