"""Hidden numbers: people whom one never wants to meet outside.

No answer says whether anybody has a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kith.core.errors import Refused
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.services.contacts import HiddenSummary
from kith.web.acts import act, sent
from kith.web.middleware import ViewerRequest
from kith.web.outside_door import door_of
from kith.web.outside_gate import outside_page
from kith.web.outside_letters_forms import ForgetForm, NumbersForm


@outside_page("GET", "POST", own=True)
def contacts(request: ViewerRequest) -> HttpResponse:
    """How many numbers I hide from; adding some. What could not be read stays in the box."""
    form = NumbersForm(sent(request), request.FILES if request.method == "POST" else None)
    summary: HiddenSummary | None = None
    if request.method == "POST" and form.is_valid():
        try:
            summary = _hide(request, form.parts)
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            form = NumbersForm(initial={"text": "\n".join(summary.not_numbers)})
    return _draw(request, form, ForgetForm(), summary)


@transaction.atomic
def _hide(request: ViewerRequest, parts: Sequence[str]) -> HiddenSummary:
    """Hide from what was typed and from what is in the file, or from neither; add up what became of both."""
    done = [strangers.hide_contacts(request.viewer, text=part) for part in parts]
    return HiddenSummary(
        understood=sum(one.understood for one in done),
        new=sum(one.new for one in done),
        left=sum(one.left for one in done),
        not_numbers=tuple(line for one in done for line in one.not_numbers),
        has_own=any(one.has_own for one in done),
    )


@outside_page("POST", own=True)
def forget(request: ViewerRequest) -> HttpResponse:
    """Take one number off the list. Whether it was on it is said to nobody who holds this phone."""
    form = ForgetForm(request.POST)
    if form.is_valid():
        try:
            strangers.forget_contact(request.viewer, phone=form.cleaned_data["phone"])
        except Refused as refusal:
            form.add_error("phone", str(refusal))
        else:
            messages.success(request, _("This number is not on your list any more."))
            return redirect("outside:contacts")
    return _draw(request, NumbersForm(), form, None)


def _draw(
    request: ViewerRequest, form: NumbersForm, forget_form: ForgetForm, summary: HiddenSummary | None
) -> HttpResponse:
    context = {
        "form": form,
        "forget": forget_form,
        "summary": summary,
        "count": outside.hidden_count(request.viewer),
        "door": door_of(request),
    }
    status = 422 if form.errors or forget_form.errors else 200
    return render(request, "outside/contacts.html", context, status=status)


@outside_page("GET", "POST", own=True)
def empty(request: ViewerRequest) -> HttpResponse:
    """Empty the list, after asking once more."""
    if request.method != "POST":
        context = {"count": outside.hidden_count(request.viewer)}
        return render(request, "outside/contacts_empty.html", context)
    with act(request, done=_("The list is empty.")):
        strangers.forget_contacts(request.viewer)
    return redirect("outside:contacts")
