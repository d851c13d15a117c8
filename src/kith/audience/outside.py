"""Who sees whom outside: what somebody writes there can be seen only by people who do not know them.

Everything hangs on the persona: a post is seen with its author's persona, a comment with the post and
the commenter's persona. So two people who become friends vanish from each other in all of it at once.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from kith.audience.shares import NOBODY
from kith.core.guard import Side, Viewer
from kith.people.models import Person, grown_up_since
from kith.ties.models import Member, Relationship

STRANGERS = "whether two people are strangers is asked of the viewer's rows and of circles that hold both"


def sees_persona(viewer: Viewer) -> Q:
    """Match the viewer's own persona, and those of strangers who are out there themselves.

    The channel is open to both: rollout, 18 years, consent, an account in good standing.
    """
    if viewer.person_id is None or viewer.outside == Side.SHUT:
        return NOBODY
    mine = Q(person=viewer.person_id)
    if not viewer.outside_open:
        return mine
    # In this order: whom the viewer knows is found out first, and at the least cost.
    return mine | Q(Q(shows=True), *_are_strangers(viewer.person_id, "person"), _is_out_there(viewer))


def _is_out_there(viewer: Viewer) -> Exists:
    """Whether the person behind a persona may be outside at all. `Persona.shows` is their consent."""
    may_be = Q(born__lte=grown_up_since(viewer.now), is_active=True, suspended_at=None)
    return Exists(Person.objects.filter(viewer.let_in, may_be, Q(pk=OuterRef("person"))))


def _are_strangers(viewer_id: int, who: str) -> tuple[Any, ...]:
    """No friendship, block or hidden number between the two, and no third person's circle that holds both.

    Each fact stands on both rows of a pair. The viewer's lie side by side, so that the database may read
    them once for a whole list.
    """
    facts = Relationship.objects.unguarded(STRANGERS).filter(owner=viewer_id)
    mine = Member.objects.unguarded(STRANGERS).filter(person=viewer_id)
    together = Member.objects.unguarded(STRANGERS).filter(circle__in=mine.values("circle"))
    if connection.vendor == "sqlite":
        # It would look through the viewer's circles anew for each person: for somebody in many of them that
        # took 550 ms where the reactions to twenty posts were counted, and takes 16 in this way. PostgreSQL
        # does by itself what is said here: it reads both lists once.
        return ~Q((f"{who}__in", facts.values("other"))), ~Q((f"{who}__in", together.values("person")))
    return ~Exists(facts.filter(other=OuterRef(who))), ~Exists(together.filter(person=OuterRef(who)))


def sees_post(viewer: Viewer, *, personas: QuerySet[Any]) -> Q:
    """Match the viewer's own posts, and those that the strangers who wrote them show.

    :param personas: the personas that this viewer may see.
    """
    if viewer.person_id is None or viewer.outside == Side.SHUT:
        return NOBODY
    author = Exists(personas.filter(person=OuterRef("author")))
    return Q(author, Q(hidden_at=None, withdrawn_at=None) | Q(author=viewer.person_id))


def sees_answer(viewer: Viewer, *, posts: QuerySet[Any], personas: QuerySet[Any], by: str = "author") -> Q:
    """Match what is said of posts that the viewer may see, by themselves or by strangers. A like is that too.

    :param posts: the posts that this viewer may see. :param by: the column of who said it.
    """
    return Q(Exists(posts.filter(pk=OuterRef("post"))), is_by_somebody_seen(personas=personas, by=by))


def is_by_somebody_seen(*, personas: QuerySet[Any], by: str = "author") -> Exists:
    """The half of `sees_answer` that is left to ask where the post has been seen through its own rule."""
    return Exists(personas.filter(person=OuterRef(by)))


def sees_exchange(viewer: Viewer, *, personas: QuerySet[Any]) -> Q:
    """Match exchanges of letters of which the viewer is one end, while they may see the other's persona.

    Somebody who declined a greeting is rid of it; its sender sees it as not answered yet.
    """
    if viewer.person_id is None or viewer.outside == Side.SHUT:
        return NOBODY
    started = Q(Exists(personas.filter(person=OuterRef("greeted"))), starter=viewer.person_id)
    received = Q(
        Exists(personas.filter(person=OuterRef("starter"))), greeted=viewer.person_id, declined_at=None
    )
    return started | received


def sees_letter(*, exchanges: QuerySet[Any]) -> Q:
    """Match the letters of exchanges that may be seen.

    :param exchanges: the exchanges that the viewer may see.
    """
    return Q(Exists(exchanges.filter(pk=OuterRef("exchange"))))
