"""The strangers' channel through the API: who sees what of it, and that no answer joins two names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test.client import MULTIPART_CONTENT, encode_multipart
from ninja.operation import Operation
from PIL import Image

from kith.api.openapi import access_of
from kith.api.outside_cards import Face, Post
from kith.api.server import api
from kith.audience.viewer import STRANGERS
from kith.core.clock import utc_now
from kith.core.ids import write_id
from kith.people.models import Person
from kith.people.tokens import Scope
from kith.rollout import services as rollout
from kith.strangers import services as outside
from kith.strangers.limits import FIRST_LIMITS, Limit
from kith.strangers.models import Post as PostRow
from tests.contract.cast import Program, Street, items, looks, problem, told
from tests.strangers.cast import outside_photo, stranger

ONLY = [Scope.OUTSIDE_READ, Scope.OUTSIDE_WRITE]
OF_A_FACE = {"id", "name", "avatar", "age_band", "region", "region_name", "looks_for", "is_me"}
"""All that is told of a persona beside what it wrote. A field more is a decision, taken here."""
OF_A_POST = {
    "id", "author", "long_time", "topic", "region", "region_name", "text", "photos", "when", "comments",
    "likes", "people", "liked", "following", "away", "can_comment", "why_not", "can_like", "can_greet",
    "who_comments", "is_mine", "withdrawn", "hidden", "careful", "why",
}  # fmt: skip
KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


def reads() -> list[str]:
    """The paths of all that can be read outside."""
    return [
        path
        for path, operation in operations()
        if path.startswith("/outside/") and operation.methods == ["GET"]
    ]


def operations() -> list[tuple[str, Operation]]:
    return [
        (path, operation)
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
    ]


def asked(street: Street, path: str) -> str:
    for name, value in street.outside_ids().items():
        path = path.replace(f"{{id:{name}}}", value).replace(f"{{{name}}}", value)
    return path + {"/outside/search": "?q=roses", "/outside/writing": "?kind=post"}.get(path, "")


# --- No answer holds both ---------------------------------------------------------------


def test_everything_of_the_channel_asks_for_a_scope_of_its_own() -> None:
    for path, operation in operations():
        scopes = {Scope.OUTSIDE_READ, Scope.OUTSIDE_WRITE}
        assert (access_of(operation).scope in scopes) == path.startswith("/outside/"), path


def test_no_answer_outside_says_who_anybody_is_inside(street: Street) -> None:
    Person.objects.filter(pk=street.mei.pk).update(phone="+8613900001111")
    names = [street.mei, street.eve, street.bo]
    traces = [write_id(person.pk) for person in names] + [f'"{person.handle}"' for person in names]
    traces += [f'"{person.display_name}"' for person in names] + ["u-mei", "u-eve", "13900001111"]
    for person in (street.mei, street.eve):
        program = Program(person)
        for path in reads():
            answer = program.get(asked(street, path))
            assert answer.status_code in {200, 404}, path
            for trace in traces:
                assert trace.encode() not in answer.content, (path, trace)


def test_no_answer_inside_says_who_anybody_is_outside(street: Street) -> None:
    there, program = street.channel, Program(street.mei)
    traces = ["Lotus Pond", "Plum Rain", *(write_id(pk) for pk in (there.mei, there.eve, there.photo.pk))]
    for path, operation in operations():
        inside = not path.startswith("/outside/") and operation.methods == ["GET"]
        if not inside or "{" in path or path.startswith(("/rollout/", "/quality/")):
            continue
        answer = program.get(path)
        for trace in traces:
            assert trace.encode() not in answer.content, (path, trace)


def test_of_a_persona_and_a_post_is_told_what_is_allowed_and_nothing_else(street: Street) -> None:
    assert set(Face.model_fields) | set(Face.model_computed_fields) == OF_A_FACE
    assert set(Post.model_fields) | set(Post.model_computed_fields) == OF_A_POST
    for post in items(Program(street.eve, ONLY).get("/outside/new")):
        assert set(post) == OF_A_POST
        assert set(post["author"]) == OF_A_FACE


def test_me_and_its_ledger_say_nothing_of_the_channel(street: Street) -> None:
    program = Program(street.mei)
    assert b"persona" not in program.get("/me").content
    assert {entry["purpose"] for entry in items(program.get("/me/consents"))} == {"sharing"}
    assert {entry["purpose"] for entry in items(program.get("/outside/consents"))} == {"strangers"}


def test_each_copy_holds_one_side(street: Street) -> None:
    program = Program(street.mei)
    inside, there = program.get("/me/copy"), program.get("/outside/copy")
    for answer in (inside, there):
        assert answer.headers["Content-Type"] == "application/zip"
    assert b"outside/" not in inside.content
    assert b"outside/persona.json" in there.content
    assert b"shares.json" in inside.content
    assert b"shares.json" not in there.content


def test_without_its_scope_nothing_of_the_channel_is_told(street: Street) -> None:
    program = Program(street.mei, [scope for scope in Scope if scope not in ONLY])
    for path in reads():
        assert problem(program.get(asked(street, path)), 403)["type"] == "/problems/scope-missing"


# --- Who sees what ------------------------------------------------------------------------


def test_strangers_see_each_other_and_friends_do_not(street: Street) -> None:
    post = f"/outside/posts/{write_id(street.channel.post.pk)}"
    nowhere = f"/outside/posts/{'0' * 13}"
    assert told(Program(street.eve, ONLY).get(post))["author"]["name"] == "Lotus Pond"
    friend = Program(street.bo, ONLY)
    assert problem(friend.get(post), 404) == problem(friend.get(nowhere), 404)
    assert problem(friend.get(f"{post}/threads"), 404)
    assert problem(friend.post(f"{post}/comments", {"text": "Hello"}), 404)
    assert problem(friend.send("PUT", f"{post}/like"), 404)
    assert problem(friend.get(f"/outside/personas/{write_id(street.channel.mei)}"), 404)
    assert problem(friend.get(f"/outside/photos/{write_id(street.channel.photo.pk)}/small"), 404)
    assert problem(friend.get(f"/outside/exchanges/{write_id(street.channel.exchange.pk)}"), 404)
    for listing in ("hot", "new", "near", "search?q=roses"):
        assert write_id(street.channel.post.pk) not in {
            one["id"] for one in items(friend.get(f"/outside/{listing}"))
        }


@pytest.mark.parametrize("listing", ["hot", "new", "near", "followed"])
def test_lists(street: Street, listing: str) -> None:
    program = Program(street.eve, ONLY)
    assert program.send("PUT", "/outside/topics/hobbies/follow").status_code == 204
    found = {one["id"]: one for one in items(program.get(f"/outside/{listing}"))}
    post = found[write_id(street.channel.post.pk)]
    assert (post["text"], post["topic"]["code"]) == ("Who else grows roses in pots?", "hobbies")
    assert post["why"]["words"]
    (photo,) = post["photos"]
    assert program.fetch(photo["address"]).headers["Content-Type"] == "image/webp"
    assert program.send("PUT", f"/outside/posts/{post['id']}/away").status_code == 204
    assert post["id"] not in {one["id"] for one in items(program.get(f"/outside/{listing}"))}


def test_lists_lead_on_by_their_cursors(street: Street) -> None:
    for number in range(3):
        person = stranger(f"Neighbour {number}", now=utc_now())
        outside.write_post(looks(person), topic="food", text=f"Dumplings of the {number}th kind")
    program, seen = Program(street.eve, ONLY), []
    asked = "/outside/new?limit=2"
    while asked:
        answer = program.get(asked)
        seen += [one["id"] for one in items(answer)]
        link = answer.headers.get("Link", "")
        asked = link.partition(">")[0].removeprefix("</api/v1") if link else ""
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("limit", [1, 100])
def test_hot_goes_on_from_the_largest_pages_and_the_smallest(
    street: Street, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cursor holds ids, and has to stand in an address."""
    monkeypatch.setattr("kith.strangers.queries.home.MOST_OF_ONE", 200)
    program, now = Program(street.eve, ONLY), utc_now()
    PostRow.objects.bulk_create(
        PostRow(author=street.bo if number % 2 else street.mei, topic_id="food", text="Rice", created_at=now)
        for number in range(122)
    )
    first = program.get(f"/outside/hot?limit={limit}")
    assert 0 < len(items(first)) <= limit
    link = first.headers["Link"].partition(">")[0].removeprefix("</api/v1")
    second = program.get(link)
    assert second.status_code == 200
    assert {one["id"] for one in items(first)}.isdisjoint(one["id"] for one in items(second))


