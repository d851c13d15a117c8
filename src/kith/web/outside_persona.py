"""Going outside, and who one is there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kith.core.errors import NotThere, Refused
from kith.core.ids import write_id
from kith.media.queries import get_own_photo
from kith.media.services import take_in_photo
from kith.people.consent_texts import current_text
from kith.people.models import Purpose
from kith.people.regions import province_of
from kith.strangers import services as strangers
from kith.strangers.names import PersonaRefused
from kith.strangers.queries.personas import PersonaCard, my_persona
from kith.web.acts import act, sent
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, make_once, new_token
from kith.web.outside_door import door_of
from kith.web.outside_gate import outside_page
from kith.web.outside_persona_forms import ConsentForm, PersonaForm

SURFACE = "web"


@login_required
def begin(request: ViewerRequest) -> HttpResponse:
    """First the words that are agreed to, then who somebody wants to be. Both are kept together at the end:
    whoever stops in between has agreed to nothing."""
    door = door_of(request)
    if door.word != "new":
        return redirect("outside:door")
    text = current_text(Purpose.STRANGERS)
    consent = ConsentForm(sent(request), initial={"version": text.version})
    if request.method != "POST" or not consent.is_valid():
        return _consent_page(request, consent)
    if consent.cleaned_data["version"] != text.version:
        messages.warning(request, _("The words have changed meanwhile. Please read them once more."))
        return _consent_page(request, ConsentForm(initial={"version": text.version}))
    if door.has_persona:
        return _come_back(request, text.version)
    return _choose_persona(request, text.version)


def _consent_page(request: ViewerRequest, form: ConsentForm) -> HttpResponse:
    context = {"text": current_text(Purpose.STRANGERS), "form": form}
    return render(request, "outside/door_words.html", context, status=422 if form.errors else 200)


def _come_back(request: ViewerRequest, version: str) -> HttpResponse:
    """Somebody left and kept their persona: agreeing is enough."""
    with act(request, done=_("You are outside again. What you wrote before stays hidden until you show it.")):
        strangers.go_outside(request.viewer, text_version=version, surface=SURFACE)
    return redirect("outside:door")


def _choose_persona(request: ViewerRequest, version: str) -> HttpResponse:
    """The form for a persona; it comes after the words, with what was agreed to in it."""
    if request.POST.get("step") != "persona":
        form = PersonaForm(reader_language=_language())
        return _persona_page(request, form, version=version)
    if "cities" in request.POST:
        return _redraw(request, version=version)
    form = PersonaForm(request.POST, reader_language=_language())
    avatar_id = _take_in_avatar(request, form)
    if form.is_valid():
        wanted = _wanted(form, avatar_id)
        made = _write(
            request,
            form,
            lambda: (
                strangers.make_persona(request.viewer, text_version=version, surface=SURFACE, **wanted).pk
            ),
        )
        if made:
            messages.success(
                request, _("Welcome. Look around first; nobody sees you until you write something.")
            )
            return redirect("outside:home")
    return _persona_page(request, form, version=version, avatar_id=avatar_id)


@outside_page("GET", "POST", own=True)
def change(request: ViewerRequest) -> HttpResponse:
    """Change what one says of oneself. "Show its cities" only draws the page again, without a script."""
    card = my_persona(request.viewer)
    if card is None:
        return redirect("outside:door")
    if "cities" in request.POST:
        return _redraw(request, card=card)
    form = PersonaForm(sent(request), initial=_as_it_is(card), reader_language=_language())
    if request.method != "POST":
        return _persona_page(request, form, card=card, avatar_id=card.face.avatar)
    avatar_id = _take_in_avatar(request, form)
    if form.is_valid():
        wanted = _wanted(form, avatar_id)
        if _write(request, form, lambda: strangers.change_persona(request.viewer, **wanted).pk):
            messages.success(request, _("Saved. It counts at once."))
            return redirect("outside:mine")
    return _persona_page(request, form, card=card, avatar_id=avatar_id)


def _as_it_is(card: PersonaCard) -> dict[str, Any]:
    region, choices = card.face.region, card.choices
    return {
        "name": card.face.name,
        "intro": card.intro,
        "interests": ", ".join(card.interests),
        "looks_for": list(card.face.looks_for),
        "province": province_of(region) if region else "",
        "city": "" if region.endswith("0000") else region,
        "tells": sorted(choices.tells) if choices else [],
        "veils_faces": bool(choices and choices.veils_faces),
        "kept_avatar": write_id(card.face.avatar) if card.face.avatar else "",
    }


def _take_in_avatar(request: ViewerRequest, form: PersonaForm) -> int | None:
    """The picture: a new one, or the one of an earlier try or of before that is still ticked.

    It is taken in first, so that a page that comes back with a complaint still has it.
    """
    form.full_clean()
    kept = _own(request, form.cleaned_data.get("kept_avatar"))
    file = request.FILES.get("avatar")
    if file is None:
        return kept
    try:
        kept = int(take_in_photo(request.viewer, file=file, outside=True).pk)
    except Refused as refusal:
        form.add_error("kept_avatar", str(refusal))
    return kept


def _own(request: ViewerRequest, photo_id: int | None) -> int | None:
    """A photo, if it is still there and the reader's own."""
    try:
        own = get_own_photo(request.viewer, photo_id=photo_id, outside=True) if photo_id else None
    except NotThere:
        return None
    return own.pk if own else None


def _wanted(form: PersonaForm, avatar_id: int | None) -> dict[str, Any]:
    names = ("name", "intro", "interests", "looks_for", "tells", "veils_faces")
    return {name: form.cleaned_data[name] for name in names} | {
        "region": form.region,
        "avatar_id": avatar_id,
    }


def _write(request: ViewerRequest, form: PersonaForm, make: Any) -> bool:
    """Whether it was done; if not, the form says why."""
    try:
        make_once(request.viewer, token=request.POST.get(FIELD, ""), make=make)
    except PersonaRefused as refusal:
        field = {"region": "city", "avatar_id": "kept_avatar"}.get(refusal.field, refusal.field)
        form.add_error(field if field in form.fields else None, str(refusal))
    except NotThere:
        form.add_error("kept_avatar", _("This picture is gone. Please choose it again."))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    else:
        return True
    return False


def _redraw(request: ViewerRequest, *, version: str = "", card: PersonaCard | None = None) -> HttpResponse:
    """Draw the form again with what was typed, but not yet judged: another province has other cities."""
    typed: dict[str, Any] = request.POST.dict()
    typed |= {name: request.POST.getlist(name) for name in ("looks_for", "tells")}
    typed |= {"veils_faces": "veils_faces" in typed, "city": ""}
    form = PersonaForm(initial=typed, reader_language=_language())
    if "HX-Request" in request.headers:
        return render(request, "me/city.html", {"form": form})
    avatar = _own(request, form.fields["kept_avatar"].clean(typed.get("kept_avatar", "")))
    return _persona_page(request, form, version=version, card=card, avatar_id=avatar)


def _persona_page(
    request: ViewerRequest,
    form: PersonaForm,
    *,
    version: str = "",
    card: PersonaCard | None = None,
    avatar_id: int | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "card": card,
        "version": version,
        "avatar_id": avatar_id,
        "once": request.POST.get(FIELD) or new_token(),
        "door": door_of(request),
    }
    return render(request, "outside/persona.html", context, status=422 if form.errors else 200)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
