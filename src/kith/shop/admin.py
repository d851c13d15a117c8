"""The shop as its staff see it. Of an order they see what became of it, not where it went."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline

from kith.core import fulltext
from kith.core.ids import write_id
from kith.shop.cards import find_hold
from kith.shop.digest import digest_of
from kith.shop.models import HoldState, Listing, Merchant, MerchantStaff, OrderLine, Source
from kith.shop.search import INDEX, index_listings
from kith.shop.services import register_source

STAFF = "staff look into the orders of the shop"


class WithPrice:
    """Writes the price of a listing or a line as the reader's language does."""

    @admin.display(description=gettext_lazy("price"))
    def price_written(self, priced: Listing | OrderLine) -> str:
        return priced.price.written(to_locale(get_language() or "zh-hans"))


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """What staff may read and nobody changes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MerchantStaffInline(TabularInline):  # type: ignore[misc]
    model = MerchantStaff
    autocomplete_fields = ("person",)
    extra = 0
    verbose_name = gettext_lazy("person who acts for it")
    verbose_name_plural = gettext_lazy("people who act for it")


@admin.register(Merchant)
class MerchantAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "region", "closed_at", "source", "created_at")
    search_fields = ("name", "external_id")
    list_filter = ("source",)
    readonly_fields = ("closed_at", "source", "external_id", "created_at")
    inlines: ClassVar = [MerchantStaffInline]

    def save_model(self, request: HttpRequest, obj: Merchant, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        index_listings(Listing.objects.filter(merchant=obj).values_list("pk", flat=True))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ListingAdmin(WithPrice, ModelAdmin):  # type: ignore[misc]
    list_display = ("title", "merchant", "category", "price_written", "on_sale", "held", "source")
    search_fields = ("title", "external_id")
    list_filter = ("on_sale", "hold__state", "category", "source")
    list_select_related = ("merchant", "category", "hold")
    autocomplete_fields = ("merchant", "category")
    readonly_fields = ("held", "source", "external_id", "created_at")
    show_full_result_count = False
    actions = ("take_off_sale",)

    @admin.display(description=gettext_lazy("decided about it"))
    def held(self, listing: Listing) -> str:
        """What has been decided about it. It is decided elsewhere, with reasons; nobody sets it by hand."""
        hold = find_hold(listing)
        if hold is None:
            return ""
        said = [HoldState(hold.state).label, date_format(localtime(hold.since)), hold.rule, hold.standard]
        return " · ".join(str(part) for part in said if part)

    def save_model(self, request: HttpRequest, obj: Listing, form: Any, change: bool) -> None:
        obj.digest = digest_of(obj)
        super().save_model(request, obj, form, change)
        index_listings([obj.pk])

    def delete_model(self, request: HttpRequest, obj: Listing) -> None:
        fulltext.remove(INDEX, [obj.pk])
        super().delete_model(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was ever bought stays; what is not to be sold is taken off sale."""
        return False

    @admin.action(description=gettext_lazy("Take off sale"))
    def take_off_sale(self, request: HttpRequest, queryset: QuerySet[Listing]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        Listing.objects.filter(pk__in=ids).update(on_sale=False)
        index_listings(ids)
        messages.success(request, _("%(number)s listings are off sale.") % {"number": len(ids)})


@admin.register(OrderLine)
class OrderLineAdmin(WithPrice, ReadOnlyAdmin):
    """What was ordered and what became of it; not by whom, and not where it went."""

    list_display = ("number", "listing", "merchant", "status", "status_at", "placed_at")
    fields = (
        "number", "listing", "merchant", "quantity", "price_written", "status", "status_at",
        "refund_reason", "reason", "placed_at", "delivered_at", "refund_requested_at",
    )  # fmt: skip
    list_filter = ("status",)
    list_select_related = ("listing", "merchant")
    search_fields = ("listing__title", "merchant__name")
    ordering = ("-placed_at", "-pk")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return OrderLine.objects.unguarded(STAFF).order_by(*self.ordering)

    @admin.display(description=gettext_lazy("number"))
    def number(self, line: OrderLine) -> str:
        return write_id(line.pk)


@admin.register(Source)
class SourceAdmin(ModelAdmin):  # type: ignore[misc]
    """Host shops that send us records. A secret is shown once, when it is made."""

    list_display = ("name", "created_at")
    fields = ("name",)
    actions = ("renew_secret",)

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        self._tell(request, obj.name, register_source(obj.name))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None

    @admin.action(description=gettext_lazy("Make a new secret"))
    def renew_secret(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for name in queryset.values_list("name", flat=True):
            self._tell(request, name, register_source(name))

    def _tell(self, request: HttpRequest, name: str, secret: str) -> None:
        said = _("%(name)s signs with %(secret)s. Write it down: it is not shown again.")
        messages.warning(request, said % {"name": name, "secret": secret})
