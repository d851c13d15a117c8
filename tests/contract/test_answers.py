"""What answers look like: problems, pages, and what is told of a share."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from kith.api.cards import Share
from kith.core.ids import write_id
from kith.core.paging import write_cursor
from kith.sharing import services as sharing
from kith.shop import queries as shop_queries
from kith.shop.models import HoldState
from kith.shop.services.holds import hold_listing
from tests.contract.cast import HOME, Program, Street, items, looks, picture, problem

ALLOWED = {
    "id", "kind", "author", "thing", "correction", "category", "outcome", "rating", "text", "photos", "when",
    "when_precision", "audience", "comments", "likes", "liked", "can_comment", "can_like", "is_mine",
    "held_until", "withdrawn", "source", "external_id",
}  # fmt: skip
"""All that is told of a share. A field more is a decision, taken here."""
ALLOWED_OF_PERSON = {"id", "name", "handle", "circles", "is_me", "source", "external_id"}
ALLOWED_OF_THING = {
    "listing_id", "title", "picture", "merchant_id", "merchant_name", "source", "listing_external_id",
    "merchant_external_id",
}  # fmt: skip


def test_of_a_share_is_told_what_is_allowed_and_nothing_else(street: Street) -> None:
    assert set(Share.model_fields) == ALLOWED
    for told in items(Program(street.bo).get("/circle/feed")):
        assert set(told) == ALLOWED
        assert set(told["author"]) == ALLOWED_OF_PERSON
        assert told["thing"] is None or set(told["thing"]) == ALLOWED_OF_THING


def test_nothing_of_the_order_leaves_with_a_share(street: Street) -> None:
    program = Program(street.bo)
    listing = write_id(street.kettle.pk)
    for asked in ("/circle/feed", f"/listings/{listing}/evidence", "/merchants/trusted", "/notices"):
        text = program.get(asked).content.decode()
        for private in (HOME.recipient, HOME.phone, HOME.address, HOME.region, "7990", "Family",
                        write_id(street.line.pk), street.line.order.external_id or ""):  # fmt: skip
            assert private not in text, (asked, private)


def test_circles_are_named_to_the_author_alone(street: Street) -> None:
    share = f"/shares/{write_id(street.purchase.pk)}"
    mine = json.loads(Program(street.mei).get(share).content)
    assert mine["audience"] == {
        "mine": True,
        "everyone": False,
        "circles": [{"id": write_id(street.family.pk), "name": "Family", "size": 1}],
    }
    theirs = json.loads(Program(street.bo).get(share).content)
    assert theirs["audience"] == {"mine": False, "everyone": False, "circles": []}


def test_the_sources_ids_stand_beside_ours(street: Street) -> None:
    program = Program(street.bo)
    told = next(one for one in items(program.get("/circle/feed?kind=purchase")))
    assert (told["author"]["source"], told["author"]["external_id"]) == ("host", "u-mei")
    assert (told["thing"]["listing_external_id"], told["thing"]["merchant_external_id"]) == ("l1", "m1")
    (trusted,) = items(program.get("/merchants/trusted"))
    assert (trusted["source"], trusted["external_id"], trusted["tally"]["kept"]) == ("host", "m1", 1)
    (found,) = items(program.get("/listings?source=host&external_id=l1"))
    evidence = json.loads(program.get(f"/listings/{found['id']}/evidence").content)
    assert [one["face"]["external_id"] for one in evidence["people"]] == ["u-mei"]
    assert items(program.get("/listings?source=host&external_id=l2")) == []
    (merchant,) = items(program.get("/merchants?source=host&external_id=m1"))
    assert merchant["id"] == write_id(street.merchant.pk)


def test_of_a_thing_taken_down_is_told_what_was_found(street: Street) -> None:
    program, share = Program(street.bo), f"/shares/{write_id(street.purchase.pk)}"
    assert json.loads(program.get(share).content)["correction"] is None
    hold_listing(
        listing_id=street.kettle.pk, state=HoldState.REMOVED, since=datetime(2020, 2, 3, 8, tzinfo=UTC),
        decision=4711, rule="measured-below", standard="GB 2626-2019", claimed="KN95", figure=71, bound=95,
        words="filtration-salt",
    )  # fmt: skip
    card = json.loads(program.get(share).content)
    assert card["outcome"] == "removed"
    assert card["correction"] == {
        "state": "removed", "since": "2020-02-03T08:00:00Z", "rule": "measured-below",
        "standard": "GB 2626-2019", "claimed": "KN95", "figure": 71.0, "bound": 95.0,
        "words": "filtration-salt",
        "says": "It claims KN95, but a laboratory measured filtration of salt particles of 71 %, "
        "where GB 2626-2019 asks for 95 %.",
    }  # fmt: skip
    evidence = json.loads(program.get(f"/listings/{write_id(street.kettle.pk)}/evidence").content)
    assert (evidence["tally"]["kept"], evidence["tally"]["removed"]) == (0, 1)
    assert [review["correction"]["state"] for review in evidence["reviews"]] == ["removed"]
    (trusted,) = items(program.get("/merchants/trusted"))
    assert (trusted["level"], trusted["tally"]["removed"]) == ("careful", 1)


# --- Problems ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad-json"),
        (b'{"name": NaN}', "application/json", 400, "bad-json"),
        (b"\xff", "application/json", 400, "bad-json"),
        (b"name=x", "application/x-www-form-urlencoded", 415, "wrong-content-type"),
        (b"{}", "text/plain", 415, "wrong-content-type"),
        (b"", "application/json", 415, "wrong-content-type"),
        (b"[]", "application/json", 422, "not-valid"),
        (b'{"name": "x", "more": 1}', "application/json", 422, "not-valid"),
        (b'{"name": "x\\u0000"}', "application/json", 422, "not-valid"),
        (b'{"name": "\\ud800"}', "application/json", 422, "not-valid"),
        (b'{"name": "x", "weight": 6}', "application/json", 422, "not-valid"),
        (b'{"name": "Family"}', "application/json", 422, "circle-refused"),
        (b" " * 70_000, "application/json", 413, "too-large"),
    ],
)
def test_a_body_that_cannot_be_taken(street: Street, body: bytes, kind: str, status: int, code: str) -> None:
    answer = Program(street.mei).post("/circles", body, content_type=kind)
    assert problem(answer, status)["type"] == f"/problems/{code}"


def test_a_body_of_untold_length_is_refused_and_not_taken_for_an_empty_one(street: Street) -> None:
    answer = Program(street.mei).post("/circles", b'{"name": "x"}', **{"Transfer-Encoding": "chunked"})
    assert problem(answer, 411)["type"] == "/problems/length-missing"


def test_what_is_wrong_says_where(street: Street) -> None:
    answer = Program(street.mei).post("/circles", {"name": "x", "weight": 6})
    (wrong,) = problem(answer, 422)["errors"]
    assert wrong["at"] == "body/data/weight"


def test_a_refusal_says_which_field(street: Street) -> None:
    order = {"listing_id": write_id(street.kettle.pk), "recipient": "Mei", "phone": "13800138000",
             "region": "999999", "address": "Here 12"}  # fmt: skip
    told = problem(Program(street.mei).post("/orders", order), 422)
    assert told["type"] == "/problems/order-refused"
    assert told["errors"][0]["at"] == "region"


def test_the_caller_is_answered_in_their_language(street: Street) -> None:
    program = Program(street.mei)
    assert program.get("/categories").headers["Content-Language"] == "en"
    del program.client.defaults["HTTP_ACCEPT_LANGUAGE"]
    street.mei.language = "zh-hans"
    street.mei.save()
    answer = program.get("/categories")
    assert answer.headers["Content-Language"] == "zh-hans"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in items(answer)[0]["name"])


def test_a_method_that_an_address_does_not_answer_to(street: Street) -> None:
    answer = Program(street.mei).send("PUT", "/circle/feed")
    assert problem(answer, 405)["type"] == "/problems/wrong-method"
    assert answer.headers["Allow"] == "GET, HEAD"


def test_head_is_get_without_the_body(street: Street) -> None:
    answer = Program(street.mei).send("HEAD", "/circle/feed")
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["Content-Length"]) > 0


def test_a_fault_of_ours_is_a_problem_too(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(shop_queries, "category_tree", fail)
    answer = Program(street.mei).get("/categories")
    assert problem(answer, 500)["type"] == "/problems/server-error"
    assert b"secret" not in answer.content


@pytest.mark.parametrize("path", ["/", "/nothing", "/desk/merchants/%0Ax/decisions", "/%0A"])
def test_an_address_where_nothing_is(street: Street, path: str) -> None:
    assert problem(Program(street.mei).get(path), 404)["type"] == "/problems/not-there"


def test_a_host_that_we_are_not(street: Street) -> None:
    assert problem(Program(street.mei).get("/me", host="evil.example"), 400)


def test_a_query_with_a_nul(street: Street) -> None:
    assert problem(Program(street.mei).get("/listings?q=%00"), 400)


def test_personal_answers_are_stored_nowhere(street: Street) -> None:
    for path in ("/me", "/circle/feed", "/nothing"):
        answer = Program(street.mei).get(path)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Authorization" in answer.headers["Vary"]


# --- Pages -------------------------------------------------------------------------


def test_pages_lead_through_everything_once(street: Street) -> None:
    for number in range(5):
        sharing.ask_question(looks(street.mei), text=f"Question {number}?", circle_ids=[street.family.pk])
    program = Program(street.bo)
    seen: list[str] = []
    asked = "/circle/feed?limit=3"
    while asked:
        answer = program.get(asked)
        told = json.loads(answer.content)
        seen += [one["id"] for one in told["items"]]
        link = answer.headers.get("Link", "")
        assert bool(link) == (told["next"] is not None)
        asked = link.partition(">")[0].removeprefix("</api/v1") if link else ""
        assert not asked or "limit=3" in asked
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize("cursor", ["x", "gAAAAA", "%F0%9F%92%A9", "a" * 1999, "'"])
def test_a_cursor_that_is_not_ours(street: Street, cursor: str) -> None:
    assert (
        problem(Program(street.bo).get(f"/circle/feed?cursor={cursor}"), 400)["type"]
        == "/problems/bad-cursor"
    )


@pytest.mark.parametrize(
    "cursor",
    [write_cursor(), write_cursor("x"), write_cursor(1, 2), write_cursor("2026-01-01", "x", 3)],
    ids=["empty", "text", "numbers", "three"],
)
def test_a_cursor_of_another_list(street: Street, cursor: str) -> None:
    share, listing = write_id(street.question.pk), write_id(street.kettle.pk)
    merchant = write_id(street.merchant.pk)
    lists = [
        "/circle/feed", "/shares", f"/people/{write_id(street.mei.pk)}/shares", "/notices", "/friends",
        f"/shares/{share}/comments", "/listings", f"/listings/{listing}/reviews", "/orders/lines",
        f"/merchants/{merchant}/listings", "/listings?q=kettle",
    ]  # fmt: skip
    for path in lists:
        joint = "&" if "?" in path else "?"
        problem(Program(street.mei).get(f"{path}{joint}cursor={cursor}"), 400)
    problem(Program(street.mei).get(f"/circle/feed/new?since={cursor}"), 400)
    desk = f"/desk/merchants/{merchant}/lines?tray=done&cursor={cursor}"
    problem(Program(street.mo).get(desk), 400)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1e9"])
def test_a_page_has_at_most_a_hundred(street: Street, limit: str) -> None:
    assert problem(Program(street.bo).get(f"/circle/feed?limit={limit}"), 422)


def test_a_feed_that_has_not_changed_is_not_sent_again(street: Street) -> None:
    program = Program(street.bo)
    first = program.get("/circle/feed")
    again = program.get("/circle/feed", if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    sharing.ask_question(looks(street.mei), text="And now?", circle_ids=[street.family.pk])
    assert program.get("/circle/feed", if_none_match=first.headers["ETag"]).status_code == 200


def test_what_is_new_is_counted(street: Street) -> None:
    program = Program(street.bo)
    since = json.loads(program.get("/circle/feed").content)["since"]
    assert json.loads(program.get(f"/circle/feed/new?since={since}").content) == {"count": 0}
    sharing.ask_question(looks(street.mei), text="And now?", circle_ids=[street.family.pk])
    assert json.loads(program.get(f"/circle/feed/new?since={since}").content) == {"count": 1}


def test_a_photo_goes_in_and_out(street: Street) -> None:
    from django.test.client import MULTIPART_CONTENT, encode_multipart

    body = encode_multipart("BoUnDaRyStRiNg", {"file": picture()})
    made = Program(street.mei).post("/photos", body, content_type=MULTIPART_CONTENT)
    assert made.status_code == 201, made.content
    address = json.loads(made.content)["address"]
    out = Program(street.mei).fetch(f"{address}?size=small")
    assert (out.status_code, out.headers["Content-Type"]) == (200, "image/webp")
    assert problem(Program(street.bo).fetch(address), 404)
    assert problem(Program(street.mei).post("/photos", b"{}"), 415)


def test_an_invitation_that_no_database_takes_is_not_there(street: Street) -> None:
    problem(Program(street.bo).get("/invitations/%00/inviter"), 404)
