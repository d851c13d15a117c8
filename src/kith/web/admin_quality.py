"""What the shop's staff do about quality: the frame of its pages, and what all of them share.

Each page is given with Django's own permissions of the tables of `quality`: to see, and to decide.
None of them tells who complained, who bought, or where anything went.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from kith.core.clock import utc_now
from kith.core.errors import NotThere, Refused
from kith.quality.queries import how_much_waits
from kith.shop.admin import ReadOnlyAdmin
from kith.web.plain_forms import PlainForm

Deed = Callable[[], HttpResponse]


class Place(NamedTuple):
    """One of the pages of quality, as the row at the top of each of them names it."""

    name: str
    title: str | Promise
    permission: str
    waits: str = ""
    """What of `how_much_waits` waits there."""


PLACES = (
    Place("quality_sweep_changelist", _("Sweeps"), "quality.view_sweep"),
    Place("quality_labreport_changelist", _("Reports"), "quality.view_labreport", "reports"),
    Place("quality_appeal_changelist", _("Appeals"), "quality.view_appeal", "appeals"),
    Place("quality_complaint_changelist", _("Complaints"), "quality.view_complaint"),
    Place("quality_shops", _("Shops"), "quality.view_decision"),
    Place("quality_recallclaim_changelist", _("Claims after recalls"), "quality.view_recallclaim", "claims"),
    Place("quality_refunds", _("Refunds"), "quality.view_decision"),
    Place("quality_decision_changelist", _("Decisions"), "quality.view_decision"),
)


class QualityAdmin(ReadOnlyAdmin):
    """A table of quality whose pages are our own."""

    guarded = False
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """For what Django's own pages ask; of a guarded table they are told nothing."""
        if self.guarded:
            nothing: QuerySet[Any] = self.model.objects.unguarded("nobody reads it here").none()
            return nothing
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows

    def require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def may(self, request: HttpRequest, act: str = "change") -> bool:
        """Whether they have been given what it takes to decide here."""
        return bool(request.user.has_perm(f"quality.{act}_{self.opts.model_name}"))

    def require(self, request: HttpRequest, act: str = "change") -> None:
        if not self.may(request, act):
            raise PermissionDenied

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """There is none beside what the pages say themselves."""
        raise Http404

    def page(
        self, request: HttpRequest, title: str | Promise, template: str, told: dict[str, Any]
    ) -> TemplateResponse:
        """Put a page of ours into the staff's frame, under the row of all pages of quality."""
        around = {"title": str(title), "places": places_of(request), "now": utc_now()}
        content = render_to_string(f"staff/quality/{template}", around | told, request)
        frame = {
            **self.admin_site.each_context(request), "title": str(title), "opts": self.opts,
            "content": mark_safe(content),  # noqa: S308 (what our own template wrote)
        }  # fmt: skip
        return TemplateResponse(request, "admin/base_site.html", frame)

    def ask(self, request: HttpRequest, form: PlainForm, do: Deed, told: dict[str, Any]) -> HttpResponse:
        """Show a form on a page of its own; filled in, do it, or say at the form why not.

        :param told: `title`, `explained`, `button`, `back`, and for what cannot be undone `is_grave`.
        """
        if request.method == "POST" and "preview" not in request.POST and form.is_valid():
            try:
                return do()
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self.page(request, told["title"], "act.html", {"form": form, **told})


def places_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages of quality that somebody may see, with how much waits on each."""
    may = [place for place in PLACES if request.user.has_perm(place.permission)]
    waits = how_much_waits() if any(place.waits for place in may) else {}
    addresses = {place.name: reverse(f"admin:{place.name}") for place in may}
    here = max((one for one in addresses.values() if request.path.startswith(one)), key=len, default="")
    return [
        {
            "title": place.title, "address": addresses[place.name], "number": waits.get(place.waits, 0),
            "is_here": addresses[place.name] == here,
        }
        for place in may
    ]  # fmt: skip


def or_404(find: Callable[[], Any]) -> Any:
    """What a query finds; a page that is not there, if it finds nothing."""
    try:
        return find()
    except NotThere:
        raise Http404 from None


def number_in(text: str) -> int:
    """The id in an address of the staff's pages."""
    if not text.isdecimal() or len(text) > 19 or int(text) >= 2**63:
        raise Http404
    return int(text)


def sent_to(name: str, *places: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"admin:{name}", args=places))


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was filled in with; None if the page is only looked at."""
    return request.POST if request.method == "POST" else None


def actor_of(request: HttpRequest) -> int:
    """Who decides: whoever is signed in, as the staff's pages have made sure."""
    return int(str(request.user.pk))
