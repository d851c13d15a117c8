"""What pages outside may have to hold, on top of the demonstration: long names and words, photos, letters.

Two people whom nobody knows have it all between them: what one of them sees of the other is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from kith.audience.viewer import viewer_of
from kith.core.guard import Viewer
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.strangers import services as strangers
from kith.strangers.models import Exchange, Letter, LookingFor, Persona, Post, PostComment
from kith.strangers.queries.personas import TELLS
from tests.browser.crowd import LONG_WORD, LOOKING, picture

ONE, OTHER, GREETER, UNWANTED = "v" * 20, "u" * 20, "huxiuying", "jianguo"
"""Who looks; of whom they see the most; who has greeted them; and whom they shut out."""

Ids = tuple[object, ...]


# --- Making it ------------------------------------------------------------------------------


def gather_outside(now: datetime) -> None:
    """Let two come outside and write to each other. The demonstration is there, and lets them in."""
    one, other = (_come_out(handle, name, now) for handle, name in ((ONE, "W" * 20), (OTHER, "M" * 20)))
    _write(one, other, now)
    _exchange_letters(one, other)
    greeter = viewer_of(Person.objects.get(handle=GREETER), now)
    strangers.greet(greeter, persona_id=_persona(ONE), text="您好，" + "慢慢说。" * 70)
    strangers.avoid(one, persona_id=_persona(UNWANTED))
    strangers.hide_contacts(one, text="13900139000")


def _come_out(handle: str, name: str, now: datetime) -> Viewer:
    person = Person.objects.create_user(handle, display_name=f"Shopper {handle[0]}", born=1960)
    face = take_in_photo(viewer_of(person, now), file=picture(ord(handle[0])), outside=True)
    strangers.make_persona(
        viewer_of(person, now - timedelta(days=1)),
        text_version="1",
        surface="web",
        name=name,
        intro="慢" + "Looooong" * 30,
        interests=["I" * 12, *(f"{number}" * 12 for number in "abcdefg")],
        looks_for=list(LookingFor.values),
        region="450700",
        tells=list(TELLS),
        avatar_id=face.pk,
    )
    person.refresh_from_db()
    return viewer_of(person, now)


def _write(one: Viewer, other: Viewer, now: datetime) -> None:
    """A post of each: one with photos of every shape, one with words that call for care under it."""
    photos = [take_in_photo(other, file=picture(number), outside=True).pk for number in range(3)]
    theirs = strangers.write_post(other, topic="meet", text=LONG_WORD, region="450700", photo_ids=photos)
    said = strangers.comment(one, post_id=theirs.pk, text="第一句。" + LONG_WORD)
    strangers.comment(other, post_id=theirs.pk, text="答一句。" + LONG_WORD, answers_id=said.pk)
    mine = strangers.write_post(one, topic="hobbies", text="我的阳台上有十一盆月季。" + "开" * 300, region="")
    for text in ("第一个说的，" + "好" * 200, "加我微信 kefu12345，带你投资赚钱，稳赚不赔！！！"):
        strangers.comment(other, post_id=mine.pk, text=text)
    strangers.set_liked(other, post_id=mine.pk, on=True)


def _exchange_letters(one: Viewer, other: Viewer) -> None:
    exchange = strangers.greet(one, persona_id=_persona(OTHER), text="您的月季真好看。" + "看" * 200)
    photo = take_in_photo(other, file=picture(50), outside=True).pk
    for viewer, text, photos in (
        (other, "加我微信 kefu12345，我告诉你。" + LONG_WORD, [photo]),
        (one, "W" * 400, []),
    ):
        strangers.write_letter(viewer, exchange_id=exchange.pk, text=text, photo_ids=photos)
    strangers.wish_to_know(other, exchange_id=exchange.pk, on=True)


# --- Finding it again --------------------------------------------------------------------------


def _of(model: Any, **which: object) -> int:
    """The oldest with these marks."""
    found = model.objects.unguarded(LOOKING).filter(**which).order_by("pk").first()
    assert found is not None, (model, which)
    return int(found.pk)


def _persona(handle: str) -> int:
    return _of(Persona, person__handle=handle)


def persona_of(handle: str) -> Callable[[object], Ids]:
    return lambda _crowd: (_persona(handle),)


def post_of(handle: str) -> Callable[[object], Ids]:
    return lambda _crowd: (_of(Post, author__handle=handle),)


def comment_of(handle: str, *, under: str) -> Callable[[object], Ids]:
    """A comment that answers none, with the post it stands under first."""

    def ids(_crowd: object) -> Ids:
        post = _of(Post, author__handle=under)
        return post, _of(PostComment, post=post, author__handle=handle, root=None)

    return ids


def exchange_of(starter: str, greeted: str) -> Callable[[object], Ids]:
    return lambda _crowd: (_of(Exchange, starter__handle=starter, greeted__handle=greeted),)


def letter_of(handle: str) -> Callable[[object], Ids]:
    return lambda _crowd: (_of(Letter, author__handle=handle),)


def about(kind: str, ids: Callable[[object], Ids]) -> Callable[[object], Ids]:
    """What is reported: its kind and its id."""
    return lambda crowd: (kind, ids(crowd)[-1])


def address_of_post(handle: str) -> str:
    return reverse("outside:post", args=post_of(handle)(None))


def address_to_greet(handle: str) -> str:
    return reverse("outside:greet", args=persona_of(handle)(None))
