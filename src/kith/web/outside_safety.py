"""Reporting, shutting somebody out, and letting them back in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kith.core.errors import Refused
from kith.core.guard import Viewer
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.queries import Reportable
from kith.web.acts import act, sent, write_receipt
from kith.web.middleware import ViewerRequest
from kith.web.outside_door import door_of
from kith.web.outside_gate import outside_page
from kith.web.outside_letters_forms import ReportForm


@outside_page("GET", "POST")
def report(request: ViewerRequest, about: str, subject_id: int) -> HttpResponse:
    """Report a persona, a post, a comment or a letter (`about`) to the shop's people."""
    viewer = request.viewer
    subject = outside.get_reportable(viewer, about=about, subject_id=subject_id)
    form = ReportForm(sent(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            strangers.report(viewer, about=about, subject_id=subject_id, **said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. Our people look at it. Nobody is told that it was you."))
            if said["also_avoid"]:
                messages.success(request, _("Shut out. You don't see each other here any more."))
            return redirect("outside:letters" if about == "letter" else "outside:home")
    context = {"form": form, "subject": subject, "about": about, "back_to": _where_it_stands(viewer, subject)}
    return render(request, "outside/report.html", context, status=422 if form.errors else 200)


def _where_it_stands(viewer: Viewer, subject: Reportable) -> str:
    """The page on which it was read; of a letter, the letters."""
    match subject.about:
        case "persona":
            return reverse("outside:person", args=[subject.id])
        case "post":
            return reverse("outside:post", args=[subject.id])
        case "comment":
            _comment, post_id = outside.get_comment(viewer, comment_id=subject.id)
            return reverse("outside:post", args=[post_id]) + "#talk"
        case _:
            return reverse("outside:letters")


@outside_page("GET", "POST")
def avoid(request: ViewerRequest, persona_id: int) -> HttpResponse:
    """Shut a persona out, after asking once more."""
    with act(request, thing=persona_id):
        card = outside.get_persona(request.viewer, persona_id=persona_id)
        if card.face.is_me:
            return redirect("outside:person", persona_id)
        if request.method != "POST":
            context = {"card": card, "receipt": write_receipt(request.viewer, persona_id)}
            return render(request, "outside/avoid.html", context)
        strangers.avoid(request.viewer, persona_id=persona_id)
        messages.success(
            request,
            _("%(name)s is shut out. You don't see each other here any more.") % {"name": card.face.name},
        )
    return redirect("outside:avoided")


@outside_page("GET", own=True)
def avoided(request: ViewerRequest) -> HttpResponse:
    """Those I have shut out, by the names they had then."""
    entries = [
        {"entry": entry, "receipt": write_receipt(request.viewer, entry.mark)}
        for entry in outside.shut_out_by_me(request.viewer)
    ]
    return render(request, "outside/avoided.html", {"entries": entries, "door": door_of(request)})


@outside_page("POST", own=True)
def stop_avoiding(request: ViewerRequest, mark: int) -> HttpResponse:
    done = _("Let back in. You can see each other again, unless they have shut you out.")
    with act(request, done=done, thing=mark):
        strangers.stop_avoiding(request.viewer, mark=mark)
    return redirect("outside:avoided")
