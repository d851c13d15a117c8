"""Greetings, and the letters that follow once one is answered.

Of any two people there is one exchange, whichever of them began it. Every write holds both of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Side, Viewer
from kith.detectors.contacts import find_contacts
from kith.detectors.risk import risk_of
from kith.notices.models import NoticeKind
from kith.notices.services import dismiss, forget, tell
from kith.people.locks import lock_people
from kith.people.signed_in import myself
from kith.strangers.exchanges import ends
from kith.strangers.likeness import SaidAlready, is_alike
from kith.strangers.limits import count_erased, require_room
from kith.strangers.models import LONGEST_GREETING, LONGEST_LETTER, Exchange, Letter, Persona, Post
from kith.strangers.services.photos import attach, erase_attached
from kith.strangers.services.speaker import speaker
from kith.strangers.words import read_words

GREETING_PAUSE = timedelta(days=90)
"""So long somebody is not greeted again: neither after a greeting, nor after they have declined one."""
MOST_LETTER_PHOTOS = 3
MOST_ALIKE = 3
"""To so many people nearly the same words may go within `ALIKE_WITHIN`."""
ALIKE_WITHIN = timedelta(days=14)
MOST_COMPARED = 50
TICK = timedelta(microseconds=1)

PAIR = "of two people there is one exchange, also while one of them may not see it"
OWN = "somebody erases a letter of their own, also one that nobody sees any more"


class LetterRefused(Refused):
    code: ClassVar[str] = "letter-refused"


# --- Greeting ------------------------------------------------------------------------


@transaction.atomic
def greet(viewer: Viewer, *, persona_id: int, text: str, post_id: int | None = None) -> Exchange:
    """Send somebody a first message: no photos, links or numbers. If they have greeted the viewer, answer.

    To somebody who declined, or did before, it looks the same to its sender as if it had arrived.

    :param post_id: a post of theirs that it is about.
    :raises NotThere: the viewer does not see this persona, or this post of it.
    :raises MayNotPost: nobody could see the viewer's persona.
    :raises LetterRefused: oneself; a contact in it; greeted within 90 days, or in letters already.
    :raises SaidAlready: nearly the same words went to several people.
    :raises WordsRefused: no words, or more than 300 characters.
    :raises TooFast: as many as can be in an hour or a day.
    """
    me, other = hold_stranger(viewer, persona_id)
    speaker(viewer)
    said = _first_words(text)
    theirs, mine = _begun_by(other, me), _begun_by(me, other)
    if (theirs or mine or Exchange()).answered_at is not None:
        raise LetterRefused(_("You write to each other already. Open your letters."))
    if theirs is not None:
        theirs.declined_at = None
        _write(viewer, theirs, said)
        return theirs
    if mine is not None and viewer.now < mine.started_at + GREETING_PAUSE:
        raise LetterRefused(_("You have greeted them already. You can write again when they have answered."))
    require_room(viewer, kind="greeting")
    _require_own_words(viewer, said)
    exchange = mine or Exchange(starter_id=me, greeted_id=other)
    exchange.post = _post_of(viewer, other, post_id)
    _begin(viewer, exchange, said)
    return exchange


def hold_stranger(viewer: Viewer, persona_id: int) -> tuple[int, int]:
    """Hold the viewer and whose persona this is; return their ids.

    :raises NotThere: the viewer does not see it.
    :raises LetterRefused: it is the viewer's own.
    """
    me = myself(viewer)
    seen = Persona.objects.visible_to(viewer).filter(pk=persona_id)
    persona = seen.first()
    if persona is not None and persona.person_id == me:
        raise LetterRefused(_("This is you."))
    if persona is not None:
        lock_people(me, persona.person_id)
        persona = seen.first()
    if persona is None:
        raise NotThere
    return me, persona.person_id


def _first_words(text: str) -> str:
    said = read_words(text, most=LONGEST_GREETING)
    found = find_contacts(said)
    if found:
        sentence = _("A first message has no numbers or links in it. Please leave this out: %(what)s")
        raise LetterRefused(sentence % {"what": found[0].text})
    return said


def _begun_by(starter: int, greeted: int) -> Exchange | None:
    return Exchange.objects.unguarded(PAIR).filter(starter=starter, greeted=greeted).first()


def _require_own_words(viewer: Viewer, said: str) -> None:
    """Refuse what has gone to several people: who is greeted should be meant."""
    sent = Letter.objects.unguarded("compares a greeting with its sender's own earlier ones")
    greetings = sent.filter(exchange__starter=viewer.person_id, at=F("exchange__started_at"))
    lately = greetings.filter(author=viewer.person_id, at__gt=viewer.now - ALIKE_WITHIN).order_by("-at")
    alike = [text for text in lately.values_list("text", flat=True)[:MOST_COMPARED] if is_alike(said, [text])]
    if len(alike) >= MOST_ALIKE:
        raise SaidAlready(
            _("You have sent nearly these words to several people. Write something for this one.")
        )


def _post_of(viewer: Viewer, author_id: int, post_id: int | None) -> Post | None:
    if post_id is None:
        return None
    post = Post.objects.visible_to(viewer).filter(pk=post_id, author=author_id).first()
    if post is None:
        raise NotThere
    return post


def _begin(viewer: Viewer, exchange: Exchange, said: str) -> None:
    """Send a greeting, in the place of an earlier one. One that was declined lately arrives nowhere."""
    before = Letter.objects.unguarded(PAIR).filter(exchange=exchange.pk)
    before.delete()
    if exchange.declined_at is not None and viewer.now >= exchange.declined_at + GREETING_PAUSE:
        exchange.declined_at = None
    exchange.started_at = exchange.last_at = viewer.now
    exchange.greeted_read_at = None
    exchange.save()
    _keep(exchange, viewer, said)
    if exchange.declined_at is None:
        tell(
            exchange.greeted_id,
            kind=NoticeKind.GREETING,
            subject=exchange.pk,
            actor=exchange.starter_id,
            at=viewer.now,
        )


# --- Letters -------------------------------------------------------------------------


@transaction.atomic
def write_letter(viewer: Viewer, *, exchange_id: int, text: str, photo_ids: Sequence[int] = ()) -> Letter:
    """Write a letter. The first of whoever was greeted is the answer, and opens letters both ways.

    :param photo_ids: up to three of the viewer's own, taken in outside.
    :raises NotThere: the viewer sees no such exchange, or a photo is not theirs.
    :raises MayNotPost: nobody could see the viewer's persona.
    :raises LetterRefused: the other has not answered the viewer's greeting yet.
    :raises TooManyPhotos: more than three.
    :raises WordsRefused: neither words nor photos, or more than 2,000 characters.
    :raises TooFast: as many as can be in an hour or a day.
    """
    exchange = hold_exchange(viewer, exchange_id)
    speaker(viewer)
    if exchange.answered_at is None and exchange.starter_id == viewer.person_id:
        raise LetterRefused(_("They have not answered yet. You can write again when they have."))
    said = read_words(text, most=LONGEST_LETTER) if text.strip() or not photo_ids else ""
    require_room(viewer, kind="letter")
    return _write(viewer, exchange, said, photo_ids)


def hold_exchange(viewer: Viewer, exchange_id: int) -> Exchange:
    """Hold the two ends of an exchange that the viewer sees.

    :raises NotThere: they don't.
    """
    myself(viewer)
    seen = Exchange.objects.visible_to(viewer).filter(pk=exchange_id)
    exchange = seen.first()
    if exchange is not None:
        lock_people(exchange.starter_id, exchange.greeted_id)
        exchange = seen.first()
    if exchange is None:
        raise NotThere
    return exchange


def _write(viewer: Viewer, exchange: Exchange, said: str, photo_ids: Sequence[int] = ()) -> Letter:
    mine, theirs = ends(exchange, viewer.person_id)
    if exchange.answered_at is None:
        exchange.answered_at = viewer.now
        forget(kind=NoticeKind.GREETING, subject=exchange.pk)
    setattr(exchange, f"{mine}_read_at", exchange.last_at)
    # Later than all that is there, even if two are written at the same instant: reading marks a place.
    exchange.last_at = max(viewer.now, exchange.last_at + TICK)
    exchange.save()
    letter = _keep(exchange, viewer, said)
    attach(viewer, photo_ids, most=MOST_LETTER_PHOTOS, letter=letter)
    dismiss(viewer, kind=NoticeKind.LETTER, subject=exchange.pk)
    other = getattr(exchange, f"{theirs}_id")
    tell(other, kind=NoticeKind.LETTER, subject=exchange.pk, actor=viewer.person_id, at=viewer.now)
    return letter


def _keep(exchange: Exchange, viewer: Viewer, said: str) -> Letter:
    return Letter.objects.create(
        exchange=exchange,
        author_id=myself(viewer),
        text=said,
        at=exchange.last_at,
        risk=risk_of(said).score,
    )


@transaction.atomic
def decline(viewer: Viewer, *, exchange_id: int) -> None:
    """Be rid of a greeting. Its sender is not told: to them it is not answered yet.

    :raises NotThere: the viewer sees no such greeting to them.
    :raises LetterRefused: they have answered it.
    """
    exchange = hold_exchange(viewer, exchange_id)
    if exchange.greeted_id != viewer.person_id:
        raise NotThere
    if exchange.answered_at is not None:
        raise LetterRefused(_("You have answered this greeting. You can shut the other out instead."))
    exchange.declined_at = viewer.now
    exchange.save(update_fields=["declined_at"])
    forget(kind=NoticeKind.GREETING, subject=exchange.pk)


@transaction.atomic
def erase_letter(viewer: Viewer, *, letter_id: int) -> None:
    """Erase a letter of one's own, for both. A greeting that nobody has answered is taken back with it.

    :raises NotThere: not the viewer's, or the channel is switched off.
    """
    me = myself(viewer)
    mine = Letter.objects.unguarded(OWN).filter(pk=letter_id, author=me)
    found = mine.select_related("exchange").first()
    if found is None or viewer.outside == Side.SHUT:
        raise NotThere
    lock_people(found.exchange.starter_id, found.exchange.greeted_id)
    letter = mine.select_related("exchange").first()
    if letter is None:
        raise NotThere
    exchange = letter.exchange
    erase_attached(Q(letter=letter))
    count_erased(me, kind="letter", at=letter.at, now=viewer.now)
    letter.delete()
    if exchange.answered_at is None:
        # As if it had been declined: whoever was greeted has nothing to answer, and is not greeted anew.
        exchange.declined_at = exchange.declined_at or viewer.now
        exchange.save(update_fields=["declined_at"])
        forget(kind=NoticeKind.GREETING, subject=exchange.pk)


@transaction.atomic
def mark_letters_read(viewer: Viewer, *, exchange_id: int) -> None:
    """Mark what stands in an exchange as read. The other is not told.

    :raises NotThere: the viewer sees no such exchange.
    """
    exchange = hold_exchange(viewer, exchange_id)
    mine, _theirs = ends(exchange, viewer.person_id)
    setattr(exchange, f"{mine}_read_at", exchange.last_at)
    exchange.save(update_fields=[f"{mine}_read_at"])
    dismiss(viewer, kind=NoticeKind.LETTER, subject=exchange.pk)
