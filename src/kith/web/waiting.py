"""Going on the waiting list of a feature, and off it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kith.rollout.services import join_waiting, leave_waiting
from kith.web.acts import act, me
from kith.web.middleware import ViewerRequest


def change_waiting(request: ViewerRequest, feature: str) -> None:
    """Put the reader on the list (`on`: 1), or take them off it. A refusal is said on the next page."""
    person_id = me(request).pk
    if request.POST.get("on") == "1":
        with act(request, done=_("You are on the list. This page says when it is your turn.")):
            join_waiting(person_id, feature, now=request.viewer.now)
    else:
        leave_waiting(person_id, feature)
