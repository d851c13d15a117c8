"""People, consent and shares as the shop's staff see them.

Staff see what they need to decide and no more: no telephone numbers, no circles, no friends,
and the words of a share only where it is shown to everyone anyway.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from kith.core.clock import utc_now
from kith.core.ids import read_id, write_id
from kith.people.models import Consent, Person
from kith.sharing import services as sharing
from kith.sharing.models import Share
from kith.shop.admin import ListingAdmin, ReadOnlyAdmin
from kith.shop.models import Category, Listing
from kith.shop.search import index_listings
from kith.web import (
    admin_quality_decisions,
    admin_quality_queues,
    admin_quality_sweeps,
    admin_rollout,
    admin_strangers,
)

__all__ = [
    "admin_quality_decisions",
    "admin_quality_queues",
    "admin_quality_sweeps",
    "admin_rollout",
    "admin_strangers",
]

STAFF_SHARES = "staff look for what breaks the rules; circles' words are not shown to them"

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ModelAdmin):  # type: ignore[misc]
    search_fields = ("name",)
    filter_horizontal = ("permissions",)


@admin.register(Person)
class PersonAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("display_name", "handle", "is_staff", "is_active", "suspended_at", "joined_at")
    search_fields = ("handle", "display_name")
    list_filter = ("is_staff", "is_active")
    fields = (
        "handle", "display_name", "ends_in", "is_active", "suspended_at",
        "is_staff", "is_superuser", "groups", "joined_at", "source",
    )  # fmt: skip
    readonly_fields = (
        "handle", "display_name", "ends_in", "suspended_at", "is_superuser", "joined_at", "source",
    )  # fmt: skip
    filter_horizontal = ("groups",)
    show_full_result_count = False
    actions = ("suspend", "unsuspend")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up; staff are made with `kith createstaff`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is erased by whom it belongs to."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only a superuser decides who is staff."""
        if request.user.is_superuser:
            return self.readonly_fields
        return (*self.readonly_fields, "is_staff", "groups")

    @admin.display(description=gettext_lazy("telephone ends in"))
    def ends_in(self, person: Person) -> str:
        return (person.phone or "")[-4:]

    @admin.action(description=gettext_lazy("Close the circle side for them"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        for person_id in queryset.values_list("pk", flat=True):
            sharing.suspend(person_id=person_id, now=utc_now())
        messages.success(request, _("Nobody sees anything of theirs now, and they see nothing of others."))

    @admin.action(description=gettext_lazy("Open the circle side again"))
    def unsuspend(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        for person_id in queryset.values_list("pk", flat=True):
            sharing.unsuspend(person_id=person_id)
        messages.success(request, _("What they show is shown again."))


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """The ledger. Nobody changes it, staff neither."""

    list_display = ("person", "purpose", "given", "text_version", "surface", "at")
    list_filter = ("purpose", "given", "surface")
    list_select_related = ("person",)
    search_fields = ("person__handle",)
    ordering = ("-at", "-pk")
    show_full_result_count = False


@admin.register(Category)
class CategoryAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name_zh", "name_en", "code", "parent", "sensitive")
    list_filter = ("sensitive",)
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("position", "code")

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """A shelf that becomes sensitive takes what was shown of it out of sight at once."""
        super().save_model(request, obj, form, change)
        sharing.withdraw_sensitive(now=utc_now())
        index_listings(Listing.objects.filter(category=obj).values_list("pk", flat=True))


@admin.register(Listing)
class ShownListingAdmin(ListingAdmin):
    """What is on sale, what circles are shown of it, and the way to deciding about it."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = (*self.readonly_fields, "to_decide") if obj else self.readonly_fields
        return fields if request.user.has_perm("quality.view_decision") else self.readonly_fields

    @admin.display(description=gettext_lazy("standards"))
    def to_decide(self, listing: Listing) -> str:
        """Where it is decided whether it may be sold; nobody gets there without the permission."""
        address = reverse("admin:quality_listing", args=[listing.pk])
        return format_html('<a href="{}">{}</a>', address, _("How it stands, and what may be decided"))

    def save_model(self, request: HttpRequest, obj: Listing, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        sharing.withdraw_sensitive(now=utc_now(), listing_ids=[obj.pk])


@admin.register(Share)
class ShareAdmin(ReadOnlyAdmin):
    """What is shown, so that it can be taken back. Found by its number, which stands in its address."""

    list_display = ("number", "kind", "listing", "to_everyone", "public_words", "withdrawn_by_staff")
    fields = (
        "number",
        "kind",
        "listing",
        "merchant",
        "rating",
        "to_everyone",
        "public_words",
        "withdrawn_by_staff",
    )
    list_filter = ("to_everyone", "withdrawn_by_staff", "kind")
    list_select_related = ("listing",)
    search_fields = ("pk",)
    search_help_text = gettext_lazy("The number of the share: the last part of its address")
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("take_back", "give_back")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        return Share.objects.unguarded(STAFF_SHARES).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Share], search_term: str
    ) -> tuple[QuerySet[Share], bool]:
        if not search_term.strip():
            return queryset, False
        try:
            return queryset.filter(pk=read_id(search_term.strip())), False
        except ValueError:
            return queryset.none(), False

    @admin.display(description=gettext_lazy("number"))
    def number(self, share: Share) -> str:
        return write_id(share.pk)

    @admin.display(description=gettext_lazy("words, where everyone sees them"))
    def public_words(self, share: Share) -> str:
        return share.text if share.to_everyone else "–"

    @admin.action(description=gettext_lazy("Take back"))
    def take_back(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        self._set(request, queryset, on=True)

    @admin.action(description=gettext_lazy("Undo taking back"))
    def give_back(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        self._set(request, queryset, on=False)

    def _set(self, request: HttpRequest, queryset: QuerySet[Share], *, on: bool) -> None:
        if not request.user.has_perm("sharing.change_share"):
            messages.error(request, _("You may look, but not take back."))
            return
        ids = list(queryset.values_list("pk", flat=True))
        for share_id in ids:
            sharing.withdraw_by_staff(share_id=share_id, on=on, now=utc_now())
        done = _("%(number)s taken back.") if on else _("%(number)s shown again as before.")
        messages.success(request, done % {"number": len(ids)})
