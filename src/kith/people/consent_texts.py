"""What people agree to, word for word. The ledger keeps the version; the words of each stay here.

A text that anybody has agreed to is never edited: a new wording is a new version.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.people.models import Purpose

Words = str | Promise


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version of what is said before somebody agrees."""

    version: str
    title: Words
    opening: Words
    seen: tuple[Words, ...]
    """What friends can come to see."""
    never: tuple[Words, ...]
    """What nobody comes to see."""
    choices: tuple[Words, ...]
    """What stays in the person's hands."""
    agreement: Words
    """The sentence beside the box that is ticked."""


_SHARING_1 = ConsentText(
    version="1",
    title=_("Open your circles"),
    opening=_(
        "A circle is a few people you know: your family, your old classmates. In your circles you see what "
        "they bought and what they think of it, and they see what you choose to show."
    ),
    seen=(
        _("The thing you bought and the shop it is from, if you chose to show what you buy"),
        _("The month in which you bought it, never the day"),
        _("Whether you kept it or sent it back"),
        _("The stars, the words and the photos that you add yourself"),
        _("What you ask and what you recommend"),
    ),
    never=(
        _("What you paid"),
        _("How many you bought"),
        _("Your address, or who it was for"),
        _("Your order number"),
        _("Presents, medicine and other private things"),
        _("What you bought before today, unless you show it yourself"),
        _("Who is in your circles, and what you call them"),
    ),
    choices=(
        _("Nothing you buy is shown until you switch that on yourself."),
        _("You can hide or delete each thing, pause everything, or stop for good."),
        _("When you stop, everything disappears from your friends at once."),
    ),
    agreement=_("I have read this and want to open my circles."),
)

TEXTS: dict[tuple[str, str], ConsentText] = {(Purpose.SHARING, "1"): _SHARING_1}

CURRENT: dict[str, str] = {Purpose.SHARING: "1"}
"""The version that is put before people now."""


def current_text(purpose: Purpose) -> ConsentText:
    return TEXTS[purpose, CURRENT[purpose]]


def find_text(purpose: str, version: str) -> ConsentText | None:
    """The words of a version; None for one that was agreed to elsewhere, such as in a host shop."""
    return TEXTS.get((purpose, version))
