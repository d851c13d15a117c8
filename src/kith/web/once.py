"""A form makes one thing, however often its button is pressed.

The form carries a token that was drawn with the page. The row that remembers it is written
in the same transaction as the thing itself, so a second press waits for the first and then
finds what it made.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from kith.core.guard import Viewer
from kith.web.models import SentForm

FIELD = "once"
"""The name of the form's hidden field."""
_KEPT = timedelta(days=2)


def new_token() -> str:
    return secrets.token_urlsafe(16)


def find_made(viewer: Viewer, *, token: str) -> int | None:
    """The id of what this form made before, if it has been sent before."""
    found = SentForm.objects.filter(person=viewer.person_id, token=token).first() if token else None
    return found.made if found else None


def make_once(viewer: Viewer, *, token: str, make: Callable[[], int]) -> int:
    """Run `make` unless this form has done so before; return the id of what was made, then or now.

    What `make` raises leaves the form unsent. A form without a token is one of its own.
    """
    if viewer.person_id is None or not 0 < len(token) <= 32:
        return make()
    mine = SentForm.objects.filter(person=viewer.person_id)
    with transaction.atomic():
        mine.filter(sent_at__lt=viewer.now - _KEPT).delete()
        sent, is_first = SentForm.objects.get_or_create(
            person_id=viewer.person_id, token=token, defaults={"made": 0, "sent_at": viewer.now}
        )
        if is_first:
            sent.made = make()
            sent.save(update_fields=["made"])
        return sent.made
