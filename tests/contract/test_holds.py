"""What the API tells of listings that are held and of shops that are closed; refunds with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from kith.api.catalogue import Hold
from kith.core.clock import utc_now
from kith.core.ids import write_id
from kith.quality import services as quality
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.shop.models import HoldState, RefundReason
from kith.shop.services.holds import close_merchant, hold_listing
from tests.contract.cast import HOME, Program, Street, items, problem, told

ALLOWED_OF_HOLD = {"state", "since", "rule", "standard", "claimed", "figure", "bound", "words", "says"}


def hold(street: Street, state: HoldState = HoldState.REMOVED) -> None:
    hold_listing(
        listing_id=street.kettle.pk, state=state, since=utc_now(), decision=41, rule="measured-below-claim",
        standard="GB 2626-2019", claimed="KN95", figure=71.0, bound=95.0,
    )  # fmt: skip


def take_down(street: Street, act: Act) -> None:
    quality.decide(
        act=act, listing_id=street.kettle.pk, actor_id=None, now=utc_now(), grounds=Grounds(words="It burns.")
    )


def line_path(street: Street, what: str = "") -> str:
    return f"/orders/lines/{write_id(street.line.pk)}{what}"


def test_a_listing_says_whether_it_is_for_sale_and_what_holds_it(street: Street) -> None:
    path = f"/listings/{write_id(street.kettle.pk)}"
    card = told(Program(None).get(path))["card"]
    assert (card["on_sale"], card["for_sale"], card["hold"]) == (True, True, None)
    hold(street)
    card = told(Program(None).get(path))["card"]
    assert (card["on_sale"], card["for_sale"]) == (True, False)
    assert set(card["hold"]) == {*Hold.model_fields, *Hold.model_computed_fields} == ALLOWED_OF_HOLD
    assert (card["hold"]["state"], card["hold"]["figure"], card["hold"]["claimed"]) == (
        "removed",
        71.0,
        "KN95",
    )


@pytest.mark.parametrize("state", list(HoldState))
def test_lists_have_what_is_frozen_and_not_what_is_gone(street: Street, state: HoldState) -> None:
    hold(street, state)
    merchant = write_id(street.merchant.pk)
    for path in ("/listings", "/listings?q=kettle", f"/merchants/{merchant}/listings"):
        states = [listing["hold"]["state"] for listing in items(Program(street.mei).get(path))]
        assert states == ([] if state.is_gone else ["suspected"])
    own = items(Program(street.mo).get(f"/merchants/{merchant}/listings"))
    assert [listing["hold"]["state"] for listing in own] == [state]


def test_a_closed_shop_says_so_and_lists_nothing(street: Street) -> None:
    merchant = f"/merchants/{write_id(street.merchant.pk)}"
    assert told(Program(None).get(merchant))["closed_at"] is None
    close_merchant(merchant_id=street.merchant.pk, at=utc_now())
    assert told(Program(None).get(merchant))["closed_at"] is not None
    assert items(Program(None).get(f"{merchant}/listings")) == items(Program(None).get("/listings")) == []
    [same] = items(Program(None).get("/merchants?source=host&external_id=m1"))
    assert same["closed_at"] is not None


def test_what_is_held_is_not_sold(street: Street) -> None:
    order = {"listing_id": write_id(street.kettle.pk), "recipient": "Mei", "phone": HOME.phone,
             "region": HOME.region, "address": HOME.address}  # fmt: skip
    hold(street, HoldState.SUSPECTED)
    refused = problem(Program(street.mei).post("/orders", order), 422)
    assert refused["type"] == "/problems/order-refused"
    assert refused["detail"] == "The shop is checking this. It is not for sale until we know."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason": "It whistles"}, "other"),
        ({"code": "other", "reason": "It whistles"}, "other"),
        ({"code": "unsafe"}, "unsafe"),
        ({"code": "late", "reason": ""}, "late"),
    ],
)
def test_a_refund_with_its_reason(street: Street, body: dict[str, Any], code: str) -> None:
    line = told(Program(street.mei).post(line_path(street, "/refund-request"), body))
    assert (line["status"], line["refund_reason"]) == ("refund_requested", code)
    desk = f"/desk/merchants/{write_id(street.merchant.pk)}/lines?tray=refunds"
    [theirs] = items(Program(street.mo).get(desk))
    assert (theirs["refund_reason"], set(theirs["may"])) == (code, {"accept_refund", "refuse_refund"})


@pytest.mark.parametrize(
    ("body", "type_of"),
    [
        ({"code": "because"}, "not-valid"),
        ({"code": "recalled"}, "not-valid"),
        ({"code": ""}, "not-valid"),
        ({"code": None}, "not-valid"),
        ({"code": "other"}, "reason-missing"),
        ({}, "reason-missing"),
    ],
)
def test_a_refund_with_none(street: Street, body: dict[str, Any], type_of: str) -> None:
    refused = problem(Program(street.mei).post(line_path(street, "/refund-request"), body), 422)
    assert refused["type"] == f"/problems/{type_of}"


def test_every_reason_that_a_line_can_have_can_be_told(street: Street) -> None:
    program = Program(street.mei)
    for code in RefundReason:
        type(street.line).objects.unguarded("a test writes what it looks at").update(refund_reason=code)
        assert told(program.get(line_path(street)))["refund_reason"] == code


def test_the_money_of_what_was_called_back(street: Street) -> None:
    program, line = Program(street.mei), write_id(street.line.pk)
    path, choice = f"/recalls/{line}", f"/recalls/{line}/choice"
    problem(program.get(path), 404)
    problem(program.send("PUT", choice, {"remedy": "refund"}), 404)
    take_down(street, Act.RECALL)
    for other in (street.eve, street.bo, street.mo):
        problem(Program(other).get(path), 404)
        problem(Program(other).send("PUT", choice, {"remedy": "refund"}), 404)
    assert [one["line"]["id"] for one in items(program.get("/recalls"))] == [line]
    assert told(program.get(path))["may_choose"]
    problem(program.send("PUT", choice, {"remedy": "gold"}), 422)
    for _again in range(2):
        chosen = told(program.send("PUT", choice, {"remedy": "refund"}))
        assert (chosen["chosen"], chosen["may_choose"]) == ("refund", False)
        assert (chosen["line"]["status"], chosen["line"]["refund_reason"]) == ("refund_requested", "recalled")
    assert (
        problem(program.send("PUT", choice, {"remedy": "disposal"}), 409)["type"] == "/problems/claim-refused"
    )
    answer = f"/desk/lines/{line}/refund-answer"
    assert problem(Program(street.mo).post(answer, {"accept": False, "reason": "No"}), 409)
    moved = told(Program(street.mo).post(answer, {"accept": True}))
    assert (moved["status"], moved["refund_reason"]) == ("refunded", "recalled")


def test_an_order_says_what_has_become_of_what_was_bought(street: Street) -> None:
    hold(street)
    [line] = items(Program(street.mei).get("/orders/lines"))
    assert (line["listing"]["hold"]["state"], line["listing"]["for_sale"]) == ("removed", False)
