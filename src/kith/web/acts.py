"""What all pages that change something have in common: what is told, and what a repeat means.

Somebody who taps a button twice has done nothing wrong. The second tap finds the request, the
invitation or the circle gone, exactly as a stranger would find it not there. A receipt in the
form tells the two apart: it proves that the page was drawn for the one whose thing it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.core.ids import write_id
from kith.people.models import Person
from kith.web.middleware import ViewerRequest

_SIGNER = signing.Signer(salt="kith.web.acts")
RECEIPT = "receipt"
"""The name of the form's field."""


def write_receipt(viewer: Viewer, thing: int) -> str:
    """Say that this viewer was shown this thing as theirs. Only drawn beside the thing itself."""
    return _SIGNER.signature(f"{viewer.person_id}:{write_id(thing)}")


def has_receipt(request: ViewerRequest, thing: int) -> bool:
    written = request.POST.get(RECEIPT, "")
    return constant_time_compare(written, write_receipt(request.viewer, thing))


@contextmanager
def act(request: ViewerRequest, *, done: str | Promise = "", thing: int | None = None) -> Iterator[None]:
    """Run one change: say `done` when it is, and the domain's own sentence when it refuses.

    :param thing: the id of what the change takes away; with a receipt for it, its being gone is no error.
    :raises NotThere: what was to be changed is not there, and was not a moment ago.
    """
    try:
        yield
    except Refused as refusal:
        messages.error(request, str(refusal))
    except NotThere:
        if thing is None or not has_receipt(request, thing):
            raise
    else:
        if done:
            messages.success(request, str(done))


def me(request: HttpRequest) -> Person:
    """The reader of a page that only those who are signed in come to."""
    return cast(Person, request.user)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, for its form class; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def onward(request: HttpRequest, otherwise: str) -> str:
    """Where the reader was going before we stopped them (`next`), if that is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else otherwise
