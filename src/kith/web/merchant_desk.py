"""A merchant's desk: orders to send, refunds to answer, and what is on sale. For those who act for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kith.core.errors import NotThere, Refused
from kith.quality.queries import what_waits
from kith.sharing import services as sharing
from kith.shop import queries as shop
from kith.shop.cards import LineCard, MerchantCard
from kith.shop.services import ListingRefused
from kith.web.acts import act
from kith.web.merchant_desk_forms import ListingForm, RefusalForm
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, make_once, new_token


@login_required
@require_GET
def home(request: ViewerRequest) -> HttpResponse:
    """The merchants that I act for; of one alone, its desk."""
    merchants = shop.merchants_of(request.viewer)
    if len(merchants) == 1:
        return redirect("merchant:desk", merchants[0].id)
    return render(request, "merchant/home.html", {"merchants": merchants})


@login_required
@require_GET
def desk(request: ViewerRequest, merchant_id: int) -> HttpResponse:
    tray = request.GET.get("tray", "to-send")
    merchant = require_mine(request, merchant_id)
    page = shop.desk_lines(
        request.viewer, merchant_id=merchant_id, tray=tray, cursor=request.GET.get("after")
    )
    counts = shop.desk_counts(request.viewer, merchant_id=merchant_id)
    waits = what_waits(request.viewer, merchant_id=merchant_id)
    context = {"merchant": merchant, "page": page, "tray": tray, "counts": counts, "waits": waits}
    return render(request, "merchant/desk.html", context)


def require_mine(request: ViewerRequest, merchant_id: int) -> MerchantCard:
    """:raises NotThere: a merchant that I do not act for."""
    for merchant in shop.merchants_of(request.viewer):
        if merchant.id == merchant_id:
            return merchant
    raise NotThere


DEEDS: dict[str, tuple[Callable[..., Any], str | Promise]] = {
    "ship": (sharing.ship_line, gettext_lazy("It is on its way.")),
    "deliver": (sharing.deliver_line, gettext_lazy("It was handed over.")),
    "cancel": (sharing.cancel_line, gettext_lazy("The order is cancelled.")),
    "accept-refund": (
        lambda viewer, line_id: sharing.answer_refund(viewer, line_id=line_id, accept=True),
        gettext_lazy("The money is given back."),
    ),
}


@login_required
@require_POST
def act_on_line(request: ViewerRequest, merchant_id: int, line_id: int, deed: str) -> HttpResponse:
    """Send, hand over, cancel, give the money back."""
    if deed not in DEEDS:
        raise NotThere
    line = shop.get_desk_line(request.viewer, merchant_id=merchant_id, line_id=line_id)
    do, done = DEEDS[deed]
    with act(request, done=done):
        do(request.viewer, line_id=line_id)
    return redirect(_tray_of(merchant_id, line))


def _tray_of(merchant_id: int, line: LineCard) -> str:
    """The tray that the line lay in, where the next one waits."""
    tray = next(name for name, statuses in shop.DESK.items() if line.status in statuses)
    return f"{reverse('merchant:desk', args=[merchant_id])}?tray={tray}"


@login_required
def refuse_refund(request: ViewerRequest, merchant_id: int, line_id: int) -> HttpResponse:
    """Say why the money is not given back."""
    line = shop.get_desk_line(request.viewer, merchant_id=merchant_id, line_id=line_id)
    form = RefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with act(request, done=_("The buyer has been told.")):
            sharing.answer_refund(
                request.viewer, line_id=line_id, accept=False, reason=form.cleaned_data["reason"]
            )
        return redirect(_tray_of(merchant_id, line))
    context = {"merchant": require_mine(request, merchant_id), "line": line, "form": form}
    return render(request, "merchant/refuse.html", context, status=422 if form.errors else 200)


# --- Listings -------------------------------------------------------------------------


@login_required
@require_GET
def listings(request: ViewerRequest, merchant_id: int) -> HttpResponse:
    merchant = require_mine(request, merchant_id)
    page = shop.listings_of(request.viewer, merchant_id=merchant_id, cursor=request.GET.get("after"))
    return render(request, "merchant/listings.html", {"merchant": merchant, "page": page})


@login_required
def edit_listing(request: ViewerRequest, merchant_id: int, listing_id: int | None = None) -> HttpResponse:
    """Put something on sale, or change what is."""
    merchant = require_mine(request, merchant_id)
    initial: dict[str, Any] = {"on_sale": True}
    if listing_id is not None:
        detail = shop.get_listing(request.viewer, listing_id=listing_id)
        if detail.card.merchant_id != merchant_id:
            raise NotThere
        initial = {
            "title": detail.card.title,
            "category": detail.card.category_code,
            "price": detail.card.price.amount,
            "description": detail.description,
            "on_sale": detail.card.on_sale,
        }
    form = ListingForm(request.POST or None, initial=initial, shelves=shop.category_tree(request.viewer))
    if request.method == "POST" and form.is_valid() and _save(request, merchant_id, listing_id, form):
        return redirect("merchant:listings", merchant_id)
    context = {
        "merchant": merchant,
        "form": form,
        "is_new": listing_id is None,
        "once": request.POST.get(FIELD) or new_token(),
        "field": FIELD,
    }
    return render(request, "merchant/listing.html", context, status=422 if form.errors else 200)


def _save(request: ViewerRequest, merchant_id: int, listing_id: int | None, form: ListingForm) -> bool:
    def save() -> int:
        given = {**form.cleaned_data, "merchant_id": merchant_id, "listing_id": listing_id}
        return int(sharing.save_listing(request.viewer, **given).pk)

    try:
        if listing_id is None:
            make_once(request.viewer, token=request.POST.get(FIELD, ""), make=save)
        else:
            save()
    except ListingRefused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved."))
    return True
