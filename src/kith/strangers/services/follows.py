"""Following topics and posts, and putting posts away for oneself."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.people.locks import lock_people
from kith.people.signed_in import myself
from kith.strangers.models import PostFollow, Topic, TopicFollow
from kith.strangers.services.seen import OwnPost, seen_post
from kith.strangers.services.speaker import MayNotPost


@transaction.atomic
def follow_topic(viewer: Viewer, *, topic: str, on: bool) -> None:
    """Have a topic's posts in one's own list, or no more.

    :raises NotThere: no such topic. :raises MayNotPost: the channel is not open to the viewer.
    """
    me = _reader(viewer)
    if not Topic.objects.filter(pk=topic).exists():
        raise NotThere
    if on:
        TopicFollow.objects.bulk_create([TopicFollow(person_id=me, topic_id=topic)], ignore_conflicts=True)
    else:
        TopicFollow.objects.visible_to(viewer).filter(topic=topic).delete()


@transaction.atomic
def follow_post(viewer: Viewer, *, post_id: int, on: bool) -> None:
    """Be told what is said under a post, or no more. A post that was put away comes back.

    :raises NotThere: the viewer may not see it. :raises MayNotPost: the channel is not open to them.
    """
    _set(viewer, post_id, away=False, on=on)


@transaction.atomic
def set_away(viewer: Viewer, *, post_id: int, on: bool) -> None:
    """Leave a post out of all lists of the viewer's, or show it there again.

    :raises NotThere: the viewer may not see it. :raises OwnPost: it is theirs.
    :raises MayNotPost: the channel is not open to them.
    """
    _set(viewer, post_id, away=True, on=on)


def _set(viewer: Viewer, post_id: int, *, away: bool, on: bool) -> None:
    me = _reader(viewer)
    lock_people(me)
    post = seen_post(viewer, post_id, hold=True)  # its author may be erasing it
    if away and post.author_id == me:
        raise OwnPost
    mine = PostFollow.objects.visible_to(viewer).filter(post=post)
    if not on:
        mine.filter(away=away).delete()
    elif not mine.update(away=away):
        PostFollow.objects.create(person_id=me, post=post, away=away)


def _reader(viewer: Viewer) -> int:
    me = myself(viewer)
    if not viewer.outside_open:
        raise MayNotPost(_("Go outside first."))
    return me
