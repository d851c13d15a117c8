"""Fetching the post that somebody wants to do something with."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kith.core.batches import BATCH, in_batches
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

    :param hold: until the transaction ends, for what hangs on it is about to change. People are held before
        posts.
    :raises NotThere: they may not, or there is none.
    """
    rows = Post.objects.visible_to(viewer).filter(pk=post_id)
    post = (rows.select_for_update(of=("self",), no_key=True) if hold else rows).first()
    if post is None:
        raise NotThere
    return post


def hold_posts(post_ids: Collection[int]) -> None:
    """Hold posts of which a reaction is about to change, always in the order of their ids.

    Whoever changes several takes them in one go: two people who leave at once would else each hold
    their own posts, and wait for those of the other.
    """
    rows = Post.objects.unguarded(HOLDING).order_by("pk").select_for_update(no_key=True)
    for some in in_batches(sorted(set(post_ids)), BATCH):
        list(rows.filter(pk__in=some))
