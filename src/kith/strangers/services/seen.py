"""Fetching the post that somebody wants to do something with."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.strangers.models import Post

HOLDING = "held while its reactions are counted; it was seen through the rule just before"


class OwnPost(Refused):
    code: ClassVar[str] = "own-post"

    def __init__(self) -> None:
        super().__init__(_("This is your own."))


def seen_post(viewer: Viewer, post_id: int, *, hold: bool = False) -> Post:
    """Fetch a post that the viewer may see.

    :param hold: until the transaction ends: its reactions are about to change. People are held before posts.
    :raises NotThere: they may not, or there is none.
    """
    rows = Post.objects.visible_to(viewer).filter(pk=post_id)
    post = (rows.select_for_update(of=("self",), no_key=True) if hold else rows).first()
    if post is None:
        raise NotThere
    return post


def hold_post(post_id: int) -> None:
    """Hold a post of which a reaction is about to change."""
    Post.objects.unguarded(HOLDING).filter(pk=post_id).select_for_update(no_key=True).first()
