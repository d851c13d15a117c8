"""Erasing what somebody was and wrote outside."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from kith.core.batches import BATCH, in_batches
from kith.media.models import Photo
from kith.media.services import erase_photos
from kith.notices.models import OUTSIDE, Notice, NoticeKind
from kith.notices.services import forget_many
from kith.strangers.models import (
    Exchange,
    Letter,
    Persona,
    Post,
    PostComment,
    PostFollow,
    Reaction,
    TopicFollow,
)
from kith.strangers.ranking import reweigh
from kith.strangers.services.photos import erase_attached
from kith.strangers.services.posts import TOLD_OF_COMMENTS, erase_posts
from kith.strangers.services.reactions import hold_posts_of, posts_with

ERASING = "all that somebody is and has written outside is erased"
TOLD_OF_LETTERS = (NoticeKind.GREETING, NoticeKind.LETTER, NoticeKind.WISH)


def erase_outside(person_id: int, *, now: datetime) -> None:
    """Erase somebody's persona, posts, comments, likes, letters and photos outside. The caller holds them.

    What hangs on it goes too: what others said under their posts, and what others wrote in letters
    with them. Where others have answered a comment, an empty place is left. What protects others and
    themselves stays: numbers that they hide from, whom they shut out and who shut them out, what they
    reported, how often a complaint about them was right, and that the shop's staff closed their persona.

    :param now: until a day after it, no other persona is made.
    """
    hold_posts_of(person_id)
    posts = Post.objects.unguarded(ERASING).filter(author=person_id)
    for some in in_batches(list(posts.values_list("pk", flat=True)), BATCH):
        erase_posts(some)
    others = posts_with(person_id) | _erase_comments(person_id, now)
    Reaction.objects.unguarded(ERASING).filter(person=person_id).delete()
    _erase_exchanges(person_id)
    for model in (TopicFollow, PostFollow):
        model.objects.unguarded(ERASING).filter(person=person_id).delete()
    told = Notice.objects.unguarded(ERASING).filter(kind__in=OUTSIDE)
    told.filter(Q(recipient=person_id) | Q(actor=person_id)).delete()
    for persona in Persona.objects.unguarded(ERASING).filter(person=person_id).exclude(name=""):
        _empty(persona, now)
    erase_photos(list(Photo.objects.unguarded(ERASING).filter(owner=person_id, outside=True)))
    reweigh(others)


def _erase_comments(person_id: int, now: datetime) -> set[int]:
    """Erase somebody's comments; return under which posts they stood."""
    rows = PostComment.objects.unguarded(ERASING)
    mine = rows.filter(author=person_id)
    stood = {pk: (post, root) for pk, post, root in mine.values_list("pk", "post", "root")}
    forget_many(kinds=TOLD_OF_COMMENTS, subjects=list(stood))
    erase_attached(Q(comment__author=person_id))
    mine.exclude(root=None).delete()
    mine.filter(removed_at=None).update(removed_at=now)
    mine.update(text="", risk=0)
    begun = {root or pk for pk, (_post, root) in stood.items()}
    in_thread = PostComment.objects.unguarded(ERASING).filter(root=OuterRef("pk"))
    empty = rows.filter(~Exists(in_thread), pk__in=begun, text="", removed_at__isnull=False)
    empty.delete()
    return {post for post, _root in stood.values()}


def _erase_exchanges(person_id: int) -> None:
    """Erase letters of both. Of a greeting that was declined it stays that it was: it is not sent anew."""
    rows = Exchange.objects.unguarded(ERASING).filter(Q(starter=person_id) | Q(greeted=person_id))
    for some in in_batches(list(rows.values_list("pk", flat=True)), BATCH):
        forget_many(kinds=TOLD_OF_LETTERS, subjects=some)
        erase_attached(Q(letter__exchange__in=some))
        Letter.objects.unguarded(ERASING).filter(exchange__in=some).delete()
    declined = rows.filter(starter=person_id, answered_at=None, declined_at__isnull=False)
    declined.update(post=None)
    rows.exclude(pk__in=declined.values("pk")).delete()


def _empty(persona: Persona, now: datetime) -> None:
    """Leave of a persona only what others need: that nobody shuts out, closes or reports it in vain."""
    fields = {field.attname: field.get_default() for field in persona._meta.concrete_fields}
    kept = ("id", "person_id", "closed_at", "upheld")
    for name, value in fields.items():
        if name not in kept:
            setattr(persona, name, value)
    persona.name, persona.name_key = "", f"#{persona.pk}"
    persona.created_at, persona.shows = now, False
    persona.save()
