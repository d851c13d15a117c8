"""From findings to decisions and back: once, wholly, and nothing that has changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kith.core.money import Money
from kith.notices.models import Notice, NoticeKind
from kith.people.models import Person
from kith.quality import apply
from kith.quality import services as quality
from kith.quality.models import Decision, Finding, Reading, Sweep, SweepState
from kith.quality.queries import found_by_rule, sample_of
from kith.quality.readings import read_listings
from kith.quality.services import Grounds, SweepRefused, sweeps
from kith.quality.transitions import Act
from kith.shop.models import Listing, Merchant
from tests.quality.cast import (
    GOOD,
    LIVE,
    MEASURED,
    NOW,
    PLAIN,
    REMOVED,
    SUSPECTED,
    carried_out,
    later,
    proven,
    sells,
    state_of,
    swept,
)

pytestmark = pytest.mark.django_db


def rules_of(sweep: Sweep, listing: Listing) -> set[str]:
    return set(Finding.objects.filter(sweep=sweep, listing=listing).values_list("rule", flat=True))


def decisions_of(listing: Listing) -> list[str]:
    return list(Decision.objects.filter(listing=listing).order_by("pk").values_list("act", flat=True))


def test_what_is_proven_and_what_claims_nothing_is_let_be(masks: Merchant, lin: Person, desk: Person) -> None:
    proven(lin, good := sells(masks), by=desk)
    plain = sells(masks, PLAIN)
    bare = sells(masks, "KN95防护口罩 GB2626—2006 现货")
    found = swept()
    assert rules_of(found, good) <= {"marks-missing"}
    assert rules_of(found, plain) == set()
    assert "unproven" in rules_of(found, bare)
    assert found.listings == 3


def test_measured_below_says_by_how_much(masks: Merchant, lin: Person, desk: Person) -> None:
    bad = sells(masks)
    report = proven(lin, bad, by=desk, measures={MEASURED: 71.0})
    found = swept()
    one = Finding.objects.get(sweep=found, listing=bad, main=True)
    assert (one.rule, one.claimed, one.figure, one.bound, one.other) == (
        "measured-below", "KN95", 71.0, 95.0, report.pk,
    )  # fmt: skip


def test_carried_out_once(masks: Merchant, lin: Person, desk: Person) -> None:
    bad = sells(masks)
    done = carried_out(by=desk)
    assert (done.state, done.taken_down, done.passed_over) == (SweepState.APPLIED, 1, 0)
    assert state_of(bad) == REMOVED
    told = Notice.objects.unguarded("counts what was told").filter(recipient=lin, kind=NoticeKind.SWEPT)
    assert told.count() == 1

    assert quality.carry_out(done.pk, now=later(hours=1)).taken_down == 1
    assert quality.go_on(now=later(hours=1)) == 0
    carried_out(by=desk, now=later(hours=2))
    assert decisions_of(bad) == [Act.REMOVE]
    assert told.count() == 1


def test_cut_short_after_each_batch(masks: Merchant, desk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "BATCH", 2)
    bad = [sells(masks, f"KN95口罩 {number} 号 GB2626-2006") for number in range(7)]
    found = swept()
    quality.decide_sweep(found.pk, actor_id=desk.pk, now=NOW, why="the test")
    sizes: list[int] = []
    while number := apply.decide_some(found.pk, later(minutes=len(sizes))):
        sizes.append(number)
    assert sizes == [2, 2, 2, 1]
    assert all(decisions_of(one) == [Act.REMOVE] for one in bad)
    assert Sweep.objects.get(pk=found.pk).taken_down == 7


Meanwhile = Callable[[Listing, Merchant, Person, Person], Any]


def _says_something_else(bad: Listing, masks: Merchant, _lin: Person, _desk: Person) -> None:
    sells(masks, PLAIN, name=GOOD)


def _costs_something_else(bad: Listing, masks: Merchant, _lin: Person, _desk: Person) -> None:
    sells(masks, price=Money(2990))


def _is_proven(bad: Listing, _masks: Merchant, lin: Person, desk: Person) -> None:
    proven(lin, bad, by=desk, now=later(minutes=1))


def _is_frozen_and_let_go(bad: Listing, _masks: Merchant, _lin: Person, desk: Person) -> None:
    for minutes, act in ((1, Act.SUSPECT), (2, Act.REINSTATE)):
        quality.decide(
            act=act, listing_id=bad.pk, actor_id=desk.pk, now=later(minutes=minutes),
            grounds=Grounds(rule="unproven", words="looked at"),
        )  # fmt: skip


@pytest.mark.parametrize(
    "meanwhile", [_says_something_else, _costs_something_else, _is_proven, _is_frozen_and_let_go]
)
def test_what_has_changed_since_is_passed_over(
    masks: Merchant, lin: Person, desk: Person, meanwhile: Meanwhile
) -> None:
    bad = sells(masks)
    found = swept()
    meanwhile(bad, masks, lin, desk)
    quality.decide_sweep(found.pk, actor_id=desk.pk, now=later(minutes=5), why="the test")
    done = quality.carry_out(found.pk, now=later(minutes=5))
    assert (done.taken_down, done.passed_over) == (0, 1)
    assert state_of(bad) == LIVE


def test_what_an_appeal_or_staff_cleared_is_not_found_again(masks: Merchant, desk: Person) -> None:
    bad = sells(masks)
    carried_out(by=desk)
    quality.decide(
        act=Act.REINSTATE, listing_id=bad.pk, actor_id=desk.pk, now=later(days=1),
        grounds=Grounds(rule="unproven", words="A report was shown."),
    )  # fmt: skip
    assert "unproven" not in rules_of(swept(now=later(days=2)), bad)

    sells(masks, "KN95口罩 加厚 GB 2626-2006", name=GOOD)
    assert "unproven" in rules_of(swept(now=later(days=3)), bad)


def test_undone_wholly(masks: Merchant, lin: Person, desk: Person) -> None:
    frozen, live = sells(masks, "KN95口罩 GB 2626-2006 甲"), sells(masks, "KN95口罩 GB 2626-2006 乙")
    quality.decide(
        act=Act.SUSPECT, listing_id=frozen.pk, actor_id=desk.pk, now=NOW, grounds=Grounds(words="A tip.")
    )
    done = carried_out(by=desk, now=later(hours=1))
    assert (state_of(frozen), state_of(live)) == (REMOVED, REMOVED)

    quality.undo_sweep(done.pk, actor_id=desk.pk, now=later(hours=2), why="The rule was wrong.")
    quality.take_back(done.pk, now=later(hours=2))
    assert Sweep.objects.get(pk=done.pk).state == SweepState.UNDONE
    assert (state_of(frozen), state_of(live)) == (SUSPECTED, LIVE)
    assert decisions_of(live) == [Act.REMOVE, Act.REINSTATE]
    assert decisions_of(frozen) == [Act.SUSPECT, Act.REMOVE, Act.REINSTATE, Act.SUSPECT]
    quality.take_back(done.pk, now=later(hours=3))
    assert decisions_of(live) == [Act.REMOVE, Act.REINSTATE]


def test_undoing_leaves_alone_what_somebody_decided_since(masks: Merchant, desk: Person) -> None:
    bad = sells(masks)
    done = carried_out(by=desk)
    quality.decide(
        act=Act.RECALL,
        listing_id=bad.pk,
        actor_id=desk.pk,
        now=later(hours=1),
        grounds=Grounds(words="It burns."),
    )
    quality.undo_sweep(done.pk, actor_id=desk.pk, now=later(hours=2), why="The rule was wrong.")
    quality.take_back(done.pk, now=later(hours=2))
    assert decisions_of(bad) == [Act.REMOVE, Act.RECALL]


def test_carried_out_only_when_a_sample_was_looked_at(masks: Merchant, desk: Person) -> None:
    for number in range(40):
        sells(masks, f"KN95口罩 {number} 号 GB2626-2006")
    found = swept()
    decide: dict[str, Any] = {"actor_id": desk.pk, "now": NOW}
    with pytest.raises(SweepRefused):
        quality.decide_sweep(found.pk, **decide)
    quality.draw_sample(found.pk, number=38)
    with pytest.raises(SweepRefused):
        quality.draw_sample(found.pk, number=5)
    for item in sample_of(found.pk):
        quality.judge(found.pk, listing_id=item.listing_id, right=True, **decide)
    known = quality.precision(found.pk)
    assert (known.drawn, known.judged, known.right) == (38, 38, 38)
    assert 0.9 < known.low < 0.91
    quality.decide_sweep(found.pk, **decide)


def test_too_much_of_the_sample_was_wrong(masks: Merchant, desk: Person) -> None:
    for number in range(12):
        sells(masks, f"KN95口罩 {number} 号 GB2626-2006")
    found = swept()
    quality.draw_sample(found.pk, number=12)
    for place, item in enumerate(sample_of(found.pk)):
        quality.judge(found.pk, listing_id=item.listing_id, right=place > 2, actor_id=desk.pk, now=NOW)
    with pytest.raises(SweepRefused):
        quality.decide_sweep(found.pk, actor_id=desk.pk, now=NOW)
    quality.decide_sweep(found.pk, actor_id=desk.pk, now=NOW, why="The three are known.")


def test_a_dry_run_is_never_carried_out(masks: Merchant, desk: Person) -> None:
    sells(masks)
    found = swept(dry_run=True)
    assert found.flagged == 1
    with pytest.raises(SweepRefused):
        quality.decide_sweep(found.pk, actor_id=desk.pk, now=NOW, why="All the same.")


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ({"standard": "GB 2626"}, {"2626"}),
        ({"standard": "GB 2626-2006"}, {"2626"}),
        ({"standard": "GB 2626-2019"}, {"2626"}),
        ({"standard": "YY 0469-2011"}, {"0469"}),
        ({"category": "protection"}, {"2626", "0469"}),
        ({"category": "tea"}, set()),
    ],
)
def test_only_what_was_asked_for(masks: Merchant, scope: dict[str, Any], names: set[str]) -> None:
    sells(masks, "KN95口罩 GB2626", name="2626")
    sells(masks, "一次性医用外科口罩 YY 0469-2011", name="0469")
    found = swept(**scope)
    flagged = Finding.objects.filter(sweep=found, main=True).values_list("listing__external_id", flat=True)
    assert set(flagged) == names


@pytest.mark.parametrize("scope", [{"standard": "GB 1"}, {"category": "moon"}])
def test_nothing_that_is_not_there(scope: dict[str, Any]) -> None:
    with pytest.raises(SweepRefused):
        quality.plan_sweep(actor_id=None, now=NOW, **scope)


def test_scanned_once(masks: Merchant) -> None:
    sells(masks)
    found = swept()
    with pytest.raises(SweepRefused):
        quality.scan(found.pk, now=NOW)
    assert sum(count.main for count in found_by_rule(found.pk)) == 1


def test_listings_are_read_only_if_one_of_them_was_not(
    masks: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one that says something else by now is found by what it says now."""
    read: list[int] = []
    monkeypatch.setattr(sweeps, "read_listings", lambda: read.append(read_listings()))
    mask = sells(masks, PLAIN, name="mask")
    assert rules_of(swept(), mask) == set()
    assert rules_of(swept(now=later(hours=1)), mask) == set()
    assert read == [1]
    sells(masks, "KN95防护口罩 GB2626—2006 现货", name="mask")
    assert "unproven" in rules_of(swept(now=later(hours=2)), mask)
    assert read == [1, 1]
    Reading.objects.update(reader=0)
    swept(now=later(hours=3))
    assert read == [1, 1, 1]
