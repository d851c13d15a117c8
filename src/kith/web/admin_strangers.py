"""The strangers' channel as the shop's staff see it: what was reported, posts, personas, topics.

Staff see names and words as strangers do, and not who stands behind them, unless they may look at
people. Who reported something is told to nobody.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin

from kith.core.clock import utc_now
from kith.core.errors import NotThere, Refused
from kith.core.ids import read_id, write_id
from kith.media.models import Photo
from kith.media.queries import photo_file
from kith.shop.admin import ReadOnlyAdmin
from kith.strangers import services as strangers
from kith.strangers.models import Complaint, OutsidePhoto, Persona, Post, Topic
from kith.strangers.services.standing import close_persona, reopen_persona

STAFF = "the shop's staff look into what was reported outside"
NONE = "–"


class OutsideAdmin(ReadOnlyAdmin):
    """Something from outside: read by staff, and acted upon by those who may change it."""

    owner = ""
    """The column of whose persona it is."""
    show_full_result_count = False
    search_fields = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.unguarded(STAFF)
        personas = Persona.objects.unguarded(STAFF).filter(person=OuterRef(self.owner))
        named = rows.annotate(persona_name=Subquery(personas.values("name")[:1]))
        ordered: QuerySet[Any] = named.order_by(*self.get_ordering(request))
        return ordered

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_fields(request, obj))
        return (*fields, "shopper") if request.user.has_perm("people.view_person") else fields

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """By the filters alone: by a column of people, an address could ask who stands behind a persona."""
        filters = (one if isinstance(one, str) else one[0] for one in self.get_list_filter(request))
        return lookup.partition("__")[0] in filters and super().lookup_allowed(lookup, value, request)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may only look, acts on nothing."""
        return request.user.has_perm(f"strangers.change_{self.opts.model_name}")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by number, or by words."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = self._words_like(term)
        with suppress(ValueError):
            found |= Q(pk=read_id(term))
        return queryset.filter(found), False

    def _words_like(self, term: str) -> Q:
        raise NotImplementedError

    @admin.display(description=gettext_lazy("number"))
    def number(self, thing: Any) -> str:
        return write_id(thing.pk)

    @admin.display(description=gettext_lazy("persona"))
    def persona(self, thing: Any) -> str:
        return thing.persona_name or NONE

    @admin.display(description=gettext_lazy("shopper"))
    def shopper(self, thing: Any) -> str:
        """Only for who may look at people."""
        address = reverse("admin:people_person_change", args=[getattr(thing, f"{self.owner}_id")])
        return format_html('<a href="{}">{}</a>', address, _("Open"))

    def _act(
        self, request: HttpRequest, queryset: QuerySet[Any], act: Callable[[Any], object], what: str
    ) -> int:
        """Do something to each, and log it. :param what: for the log. :returns: to how many it was done."""
        done = 0
        for thing in list(queryset):
            try:
                act(thing)
            except Refused as refusal:
                messages.error(request, f"{write_id(thing.pk)}: {refusal}")
            except NotThere:
                continue
            else:
                self.log_change(request, thing, what)
                done += 1
        return done


def _photos_on(**thing: int) -> list[Photo]:
    hung = OutsidePhoto.objects.unguarded(STAFF).filter(**thing).select_related("photo")
    return [row.photo for row in hung.order_by("position")]


def _draw(photos: Sequence[Photo]) -> str:
    """The pictures within the page: an address of theirs would be one that only strangers may open."""
    files = []
    for photo in photos:
        with suppress(NotThere):
            files.append((b64encode(photo_file(photo, size="medium", veiled=True)).decode(),))
    picture = '<img src="data:image/webp;base64,{}" alt="" style="max-width:240px;display:inline-block">'
    return format_html_join(" ", picture, files) if files else NONE


