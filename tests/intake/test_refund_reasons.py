"""Why money is asked back, as one of a few: told by a host shop, kept, and written out again."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.core.management import call_command

from kith.sharing.intake import SCHEMA
from kith.sharing.intake.giving import records_of
from kith.shop.models import OrderLine, RefundReason
from kith.shop.services import load_categories
from tests.intake.told import (
    CONSENT,
    NOW,
    SOURCE,
    everything,
    listing,
    merchant,
    open_to_all,
    order,
    person,
    send,
)

LOOK = "a test looks at what was written"
BEFORE = [person("mei"), merchant(), listing("l1")]


def test_the_schema_has_them_all() -> None:
    codes = SCHEMA["$defs"]["line"]["properties"]["refund_reason"]["enum"]
    assert codes == [*RefundReason.values, None]


@pytest.mark.django_db
def test_an_unknown_one_is_rejected_and_the_reason_names_those_that_there_are() -> None:
    answers = send(*BEFORE, order("o1", "mei", status="refunded", refund_reason="because"))
    assert answers[-1].outcome == "rejected"
    assert answers[-1].reason == f"lines[0].refund_reason is not one of {', '.join(RefundReason.values)}"
    assert not OrderLine.objects.unguarded(LOOK).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("code", [*RefundReason.values, None])
def test_is_kept(code: str | None) -> None:
    send(*BEFORE, order("o1", "mei", status="refund_requested", refund_reason=code))
    assert OrderLine.objects.unguarded(LOOK).get().refund_reason == (code or "")


@pytest.mark.django_db
def test_in_whatever_order_a_line_is_told_the_same_is_kept() -> None:
    told = [
        order("o1", "mei", status="delivered", day=8),
        order("o1", "mei", status="refund_requested", day=10, refund_reason="late"),
        order("o1", "mei", status="refund_requested", day=10, refund_reason="broken"),
        order("o1", "mei", status="refund_requested", day=10),
    ]
    send(*BEFORE)
    kept = set()
    for number, records in enumerate(permutations(told)):
        for record in records:
            send(record | {"id": f"o{number}"})
        kept.add(OrderLine.objects.unguarded(LOOK).get(order__external_id=f"o{number}").refund_reason)
    assert kept == {"late"}


@pytest.mark.django_db(transaction=True)
def test_written_out_and_taken_in_elsewhere_it_is_the_same() -> None:
    lines: list[dict[str, Any]] = [
        order(f"o{number}", "mei", status="refunded", refund_reason=code)
        for number, code in enumerate([*RefundReason.values, None])
    ]
    arrived = order("o1", "mei", status="delivered", day=8)
    asked = [order(f"o{number}", "mei", status="refund_requested", day=9) for number in (1, 2)]
    load_categories()
    open_to_all()
    send(*BEFORE, arrived, *asked, *lines)
    before, records = everything(), list(records_of())
    codes = {line.get("refund_reason") for record in records for line in record.get("lines", ())}
    assert codes == {*RefundReason.values, None}
    assert {row[-1] for row in before["lines"]} == {CONSENT + timedelta(days=9), None}
    call_command("flush", interactive=False, verbosity=0)
    open_to_all()
    assert {answer.reason for answer in send(*records, now=NOW, source=SOURCE)} == {""}
    assert everything() == before
