"""Whether what is written twice about personas and hidden numbers is the same in both. For `kith check`."""

from __future__ import annotations

from collections.abc import Iterator

from kith.core.batches import in_batches
from kith.people.models import Purpose
from kith.people.queries import consents_given
from kith.strangers.models import Persona
from kith.ties import contacts

CHECKING = "compares every persona with what its owner agreed to"
BATCH = 500


def find_misjudged_personas() -> Iterator[str]:
    """Say each persona that others see and must not, or the other way round. There must be none."""
    for some in in_batches(Persona.objects.unguarded(CHECKING).order_by("pk").iterator(), BATCH):
        agreed = consents_given([persona.person_id for persona in some], Purpose.STRANGERS)
        for persona in some:
            ought = bool(persona.name) and persona.closed_at is None and persona.person_id in agreed
            if persona.shows != ought:
                yield f"the persona {persona.pk} is {'not ' if ought else ''}seen, and ought to be otherwise"


def find_unlike_hidden_numbers() -> Iterator[str]:
    """Say each pair of people whose row differs from the lists of hidden numbers. There must be none."""
    return contacts.find_contradictions()


def count_lost_numbers() -> int:
    """How many hidden numbers are under keys that this installation does not have."""
    return contacts.count_lost()