def test_a_cursor_of_another_list_is_refused(street: Street) -> None:
    program = Program(street.eve, ONLY)
    for path in reads():
        if path in {"/outside/hot", "/outside/new", "/outside/notices", "/outside/exchanges"}:
            problem(program.get(f"{path}?cursor=gAAAAA"), 400)


def test_whoever_is_not_let_in_finds_the_door(street: Street) -> None:
    program = Program(street.mo, ONLY)
    assert told(program.get("/outside/door"))["word"] == "no-year"
    assert items(program.get("/outside/hot")) == []
    assert problem(program.get("/outside/persona"), 404)
    new = {"topic": "food", "text": "Anybody there?"}
    assert problem(program.post("/outside/posts", new), 422)["type"] == "/problems/may-not-post"


def test_while_it_is_switched_off_nothing_is_there_but_the_door(street: Street) -> None:
    program = Program(street.mei)
    rollout.close(STRANGERS, actor=None, why="a test", surface="cli", now=utc_now())
    stays = {"/outside/door", "/outside/consents", "/outside/consent/text", "/outside/copy"}
    for path in reads():
        assert program.get(asked(street, path)).status_code == (200 if path in stays else 404), path
    assert told(program.get("/outside/door"))["word"] == "closed"
    assert program.send("PUT", "/outside/consent", {"given": False}).status_code == 200


