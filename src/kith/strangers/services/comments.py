"""What is said under a post: comments, answers to them, and removing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Side, Viewer
from kith.detectors.risk import risk_of
from kith.notices.models import NoticeKind
from kith.notices.services import forget_many, tell, tell_many
from kith.people.locks import lock_people
from kith.people.signed_in import myself
from kith.strangers.likeness import refuse_said_comment
from kith.strangers.limits import count_erased, require_room
from kith.strangers.models import (
    LONGEST_COMMENT,
    MOST_COMMENT_PHOTOS,
    Persona,
    Post,
    PostComment,
    PostFollow,
    WhoComments,
)
from kith.strangers.ranking import reweigh
from kith.strangers.services.photos import attach, erase_attached
from kith.strangers.services.posts import TOLD_OF_COMMENTS
from kith.strangers.services.seen import hold_posts, seen_post
from kith.strangers.services.speaker import speaker
from kith.strangers.words import read_words, refuse_numbers

THREAD = "its author, or the post's, removes a comment; a thread is kept together for its answers"
TELLING = "who follows a post is told; their own rule is asked when they read"


class CommentRefused(Refused):
    """Nothing can be said here, or not by this viewer. It says why."""

    code: ClassVar[str] = "comment-refused"


@transaction.atomic
def comment(
    viewer: Viewer,
    *,
    post_id: int,
    text: str,
    answers_id: int | None = None,
    photo_ids: Sequence[int] = (),
) -> PostComment:
    """Say something under a post, or in answer to something said there.

    :param answers_id: the comment that is answered. Threads are two deep: an answer to an answer
        stands in the same thread.
    :raises NotThere: the viewer may not see the post, or what they answer, or a photo is not theirs.
    :raises MayNotPost: they may not write outside.
    :raises CommentRefused: comments are closed, or for those who have posted, or nobody would read it.
    :raises WordsRefused: no words, too many, or a telephone number among them.
    :raises TooManyPhotos: more than three. :raises SaidAlready: they have just said it.
    :raises TooFast: they have said much in a short time.
    """
    me = speaker(viewer).person_id
    post = seen_post(viewer, post_id, hold=True)
    _require_open(viewer, post)
    answered = _answered(viewer, post, answers_id)
    said = _read(viewer, post, text)
    new = PostComment.objects.create(
        post=post,
        post_author_id=post.author_id,
        author_id=me,
        root_id=(answered.root_id or answered.pk) if answered else None,
        answers=answered,
        text=said,
        at=viewer.now,
        risk=risk_of(said).score,
    )
    attach(viewer, photo_ids, most=MOST_COMMENT_PHOTOS, comment=new)
    reweigh([post.pk])
    _tell_of(viewer, new, answered)
    return new


def _require_open(viewer: Viewer, post: Post) -> None:
    if post.withdrawn_at is not None or post.hidden_at is not None:
        raise CommentRefused(_("Nobody else can read this now, so nobody could answer."))
    if post.author_id == viewer.person_id:
        return
    if post.who_comments == WhoComments.NOBODY:
        raise CommentRefused(_("Comments are closed here."))
    if post.who_comments == WhoComments.POSTERS and not has_posted(viewer):
        raise CommentRefused(
            _("Here people comment who have posted something themselves. Write a post of your own first.")
        )


def has_posted(viewer: Viewer) -> bool:
    """Whether the viewer has a post that is shown."""
    mine = Post.objects.visible_to(viewer).filter(author=viewer.person_id)
    return mine.filter(withdrawn_at=None, hidden_at=None).exists()


def _answered(viewer: Viewer, post: Post, answers_id: int | None) -> PostComment | None:
    if answers_id is None:
        return None
    found: PostComment | None = (
        PostComment.objects.visible_to(viewer).filter(post=post, pk=answers_id).first()
    )
    if found is None:
        raise NotThere
    return found


def _read(viewer: Viewer, post: Post, text: str) -> str:
    said = read_words(text, most=LONGEST_COMMENT)
    refuse_numbers(said)
    require_room(viewer, kind="comment")
    refuse_said_comment(viewer, said, post_id=post.pk)
    return said


def _tell_of(viewer: Viewer, new: PostComment, answered: PostComment | None) -> None:
    """Tell whom it answers, the post's author, and who follows the post: each once."""
    told = {new.author_id}
    for person_id, kind in (
        (answered.author_id if answered else None, NoticeKind.POST_ANSWER),
        (new.post_author_id, NoticeKind.POST_COMMENT),
    ):
        if person_id is not None and person_id not in told:
            tell(person_id, kind=kind, subject=new.pk, actor=new.author_id, at=new.at)
            told.add(person_id)
    follow = PostFollow.objects.unguarded(TELLING).filter(post=new.post_id, away=False)
    followers = set(follow.exclude(person__in=told).values_list("person", flat=True))
    tell_many(
        strangers_among(viewer, followers),
        kind=NoticeKind.POST_FOLLOWED,
        subject=new.pk,
        actor=new.author_id,
        at=new.at,
    )


