"""Greetings and letters, as one of their two ends may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from kith.core.errors import NotThere
from kith.core.guard import GuardedQuerySet, Viewer
from kith.core.paging import Page, read_place, write_cursor
from kith.detectors.risk import risk_of
from kith.people.models import Person
from kith.people.signed_in import myself
from kith.strangers.exchanges import ends, has_letters_both_ways, is_alive
from kith.strangers.models import Exchange, Letter, Persona, Post
from kith.strangers.queries.cards import PhotoRef, photos_on
from kith.strangers.queries.personas import PersonaFace, faces_outside

MOST = 100
"""Beyond a hundred, exchanges with something unread are not counted."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
SEEN_BEFORE = "letters of exchanges that were seen through the rule"

Box = Literal["open", "greetings", "sent"]


@dataclass(frozen=True, slots=True)
class ExchangeCard:
    """An exchange as its line in a list: with whom, the last words, and what can be done."""

    id: int
    other: PersonaFace
    state: Literal["open", "greeting", "waiting"]
    """Letters go both ways; the viewer has not answered; the other has not."""
    words: str
    """The last letter; "" if it was only photos, or was erased."""
    words_mine: bool
    at: datetime
    unread: bool
    post_id: int | None
    """The post that the greeting was about, if the viewer may still see it."""
    can_write: bool
    can_decline: bool
    can_wish: bool
    """Letters have gone both ways, so the two may become friends."""
    i_wish: bool
    they_wish: bool


@dataclass(frozen=True, slots=True)
class LetterCard:
    id: int
    text: str
    at: datetime
    is_mine: bool
    photos: tuple[PhotoRef, ...]
    careful: tuple[str, ...]
    """Of a letter to the viewer: codes of what in it asks for caution (`detectors.risk.reason_text`)."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the page says before somebody wishes to be friends: what the other will then know."""

    exchange: ExchangeCard
    my_name: str
    my_handle: str
    at_once: bool
    """The other wishes it already: the viewer's wish is the last word."""


def exchanges(
    viewer: Viewer, *, box: Box = "open", cursor: str | None = None, size: int = 20
) -> Page[ExchangeCard]:
    """The viewer's letters, the latest first.

    :param box: "open": answered; "greetings": to the viewer, not answered; "sent": by them, not answered.
    """
    rows = _exchanges(viewer).filter(_in_box(viewer, box)).order_by("-last_at", "-pk")
    if cursor:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(last_at__lt=instant) | Q(last_at=instant, pk__lt=after))
    found = list(rows[: size + 1])
    shown = found[:size]
    more = write_cursor(shown[-1].last_at.isoformat(), shown[-1].pk) if len(found) > size else None
    return Page(_cards(viewer, shown), more)


def _in_box(viewer: Viewer, box: Box) -> Q:
    match box:
        case "open":
            return Q(answered_at__isnull=False)
        case "greetings":
            return Q(answered_at=None, greeted=viewer.person_id)
        case "sent":
            return Q(answered_at=None, starter=viewer.person_id, last_letter__isnull=False)
    raise NotThere


def get_exchange(viewer: Viewer, *, exchange_id: int) -> ExchangeCard:
    """One exchange. :raises NotThere: the viewer is not one of its ends, or may not see the other."""
    found = _exchanges(viewer).filter(pk=exchange_id).first()
    if found is None:
        raise NotThere
    [card] = _cards(viewer, [found])
    return card


def find_exchange_with(viewer: Viewer, *, persona_id: int) -> ExchangeCard | None:
    """The viewer's exchange with a persona, for its page; None if there is none."""
    ends_at = Q(starter__in=_who(viewer, persona_id)) | Q(greeted__in=_who(viewer, persona_id))
    found = _exchanges(viewer).filter(ends_at).first() if viewer.is_known else None
    return _cards(viewer, [found])[0] if found else None


def unread_letters(viewer: Viewer) -> int:
    """How many exchanges hold something that the viewer has not read, at most 100."""
    if viewer.person_id is None:
        return 0
    return len(_exchanges(viewer).filter(unread=True).values_list("pk", flat=True)[:MOST])


def count_greetings(viewer: Viewer) -> int:
    """How many greetings wait for the viewer's answer, at most 100."""
    waiting = Exchange.objects.visible_to(viewer).filter(greeted=viewer.person_id, answered_at=None)
    return len(waiting.values_list("pk", flat=True)[:MOST]) if viewer.is_known else 0


def meeting(viewer: Viewer, *, exchange_id: int) -> Meeting:
    """What to say before the viewer wishes to be friends with the other end of an exchange.

    :raises NotThere: the viewer is not one of its ends, or may not see the other.
    """
    card = get_exchange(viewer, exchange_id=exchange_id)
    me = Person.objects.only("display_name", "handle").get(pk=myself(viewer))
    return Meeting(card, me.display_name, me.handle, at_once=card.they_wish)


