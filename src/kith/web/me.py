"""Me: my account, my profile, and the keys of my programs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kith.people.models import Person
from kith.people.profile import ProfileRefused
from kith.people.regions import province_of
from kith.people.services import change_profile
from kith.people.tokens import Scope, TokenRefused, make_token, revoke_token, tokens_of
from kith.ties import queries as ties
from kith.web import once
from kith.web.acts import act, me, sent, write_receipt
from kith.web.me_forms import KeyForm, ProfileForm
from kith.web.middleware import ViewerRequest
from kith.web.once import make_once
from kith.web.privacy import standing_of


@login_required
@require_GET
def show_home(request: ViewerRequest) -> HttpResponse:
    context = {
        "person": me(request),
        "standing": standing_of(request),
        "waiting": len(ties.requests_in(request.viewer)),
    }
    return render(request, "me/home.html", context)


# --- The profile -----------------------------------------------------------------------


@login_required
def change(request: ViewerRequest) -> HttpResponse:
    """Show and change the profile. "Show its cities" only draws the page again, without a script."""
    person = me(request)
    only_redraw = "cities" in request.POST
    form = _profile_form(request, person)
    if request.method == "POST" and not only_redraw and form.is_valid() and _save(request, form):
        return redirect("me:home")
    fragment = request.method == "POST" and only_redraw and "HX-Request" in request.headers
    template = "me/city.html" if fragment else "me/profile.html"
    return render(request, template, {"form": form, "person": person, "quiet": only_redraw})


def _profile_form(request: ViewerRequest, person: Person) -> ProfileForm:
    region = person.region
    initial: dict[str, Any] = {
        "province": province_of(region) if region else "",
        "city": "" if region.endswith("0000") else region,
    }
    for field in ("display_name", "handle", "born", "language", "care_mode", "found_by_phone"):
        initial[field] = getattr(person, field)
    if "cities" in request.POST:
        # Drawn again with what was typed, but not yet judged.
        return ProfileForm(initial=_typed(request), now=request.viewer.now, reader_language=_language())
    return ProfileForm(sent(request), initial=initial, now=request.viewer.now, reader_language=_language())


def _typed(request: ViewerRequest) -> dict[str, Any]:
    typed: dict[str, Any] = request.POST.dict()
    return typed | {name: name in typed for name in ("care_mode", "found_by_phone")} | {"city": ""}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _save(request: ViewerRequest, form: ProfileForm) -> bool:
    wanted = form.cleaned_data
    try:
        person = change_profile(
            request.viewer,
            display_name=wanted["display_name"],
            handle=wanted["handle"],
            region=form.region,
            born=wanted["born"],
            language=wanted["language"],
            care_mode=wanted["care_mode"],
            found_by_phone=wanted["found_by_phone"],
        )
    except ProfileRefused as refusal:
        field = {"region": "city"}.get(refusal.field, refusal.field)
        form.add_error(field if field in form.fields else None, str(refusal))
        return False
    with override(person.language):
        messages.success(request, _("Saved."))
    return True


# --- Keys --------------------------------------------------------------------------------


@login_required
@never_cache
def show_keys(request: ViewerRequest) -> HttpResponse:
    """The keys of the reader's programs, and making one. A key's text is shown once, on this answer."""
    is_staff = me(request).is_staff
    form = KeyForm(sent(request), is_staff=is_staff)
    text = _make_key(request, form) if request.method == "POST" and form.is_valid() else ""
    if text:
        form = KeyForm(is_staff=is_staff)
    cards = [
        {
            "key": key,
            "scopes": [Scope(scope).label for scope in key.scopes if scope in Scope.values],
            "receipt": write_receipt(request.viewer, key.pk),
        }
        for key in tokens_of(request.viewer)
    ]
    context = {"form": form, "cards": cards, "text": text, "once": once.new_token()}
    return render(request, "me/keys.html", context)


def _make_key(request: ViewerRequest, form: KeyForm) -> str:
    """The text of the new key; "" if there is none, or if this form has made one before."""
    made: list[str] = []

    def make() -> int:
        wanted = form.cleaned_data
        token, text = make_token(
            request.viewer,
            name=wanted["name"],
            scopes=wanted["scopes"],
            expires_at=form.end(request.viewer.now),
        )
        made.append(text)
        return int(token.pk)

    try:
        make_once(request.viewer, token=request.POST.get(once.FIELD, ""), make=make)
    except TokenRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return ""
    if not made:
        messages.warning(
            request, _("That key is made already, and is shown only once. If it is lost, make a new one.")
        )
    return made[0] if made else ""


@login_required
@require_POST
def revoke_key(request: ViewerRequest, key_id: int) -> HttpResponse:
    with act(request, done=_("The key opens nothing any more."), thing=key_id):
        revoke_token(request.viewer, token_id=key_id)
    return redirect("me:keys")