def test_while_it_is_wound_down_everybody_has_their_own(street: Street) -> None:
    program, now = Program(street.mei, ONLY), utc_now()
    rollout.close(STRANGERS, actor=None, why="a test", surface="cli", now=now)
    until: date = (now + timedelta(days=30)).date()
    rollout.wind_down(STRANGERS, until=until, actor=None, why="a test", surface="cli", now=now)
    door = told(program.get("/outside/door"))
    assert (door["word"], door["until"]) == ("winding-down", until.isoformat())
    assert [one["text"] for one in items(program.get("/outside/posts/mine"))] == [street.channel.post.text]
    assert problem(program.get(f"/outside/posts/{write_id(street.channel.eves_post.pk)}"), 404)
    assert program.send("DELETE", f"/outside/posts/{write_id(street.channel.post.pk)}").status_code == 204


# --- Posts and what is said under them --------------------------------------------------------


def test_a_post_from_its_photo_to_its_end(street: Street) -> None:
    eve, mei = Program(street.eve, ONLY), Program(street.mei, ONLY)
    body = encode_multipart("BoUnDaRyStRiNg", {"file": noise()})
    photo = told(eve.post("/outside/photos", body, content_type=MULTIPART_CONTENT), 201)
    new = {"topic": "food", "text": "Buns tonight", "photo_ids": [photo["id"]], "region": "310000"}
    made = told(eve.post("/outside/posts", new, idempotency_key=KEY), 201)
    assert told(eve.post("/outside/posts", new, idempotency_key=KEY), 201) == made
    assert PostRow.objects.unguarded("how many there are").filter(text="Buns tonight").count() == 1
    assert (made["is_mine"], made["region_name"]) == (True, "Shanghai")
    address = f"/outside/posts/{made['id']}"
    assert mei.send("PUT", f"{address}/like").status_code == 204
    liked = told(mei.get(address))
    assert (liked["liked"], liked["likes"]) == (True, 1)
    closed = told(eve.send("PUT", f"{address}/who-comments", {"who_comments": "none"}))
    assert closed["who_comments"] == "none"
    refused = mei.post(f"{address}/comments", {"text": "How many?"})
    assert problem(refused, 422)["type"] == "/problems/comment-refused"
    assert told(eve.post(f"{address}/withdraw"))["withdrawn"]
    assert problem(mei.get(address), 404)
    assert not told(eve.post(f"{address}/show"))["withdrawn"]
    assert eve.send("DELETE", address).status_code == 204
    assert problem(eve.get(address), 404)


