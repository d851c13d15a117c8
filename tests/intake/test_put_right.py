"""What a host shop puts right later: what was shown follows, in whichever order it is told."""

from __future__ import annotations

from typing import Any

import pytest

from kith.sharing.deliver import find_differences
from kith.sharing.models import Delivery, Share
from tests.intake.told import NEIGHBOURHOOD, at, listing, merchant, open_to_all, order, send, shown_to

pytestmark = pytest.mark.django_db
LOOKING = "a test looks at what was written"
SECRET = {"type": "category", "id": "secret", "sensitive": True}


@pytest.fixture(autouse=True)
def neighbourhood() -> None:
    open_to_all()
    tell(*NEIGHBOURHOOD)


def tell(*records: Any) -> None:
    assert [answer.reason for answer in send(*records) if answer.outcome == "rejected"] == []
    assert find_differences() == []


def of_line(name: str) -> list[tuple[str, str | None, str | None, str]]:
    """What is shown of an order: kind, listing, merchant, what became of it."""
    shares = Share.objects.unguarded(LOOKING).filter(line__order__external_id=name).values("pk")
    rows = Delivery.objects.unguarded(LOOKING).filter(share__in=shares)
    return sorted(rows.values_list("kind", "listing__external_id", "merchant__external_id", "outcome"))


def test_a_listing_that_comes_to_lie_on_a_sensitive_shelf_is_shown_no_more() -> None:
    assert ("purchase", "l1") in shown_to("bo")
    tell(SECRET, listing("l1", category="secret"))
    assert shown_to("bo") == [("purchase", "l2")]


@pytest.mark.parametrize("order_of", [1, -1], ids=["in order", "out of order"])
def test_a_line_that_turns_out_to_be_of_another_listing(order_of: int) -> None:
    tell(merchant("m2"), listing("l3", merchant="m2"))
    tell(*[order("o9", "mei", what="l2", day=11), order("o9", "mei", what="l3", day=12)][::order_of])
    assert of_line("o9") == [("purchase", "l3", "m2", "kept")]


def test_a_line_that_turns_out_to_be_of_something_sensitive() -> None:
    tell(SECRET, listing("l3", category="secret"), order("o1", "mei", what="l3", day=12))
    assert of_line("o1") == []
    review = Share.objects.unguarded(LOOKING).get(kind="review")
    assert (review.line_id, review.outcome, review.bought_month) == (None, "", None)


@pytest.mark.parametrize("order_of", [1, -1], ids=["in order", "out of order"])
def test_a_line_that_was_ordered_before_its_buyer_agreed(order_of: int) -> None:
    tell(*[order("o9", "mei"), order("o9", "mei") | {"placed_at": at(-3)}][::order_of])
    assert of_line("o9") == []


def test_the_month_follows_when_it_was_ordered() -> None:
    tell(order("o9", "mei", day=50) | {"placed_at": at(40)})
    tell(order("o9", "mei", day=50) | {"placed_at": at(5)})
    share = Share.objects.unguarded(LOOKING).get(line__order__external_id="o9")
    assert str(share.bought_month) == "2026-01-01"


def test_a_review_of_a_gift_does_not_tell_that_it_was_bought() -> None:
    tell(order("o1", "mei", day=30, gift=True))
    assert of_line("o1") == [("review", "l1", "m1", "")]


def test_a_review_of_what_was_cancelled_does_not_tell_that_it_was_kept() -> None:
    tell(order("o1", "mei", status="cancelled", day=30))
    assert of_line("o1") == [("review", "l1", "m1", "")]
