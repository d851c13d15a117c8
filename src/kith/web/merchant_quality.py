"""A merchant's side of quality: what is claimed and proven, reports, what was decided, and appeals."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kith.core.clock import local_day
from kith.core.errors import NotThere, Refused
from kith.core.ids import read_id, write_id
from kith.quality import queries as quality
from kith.quality import services
from kith.quality.standards import Standard, find_standard, standards
from kith.shop import queries as shop
from kith.shop.cards import MerchantCard
from kith.web.merchant_desk import require_mine
from kith.web.merchant_quality_forms import AppealForm, PaperForm
from kith.web.middleware import ViewerRequest
from kith.web.once import FIELD, make_once, new_token


@login_required
@require_GET
def listings(request: ViewerRequest, merchant_id: int) -> HttpResponse:
    """What I sell: what each says of itself, what of that is proven, and how it stands."""
    merchant = require_mine(request, merchant_id)
    page = shop.listings_of(request.viewer, merchant_id=merchant_id, cursor=request.GET.get("after"))
    today = local_day(request.viewer.now)
    proofs = quality.proofs_of([card.id for card in page.items], today=today)
    return _draw(request, merchant, "listings", {"page": page, "proofs": proofs})


@login_required
@require_GET
def reports(request: ViewerRequest, merchant_id: int) -> HttpResponse:
    """The reports that were handed in, and what became of each."""
    merchant = require_mine(request, merchant_id)
    page = quality.reports_of(request.viewer, merchant_id=merchant_id, cursor=request.GET.get("after"))
    return _draw(request, merchant, "reports", {"page": page})


@login_required
@require_GET
def decisions(request: ViewerRequest, merchant_id: int) -> HttpResponse:
    """What was decided, newest first; or only what one sweep decided."""
    merchant = require_mine(request, merchant_id)
    sweep = request.GET.get("sweep")
    page = quality.decisions_of(
        request.viewer,
        merchant_id=merchant_id,
        sweep_id=_number(sweep) if sweep else None,
        cursor=request.GET.get("after"),
    )
    return _draw(request, merchant, "decisions", {"page": page, "of_sweep": bool(sweep)})


def _draw(request: ViewerRequest, merchant: MerchantCard, tab: str, context: dict[str, Any]) -> HttpResponse:
    waits = quality.what_waits(request.viewer, merchant_id=merchant.id)
    context |= {"merchant": merchant, "tab": tab, "waits": waits}
    return render(request, f"merchant/quality_{tab}.html", context)


def _number(text: str) -> int:
    """:raises NotThere: no id."""
    try:
        return read_id(text)
    except ValueError:
        raise NotThere from None


# --- Reports -----------------------------------------------------------------------------------


@login_required
@require_GET
def report(request: ViewerRequest, merchant_id: int, report_id: int) -> HttpResponse:
    merchant = require_mine(request, merchant_id)
    card = quality.get_own_report(request.viewer, report_id=report_id)
    if card.merchant_id != merchant_id:
        raise NotThere
    return render(request, "merchant/report.html", {"merchant": merchant, "report": card})


@login_required
@require_GET
def report_file(request: ViewerRequest, merchant_id: int, report_id: int) -> HttpResponse:
    """The report's file, to be saved: it is never shown within a page."""
    card = quality.get_own_report(request.viewer, report_id=report_id)
    if card.merchant_id != merchant_id:
        raise NotThere
    paper = quality.open_own_paper(request.viewer, report_id=report_id)
    return HttpResponse(paper.read(), content_type=paper.media_type, headers=paper.headers)


@login_required
def hand_in(request: ViewerRequest, merchant_id: int) -> HttpResponse:
    """Hand in a laboratory report: first its standard is chosen, then all that stands in it."""
    merchant = require_mine(request, merchant_id)
    standard = find_standard(request.GET.get("standard", ""))
    context = {"merchant": merchant, "asked": _asked(request)}
    if standard is None:
        return render(request, "merchant/report_standard.html", context | {"standards": standards()})
    form = _paper_form(request, merchant_id, standard)
    if request.method == "POST" and form.is_valid():
        made = _take_in(request, merchant_id, form)
        if made is not None:
            messages.success(request, _("Handed in. You are told here when somebody has looked at it."))
            return redirect(_onward(request, merchant_id, made))
    context |= {"form": form, "standard": standard, "field": FIELD}
    context["once"] = request.POST.get(FIELD) or new_token()
    return render(request, "merchant/report_form.html", context, status=422 if form.errors else 200)