def letters_of(
    viewer: Viewer, *, exchange_id: int, cursor: str | None = None, size: int = 30
) -> Page[LetterCard]:
    """The letters of an exchange, the latest first.

    :raises NotThere: the viewer is not one of its ends, or may not see the other.
    """
    if not Exchange.objects.visible_to(viewer).filter(pk=exchange_id).exists():
        raise NotThere
    rows = Letter.objects.visible_to(viewer).filter(exchange=exchange_id).order_by("-at", "-pk")
    if cursor:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(at__lt=instant) | Q(at=instant, pk__lt=after))
    found = list(rows[: size + 1])
    shown = found[:size]
    more = write_cursor(shown[-1].at.isoformat(), shown[-1].pk) if len(found) > size else None
    photos = photos_on(letter__in=[letter.pk for letter in shown])
    return Page(tuple(_letter(viewer, letter, photos[letter.pk]) for letter in shown), more)


def get_letter(viewer: Viewer, *, letter_id: int) -> LetterCard:
    """One letter. :raises NotThere: the viewer may not see it."""
    letter = Letter.objects.visible_to(viewer).filter(pk=letter_id).first()
    if letter is None:
        raise NotThere
    return _letter(viewer, letter, photos_on(letter__in=[letter.pk])[letter.pk])


def _letter(viewer: Viewer, letter: Letter, photos: Sequence[PhotoRef]) -> LetterCard:
    is_mine = letter.author_id == viewer.person_id
    return LetterCard(
        id=letter.pk,
        text=letter.text,
        at=letter.at,
        is_mine=is_mine,
        photos=tuple(photos),
        careful=risk_of(letter.text).reasons if letter.risk and not is_mine else (),
    )


def _exchanges(viewer: Viewer) -> GuardedQuerySet[Any]:
    """Those that the viewer may see, each with its last letter and whether there is something unread."""
    letters = Letter.objects.unguarded(SEEN_BEFORE).filter(exchange=OuterRef("pk"))
    mine = Case(When(starter=viewer.person_id, then=F("starter_read_at")), default=F("greeted_read_at"))
    theirs = letters.exclude(author=viewer.person_id or 0)
    seen = Exchange.objects.visible_to(viewer).annotate(
        last_letter=Subquery(letters.order_by("-at", "-pk").values("pk")[:1]),
        read_until=Coalesce(mine, Value(NEVER, DateTimeField())),
    )
    return seen.annotate(unread=Exists(theirs.filter(at__gt=OuterRef("read_until"))))


def _cards(viewer: Viewer, found: Sequence[Any]) -> tuple[ExchangeCard, ...]:
    """The lines of these exchanges, which the viewer may see. Five queries, however many they are."""
    if not found:
        return ()
    others = {exchange.pk: _other(viewer, exchange) for exchange in found}
    faces = faces_outside(viewer, others.values())
    letters = Letter.objects.unguarded(SEEN_BEFORE).in_bulk([exchange.last_letter for exchange in found])
    posts = Post.objects.visible_to(viewer).filter(pk__in=[exchange.post_id for exchange in found])
    seen_posts = set(posts.values_list("pk", flat=True))
    acquainted = has_letters_both_ways(found)
    writes = may_write(viewer)
    return tuple(
        _card(
            viewer,
            exchange,
            other=faces[others[exchange.pk]],
            last=letters.get(exchange.last_letter),
            post_id=exchange.post_id if exchange.post_id in seen_posts else None,
            acquainted=exchange.pk in acquainted,
            writes=writes,
        )
        for exchange in found
        if others[exchange.pk] in faces
    )


def _card(
    viewer: Viewer,
    exchange: Any,
    *,
    other: PersonaFace,
    last: Letter | None,
    post_id: int | None,
    acquainted: bool,
    writes: bool,
) -> ExchangeCard:
    mine, theirs = ends(exchange, viewer.person_id)
    unanswered: Literal["greeting", "waiting"] = "waiting" if mine == "starter" else "greeting"
    state: Literal["open", "greeting", "waiting"] = unanswered if exchange.answered_at is None else "open"
    return ExchangeCard(
        id=exchange.pk,
        other=other,
        state=state,
        words=last.text if last else "",
        words_mine=last is not None and last.author_id == viewer.person_id,
        at=exchange.last_at,
        unread=exchange.unread,
        post_id=post_id,
        can_write=writes and state != "waiting",
        can_decline=state == "greeting",
        can_wish=writes and acquainted,
        i_wish=is_alive(getattr(exchange, f"{mine}_wishes"), viewer.now),
        they_wish=is_alive(getattr(exchange, f"{theirs}_wishes"), viewer.now),
    )


def may_write(viewer: Viewer) -> bool:
    """Whether others could see what the viewer writes outside."""
    mine = Persona.objects.visible_to(viewer).filter(person=viewer.person_id, shows=True, closed_at=None)
    return viewer.outside_open and mine.exists()


def _other(viewer: Viewer, exchange: Exchange) -> int:
    _mine, theirs = ends(exchange, viewer.person_id)
    return int(getattr(exchange, f"{theirs}_id"))


def _who(viewer: Viewer, persona_id: int) -> Any:
    seen = Persona.objects.visible_to(viewer).filter(pk=persona_id)
    return seen.exclude(person=viewer.person_id or 0).values("person")
