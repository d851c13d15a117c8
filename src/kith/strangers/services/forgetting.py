"""What becomes of the channel when somebody's account is erased."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kith.strangers.models import PostComment
from kith.strangers.services.complaints import forget_reporter
from kith.strangers.services.erasing import erase_outside

HANDING = "a thread whose beginning goes is kept together for its answers"


@transaction.atomic
def forget_person(person_id: int, *, now: datetime) -> None:
    """Erase all that somebody is and has written outside, before their account goes with the rest.

    Of what they reported and was decided, it stays that it was. Numbers that others hide from stay on
    their lists, whoever they belong to: a list that grew shorter would tell whose account there was.
    """
    forget_reporter(person_id)
    erase_outside(person_id, now=now)
    rows = PostComment.objects.unguarded(HANDING)
    for begun in rows.filter(author=person_id).values_list("pk", flat=True):
        first, *_others = rows.filter(root=begun).order_by("at", "pk").values_list("pk", flat=True)
        rows.filter(root=begun).update(root=first)
        rows.filter(pk=first).update(root=None, answers=None)