def _asked(request: ViewerRequest) -> dict[str, str]:
    """What led here, carried on from step to step: the listing to prove, the decision to appeal against."""
    return {name: request.GET[name] for name in ("listing", "decision") if name in request.GET}


def _paper_form(request: ViewerRequest, merchant_id: int, standard: Standard) -> PaperForm:
    wanted = request.GET.get("listing")
    also = _number(wanted) if wanted else None
    choices = quality.listings_to_prove(request.viewer, merchant_id=merchant_id, standard=standard, also=also)
    posted = request.method == "POST"
    return PaperForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"listings": [write_id(also)] if also in choices else []},
        standard=standard,
        listings=choices,
    )


def _take_in(request: ViewerRequest, merchant_id: int, form: PaperForm) -> int | None:
    def make() -> int:
        made = services.hand_in_report(
            request.viewer,
            merchant_id=merchant_id,
            listing_ids=form.listing_ids,
            paper=form.paper,
            file=form.cleaned_data["file"],
        )
        return int(made.pk)

    try:
        return make_once(request.viewer, token=request.POST.get(FIELD, ""), make=make)
    except Refused as refusal:
        form.say(refusal)
        return None


def _onward(request: ViewerRequest, merchant_id: int, report_id: int) -> str:
    """Back to the appeal for which it was handed in, with the report chosen; or to the report."""
    decision = request.GET.get("decision")
    if decision:
        address = reverse("merchant:decision", args=[merchant_id, _number(decision)])
        return f"{address}?report={write_id(report_id)}#appeal"
    return reverse("merchant:report", args=[merchant_id, report_id])


# --- Decisions ---------------------------------------------------------------------------------


@login_required
def decision(request: ViewerRequest, merchant_id: int, decision_id: int) -> HttpResponse:
    """The statement of reasons of a decision; and the appeal against it."""
    merchant = require_mine(request, merchant_id)
    told = quality.get_statement(request.viewer, decision_id=decision_id)
    if told.merchant_id != merchant_id:
        raise NotThere
    form = _appeal_form(request, told)
    if request.method == "POST" and form.is_valid() and _appeal(request, told, form):
        return redirect(request.path + "#appeal")
    context = {"merchant": merchant, "told": told, "form": form}
    return render(request, "merchant/decision.html", context, status=422 if form.errors else 200)


def _appeal_form(request: ViewerRequest, told: quality.Statement) -> AppealForm:
    papers_of_mine = quality.reports_of(request.viewer, merchant_id=told.merchant_id, size=50).items
    return AppealForm(
        request.POST if request.method == "POST" else None,
        initial={"report": request.GET.get("report", "")},
        reports=papers_of_mine if told.may_appeal or request.method == "POST" else (),
    )


def _appeal(request: ViewerRequest, told: quality.Statement, form: AppealForm) -> bool:
    """Make the appeal. Sent once more in the same words, it is the same appeal."""
    words, report_id = form.cleaned_data["words"], form.report_id
    try:
        services.appeal(request.viewer, decision_id=told.decision_id, words=words, report_id=report_id)
    except Refused as refusal:
        made = quality.get_statement(request.viewer, decision_id=told.decision_id).appeal
        if made is not None and made.is_open and made.words == words:
            return True
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Your appeal was sent. Somebody else looks at it, and answers you here."))
    return True


@login_required
@require_GET
def decided(request: ViewerRequest, decision_id: int) -> HttpResponse:
    """From a notice to the decision that it tells of."""
    merchant_id = quality.merchant_of_decision(request.viewer, decision_id=decision_id)
    return redirect("merchant:decision", merchant_id, decision_id)


@login_required
@require_GET
def swept(request: ViewerRequest, sweep_id: int) -> HttpResponse:
    """From a notice to all that a sweep decided about my shop; of several shops, to a choice."""
    ids = quality.merchants_of_sweep(request.viewer, sweep_id=sweep_id)
    merchants = [merchant for merchant in shop.merchants_of(request.viewer) if merchant.id in ids]
    if not merchants:
        raise NotThere
    if len(merchants) == 1:
        address = reverse("merchant:decisions", args=[merchants[0].id])
        return redirect(f"{address}?sweep={write_id(sweep_id)}")
    return render(request, "merchant/swept.html", {"merchants": merchants, "sweep_id": sweep_id})
