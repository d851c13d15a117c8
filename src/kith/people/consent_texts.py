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

_STRANGERS_1 = ConsentText(
    version="1",
    title=_("Go outside"),
    opening=_(
        "Outside you meet people who do not know you. You take another name there. Your friends, the people "
        "in your circles and the numbers you hide from never see you there."
    ),
    seen=(
        _("The name, the picture and the words about yourself that you choose for outside"),
        _("The province or city that you choose, or none"),
        _("What you write there, and the photos you add"),
        _("Facts about you, such as that your telephone is confirmed: only those you tick"),
        _("How many complaints about you the shop found to be right. This one you cannot hide."),
    ),
    never=(
        _("Your name in the shop, your Kith name, your telephone number"),
        _("What you buy, and what you show your circles"),
        _("Your address, or where you are"),
        _("Who your friends are"),
    ),
    choices=(
        _("You can hide or delete each thing you write, and go for good at any time."),
        _("You can hide from any number, shut anybody out, and report what is wrong."),
        _("If this place is ever closed, you are told, and have time to take your words with you."),
    ),
    agreement=_("I have read this, I am 18 or older, and I want to go outside."),
)

TEXTS: dict[tuple[str, str], ConsentText] = {
    (Purpose.SHARING, "1"): _SHARING_1,
    (Purpose.STRANGERS, "1"): _STRANGERS_1,
}

CURRENT: dict[str, str] = {Purpose.SHARING: "1", Purpose.STRANGERS: "1"}
"""The version that is put before people now."""


def current_text(purpose: Purpose) -> ConsentText:
    return TEXTS[purpose, CURRENT[purpose]]


def find_text(purpose: str, version: str) -> ConsentText | None:
    """The words of a version; None for one that was agreed to elsewhere, such as in a host shop."""
    return TEXTS.get((purpose, version))
