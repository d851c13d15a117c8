"""Opening the circle side, pausing it, closing it, and the record of what was agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kith.audience.viewer import CIRCLES
from kith.people.consent_texts import ConsentText, current_text, find_text
from kith.people.models import Consent, Purpose, SharingMode, SharingPreference
from kith.people.queries import consents_of, find_sharing_preference, has_consented
from kith.rollout import queries as rollout
from kith.sharing import services as sharing
from kith.ties import queries as ties
from kith.web.acts import act, me, onward, sent
from kith.web.middleware import ViewerRequest
from kith.web.privacy_forms import MODES, OpenForm, write_hold
from kith.web.waiting import change_waiting

SURFACE = "web"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the circle side stands for its reader: open, paused, suspended, unopened, or not here yet."""

    word: str
    agreed: bool
    mode: str
    mode_in_words: str
    hold_in_words: str
    default_circles: tuple[str, ...]
    feature: rollout.Standing
    """Why it is not here yet: closed for all, being wound down until a day, or not the reader's turn."""


def standing_of(request: ViewerRequest) -> Standing:
    person = me(request)
    preference = find_sharing_preference(person.pk) or SharingPreference(mode=SharingMode.OFF)
    agreed = has_consented(person.pk, Purpose.SHARING)
    feature = rollout.standing_of(CIRCLES, person.pk, request.viewer.now)
    if not feature.let_in:
        word = "not-here-yet"
    elif person.suspended_at is not None:
        word = "suspended"
    elif not agreed:
        word = "unopened"
    else:
        word = "paused" if preference.paused_at else "open"
    return Standing(
        word,
        agreed,
        preference.mode,
        str(MODES[SharingMode(preference.mode)]),
        write_hold(int(preference.hold.total_seconds()) // 60),
        tuple(circle.name for circle in ties.circles(request.viewer) if circle.is_default),
        feature,
    )


def draw_closed(request: ViewerRequest) -> HttpResponse:
    """What stands in place of the circle side while it is not open to its reader, and what they can do."""
    return render(request, "circle/closed.html", {"standing": standing_of(request)})


@login_required
@require_GET
def show_home(request: ViewerRequest) -> HttpResponse:
    return render(request, "privacy/home.html", {"standing": standing_of(request)})


# --- Opening and closing -------------------------------------------------------------------


@login_required
def open_circles(request: ViewerRequest) -> HttpResponse:
    """Say what opening means, and open on agreement to exactly the words that were shown."""
    text = current_text(Purpose.SHARING)
    standing = standing_of(request)
    form = OpenForm(sent(request), initial={"version": text.version})
    if request.method == "POST" and form.is_valid() and standing.word != "not-here-yet":
        if form.cleaned_data["version"] == text.version:
            with act(request, done=_("Your circles are open.")):
                sharing.open_circles(request.viewer, text_version=text.version, surface=SURFACE)
            return redirect(onward(request, _next_step(request)))
        form = OpenForm(initial={"version": text.version})
        messages.warning(request, _("The words have changed meanwhile. Please read them once more."))
    context = {"text": text, "form": form, "standing": standing, "next": onward(request, "")}
    return render(request, "privacy/open.html", context)


def _next_step(request: ViewerRequest) -> str:
    """After opening: make a circle first, or choose what to show to those that are there."""
    return reverse("privacy:sharing") if ties.circles(request.viewer) else reverse("circles:list")


@login_required
def withdraw(request: ViewerRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "privacy/withdraw.html", {"standing": standing_of(request)})
    done = _("Your circles are closed. From now on your friends see nothing of yours here.")
    with act(request, done=done):
        sharing.withdraw_consent(request.viewer, surface=SURFACE)
    return redirect("privacy:home")


@login_required
@require_POST
def wait(request: ViewerRequest) -> HttpResponse:
    """Go on the waiting list of the circle side (`on`: 1), or off it."""
    change_waiting(request, CIRCLES)
    return redirect("privacy:home")


@login_required
@require_POST
def pause(request: ViewerRequest) -> HttpResponse:
    with act(request, done=_("Paused. Nobody sees anything of yours until you go on.")):
        sharing.pause(request.viewer)
    return redirect("privacy:home")


@login_required
@require_POST
def resume(request: ViewerRequest) -> HttpResponse:
    with act(request, done=_("Your friends see again what you showed them.")):
        sharing.resume(request.viewer)
    return redirect("privacy:home")


# --- The ledger ----------------------------------------------------------------------------


@login_required
@require_GET
def show_ledger(request: ViewerRequest) -> HttpResponse:
    """What the reader agreed to, and when, newest first, with the very words."""
    entries = [
        {"consent": consent, "where": _where(consent.surface), "text": _text_of(consent)}
        for consent in consents_of(me(request).pk)
    ]
    return render(request, "privacy/ledger.html", {"entries": entries})


def _text_of(consent: Consent) -> ConsentText | None:
    return find_text(consent.purpose, consent.text_version) if consent.given else None


def _where(surface: str) -> str:
    kind, _colon, source = surface.partition(":")
    said: dict[str, Any] = {"web": _("on these pages"), "api": _("through a program of yours")}
    if kind == "import" and source:
        return _("at %(shop)s") % {"shop": source}
    return str(said.get(kind, surface))
