"""Who speaks outside: somebody to whom the channel is open, under a persona in good standing."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.core.guard import Viewer
from kith.people.locks import lock_people
from kith.people.signed_in import myself
from kith.strangers.models import Persona


class MayNotPost(Refused):
    """The viewer may say nothing outside, or not this. It says why."""

    code: ClassVar[str] = "may-not-post"


def speaker(viewer: Viewer) -> Persona:
    """Hold the viewer, and fetch the persona that they speak as.

    :raises NeedsSignIn: nobody is signed in.
    :raises MayNotPost: the channel is not open to them, they have no persona, or it was closed.
    """
    me = myself(viewer)
    if not viewer.outside_open:
        raise MayNotPost(_("Go outside first."))
    lock_people(me)
    persona = Persona.objects.visible_to(viewer).filter(person=me).first()
    if persona is None:
        raise MayNotPost(_("Choose who you are outside first."))
    if persona.closed_at is not None:
        raise MayNotPost(_("The shop has closed your persona. You can read, but not write."))
    if not persona.shows:
        raise MayNotPost(_("Go outside first."))
    return persona
