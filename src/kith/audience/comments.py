"""Who sees what is said under a share."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kith.audience.shares import shut_out
from kith.core.guard import Side, Viewer


def sees_comment(
    viewer: Viewer, *, shares: QuerySet[Any], by: str = "author", hidden: str | None = "hidden_at"
) -> Q:
    """Match comments under shares that the viewer may see, unless hidden or by somebody shut out.

    Viewer and commenter need not be friends. A like is the shortest of comments. While the circle
    side is wound down, only what one has said oneself, under one's own.

    :param shares: the shares that this viewer may see.
    :param by: the column of who said it.
    :param hidden: the column that hides it, if it has one.
    """
    return Q(Exists(shares.filter(pk=OuterRef("share")))) & is_heard(viewer, by=by, hidden=hidden)


def is_heard(viewer: Viewer, *, by: str = "author", hidden: str | None = "hidden_at") -> Q:
    """The half of `sees_comment` that is left to ask where the share has been seen through its own rule."""
    rule = Q(~Exists(shut_out(viewer, by)))
    if viewer.inside < Side.PUBLIC:
        rule &= Q(**{by: viewer.person_id})
    return rule & Q(**{hidden: None}) if hidden else rule
