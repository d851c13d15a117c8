"""Writing to strangers. Who will see it is said before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from kith.core.errors import NotThere, Refused
from kith.media.queries import get_own_photo
from kith.media.services import take_in_photo
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.models import MOST_PHOTOS, WhoComments
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, find_made, make_once, new_token
from kith.web.outside_forms import PostForm, WithPhotos
from kith.web.outside_gate import outside_page

PHOTO_GONE = gettext_lazy("A photo is no longer there. Please choose it again.")


@outside_page("GET", "POST")
def write(request: ViewerRequest) -> HttpResponse:
    """A new post. What was typed, and the photos, stay when something about it must be changed."""
    persona = outside.my_persona(request.viewer)
    home = persona.face.region if persona else ""
    form = PostForm(
        request.POST if request.method == "POST" else None,
        topics=outside.topics(request.viewer),
        home=home,
        reader_language=get_language() or "zh",
        initial={
            "topic": request.GET.get("topic", ""),
            "region": home,
            "who_comments": WhoComments.EVERYBODY,
        },
    )
    photo_ids: tuple[int, ...] = ()
    if request.method == "POST":
        made = find_made(request.viewer, token=request.POST.get(FIELD, ""))
        photo_ids = take_in_photos(request, form, most=MOST_PHOTOS) if not made else ()
        made = made or _send(request, form, photo_ids)
        if made:
            return redirect("outside:post", made)
    context = {
        "form": form,
        "persona": persona,
        "veils": bool(persona and persona.choices and persona.choices.veils_faces),
        "photo_ids": photo_ids,
        "once": request.POST.get(FIELD) or new_token(),
    }
    return render(request, "outside/write.html", context, status=422 if form.errors else 200)


def _send(request: ViewerRequest, form: PostForm, photo_ids: Sequence[int]) -> int | None:
    """The id of the new post; None, with the reason in the form, if there can be none."""
    if not form.is_valid():
        return None
    said: dict[str, Any] = form.cleaned_data
    try:
        made = make_once(
            request.viewer,
            token=request.POST.get(FIELD, ""),
            make=lambda: (
                strangers.write_post(
                    request.viewer,
                    topic=said["topic"],
                    text=said["text"],
                    region=said["region"],
                    photo_ids=photo_ids,
                    who_comments=said["who_comments"],
                ).pk
            ),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    except NotThere:
        form.add_error("kept_photos", PHOTO_GONE)
        return None
    messages.success(request, _("Strangers can read it now. You can take it back at any time."))
    return made


def take_in_photos(request: ViewerRequest, form: WithPhotos, *, most: int) -> tuple[int, ...]:
    """Keep the photos of a form: those of an earlier try that are still ticked, and the new ones.

    They are taken in first, so that a page that comes back with a complaint still has them.
    """
    form.full_clean()
    kept = _own(request, form.cleaned_data.get("kept_photos", ()))
    sent = request.FILES.getlist("photos")
    if len(kept) + len(sent) > most:
        sentence = ngettext("At most %(most)s photo.", "At most %(most)s photos.", most) % {"most": most}
        form.add_error("kept_photos", sentence)
    for file in sent[: max(0, most - len(kept))]:
        try:
            kept.append(take_in_photo(request.viewer, file=file, outside=True).pk)
        except Refused as refusal:
            form.add_error("kept_photos", f"{file.name}: {refusal}")
    return tuple(kept)


def _own(request: ViewerRequest, photo_ids: Sequence[int]) -> list[int]:
    """Those of these photos that are still there and the reader's own."""
    mine = []
    for photo_id in photo_ids:
        with suppress(NotThere):
            mine.append(get_own_photo(request.viewer, photo_id=photo_id, outside=True).pk)
    return mine
