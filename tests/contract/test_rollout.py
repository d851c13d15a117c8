"""Opening and closing features through the API: for staff who may, with a scope of its own."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from kith.audience.viewer import STRANGERS
from kith.core.clock import utc_now
from kith.people.tokens import Scope
from kith.rollout.models import Change
from kith.rollout.queries import batches_of
from tests.contract.cast import Program, Street, items, problem, told

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
CHANNEL = "/rollout/features/strangers"
WHY = {"why": "We try it"}


@pytest.fixture
def ada(street: Street) -> Program:
    return Program(street.ada, [Scope.ROLLOUT])


def test_it_is_for_staff_who_may_and_their_tokens_that_may(street: Street, ada: Program) -> None:
    assert {one["name"] for one in items(ada.get("/rollout/features"))} == {"circles", "strangers"}
    others = [scope for scope in Scope if scope != Scope.ROLLOUT]
    refused = Program(street.ada, others).get("/rollout/features")
    assert problem(refused, 403)["type"] == "/problems/scope-missing"
    for path in ("", "/strangers", "/strangers/log", "/strangers/batches"):
        assert problem(Program(street.mei).get(f"/rollout/features{path}"), 404)
    assert problem(Program(street.mei).post(f"{CHANNEL}/close", WHY), 404)
    assert told(ada.get(CHANNEL))["state"] == "open"


def test_who_may_only_look_changes_nothing(street: Street, ada: Program) -> None:
    street.ada.user_permissions.set(Permission.objects.filter(codename="view_feature"))
    assert told(ada.get(CHANNEL))["state"] == "open"
    assert problem(ada.post(f"{CHANNEL}/close", WHY), 404)
    street.ada.is_staff = False
    street.ada.save()
    assert problem(ada.get(CHANNEL), 404)


def test_the_kill_switch_works_at_the_next_request(street: Street, ada: Program) -> None:
    eve = Program(street.eve)
    assert eve.get("/outside/hot").status_code == 200
    assert told(ada.post(f"{CHANNEL}/close", WHY))["state"] == "closed"
    assert problem(eve.get("/outside/hot"), 404)
    assert eve.get("/circle/feed").status_code == 200
    assert problem(ada.post(f"{CHANNEL}/close", WHY), 422)["type"] == "/problems/rollout-refused"
    until = (utc_now() + timedelta(days=30)).date().isoformat()
    winding = told(ada.post(f"{CHANNEL}/wind-down", {**WHY, "until": until}))
    assert (winding["state"], winding["wound_down_on"]) == ("winding_down", until)
    assert problem(ada.post(f"{CHANNEL}/wind-down", {**WHY, "until": "2027-02-30"}), 422)
    assert told(ada.post(f"{CHANNEL}/reopen", WHY))["state"] == "open"
    assert eve.get("/outside/hot").status_code == 200


def test_a_batch_from_its_simulation_to_its_end(street: Street, ada: Program) -> None:
    for old in items(ada.get(f"{CHANNEL}/batches")):
        assert ada.post(f"/rollout/batches/{old['id']}/remove", WHY).status_code == 204
    whom = {"kind": "people", "handles": ["Mei", "eve"]}
    simulated = told(ada.post(f"{CHANNEL}/simulate", whom))
    assert (simulated["already"], simulated["newly"], simulated["by_region"]) == (0, 2, [])
    assert not batches_of(STRANGERS).exists()
    made = told(ada.post(f"{CHANNEL}/batches", {**whom, **WHY}, idempotency_key=KEY), 201)
    assert told(ada.post(f"{CHANNEL}/batches", {**whom, **WHY}, idempotency_key=KEY), 201) == made
    assert (made["listed"], made["people"], made["is_running"]) == (2, 2, True)
    assert told(ada.get(CHANNEL))["people"] == 2
    batch = f"/rollout/batches/{made['id']}"
    assert told(ada.post(f"{batch}/pause", WHY))["paused_at"] is not None
    assert told(ada.get(CHANNEL))["people"] == 0
    assert told(ada.post(f"{batch}/resume", WHY))["paused_at"] is None
    changed = told(ada.send("PUT", batch, {"kind": "share", "per_ten_thousand": 10_000, **WHY}))
    assert (changed["kind"], changed["listed"], changed["starts_at"]) == ("share", 0, made["starts_at"])
    assert ada.post(f"{batch}/remove", WHY).status_code == 204
    assert problem(ada.post(f"{batch}/pause", WHY), 404)


def test_the_log_says_who_and_why(street: Street, ada: Program) -> None:
    ada.post(f"{CHANNEL}/close", {"why": "Something is wrong"})
    ada.post(f"{CHANNEL}/reopen", {"why": "It is right again"})
    answer = ada.get(f"{CHANNEL}/log?limit=2")
    newest, before = items(answer)
    assert (newest["what"], newest["who"], newest["surface"]) == ("reopened", "ada", "api")
    assert (before["why"], before["after"]) == ("Something is wrong", {"state": "closed"})
    cursor = json.loads(answer.content)["next"]
    (first,) = items(ada.get(f"{CHANNEL}/log?cursor={cursor}"))
    assert (first["what"], first["who"]) == ("batch-opened", None)
    (batch,) = items(ada.get(f"{CHANNEL}/batches"))
    assert first["after"]["batch"] == batch["id"]


def test_whoever_gives_no_reason_changes_nothing(ada: Program) -> None:
    count = Change.objects.count()
    assert problem(ada.post(f"{CHANNEL}/close", {}), 422)
    assert problem(ada.post(f"{CHANNEL}/close", {"why": "  "}), 422)["type"] == "/problems/rollout-refused"
    unknown = {"kind": "people", "handles": ["nobody-there"], **WHY}
    assert "nobody-there" in problem(ada.post(f"{CHANNEL}/batches", unknown), 422)["detail"]
    assert problem(ada.post(f"{CHANNEL}/batches", {"kind": "region", "region": "999999", **WHY}), 422)
    assert Change.objects.count() == count


def test_who_waits_is_let_in_in_turn(street: Street, ada: Program) -> None:
    for batch in items(ada.get(f"{CHANNEL}/batches")):
        ada.post(f"/rollout/batches/{batch['id']}/remove", WHY)
    for person in (street.bo, street.eve):
        assert Program(person).send("PUT", "/outside/waiting").status_code == 200
    assert told(ada.get(CHANNEL))["waiting"] == 2
    assert told(ada.post(f"{CHANNEL}/admit", {"count": 1, **WHY}), 201)["listed"] == 1
    assert json.loads(Program(street.bo).get("/outside/door").content)["word"] == "open"
    assert json.loads(Program(street.eve).get("/outside/door").content)["place"] == 1


def test_the_circle_side_has_a_waiting_list_too(street: Street, ada: Program) -> None:
    bo, circles = Program(street.bo), "/rollout/features/circles"
    there = {"state": "open", "let_in": True, "until": None, "place": None}
    assert told(bo.get("/me/circle-side")) == there
    assert problem(bo.send("PUT", "/me/waiting"), 422)["type"] == "/problems/rollout-refused"
    for batch in items(ada.get(f"{circles}/batches")):
        ada.post(f"/rollout/batches/{batch['id']}/remove", WHY)
    for program in (Program(street.mei), bo):
        assert told(program.send("PUT", "/me/waiting"))["let_in"] is False
    assert told(bo.send("PUT", "/me/waiting"))["place"] == 2
    assert told(Program(street.mei).send("DELETE", "/me/waiting"))["place"] is None
    assert told(bo.get("/me/circle-side"))["place"] == 1
    assert told(ada.post(f"{circles}/admit", {"count": 1, **WHY}), 201)["listed"] == 1
    assert told(bo.get("/me/circle-side")) == there


def test_the_last_day_of_the_circle_side_is_told(street: Street, ada: Program) -> None:
    circles, until = "/rollout/features/circles", (utc_now() + timedelta(days=30)).date().isoformat()
    assert ada.post(f"{circles}/close", WHY).status_code == 200
    assert told(Program(street.bo).get("/me/circle-side"))["state"] == "closed"
    assert ada.post(f"{circles}/wind-down", {"until": until, **WHY}).status_code == 200
    standing = told(Program(street.bo).get("/me/circle-side"))
    assert standing == {"state": "winding_down", "let_in": False, "until": until, "place": None}
