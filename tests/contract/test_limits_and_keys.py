"""How often one may ask, and what happens when the same is asked twice."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pytest_django import Settings

from kith.api.limits import InMemory, forget_counts
from kith.api.models import KeptAnswer
from kith.api.once import KEPT_FOR
from kith.core.clock import utc_now
from kith.core.ids import write_id
from kith.people.tokens import Scope
from kith.sharing.models import Share
from kith.shop.models import OrderLine
from kith.ties.models import Circle
from tests.contract.cast import HOME, Program, Street, problem


@pytest.fixture
def few(settings: Settings) -> None:
    limits = {"person": "5/minute", "writes": "2/minute", "finding": "1/hour", "address": "3/minute"}
    settings.API_LIMITS = {**settings.API_LIMITS, **limits}


def test_every_answer_says_what_is_left(street: Street, few: None) -> None:
    program = Program(street.mei)
    answer = program.get("/me")
    assert answer.headers["RateLimit-Policy"] == '"person";q=5;w=60'
    assert answer.headers["RateLimit"].startswith('"person";r=4;t=')
    written = program.post("/circles", {"name": "A"})
    assert written.headers["RateLimit-Policy"] == '"person";q=5;w=60, "writes";q=2;w=60'
    refused = program.get("/circle/feed?limit=0")
    assert refused.status_code == 422
    assert '"person";r=2' in refused.headers["RateLimit"]


def test_who_asks_too_often_is_told_how_long_to_wait(street: Street, few: None) -> None:
    program = Program(street.mei)
    for _ in range(5):
        assert program.get("/me").status_code == 200
    answer = program.get("/me")
    assert problem(answer, 429)["type"] == "/problems/too-many-requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert '"person";r=0' in answer.headers["RateLimit"]
    assert Program(street.bo).get("/me").status_code == 200


def test_a_second_token_is_not_a_second_helping(street: Street, few: None) -> None:
    one, two = Program(street.mei), Program(street.mei)
    for program in (one, two, one, two, one):
        assert program.get("/me").status_code == 200
    assert two.get("/me").status_code == 429


def test_writes_are_limited_more_strictly(street: Street, few: None) -> None:
    program = Program(street.mei)
    for name in ("A", "B"):
        assert program.post("/circles", {"name": name}).status_code == 201
    assert program.post("/circles", {"name": "C"}).status_code == 429
    assert program.get("/me").status_code == 200
    assert not Circle.objects.unguarded("what was made").filter(name="C").exists()


def test_finding_people_is_limited_most_strictly(street: Street, few: None) -> None:
    program = Program(street.eve, [Scope.FRIENDS_READ])
    assert problem(program.post("/people/find", {"phone": "13800138000"}), 404)
    assert program.post("/people/find", {"phone": "13800138001"}).status_code == 429
    forget_counts()
    assert program.get("/people?handle=mei").status_code == 200
    assert program.get("/people?handle=bo").status_code == 429
    assert program.get("/invitations/x/inviter").status_code == 429
    forget_counts()
    asking = Program(street.eve)
    assert asking.post("/requests", {"handle": "mei"}).status_code == 201
    assert asking.post("/requests", {"handle": "bo"}).status_code == 429


def test_guessing_tokens_is_counted_by_address(street: Street, few: None) -> None:
    stranger = Program(None)
    for number in range(3):
        assert stranger.get("/me", authorization=f"Bearer kith_{number}").status_code == 401
    assert stranger.get("/me", authorization="Bearer kith_4").status_code == 429
    assert stranger.get("/listings").status_code == 429
    assert Program(street.mei).get("/me").status_code == 200


def test_the_address_is_what_our_own_proxy_wrote(street: Street, few: None, settings: Settings) -> None:
    stranger = Program(None)
    for number in range(4):
        answer = stranger.get("/listings", x_forwarded_for=f"192.0.2.{number}")
    assert answer.status_code == 429
    settings.TRUSTED_PROXIES = 1
    assert stranger.get("/listings", x_forwarded_for="192.0.2.7, 198.51.100.1").status_code == 200
    for _ in range(3):
        answer = stranger.get("/listings", x_forwarded_for="192.0.2.9, 198.51.100.1")
    assert answer.status_code == 429


# --- Idempotency-Key ----------------------------------------------------------------

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


def test_what_is_sent_twice_is_done_once(street: Street) -> None:
    program = Program(street.mei)
    asked = {"kind": "question", "text": "Which pan?", "circle_ids": [write_id(street.family.pk)]}
    first = program.post("/shares", asked, idempotency_key=KEY)
    again = program.post("/shares", asked, idempotency_key=KEY)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert not first.has_header("Idempotent-Replayed")
    assert Share.objects.unguarded("how many there are").filter(text="Which pan?").count() == 1


def test_a_key_is_for_one_request(street: Street) -> None:
    program = Program(street.mei)
    assert program.post("/circles", {"name": "A"}, idempotency_key=KEY).status_code == 201
    for path, body in (("/circles", {"name": "B"}), ("/invitations", {"name": "A"}), ("/invitations", {})):
        answer = program.post(path, body, idempotency_key=KEY)
        assert problem(answer, 422)["type"] in {"/problems/key-reused", "/problems/not-valid"}
    assert not Circle.objects.unguarded("what was made").filter(name="B").exists()


def test_a_key_is_its_owners(street: Street) -> None:
    assert Program(street.mei).post("/circles", {"name": "A"}, idempotency_key=KEY).status_code == 201
    other = Program(street.bo).post("/circles", {"name": "A"}, idempotency_key=KEY)
    assert other.status_code == 201
    assert not other.has_header("Idempotent-Replayed")


def test_a_key_sealed_under_another_secret_is_used_up(street: Street, settings: Settings) -> None:
    program = Program(street.mei)
    assert program.post("/circles", {"name": "A"}, idempotency_key=KEY).status_code == 201
    settings.SECRET_KEY = "another secret of fifty letters, after the first one leaked"
    again = program.post("/circles", {"name": "A"}, idempotency_key=KEY)
    assert problem(again, 422)["type"] == "/problems/key-reused"


def test_a_refusal_is_not_kept(street: Street) -> None:
    program = Program(street.mei)
    assert program.post("/circles", {"name": "Family"}, idempotency_key=KEY).status_code == 422
    street.family.name = "Relatives"
    street.family.save()
    assert program.post("/circles", {"name": "Family"}, idempotency_key=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(street: Street) -> None:
    program = Program(street.mei)
    program.post("/circles", {"name": "A"}, idempotency_key=KEY)
    kept = KeptAnswer.objects.unguarded("makes it older")
    kept.update(at=utc_now() - KEPT_FOR - timedelta(seconds=1))
    assert problem(program.post("/circles", {"name": "A"}, idempotency_key=KEY), 422)
    Program(street.bo).post("/circles", {"name": "A"}, idempotency_key='"other"')
    assert kept.count() == 1


def test_what_is_kept_names_nobody_to_who_does_not_have_the_key(street: Street) -> None:
    answer = Program(street.mei).post("/circles", {"name": "A"}, idempotency_key=KEY)
    assert b'"handle":"bo"' in answer.content
    kept = KeptAnswer.objects.unguarded("looks at what is kept").get()
    assert b"handle" not in bytes(kept.body)
    assert KEY.strip('"') not in kept.key


@pytest.mark.parametrize("key", ['""', '"', "a b", '"' + "x" * 201 + '"', '"a"b"', "ü"])
def test_what_is_no_key(street: Street, key: str) -> None:
    assert problem(Program(street.mei).post("/circles", {"name": "A"}, idempotency_key=key), 400)


def test_an_order_placed_twice_is_one_order(street: Street) -> None:
    program = Program(street.bo)
    order = {
        "listing_id": write_id(street.kettle.pk), "quantity": 2, "recipient": HOME.recipient,
        "phone": HOME.phone, "region": HOME.region, "address": HOME.address,
    }  # fmt: skip
    told = [json.loads(program.post("/orders", order, idempotency_key=KEY).content) for _ in range(2)]
    assert told[0]["id"] == told[1]["id"]
    assert told[0]["total"] == {"minor": 15980, "currency": "CNY"}
    bought = OrderLine.objects.unguarded("how many there are").filter(buyer=street.bo)
    assert bought.count() == 1
    program.post("/orders", order)
    assert bought.count() == 2


def test_the_text_of_a_token_is_never_kept(street: Street) -> None:
    made = Program(street.mei).post(
        "/me/tokens", {"name": "x", "scopes": ["circle:read"]}, idempotency_key=KEY
    )
    assert made.status_code == 201
    assert not KeptAnswer.objects.unguarded("there must be none").exists()


def test_counters_in_memory_are_swept_by_no_thread() -> None:
    counters = InMemory()
    counters.timer.join()  # the library starts one, once
    counters.incr("over", expiry=-1)
    counters.incr("now", expiry=60)
    assert "over" in counters.expirations
    assert not counters.timer.is_alive()
    counters._next_sweep = 0.0
    counters.incr("now", expiry=60)
    assert dict(counters.storage) == {"now": 2}
    assert not counters.timer.is_alive()
