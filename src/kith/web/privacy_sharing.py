"""What is done with what I buy: whether it is shown, when, to which circles, and what never."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kith.core.errors import Refused
from kith.core.ids import write_id
from kith.people.models import SharingMode, SharingPreference
from kith.people.queries import find_sharing_preference
from kith.sharing import services as sharing
from kith.shop.models import Category
from kith.ties import queries as ties
from kith.ties.queries import CircleSummary
from kith.web.acts import me, onward, sent
from kith.web.middleware import ViewerRequest
from kith.web.privacy import standing_of
from kith.web.privacy_forms import SharingForm


@login_required
def choose(request: ViewerRequest) -> HttpResponse:
    circles = ties.circles(request.viewer)
    preference = find_sharing_preference(me(request).pk) or SharingPreference(mode=SharingMode.OFF)
    shelves = _Shelves()
    form = SharingForm(
        sent(request),
        circles=circles,
        shelves=shelves.names,
        hold=preference.hold,
        initial={
            "mode": preference.mode,
            "hold": int(preference.hold / timedelta(minutes=1)),
            "defaults": [write_id(circle.id) for circle in circles if circle.is_default],
            "excluded": shelves.wholly_in(preference.excluded_categories),
        },
    )
    if request.method == "POST" and form.is_valid():
        excluded = shelves.codes_of(form.cleaned_data["excluded"], before=preference.excluded_categories)
        if _save(request, form, circles, excluded):
            return redirect(onward(request, "privacy:home"))
    context = {
        "form": form,
        "standing": standing_of(request),
        "windows": [form[name] for name in form.windows.values()],
        "never": shelves.sensitive,
    }
    return render(request, "privacy/sharing.html", context)


def _save(
    request: ViewerRequest, form: SharingForm, circles: tuple[CircleSummary, ...], excluded: set[str]
) -> bool:
    """Save all the page's choices, or none of them."""
    wanted = form.cleaned_data
    try:
        with transaction.atomic():
            sharing.set_sharing(
                request.viewer,
                mode=wanted["mode"],
                hold=timedelta(minutes=wanted["hold"]),
                excluded_categories=sorted(excluded),
            )
            for circle in circles:
                is_default, window = circle.id in wanted["defaults"], form.window_of(circle)
                if (is_default, window) != (circle.is_default, circle.window):
                    sharing.change_circle(
                        request.viewer, circle_id=circle.id, is_default=is_default, window=window
                    )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved. It counts for what you buy from now on."))
    return True


class _Shelves:
    """The shop's top shelves, each with all that lies below it. A shelf is excluded as a whole."""

    def __init__(self) -> None:
        language = get_language() or ""
        self.names: dict[str, str] = {}
        self.sensitive: list[str] = []
        self._below: dict[str, set[str]] = defaultdict(set)
        categories = {one.pk: one for one in Category.objects.order_by("position", "pk")}
        for category in categories.values():
            if category.sensitive:
                self.sensitive.append(category.name(language))
                continue
            top = category
            while top.parent_id is not None:
                top = categories[top.parent_id]
            self._below[top.pk].add(category.pk)
            if top is category:
                self.names[top.pk] = category.name(language)

    def wholly_in(self, codes: list[str]) -> list[str]:
        return [top for top in self.names if self._below[top] <= set(codes)]

    def codes_of(self, ticked: list[str], *, before: list[str]) -> set[str]:
        """All that lies on the ticked shelves. What was excluded piece by piece (by a program)
        stays so, unless its whole shelf was ticked before and now is not."""
        unticked = set(self.wholly_in(before)) - set(ticked)
        kept = set(before).difference(*(self._below[top] for top in unticked))
        return kept.union(*(self._below[top] for top in ticked))
