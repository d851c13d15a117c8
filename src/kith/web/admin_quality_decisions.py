"""Decisions of staff about listings and shops: the ledger, how each stands, and the steps that are open."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.core.clock import utc_now
from kith.quality import queries, services
from kith.quality.models import Decision
from kith.quality.queries import Ground, ShopStanding, Standing
from kith.quality.services import Grounds
from kith.quality.transitions import OF_SHOPS, TELLS_BUYERS, Act
from kith.web.admin_quality import QualityAdmin, actor_of, number_in, or_404, posted, sent_to
from kith.web.admin_quality_forms import DecideForm, ShopForm
from kith.web.charts import by_reason_chart, by_week_chart

TITLES: dict[Act, str | Promise] = {
    Act.SUSPECT: gettext_lazy("Freeze it"),
    Act.REMOVE: gettext_lazy("Take it down"),
    Act.RECALL: gettext_lazy("Recall it"),
    Act.REINSTATE: gettext_lazy("Reinstate it"),
    Act.CLOSE: gettext_lazy("Close the shop"),
    Act.REOPEN: gettext_lazy("Open the shop again"),
}
EXPLAINED: dict[Act, str | Promise] = {
    Act.SUSPECT: gettext_lazy(
        "It stays visible, with a warning, and nobody can buy it until you decide further."
    ),
    Act.REMOVE: gettext_lazy(
        "It is in no list and no search any more. Its buyers of the last months are told, and may have "
        "their money back."
    ),
    Act.RECALL: gettext_lazy(
        "For what is dangerous. Its buyers of the last months are told to stop using it, and may have their "
        "money or another one. A recall can be taken back, but what was read cannot be unread."
    ),
    Act.REINSTATE: gettext_lazy(
        "It is shown and sold again as before. The same rule does not find it again while it says the same."
    ),
    Act.CLOSE: gettext_lazy("Nothing of it is listed, found or sold. The merchant can appeal."),
    Act.REOPEN: gettext_lazy("What it had on sale is on sale again."),
}
THE_DANGER = gettext_lazy(
    "Say the danger in plain words: what can happen, to whom, and what they should do. Its buyers read "
    "this, and the merchant too."
)
GRAVE = frozenset({Act.REMOVE, Act.RECALL, Act.CLOSE})


@admin.register(Decision)
class DecisionAdmin(QualityAdmin):
    """The ledger of all decisions, and the way to a new one. Nobody changes what is in it."""

    list_display = ("at", "act", "listing", "merchant", "actor", "rule", "found_by_machine")
    list_filter = ("act", "found_by_machine", "decided_by_machine")
    list_select_related = ("listing", "merchant", "actor")
    search_fields = ("listing__title", "merchant__name")
    ordering = ("-pk",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("listing/<int:listing_id>/", view(self.listing_view), name="quality_listing"),
            path("listing/<int:listing_id>/<str:act>/", view(self.decide_view), name="quality_listing_do"),
            path("shops/", view(self.shops_view), name="quality_shops"),
            path("shops/<int:merchant_id>/", view(self.shop_view), name="quality_shop"),
            path("shops/<int:merchant_id>/<str:act>/", view(self.decide_shop_view), name="quality_shop_do"),
            path("refunds/", view(self.refunds_view), name="quality_refunds"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the statement of reasons, as the merchant reads it."""
        self.require_view(request)
        if request.method != "GET":
            raise PermissionDenied
        decision = Decision.objects.filter(pk=number_in(unquote(object_id))).first()
        if decision is None:
            raise Http404
        return self.page(
            request, _("Decision"), "decision.html", {"statement": queries.statement_of(decision)}
        )

    # --- Listings ---------------------------------------------------------------------------

    def listing_view(self, request: HttpRequest, listing_id: int) -> HttpResponse:
        """Show how a listing stands, on what evidence, and what may be decided."""
        self.require_view(request)
        standing: Standing = or_404(lambda: queries.standing_of(listing_id))
        acts = [
            {"title": TITLES[act], "is_grave": act in GRAVE,
             "address": reverse("admin:quality_listing_do", args=[listing_id, act])}
            for act in standing.acts
        ]  # fmt: skip
        told = {
            "standing": standing, "acts": acts if self.may(request, "add") else [],
            "may_see_reports": request.user.has_perm("quality.view_labreport"),
            "may_see_complaints": request.user.has_perm("quality.view_complaint"),
        }  # fmt: skip
        return self.page(request, _("A listing"), "listing.html", told)

    def decide_view(self, request: HttpRequest, listing_id: int, act: str) -> HttpResponse:
        """Ask on what a step rests, show what buyers will read of it, and take it."""
        self.require(request, "add")
        standing: Standing = or_404(lambda: queries.standing_of(listing_id))
        step, back = _act_asked(act, of_shops=False), reverse("admin:quality_listing", args=[listing_id])
        if step not in standing.acts:
            messages.error(request, _("This cannot be done as things stand. Look at the listing again."))
            return HttpResponseRedirect(back)
        grounds = {one.rule: one for one in queries.grounds_for(listing_id)}
        form = DecideForm([(rule, one.says) for rule, one in grounds.items()], posted(request))
        held_for = standing.hold.rule if standing.hold else ""
        form.initial["ground"] = held_for or next(iter(grounds), "")
        if step in TELLS_BUYERS:
            form.fields["words"].help_text = THE_DANGER

        def do() -> HttpResponse:
            ground = grounds.get(form.cleaned_data.get("ground", ""))
            services.decide(
                act=step, listing_id=listing_id, actor_id=actor_of(request), now=utc_now(),
                grounds=_grounds(ground, form.cleaned_data["words"]),
                found_by_machine=ground is not None,
            )  # fmt: skip
            messages.success(request, _("Done: %(what)s.") % {"what": TITLES[step]})
            return HttpResponseRedirect(back)

        read: tuple[str, ...] = ()
        if "preview" in request.POST:
            ground = grounds.get(request.POST.get("ground", ""))
            read = queries.what_buyers_read(step, ground, request.POST.get("words", ""))
        told = {
            "title": TITLES[step], "subject": standing.title, "explained": EXPLAINED[step], "back": back,
            "button": TITLES[step], "is_grave": step in GRAVE, "can_preview": step in TELLS_BUYERS,
            "preview": read,
        }  # fmt: skip
        return self.ask(request, form, do, told)

    # --- Shops ------------------------------------------------------------------------------

    def shops_view(self, request: HttpRequest) -> HttpResponse:
        """List the shops that are proposed for closing, and those that are closed."""
        self.require_view(request)
        closed = queries.closed_shops(cursor=request.GET.get("cursor"))
        told = {"shops": queries.shops_to_decide_on(), "page": closed}
        return self.page(request, _("Shops to decide on"), "shops.html", told)

    def shop_view(self, request: HttpRequest, merchant_id: int) -> HttpResponse:
        """Show a shop with all that is taken down of it."""
        self.require_view(request)
        standing: ShopStanding = or_404(lambda: queries.shop_standing(merchant_id))
        acts = [
            {"title": TITLES[act], "is_grave": act in GRAVE,
             "address": reverse("admin:quality_shop_do", args=[merchant_id, act])}
            for act in standing.acts
        ]  # fmt: skip
        told = {"standing": standing, "acts": acts if self.may(request, "add") else []}
        return self.page(request, standing.name, "shop.html", told)

    def decide_shop_view(self, request: HttpRequest, merchant_id: int, act: str) -> HttpResponse:
        """Ask why, and close a shop or open it again."""
        self.require(request, "add")
        standing: ShopStanding = or_404(lambda: queries.shop_standing(merchant_id))
        step, form = _act_asked(act, of_shops=True), ShopForm(posted(request))
        if step not in standing.acts:
            messages.error(request, _("This cannot be done as things stand. Look at the shop again."))
            return sent_to("quality_shop", merchant_id)

        def do() -> HttpResponse:
            services.decide_shop(
                act=step, merchant_id=merchant_id, actor_id=actor_of(request), now=utc_now(),
                grounds=Grounds(words=form.cleaned_data["words"]),
            )  # fmt: skip
            messages.success(request, _("Done: %(what)s.") % {"what": TITLES[step]})
            return sent_to("quality_shop", merchant_id)

        told = {
            "title": TITLES[step], "subject": standing.name, "explained": EXPLAINED[step],
            "button": TITLES[step], "is_grave": step in GRAVE,
            "back": reverse("admin:quality_shop", args=[merchant_id]),
        }  # fmt: skip
        return self.ask(request, form, do, told)

    # --- Refunds ------------------------------------------------------------------------------

    def refunds_view(self, request: HttpRequest) -> HttpResponse:
        """Show how much comes back, and where it is far more than a year before."""
        self.require_view(request)
        figures = queries.refund_figures(now=utc_now())
        told = {
            "figures": figures, "weeks_chart": by_week_chart(figures),
            "reasons_chart": by_reason_chart(figures),
        }  # fmt: skip
        return self.page(request, _("Refunds"), "refunds.html", told)


def _act_asked(act: str, *, of_shops: bool) -> Act:
    if act not in Act.values or (Act(act) in OF_SHOPS) != of_shops:
        raise Http404
    return Act(act)


def _grounds(ground: Ground | None, words: str) -> Grounds:
    if ground is None:
        return Grounds(words=words)
    return Grounds(
        ground.rule, ground.standard, ground.claimed, ground.figure, ground.bound, ground.other, words
    )
