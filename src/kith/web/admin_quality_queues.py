"""What waits for staff: laboratory reports, appeals, what buyers report, and claims after recalls."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core.clock import utc_now
from kith.core.errors import Refused
from kith.quality import queries, services
from kith.quality.models import Appeal, AppealState, Complaint, LabReport, RecallClaim, ReportState
from kith.quality.papers import HEADERS, OpenPaper
from kith.quality.queries import AppealCase, ReportCase
from kith.web.admin_quality import QualityAdmin, actor_of, number_in, or_404, posted, sent_to
from kith.web.admin_quality_forms import AppealForm, ReportForm


def _state_asked(request: HttpRequest, states: Any) -> Any:
    """Of which state things shall be listed; at first those that wait."""
    wanted = request.GET.get("state", states.values[0])
    if wanted not in states.values:
        raise Http404
    return states(wanted)


@admin.register(LabReport)
class LabReportAdmin(QualityAdmin):
    """Papers of merchants, those that have waited longest first."""

    guarded = True

    def get_urls(self) -> list[URLPattern]:
        file = self.admin_site.admin_view(self.file_view)
        return [path("<int:report_id>/file/", file, name="quality_labreport_file"), *super().get_urls()]

    def file_view(self, request: HttpRequest, report_id: int) -> FileResponse:
        """Hand out the paper, to be saved: nothing that a merchant sent is shown within a page of ours."""
        self.require_view(request)
        paper: OpenPaper = or_404(lambda: queries.open_paper_of(report_id))
        return FileResponse(
            paper.file, as_attachment=True, filename=paper.name, content_type=paper.media_type,
            headers=HEADERS,
        )  # fmt: skip

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.require_view(request)
        state = _state_asked(request, ReportState)
        page = queries.reports_in(state, cursor=request.GET.get("cursor"))
        told = {"page": page, "state": state, "states": list(ReportState)}
        return self.page(request, _("Laboratory reports"), "reports.html", told)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a report beside its standard, and verify or refuse it."""
        self.require_view(request)
        report: ReportCase = or_404(lambda: queries.get_report(number_in(unquote(object_id))))
        form = ReportForm(report, posted(request))
        if request.method == "POST":
            self.require(request)
            if self._decide(request, report, form):
                return sent_to("quality_labreport_changelist")
        told = {
            "report": report, "form": form, "may_decide": self.may(request),
            "may_see_listings": request.user.has_perm("quality.view_decision"),
        }  # fmt: skip
        return self.page(request, _("Laboratory report"), "report.html", told)

    def _decide(self, request: HttpRequest, report: ReportCase, form: ReportForm) -> bool:
        verified = request.POST.get("decision") == "verify"
        if request.POST.get("decision") not in ("verify", "refuse") or not form.is_valid():
            return False
        if verified and report.listings and not form.covered():
            form.add_error("covers", _("Please tick what it is about, or refuse it and say why."))
            return False
        try:
            services.decide_report(
                report.id, actor_id=actor_of(request), now=utc_now(), verified=verified,
                covers=form.covered() if verified else (), reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error("reason", str(refusal))
            return False
        messages.success(request, _("The report is verified.") if verified else _("The report is refused."))
        return True


@admin.register(Appeal)
class AppealAdmin(QualityAdmin):
    """Merchants' words against decisions, answered by somebody who had no part in them."""

    guarded = True

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.require_view(request)
        state = _state_asked(request, AppealState)
        page = queries.appeals_in(state, cursor=request.GET.get("cursor"))
        told = {"page": page, "state": state, "states": list(AppealState)}
        return self.page(request, _("Appeals"), "appeals.html", told)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the reasons, the merchant's words and the new evidence, and decide."""
        self.require_view(request)
        case: AppealCase = or_404(lambda: queries.get_appeal(number_in(unquote(object_id))))
        form = AppealForm(posted(request))
        if request.method == "POST":
            self.require(request)
            if self._decide(request, case, form):
                return sent_to("quality_appeal_changelist")
        told = {
            "appeal": case, "statement": queries.statement_of(case.decision), "form": form,
            "had_a_part": actor_of(request) in case.had_a_part,
            "may_decide": self.may(request) and case.state == AppealState.OPEN,
            "may_see_reports": request.user.has_perm("quality.view_labreport"),
            "may_see_listings": request.user.has_perm("quality.view_decision"),
        }  # fmt: skip
        return self.page(request, _("Appeal"), "appeal.html", told)

    def _decide(self, request: HttpRequest, case: AppealCase, form: AppealForm) -> bool:
        if request.POST.get("decision") not in ("overturn", "uphold") or not form.is_valid():
            return False
        overturn = request.POST["decision"] == "overturn"
        try:
            services.decide_appeal(
                case.id, actor_id=actor_of(request), now=utc_now(), overturn=overturn,
                reasons=form.cleaned_data["reasons"],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return False
        said = _("The decision is taken back.") if overturn else _("The decision stays.")
        messages.success(request, said)
        return True


@admin.register(Complaint)
class ComplaintAdmin(QualityAdmin):
    """What verified buyers report, by listing. Who they are is told to nobody."""

    guarded = True

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.require_view(request)
        page = queries.reported_listings(cursor=request.GET.get("cursor"))
        told = {"page": page, **self._may(request)}
        return self.page(request, _("What buyers report"), "complaints.html", told)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what is reported of a listing, by its number, and put it away."""
        self.require_view(request)
        listing_id = number_in(unquote(object_id))
        if request.method == "POST":
            self.require(request)
            return self._dismiss(request, listing_id)
        reported = queries.find_reported(listing_id)
        if reported is None:
            raise Http404
        told = {"reported": reported, "words": queries.words_about(listing_id), **self._may(request)}
        return self.page(request, _("What buyers report of a listing"), "complaint.html", told)

    def _dismiss(self, request: HttpRequest, listing_id: int) -> HttpResponse:
        number = services.dismiss_complaints(listing_id=listing_id, now=utc_now())
        said = ngettext("%(num)d report is put away.", "%(num)d reports are put away.", number)
        messages.success(request, said % {"num": number})
        return sent_to("quality_complaint_changelist")

    def _may(self, request: HttpRequest) -> dict[str, bool]:
        return {
            "may_dismiss": self.may(request),
            "may_see_listings": request.user.has_perm("quality.view_decision"),
        }


@admin.register(RecallClaim)
class RecallClaimAdmin(QualityAdmin):
    """What buyers chose that does not come about by itself. The shop knows them by its own order numbers."""

    guarded = True

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.require_view(request)
        if request.method == "POST":
            self.require(request)
            return self._finish(request, number_in(request.POST.get("claim", "")))
        done = request.GET.get("state") == "done"
        page = queries.claims_to_see_to(done=done, cursor=request.GET.get("cursor"))
        told = {"page": page, "done": done, "may_finish": self.may(request)}
        return self.page(request, _("Claims after recalls"), "claims.html", told)

    def _finish(self, request: HttpRequest, claim_id: int) -> HttpResponse:
        if not queries.must_be_seen_to(claim_id):
            raise Http404
        services.finish_claim(claim_id, now=utc_now())
        messages.success(request, _("It is done."))
        return sent_to("quality_recallclaim_changelist")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """There is nothing more to see of one than the list says."""
        raise Http404
