"""A sweep that is cut short, at whatever statement, is done once all the same; and so are two at once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection

from kith.notices.models import Notice, NoticeKind
from kith.people.models import Person
from kith.quality import apply
from kith.quality import services as quality
from kith.quality.models import Decision, Finding, Sweep, SweepState
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.shop.models import Listing, ListingHold, Merchant
from tests.quality.cast import NOW, later, sells, shop, somebody, swept
from tests.shop.goods import bought

KILLS = 200
LISTINGS = 40


class Killed(BaseException):
    """What no handler may catch: the process is gone."""


@contextmanager
def killed_at(number: int) -> Iterator[None]:
    """Let so many statements through, and none after."""
    left = number

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "BATCH", 7)


def a_catalogue(desk: Person) -> Sweep:
    """Forty false masks of three merchants, some bought, some frozen before; found, and to be carried out."""
    shops = [shop(name, somebody(f"Staff{place}")) for place, name in enumerate(("林记", "王记", "赵记"))]
    buyer = somebody("Mei")
    masks = [sells(shops[place % 3], f"KN95口罩 {place} 号 GB 2626-2006") for place in range(LISTINGS)]
    for place, mask in enumerate(masks[:10]):
        bought(buyer, mask, key=str(place), now=later(days=-2))
    for mask in masks[5:9]:
        quality.decide(
            act=Act.SUSPECT, listing_id=mask.pk, actor_id=desk.pk, now=NOW, grounds=Grounds(words="A tip.")
        )
    found = swept(now=later(hours=1))
    quality.decide_sweep(found.pk, actor_id=desk.pk, now=later(hours=1), why="the test")
    return found


def go_through(sweep: Sweep, do: Callable[..., Sweep], dice: random.Random) -> int:
    """Do it, killed again and again at a random statement, until it is done; say how often it was killed."""
    kills = 0
    while True:
        try:
            with killed_at(dice.randrange(1, 60)):
                do(sweep.pk, now=later(hours=2, minutes=kills))
        except Killed:
            kills += 1
        else:
            return kills


def must_be_applied_once(sweep: Sweep) -> None:
    found = set(Finding.objects.filter(sweep=sweep, main=True).values_list("listing", flat=True))
    decided = list(Decision.objects.filter(sweep=sweep).exclude(act=Act.REINSTATE))
    assert Counter(one.listing_id for one in decided) == Counter(found)
    holds = dict(ListingHold.objects.values_list("listing", "decision"))
    assert holds == {one.listing_id: one.pk for one in decided}
    told = Notice.objects.unguarded("counts what was told")
    assert told.filter(kind=NoticeKind.SWEPT).count() == 3
    assert told.filter(kind=NoticeKind.RECALLED).count() == 10
    now = Sweep.objects.get(pk=sweep.pk)
    assert (now.state, now.taken_down, now.passed_over) == (SweepState.APPLIED, LISTINGS, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_killed_two_hundred_times(monkeypatch: pytest.MonkeyPatch) -> None:
    small_batches(monkeypatch)
    dice, desk, kills = random.Random(20200201), somebody("Desk", is_staff=True), 0
    sweep = a_catalogue(desk)
    while kills < KILLS:
        kills += go_through(sweep, quality.carry_out, dice)
        must_be_applied_once(sweep)
        quality.undo_sweep(sweep.pk, actor_id=desk.pk, now=later(hours=3), why="the test")
        kills += go_through(sweep, quality.take_back, dice)
        frozen = ListingHold.objects.filter(state="suspected").count()
        assert (ListingHold.objects.count(), frozen) == (4, 4)
        sweep = swept(now=later(hours=4))
        quality.decide_sweep(sweep.pk, actor_id=desk.pk, now=later(hours=4), why="the test")
        Notice.objects.unguarded("the next is told anew").filter(kind=NoticeKind.RECALLED).delete()
        Notice.objects.unguarded("the next is told anew").filter(kind=NoticeKind.SWEPT).delete()


@pytest.mark.django_db(transaction=True)
def test_killed_while_scanning_leaves_nothing_behind_or_all_of_it() -> None:
    dice, found = random.Random(7), None
    masks = shop("林记", somebody("Lin"))
    for number in range(5):
        sells(masks, f"KN95口罩 {number} 号 GB 2626-2006")
    planned = quality.plan_sweep(actor_id=None, now=NOW)
    while found is None:
        with suppress(Killed), killed_at(dice.randrange(1, 40)):
            quality.scan(planned.pk, now=NOW)
        found = Sweep.objects.filter(pk=planned.pk, state=SweepState.SCANNED).first()
        assert Finding.objects.exists() == (found is not None)
    assert (found.flagged, Finding.objects.filter(main=True).count()) == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers on one sweep, another sweep of the same listings, and somebody who decides by hand."""
    small_batches(monkeypatch)
    desk = somebody("Desk", is_staff=True)
    one = a_catalogue(desk)
    other = swept(now=later(hours=1))
    quality.decide_sweep(other.pk, actor_id=desk.pk, now=later(hours=1), why="the test")
    by_hand = list(Listing.objects.order_by("pk").values_list("pk", flat=True))[20:24]

    def recall() -> None:
        for pk in by_hand:
            quality.decide(
                act=Act.RECALL,
                listing_id=pk,
                actor_id=desk.pk,
                now=later(hours=2),
                grounds=Grounds(words="So."),
            )

    in_threads(
        lambda: quality.carry_out(one.pk, now=later(hours=2)),
        lambda: quality.carry_out(one.pk, now=later(hours=2)),
        lambda: quality.carry_out(other.pk, now=later(hours=2)),
        recall,
    )
    removals = Decision.objects.filter(act=Act.REMOVE).values_list("listing", flat=True)
    assert max(Counter(removals).values()) == 1
    states = dict(ListingHold.objects.values_list("listing", "state"))
    assert {pk for pk, state in states.items() if state == "recalled"} == set(by_hand)
    assert len(states) == LISTINGS
    for pk, decision in ListingHold.objects.values_list("listing", "decision"):
        assert Decision.objects.filter(listing=pk).latest("pk").pk == decision
    assert all(Sweep.objects.get(pk=pk).state == SweepState.APPLIED for pk in (one.pk, other.pk))


@pytest.mark.django_db(transaction=True)
def test_listings_change_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What said something else before its batch is let be; what did so after it stays decided."""
    small_batches(monkeypatch)
    sweep = a_catalogue(somebody("Desk", is_staff=True))
    changed: list[int] = []

    def change() -> None:
        for mask in Listing.objects.order_by("-pk")[:20]:
            sells(Merchant.objects.get(pk=mask.merchant_id), "棉布口罩", name=mask.external_id or "")
            changed.append(mask.pk)

    in_threads(lambda: quality.carry_out(sweep.pk, now=later(hours=2)), change)
    done = Sweep.objects.get(pk=sweep.pk)
    decided = set(Decision.objects.filter(sweep=sweep).values_list("listing", flat=True))
    let_be = set(Listing.objects.values_list("pk", flat=True)) - decided
    assert let_be <= set(changed)
    assert (done.taken_down, done.passed_over) == (len(decided), len(let_be))


def in_threads(*deeds: Callable[[], Any]) -> None:
    """Do all of these at once, each on a connection of its own; whatever one raises is raised here."""
    raised: list[BaseException] = []

    def run(deed: Callable[[], Any]) -> None:
        try:
            deed()
        except BaseException as error:  # noqa: BLE001 (it is raised again where it can be seen)
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not raised, raised
    assert not any(thread.is_alive() for thread in threads)
