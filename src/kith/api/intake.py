"""What a host shop tells us, in signed batches. The records are those of an import file."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from ninja import Body, Router
from pydantic import Field
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from kith.api.access import Access, ApiRequest
from kith.api.answers import JSON, answer
from kith.api.fields import Out
from kith.api.limits import ADDRESS, INTAKE, address_of, count
from kith.api.models import TakenBatch
from kith.api.once import REPLAYED
from kith.api.problems import Problem
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.sharing.intake import schema_text, take_in
from kith.shop.models import Source

router = Router(tags=["Intake"])

MOST_RECORDS = 500
MOST_BYTES = 2_400_000
"""Some five thousand bytes a record; below what Django takes into memory."""
KEPT_FOR = timedelta(days=30)
CLEANED_AT_ONCE = 20


class IntakeRequest(ApiRequest):
    """A request that a host shop has signed."""

    source: Source
    webhook_id: str


@dataclass(frozen=True)
class Signed(Access):
    """A host shop's signature stands in the place of a token (Standard Webhooks 1.0)."""

    scope: str | None = None
    takes: str | None = JSON
    signed: bool = True
    most_bytes: int = MOST_BYTES

    def __call__(self, request: ApiRequest) -> bool:
        request.viewer, request.token = Viewer(None, utc_now()), None
        self._require_body(request)
        name = unquote(request.headers.get("Kith-Source", ""))
        source = Source.objects.filter(pk=name).first() if name.isprintable() else None
        webhook_id = request.headers.get("webhook-id", "")
        if not _is_signed(request, source) or source is None or len(webhook_id) > 255:
            count(request, (ADDRESS, address_of(request)))
            raise Problem("bad-signature", headers={"WWW-Authenticate": 'Webhook realm="kith"'})
        count(request, (INTAKE, source.name))
        request.source, request.webhook_id = source, webhook_id  # type: ignore[attr-defined]
        return True


def _is_signed(request: ApiRequest, source: Source | None) -> bool:
    """Check the signature; for an unknown source against a secret that nobody has, for the same time."""
    secret = source.secret if source else base64.b64encode(os.urandom(32)).decode()
    try:
        Webhook(secret).verify(request.body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


class RecordAnswer(Out):
    """What became of one record. A rejected one says why; the rest of its batch is taken."""

    index: int
    type: str
    id: str = Field(description="The source's own, as far as it could be read")
    outcome: Literal["taken", "unchanged", "rejected"]
    reason: str


class BatchAnswer(Out):
    taken: int
    unchanged: int
    rejected: int
    answers: list[RecordAnswer]


def _header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name, "in": "header", "required": True, "description": description,
        "schema": {"type": "string", **schema},
    }  # fmt: skip


PARAMETERS = [
    _header("Kith-Source", "The host shop's name, percent-encoded", maxLength=120),
    _header("webhook-id", "Of this batch; the same when it is sent again", maxLength=255),
    _header("webhook-timestamp", "Seconds since 1970, at most five minutes off", pattern="^[0-9]{1,12}$"),
]


@router.post("/intake", auth=Signed(), response=BatchAnswer, openapi_extra={"parameters": PARAMETERS})
def take_in_batch(
    request: IntakeRequest, records: Annotated[list[Any], Body(..., max_length=MOST_RECORDS)]
) -> HttpResponse:
    """Take in up to 500 records, in their order, and answer for each.

    Signed as in Standard Webhooks. A batch that is sent again under its webhook-id is answered
    as the first time, and a record that is sent again changes nothing. What the records are is
    said by their JSON Schema, which is published beside this description.
    """
    mark = hashlib.sha256(request.body).hexdigest()
    known = _find_taken(request, mark)
    if known is not None:
        return known
    answers = list(take_in(records, source=request.source.name, now=request.viewer.now))
    counts = {
        outcome: sum(one.outcome == outcome for one in answers)
        for outcome in ("taken", "unchanged", "rejected")
    }
    return _keep(request, mark, answer(BatchAnswer, {**counts, "answers": answers}))


@require_safe
def records_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the records, for whoever writes a program that sends them."""
    return HttpResponse(schema_text(), content_type="application/schema+json")


def _find_taken(request: IntakeRequest, mark: str) -> HttpResponse | None:
    taken = TakenBatch.objects.filter(source=request.source, webhook_id=request.webhook_id).first()
    if taken is None:
        return None
    if taken.fingerprint != mark:
        raise Problem("key-reused", _("This webhook-id was another batch's."))
    return HttpResponse(bytes(taken.body), content_type=JSON, headers={REPLAYED: "true"})


def _keep(request: IntakeRequest, mark: str, response: HttpResponse) -> HttpResponse:
    """Keep the answer. The records are in already: were we killed here, each would be "unchanged"."""
    try:
        with transaction.atomic():
            TakenBatch.objects.create(
                source=request.source,
                webhook_id=request.webhook_id,
                fingerprint=mark,
                body=response.content,
                at=request.viewer.now,
            )
    except IntegrityError:
        return _find_taken(request, mark) or response
    _clean(request.viewer.now)
    return response


def _clean(now: datetime) -> None:
    """Each new batch takes some old ones with it, so that no more than a month's are kept."""
    old = TakenBatch.objects.filter(at__lte=now - KEPT_FOR).values_list("pk", flat=True)
    TakenBatch.objects.filter(pk__in=list(old[:CLEANED_AT_ONCE])).delete()
