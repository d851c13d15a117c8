"""Notices: what happened that concerns the reader. Seeing the page is reading them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kith.notices.models import NoticeKind
from kith.notices.services import dismiss
from kith.sharing import queries as circle
from kith.shop import queries as shop
from kith.web.acts import act
from kith.web.middleware import ViewerRequest


@login_required
@require_GET
def notices(request: ViewerRequest) -> HttpResponse:
    page = circle.notices_of(request.viewer, cursor=request.GET.get("after"))
    circle.mark_notices_read(request.viewer)
    return render(request, "circle/notices.html", {"page": page})


@login_required
@require_POST
def not_now(request: ViewerRequest, line_id: int) -> HttpResponse:
    """Stop asking whether something bought shall be shown."""
    with act(request, done=_("It stays with you. You can still show it later.")):
        line = shop.get_line(request.viewer, line_id=line_id)
        dismiss(request.viewer, kind=NoticeKind.MAY_SHARE, subject=line.id)
    return redirect("circle:feed")
