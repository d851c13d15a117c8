"""Writing: a question, a tip, a review, or one thing bought. Who will see it is said before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.core.ids import read_id
from kith.media.services import take_in_photo
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.sharing.models import MOST_PHOTOS, Share, ShareKind
from kith.shop import queries as shop
from kith.shop.cards import ListingCard
from kith.web.circle_audience import circle_choices, reached
from kith.web.circle_forms import AudienceForm, WriteForm
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, find_made, make_once, new_token
from kith.web.privacy import draw_closed

WITH_PHOTOS = (ShareKind.REVIEW, ShareKind.TIP)


@dataclass(frozen=True, slots=True)
class About:
    """What somebody writes about: a listing, one they bought, or nothing in particular."""

    listing: ListingCard | None = None
    line_id: int | None = None


@login_required
@require_GET
def choose(request: ViewerRequest) -> HttpResponse:
    """What shall it be? Things bought come ready to be shown."""
    if not request.viewer.circle_open:
        return draw_closed(request)
    lines = shop.my_lines(request.viewer, cursor=request.GET.get("after"))
    return render(request, "circle/choose.html", {"lines": lines})


@login_required
def write(request: ViewerRequest, kind: str) -> HttpResponse:
    if not request.viewer.circle_open:
        return draw_closed(request)
    what, about = _kind(kind), _about(request)
    if (what == ShareKind.REVIEW and about.listing is None) or (
        what == ShareKind.PURCHASE and about.line_id is None
    ):
        return redirect("circle:choose")
    choices = circle_choices(request.viewer)
    suggested = {choice.id for choice in choices if choice.is_default or len(choices) == 1}
    initial = {"circles": suggested, "category": request.GET.get("category", "")}
    form = WriteForm(request.POST or None, kind=what, choices=choices, initial=initial)
    photo_ids: tuple[int, ...] = ()
    if request.method == "POST":
        made = find_made(request.viewer, token=request.POST.get(FIELD, ""))
        photo_ids = _take_in_photos(request, form) if what in WITH_PHOTOS and not made else ()
        made = made or _send(request, what, about, form, photo_ids)
        if made:
            return redirect("circle:share", made)
    context = {
        "kind": what.value,
        "about": about,
        "form": form,
        "photo_ids": photo_ids,
        "shelves": shop.category_tree(request.viewer)
        if what == ShareKind.QUESTION and about.listing is None
        else (),
        "once": request.POST.get(FIELD) or new_token(),
        **audience_context(choices, form, public=what == ShareKind.REVIEW),
    }
    return render(request, "circle/write.html", context, status=422 if form.errors else 200)


def audience_context(choices: Any, form: AudienceForm, *, public: bool) -> dict[str, Any]:
    """What the part of a page that says who will see it needs."""
    ticked = form.ticked()
    return {
        "choices": choices,
        "ticked": ticked,
        "reached": reached(choices, ticked),
        "public": public,
        "everyone": public and form.for_everyone(),
    }


def _kind(written: str) -> ShareKind:
    try:
        return ShareKind(written)
    except ValueError:
        raise NotThere from None


def _about(request: ViewerRequest) -> About:
    line_id, listing_id = _id_in(request, "line"), _id_in(request, "listing")
    if line_id is not None:
        return About(shop.get_line(request.viewer, line_id=line_id).listing, line_id)
    if listing_id is not None:
        return About(shop.get_listing(request.viewer, listing_id=listing_id).card)
    return About()


def _id_in(request: ViewerRequest, name: str) -> int | None:
    written = request.GET.get(name)
    try:
        return read_id(written) if written else None
    except ValueError:
        raise NotThere from None


def _take_in_photos(request: ViewerRequest, form: WriteForm) -> tuple[int, ...]:
    """Keep the photos of this form: those of an earlier try that are still ticked, and the new ones.

    They are taken in first, so that a page that comes back with a complaint still has them.
    """
    form.full_clean()
    kept = list(form.cleaned_data.get("kept_photos", ()))
    sent = request.FILES.getlist("photos")
    if len(kept) + len(sent) > MOST_PHOTOS:
        form.add_error("kept_photos", _("At most nine photos."))
    for file in sent[: MOST_PHOTOS - len(kept)]:
        try:
            kept.append(take_in_photo(request.viewer, file=file).pk)
        except Refused as refusal:
            form.add_error("kept_photos", f"{file.name}: {refusal}")
    return tuple(kept)


def _send(
    request: ViewerRequest, kind: ShareKind, about: About, form: WriteForm, photo_ids: tuple[int, ...]
) -> int | None:
    """The id of the new share; None, with the reason in the form, if there can be none."""
    if not form.is_valid():
        return None
    try:
        made = make_once(
            request.viewer,
            token=request.POST.get(FIELD, ""),
            make=lambda: _make(request.viewer, kind, about, form.cleaned_data, photo_ids).pk,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    if circle.get_card(request.viewer, share_id=made).held_until:
        messages.success(request, _("It waits a little before others see it. You can still take it back."))
    else:
        messages.success(request, _("It is shown. You can change or take it back at any time."))
    return made


def _make(
    viewer: Viewer, kind: ShareKind, about: About, said: dict[str, Any], photo_ids: tuple[int, ...]
) -> Share:
    listing_id = about.listing.id if about.listing else None
    text, circle_ids = said["text"], said["circles"]
    match kind:
        case ShareKind.PURCHASE:
            assert about.line_id is not None
            return sharing.share_purchase(viewer, line_id=about.line_id, circle_ids=circle_ids, text=text)
        case ShareKind.REVIEW:
            assert listing_id is not None
            return sharing.write_review(
                viewer,
                listing_id=listing_id,
                rating=said["rating"],
                text=text,
                circle_ids=circle_ids,
                to_everyone=said["everyone"],
                photo_ids=photo_ids,
            )
        case ShareKind.QUESTION:
            category = said["category"] or None if listing_id is None else None
            return sharing.ask_question(
                viewer, text=text, circle_ids=circle_ids, listing_id=listing_id, category=category
            )
        case ShareKind.TIP:
            return sharing.give_tip(
                viewer, text=text, circle_ids=circle_ids, listing_id=listing_id, photo_ids=photo_ids
            )


@login_required
@require_GET
def who(request: ViewerRequest) -> HttpResponse:
    """Say who would see it, for the circles that are ticked right now."""
    choices = circle_choices(request.viewer)
    form = AudienceForm(request.GET, choices=choices)
    public = request.GET.get("public") == "1"
    return render(request, "circle/who.html", audience_context(choices, form, public=public))
