"""What is held about a person outside, for their copy of it.

It is handed out apart from what is held inside, and nothing in it joins the two: no id of a person
stands in it, not even their own. What others wrote is in it only if it was written to them, and they
may still read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model

from kith.core.copying import plain, plain_row
from kith.core.guard import Viewer
from kith.notices.models import OUTSIDE, Notice
from kith.people.models import Consent, Purpose
from kith.strangers.erasures import Erasure
from kith.strangers.hidings import Hiding
from kith.strangers.models import (
    Complaint,
    Exchange,
    Letter,
    OutsidePhoto,
    Persona,
    Post,
    PostComment,
    PostFollow,
    Reaction,
    ShutOut,
    TopicFollow,
)
from kith.strangers.queries.personas import faces_outside
from kith.ties.models import HiddenContact

COPY = "a person's copy of what is held about them outside"
PEOPLE = {
    "id", "person", "author", "post_author", "owner", "recipient", "actor", "reporter", "accused", "persona",
}  # fmt: skip
"""Ids of people, of who they are outside now, and numbers of rows; where a row's own id is told it is
named again."""
OTHERS_SAY = {"weight", "rank", "open_reports", "worth", "quoted", "digest", "key", "name_key"}
"""What others' reactions and reports come to, what others wrote, and what belongs to the hashes."""


def tables(viewer: Viewer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What is held about the viewer outside, by name of the file; what is their own also while it is shut."""
    me = viewer.person_id
    if me is None:
        return
    for name, rows, with_id in _rows(me):
        yield name, [_plain(row, with_id=with_id) for row in rows]
    yield "letters", list(_letters(viewer, me))


def _rows(me: int) -> Iterator[tuple[str, Iterable[Model], bool]]:
    """Which rows are about a person, by name of the file, and whether their own id is told."""
    yield "consents", Consent.objects.filter(person=me, purpose=Purpose.STRANGERS).order_by("at"), False
    yield "persona", Persona.objects.unguarded(COPY).filter(person=me).exclude(name=""), True
    yield "posts", Post.objects.unguarded(COPY).filter(author=me).order_by("created_at"), True
    yield "comments", PostComment.objects.unguarded(COPY).filter(author=me).order_by("at"), True
    yield "likes", Reaction.objects.unguarded(COPY).filter(person=me, liked_at__isnull=False), False
    yield "photos", OutsidePhoto.objects.unguarded(COPY).filter(author=me), False
    yield "topics_followed", TopicFollow.objects.unguarded(COPY).filter(person=me), False
    yield "posts_followed", PostFollow.objects.unguarded(COPY).filter(person=me), False
    yield "complaints_made", Complaint.objects.unguarded(COPY).filter(reporter=me).order_by("at"), False
    yield "shut_out", ShutOut.objects.unguarded(COPY).filter(person=me), False
    yield "hidden_numbers", HiddenContact.objects.unguarded(COPY).filter(owner=me).order_by("added_at"), False
    yield "numbers_hidden", Hiding.objects.unguarded(COPY).filter(person=me).order_by("at"), False
    yield "erased_lately", Erasure.objects.unguarded(COPY).filter(person=me).order_by("at"), False
    yield "notices", Notice.objects.unguarded(COPY).filter(recipient=me, kind__in=OUTSIDE), False


def _plain(row: Model, *, with_id: bool) -> dict[str, Any]:
    told = plain_row(row, without=PEOPLE | OTHERS_SAY)
    return {"id": plain(row.pk), **told} if with_id else told


def _letters(viewer: Viewer, me: int) -> Iterator[dict[str, Any]]:
    """Letters that the viewer wrote, and those written to them that they may still read."""
    seen = Exchange.objects.visible_to(viewer).values_list("pk", "starter", "greeted")
    others = {pk: greeted if starter == me else starter for pk, starter, greeted in seen}
    faces = faces_outside(viewer, set(others.values()))
    names = {pk: faces[other].name for pk, other in others.items() if other in faces}
    written = Letter.objects.unguarded(COPY).filter(author=me)
    received = Letter.objects.unguarded(COPY).filter(exchange__in=list(names)).exclude(author=me)
    for letter in sorted([*written, *received], key=lambda letter: (letter.exchange_id, letter.at)):
        yield {
            "exchange": plain(letter.exchange_id),
            "with": names.get(letter.exchange_id),
            "from": "me" if letter.author_id == me else "them",
            "text": letter.text,
            "at": letter.at,
        }
