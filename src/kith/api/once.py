"""Idempotency-Key: a creating request that is sent twice is done once.

As in draft-ietf-httpapi-idempotency-key-header-07. The answer is kept in the transaction of
what it answers, so neither can be there without the other; a refusal is not kept, since it
changed nothing. Keys are a person's own and live for a day.

An answer may name other people, who can erase their accounts meanwhile. So it is kept sealed
with the key, of which only a hash is kept: nobody can read it who does not send the key again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from kith.api.access import ApiRequest
from kith.api.models import KeptAnswer
from kith.api.problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(days=1)
CLEANED_AT_ONCE = 20
"""Each new key takes so many old ones with it: the table never grows beyond a day's keys."""

_KEY = re.compile(r'"([\x20-\x21\x23-\x7e]{1,200})"|([\x21\x23-\x7e]{1,200})')


View = Callable[..., HttpResponse]


def takes_key(view: View) -> View:
    """Mark an operation that creates something: it takes an Idempotency-Key."""
    view.takes_key = True  # type: ignore[attr-defined]
    return view


def once(view: View) -> View:
    """Put the keeping of answers around an operation that is marked for it.

    Applied by `server` when operations are bound: ninja reads a view's signature before that.
    """
    if not getattr(view, "takes_key", False):
        return view

    @wraps(view)
    def keyed(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = key_of(request)
        if key is None:
            return view(request, *args, **kwargs)
        mark = fingerprint(request)
        kept = _find_kept(request, key, mark)
        if kept is not None:
            return kept
        try:
            with transaction.atomic():
                response = view(request, *args, **kwargs)
                _keep(request, key, mark, response)
        except IntegrityError:
            # The same key came twice at the same time, and the other was first.
            kept = _find_kept(request, key, mark)
            if kept is None:
                raise
            return kept
        _clean(request.viewer.now)
        return response

    return keyed


def fingerprint(request: ApiRequest) -> str:
    parts = (str(request.method), request.get_full_path(), hashlib.sha256(request.body).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def key_of(request: ApiRequest) -> str | None:
    """:raises Problem: what was sent is no key."""
    header = request.headers.get(HEADER)
    if header is None:
        return None
    found = _KEY.fullmatch(header.strip())
    if found is None:
        raise Problem("bad-request", _("An Idempotency-Key is up to 200 plain characters, in quotes."))
    return str(found[1] or found[2])


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _seal(key: str) -> Fernet:
    secret = hashlib.sha256(f"kith.kept:{settings.SECRET_KEY}:{key}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(secret))


def _find_kept(request: ApiRequest, key: str, mark: str) -> HttpResponse | None:
    since = request.viewer.now - KEPT_FOR
    kept = KeptAnswer.objects.visible_to(request.viewer).filter(key=_hash(key), at__gt=since).first()
    if kept is None:
        return None
    if kept.fingerprint != mark:
        raise Problem("key-reused")
    try:
        body = _seal(key).decrypt(bytes(kept.body))
    except InvalidToken:  # sealed under a secret that the installation no longer has
        raise Problem("key-reused") from None
    return HttpResponse(
        body,
        status=kept.status,
        content_type="application/json",
        headers={REPLAYED: "true"},
    )


def _keep(request: ApiRequest, key: str, mark: str, response: HttpResponse) -> None:
    assert request.token is not None, "only operations with a scope take a key"
    KeptAnswer.objects.visible_to(request.viewer).filter(
        key=_hash(key), at__lte=request.viewer.now - KEPT_FOR
    ).delete()
    KeptAnswer.objects.create(
        person_id=request.token.person_id,
        key=_hash(key),
        fingerprint=mark,
        status=response.status_code,
        body=_seal(key).encrypt(response.content),
        at=request.viewer.now,
    )


def _clean(now: datetime) -> None:
    rows = KeptAnswer.objects.unguarded("answers of more than a day ago are forgotten, whoever's they are")
    old = list(rows.filter(at__lte=now - KEPT_FOR).values_list("pk", flat=True)[:CLEANED_AT_ONCE])
    rows.filter(pk__in=old).delete()
