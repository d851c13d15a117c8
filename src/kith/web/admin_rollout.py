"""Features as the shop's staff see them: to whom each is open, who changed it, and what a change would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from kith.core.clock import utc_now
from kith.core.errors import Refused
from kith.rollout import services
from kith.rollout.models import FEATURES, Batch, Change, Feature, State
from kith.rollout.queries import batches_of, changes_of, listed_count, openings, waiting_count
from kith.rollout.simulation import Simulation, count_let_in, count_matching, simulate
from kith.rollout.terms import refuse_unfit
from kith.rollout.words import (
    say_band,
    say_entry,
    say_number,
    say_region,
    say_state,
    say_time,
    say_when,
    say_whom,
)
from kith.shop.admin import ReadOnlyAdmin
from kith.web.admin_rollout_forms import AdmitForm, BatchForm, WhyForm, WindDownForm

MOST_SHOWN = 20
Perform = Callable[[str, int, Any, dict[str, Any]], object]
"""Given a feature, a batch's number or 0, a form that is filled in, and who, why, where and when."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that staff do to a feature, on a page that asks why."""

    title: Promise | str
    explained: Promise | str
    perform: Perform
    form: type[WhyForm] = WhyForm
    of_batch: bool = False
    is_grave: bool = False


ACTS: dict[str, Act] = {
    "open": Act(
        _("Open to a batch"),
        _("Besides those to whom it is open already. Simulate it first: it shows how many would come in."),
        lambda feature, _batch, form, how: services.open_batch(feature, form.terms(), **how),
        form=BatchForm,
    ),
    "admit": Act(
        _("Let in from the waiting list"),
        _("The first who wait are let in, and leave the waiting list."),
        lambda feature, _batch, form, how: services.admit_waiting(
            feature, form.cleaned_data["count"], **how
        ),
        form=AdmitForm,
    ),
    "change": Act(
        _("Change the batch"),
        _(
            "Whom it lets in no more is out at their next request, unless another batch lets them in. "
            "Simulate it first."
        ),
        lambda _feature, batch, form, how: services.change_batch(batch, form.terms(), **how),
        form=BatchForm,
        of_batch=True,
    ),
    "pause": Act(
        _("Pause the batch"),
        _("It lets nobody in until it goes on. Whom another batch lets in, stays in."),
        lambda _feature, batch, _form, how: services.pause_batch(batch, **how),
        of_batch=True,
    ),
    "resume": Act(
        _("Let the batch go on"),
        _("It lets in again whom it let in before."),
        lambda _feature, batch, _form, how: services.resume_batch(batch, **how),
        of_batch=True,
    ),
    "remove": Act(
        _("Remove the batch"),
        _("Whom no other batch lets in is out at their next request. A list is gone for good."),
        lambda _feature, batch, _form, how: services.remove_batch(batch, **how),
        of_batch=True,
        is_grave=True,
    ),
    "close": Act(
        _("Close for all"),
        _(
            "From the next request on nobody sees anything of it, not even what is their own: no page, no "
            "picture, no number. Nothing is lost: opened again, all is as it was."
        ),
        lambda feature, _batch, _form, how: services.close(feature, **how),
        is_grave=True,
    ),
    "reopen": Act(
        _("Open again"),
        _("It is open again to whom its batches let in."),
        lambda feature, _batch, _form, how: services.reopen(feature, **how),
    ),
    "wind-down": Act(
        _("Wind down"),
        _(
            "Nobody sees what others put there. Everyone can read, copy and erase their own until the day "
            "you say; after it, all of it is purged and cannot be brought back."
        ),
        lambda feature, _batch, form, how: services.wind_down(
            feature, until=form.cleaned_data["until"], **how
        ),
        form=WindDownForm,
        is_grave=True,
    ),
}  # fmt: skip