def strangers_among(viewer: Viewer, people: set[int]) -> set[int]:
    """Those of these people who are out there and do not know the viewer: true of both or of neither."""
    personas = Persona.objects.visible_to(viewer).filter(person__in=people)
    return set(personas.exclude(person=viewer.person_id).values_list("person", flat=True))


# --- Removing -----------------------------------------------------------------------


@transaction.atomic
def remove_comment(viewer: Viewer, *, comment_id: int) -> None:
    """Erase one's own comment with its photos, or take one from under one's own post.

    Where others have answered, an empty place is left. What a post's author removes nobody sees any
    more; its words stay with who said them.

    :raises NotThere: no such comment, or it is neither.
    """
    me = myself(viewer)
    lock_people(me)
    seen = PostComment.objects.visible_to(viewer).filter(post_author=me)
    mine = Q(author=me) | Q(pk__in=seen.values("pk"))
    found = PostComment.objects.unguarded(THREAD).filter(mine, pk=comment_id).first()
    if found is None or viewer.outside == Side.SHUT:
        raise NotThere
    hold_posts([found.post_id])
    if found.author_id == me:
        _erase(found, viewer.now)
    else:
        _take_down(found, viewer.now)
    reweigh([found.post_id])


@transaction.atomic
def take_down_comment(*, comment_id: int, on: bool = True, now: datetime) -> None:
    """Let nobody see a comment, or let it be seen again: by the shop's staff.

    :raises NotThere: there is no such comment.
    """
    found = (
        PostComment.objects.unguarded("the shop's staff take down a comment").filter(pk=comment_id).first()
    )
    if found is None:
        raise NotThere
    hold_posts([found.post_id])
    if on:
        _take_down(found, now)
    elif found.text:
        found.removed_at = None
        found.save(update_fields=["removed_at"])
    reweigh([found.post_id])


def _take_down(found: PostComment, now: datetime) -> None:
    forget_many(kinds=TOLD_OF_COMMENTS, subjects=[found.pk])
    if found.removed_at is None:
        found.removed_at = now
        found.save(update_fields=["removed_at"])


def _erase(found: PostComment, now: datetime) -> None:
    """Erase words and photos; the row stays while there are answers in its thread."""
    forget_many(kinds=TOLD_OF_COMMENTS, subjects=[found.pk])
    erase_attached(Q(comment=found.pk))
    thread = PostComment.objects.unguarded(THREAD)
    if thread.filter(root=found.pk).exists():
        found.text, found.removed_at = "", found.removed_at or now
        found.save(update_fields=["text", "removed_at"])
        return
    root_id = found.root_id
    count_erased(found.author_id, kind="comment", at=found.at, now=now)
    found.delete()
    if root_id is not None and not thread.filter(root=root_id).exists():
        thread.filter(pk=root_id, text="", removed_at__isnull=False).delete()
