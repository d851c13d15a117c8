"""What is written together: a spoilt batch is halved until what spoils it is alone; gifts and lines count."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError

from kith.sharing.deliver import find_differences
from kith.sharing.intake import taking
from kith.sharing.models import Share
from kith.shop.models import OrderLine
from tests.intake.told import NEIGHBOURHOOD, open_to_all, order, person, send, send_all, shown_to

pytestmark = pytest.mark.django_db
LOOKING = "a test looks at what was written"


def test_what_spoils_a_batch_is_rejected_alone_and_soon_found(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, sizes = taking.TAKERS["person"], list[int]()

    def spoilt(records: Any, origin: Any) -> Any:
        sizes.append(len(records))
        if any(record.id == "u37" for record in records):
            raise IntegrityError("spoilt")
        return plain(records, origin)

    monkeypatch.setitem(taking.TAKERS, "person", spoilt)
    answers = send_all(person(f"u{number}") for number in range(64))
    assert [answer.id for answer in answers] == [f"u{number}" for number in range(64)]
    assert [answer.id for answer in answers if answer.outcome != "taken"] == ["u37"]
    assert answers[37].reason == "it cannot be kept: spoilt"
    assert len(sizes) == 13, "in six halvings, and not one by one"


def test_lines_of_orders_count_as_records_do(monkeypatch: pytest.MonkeyPatch) -> None:
    open_to_all()
    send_all(NEIGHBOURHOOD)
    monkeypatch.setattr(taking, "BATCH", 10)
    plain, sizes = taking.TAKERS["order"], list[int]()

    def counting(records: Any, origin: Any) -> Any:
        sizes.append(len(records))
        return plain(records, origin)

    monkeypatch.setitem(taking.TAKERS, "order", counting)
    big = order("big", "mei") | {
        "lines": [order("", "")["lines"][0] | {"id": str(line)} for line in range(20)]
    }
    answers = send(*(order(f"n{number}", "bo") for number in range(7)), big, order("last", "bo"))
    assert Counter(answer.outcome for answer in answers) == {"taken": 9}
    assert sizes == [5, 2, 1, 1]


def test_told_later_that_it_is_a_gift_what_was_shown_is_erased_and_nobody_is_asked() -> None:
    open_to_all()
    send_all(NEIGHBOURHOOD)
    assert shown_to("bo") == [("purchase", "l1"), ("purchase", "l2"), ("review", "l1")]
    [told] = send(order("o1", "mei", gift=True))
    assert told.outcome == "taken"
    assert shown_to("bo") == [("purchase", "l2"), ("review", "l1")]
    assert OrderLine.objects.unguarded(LOOKING).get(order__external_id="o1").is_gift
    [again] = send(order("o1", "mei", gift=False))
    assert again.outcome == "unchanged", "a gift stays one"
    assert Share.objects.unguarded(LOOKING).filter(kind="purchase").count() == 1
    assert find_differences() == []
