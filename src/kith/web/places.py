"""What every page knows: who looks, in which language and size, and the five places at its foot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy

from kith.core.guard import Side, Viewer
from kith.sharing.queries import unread_notices
from kith.strangers import queries as outside

LANGUAGE_TAGS = {"zh-hans": "zh-Hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Place:
    """One of the five. `key` is also its sign, unless it has another."""

    key: str
    address: str
    word: str | Promise
    sign: str = ""


CIRCLE = Place("circle", "circle:feed", pgettext_lazy("place", "Circle"))
OUTSIDE = Place("outside", "outside:home", pgettext_lazy("place", "Outside"))
SHOP = Place("shop", "shop:front", pgettext_lazy("place", "Shop"))
TRUSTED = Place("trusted", "trusted:merchants", pgettext_lazy("place", "Trusted"))
NOTICES = Place("notices", "circle:notices", pgettext_lazy("place", "Notices"))
LETTERS = Place("letters", "outside:letters", pgettext_lazy("place", "Letters"), "mail")
ME = Place("me", "me:home", pgettext_lazy("place", "Me"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as one page shows it."""

    sign: str
    address: str
    word: str | Promise
    is_here: bool
    waiting: int
    """How much is unread there."""


def about_page(request: HttpRequest) -> dict[str, Any]:
    """Give `viewer`, `language`, `care`, `goes_outside` and `places_for` to every template.

    `csrf_input` is Django's, but drawn once for all forms of a page and not for each anew.
    What is unread is asked only by pages that show the five places, and only of their own side.
    """
    viewer = request.viewer  # type: ignore[attr-defined]
    known = request.user.is_authenticated
    goes_outside: Any = SimpleLazyObject(lambda: _goes_outside(viewer)) if known else False
    return {
        "viewer": viewer,
        "csrf_input": SimpleLazyObject(lambda: csrf_input(request)),
        "language": LANGUAGE_TAGS.get(get_language() or "", "zh-Hans"),
        "care": getattr(request, "care", False),
        "goes_outside": goes_outside,
        "places_for": partial(_places_for, viewer if known else None, goes_outside),
    }


def _goes_outside(viewer: Viewer) -> bool:
    """Whether the channel is let in to somebody, or was and has kept what they wrote."""
    return viewer.outside_open or (viewer.outside == Side.OWN and outside.has_persona(viewer))


def _places_for(viewer: Viewer | None, goes_outside: bool, side: str, here: str) -> Iterator[Shown]:
    """The five places at the foot of a page. :param side: the one it is on. :param here: its place's key."""
    if not goes_outside:
        five = [CIRCLE, SHOP, TRUSTED, NOTICES, ME]
    else:
        five = [CIRCLE, OUTSIDE, SHOP, LETTERS if side == "outside" else NOTICES, ME]
        here = "shop" if here == "trusted" else here
    unread: dict[str, Callable[[Viewer], int]] = {"notices": unread_notices, "letters": _unread_outside}
    for place in five:
        count = unread[place.key](viewer) if viewer and place.key in unread else 0
        yield Shown(place.sign or place.key, place.address, place.word, place.key == here, count)


def _unread_outside(viewer: Viewer) -> int:
    """Exchanges with something unread in them, and what else one is told there: each thing once."""
    return outside.unread_letters(viewer) + outside.unread_outside(viewer)
