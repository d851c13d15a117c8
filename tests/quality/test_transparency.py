"""The public numbers: what each counts, and that keeping sums changes none of them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from kith.core.clock import local_day
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Appeal, AppealState, Decision, DecisionCount
from kith.quality.queries import Numbers, transparency
from kith.quality.services import Grounds
from kith.quality.services.tallies import kept_sums, next_month, start_of, sums_behind
from kith.quality.transitions import Act
from kith.shop.models import Merchant
from tests.quality.cast import NOW, carried_out, later, looks, proven, sells, swept

pytestmark = pytest.mark.django_db
FEBRUARY = date(2020, 2, 1)
OLD = "GB 2626-2006"


def total() -> Numbers:
    return transparency().total


def test_nothing_yet() -> None:
    told = transparency()
    assert (told.total, told.months, told.standards) == (Numbers(), (), ())
    assert told.total.taken_back_share is None
    assert quality.count_decisions() == 0


def test_a_takedown_an_appeal_and_a_way_back(masks: Merchant, lin: Person, desk: Person, wei: Person) -> None:
    false, other = sells(masks), sells(masks, "N95 口罩", name="other")
    proven(lin, false, by=desk, measures={"filtration-salt": 71.0})
    carried_out(by=desk)
    told = total()
    assert (told.checked, told.taken_down, told.frozen, told.appealed) == (2, 2, 0, 0)
    assert (told.found_by_machine, told.decided_by_machine, told.decisions) == (2, 2, 2)
    decision = Decision.objects.get(listing=false)
    made = quality.appeal(looks(lin, later(days=1)), decision_id=decision.pk, words="It was another sample.")
    assert (total().appealed, total().upheld, total().median_days) == (1, 0, None)
    quality.decide_appeal(made.pk, actor_id=wei.pk, now=later(days=4), overturn=True, reasons="So it was.")
    fine = Grounds(words="It is in order.")
    quality.decide(act=Act.REINSTATE, listing_id=other.pk, actor_id=wei.pk, now=later(days=5), grounds=fine)
    told = total()
    assert (told.upheld, told.reinstated_after_appeal, told.reinstated_otherwise) == (1, 1, 1)
    assert (told.median_days, told.taken_back_share) == (3.0, 1.0)
    [one, another] = transparency().standards
    assert {one.standard, another.standard} == {OLD, ""}
    by_name = {each.standard: each.numbers for each in (one, another)}
    assert (by_name[OLD].taken_down, by_name[OLD].appealed, by_name[""].appealed) == (1, 1, 0)


def test_an_appeal_that_is_turned_down_takes_nothing_back(
    masks: Merchant, lin: Person, desk: Person, wei: Person
) -> None:
    sells(masks)
    carried_out(by=desk)
    decision = Decision.objects.get()
    made = quality.appeal(looks(lin), decision_id=decision.pk, words="It is good.")
    quality.decide_appeal(made.pk, actor_id=wei.pk, now=later(hours=12), overturn=False, reasons="No paper.")
    told = total()
    assert (told.appealed, told.upheld, told.reinstated_after_appeal, told.median_days) == (1, 0, 0, 0.5)


def test_what_a_person_decides_and_a_shop_that_closes(masks: Merchant, desk: Person, wei: Person) -> None:
    mask = sells(masks)
    grounds = Grounds(words="It burns.")
    quality.decide(act=Act.RECALL, listing_id=mask.pk, actor_id=desk.pk, now=NOW, grounds=grounds)
    quality.decide_shop(act=Act.CLOSE, merchant_id=masks.pk, actor_id=desk.pk, now=NOW, grounds=grounds)
    quality.decide_shop(act=Act.REOPEN, merchant_id=masks.pk, actor_id=wei.pk, now=NOW, grounds=grounds)
    told = total()
    assert (told.recalled, told.shops_closed, told.shops_reopened, told.decisions) == (1, 1, 1, 2)
    assert (told.found_by_machine, told.decided_by_machine, told.reinstated_otherwise) == (0, 0, 1)


def test_a_listing_that_two_sweeps_look_at_counts_twice(masks: Merchant) -> None:
    sells(masks)
    swept()
    swept(dry_run=True)
    assert total().checked == 2
    [month] = transparency().months
    assert (month.month, month.numbers.checked) == (FEBRUARY, 2)


def test_a_month_begins_where_the_shop_is(masks: Merchant, desk: Person) -> None:
    """Midnight in Beijing is four in the afternoon of the day before, in UTC."""
    edge = start_of(date(2020, 3, 1))
    assert edge.astimezone(UTC) == datetime(2020, 2, 29, 16, tzinfo=UTC)
    for count, at in enumerate((edge - timedelta(seconds=1), edge, edge + timedelta(days=60))):
        decided(masks, at, count)
    months = {one.month: one.numbers.taken_down for one in transparency().months}
    assert months == {FEBRUARY: 1, date(2020, 3, 1): 1, date(2020, 4, 1): 1}
    assert [one.month for one in transparency().months] == sorted(months, reverse=True)
    assert next_month(date(2020, 12, 1)) == date(2021, 1, 1)


def decided(merchant: Merchant, at: datetime, number: int, **said: Any) -> Decision:
    what: dict[str, Any] = {"act": Act.REMOVE, "standard": OLD, "words": "The test."} | said
    return Decision.objects.create(listing_id=1000 + number, merchant=merchant, at=at, **what)


@pytest.mark.parametrize("seed", range(6))
def test_sums_that_are_kept_say_what_counting_says(masks: Merchant, seed: int) -> None:
    """Counted whenever it happens, the numbers are those of a plain loop over all decisions."""
    random, at = Random(seed), NOW
    made: list[Decision] = []
    standing: list[Decision] = []
    for number in range(60):
        at += timedelta(days=random.choice([0, 0, 1, 9]))
        ended = standing.pop(random.randrange(len(standing))) if standing and random.random() < 0.3 else None
        ends = ended.pk if ended else None
        act = Act.REINSTATE if ends else random.choice([Act.SUSPECT, Act.REMOVE, Act.RECALL, Act.CLOSE])
        standard = random.choice(["", OLD, "YY 0469-2011"])
        machine = {"found_by_machine": random.random() < 0.5, "decided_by_machine": random.random() < 0.5}
        if ends and random.random() < 0.5:
            Appeal.objects.create(
                decision_id=ends, merchant=masks, at=at, words="No", state=AppealState.OVERTURNED,
                decided_at=at,
            )  # fmt: skip
        made.append(decided(masks, at, number, act=act, ends=ends, standard=standard, **machine))
        standing += [] if ends else made[-1:]
        if random.random() < 0.15:
            quality.count_decisions()
            assert quality.count_decisions() == 0
    kept, _up_to = kept_sums()
    kept.update(sums_behind(_up_to))
    assert kept.total() == 60
    months = Counter(local_day(one.at).replace(day=1) for one in made)
    assert Counter(kind.month for kind in kept.elements()) == months
    with_sums = transparency()
    acts = Counter(one.act for one in made)
    assert with_sums.total.taken_down == acts[Act.REMOVE]
    assert with_sums.total.decisions == 60 - acts[Act.REINSTATE]
    DecisionCount.objects.all().delete()
    assert transparency() == with_sums


def test_as_many_queries_however_much_was_decided(masks: Merchant, django_assert_num_queries: Any) -> None:
    decided(masks, NOW, 1)
    with django_assert_num_queries(5):
        transparency()
    for number in range(2, 40):
        decided(masks, later(days=number * 10), number)
    quality.count_decisions()
    decided(masks, later(days=500), 41)
    with django_assert_num_queries(5):
        assert transparency().total.taken_down == 40


def test_no_name_stands_in_it(masks: Merchant, lin: Person, desk: Person) -> None:
    mask = sells(masks)
    carried_out(by=desk)
    quality.appeal(looks(lin), decision_id=Decision.objects.get().pk, words="Mine are good.")
    text = repr(transparency())
    for name in (masks.name, lin.display_name, desk.display_name, mask.title, "Mine are good."):
        assert name not in text
