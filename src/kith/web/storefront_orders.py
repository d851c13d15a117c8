"""Buying, and what the buyer does with an order afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kith.core.errors import NotThere, Refused
from kith.core.ids import write_id
from kith.sharing import services as sharing
from kith.shop import queries as shop
from kith.shop.services import BuyRefused
from kith.web.acts import act, sent
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, new_token
from kith.web.storefront_forms import BuyForm, RefundForm, written_before


@login_required
def buy(request: ViewerRequest, listing_id: int) -> HttpResponse:
    """Ask where it goes; show once more what it costs; order it.

    The two steps are one form: what was typed travels with the second. "Show its cities" only
    draws the first step again, for who has no script.
    """
    card = shop.get_listing(request.viewer, listing_id=listing_id).card
    if request.method != "POST" and (card.hold or card.merchant_closed):
        return redirect("shop:listing", listing_id)
    form = _buy_form(request)
    context = {"card": card, "form": form, "once": request.POST.get(FIELD) or new_token(), "field": FIELD}
    if request.method != "POST" or "cities" in request.POST:
        only_city = bool(request.htmx) and request.method == "POST"  # type: ignore[attr-defined]
        return render(request, "shop/city.html" if only_city else "shop/buy.html", context)
    if form.is_valid() and "back" not in request.POST:
        if "confirmed" not in request.POST:
            context["total"] = card.price * form.cleaned_data["quantity"]
            context["delivery"] = form.delivery
            return render(request, "shop/confirm.html", context)
        line_id = _order(request, listing_id, form)
        if line_id is not None:
            return redirect(reverse("shop:orders") + f"#o-{write_id(line_id)}")
    return render(request, "shop/buy.html", context, status=422 if form.errors else 200)


def _buy_form(request: ViewerRequest) -> BuyForm:
    if request.method != "POST":
        return BuyForm(initial=written_before(shop.last_delivery(request.viewer), _quantity(request)))
    if "cities" in request.POST:
        # Drawn again with what was typed, but not yet judged.
        return BuyForm(initial=request.POST.dict() | {"city": ""})
    return BuyForm(request.POST)


def _quantity(request: HttpRequest) -> int:
    written = request.GET.get("quantity", "")
    return int(written) if written.isdecimal() and len(written) < 3 and int(written) else 1


def _order(request: ViewerRequest, listing_id: int, form: BuyForm) -> int | None:
    """The new line's id; None, with the reason in the form, if there can be none."""
    try:
        line = sharing.place_order(
            request.viewer,
            listing_id=listing_id,
            quantity=form.cleaned_data["quantity"],
            delivery=form.delivery,
            key=request.POST.get(FIELD, ""),
        )
    except BuyRefused as refusal:
        field = {"region": "city", "key": None, "": None}.get(refusal.field, refusal.field)
        form.add_error(field, str(refusal))
        return None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("It is ordered. You pay when it is handed to you."))
    return int(line.pk)


@login_required
@require_GET
def orders(request: ViewerRequest) -> HttpResponse:
    page = shop.my_lines(request.viewer, cursor=request.GET.get("after"))
    template = "shop/order_cards.html" if request.htmx else "shop/orders.html"  # type: ignore[attr-defined]
    response = render(request, template, {"page": page})
    response["Vary"] = "HX-Request, Accept-Language, Cookie"
    return response


@dataclass(frozen=True, slots=True)
class Deed:
    """What a button of an order does, and what is said when it is done."""

    do: Callable[..., Any]
    done: str | Promise
    needs_reason: bool = False


DEEDS: dict[str, Deed] = {
    "confirm": Deed(sharing.confirm_line, gettext_lazy("Good that it has arrived.")),
    "cancel": Deed(sharing.cancel_line, gettext_lazy("The order is cancelled.")),
    "request-refund": Deed(
        sharing.request_refund,
        gettext_lazy("The shop has been asked. It will answer here."),
        needs_reason=True,
    ),
    "gift": Deed(
        lambda viewer, line_id: sharing.mark_gift(viewer, line_id=line_id, is_gift=True),
        gettext_lazy("It is a gift. It is never shown to your circles."),
    ),
    "no-gift": Deed(
        lambda viewer, line_id: sharing.mark_gift(viewer, line_id=line_id, is_gift=False),
        gettext_lazy("It is not a gift any more."),
    ),
}


@login_required
@require_POST
def act_on_order(request: ViewerRequest, line_id: int, deed: str) -> HttpResponse:
    """Confirm, cancel, mark as a gift, ask for the money of what was called back."""
    if deed not in DEEDS or DEEDS[deed].needs_reason:
        raise NotThere
    shop.get_line(request.viewer, line_id=line_id)
    with act(request, done=DEEDS[deed].done):
        DEEDS[deed].do(request.viewer, line_id=line_id)
    return redirect(reverse("shop:orders") + f"#o-{write_id(line_id)}")


@login_required
def ask_refund(request: ViewerRequest, line_id: int) -> HttpResponse:
    """Ask why it comes back, then ask the shop for the money."""
    line = shop.get_line(request.viewer, line_id=line_id)
    form = RefundForm(sent(request))
    if request.method == "POST" and form.is_valid():
        deed = DEEDS["request-refund"]
        with act(request, done=deed.done):
            deed.do(request.viewer, line_id=line_id, **form.cleaned_data)
        return redirect(reverse("shop:orders") + f"#o-{write_id(line_id)}")
    return render(
        request, "shop/refund.html", {"line": line, "form": form}, status=422 if form.errors else 200
    )
