"""A hold and an order in the same moment: one of the two is there first, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from kith.people.models import Person
from kith.shop.models import HoldState, Listing, ListingHold, Merchant, OrderLine
from kith.shop.services import BuyRefused
from kith.shop.services.holds import close_merchant, hold_listing
from tests.shop import goods
from tests.shop.goods import NOON

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LOOK = "a test looks at what was written"
A_MOMENT = 0.4
"""Seconds: long enough for the other to come to where it has to wait."""


class Stage:
    mei: Person
    mask: Listing

    def __init__(self) -> None:
        self.mei = goods.person("Mei")
        self.mask = goods.listing("KN95 口罩", of=goods.merchant(), category="protection")

    def buy(self, key: str = "k1") -> bool:
        """Whether it could be bought."""
        try:
            goods.bought(self.mei, self.mask, key=key)
        except BuyRefused:
            return False
        return True

    def hold(self) -> None:
        hold_listing(listing_id=self.mask.pk, state=HoldState.REMOVED, since=NOON, decision=1, rule="x")

    def act(self, together: Barrier, number: int, place: int) -> bool:
        """One of four who begin at once: one holds it, three buy it."""
        together.wait(timeout=20)
        if place == 0:
            self.hold()
            return False
        return self.buy(key=f"{number}-{place}")

    def close(self) -> None:
        close_merchant(merchant_id=self.mask.merchant_id, at=NOON)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def alone(deed: Callable[[], Any]) -> Any:
    """Do something with a connection of its own, as another process would."""
    try:
        return deed()
    finally:
        connection.close()


def in_between(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, list[str]]:
    """Do the first, and while it is done but not committed begin the second; say what came in which order."""
    done, commits, told = Event(), Event(), list[str]()

    def do_first() -> None:
        with transaction.atomic():
            first()
            done.set()
            commits.wait(timeout=20)
            told.append("first")

    def do_second() -> Any:
        assert done.wait(timeout=20)
        answer = second()
        told.append("second")
        return answer

    with ThreadPoolExecutor(2) as hands:
        waits = hands.submit(alone, do_first)
        answer: Future[Any] = hands.submit(alone, do_second)
        assert done.wait(timeout=20)
        sleep(A_MOMENT)
        commits.set()
        waits.result(timeout=20)
        return answer.result(timeout=20), told


@pytest.mark.parametrize("deed", [Stage.hold, Stage.close])
def test_an_order_waits_for_what_is_being_decided_and_is_refused(
    stage: Stage, deed: Callable[[Stage], None]
) -> None:
    bought, told = in_between(lambda: deed(stage), stage.buy)
    assert told == ["first", "second"]
    assert not bought
    assert not OrderLine.objects.unguarded(LOOK).exists()


@pytest.mark.parametrize("deed", [Stage.hold, Stage.close])
def test_what_is_decided_waits_for_an_order_that_was_first(
    stage: Stage, deed: Callable[[Stage], None]
) -> None:
    _, told = in_between(stage.buy, lambda: deed(stage))
    assert told == ["first", "second"]
    assert OrderLine.objects.unguarded(LOOK).count() == 1
    assert ListingHold.objects.exists() or Merchant.objects.filter(closed_at=NOON).exists()


def test_the_second_click_during_a_hold_is_answered_as_the_first_was(stage: Stage) -> None:
    """The first click is in before the hold, the second comes while it is being written."""
    assert stage.buy()
    again, _ = in_between(stage.hold, stage.buy)
    assert again
    assert OrderLine.objects.unguarded(LOOK).count() == 1


@pytest.mark.postgres
def test_at_the_same_moment_many_times_over(stage: Stage) -> None:
    """Whoever bought it had begun before it was held; nobody buys it after, and nobody waits for ever."""
    for number in range(15):
        ListingHold.objects.all().delete()
        together = Barrier(4)

        with ThreadPoolExecutor(4) as hands:
            deeds = [partial(stage.act, together, number, place) for place in range(4)]
            bought = list(hands.map(alone, deeds))
        of_this = OrderLine.objects.unguarded(LOOK).filter(placed_at=NOON).count()
        assert of_this == sum(bought)
        OrderLine.objects.unguarded(LOOK).all().delete()
        assert not stage.buy(key=f"{number}-late")
