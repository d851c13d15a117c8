"""My data: a copy of all of it, and leaving."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kith.rights.services import copy_of_data, erase_person
from kith.web.acts import me, sent
from kith.web.middleware import ViewerRequest
from kith.web.privacy_forms import DeleteForm


@login_required
@require_GET
def show(request: ViewerRequest) -> HttpResponse:
    return render(request, "privacy/data.html", {})


@login_required
@never_cache
@require_POST
def download(request: ViewerRequest) -> HttpResponse:
    """Hand out a copy of all that is held about the reader, as a ZIP of JSON files."""
    day = request.viewer.now.date().isoformat()
    return HttpResponse(
        copy_of_data(request.viewer),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="kith-{day}.zip"'},
    )


@login_required
def delete_account(request: ViewerRequest) -> HttpResponse:
    form = DeleteForm(sent(request), person=me(request))
    if request.method == "POST" and form.is_valid():
        person_id = me(request).pk
        erase_person(person_id=person_id, now=request.viewer.now)
        logout(request)
        return redirect("privacy:gone")
    return render(request, "privacy/delete.html", {"form": form})


@require_GET
def show_gone(request: ViewerRequest) -> HttpResponse:
    """The last page: what was erased, and what the shop keeps."""
    return render(request, "privacy/gone.html", {})
