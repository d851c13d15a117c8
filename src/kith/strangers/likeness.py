"""Whether a text has been said already: the same words again and again are how people are worn down.

Two texts are alike when they share at least four fifths of their pieces (Jaccard's index over the
pieces that search goes by: characters and pairs of Chinese, words of other languages). Texts of fewer
than twelve pieces say too little for that, and are alike only if they are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kith.audience.outside import is_by_somebody_seen
from kith.core import fulltext
from kith.core.errors import Refused
from kith.core.guard import Viewer
from kith.strangers.models import Persona, Post, PostComment

_WRITTEN_ALREADY = _(
    "You have written this already, or nearly so. Say it in other words, or add something new."
)
COMPARING = "compares a text with what was written lately; nobody is told whose it is like"
ALIKE = 0.8
FEWEST = 12
"""Pieces that a text must have to be compared by them."""
LATELY = timedelta(days=14)
OWN = 50
"""Of one's own posts and comments, each, so many of the last fourteen days are looked at."""
OTHERS = 200
"""And of strangers' posts the newest so many: one text sent by many accounts is caught by these."""
THANKS = 3
"""Short words are said often: as a comment the same may be said this often in a day, once under a post."""


class SaidAlready(Refused):
    """The text is as good as the same as one that was written lately."""

    code: ClassVar[str] = "said-already"


def is_alike(text: str, others: Iterable[str]) -> bool:
    """Whether a text is as good as the same as one of the others."""
    pieces, plain = set(fulltext.tokens(text)), _plain(text)
    for other in others:
        if other == text or (len(pieces) < FEWEST and _plain(other) == plain):
            return True
        if len(pieces) >= FEWEST and _share(pieces, other) >= ALIKE:
            return True
    return False


def _share(pieces: set[str], other: str) -> float:
    theirs = set(fulltext.tokens(other))
    return len(pieces & theirs) / len(pieces | theirs)


def _plain(text: str) -> str:
    """A text without what can be changed while it stays the same: case, width, punctuation."""
    return " ".join(run.text for run in fulltext.runs(text)) or fulltext.normalise(text).strip()


def is_short(text: str) -> bool:
    return len(set(fulltext.tokens(text))) < FEWEST


def refuse_said_post(viewer: Viewer, text: str) -> None:
    """:raises SaidAlready: the viewer has written this lately, or somebody has just posted it."""
    own = _own_posts(viewer)
    if is_alike(text, own if is_short(text) else [*own, *_own_comments(viewer)]):
        raise SaidAlready(_WRITTEN_ALREADY)
    if not is_short(text) and is_alike(text, _posts_of_others(viewer)):
        sentence = _("Nearly the same was posted here a short while ago. Please use words of your own.")
        raise SaidAlready(sentence)


def refuse_said_comment(viewer: Viewer, text: str, *, post_id: int) -> None:
    """:raises SaidAlready: the viewer has written this lately."""
    if is_short(text):
        _refuse_repeated(viewer, text, post_id=post_id)
    elif is_alike(text, [*_own_posts(viewer), *_own_comments(viewer)]):
        raise SaidAlready(_WRITTEN_ALREADY)


def _refuse_repeated(viewer: Viewer, text: str, *, post_id: int) -> None:
    mine = PostComment.objects.unguarded(COMPARING).filter(author=viewer.person_id)
    lately = mine.filter(at__gt=viewer.now - LATELY).order_by("-at", "-pk")
    plain = _plain(text)
    same = [
        (post, at)
        for said, post, at in lately.values_list("text", "post", "at")[:OWN]
        if _plain(said) == plain
    ]
    today = [at for _post, at in same if at > viewer.now - timedelta(days=1)]
    if any(post == post_id for post, _at in same):
        raise SaidAlready(_("You have said this here already."))
    if len(today) >= THANKS:
        raise SaidAlready(_("You have said this several times today. Say it in other words."))


def _own_posts(viewer: Viewer) -> list[str]:
    mine = Post.objects.unguarded(COMPARING).filter(author=viewer.person_id)
    lately = mine.filter(created_at__gt=viewer.now - LATELY).order_by("-created_at", "-pk")
    return list(lately.values_list("text", flat=True)[:OWN])


def _own_comments(viewer: Viewer) -> list[str]:
    mine = PostComment.objects.unguarded(COMPARING).filter(author=viewer.person_id)
    lately = mine.filter(at__gt=viewer.now - LATELY).order_by("-at", "-pk")
    return list(lately.values_list("text", flat=True)[:OWN])


def _posts_of_others(viewer: Viewer) -> list[str]:
    """What strangers posted, also what staff have hidden of it. A friend's would be told of by a refusal."""
    seen = is_by_somebody_seen(personas=Persona.objects.visible_to(viewer))
    others = Post.objects.unguarded(COMPARING).filter(seen, withdrawn_at=None)
    lately = others.filter(created_at__gt=viewer.now - LATELY)
    newest = lately.exclude(author=viewer.person_id).order_by("-created_at", "-pk")
    return list(newest.values_list("text", flat=True)[:OTHERS])
