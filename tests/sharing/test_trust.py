"""Trusted merchants: what raises a score, what lowers it, and what must never move it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kith.sharing.queries import trusted_merchants
from kith.sharing.queries.trust import Knowledge, score, wilson_lower_bound
from tests.oracle.pair import Pair

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
CLOSE = 1e-12


@dataclass(frozen=True)
class Fact:
    """One share about a merchant: somebody bought (kept, returned), or gave stars."""

    author: int
    outcome: str
    stars: int | None
    days_ago: int


def known(facts: Sequence[Fact]) -> list[Knowledge]:
    """Put facts together by author, kind and outcome, as the database does."""
    groups: dict[tuple[int, str, str], list[Fact]] = {}
    for fact in facts:
        kind = "purchase" if fact.stars is None else "review"
        groups.setdefault((fact.author, kind, fact.outcome), []).append(fact)
    return [
        Knowledge(
            author, kind, outcome, number=len(some), ratings=sum(fact.stars is not None for fact in some),
            stars=sum(fact.stars or 0 for fact in some),
            newest=NOW - timedelta(days=min(fact.days_ago for fact in some)),
        )
        for (author, kind, outcome), some in groups.items()
    ]  # fmt: skip


AUTHORS = st.integers(1, 5)
DAYS = st.integers(0, 2000)
PURCHASES = st.builds(Fact, AUTHORS, st.sampled_from(["kept", "returned", "removed", ""]), st.none(), DAYS)
REVIEWS = st.builds(Fact, AUTHORS, st.sampled_from(["kept", "returned", ""]), st.integers(1, 5), DAYS)
FACTS = st.lists(PURCHASES | REVIEWS, max_size=15)
TRUST = st.dictionaries(AUTHORS, st.integers(1, 5))


def points(facts: Sequence[Fact], trust: dict[int, int]) -> float:
    return score(known(facts), trust, NOW)


@given(FACTS, TRUST, AUTHORS, DAYS)
def test_another_kept_purchase_never_lowers_it(
    facts: list[Fact], trust: dict[int, int], author: int, days: int
) -> None:
    more = [*facts, Fact(author, "kept", None, days)]
    assert points(more, trust) >= points(facts, trust) - CLOSE


@given(FACTS, TRUST, AUTHORS, DAYS)
def test_another_returned_purchase_never_raises_it(
    facts: list[Fact], trust: dict[int, int], author: int, days: int
) -> None:
    more = [*facts, Fact(author, "returned", None, days)]
    assert points(more, trust) <= points(facts, trust) + CLOSE


@given(FACTS, TRUST, st.data())
def test_sending_back_what_was_kept_never_raises_it(
    facts: list[Fact], trust: dict[int, int], data: st.DataObject
) -> None:
    kept = [place for place, fact in enumerate(facts) if fact.outcome == "kept" and fact.stars is None]
    assume(kept)
    place = data.draw(st.sampled_from(kept))
    corrected = [*facts]
    corrected[place] = replace(facts[place], outcome="returned")
    assert points(corrected, trust) <= points(facts, trust) + CLOSE


@given(FACTS, TRUST, AUTHORS, DAYS)
def test_a_takedown_never_raises_it(facts: list[Fact], trust: dict[int, int], author: int, days: int) -> None:
    assert points([*facts, Fact(author, "removed", None, days)], trust) <= points(facts, trust) + CLOSE


@given(FACTS, TRUST, st.data())
def test_taking_down_what_was_kept_never_raises_it(
    facts: list[Fact], trust: dict[int, int], data: st.DataObject
) -> None:
    kept = [place for place, fact in enumerate(facts) if fact.outcome == "kept" and fact.stars is None]
    assume(kept)
    place = data.draw(st.sampled_from(kept))
    corrected = [*facts]
    corrected[place] = replace(facts[place], outcome="removed")
    assert points(corrected, trust) <= points(facts, trust) + CLOSE


@given(FACTS, TRUST, AUTHORS, DAYS)
def test_five_stars_of_somebody_who_gave_none_never_lower_it(
    facts: list[Fact], trust: dict[int, int], author: int, days: int
) -> None:
    assume(not any(fact.author == author and fact.stars is not None for fact in facts))
    assert points([*facts, Fact(author, "", 5, days)], trust) >= points(facts, trust) - CLOSE
    assert points([*facts, Fact(author, "", 1, days)], trust) <= points(facts, trust) + CLOSE


@given(FACTS, TRUST)
def test_it_lies_between_nothing_and_one_and_knows_no_order(facts: list[Fact], trust: dict[int, int]) -> None:
    assert 0 <= points(facts, trust) < 1
    assert points(facts[::-1], trust) == pytest.approx(points(facts, trust))
    assert points([], trust) == 0


@given(st.integers(1, 60), st.integers(1, 5), DAYS)
def test_one_happy_cousin_does_not_beat_ten(times: int, weight: int, days: int) -> None:
    cousin = [Fact(1, "kept", None, days)] * times + [Fact(1, "kept", 5, days)]
    ten = [Fact(author, "kept", None, days) for author in range(10)]
    assert points(cousin, {1: weight}) < points(ten, dict.fromkeys(range(10), weight))


@given(FACTS, st.integers(1, 4))
def test_kept_things_of_a_circle_trusted_more_count_more(facts: list[Fact], weight: int) -> None:
    kept = [replace(fact, outcome="kept", stars=None) for fact in facts]
    less, more = dict.fromkeys(range(6), weight), dict.fromkeys(range(6), weight + 1)
    assert points(kept, more) >= points(kept, less)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_bound_rises_with_success_and_falls_with_failure(good: float, bad: float, step: float) -> None:
    bound = wilson_lower_bound(good, bad)
    assert wilson_lower_bound(good + step, bad) >= bound - 1e-9
    assert wilson_lower_bound(good, bad + step) <= bound + 1e-9
    if good + bad:
        assert bound <= good / (good + bad) + 1e-9


def test_the_bound_is_wilsons() -> None:
    # By hand: p = 0.8, n = 10, z² = 1.6425: (0.8 + 0.0821 - 1.2816·√(0.016 + 0.0041)) / 1.1642
    assert wilson_lower_bound(8, 2) == pytest.approx(0.6016, abs=1e-4)


# --- Through the database --------------------------------------------------------------


class Neighbourhood:
    """Mei looks; Bo is in her Family and shows her what he buys; Eve is a stranger to her."""

    def __init__(self) -> None:
        self.pair = pair = Pair()
        self.mei, self.bo, self.eve = (pair.add_person(name) for name in ("Mei", "Bo", "Eve"))
        pair.add_shop(merchants=1, listings=1)
        self.listing = next(iter(pair.plain.listings))
        self.circles = {}
        for who in (self.mei, self.bo, self.eve):
            pair.do("open_circles", who, text_version="1", surface="test")
            self.circles[who] = pair.do(
                "create_circle", who, name="Family", window="all", weight=5, is_default=True
            )
        pair.befriend(self.mei, self.bo)
        pair.do("add_members", self.bo, circle_id=self.circles[self.bo], person_ids=[self.mei])
        pair.do("add_members", self.mei, circle_id=self.circles[self.mei], person_ids=[self.bo])

    def buys(self, who: int) -> int:
        line = self.pair.arrived(who, self.listing)
        self.pair.do("share_purchase", who, line_id=line, circle_ids=[self.circles[who]])
        return line

    def score(self) -> float:
        ranked = trusted_merchants(self.pair.viewer(self.mei))
        return ranked[0].score if ranked else 0.0


@pytest.mark.django_db
def test_a_purchase_raises_it_and_its_return_takes_that_back() -> None:
    village = Neighbourhood()
    assert village.score() == 0
    first = village.buys(village.bo)
    once = village.score()
    second = village.buys(village.bo)
    twice = village.score()
    assert 0 < once < twice
    village.pair.move(second, "request_refund")
    assert village.score() == twice
    village.pair.move(second, "accept_refund")
    assert village.score() < once
    village.pair.move(first, "request_refund")
    village.pair.move(first, "accept_refund")
    assert village.score() == 0


@pytest.mark.django_db
def test_a_stranger_never_moves_it() -> None:
    village = Neighbourhood()
    village.buys(village.bo)
    before = trusted_merchants(village.pair.viewer(village.mei))
    line = village.buys(village.eve)
    for rating in (1, 5):
        village.pair.do(
            "write_review", village.eve, listing_id=village.listing, rating=rating, text="",
            circle_ids=[village.circles[village.eve]], to_everyone=True,
        )  # fmt: skip
    village.pair.move(line, "request_refund")
    village.pair.move(line, "accept_refund")
    assert trusted_merchants(village.pair.viewer(village.mei)) == before


@pytest.mark.django_db
def test_what_may_no_longer_be_seen_no_longer_counts() -> None:
    village = Neighbourhood()
    village.buys(village.bo)
    village.pair.do("set_muted", village.mei, other_id=village.bo, on=True)
    assert trusted_merchants(village.pair.viewer(village.mei)) == ()


@pytest.mark.django_db
def test_ones_own_purchases_do_not_count() -> None:
    village = Neighbourhood()
    village.buys(village.mei)
    assert trusted_merchants(village.pair.viewer(village.mei)) == ()
