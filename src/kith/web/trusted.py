"""The merchants that my circles can vouch for."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kith.sharing import queries as circle
from kith.web.middleware import ViewerRequest


@login_required
@require_GET
def merchants(request: ViewerRequest) -> HttpResponse:
    """Ranked from what my circles show me, with the reasons in words."""
    return render(request, "trusted/merchants.html", {"ranking": circle.trusted_merchants(request.viewer)})
