"""What a host shop sends: signed, answered for record by record, and done once."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook

from kith.api.models import TakenBatch
from kith.core.clock import utc_now
from kith.shop.models import Listing, Source
from tests.contract.cast import SECRET, Program, Street, problem

RECORDS = [
    {"type": "merchant", "id": "m9", "name": "Lamps and more"},
    {"type": "listing", "id": "l9", "merchant": "m9", "title": "A lamp", "category": "kitchen-appliances",
     "price": "19.90", "currency": "CNY"},
]  # fmt: skip


def send(
    records: Any,
    *,
    webhook_id: str = "msg_1",
    at: datetime | None = None,
    secret: str = SECRET,
    source: str = "host",
    **headers: str,
) -> HttpResponse:
    body = json.dumps(records)
    at = at or utc_now()
    signed = {
        "kith_source": source,
        "webhook_id": webhook_id,
        "webhook_timestamp": str(int(at.timestamp())),
        "webhook_signature": Webhook(secret).sign(webhook_id, at, body),
    }
    return Program(None).post("/intake", body.encode(), **{**signed, **headers})


def outcomes(answer: HttpResponse) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["outcome"] for one in json.loads(answer.content)["answers"]]


def test_records_are_taken_in_and_each_is_answered_for(street: Street) -> None:
    answer = send([*RECORDS, {"type": "listing", "id": "l10", "merchant": "nowhere"}, {"type": "?"}, 7])
    told = json.loads(answer.content)
    assert (told["taken"], told["unchanged"], told["rejected"]) == (2, 0, 3)
    assert [(one["index"], one["type"], one["id"]) for one in told["answers"]][:3] == [
        (0, "merchant", "m9"), (1, "listing", "l9"), (2, "listing", "l10"),
    ]  # fmt: skip
    assert all(one["reason"] for one in told["answers"][2:])
    assert Listing.objects.get(source="host", external_id="l9").title == "A lamp"


@pytest.mark.parametrize(
    "half", [{"type": "\ud800"}, {"type": "merchant", "id": "\ud800"}, {"type": "merchant", "\ud800": 1}]
)
def test_halves_of_surrogate_pairs_are_answered_for_like_any_bad_record(
    street: Street, half: dict[str, Any]
) -> None:
    assert outcomes(send([half, *RECORDS])) == ["rejected", "taken", "taken"]


def test_records_sent_again_change_nothing(street: Street) -> None:
    assert outcomes(send(RECORDS)) == ["taken", "taken"]
    assert outcomes(send(RECORDS, webhook_id="msg_2")) == ["unchanged", "unchanged"]


def test_a_batch_sent_again_is_answered_as_the_first_time(street: Street) -> None:
    first, again = send(RECORDS), send(RECORDS)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"


def test_an_id_that_was_another_batchs(street: Street) -> None:
    send(RECORDS)
    assert problem(send(RECORDS[:1]), 422)["type"] == "/problems/key-reused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "whsec_" + base64.b64encode(b"another secret").decode()},
        {"source": "elsewhere"},
        {"source": ""},
        {"at": utc_now() - timedelta(minutes=6)},
        {"at": utc_now() + timedelta(hours=1)},
        {"webhook_signature": ""},
        {"webhook_signature": "v1"},
        {"webhook_signature": "v1,!!"},
        {"webhook_signature": "v2,c2ln"},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "nan"},
        {"webhook_timestamp": "9" * 30},
        {"webhook_signature": "v1,a,b"},
        {"webhook_id": "", "webhook_signature": "v1,"},
    ],
    ids=" ".join,
)
def test_a_signature_that_does_not_hold(street: Street, wrong: dict[str, Any]) -> None:
    assert problem(send(RECORDS, **wrong), 401)["type"] == "/problems/bad-signature"
    assert not Listing.objects.filter(external_id="l9").exists()
    assert not TakenBatch.objects.exists()


def test_a_body_that_was_changed_on_the_way(street: Street) -> None:
    good = Webhook(SECRET).sign("msg_1", utc_now(), json.dumps(RECORDS[:1]))
    assert problem(send(RECORDS, webhook_signature=good), 401)


def test_one_of_several_signatures_is_enough_while_a_secret_changes(street: Street) -> None:
    good = Webhook(SECRET).sign("msg_1", utc_now(), json.dumps(RECORDS))
    other = Webhook(base64.b64encode(b"old").decode()).sign("msg_1", utc_now(), json.dumps(RECORDS))
    assert outcomes(send(RECORDS, webhook_signature=f"{other} {good}")) == ["taken", "taken"]


def test_a_persons_token_is_no_signature(street: Street) -> None:
    assert problem(Program(street.mei).post("/intake", RECORDS), 401)


def test_one_source_does_not_speak_for_another(street: Street) -> None:
    Source.objects.create(name="other", secret="whsec_" + base64.b64encode(b"of another shop").decode())
    assert problem(send(RECORDS, source="other"), 401)


def test_a_name_that_no_database_takes_is_nobodys(street: Street) -> None:
    assert problem(send(RECORDS, source="%00"), 401)["type"] == "/problems/bad-signature"


def test_a_name_in_chinese(street: Street) -> None:
    Source.objects.create(name="天猫", secret=SECRET)
    assert outcomes(send(RECORDS, source="%E5%A4%A9%E7%8C%AB")) == ["taken", "taken"]
    assert Listing.objects.filter(source="天猫").exists()


@pytest.mark.parametrize(("body", "status"), [({}, 422), ([{}] * 501, 422), ("x", 422), (None, 422)])
def test_what_is_no_batch(street: Street, body: Any, status: int) -> None:
    assert problem(send(body), status)


def test_too_much_at_once(street: Street) -> None:
    assert problem(send(["x" * 2_500_000]), 413)


def test_a_batch_of_nothing(street: Street) -> None:
    assert outcomes(send([])) == []


def test_batches_are_limited_by_source(street: Street, settings: Settings) -> None:
    settings.API_LIMITS = {**settings.API_LIMITS, "intake": "1/minute"}
    assert send(RECORDS).headers["RateLimit-Policy"] == '"intake";q=1;w=60'
    assert problem(send(RECORDS, webhook_id="msg_2"), 429)


def test_the_schema_of_the_records_is_published(client: Client) -> None:
    from kith.sharing.intake import SCHEMA

    served = client.get("/api/v1/records.schema.json")
    assert served["Content-Type"] == "application/schema+json"
    assert served.json() == SCHEMA
    assert client.post("/api/v1/records.schema.json").status_code == 405