def test_one_cannot_like_ones_own(street: Street) -> None:
    answer = Program(street.mei, ONLY).send("PUT", f"/outside/posts/{write_id(street.channel.post.pk)}/like")
    assert problem(answer, 422)["type"] == "/problems/own-post"


def test_threads_and_answers(street: Street) -> None:
    mei, eve = Program(street.mei, ONLY), Program(street.eve, ONLY)
    post = f"/outside/posts/{write_id(street.channel.post.pk)}"
    said = {"text": "In winter as well?", "answers_id": write_id(street.channel.comment.pk)}
    made = told(mei.post(f"{post}/comments", said, idempotency_key=KEY), 201)
    assert made["post_id"] == write_id(street.channel.post.pk)
    (thread,) = items(eve.get(f"{post}/threads"))
    assert thread["comment"]["author"]["name"] == "Plum Rain"
    assert [one["text"] for one in thread["answers"]] == ["In winter as well?"]
    root = f"/outside/comments/{thread['comment']['id']}"
    assert [one["id"] for one in items(eve.get(f"{root}/answers"))] == [made["comment"]["id"]]
    assert eve.send("DELETE", root).status_code == 204
    (thread,) = items(mei.get(f"{post}/threads"))
    assert (thread["comment"]["author"], thread["comment"]["text"]) == (None, "")
    assert problem(mei.get(root), 404)


def test_who_writes_too_fast_is_told_when_to_go_on(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIRST_LIMITS, "post", Limit(1, 1))
    new = {"topic": "food", "text": "Anybody for dumplings?"}
    answer = Program(street.eve, ONLY).post("/outside/posts", new)
    assert problem(answer, 429)["type"] == "/problems/too-fast"
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 3600


def test_ones_own_with_a_strangers_eyes(street: Street) -> None:
    program = Program(street.mei, ONLY)
    (seen,) = items(program.get("/outside/posts/as-stranger?region=310000"))
    assert (seen["is_mine"], seen["author"]["is_me"]) == (False, False)
    assert items(program.get("/outside/posts/as-stranger?region=310000&near=true")) == []
    assert problem(program.get("/outside/posts/as-stranger?region=999999"), 422)


def test_a_photo_goes_only_to_its_own_side(street: Street) -> None:
    program = Program(street.mei)
    there, inside = write_id(street.channel.photo.pk), write_id(street.photo.pk)
    assert problem(program.get(f"/photos/{there}"), 404)
    assert problem(program.get(f"/outside/photos/{inside}/small"), 404)
    fresh = write_id(outside_photo(street.mei, now=utc_now()).pk)
    kettle = {"kind": "review", "listing_id": write_id(street.kettle.pk), "rating": 4, "photo_ids": [fresh]}
    assert program.post("/shares", kettle).status_code in {404, 422}
    assert problem(
        program.post("/outside/posts", {"topic": "food", "text": "x y", "photo_ids": [inside]}), 404
    )


def noise() -> Any:
    from io import BytesIO

    file = BytesIO()
    Image.effect_noise((160, 120), 90).convert("RGB").save(file, "PNG")
    file.seek(0)
    file.name = "buns.png"
    return file
