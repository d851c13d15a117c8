"""Letters: the boxes, one exchange with what can be done in it, and what one is told outside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kith.core.errors import NotThere, Refused
from kith.core.ids import write_id
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.queries import ExchangeCard
from kith.strangers.queries.letters import Box
from kith.strangers.services.letters import MOST_LETTER_PHOTOS
from kith.web.acts import act, onward, write_receipt
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, find_made, make_once, new_token
from kith.web.outside_gate import outside_page
from kith.web.outside_letters_forms import LetterForm
from kith.web.outside_write import PHOTO_GONE, take_in_photos


@outside_page("GET")
def letters(request: ViewerRequest) -> HttpResponse:
    """Those I write with, greetings that wait for me, or those I greeted who have not answered (`box`)."""
    box = _box(request)
    page = outside.exchanges(request.viewer, box=box, cursor=request.GET.get("after"))
    context = {"page": page, "box": box, **_tabs(request)}
    return render(request, "outside/letters.html", context)


def _box(request: ViewerRequest) -> Box:
    match request.GET.get("box"):
        case "greetings" | "sent" as box:
            return box
        case _:
            return "open"


@outside_page("GET")
def notices(request: ViewerRequest) -> HttpResponse:
    """What happened outside that concerns the reader. Seeing the page is reading it."""
    page = outside.outside_notices(request.viewer, cursor=request.GET.get("after"))
    tabs = _tabs(request)
    outside.mark_outside_notices_read(request.viewer)
    return render(request, "outside/notices.html", {"page": page, "box": "notices", **tabs})


def _tabs(request: ViewerRequest) -> dict[str, Any]:
    """How much waits behind each tab."""
    return {
        "greetings": outside.count_greetings(request.viewer),
        "told": outside.unread_outside(request.viewer),
    }


# --- One exchange ------------------------------------------------------------------------


@outside_page("GET")
def exchange(request: ViewerRequest, exchange_id: int) -> HttpResponse:
    card = outside.get_exchange(request.viewer, exchange_id=exchange_id)
    response = _draw(request, card, LetterForm())
    strangers.mark_letters_read(request.viewer, exchange_id=exchange_id)
    return response


def _draw(
    request: ViewerRequest, card: ExchangeCard, form: LetterForm, photo_ids: tuple[int, ...] = ()
) -> HttpResponse:
    viewer = request.viewer
    context = {
        "card": card,
        "page": outside.letters_of(viewer, exchange_id=card.id, cursor=request.GET.get("after")),
        "safety": outside.safety_card(viewer, persona_id=card.other.id),
        "form": form,
        "photo_ids": photo_ids,
        "once": request.POST.get(FIELD) or new_token(),
    }
    return render(request, "outside/exchange.html", context, status=422 if form.errors else 200)


@outside_page("POST")
def write(request: ViewerRequest, exchange_id: int) -> HttpResponse:
    """Write a letter; the first of whoever was greeted is the answer."""
    card = outside.get_exchange(request.viewer, exchange_id=exchange_id)
    form = LetterForm(request.POST)
    made = find_made(request.viewer, token=request.POST.get(FIELD, ""))
    photo_ids = () if made else take_in_photos(request, form, most=MOST_LETTER_PHOTOS)
    made = made or _send(request, form, exchange_id, photo_ids)
    if made:
        return redirect(f"{reverse('outside:exchange', args=[exchange_id])}#l-{write_id(made)}")
    return _draw(request, card, form, photo_ids)


def _send(
    request: ViewerRequest, form: LetterForm, exchange_id: int, photo_ids: tuple[int, ...]
) -> int | None:
    """The id of the letter; None, with the reason in the form, if there can be none."""
    if not form.is_valid():
        return None
    try:
        return make_once(
            request.viewer,
            token=request.POST.get(FIELD, ""),
            make=lambda: (
                strangers.write_letter(
                    request.viewer,
                    exchange_id=exchange_id,
                    text=form.cleaned_data["text"],
                    photo_ids=photo_ids,
                ).pk
            ),
        )
    except Refused as refusal:
        form.add_error("text", str(refusal))
    except NotThere:
        # The exchange was there a moment ago: it is a photo.
        form.add_error("kept_photos", PHOTO_GONE)
    return None


@outside_page("GET", "POST")
def decline(request: ViewerRequest, exchange_id: int) -> HttpResponse:
    """Be rid of a greeting, after asking once more."""
    with act(request, thing=exchange_id):
        card = outside.get_exchange(request.viewer, exchange_id=exchange_id)
        if not card.can_decline:
            return redirect("outside:exchange", exchange_id)
        if request.method != "POST":
            context = {"card": card, "receipt": write_receipt(request.viewer, exchange_id)}
            return render(request, "outside/decline.html", context)
        strangers.decline(request.viewer, exchange_id=exchange_id)
        messages.success(request, _("It is gone. They are not told."))
    return redirect(f"{reverse('outside:letters')}?box=greetings")


@outside_page("GET", "POST", own=True)
def erase(request: ViewerRequest, letter_id: int) -> HttpResponse:
    """Erase a letter of one's own, for both, after asking once more."""
    with act(request, thing=letter_id):
        letter = outside.get_my_letter(request.viewer, letter_id=letter_id)
        if request.method != "POST":
            receipt = write_receipt(request.viewer, letter_id)
            context = {"letter": letter, "receipt": receipt, "back_to": _back(request)}
            return render(request, "outside/letter_erase.html", context)
        strangers.erase_letter(request.viewer, letter_id=letter_id)
        messages.success(request, _("It is erased, for both of you."))
    return redirect(_back(request))


def _back(request: ViewerRequest) -> str:
    """Where they came from: the exchange, or all that they have written."""
    return onward(request, f"{reverse('outside:mine')}?show=letters")
