"""From letters to friends: what it means, once more before it happens, and where it leads."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kith.core.errors import NotThere, Refused
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.web.acts import has_receipt, write_receipt
from kith.web.middleware import ViewerRequest
from kith.web.outside_gate import outside_page
from kith.web.outside_letters_forms import KnowForm


@outside_page("GET", "POST")
def know(request: ViewerRequest, exchange_id: int) -> HttpResponse:
    """Wish to know each other (`on`: 1), or take the wish back.

    When both wish it they are friends, and this exchange is gone: they go on inside.
    """
    try:
        return _know(request, exchange_id)
    except NotThere:
        # The button was pressed twice, and both wished it: then it is done.
        if has_receipt(request, exchange_id):
            return redirect("friends:list")
        raise


def _know(request: ViewerRequest, exchange_id: int) -> HttpResponse:
    viewer = request.viewer
    card = outside.get_exchange(viewer, exchange_id=exchange_id)
    if request.method == "POST" and request.POST.get("on") == "0":
        strangers.wish_to_know(viewer, exchange_id=exchange_id, on=False)
        messages.success(request, _("Taken back. They are not told."))
        return redirect("outside:exchange", exchange_id)
    form = KnowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            friend_id = strangers.wish_to_know(viewer, exchange_id=exchange_id, on=True)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if friend_id is not None:
                return _go_inside(request, friend_id)
            messages.success(
                request, _("They are told. When they wish it too, you are friends. You can take it back.")
            )
            return redirect("outside:exchange", exchange_id)
    context = {"card": card, "form": form, "receipt": write_receipt(viewer, exchange_id)}
    return render(request, "outside/know.html", context, status=422 if form.errors else 200)


def _go_inside(request: ViewerRequest, friend_id: int) -> HttpResponse:
    """The friend's page inside says who it is, and asks which circles they belong to."""
    messages.success(
        request,
        _("Now you know each other: you are friends. Neither of you can open your letters outside any more."),
    )
    return redirect("friends:friend", friend_id)
