"""Writing posts, and taking them back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.detectors.risk import risk_of
from kith.notices.models import NoticeKind
from kith.notices.services import forget, forget_many, tell
from kith.people.locks import lock_people
from kith.people.regions import is_region, province_of
from kith.people.signed_in import myself
from kith.strangers import likeness, search
from kith.strangers.limits import count_erased, require_room
from kith.strangers.models import (
    LONGEST_POST,
    MOST_PHOTOS,
    Persona,
    Post,
    PostComment,
    Topic,
    WhoComments,
)
from kith.strangers.ranking import place
from kith.strangers.services.photos import attach, erase_attached
from kith.strangers.services.speaker import MayNotPost, speaker
from kith.strangers.words import read_words, refuse_numbers

OWN = "the author changes their own post"
ERASING = "posts are erased with all that hangs on them"
TOLD_OF_COMMENTS = (NoticeKind.POST_COMMENT, NoticeKind.POST_ANSWER, NoticeKind.POST_FOLLOWED)


@transaction.atomic
def write_post(
    viewer: Viewer,
    *,
    topic: str,
    text: str,
    region: str | None = None,
    photo_ids: Sequence[int] = (),
    who_comments: str = WhoComments.EVERYBODY,
) -> Post:
    """Say something to strangers.

    :param region: code of a province or a city, "" for none; None: that of the persona.
    :raises NotThere: a photo is not the viewer's, or not one for outside.
    :raises MayNotPost: they may not write outside, or there is no such topic, region or choice.
    :raises WordsRefused: no words, too many, or a telephone number among them.
    :raises TooManyPhotos: more than nine.
    :raises SaidAlready: as good as the same was posted lately.
    :raises TooFast: they have posted much in a short time.
    """
    persona = speaker(viewer)
    said = read_words(text, most=LONGEST_POST)
    refuse_numbers(said)
    where = _read_region(persona, region)
    post = Post(
        author_id=persona.person_id,
        topic=_open_topic(topic),
        region=where,
        province=province_of(where) if where else "",
        text=said,
        created_at=viewer.now,
        who_comments=_read_who(who_comments),
        risk=risk_of(said).score,
    )
    require_room(viewer, kind="post")
    likeness.refuse_said_post(viewer, said)
    place(post)
    post.save(force_insert=True)
    attach(viewer, photo_ids, most=MOST_PHOTOS, post=post)
    search.index_posts([post.pk])
    return post


def _open_topic(code: str) -> Topic:
    topic = Topic.objects.filter(pk=code).first()
    if topic is None:
        raise MayNotPost(_("Choose what it is about."))
    if topic.closed:
        raise MayNotPost(_("Nothing new can be posted about this any more. Please choose another topic."))
    return topic


def _read_region(persona: Persona, region: str | None) -> str:
    where = persona.region if region is None else region
    if where and not is_region(where):
        raise MayNotPost(_("Please choose a province or a city from the list."))
    return where


def _read_who(who: str) -> WhoComments:
    if who not in WhoComments.values:
        raise MayNotPost(_("Choose who may comment."))
    return WhoComments(who)


@transaction.atomic
def set_who_comments(viewer: Viewer, *, post_id: int, who: str) -> None:
    """Say who may comment from now on. What has been said stays.

    :param who: of `WhoComments`.
    :raises NotThere: not the viewer's post. :raises MayNotPost: no such choice.
    """
    post = _own_post(viewer, post_id)
    post.who_comments = _read_who(who)
    post.save(update_fields=["who_comments"])


@transaction.atomic
def set_withdrawn(viewer: Viewer, *, post_id: int, on: bool) -> None:
    """Show a post to nobody, or show it again.

    :raises NotThere: not the viewer's post.
    :raises MayNotPost: it is to be shown again, and they may not write outside.
    """
    post = _own_post(viewer, post_id)
    if not on:
        speaker(viewer)
    if (post.withdrawn_at is not None) != on:
        post.withdrawn_at = viewer.now if on else None
        post.save(update_fields=["withdrawn_at"])
        search.index_posts([post.pk])


@transaction.atomic
def delete_post(viewer: Viewer, *, post_id: int) -> None:
    """Erase a post with its photos, and all that was said of it.

    :raises NotThere: not the viewer's post.
    """
    post = _own_post(viewer, post_id)
    count_erased(post.author_id, kind="post", at=post.created_at, now=viewer.now)
    erase_posts([post.pk])


@transaction.atomic
def erase_posts(post_ids: Collection[int]) -> None:
    """Erase posts, whoever wrote them, with photos, comments, reactions, notices and what they are found by.

    The caller holds their authors.
    """
    comments = PostComment.objects.unguarded(ERASING).filter(post__in=post_ids)
    forget_many(kinds=TOLD_OF_COMMENTS, subjects=list(comments.values_list("pk", flat=True)))
    forget_many(kinds=[NoticeKind.POST_HIDDEN], subjects=post_ids)
    erase_attached(Q(post__in=post_ids) | Q(comment__post__in=post_ids))
    search.forget_posts(post_ids)
    Post.objects.unguarded(ERASING).filter(pk__in=post_ids).delete()


def _own_post(viewer: Viewer, post_id: int) -> Post:
    """Hold the author and one of their posts. :raises NotThere: not the viewer's."""
    me = myself(viewer)
    lock_people(me)
    mine = Post.objects.visible_to(viewer).filter(author=me, pk=post_id)
    post = mine.select_for_update(of=("self",), no_key=True).first()
    if post is None:
        raise NotThere
    return post


# --- By the shop's staff --------------------------------------------------------------


@transaction.atomic
def hide_post(*, post_id: int, on: bool, now: datetime) -> None:
    """Show a post to nobody but its author, who is told; or show it again.

    :raises NotThere: there is no such post.
    """
    rows = Post.objects.unguarded("the shop's staff hide a post").filter(pk=post_id)
    post = rows.select_for_update(no_key=True).first()
    if post is None:
        raise NotThere
    if (post.hidden_at is not None) == on:
        return
    post.hidden_at = now if on else None
    post.save(update_fields=["hidden_at"])
    search.index_posts([post.pk])
    if on:
        tell(post.author_id, kind=NoticeKind.POST_HIDDEN, subject=post.pk, actor=None, at=now)
    else:
        forget(kind=NoticeKind.POST_HIDDEN, subject=post.pk)
