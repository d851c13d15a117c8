"""Who acts: every write is by somebody who is signed in."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused
from kith.core.guard import Viewer


class NeedsSignIn(Refused):
    code: ClassVar[str] = "sign-in-first"
    status: ClassVar[int] = 401


def myself(viewer: Viewer) -> int:
    """:raises NeedsSignIn: nobody is signed in."""
    if viewer.person_id is None:
        raise NeedsSignIn(_("Please sign in first."))
    return viewer.person_id
