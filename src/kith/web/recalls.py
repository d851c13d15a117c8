"""Something I bought was taken down or recalled: what is wrong with it, and what I can do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kith.core.errors import NotThere
from kith.quality import queries as quality
from kith.quality.models import Remedy
from kith.quality.services import claim_remedy
from kith.web.acts import act
from kith.web.middleware import ViewerRequest

app_name = "recalls"


@login_required
@require_GET
def recalls(request: ViewerRequest) -> HttpResponse:
    """All that I bought of what is taken down or recalled now."""
    return render(request, "recalls/list.html", {"recalls": quality.recalls_of(request.viewer)})


@login_required
def recall(request: ViewerRequest, line_id: int) -> HttpResponse:
    """One thing; and the choice of what I want, made with one press."""
    card = quality.get_recall(request.viewer, line_id=line_id)
    if request.method == "POST":
        if request.POST.get("remedy") not in Remedy.values:
            raise NotThere
        with act(request, done=_("The shop has been told what you want.")):
            claim_remedy(request.viewer, line_id=line_id, remedy=Remedy(request.POST["remedy"]))
        return redirect("recalls:recall", line_id)
    return render(request, "recalls/recall.html", {"card": card, "remedies": Remedy})


urlpatterns = [
    path("", recalls, name="list"),
    path("<id:line_id>/", recall, name="recall"),
]
