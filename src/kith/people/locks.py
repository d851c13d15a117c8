"""One writer at a time on what a person shows, and to whom."""

from __future__ import annotations

from kith.core.errors import NotThere
from kith.people.models import Person


def lock_people(*person_ids: int) -> dict[int, Person]:
    """Hold these people's rows until the transaction ends, always in the order of their ids.

    Whoever changes a person's circles, audiences or shares holds that person first: two
    such changes at once could each miss the other's rows, and a delivery would be lost.
    On SQLite the IMMEDIATE transaction already does this.

    :raises NotThere: one of them is not there.
    """
    wanted = set(person_ids)
    held = Person.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
    people = {person.pk: person for person in held}
    if people.keys() != wanted:
        raise NotThere
    return people