@admin.register(Feature)
class FeatureAdmin(ModelAdmin):  # type: ignore[misc]
    """Who may use what. It takes effect at everybody's next request."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """What can be opened is written in the program."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        do = self.admin_site.admin_view(self.act_view)
        return [path("<str:feature>/do/<str:act>/", do, name="rollout_feature_do"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        now = utc_now()
        told = [_standing(name, now) for name in FEATURES]
        return self._page(request, _("Features"), "staff/features.html", {"features": told})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show how a feature stands. What changes it has pages of its own, which ask why."""
        feature, now = _known(unquote(object_id)), utc_now()
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method != "GET":
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        log = [_entry(change) for change in changes_of(feature)[:MOST_SHOWN]]
        told = _standing(feature, now) | {
            "batches": [_batch(batch, now, acts=may_change) for batch in batches_of(feature)],
            "acts": _acts_of(feature, now) if may_change else [],
            "log": log,
            "whole_log": reverse("admin:rollout_change_changelist") + f"?feature__name__exact={feature}",
        }
        return self._page(request, FEATURES[feature], "staff/feature.html", told)

    def act_view(self, request: HttpRequest, feature: str, act: str) -> HttpResponse:
        """Ask why, and do it; for a batch that is to be opened, say first what it would do."""
        if act not in ACTS:
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        deed, batch = ACTS[act], _batch_asked(request, _known(feature), act)
        simulates = deed.form is BatchForm and "simulate" in request.POST
        result: Simulation | None = None
        form = deed.form(request.POST or None)
        if batch and isinstance(form, BatchForm):
            form.show(batch)
        form.fields["why"].required = not simulates
        if request.method == "POST" and form.is_valid():
            try:
                if simulates and isinstance(form, BatchForm):
                    result = _simulate(feature, form, batch)
                else:
                    return self._do(request, deed, feature, batch, form)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        told = {
            "form": form, "act": act, "deed": deed, "simulation": _simulation(result),
            "batch": _batch(batch, utc_now(), acts=False) if batch else None, "back": _page_of(feature),
        }  # fmt: skip
        return self._page(request, f"{FEATURES[feature]}: {deed.title}", "staff/act.html", told)

    def _do(
        self, request: HttpRequest, deed: Act, feature: str, batch: Batch | None, form: WhyForm
    ) -> HttpResponse:
        how = {
            "actor": request.user, "why": form.cleaned_data["why"], "surface": "web", "now": utc_now(),
        }  # fmt: skip
        deed.perform(feature, batch.pk if batch else 0, form, how)
        messages.success(request, str(_("Done: %(what)s.") % {"what": str(deed.title)}))
        return HttpResponseRedirect(_page_of(feature))

    def _page(
        self, request: HttpRequest, title: str | Promise, template: str, told: dict[str, Any]
    ) -> HttpResponse:
        """Put a page of ours into the staff's frame."""
        content = render_to_string(template, {"title": title, **told}, request)
        frame = {
            **self.admin_site.each_context(request), "title": str(title), "opts": self.opts,
            "content": mark_safe(content),  # noqa: S308 (what our own template wrote)
        }  # fmt: skip
        return TemplateResponse(request, "admin/base_site.html", frame)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """The log. Nobody changes it, staff neither."""

    list_display = ("at", "feature", "what", "actor", "surface", "why")
    fields = ("at", "feature", "what", "actor", "surface", "before", "after", "why")
    list_filter = ("feature", "what", "surface")
    list_select_related = ("actor", "feature")
    search_fields = ("why", "actor__handle")
    ordering = ("-at", "-pk")
    show_full_result_count = False


# --- What is asked -----------------------------------------------------------------------


def _known(feature: str) -> str:
    if feature not in FEATURES:
        raise Http404
    return feature


def _batch_asked(request: HttpRequest, feature: str, act: str) -> Batch | None:
    """The batch that the address names, where the act is about one."""
    if not ACTS[act].of_batch:
        return None
    number = request.GET.get("batch", "")
    found = batches_of(feature).filter(pk=number).first() if number.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _simulate(feature: str, form: BatchForm, batch: Batch | None) -> Simulation:
    now, terms = utc_now(), form.terms()
    refuse_unfit(terms, now=now)
    return simulate(feature, [terms], now, instead_of=batch.pk if batch else None)


# --- What is shown -----------------------------------------------------------------------


def _page_of(feature: str) -> str:
    return reverse("admin:rollout_feature_change", args=[feature])


def _link(feature: str, act: str, **query: Any) -> dict[str, Any]:
    address = reverse("admin:rollout_feature_do", args=[feature, act])
    address += f"?{urlencode(query)}" if query else ""
    return {"title": ACTS[act].title, "address": address, "is_grave": ACTS[act].is_grave}


def _standing(feature: str, now: datetime) -> dict[str, Any]:
    opening, people = openings([feature], now)[feature], count_let_in(feature, now)
    return {
        "name": FEATURES[feature],
        "code": feature,
        "address": _page_of(feature),
        "state": say_state(opening, people),
        "is_open": opening.state == State.OPEN,
        "people": people,
        "waiting": waiting_count(feature, now),
    }


def _acts_of(feature: str, now: datetime) -> list[dict[str, Any]]:
    """What can be done to the whole feature as it stands."""
    match openings([feature], now)[feature].state:
        case State.OPEN:
            names = ("open", "admit", "close")
        case State.CLOSED:
            names = ("open", "reopen", "wind-down")
        case _:
            names = ("reopen", "wind-down", "close")
    return [_link(feature, name) for name in names]


def _batch(batch: Batch, now: datetime, *, acts: bool) -> dict[str, Any]:
    names = ("change", "resume" if batch.paused_at else "pause", "remove") if acts else ()
    return {
        "number": batch.pk,
        "whom": say_whom(batch, listed=listed_count(batch.pk)),
        "people": count_matching(batch.rule(now)),
        "when": say_when(batch, now),
        "note": batch.note,
        "acts": [_link(batch.feature_id, name, batch=batch.pk) | {"is_grave": False} for name in names],
    }


def _entry(change: Change) -> dict[str, Any]:
    return {
        "at": say_time(change.at),
        "what": change.get_what_display(),
        "who": change.actor.handle if change.actor else "",
        "surface": change.surface,
        "why": change.why,
        "before": say_entry(change.before),
        "after": say_entry(change.after),
    }


def _simulation(result: Simulation | None) -> dict[str, Any] | None:
    if result is None:
        return None
    tables = [
        (_("By province"), [(say_region(code), say_number(number)) for code, number in result.by_region]),
        (_("By age"), [(say_band(label), say_number(number)) for label, number in result.by_age]),
    ]
    return {
        "people": result.people, "already": result.already, "newly": result.newly, "out": result.out,
        "tables": tables,
    }  # fmt: skip
