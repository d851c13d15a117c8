"""Likes, and taking back all that somebody has said and liked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kith.core.guard import Viewer
from kith.strangers.limits import require_room
from kith.strangers.models import Post, PostComment, Reaction
from kith.strangers.ranking import reweigh, worth_of
from kith.strangers.services.seen import OwnPost, hold_posts, seen_post
from kith.strangers.services.speaker import speaker

OWN = "somebody's own reactions"


@transaction.atomic
def set_liked(viewer: Viewer, *, post_id: int, on: bool) -> None:
    """Like a post, or take that back. One's own cannot be liked.

    :raises NotThere: the viewer may not see the post.
    :raises MayNotPost: they may not react outside. :raises OwnPost: it is theirs.
    :raises TooFast: they have liked much in a short time.
    """
    me = speaker(viewer).person_id
    post = seen_post(viewer, post_id, hold=True)
    if post.author_id == me:
        raise OwnPost
    reaction = Reaction.objects.unguarded(OWN).filter(post=post, person=me).first()
    if on == (reaction is not None and reaction.liked_at is not None):
        return
    if on:
        require_room(viewer, kind="like")
        _like(post, me, reaction, viewer.now)
    elif reaction is not None:
        reaction.liked_at = None
        reaction.save(update_fields=["liked_at"])
    reweigh([post.pk])


def _like(post: Post, me: int, reaction: Reaction | None, now: datetime) -> None:
    if reaction is not None:
        reaction.liked_at = now
        reaction.save(update_fields=["liked_at"])
        return
    Reaction.objects.create(
        post=post,
        post_author_id=post.author_id,
        person_id=me,
        liked_at=now,
        worth=worth_of(me, post=post, now=now),
        at=now,
    )


@transaction.atomic
def take_back_reactions(*, person_id: int, now: datetime) -> None:
    """Let nobody see what somebody has said and liked. The caller holds the person; the words stay theirs."""
    posts = posts_with(person_id)
    said = PostComment.objects.unguarded(OWN).filter(author=person_id, removed_at=None)
    said.update(removed_at=now)
    Reaction.objects.unguarded(OWN).filter(person=person_id).update(liked_at=None)
    reweigh(posts)


def posts_with(person_id: int) -> set[int]:
    """The posts that somebody has reacted to: to be weighed anew when their reactions are gone."""
    rows = Reaction.objects.unguarded(OWN).filter(person=person_id)
    return set(rows.values_list("post", flat=True))


def hold_posts_of(person_id: int) -> None:
    """Hold all posts that somebody wrote, or said or liked something of. The caller holds the person."""
    written = Post.objects.unguarded(OWN).filter(author=person_id).values_list("pk", flat=True)
    said = PostComment.objects.unguarded(OWN).filter(author=person_id).values_list("post", flat=True)
    hold_posts({*written, *said, *posts_with(person_id)})
