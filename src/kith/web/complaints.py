"""Something is wrong with what I bought: telling the shop's staff, changing it, taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.quality import queries as quality
from kith.quality.models import WRONG
from kith.quality.queries import ComplaintCard
from kith.quality.services import report_listing, take_back_report
from kith.shop import queries as shop
from kith.shop.models import RefundReason
from kith.web.acts import act, sent
from kith.web.middleware import ViewerRequest
from kith.web.plain_forms import PlainForm


class ComplaintForm(PlainForm):
    """What is wrong with it, and what its buyer has seen."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"),
        choices=[(code.value, code.label) for code in WRONG],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("What have you seen? A few words help those who look at it."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_reason(self) -> RefundReason:
        return RefundReason(self.cleaned_data["reason"])


@login_required
def report(request: ViewerRequest, listing_id: int) -> HttpResponse:
    """Say what is wrong with a thing that I bought; said again, it is changed; or take it back."""
    viewer = request.viewer
    said = quality.find_complaint(viewer, listing_id=listing_id)
    if request.method == "POST" and "take-back" in request.POST:
        with act(request, done=_("You have taken it back. Nobody reads it any more.")):
            take_back_report(viewer, listing_id=listing_id)
        return redirect("shop:listing", listing_id)
    form = ComplaintForm(sent(request), initial=_said(said))
    if request.method == "POST" and form.is_valid():
        with act(request, done=_("Thank you. The shop's staff will look at it.")):
            report_listing(viewer, listing_id=listing_id, **form.cleaned_data)
        return redirect("shop:listing", listing_id)
    card = shop.get_listing(viewer, listing_id=listing_id).card
    context = {"card": card, "form": form, "said": said}
    return render(request, "shop/report.html", context, status=422 if form.errors else 200)


def _said(said: ComplaintCard | None) -> dict[str, Any]:
    return {"reason": said.reason, "words": said.words} if said else {}
