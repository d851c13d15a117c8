"""Sweeps on the staff's pages: begun here, scanned and carried out by the worker, looked at by people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from kith.core.clock import utc_now
from kith.core.errors import NotThere, Refused
from kith.quality import queries, services
from kith.quality.models import Sweep
from kith.quality.queries import Progress, Stage
from kith.quality.rules import BY_CODE
from kith.web.admin_quality import QualityAdmin, actor_of, number_in, or_404, posted, sent_to
from kith.web.admin_quality_forms import ApplyForm, DrawForm, JudgeForm, SweepForm, UndoForm, WhyForm
from kith.web.plain_forms import PlainForm

LOOK_AGAIN = 5
"""Seconds until a page on which something moves is asked for again."""
PATIENCE = {
    Stage.WAITS: timedelta(minutes=2, seconds=30),
    Stage.SCANNING: timedelta(minutes=15),
    Stage.APPLYING: timedelta(minutes=2, seconds=30),
    Stage.UNDOING: timedelta(minutes=2, seconds=30),
}
"""How long nothing may move before it is said that nobody works. The worker begins once a minute."""
SAYS: dict[Stage, str | Promise] = {
    Stage.WAITS: gettext_lazy("Planned: the worker begins with it within a minute."),
    Stage.SCANNING: gettext_lazy("Scanning: every rule looks at every listing."),
    Stage.SCANNED: gettext_lazy("Scanned: it waits for a decision."),
    Stage.APPLYING: gettext_lazy("Being carried out."),
    Stage.APPLIED: gettext_lazy("Carried out."),
    Stage.DROPPED: gettext_lazy("Dropped: nothing was carried out."),
    Stage.UNDOING: gettext_lazy("Being undone."),
    Stage.UNDONE: gettext_lazy("Undone."),
}
TITLES: dict[str, tuple[str | Promise, type[PlainForm], bool]] = {
    "sample": (gettext_lazy("Draw a sample"), DrawForm, False),
    "apply": (gettext_lazy("Carry it out"), ApplyForm, True),
    "drop": (gettext_lazy("Drop it"), WhyForm, False),
    "undo": (gettext_lazy("Undo it"), UndoForm, True),
}
EXPLAINED: dict[str, str | Promise] = {
    "sample": gettext_lazy(
        "So many of the listings found are drawn by chance. Look at each of them and say whether what was "
        "found is right: it tells how much of all that was found is."
    ),
    "apply": gettext_lazy(
        "The worker takes down or freezes what was found, and tells merchants and buyers. What has changed "
        "since it was scanned is passed over. It can be undone as a whole."
    ),
    "drop": gettext_lazy("Nothing of it is carried out."),
    "undo": gettext_lazy(
        "The worker takes back all that the sweep has decided, but for what somebody has decided since, and "
        "tells the merchants."
    ),
}


@admin.register(Sweep)
class SweepAdmin(QualityAdmin):
    """Holding all listings, or a part of them, to the standards at once."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:sweep_id>/findings/", view(self.findings_view), name="quality_sweep_findings"),
            path(
                "<int:sweep_id>/sample/<int:listing_id>/", view(self.judge_view), name="quality_sweep_judge"
            ),
            path("<int:sweep_id>/do/<str:act>/", view(self.act_view), name="quality_sweep_do"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """List the sweeps, and begin one."""
        self.require_view(request)
        form = SweepForm(posted(request))
        if request.method == "POST":
            self.require(request)
            begun = self._begin(request, form)
            if begun is not None:
                return begun
        page = queries.newest_sweeps(cursor=request.GET.get("cursor"))
        told = {
            "page": page,
            "sweeps": [_shortly(one) for one in page.items],
            "form": form if self.may(request) else None,
        }
        return self.page(request, _("Sweeps"), "sweeps.html", told)

    def _begin(self, request: HttpRequest, form: SweepForm) -> HttpResponse | None:
        if not form.is_valid():
            return None
        try:
            begun = services.plan_sweep(
                actor_id=actor_of(request), now=utc_now(), by_worker=True, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return None
        return sent_to("quality_sweep_change", begun.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show how a sweep stands, what it found, and what staff said of the sample."""
        self.require_view(request)
        if request.method != "GET":
            raise PermissionDenied
        sweep = _get(number_in(unquote(object_id)))
        progress, now = queries.progress_of(sweep), utc_now()
        since, mark = _unmoved_since(request, sweep, progress, now)
        told = {
            **_shortly(sweep), "sweep": sweep, "progress": progress,
            "stuck": progress.stage.moves and now - since > PATIENCE[progress.stage], "unmoved_since": since,
            "counts": queries.found_by_rule(sweep.pk), "sample": queries.sample_of(sweep.pk),
            "precision": services.precision(sweep.pk),
            "acts": _acts(sweep, progress) if self.may(request) else [],
            "may_judge": self.may(request) and progress.stage == Stage.SCANNED,
            "again": LOOK_AGAIN,
        }  # fmt: skip
        response = self.page(request, _("Sweep"), "sweep.html", told)
        if progress.stage.moves:
            query = urlencode({"seen": mark, "at": int(since.timestamp())})
            response["Refresh"] = f"{LOOK_AGAIN}; url={request.path}?{query}"
        return response

    def findings_view(self, request: HttpRequest, sweep_id: int) -> HttpResponse:
        """List what was found, of all rules or one."""
        self.require_view(request)
        sweep, rule = _get(sweep_id), request.GET.get("rule", "")
        if rule and rule not in BY_CODE:
            raise Http404
        found = queries.findings_of(sweep_id, rule=rule, cursor=request.GET.get("cursor"))
        told = {
            **_shortly(sweep), "page": found, "rule": rule, "counts": queries.found_by_rule(sweep_id),
            "may": _may(request),
        }  # fmt: skip
        return self.page(request, _("What was found"), "findings.html", told)

    def judge_view(self, request: HttpRequest, sweep_id: int, listing_id: int) -> HttpResponse:
        """Show one listing of the sample, and take down whether what was found is right."""
        self.require_view(request)
        sweep = _get(sweep_id)
        form = JudgeForm(posted(request))
        drawn = or_404(lambda: queries.get_drawn(sweep_id, listing_id=listing_id))
        if request.method == "POST":
            self.require(request)
            if form.is_valid() and request.POST.get("right") in ("yes", "no"):
                try:
                    services.judge(
                        sweep_id, listing_id=listing_id, right=request.POST["right"] == "yes",
                        actor_id=actor_of(request), now=utc_now(), note=form.cleaned_data["note"],
                    )  # fmt: skip
                except Refused as refusal:
                    form.add_error(None, str(refusal))
                else:
                    ahead = drawn.next_id
                    places = (sweep_id, ahead) if ahead else (sweep_id,)
                    return sent_to("quality_sweep_judge" if ahead else "quality_sweep_change", *places)
        else:
            form.initial["note"] = drawn.note
        may_judge = self.may(request) and queries.progress_of(sweep).stage == Stage.SCANNED
        told = {"drawn": drawn, "form": form, "may_judge": may_judge, "may": _may(request), **_shortly(sweep)}
        return self.page(request, _("A listing of the sample"), "drawn.html", told)

    def act_view(self, request: HttpRequest, sweep_id: int, act: str) -> HttpResponse:
        """Ask for a reason, and have it done."""
        self.require(request)
        if act not in TITLES:
            raise Http404
        sweep = _get(sweep_id)
        title, kind, is_grave = TITLES[act]
        form = kind(posted(request))
        back = reverse("admin:quality_sweep_change", args=[sweep_id])

        def do() -> HttpResponse:
            messages.success(request, _do(sweep.pk, act, form.cleaned_data, actor_of(request)))
            return HttpResponseRedirect(back)

        told = {"title": title, "explained": EXPLAINED[act], "button": title, "is_grave": is_grave,
                "back": back}  # fmt: skip
        return self.ask(request, form, do, told)


def _get(sweep_id: int) -> Sweep:
    try:
        return queries.get_sweep(sweep_id)
    except NotThere:
        raise Http404 from None


def _do(sweep_id: int, act: str, given: dict[str, Any], actor_id: int) -> str:
    """Do it, and say what was done."""
    now = utc_now()
    match act:
        case "sample":
            drawn = services.draw_sample(sweep_id, number=given["number"])
            said = ngettext("%(num)d listing is drawn.", "%(num)d listings are drawn.", drawn)
            return said % {"num": drawn}
        case "apply":
            services.decide_sweep(sweep_id, actor_id=actor_id, now=now, why=given["why"])
            return _("The worker carries it out. It begins within a minute.")
        case "drop":
            services.decide_sweep(sweep_id, actor_id=actor_id, now=now, why=given["why"], go=False)
            return _("It is dropped.")
        case _:
            services.undo_sweep(sweep_id, actor_id=actor_id, now=now, why=given["why"])
            return _("The worker takes it back. It begins within a minute.")


def _acts(sweep: Sweep, progress: Progress) -> list[dict[str, Any]]:
    """What can be done with a sweep as it stands."""
    names: tuple[str, ...] = ()
    match progress.stage:
        case Stage.WAITS | Stage.SCANNING:
            names = ("drop",)
        case Stage.SCANNED:
            sampled = services.precision(sweep.pk).drawn > 0
            names = (*(() if sampled else ("sample",)), *(() if sweep.dry_run else ("apply",)), "drop")
        case Stage.APPLYING | Stage.APPLIED:
            names = ("undo",)
    return [
        {"title": TITLES[name][0], "is_grave": TITLES[name][2],
         "address": reverse("admin:quality_sweep_do", args=[sweep.pk, name])}
        for name in names
    ]  # fmt: skip


def _shortly(sweep: Sweep) -> dict[str, Any]:
    """A sweep in a line: what it looked at, and how far it is."""
    progress = queries.progress_of(sweep)
    shelf = sweep.category
    on_shelf = shelf.name(get_language() or "zh-hans") if shelf else ""
    about = [part for part in (sweep.standard, on_shelf) if part]
    return {
        "number": sweep.pk, "address": reverse("admin:quality_sweep_change", args=[sweep.pk]),
        "about": ", ".join(about) or _("All listings"), "says": SAYS[progress.stage],
        "dry_run": sweep.dry_run, "begun": sweep.created_at, "listings": sweep.listings,
        "flagged": sweep.flagged, "taken_down": sweep.taken_down, "is_scanned": sweep.scanned_at is not None,
        "by_worker": sweep.by_worker,
    }  # fmt: skip


def _unmoved_since(
    request: HttpRequest, sweep: Sweep, progress: Progress, now: datetime
) -> tuple[datetime, str]:
    """Since when nothing is known to have moved, and the mark by which the next look knows it again.

    A page that asks again says in its address what it saw, and since when.
    """
    mark = f"{progress.stage}.{progress.done}"
    at = request.GET.get("at", "")
    if request.GET.get("seen") == mark and at.isdecimal() and 0 < int(at) <= now.timestamp():
        return datetime.fromtimestamp(int(at), UTC), mark
    if progress.stage == Stage.WAITS and sweep.by_worker:
        return sweep.created_at, mark
    return now, mark


def _may(request: HttpRequest) -> dict[str, bool]:
    """What of the things that a finding leads to they may see."""
    return {
        "reports": request.user.has_perm("quality.view_labreport"),
        "listings": request.user.has_perm("quality.view_decision"),
    }