@admin.register(Complaint)
class ComplaintAdmin(OutsideAdmin):
    """What was reported; what nobody has decided comes first, the oldest on top."""

    owner = "accused"
    list_display = ("number", "about", "persona", "why", "quoted_shortly", "others", "at", "state")
    fields = (
        "number", "about", "persona", "why", "words", "quoted", "pictures", "at", "others", "state",
        "decided_at",
    )  # fmt: skip
    list_filter = ("state", "about", "why")
    ordering = (F("decided_at").desc(nulls_first=True), "at", "pk")
    actions = ("uphold_and_hide", "uphold", "dismiss")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Complaint]:
        same = Complaint.objects.unguarded(STAFF).filter(about=OuterRef("about"), subject=OuterRef("subject"))
        number = same.order_by().values("about").annotate(number=Count("pk")).values("number")
        rows: QuerySet[Complaint] = super().get_queryset(request)
        return rows.annotate(reports=Subquery(number))

    def _words_like(self, term: str) -> Q:
        return Q(quoted__icontains=term) | Q(words__icontains=term)

    @admin.display(description=gettext_lazy("what was written"))
    def quoted_shortly(self, complaint: Complaint) -> str:
        return complaint.quoted[:80]

    @admin.display(description=gettext_lazy("photos, faces blurred"))
    def pictures(self, complaint: Complaint) -> str:
        if complaint.about == Complaint.About.PERSONA:
            persona = Persona.objects.unguarded(STAFF).filter(pk=complaint.subject).exclude(avatar=None)
            return _draw([one.avatar for one in persona.select_related("avatar") if one.avatar])
        return _draw(_photos_on(**{complaint.about: complaint.subject}))

    @admin.display(description=gettext_lazy("reports of it"))
    def others(self, complaint: Any) -> int:
        return int(complaint.reports)

    @admin.action(description=gettext_lazy("Uphold, and hide what was reported"), permissions=["act"])
    def uphold_and_hide(self, request: HttpRequest, queryset: QuerySet[Complaint]) -> None:
        self._decide(request, queryset, upheld=True, hide=True)

    @admin.action(description=gettext_lazy("Uphold, and leave it"), permissions=["act"])
    def uphold(self, request: HttpRequest, queryset: QuerySet[Complaint]) -> None:
        self._decide(request, queryset, upheld=True, hide=False)

    @admin.action(description=gettext_lazy("Dismiss"), permissions=["act"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Complaint]) -> None:
        self._decide(request, queryset, upheld=False, hide=False)

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Complaint], *, upheld: bool, hide: bool
    ) -> None:
        now = utc_now()
        decided: set[tuple[str, int]] = set()

        def decide(complaint: Complaint) -> None:
            # What was ticked twice, once for each who reported it, is decided once.
            thing = (complaint.about, complaint.subject)
            if thing not in decided:
                actor: Any = request.user
                strangers.decide(complaint_id=complaint.pk, upheld=upheld, actor=actor, now=now, hide=hide)
                decided.add(thing)

        what = "upheld and hidden" if hide else "upheld" if upheld else "dismissed"
        self._act(request, queryset, decide, what)
        if decided:
            said = ngettext("%(number)d thing decided.", "%(number)d things decided.", len(decided))
            messages.success(request, said % {"number": len(decided)})


@admin.register(Post)
class PostAdmin(OutsideAdmin):
    """Posts, so that one can be hidden. What its author shows to nobody, staff do not read either."""

    owner = "author"
    list_display = ("number", "persona", "topic", "shown_words", "created_at", "open_reports", "hidden_at")
    fields = (
        "number", "persona", "topic", "shown_words", "pictures", "created_at", "open_reports", "risk",
        "hidden_at",
    )  # fmt: skip
    list_filter = ("topic", ("hidden_at", admin.EmptyFieldListFilter))
    list_select_related = ("topic",)
    ordering = ("-open_reports", "-created_at", "-pk")
    actions = ("hide", "show")

    def _words_like(self, term: str) -> Q:
        return Q(text__icontains=term, withdrawn_at=None)

    @admin.display(description=gettext_lazy("words"))
    def shown_words(self, post: Post) -> str:
        return NONE if post.withdrawn_at is not None else post.text

    @admin.display(description=gettext_lazy("photos, faces blurred"))
    def pictures(self, post: Post) -> str:
        return NONE if post.withdrawn_at is not None else _draw(_photos_on(post=post.pk))

    @admin.action(description=gettext_lazy("Hide"), permissions=["act"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        self._set(request, queryset, on=True)

    @admin.action(description=gettext_lazy("Show again"), permissions=["act"])
    def show(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        self._set(request, queryset, on=False)

    def _set(self, request: HttpRequest, queryset: QuerySet[Post], *, on: bool) -> None:
        now = utc_now()
        done = self._act(
            request,
            queryset,
            lambda post: strangers.hide_post(post_id=post.pk, on=on, now=now),
            "hidden" if on else "shown again",
        )
        said = _("%(number)s hidden. Their authors are told.") if on else _("%(number)s shown again.")
        messages.success(request, said % {"number": done})


@admin.register(Persona)
class PersonaAdmin(OutsideAdmin):
    """Who people are outside, so that one can be closed."""

    owner = "person"
    list_display = ("number", "name", "intro", "created_at", "upheld", "closed_at")
    fields = ("number", "name", "intro", "created_at", "upheld", "closed_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter),)
    ordering = ("-upheld", "-created_at", "-pk")
    actions = ("close", "reopen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Persona]:
        rows: QuerySet[Persona] = super().get_queryset(request)
        return rows.exclude(name="")

    def _words_like(self, term: str) -> Q:
        return Q(name__icontains=term) | Q(intro__icontains=term)

    @admin.action(description=gettext_lazy("Close: nobody sees it any more"), permissions=["act"])
    def close(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        now = utc_now()
        self._act(request, queryset, lambda one: close_persona(persona_id=one.pk, now=now), "closed")
        messages.success(request, _("Nobody sees them outside now. They can read, and write nothing."))

    @admin.action(description=gettext_lazy("Open again"), permissions=["act"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        self._act(request, queryset, lambda one: reopen_persona(persona_id=one.pk), "opened again")
        messages.success(request, _("They are seen again, unless they have left."))


@admin.register(Topic)
class TopicAdmin(ModelAdmin):  # type: ignore[misc]
    """What posts are about. One that has had posts is closed, not removed."""

    list_display = ("name_zh", "name_en", "code", "position", "closed")
    list_filter = ("closed",)
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("position", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Posts hold on to the code."""
        return ("code",) if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
