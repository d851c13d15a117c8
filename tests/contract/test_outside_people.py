"""Personas, letters, hidden contacts and the door, through the API."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from kith.audience.viewer import STRANGERS
from kith.core.clock import utc_now
from kith.core.ids import write_id
from kith.people.models import Person
from kith.people.tokens import Scope
from kith.rollout import services as rollout
from kith.rollout.queries import batches_of
from kith.strangers.models import Complaint, Persona
from kith.ties.models import Relationship
from tests.contract.cast import Program, Street, items, problem, told

ONLY = [Scope.OUTSIDE_READ, Scope.OUTSIDE_WRITE]
KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
WHY = "the test asks for what was made"


# --- Personas --------------------------------------------------------------------------


def test_one_comes_in_by_the_words_and_a_name(street: Street) -> None:
    Person.objects.filter(pk=street.mo.pk).update(born=1964)
    program = Program(street.mo, ONLY)
    assert told(program.get("/outside/door"))["word"] == "new"
    version = told(program.get("/outside/consent/text"))["version"]
    new = {"text_version": version, "name": "River Stone", "looks_for": ["chat"], "tells": ["years", "age"]}
    assert problem(program.post("/outside/persona", {**new, "text_version": "0"}), 422)
    made = told(program.post("/outside/persona", new, idempotency_key=KEY), 201)
    assert told(program.post("/outside/persona", new, idempotency_key=KEY), 201) == made
    assert made["face"]["age_band"]
    assert made["face"]["looks_for"] == ["chat"]
    assert made["choices"] == {
        "tells": ["age", "years"], "veils_faces": False, "shows": True, "is_closed": False,
    }  # fmt: skip
    assert told(program.get("/outside/door"))["word"] == "open"
    assert problem(program.post("/outside/persona", new), 422)["errors"][0]["at"] == "name"


def test_a_persona_is_changed_where_something_is_named(street: Street) -> None:
    program = Program(street.mei, ONLY)
    before = told(program.get("/outside/persona"))
    after = told(
        program.send("PATCH", "/outside/persona", {"intro": "I grow roses.", "interests": ["roses"]})
    )
    assert (after["intro"], after["interests"], after["face"]) == ("I grow roses.", ["roses"], before["face"])
    assert problem(program.send("PATCH", "/outside/persona", {"intro": None}), 422)
    named = problem(program.send("PATCH", "/outside/persona", {"name": "Plum Rain"}), 422)
    assert named["errors"][0]["at"] == "name"
    assert told(program.send("PATCH", "/outside/persona", {"avatar_id": None}))["face"]["avatar"] is None


def test_anothers_choices_are_not_told(street: Street) -> None:
    address = f"/outside/personas/{write_id(street.channel.mei)}"
    program = Program(street.eve, ONLY)
    assert told(program.get(address))["choices"] is None
    safety = told(program.get(f"{address}/safety"))
    assert {fact["state"] for fact in safety["facts"]} == {"not-told"}
    assert [one["text"] for one in items(program.get(f"{address}/posts"))] == [street.channel.post.text]


def test_leaving_and_coming_back(street: Street) -> None:
    mei, eve = Program(street.mei, ONLY), Program(street.eve, ONLY)
    post = f"/outside/posts/{write_id(street.channel.post.pk)}"
    assert told(mei.send("PUT", "/outside/consent", {"given": False}))["word"] == "new"
    assert problem(eve.get(post), 404)
    back = {"given": True, "text_version": told(mei.get("/outside/consent/text"))["version"]}
    assert problem(mei.send("PUT", "/outside/consent", {**back, "text_version": "0"}), 422)
    assert problem(mei.send("PUT", "/outside/consent", {**back, "erase": True}), 422)
    assert told(mei.send("PUT", "/outside/consent", back))["word"] == "open"
    assert problem(eve.get(post), 404)
    assert mei.post(f"{post}/show").status_code == 200
    assert eve.get(post).status_code == 200
    assert told(mei.send("PUT", "/outside/consent", {"given": False, "erase": True}))["has_persona"] is False
    assert not Persona.objects.unguarded(WHY).filter(name="Lotus Pond").exists()


def test_waiting(street: Street) -> None:
    for batch in batches_of(STRANGERS):
        rollout.remove_batch(batch.pk, actor=None, why="a test", surface="cli", now=utc_now())
    program = Program(street.mo, ONLY)
    assert told(program.get("/outside/door")) == {
        "word": "waiting", "until": None, "place": None, "has_persona": False,
    }  # fmt: skip
    assert told(program.send("PUT", "/outside/waiting"))["place"] == 1
    assert told(program.send("PUT", "/outside/waiting"))["place"] == 1
    assert told(program.send("DELETE", "/outside/waiting"))["place"] is None
    rollout.open_to_everyone(STRANGERS, now=utc_now(), why="a test", surface="cli")
    answer = program.send("PUT", "/outside/waiting")
    assert problem(answer, 422)["type"] == "/problems/rollout-refused"


# --- Letters ---------------------------------------------------------------------------


def test_letters_go_to_and_fro(street: Street) -> None:
    mei, eve = Program(street.mei, ONLY), Program(street.eve, ONLY)
    exchange = f"/outside/exchanges/{write_id(street.channel.exchange.pk)}"
    (line,) = items(eve.get("/outside/exchanges"))
    assert (line["state"], line["unread"], line["other"]["name"]) == ("open", True, "Lotus Pond")
    assert told(eve.get("/outside/notices/unread"))["letters"] == 1
    assert eve.post(f"{exchange}/read").status_code == 204
    assert told(eve.get(exchange))["unread"] is False
    made = told(eve.post(f"{exchange}/letters", {"text": "They sleep."}, idempotency_key=KEY), 201)
    assert told(eve.post(f"{exchange}/letters", {"text": "They sleep."}, idempotency_key=KEY), 201) == made
    words = [one["text"] for one in items(mei.get(f"{exchange}/letters"))]
    assert words == ["They sleep.", "Thank you! And yours?", "Your roses are lovely."]
    assert problem(mei.send("DELETE", f"/outside/letters/{made['id']}"), 404)
    assert eve.send("DELETE", f"/outside/letters/{made['id']}").status_code == 204
    assert len(items(mei.get(f"{exchange}/letters"))) == 2
    assert [one["text"] for one in items(mei.get("/outside/writing?kind=letter"))] == [
        "Thank you! And yours?"
    ]


def test_two_wishes_make_friends_and_say_no_more(street: Street) -> None:
    mei, eve = Program(street.mei), Program(street.eve)
    exchange = f"/outside/exchanges/{write_id(street.channel.exchange.pk)}"
    refused = mei.send("PUT", f"{exchange}/wish")
    assert problem(refused, 422)["type"] == "/problems/may-not-meet"
    eve.post(f"{exchange}/letters", {"text": "They sleep."})
    assert told(mei.send("PUT", f"{exchange}/wish")) == {"friends": False}
    assert items(eve.get("/outside/notices"))[0]["kind"] == "wish"
    assert told(mei.send("DELETE", f"{exchange}/wish")) == {"friends": False}
    mei.send("PUT", f"{exchange}/wish")
    assert told(eve.send("PUT", f"{exchange}/wish")) == {"friends": True}
    assert problem(eve.get(exchange), 404)
    assert "mei" in {one["face"]["handle"] for one in items(eve.get("/friends"))}


def test_greeting_and_declining(street: Street) -> None:
    Person.objects.filter(pk=street.mo.pk).update(born=1964)
    mo, eve = Program(street.mo, ONLY), Program(street.eve, ONLY)
    version = told(mo.get("/outside/consent/text"))["version"]
    assert mo.post("/outside/persona", {"text_version": version, "name": "River Stone"}).status_code == 201
    persona = f"/outside/personas/{write_id(street.channel.eve)}"
    assert problem(mo.get(f"{persona}/exchange"), 404)
    with_number = mo.post(f"{persona}/greeting", {"text": "Ring me: 13800138000"})
    assert problem(with_number, 422)["type"] == "/problems/letter-refused"
    about = {"text": "What flour do you take?", "post_id": write_id(street.channel.eves_post.pk)}
    made = told(mo.post(f"{persona}/greeting", about, idempotency_key=KEY), 201)
    assert (made["state"], made["can_write"]) == ("waiting", False)
    assert told(mo.get(f"{persona}/exchange"))["id"] == made["id"]
    (greeting,) = items(eve.get("/outside/exchanges?box=greetings"))
    assert greeting["can_decline"]
    assert eve.post(f"/outside/exchanges/{greeting['id']}/decline").status_code == 204
    assert items(eve.get("/outside/exchanges?box=greetings")) == []
    assert [one["state"] for one in items(mo.get("/outside/exchanges?box=sent"))] == ["waiting"]


def test_notices_are_read(street: Street) -> None:
    program = Program(street.mei, ONLY)
    kinds = {one["kind"] for one in items(program.get("/outside/notices"))}
    assert "post_comment" in kinds
    assert told(program.get("/outside/notices/unread"))["notices"] == 1
    assert program.post("/outside/notices/read").status_code == 204
    assert told(program.get("/outside/notices/unread"))["notices"] == 0
    inside = {one["kind"] for one in items(Program(street.mei).get("/notices"))}
    assert not inside & {"post_comment", "letter", "greeting"}


# --- Keeping away ----------------------------------------------------------------------


def test_shutting_out_and_letting_back_in(street: Street) -> None:
    mei, eve = Program(street.mei), Program(street.eve, ONLY)
    persona = write_id(street.channel.eve)
    assert mei.send("PUT", f"/outside/avoided/{persona}").status_code == 204
    assert problem(mei.get(f"/outside/personas/{persona}"), 404)
    assert problem(eve.get(f"/outside/posts/{write_id(street.channel.post.pk)}"), 404)
    (entry,) = items(mei.get("/outside/avoided"))
    assert (entry["persona_id"], entry["name"]) == (persona, "Plum Rain")
    assert "eve" not in {one["handle"] for one in items(mei.get("/blocks"))}
    assert mei.send("DELETE", f"/outside/avoided/{persona}").status_code == 204
    assert mei.get(f"/outside/personas/{persona}").status_code == 200
    assert problem(mei.send("DELETE", f"/outside/avoided/{persona}"), 404)


def test_reporting(street: Street) -> None:
    program = Program(street.eve, ONLY)
    said = {"about": "post", "subject_id": write_id(street.channel.post.pk), "why": "selling"}
    assert program.post("/outside/complaints", said).status_code == 204
    assert program.post("/outside/complaints", {**said, "also_avoid": True}).status_code == 204
    assert Complaint.objects.unguarded(WHY).count() == 1
    assert problem(program.post("/outside/complaints", said), 404)
    own = {**said, "subject_id": write_id(street.channel.eves_post.pk)}
    assert problem(program.post("/outside/complaints", own), 422)["type"] == "/problems/report-refused"


def test_no_answer_tells_whether_a_number_is_anybodys(street: Street) -> None:
    Person.objects.filter(pk=street.eve.pk).update(phone="+8613900002222", phone_verified=True)
    program = Program(street.mei, ONLY)
    answers = []
    for number in ("13900002222", "13900003333"):
        answer = told(program.post("/outside/hidden", {"text": f"{number}, nobody"}))
        assert program.post("/outside/hidden/forget", {"phone": number}).status_code == 204
        answers.append(answer)
    assert answers[0] == answers[1] == {
        "understood": 1, "new": 1, "left": 0, "not_numbers": ["nobody"], "has_own": False,
    }  # fmt: skip
    assert program.post("/outside/hidden/forget", {"phone": "13900004444"}).status_code == 204
    refused = program.post("/outside/hidden", {"text": "no number"})
    assert problem(refused, 422)["type"] == "/problems/contacts-refused"


def test_hidden_numbers_are_counted_and_the_list_emptied(street: Street) -> None:
    Person.objects.filter(pk=street.eve.pk).update(phone="+8613900002222", phone_verified=True)
    program = Program(street.mei, ONLY)
    post = f"/outside/posts/{write_id(street.channel.eves_post.pk)}"
    assert program.get(post).status_code == 200
    program.post("/outside/hidden", {"text": "13900002222\n13900003333"})
    assert told(program.get("/outside/hidden")) == {"count": 2}
    assert problem(program.get(post), 404)
    assert program.send("DELETE", "/outside/hidden").status_code == 204
    assert told(program.get("/outside/hidden")) == {"count": 0}
    assert program.get(post).status_code == 200
    assert not Relationship.objects.unguarded(WHY).filter(owner=street.mei, other=street.eve).exists()


@pytest.fixture
def few(settings: Settings) -> None:
    settings.API_LIMITS = {**settings.API_LIMITS, "finding": "2/hour"}


def test_hiding_is_limited_as_finding_is(street: Street, few: None) -> None:
    program = Program(street.mei, ONLY)
    assert program.post("/outside/hidden", {"text": "13900003333"}).status_code == 200
    assert program.post("/outside/hidden/forget", {"phone": "13900003333"}).status_code == 204
    assert program.post("/outside/hidden", {"text": "13900004444"}).status_code == 429
