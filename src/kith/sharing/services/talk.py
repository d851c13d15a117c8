"""What is said under a share: comments, answers, "useful"."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.notices.services import forget, tell
from kith.people.signed_in import myself
from kith.sharing.models import Comment, Like, Share, ShareKind


class CommentRefused(Refused):
    code: ClassVar[str] = "comment-refused"


@transaction.atomic
def comment(viewer: Viewer, *, share_id: int, text: str) -> Comment:
    """Say something under a share. Whoever may see it may comment on it.

    :raises NotThere: the viewer may not see the share.
    :raises CommentRefused: no words, or more than 1,000 characters; their own, while it is held or hidden.
    """
    me = myself(viewer)
    share = _seen(viewer, share_id)
    if not share.is_shown(viewer.now):
        raise CommentRefused(_("Nobody else can read this now, so nobody could answer."))
    said = text.replace("\x00", "").strip()
    if not said:
        raise CommentRefused(_("Write a few words first."))
    if len(said) > 1000:
        raise CommentRefused(_("That is too long. At most 1,000 characters."))
    new = Comment.objects.create(
        share=share, share_author_id=share.author_id, author_id=me, text=said, at=viewer.now
    )
    _tell_of(new, share)
    return new


def _tell_of(new: Comment, share: Share) -> None:
    """Tell the share's author, and those who have spoken there before."""
    to_author = NoticeKind.ANSWER if share.kind == ShareKind.QUESTION else NoticeKind.COMMENT
    tell(share.author_id, kind=to_author, subject=new.pk, actor=new.author_id, at=new.at)
    spoken = Comment.objects.unguarded("who spoke there is told; their own rule is asked when they read")
    others = spoken.filter(share=share).exclude(author__in=[share.author_id, new.author_id])
    for person_id in set(others.values_list("author", flat=True)):
        tell(person_id, kind=NoticeKind.REPLY, subject=new.pk, actor=new.author_id, at=new.at)


@transaction.atomic
def delete_comment(viewer: Viewer, *, comment_id: int) -> None:
    """Erase one's own comment, or remove one from under one's own share.

    :raises NotThere: no such comment, or it is neither.
    """
    me = myself(viewer)
    rows = Comment.objects.unguarded("its author, or the share's, removes a comment")
    found = rows.filter(Q(author=me) | Q(share_author=me), pk=comment_id).first()
    if found is None:
        raise NotThere
    for kind in (NoticeKind.COMMENT, NoticeKind.ANSWER, NoticeKind.REPLY):
        forget(kind=kind, subject=comment_id)
    found.delete()


@transaction.atomic
def set_useful(viewer: Viewer, *, share_id: int, on: bool) -> None:
    """Say that a share was useful, or take that back. One's own cannot be.

    :raises NotThere: the viewer may not see the share.
    """
    me = myself(viewer)
    share = _seen(viewer, share_id)
    if share.author_id == me:
        raise CommentRefused(_("This is your own."))
    if on:
        Like.objects.bulk_create(
            [Like(share=share, share_author_id=share.author_id, person_id=me, at=viewer.now)],
            ignore_conflicts=True,
        )
    else:
        Like.objects.visible_to(viewer).filter(share=share, person=me).delete()


def _seen(viewer: Viewer, share_id: int) -> Share:
    """Fetch a share that the viewer may see.

    :raises NotThere: they may not, or there is none.
    """
    share = Share.objects.visible_to(viewer).filter(pk=share_id).first()
    if share is None:
        raise NotThere
    return share
