"""Reporting what is wrong, and what the shop's staff decide about it.

Whoever is reported learns neither that they were nor by whom; only that a post was hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.people.locks import lock_people
from kith.people.models import Person
from kith.people.signed_in import myself
from kith.strangers.models import Complaint, Grievance, Persona, Post, PostComment
from kith.strangers.ranking import reweigh
from kith.strangers.reportable import look_at
from kith.strangers.services.avoiding import shut_out
from kith.strangers.services.comments import take_down_comment
from kith.strangers.services.posts import hide_post
from kith.strangers.services.standing import close_persona
from kith.strangers.words import read_words

LONGEST_COMPLAINT = 500
MOST_A_DAY = 30
STAFF = "the shop's staff decide about what was reported"
COUNTING = "counts what was reported, and what of it was right"
About, State = Complaint.About, Complaint.State


class ReportRefused(Refused):
    code: ClassVar[str] = "report-refused"


class DecisionRefused(Refused):
    code: ClassVar[str] = "decision-refused"


# --- Reporting -----------------------------------------------------------------------


@transaction.atomic
def report(
    viewer: Viewer, *, about: str, subject_id: int, why: str, words: str = "", also_avoid: bool = False
) -> Complaint:
    """Report a persona, or something it wrote, to the shop's staff. Reported again, it stays as it was.

    What it says now is kept: it may be changed or erased before anybody looks.

    :param about: of `Complaint.About`. :param why: of `Grievance`.
    :param words: what the viewer has to say of it, at most 500 characters.
    :param also_avoid: shut its author out as well.
    :raises NotThere: the viewer does not see it.
    :raises ReportRefused: their own; no such reason; or thirty things in a day.
    :raises WordsRefused: too many words.
    """
    me = myself(viewer)
    accused, _said = look_at(viewer, about, subject_id)
    if accused == me:
        raise ReportRefused(_("This is your own."))
    lock_people(me, accused)
    _accused, quoted = look_at(viewer, about, subject_id)
    mine = Complaint.objects.visible_to(viewer)
    complaint = mine.filter(about=about, subject=subject_id).first()
    if complaint is None:
        complaint = Complaint(reporter_id=me, accused_id=accused, about=about, subject=subject_id)
        complaint.quoted, complaint.at = quoted, viewer.now
        complaint.why, complaint.words = _read(why, words)
        if mine.filter(at__gt=viewer.now - timedelta(days=1)).count() >= MOST_A_DAY:
            raise ReportRefused(_("You have reported a great deal today. Please come back tomorrow."))
        complaint.save(force_insert=True)
        _count_open(about, subject_id)
    if also_avoid:
        shut_out(me, accused, viewer=viewer)
    return complaint


def _read(why: str, words: str) -> tuple[str, str]:
    if why not in Grievance.values:
        raise ReportRefused(_("Please choose why."))
    return why, read_words(words, most=LONGEST_COMPLAINT) if words.strip() else ""


def _count_open(about: str, subject_id: int) -> None:
    """Let a post know how many have reported it and wait for an answer. The caller holds its author."""
    if about != About.POST:
        return
    rows = Complaint.objects.unguarded(COUNTING).filter(about=about, subject=subject_id, state=State.OPEN)
    Post.objects.unguarded(COUNTING).filter(pk=subject_id).update(open_reports=rows.count())
    reweigh([subject_id])


# --- Deciding ------------------------------------------------------------------------


@transaction.atomic
def decide(*, complaint_id: int, upheld: bool, actor: Person, now: datetime, hide: bool = True) -> int:
    """Decide about what was reported, for all who have reported the same thing; or decide anew.

    :param hide: upheld, hide the post, remove the comment, close the persona. A letter stays with whom
        it was written to. Dismissing shows nothing again that was hidden before.
    :returns: how many complaints it answers.
    :raises NotThere: no such complaint.
    :raises DecisionRefused: the one who decides has reported it, or is who is reported.
    """
    complaints = Complaint.objects.unguarded(STAFF)
    complaint = complaints.filter(pk=complaint_id).first()
    if complaint is None:
        raise NotThere
    lock_people(complaint.accused_id)
    complaint = complaints.get(pk=complaint_id)
    together = _together(complaint)
    if complaint.accused_id == actor.pk or together.filter(reporter=actor).exists():
        raise DecisionRefused(_("This is about you, or you have reported it. Somebody else has to decide."))
    answered = together.update(state=State.UPHELD if upheld else State.DISMISSED, decided_at=now)
    count_upheld(complaint.accused_id)
    _count_open(complaint.about, complaint.subject)
    if upheld and hide:
        _hide(complaint, now)
    return answered


def _together(complaint: Complaint) -> QuerySet[Complaint]:
    """What is decided with it: all that wait about the same thing, or were decided with it before."""
    same = Complaint.objects.unguarded(STAFF).filter(about=complaint.about, subject=complaint.subject)
    return same.filter(state=complaint.state, decided_at=complaint.decided_at)


def count_upheld(person_id: int) -> None:
    """Let a persona know how often what was reported of it was right: decisions, not complaints."""
    Persona.objects.unguarded(COUNTING).filter(person=person_id).update(upheld=_upheld(person_id))


def _upheld(person_id: int) -> int:
    rows = Complaint.objects.unguarded(COUNTING).filter(accused=person_id, state=State.UPHELD)
    return rows.order_by().values("about", "subject", "decided_at").distinct().count()


def _hide(complaint: Complaint, now: datetime) -> None:
    """Take what was reported out of everybody's sight, if it is still there.

    A persona is closed under whatever name its owner has begun anew: else erasing all would avert it.
    """
    match complaint.about:
        case About.POST if Post.objects.unguarded(STAFF).filter(pk=complaint.subject).exists():
            hide_post(post_id=complaint.subject, on=True, now=now)
        case About.COMMENT if PostComment.objects.unguarded(STAFF).filter(pk=complaint.subject).exists():
            take_down_comment(comment_id=complaint.subject, now=now)
        case About.PERSONA:
            theirs = Persona.objects.unguarded(STAFF).filter(person=complaint.accused_id)
            for persona_id in theirs.values_list("pk", flat=True):
                close_persona(persona_id=persona_id, now=now)


# --- Keeping it ----------------------------------------------------------------------


@transaction.atomic
def forget_reporter(person_id: int) -> None:
    """Somebody leaves: what they reported and nobody has decided is gone; of the rest, who it was."""
    rows = Complaint.objects.unguarded("what somebody reported is forgotten with them")
    mine = rows.filter(reporter=person_id)
    waiting = list(mine.filter(state=State.OPEN).order_by("accused"))
    lock_people(person_id, *{complaint.accused_id for complaint in waiting})
    mine.filter(state=State.OPEN).delete()
    for complaint in waiting:
        _count_open(complaint.about, complaint.subject)
    mine.update(words="", reporter=None)


def find_miscounted() -> Iterator[str]:
    """Say each persona and post whose count of complaints is not that of the rows. There must be none."""
    rows = Complaint.objects.unguarded(COUNTING)
    decisions = rows.filter(state=State.UPHELD).order_by().values("accused", "about", "subject", "decided_at")
    upheld = Counter(decision["accused"] for decision in decisions.distinct())
    personas = Persona.objects.unguarded(COUNTING).order_by("pk").values_list("pk", "person", "upheld")
    for pk, person_id, number in personas.iterator():
        if number != upheld[person_id]:
            yield f"the persona {pk} has {number} upheld complaints; the decisions say {upheld[person_id]}"
    waiting = rows.filter(state=State.OPEN, about=About.POST).order_by().values_list("subject")
    opened = dict(waiting.annotate(number=Count("pk")))
    posts = Post.objects.unguarded(COUNTING).order_by("pk").values_list("pk", "open_reports")
    for pk, number in posts.iterator():
        if number != opened.get(pk, 0):
            yield f"the post {pk} has {number} open reports; the rows say {opened.get(pk, 0)}"
